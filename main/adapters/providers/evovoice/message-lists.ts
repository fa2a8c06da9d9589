import type { EpochMs } from "../../../core/ports/runtime.ts";
import { AfterDate } from "./after-date.ts";
import type { EvoRest, Query } from "./evo-rest.ts";
import { type ConversationInfo, type MessageInfo, conversationList, messageList } from "./wire.ts";

/** Row 20: what a server cuts to less is told by its paging flags. */
export const pageSize = 100;
/** So many pages of news are read in one go; whoever needs more has been away for long. */
const mostPages = 50;

/** One page as the server has it. */
export interface MessagePage {
	readonly items: readonly MessageInfo[];
	/** Null: not told. */
	readonly totalPages: number | null;
	readonly more: boolean;
}

/** Which messages: of a conversation by its id, or of an endpoint. */
export type Scope = { readonly conversationIds: string } | { readonly endpointIds: string };

/** `GET /messages` and `GET /conversations` of the accounts of one user (sheet, 4 to 6; row 18: always scoped). */
export class MessageLists {
	readonly #rest: EvoRest;
	readonly #accountIds: readonly string[];
	readonly #afterDate = new AfterDate();

	constructor(rest: EvoRest, accountIds: readonly string[]) {
		this.#rest = rest;
		this.#accountIds = accountIds;
	}

	/**
	 * All messages after `since`, in the server's order; `whole` false: there are more than could be
	 * read in one go. Without totals: the cheapest question there is.
	 */
	async since(
		since: EpochMs | null,
		signal: AbortSignal,
		scope: Scope | null = null,
	): Promise<{ readonly items: readonly MessageInfo[]; readonly whole: boolean }> {
		return this.#afterDate.ask(since, async (afterDate) => {
			const items: MessageInfo[] = [];
			const ids = new Set<string>();
			for (let page = 0; page < mostPages; page += 1) {
				const query = { ...scope, afterDate, countPerPage: pageSize, simplifiedPaging: true };
				const answer = await this.#messages({ ...query, ...pageNumber(page) }, signal);
				// A server that gives the same page again and again has no more.
				const fresh = answer.items.filter(({ id }) => ids.size < ids.add(id).size);
				items.push(...fresh);
				// A flag that is missing says nothing: the end is an empty page then.
				if (fresh.length === 0 || answer.hasMorePages === false) return { items, whole: true };
			}
			return { items, whole: false };
		});
	}

	/** One page of a conversation or an endpoint, with totals; pages count from 0. */
	async page(scope: Scope, page: number, count: number, signal: AbortSignal): Promise<MessagePage> {
		const query = { ...scope, countPerPage: count };
		const answer = await this.#messages({ ...query, ...pageNumber(page) }, signal);
		const { items, totalPages, hasMorePages } = answer;
		const more = items.length > 0 && (hasMorePages === true || page + 1 < (totalPages ?? 0));
		return { items, totalPages, more };
	}

	/** Not paged; `since` keeps the answer small. */
	async conversations(since: EpochMs, signal: AbortSignal): Promise<readonly ConversationInfo[]> {
		return this.#afterDate.ask(since, async (afterDate) => {
			const query = { accountIds: this.#accountIds, afterDate };
			const answer = await this.#rest.read("/conversations", query, conversationList, signal);
			return answer.conversations;
		});
	}

	#messages(query: Query, signal: AbortSignal) {
		return this.#rest.read("/messages", { accountIds: this.#accountIds, ...query }, messageList, signal);
	}
}

/** The first page needs no number. */
function pageNumber(page: number): { readonly page?: number } {
	return page === 0 ? {} : { page };
}
