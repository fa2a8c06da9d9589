import type { JsonObject, JsonValue } from "../../server/json.ts";
import type { Page } from "../paging.ts";
import type { Site } from "../site.ts";
import type { User } from "../users.ts";

/** Who looks: read states and stars differ from user to user. */
export interface Viewer {
	readonly site: Site;
	readonly user: User;
}

/** A resource object: `@type`, `@context`, host-relative `id` (sheet, 2). */
export function resource(
	{ site }: Viewer,
	type: string,
	id: string,
	members: Readonly<Record<string, JsonValue>>,
): JsonObject {
	return {
		"@type": type,
		"@context": `/contexts/${type}.jsonld`,
		id,
		...members,
		...(site.switches.unknownMembers
			? { futureFlag: true, futureThing: { "@type": "Future", id: `${id}/future`, parts: [1, null] } }
			: {}),
	};
}

/** Everything at once, without `view` (sheet, 2.1). */
export function wholeCollection(viewer: Viewer, id: string, members: readonly JsonObject[]): JsonObject {
	return resource(viewer, "hydra:Collection", id, {
		members: withUnknown(viewer, id, members),
		totalItems: members.length,
	});
}

/** One page (sheet, 2.1). */
export function pagedCollection(
	viewer: Viewer,
	type: string,
	id: string,
	page: Page<JsonObject>,
	more: Readonly<Record<string, JsonValue>> = {},
): JsonObject {
	const { switches } = viewer.site;
	const single = page.next === null && page.previous === null;
	return resource(viewer, type, id, {
		...more,
		members: withUnknown(viewer, id, page.items),
		totalItems: page.total,
		...(single && !switches.viewOnSinglePage
			? {}
			: {
					view: {
						"@type": "hydra:PartialCollectionView",
						"@context": "/contexts/hydra:PartialCollectionView.jsonld",
						id: page.self,
						first: link(viewer, page.first),
						next: page.next === null ? null : link(viewer, page.next),
						previous: page.previous === null ? null : link(viewer, page.previous),
					},
				}),
	});
}

function withUnknown(viewer: Viewer, id: string, members: readonly JsonObject[]): readonly JsonObject[] {
	if (!viewer.site.switches.unknownTypes) return members;
	return [resource(viewer, "Surprise", `${id}/surprise`, { content: { of: ["a", "kind"] } }), ...members];
}

/** A link that a client follows. */
export function link({ site }: Viewer, path: string): string {
	return `${site.switches.linkPrefix ?? ""}${path}`;
}

/** A member for an action: its link, or that it is not available (sheet, 2). */
export function actionLink(
	viewer: Viewer,
	name: string,
	path: string,
	available: boolean,
): Readonly<Record<string, string | null>> {
	if (available) return { [name]: link(viewer, path) };
	return viewer.site.switches.unavailableLink === "null" ? { [name]: null } : {};
}

/** A related resource, linked or embedded (sheet, 2). */
export function related(
	{ site }: Viewer,
	documented: "link" | "embedded",
	path: string,
	embed: () => JsonObject,
): JsonValue {
	switch (site.switches.related) {
		case "asDocumented":
			return documented === "link" ? path : embed();
		case "links":
			return path;
		case "embedded":
			return embed();
		case "mixed":
			return site.random.next() < 0.5 ? path : embed();
	}
}
