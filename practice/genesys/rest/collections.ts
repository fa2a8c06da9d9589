import type { JsonObject } from "../../server/json.ts";

/**
 * A list reply: `uris` without `fields`, whole objects for `fields=*`, else the named fields
 * (sheet, section 4).
 */
export function collection(
	query: URLSearchParams,
	name: string,
	items: readonly { readonly uri: string; readonly resource: JsonObject }[],
): JsonObject {
	const fields = query.get("fields");
	if (fields === null) return { statusCode: 0, uris: items.map((item) => item.uri) };
	return { statusCode: 0, [name]: items.map((item) => selected(item.resource, fields)) };
}

function selected(resource: JsonObject, fields: string): JsonObject {
	if (fields === "*") return resource;
	const wanted = fields.split(",");
	return Object.fromEntries(Object.entries(resource).filter(([key]) => wanted.includes(key)));
}
