import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import type { MessageLists } from "./message-lists.ts";
import type { MessageReader } from "./message-reader.ts";
import type { ConversationInfo } from "./wire.ts";

/** The list is not paged: it is kept to what is younger (sheet, 6). */
const youngerMs = 30 * 86_400_000;

/** `GET /conversations`, taken into the book. */
export class Conversations {
	readonly #clock: Clock;
	readonly #book: ConversationBook;
	readonly #lists: MessageLists;
	readonly #reader: MessageReader;
	#last: { readonly at: number; readonly list: readonly ConversationInfo[] } | null = null;

	constructor(clock: Clock, book: ConversationBook, lists: MessageLists, reader: MessageReader) {
		this.#clock = clock;
		this.#book = book;
		this.#lists = lists;
		this.#reader = reader;
	}

	/** Everything of the last 30 days; an answer of up to `maxAgeMs` ago will do. */
	async list(signal: AbortSignal, maxAgeMs = 0): Promise<readonly ConversationInfo[]> {
		const now = this.#clock.monotonic();
		if (this.#last !== null && now - this.#last.at <= maxAgeMs && maxAgeMs > 0) return this.#last.list;
		const since: EpochMs = this.#clock.now() - youngerMs;
		const list = await this.#lists.conversations(since, signal);
		for (const conversation of list) this.meet(conversation);
		this.#last = { at: now, list };
		return list;
	}

	meet({ id, endpointId, otherAddress, mostRecentMessage: newest }: ConversationInfo): Known {
		const endpointName = newest?.endpointDisplayName ?? null;
		const known = this.#book.meet({ endpointId, rawAddress: otherAddress, endpointName });
		known.conversationId = id ?? known.conversationId;
		known.newestId = newest?.id ?? known.newestId;
		if (newest !== null) this.#reader.note(newest);
		return known;
	}
}
