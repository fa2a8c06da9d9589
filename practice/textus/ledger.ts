/** One message that the server accepted: the truth that a client's picture is compared with. */
export interface LedgerEntry {
	/** Position in the whole run, from 0. */
	readonly sequence: number;
	/** Milliseconds since the epoch, by the simulator's clock. */
	readonly at: number;
	/** `/messages/…`. */
	readonly id: string;
	/** Slug of the account. */
	readonly account: string;
	/** E.164. */
	readonly from: string;
	/** E.164. */
	readonly to: string;
	/** The body as it was asked for. */
	readonly body: string;
	/** What became of it: custom fields filled in, text changed. */
	readonly sent: string;
	/** `/saved_replies/…`. */
	readonly savedReply: string | null;
	readonly attachment: { readonly url: string; readonly contentType: string } | null;
	/** ISO 8601; null: at once. */
	readonly scheduledAt: string | null;
	/** `/users/…`. */
	readonly sender: string | null;
	/** The message that was tried again; null: a message of its own. */
	readonly retryOf: string | null;
}

/** One message of a customer. */
export interface ReceivedEntry {
	readonly at: number;
	readonly id: string;
	readonly account: string;
	readonly from: string;
	readonly body: string;
}

/** Every message accepted from agents and from customers, in the order of acceptance. */
export class Ledger {
	#entries: LedgerEntry[] = [];
	#received: ReceivedEntry[] = [];

	/** What agents sent, retries included. */
	get entries(): readonly LedgerEntry[] {
		return this.#entries;
	}

	/** What customers wrote. */
	get received(): readonly ReceivedEntry[] {
		return this.#received;
	}

	/** How often exactly this body was accepted, retries left out: 2 where a client sent it twice. */
	count(body: string): number {
		return this.#entries.filter((entry) => entry.body === body && entry.retryOf === null).length;
	}

	add(entry: Omit<LedgerEntry, "sequence">): void {
		this.#entries.push({ sequence: this.#entries.length, ...entry });
	}

	addReceived(entry: ReceivedEntry): void {
		this.#received.push(entry);
	}
}
