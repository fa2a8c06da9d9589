import type { ConversationId } from "../../../shared/ids.ts";
import type { ConversationBook } from "./conversation-book.ts";

/**
 * What is typed and not sent: in memory at once, on disk as soon as its turn comes. What the disk
 * refuses stays here and is written when it works again. Sending takes the draft away: what is typed
 * meanwhile is the next one, and gets to the disk after it.
 */
export class DraftKeeper {
	readonly #book: ConversationBook;
	/** Not on disk yet. */
	readonly #pending = new Map<ConversationId, string>();
	/** Sendings under way; each resolves when it is stored or refused. */
	readonly #sending = new Map<ConversationId, Promise<unknown>>();

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

	/** Sends what was typed, and takes the draft away with it; back again if it is refused. */
	async whileSending<T>(id: ConversationId, send: () => Promise<T>): Promise<T> {
		const taken = this.#pending.get(id);
		this.#pending.delete(id);
		const sent = send();
		const all = Promise.allSettled([this.#sending.get(id), sent]);
		this.#sending.set(id, all);
		try {
			return await sent;
		} catch (thrown) {
			if (taken !== undefined && !this.#pending.has(id)) this.set(id, taken).catch(() => undefined);
			throw thrown;
		} finally {
			if (this.#sending.get(id) === all) this.#sending.delete(id);
		}
	}

	/** Writes everything that is not on disk; resolves also when it is refused again. */
	async flush(): Promise<void> {
		await Promise.allSettled([...this.#pending.keys()].map((id) => this.#write(id)));
	}

	async #write(id: ConversationId): Promise<void> {
		await this.#sending.get(id);
		let written: string | undefined;
		await this.#book.change(() => {
			// Those that came while this waited for its turn are written with it; not before a sending that has begun.
			written = this.#sending.has(id) ? undefined : this.#pending.get(id);
			if (written === undefined || this.#book.get(id) === null) return null;
			return { patches: [{ id, patch: { draft: written } }] };
		});
		if (written !== undefined && this.#pending.get(id) === written) this.#pending.delete(id);
	}
}
