import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import type { ConversationHead, History, HistoryMessage } from "../../../core/ports/provider.ts";
import { overlapMs } from "./after-date.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import type { Conversations } from "./conversations.ts";
import { unlessRefused } from "./evo-rest.ts";
import { type MessageLists, type Scope, pageSize } from "./message-lists.ts";
import type { MessageReader, PlacedMessage } from "./message-reader.ts";
import { type PageCursor, readCursor, writeCursor } from "./page-cursor.ts";
import type { ListOrder } from "./placed-times.ts";
import type { ServerOrder } from "./server-order.ts";
import type { MessageInfo } from "./wire.ts";

/** So many pages of an endpoint are looked through for one page of a conversation; then core asks for the next. */
const pagesAtOnce = 10;
/** Of a list in no order: all of it has to be read. */
const mostPages = 50;
/** How old an answer may be that says which conversations there are. */
const freshMs = 5000;

export interface HistoryParts {
	readonly clock: Clock;
	readonly book: ConversationBook;
	readonly conversations: Conversations;
	readonly lists: MessageLists;
	readonly reader: MessageReader;
	readonly order: ServerOrder;
	readonly chats: ChatDesk;
}

interface Raw {
	readonly items: readonly MessageInfo[];
	readonly order: ListOrder;
	/** Null: that was all. */
	readonly next: Omit<PageCursor, "end"> | null;
}

/** Past messages: `GET /messages` by conversation (sheet, 10, step 5), newest first whatever the server's order is. */
export class EvoHistory implements History {
	readonly #parts: HistoryParts;
	/** Row 4: this server's ids of conversations find nothing. */
	#idsUseless = false;

	constructor(parts: HistoryParts) {
		this.#parts = parts;
	}

	/**
	 * `since`: the server's time of the newest message then. What "after" means for a conversation is not documented, so
	 * the messages themselves are asked for as well.
	 */
	async heads(
		since: string | null,
		_page: string | null,
		signal: AbortSignal,
	): ReturnType<History["heads"]> {
		const { clock, book, conversations, lists, reader, order, chats } = this.#parts;
		const begun = clock.now();
		const from = since === null ? null : Number(since) - overlapMs;
		const list = await conversations.list(signal, freshMs);
		const newest = list.flatMap(({ mostRecentMessage }) => mostRecentMessage ?? []);
		const later = from === null ? [] : (await lists.since(from, signal)).items;
		const placed = [
			...reader.place(newest, "descending", begun),
			...reader.place(later, order.of(later), begun),
		];
		const times = new Map<Known, EpochMs>();
		const raise = (known: Known, at: EpochMs): void => {
			if (at >= (from ?? 0)) times.set(known, Math.max(times.get(known) ?? 0, at));
		};
		for (const { known, at } of placed) raise(known, at);
		for (const { known, at } of await chats.heads(signal)) raise(known, at);
		const heads = [...times].map(([known, at]): ConversationHead => ({
			peer: known.key,
			name: book.name(known),
			at,
			thread: book.thread(known),
		}));
		// Of the server's dates alone; without any, the next list is a whole one again.
		const top = placed.map(({ at }) => Math.min(at, begun));
		const cursor = top.length === 0 ? since : String(Math.max(Number(since ?? 0), ...top));
		return { heads: heads.sort((one, other) => other.at - one.at), cursor, next: null };
	}

	async page(
		peer: string,
		from: string | null,
		limit: number,
		signal: AbortSignal,
	): ReturnType<History["page"]> {
		const { book, reader, chats, clock } = this.#parts;
		const known = book.find(peer);
		const start = from === null ? null : readCursor(from);
		if (known === null || (from !== null && start === null))
			throw new AppFailure(appError("conversation.notFound"));
		const count = Math.max(1, Math.min(limit, pageSize));
		const end = start?.end ?? clock.now();
		const raw =
			start === null ? await this.#first(known, count, signal) : await this.#rest(known, start, signal);
		const placed = reader.place(raw.items, raw.order, end);
		const files = await unlessRefused(chats.files(placed, true, signal), new Map<string, never>());
		const listed = placed.map((message) => reader.event(message, true, files.get(message.info.id) ?? []));
		const apart = from === null && raw.next === null ? await chats.history(known, placed, signal) : [];
		const messages = [...listed, ...apart].sort(newestFirst);
		const oldest = placed[0]?.at ?? end;
		return { messages, next: raw.next === null ? null : writeCursor({ ...raw.next, end: oldest - 1 }) };
	}

	/**
	 * Messages that this agent sent to this conversation since then and that nothing here knows (row 10); for a send that
	 * came to an unclear end.
	 */
	async sentSince(
		known: Known,
		text: string,
		since: EpochMs,
		signal: AbortSignal,
	): Promise<readonly PlacedMessage[]> {
		const { lists, reader, order, clock } = this.#parts;
		const scope = { endpointIds: known.endpointId };
		const { items } = await lists.since(since - overlapMs, signal, scope);
		return reader
			.place(items, order.of(items), clock.now())
			.filter(
				({ info, known: one, at }) =>
					one === known &&
					reader.isOutgoing(info) &&
					reader.isOwn(info.sender) &&
					info.text === text &&
					at >= since - overlapMs,
			);
	}

	// ------------------------------------------------------------ inside

	async #first(known: Known, count: number, signal: AbortSignal): Promise<Raw> {
		const id = await this.#conversationId(known, signal);
		if (id !== null && !this.#idsUseless) {
			const raw = await this.#newest({ way: "c", id, count }, known, signal);
			if (raw.items.length > 0) return raw;
		}
		// Row 4: by endpoint, and the rest of the work is done here.
		const raw = await this.#newest({ way: "e", id: known.endpointId, count }, known, signal);
		if (raw.items.length > 0 && id !== null) this.#idsUseless = true;
		return raw;
	}

	async #conversationId(known: Known, signal: AbortSignal): Promise<string | null> {
		if (known.conversationId === null) await this.#parts.conversations.list(signal, freshMs);
		return known.conversationId;
	}

	/** The newest page of a list, at whichever end it is. */
	async #newest(
		where: Pick<PageCursor, "way" | "id" | "count">,
		known: Known,
		signal: AbortSignal,
	): Promise<Raw> {
		const { lists, order } = this.#parts;
		const scope = scopeOf(where);
		const first = await lists.page(scope, 0, where.count, signal);
		if (!first.more)
			return { items: this.#own(first.items, known), order: order.of(first.items), next: null };
		const total = first.totalPages ?? 0;
		if (total < 2) return this.#unsorted({ ...where, order: "u", at: 0 }, known, signal);
		if (order.known === "descending") {
			const next = { ...where, order: "d" as const, at: 1 };
			return this.#filled(
				{ items: this.#own(first.items, known), order: "descending", next },
				known,
				signal,
			);
		}
		const last = await lists.page(scope, total - 1, where.count, signal);
		const found = order.known ?? order.learn(first.items, last.items);
		if (found === "unsorted") return this.#unsorted({ ...where, order: "u", at: 0 }, known, signal);
		const next =
			found === "descending"
				? { ...where, order: "d" as const, at: 1 }
				: { ...where, order: "a" as const, at: total - 2 };
		const items = found === "descending" ? first.items : last.items;
		return this.#filled({ items: this.#own(items, known), order: found, next }, known, signal);
	}

	async #rest(known: Known, start: PageCursor, signal: AbortSignal): Promise<Raw> {
		if (start.order === "u") return this.#unsorted(start, known, signal);
		const order = start.order === "d" ? "descending" : "ascending";
		return this.#filled({ items: [], order, next: start }, known, signal);
	}

	/** Goes on until there is something of this conversation to give. */
	async #filled(raw: Raw, known: Known, signal: AbortSignal): Promise<Raw> {
		const { lists } = this.#parts;
		let { items, next } = raw;
		for (let pages = 0; items.length === 0 && next !== null && pages < pagesAtOnce; pages += 1) {
			const cursor: Omit<PageCursor, "end"> = next;
			const page = await lists.page(scopeOf(cursor), cursor.at, cursor.count, signal);
			items = this.#own(page.items, known);
			next = following(cursor, page.more);
		}
		return { ...raw, items, next };
	}

	/** Row 3: a list in no order is read whole and put in order here. */
	async #unsorted(start: Omit<PageCursor, "end">, known: Known, signal: AbortSignal): Promise<Raw> {
		const { lists, reader, clock } = this.#parts;
		const all = new Map<string, MessageInfo>();
		for (let page = 0; page < mostPages; page += 1) {
			const { items, more } = await lists.page(scopeOf(start), page, start.count, signal);
			for (const item of items) all.set(item.id, item);
			if (!more) break;
		}
		const placed = reader.place(this.#own([...all.values()], known), "ascending", clock.now());
		const until = placed.length - start.at;
		const items = placed
			.slice(Math.max(0, until - start.count), Math.max(0, until))
			.map(({ info }) => info);
		const at = start.at + items.length;
		return { items, order: "ascending", next: at < placed.length ? { ...start, at } : null };
	}

	/** Each once, and of this conversation only: a filter that the server does not know is ignored there. */
	#own(items: readonly MessageInfo[], known: Known): readonly MessageInfo[] {
		const once = new Map(items.map((item) => [item.id, item]));
		return [...once.values()].filter((item) => this.#parts.reader.conversation(item) === known);
	}
}

function following(cursor: Omit<PageCursor, "end">, more: boolean): Omit<PageCursor, "end"> | null {
	if (cursor.order === "d") return more ? { ...cursor, at: cursor.at + 1 } : null;
	return cursor.at > 0 ? { ...cursor, at: cursor.at - 1 } : null;
}

function scopeOf({ way, id }: Pick<PageCursor, "way" | "id">): Scope {
	return way === "c" ? { conversationIds: id } : { endpointIds: id };
}

function newestFirst(one: HistoryMessage, other: HistoryMessage): number {
	return (other.at ?? 0) - (one.at ?? 0);
}
