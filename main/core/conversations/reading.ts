import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { ConversationBook } from "./conversation-book.ts";

/** What the person looks at in the window. */
export interface Viewing {
	readonly conversationId: ConversationId | null;
	/** The newest entry is visible. */
	readonly atEnd: boolean;
}

export interface ReadingPorts {
	readonly book: ConversationBook;
	readonly viewing: () => Viewing;
	/** Visible and in front. */
	readonly focused: () => boolean;
	/** The person sees this conversation: what a notification says of it is nothing new. */
	readonly seen: (id: ConversationId) => void;
	/** All of it is read now, or it is unread again: its system is to hear of it. */
	readonly marked: (id: ConversationId, read: boolean) => void;
}

/** What counts as read: only what is on screen in a window that is in front. */
export class Reading {
	readonly #ports: ReadingPorts;
	/** Marked as unread while it was on screen: it stays so until the person has been elsewhere. */
	#leftUnread: ConversationId | null = null;

	constructor(ports: ReadingPorts) {
		this.#ports = ports;
	}

	/** The window is in front and shows this conversation. */
	looking(id: ConversationId): boolean {
		return this.#ports.viewing().conversationId === id && this.#ports.focused();
	}

	/** A message that comes in now is read as it comes. */
	reads(id: ConversationId): boolean {
		return this.#ports.viewing().atEnd && this.#leftUnread !== id && this.looking(id);
	}

	/** What the person looks at changed, or whether the window is in front. */
	async changed(): Promise<void> {
		const { book, viewing, seen, marked } = this.#ports;
		const { conversationId: id } = viewing();
		if (this.#leftUnread !== id) this.#leftUnread = null;
		if (id === null || !this.looking(id)) return;
		seen(id);
		if (!this.reads(id) || (book.get(id)?.unread ?? 0) === 0) return;
		await book.change(async () => {
			const { entries } = await book.store.page(id, { kind: "newest" }, 1);
			const newest = entries.at(-1);
			// The person may have turned away meanwhile.
			if (newest === undefined || !this.reads(id)) return null;
			return { read: [{ id, upTo: newest.id }] };
		});
		if (book.get(id)?.unread === 0) marked(id, true);
	}

	/** Everything up to and with this entry is read; nothing is while the window is not in front. */
	async markRead(id: ConversationId, upTo: EntryId): Promise<void> {
		const { book, focused, seen, marked } = this.#ports;
		if (!focused()) return;
		if (this.#leftUnread === id) this.#leftUnread = null;
		const written = await book.change(() => {
			const unread = book.get(id)?.unread ?? 0;
			return unread === 0 ? null : { read: [{ id, upTo }] };
		});
		if (book.get(id)?.unread !== 0) return;
		seen(id);
		if (written !== null) marked(id, true);
	}

	/** Unread from this message of the peer on; null: the newest one. */
	async markUnread(id: ConversationId, from: EntryId | null): Promise<void> {
		const { book, viewing, marked } = this.#ports;
		if (viewing().conversationId === id) this.#leftUnread = id;
		await book.change(() => ({ unread: [{ id, from }] }));
		if ((book.get(id)?.unread ?? 0) > 0) marked(id, false);
	}
}
