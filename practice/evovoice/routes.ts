import { authenticationRoutes } from "./operations/authentication.ts";
import { endpointRoutes } from "./operations/endpoints.ts";
import { messageRoutes } from "./operations/messages.ts";
import type { Operation, Route } from "./operations/operation.ts";
import { peopleRoutes } from "./operations/people.ts";
import { sessionRoutes } from "./operations/sessions.ts";
import type { Format } from "./wire/formats.ts";

const routes: readonly Route[] = [
	...authenticationRoutes,
	...messageRoutes,
	...sessionRoutes,
	...endpointRoutes,
	...peopleRoutes,
];

export interface FoundRoute {
	readonly operation: Operation;
	readonly parameters: Readonly<Record<string, string>>;
	/** The format that a predefined route such as `/xml/reply/SendMessage` fixes. */
	readonly format?: Format;
}

/**
 * The operation behind a verb and a path without its suffix. Literal segments beat parameters, an exact
 * verb beats `ANY` (sheet, 5.2); upper and lower case are the same. Null: no such route.
 */
export function findRoute(method: string, path: string): FoundRoute | null {
	const segments = path.split("/").filter((segment) => segment !== "");
	const candidates = routes
		.map((route) => ({ route, parameters: match(route, segments) }))
		.filter(({ parameters }) => parameters !== null)
		.sort((left, right) => score(right.route) - score(left.route));
	const found = candidates.find(({ route }) => route.method === method || route.method === "ANY");
	if (found?.parameters != null) return { operation: found.route.operation, parameters: found.parameters };
	return predefined(segments);
}

/** `/json/reply/SendMessage`, `/xml/reply/…`, `/api/SendMessage` (sheet, 1.1). */
function predefined(segments: readonly string[]): FoundRoute | null {
	const [first = "", second = "", third = ""] = segments.map((segment) => segment.toLowerCase());
	const name = first === "api" ? second : second === "reply" ? third : "";
	const route = routes.find(({ operation }) => operation.name.toLowerCase() === name);
	if (route === undefined) return null;
	const format = (["json", "xml", "jsv", "csv", "jsonl"] as const).find((known) => known === first);
	if (first !== "api" && format === undefined) return null;
	return { operation: route.operation, parameters: {}, ...(format === undefined ? {} : { format }) };
}

function match({ path }: Route, segments: readonly string[]): Record<string, string> | null {
	const pattern = path.slice(1).split("/");
	if (pattern.length !== segments.length) return null;
	const parameters: Record<string, string> = {};
	for (const [index, part] of pattern.entries()) {
		const segment = segments[index] ?? "";
		if (part.startsWith("{")) parameters[part.slice(1, -1)] = decoded(segment);
		else if (part.toLowerCase() !== segment.toLowerCase()) return null;
	}
	return parameters;
}

function score({ method, path }: Route): number {
	return (method === "ANY" ? 0 : 1) - 2 * (path.match(/\{/g)?.length ?? 0);
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
