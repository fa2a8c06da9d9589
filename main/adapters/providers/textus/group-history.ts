import type { HistoryMessage } from "../../../core/ports/provider.ts";
import type { Api } from "./api.ts";
import { groupMessageId } from "./group-send.ts";
import type { Key } from "./key.ts";
import { clockSlackMs, type News } from "./news.ts";
import { membersOf } from "./resource.ts";
import type { Users } from "./users.ts";
import { readItem, type WireMessage } from "./wire.ts";

/** The messages of one text to several people are sent within this time, ms. */
const spreadMs = 60_000;
const mostPages = 2;
/** Nobody asks for what is older: core asks for a text in doubt, which is a fresh one. */
const ageMs = clockSlackMs * 5;

/**
 * What was sent to several people at once. The server keeps nothing of the whole: what each of them got with the same
 * words at about the same time is one message to all of them. Enough to find a text whose reply did not come.
 */
export class GroupHistory {
	readonly #parts: { readonly api: Api; readonly news: News; readonly users: Users };

	constructor(parts: { readonly api: Api; readonly news: News; readonly users: Users }) {
		this.#parts = parts;
	}

	async messages(
		peer: string,
		{ slug, numbers }: Key,
		signal: AbortSignal,
	): Promise<readonly HistoryMessage[]> {
		const each: (readonly WireMessage[])[] = [];
		for (const number of numbers) each.push(await this.#sentTo(slug, number, signal));
		const [first = [], ...others] = each;
		return first.flatMap((item): HistoryMessage[] => {
			const same = others.map((items) =>
				items.find((one) => one.text === item.text && Math.abs(one.at - item.at) <= spreadMs),
			);
			const all = [item, ...same].filter((one) => one !== undefined);
			if (all.length < numbers.length) return [];
			const remoteId = groupMessageId(all.map(({ id }) => id));
			const at = Math.max(...all.map((one) => one.at));
			return [{ type: "ownMessage", peer, text: item.text, remoteId, stretch: null, at }];
		});
	}

	async #sentTo(slug: string, number: string, signal: AbortSignal): Promise<readonly WireMessage[]> {
		const { api, news, users } = this.#parts;
		const known = await news.find(slug, number, signal);
		if (known === null) return [];
		const found: WireMessage[] = [];
		let pages = 0;
		for await (const page of api.pages(known.wire.timeline, signal)) {
			const items = membersOf(page).flatMap((member) => readItem(member) ?? []);
			found.push(
				...items.filter((item) => item.kind === "message").filter((item) => users.isMine(item)),
			);
			pages += 1;
			if (pages >= mostPages || items.some(({ at }) => at < api.earliestFromNow(ageMs))) break;
		}
		return found;
	}
}
