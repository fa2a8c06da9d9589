import { asList, asText } from "../rest/lossless-json.ts";

/** Resources of the API as they come: JSON-LD with opaque, host-relative ids (sheet, 2). Nothing here throws. */

/** One resource object; what its members are is not known yet. */
export type Resource = Readonly<Record<string, unknown>>;

/** A related resource: a link to it, or the object itself, which may carry its link as `id` (sheet, 2). */
export interface Related {
	readonly link: string | null;
	readonly embedded: Resource | null;
}

/** Null: it is no object. */
export function asResource(value: unknown): Resource | null {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Resource) : null;
}

/** A member as text; null: absent, empty, or no scalar. */
export function textIn(resource: Resource, name: string): string | null {
	return asText(Object.hasOwn(resource, name) ? resource[name] : undefined);
}

/** A member that is true or false; null: anything else. */
export function flagIn(resource: Resource, name: string): boolean | null {
	const value = Object.hasOwn(resource, name) ? resource[name] : undefined;
	return typeof value === "boolean" ? value : null;
}

/** A link to follow; null: the action is not available now, or there is none (sheet, 2). */
export function linkIn(resource: Resource, name: string): string | null {
	const value = Object.hasOwn(resource, name) ? resource[name] : undefined;
	return typeof value === "string" && value !== "" ? value : null;
}

export function relatedIn(resource: Resource, name: string): Related | null {
	const value = Object.hasOwn(resource, name) ? resource[name] : undefined;
	if (typeof value === "string") return value === "" ? null : { link: value, embedded: null };
	const embedded = asResource(value);
	return embedded === null ? null : { link: linkIn(embedded, "id"), embedded };
}

/** Members of a collection, or of a plain list; each once, in order, and those that are no objects left out. */
export function membersOf(collection: unknown): readonly Resource[] {
	const within = asResource(collection);
	const list = within === null ? collection : within["members"];
	const seen = new Set<string>();
	return asList(list).flatMap((member) => {
		const resource = asResource(member);
		if (resource === null) return [];
		const id = textIn(resource, "id");
		if (id !== null && seen.has(id)) return [];
		if (id !== null) seen.add(id);
		return [resource];
	});
}

/** The path of the next page, to be followed as it is (sheet, 2.1); null: that was all. */
export function nextOf(collection: Resource): string | null {
	const view = asResource(collection["view"]);
	return view === null ? null : linkIn(view, "next");
}

/** The last segment of an id: the slug of an account. */
export function lastSegment(id: string): string {
	return id.slice(id.lastIndexOf("/") + 1);
}
