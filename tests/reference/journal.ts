/** One request as the server saw it. Tokens are not kept. */
export interface JournalEntry {
	/** Position in the whole run, from 0. */
	readonly index: number;
	/** By the server's clock, ms. */
	readonly at: number;
	/** By the monotonic clock, ms. */
	readonly monotonic: number;
	readonly what:
		| "signIn"
		| "refresh"
		| "send"
		| "heads"
		| "page"
		| "changes"
		| "handshake"
		| "subscribe"
		| "connect"
		| "disconnect"
		| "other";
	/** Of a Bayeux request. */
	readonly session: string | null;
	/** Of a send or a page. */
	readonly peer: string | null;
	/** Of a send. */
	readonly key: string | null;
	/** HTTP status; null: under way, or cut. */
	status: number | null;
	/** When it was answered or cut (monotonic); null: under way. */
	ended: number | null;
	/** Ids of the messages in the answer (push, page, changes). */
	ids: readonly string[];
}

/** What a server was asked, in order, and a way to wait for more of it without asking again and again. */
export class Journal {
	readonly entries: JournalEntry[] = [];
	readonly #waiting = new Set<() => void>();

	add(entry: Omit<JournalEntry, "index" | "status" | "ended" | "ids">): JournalEntry {
		const added = { ...entry, index: this.entries.length, status: null, ended: null, ids: [] };
		this.entries.push(added);
		this.#wake();
		return added;
	}

	end(entry: JournalEntry, status: number | null, ended: number, ids: readonly string[]): void {
		entry.status = status;
		entry.ended = ended;
		entry.ids = ids;
		this.#wake();
	}

	of(what: JournalEntry["what"]): readonly JournalEntry[] {
		return this.entries.filter((entry) => entry.what === what);
	}

	/** Resolves with the `count`th entry that matches, past or future. */
	async until(match: (entry: JournalEntry) => boolean, count = 1): Promise<JournalEntry> {
		for (;;) {
			const found = this.entries.filter(match)[count - 1];
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	#wake(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const look of waiting) look();
	}
}
