import { between, type PracticeRandom } from "../random.ts";
import type { WebReply } from "../server/web-front.ts";
import { recordNotFound } from "./refusal.ts";
import type { Call, Site } from "./site.ts";
import type { NetsapiensSwitches } from "./switches.ts";
import { type WireObject, type WireValue, writeJson } from "./wire-json.ts";

/** A JSON answer in the wire's own writing. */
export function wireReply(value: WireValue, status = 200): WebReply {
	return {
		status,
		headers: { "Content-Type": "application/json; charset=utf-8" },
		body: writeJson(value),
	};
}

/** The rows that `start` and `limit` ask for (sheet, 1.4). */
export function page<T>(rows: readonly T[], { query, site }: Call): readonly T[] {
	const limit = Number(query.get("limit") ?? 100);
	const most = Number.isInteger(limit) && limit >= 1 ? Math.min(limit, 1_000) : 100;
	const first = firstRow(query, site.switches);
	return rows.slice(first, first + most);
}

function firstRow(query: URLSearchParams, { start }: NetsapiensSwitches): number {
	const asked = Number(query.get("start") ?? NaN);
	if (start === "ignored" || !Number.isInteger(asked) || asked < 0) return 0;
	return start === "oneBased" ? Math.max(0, asked - 1) : asked;
}

/** A list answer: the page of `rows`, in whatever shape the switches want. */
export function listReply(rows: readonly WireObject[], site: Site): WebReply {
	const { emptyList, singleRowAsObject } = site.switches;
	const [first] = rows;
	if (first === undefined) {
		if (emptyList === "404") throw recordNotFound();
		return wireReply(emptyList === "array" ? [] : emptyList === "null" ? null : {});
	}
	return wireReply(singleRowAsObject && rows.length === 1 ? first : rows);
}

/**
 * The page of rows that are `newestFirst`, in one of the orders that the sheet leaves open (Q3).
 * Only `oldestFirst` changes which rows are on it.
 */
export function orderedPage<T>(
	newestFirst: readonly T[],
	order: NetsapiensSwitches["messageOrder"],
	call: Call,
): readonly T[] {
	switch (order) {
		case "newestFirst":
			return page(newestFirst, call);
		case "oldestFirst":
			return page([...newestFirst].reverse(), call);
		case "newestPageOldestFirst":
			return [...page(newestFirst, call)].reverse();
		case "unsorted":
			return shuffled(page(newestFirst, call), call.site.random);
	}
}

function shuffled<T>(rows: readonly T[], random: PracticeRandom): T[] {
	const copy: T[] = [];
	for (const row of rows) copy.splice(between(random, 0, copy.length), 0, row);
	return copy;
}
