import type { ConversationBook } from "./conversation-book.ts";
import { type ListOrder, orderOf, type PlacedTimes } from "./placed-times.ts";
import type { MessageInfo } from "./wire.ts";

/** Which end of a list of messages is the newest on this server: looked at once and remembered (row 3). */
export class ServerOrder {
	readonly #book: ConversationBook;
	readonly #times: PlacedTimes;
	/** Of the last list that showed one. */
	#seen: ListOrder | null = null;
	#known: ListOrder | null = null;

	constructor(book: ConversationBook, times: PlacedTimes) {
		this.#book = book;
		this.#times = times;
	}

	/** As far as it is known. */
	get known(): ListOrder | null {
		return this.#known;
	}

	/** From the first and the last page of one list. */
	learn(first: readonly MessageInfo[], last: readonly MessageInfo[]): ListOrder {
		const both = [...first, ...last];
		this.#known = this.#byTimes(both) ?? this.#byNewest(both) ?? this.#known ?? "unsorted";
		return this.#known;
	}

	/** Of one list, all of it: by its dates, by where the newest message of a conversation stands, by what is known. */
	of(list: readonly MessageInfo[]): ListOrder {
		this.#seen = this.#byTimes(list) ?? this.#byNewest(list) ?? this.#known ?? this.#seen;
		return this.#seen ?? "ascending";
	}

	#byTimes(list: readonly MessageInfo[]): ListOrder | null {
		return orderOf(list, (info) => this.#times.of(info));
	}

	/** Dates that cannot be read do not tell; the list of conversations says which message is the newest. */
	#byNewest(list: readonly MessageInfo[]): ListOrder | null {
		const newest = new Set([...this.#book.all].flatMap(({ newestId }) => newestId ?? []));
		const first = list[0];
		const last = list.at(-1);
		if (first === undefined || last === undefined || list.length < 2) return null;
		if (newest.has(first.id) === newest.has(last.id)) return null;
		return newest.has(first.id) ? "descending" : "ascending";
	}
}
