import type { ConversationId } from "../../../shared/ids.ts";
import type { ConversationBook } from "./conversation-book.ts";

/**
 * What is typed and not sent: in memory at once, on disk as soon as its turn comes. What the disk
 * refuses stays here and is written when it works again.
 */
export class DraftKeeper {
	readonly #book: ConversationBook;
	/** Not on disk yet. */
	readonly #pending = new Map<ConversationId, string>();

	constructor(book: ConversationBook) {
		this.#book = book;
	}

	/** The newest text if it is not on disk yet. */
	pending(id: ConversationId): string | null {
		return this.#pending.get(id) ?? null;
	}

	/** Resolves when it is on disk; rejects when the store refuses it (it is kept, and written later). */
	async set(id: ConversationId, text: string): Promise<void> {
		this.#pending.set(id, text);
		await this.#write(id);
	}

	/** Its text is being sent: what is not on disk yet need not get there. Gives back what puts it here again. */
	release(id: ConversationId): () => void {
		const text = this.#pending.get(id);
		this.#pending.delete(id);
		return () => {
			if (text === undefined || this.#pending.has(id)) return;
			this.#pending.set(id, text);
			this.#write(id).catch(() => undefined);
		};
	}

	/** Writes everything that is not on disk; resolves also when it is refused again. */
	async flush(): Promise<void> {
		await Promise.allSettled([...this.#pending.keys()].map((id) => this.#write(id)));
	}

	async #write(id: ConversationId): Promise<void> {
		let written: string | undefined;
		await this.#book.change(() => {
			// Those that came while this waited for its turn are written with it.
			written = this.#pending.get(id);
			if (written === undefined || this.#book.get(id) === null) return null;
			return { patches: [{ id, patch: { draft: written } }] };
		});
		if (written !== undefined && this.#pending.get(id) === written) this.#pending.delete(id);
	}
}
