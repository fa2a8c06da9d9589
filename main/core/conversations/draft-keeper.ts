import type { ConversationId } from "../../../shared/ids.ts";
import type { ConversationBook } from "./conversation-book.ts";

/**
 * What is typed and not sent: in memory at once, on disk as soon as its turn comes. What the disk
 * refuses stays here and is written when it works again.
 */
export class DraftKeeper {
	readonly #book: ConversationBook;
	/** Not on disk yet. `sends`: how many texts of it were sent before this was typed. */
	readonly #pending = new Map<ConversationId, { readonly text: string; readonly sends: number }>();
	readonly #sends = new Map<ConversationId, number>();

	constructor(book: ConversationBook) {
		this.#book = book;
	}

	/** The newest text if it is not on disk yet. */
	pending(id: ConversationId): string | null {
		return this.#pending.get(id)?.text ?? null;
	}

	/** Resolves when it is on disk; rejects when the store refuses it (it is kept, and written later). */
	async set(id: ConversationId, text: string): Promise<void> {
		this.#pending.set(id, { text, sends: this.#sendsOf(id) });
		await this.#write(id);
	}

	/** Its text is being sent: what is not on disk yet need not get there. Gives back what puts it here again. */
	release(id: ConversationId): () => void {
		const taken = this.#pending.get(id);
		this.#pending.delete(id);
		this.#sends.set(id, this.#sendsOf(id) + 1);
		return () => {
			if (taken === undefined || this.#pending.has(id)) return;
			this.set(id, taken.text).catch(() => undefined);
		};
	}

	/** Writes everything that is not on disk; resolves also when it is refused again. */
	async flush(): Promise<void> {
		await Promise.allSettled([...this.#pending.keys()].map((id) => this.#write(id)));
	}

	async #write(id: ConversationId): Promise<void> {
		const sends = this.#sendsOf(id);
		let written: unknown;
		await this.#book.change(() => {
			// Those that came while this waited for its turn are written with it; what was typed after a text was sent has
			// its own turn behind the sending, which takes the draft away.
			const pending = this.#pending.get(id);
			written = pending;
			if (pending?.sends !== sends || this.#book.get(id) === null) return null;
			return { patches: [{ id, patch: { draft: pending.text } }] };
		});
		const pending = this.#pending.get(id);
		if (pending !== undefined && pending === written && pending.sends === sends) this.#pending.delete(id);
	}

	#sendsOf(id: ConversationId): number {
		return this.#sends.get(id) ?? 0;
	}
}
