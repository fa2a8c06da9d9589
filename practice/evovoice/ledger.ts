/** One message that the server accepted from an agent: the truth that a client's picture is compared with. */
export interface LedgerEntry {
	/** Position in the whole run, from 0. */
	readonly sequence: number;
	/** Milliseconds since 1970, by the simulator's clock. */
	readonly at: number;
	/** The message's id. */
	readonly id: string;
	readonly endpointId: string;
	/** The other party. */
	readonly address: string;
	/** The agent's user name. */
	readonly sender: string;
	/** The chat session it was posted to; null for endpoint and address. */
	readonly sessionId: string | null;
	readonly text: string;
}

/** Every message accepted from agents, in the order of acceptance. */
export class Ledger {
	#entries: LedgerEntry[] = [];

	get entries(): readonly LedgerEntry[] {
		return this.#entries;
	}

	/** Texts to one address, or to all. */
	texts(address?: string): string[] {
		return this.#entries
			.filter((entry) => address === undefined || entry.address === address)
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
