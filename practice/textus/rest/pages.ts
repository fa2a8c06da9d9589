import type { JsonObject, JsonValue } from "../../server/json.ts";
import type { Ordered } from "../paging.ts";
import { pagedCollection } from "../resources/basics.ts";
import type { Call, Outcome } from "../site.ts";

/** Answers a page of a collection; `address` is its path, the search `query` is kept in its links. */
export function answerPage<T>(
	call: Call,
	type: string,
	ordered: Ordered<T>,
	render: (item: T) => JsonObject,
	more: Readonly<Record<string, JsonValue>> = {},
): Outcome {
	const page = call.site.paging.page(ordered, call.query.get("cursor"));
	const [id = ordered.address] = ordered.address.split("?");
	return {
		status: 200,
		value: pagedCollection(call, type, id, { ...page, items: page.items.map(render) }, more),
	};
}

/** A path with the parameters of a search, those that are empty left out. */
export function withQuery(path: string, parameters: Readonly<Record<string, string>>): string {
	const given = Object.entries(parameters).filter(([, value]) => value !== "");
	const query = new URLSearchParams(given).toString();
	return query === "" ? path : `${path}?${query}`;
}
