import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { FeedOnly } from "../event-feed.ts";
import type { PollResult } from "../polling/poller.ts";
import { asTime } from "../rest/times.ts";
import { overlapMs } from "./after-date.ts";
import { Bounded } from "./bounded.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import type { MessageLists } from "./message-lists.ts";
import type { MessageReader, PlacedMessage } from "./message-reader.ts";
import type { ServerOrder } from "./server-order.ts";
import type { SendsUnderWay } from "./sends-under-way.ts";
import type { ConversationInfo, MessageInfo } from "./wire.ts";

/** Where no message has told the server's time, its clock and ours may differ by so much. */
const unknownClockMs = 3_600_000;
/** A date further ahead of our clock does not move the cursor: later messages would be below it. */
const aheadMs = 600_000;

export interface NewsParts {
	readonly clock: Clock;
	readonly book: ConversationBook;
	readonly lists: MessageLists;
	readonly reader: MessageReader;
	readonly order: ServerOrder;
	readonly chats: ChatDesk;
	readonly sends: SendsUnderWay;
	readonly feed: FeedOnly;
}

/**
 * What is new: messages after the newest that is known, two minutes back, each told once (row 2). The server's dates
 * alone move the cursor, so clocks that differ lose nothing.
 */
export class News {
	readonly #parts: NewsParts;
	readonly #seen = new Bounded<string, true>(50_000);
	/** Server time of the newest message; null: none with a date is known. */
	#cursor: EpochMs | null = null;
	/** Everything up to here was there before this session, or came during an outage. */
	#oldTo: EpochMs | "all" = "all";

	constructor(parts: NewsParts) {
		this.#parts = parts;
	}

	/** Once: what the list of conversations had when the session began. */
	begin(conversations: readonly ConversationInfo[]): void {
		const { book, feed, clock, reader } = this.#parts;
		const newest = conversations.flatMap(({ mostRecentMessage }) => mostRecentMessage ?? []);
		this.#move(newest);
		const placed = reader.place(newest, "descending", clock.now());
		this.#oldTo = this.#cursor ?? (conversations.length === 0 ? "all" : clock.now());
		// What is not told here is no news: core asks for it as history.
		for (const { id } of newest) this.#seen.set(id, true);
		const unread = placed.filter(({ info }) => info.isUnread === true && !reader.isOutgoing(info));
		feed.push([...book.threads(), ...unread.map((message) => reader.event(message, true, []))]);
	}

	/** What comes with the next poll came during an outage: nothing of it rings. */
	outage(): void {
		this.#oldTo = "all";
	}

	/** The server has it from us: no news. */
	own(id: string): void {
		this.#seen.set(id, true);
	}

	has(id: string): boolean {
		return this.#seen.has(id);
	}

	/** Asks what is new. */
	async poll(signal: AbortSignal): Promise<PollResult> {
		const { clock, lists, feed } = this.#parts;
		const begun = clock.now();
		const since = this.#cursor === null ? begun - unknownClockMs : this.#cursor - overlapMs;
		const { items, whole } = await lists.since(since, signal);
		const fresh = items.filter(({ id }) => !this.#seen.has(id));
		await this.#tell(fresh, items, signal);
		if (!whole) feed.push([{ type: "gap", peer: null, from: since, to: clock.now() }]);
		this.#move(items);
		this.#oldTo = this.#oldTo === "all" ? (this.#cursor ?? begun) : this.#oldTo;
		await feed.stored();
		return fresh.length > 0 ? "changed" : "same";
	}

	/** Looks whether the list of conversations knows of a message that the polls have not brought. */
	async compare(conversations: readonly ConversationInfo[], signal: AbortSignal): Promise<PollResult> {
		const { feed, clock, reader } = this.#parts;
		const missing = (): readonly MessageInfo[] =>
			conversations.flatMap(({ mostRecentMessage: newest }) =>
				newest === null || this.#seen.has(newest.id) ? [] : [newest],
			);
		if (missing().length === 0) return "same";
		await this.poll(signal);
		const missed = missing();
		if (missed.length === 0) return "changed";
		// A poll does not show them: what is before them may be missing as well.
		const placed = reader.place(missed, "descending", clock.now());
		await this.#tell(missed, missed, signal);
		feed.push(
			placed.map(({ known, at }) => ({
				type: "gap",
				peer: known.key,
				from: Math.min(this.#cursor ?? at, at) - overlapMs,
				to: clock.now(),
			})),
		);
		return "changed";
	}

	/** `list`: what the server has in its order, `fresh` among it: without readable dates that is all there is to go by. */
	async #tell(
		fresh: readonly MessageInfo[],
		list: readonly MessageInfo[],
		signal: AbortSignal,
	): Promise<void> {
		if (fresh.length === 0) return;
		const { book, reader, order, chats, sends, feed, clock } = this.#parts;
		const unknown = fresh.some(({ direction, text, otherAddress, endpointId }) => {
			const key = book.key(endpointId ?? "unknown", otherAddress ?? "unknown");
			return direction?.toLowerCase() === "incoming" && text === null && book.get(key) === null;
		});
		// A picture from somebody new: perhaps a chat that has only just begun.
		if (unknown && !chats.off) await chats.refresh(signal);
		const ids = new Set(fresh.map(({ id }) => id));
		const placed = reader
			.place(list, order.of(list), clock.now())
			.filter(({ info }) => ids.has(info.id));
		const files = await chats.files(placed, false, signal);
		const events: ProviderEvent[] = [];
		const told = new Set<Known>();
		for (const message of placed) {
			const { info, known } = message;
			this.#seen.set(info.id, true);
			told.add(known);
			const event = reader.event(message, this.#isOld(message), files.get(info.id) ?? []);
			// Our own text, seen before the reply to it: the reply says which it is.
			if (event.type === "ownMessage" && sends.hold(event)) continue;
			events.push(event);
		}
		feed.push([...book.threads(told), ...events]);
	}

	#isOld({ at }: PlacedMessage): boolean {
		return this.#oldTo === "all" || at <= this.#oldTo;
	}

	#move(items: readonly MessageInfo[]): void {
		const most = this.#parts.clock.now() + aheadMs;
		for (const { date } of items) {
			const at = asTime(date);
			if (at !== null) this.#cursor = Math.max(this.#cursor ?? 0, Math.min(at, most));
		}
	}
}
