import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { FeedOnly } from "../event-feed.ts";
import type { PollResult } from "../polling/poller.ts";
import { asTime } from "../rest/times.ts";
import { overlapMs } from "./after-date.ts";
import { Bounded } from "./bounded.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import { isNumber } from "./conversation-key.ts";
import { unlessRefused } from "./evo-rest.ts";
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
	/** The server was not heard of for long: what comes now came meanwhile, and nothing of it rings. */
	readonly afterOutage: () => boolean;
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
		this.#oldTo = this.#cursor ?? "all";
		// What is not told here is no news: core asks for it as history.
		for (const { id } of newest) this.#seen.set(id, true);
		const unread = placed.filter(({ info }) => info.isUnread === true && !reader.isOutgoing(info));
		feed.push([...book.threads(), ...unread.map((message) => reader.event(message, true, []))]);
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
		const { clock, lists, feed, afterOutage } = this.#parts;
		const begun = clock.now();
		const since = this.#cursor === null ? begun - unknownClockMs : this.#cursor - overlapMs;
		const { items, whole } = await lists.since(since, signal);
		if (afterOutage()) this.#oldTo = "all";
		const fresh = items.filter(({ id }) => !this.#seen.has(id));
		await this.#tell(fresh, items, signal);
		if (!whole) feed.push([{ type: "gap", peer: null, from: since, to: clock.now() }]);
		this.#move(items);
		this.#oldTo = this.#oldTo === "all" ? (this.#cursor ?? 0) : this.#oldTo;
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
		await feed.stored();
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
		const told = new Set<Known>();
		// Trouble with chats must not hold up the messages.
		if (!chats.off && fresh.some((info) => this.#mayBeChat(info)))
			for (const known of await unlessRefused(chats.refresh(signal), [])) told.add(known);
		const ids = new Set(fresh.map(({ id }) => id));
		const placed = reader.place(list, order.of(list), clock.now()).filter(({ info }) => ids.has(info.id));
		const files = await unlessRefused(chats.files(placed, false, signal), new Map<string, never>());
		const events: ProviderEvent[] = [];
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

	/** A date that nobody can read says nothing of it. */
	#isOld({ info, at }: PlacedMessage): boolean {
		return this.#oldTo === "all" || (asTime(info.date) !== null && at <= this.#oldTo);
	}

	/** Whether a chat may have begun with it that is not known yet: somebody new, no number, or a picture. */
	#mayBeChat({ direction, text, otherAddress, endpointId }: MessageInfo): boolean {
		const { book } = this.#parts;
		if (direction?.toLowerCase() !== "incoming" || otherAddress === null) return false;
		const known = book.get(book.key(endpointId ?? "unknown", otherAddress));
		if (known === null || text === null) return true;
		return known.chat?.live !== true && !isNumber(known.address);
	}

	#move(items: readonly MessageInfo[]): void {
		const most = this.#parts.clock.now() + aheadMs;
		for (const { date } of items) {
			const at = asTime(date);
			if (at !== null) this.#cursor = Math.max(this.#cursor ?? 0, Math.min(at, most));
		}
	}
}
