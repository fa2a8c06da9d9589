/** One text that the server accepted: the truth that a client's picture is compared with. */
export interface LedgerEntry {
	/** Position in the whole run, from 0. */
	readonly sequence: number;
	readonly at: number;
	/** Last segment of the session's path. */
	readonly sessionKey: string;
	/** Directory number of the party who wrote it. */
	readonly sender: string;
	readonly recipient: string;
	readonly text: string;
}

/** Every IM text accepted, in the order of acceptance. */
export class Ledger {
	#entries: LedgerEntry[] = [];

	get entries(): readonly LedgerEntry[] {
		return this.#entries;
	}

	/** Texts of one session, or of all; narrowed to one sender if given. */
	texts(filter: { sessionKey?: string; sender?: string } = {}): string[] {
		return this.#entries
			.filter(
				(entry) =>
					(filter.sessionKey === undefined || entry.sessionKey === filter.sessionKey) &&
					(filter.sender === undefined || entry.sender === filter.sender),
			)
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
