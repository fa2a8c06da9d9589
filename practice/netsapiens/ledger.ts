/** One message that the API accepted: the truth that a client's picture is compared with. */
export interface LedgerEntry {
	/** Position in the whole run, from 0. */
	readonly sequence: number;
	/** Milliseconds since the epoch, by the simulator's clock. */
	readonly at: number;
	readonly messageId: string;
	/** The session it really went to, which need not be the one in the path (Q5). */
	readonly sessionId: string;
	/** uid of the sender. */
	readonly sender: string;
	/** Empty for chat. */
	readonly fromNumber: string;
	/** Extensions or numbers, as the client wrote them. */
	readonly destinations: readonly string[];
	readonly type: string;
	readonly text: string;
	/** Decoded size of the medium, 0 without one. */
	readonly mediaBytes: number;
}

/** Every message accepted from API calls, in the order of acceptance. */
export class Ledger {
	readonly #entries: LedgerEntry[] = [];

	get entries(): readonly LedgerEntry[] {
		return this.#entries;
	}

	/** Texts of one session, or of all. */
	texts(sessionId?: string): string[] {
		return this.#entries
			.filter((entry) => sessionId === undefined || entry.sessionId === sessionId)
			.map((entry) => entry.text);
	}

	/** How often exactly this text was accepted: 2 where a client sent it twice. */
	count(text: string): number {
		return this.#entries.filter((entry) => entry.text === text).length;
	}

	add(entry: Omit<LedgerEntry, "sequence">): void {
		this.#entries.push({ sequence: this.#entries.length, ...entry });
	}
}
