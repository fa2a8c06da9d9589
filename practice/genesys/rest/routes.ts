import type { GenesysSwitches } from "../switches.ts";
import type { Handler } from "../site.ts";
import { operateChannel } from "./channels.ts";
import { getDevice, getTserverSettings, listDevices, operateDevice } from "./devices.ts";
import { getFeature, listFeatures } from "./features.ts";
import { getImSession, listImSessions, operateImSession, operateImSessions } from "./im-sessions.ts";
import { getMe, operateMe } from "./me.ts";
import { generalSettings, listAgentStates, listServices } from "./settings.ts";

interface Route {
	readonly method: "GET" | "POST";
	/** Below `/api/v2`; `{}` is one variable segment. */
	readonly path: string;
	readonly handler: Handler;
	/** The switch that makes the resource exist. */
	readonly feature?: keyof Pick<GenesysSwitches, "imFeature" | "voiceFeature">;
}

const routes: readonly Route[] = [
	{ method: "GET", path: "/me", handler: getMe },
	{ method: "POST", path: "/me", handler: operateMe },
	{ method: "GET", path: "/me/devices", handler: listDevices },
	{ method: "GET", path: "/me/devices/{}", handler: getDevice },
	{ method: "POST", path: "/me/devices/{}", handler: operateDevice },
	{ method: "GET", path: "/me/devices/{}/settings/tserver", handler: getTserverSettings },
	{ method: "GET", path: "/devices/{}/settings/tserver", handler: getTserverSettings },
	{ method: "POST", path: "/me/channels/{}", handler: operateChannel, feature: "voiceFeature" },
	{ method: "GET", path: "/me/im-sessions", handler: listImSessions, feature: "imFeature" },
	{ method: "POST", path: "/me/im-sessions", handler: operateImSessions, feature: "imFeature" },
	{ method: "GET", path: "/me/im-sessions/{}", handler: getImSession, feature: "imFeature" },
	{ method: "POST", path: "/me/im-sessions/{}", handler: operateImSession, feature: "imFeature" },
	{ method: "GET", path: "/contacts", handler: ({ site, query }) => site.directory.search(query) },
	{
		method: "GET",
		path: "/contacts/{}",
		handler: ({ site, query, parameters }) =>
			site.directory.contact(parameters[0] ?? "", query.get("type")),
	},
	{ method: "GET", path: "/features", handler: listFeatures },
	{ method: "GET", path: "/features/{}", handler: getFeature },
	{ method: "GET", path: "/services", handler: listServices },
	{ method: "GET", path: "/settings/agent-states", handler: listAgentStates },
	{ method: "GET", path: "/settings/general-settings", handler: generalSettings },
];

/** What a path leads to: a handler, a feature that is off, or nothing. */
export type Found =
	| { readonly kind: "handler"; readonly handler: Handler; readonly parameters: readonly string[] }
	| { readonly kind: "featureOff" }
	| { readonly kind: "nothing" };

/** Looks a request up; `path` is below `/api/v2`, a trailing slash is ignored (sheet, section 1). */
export function findRoute(method: string, path: string, switches: GenesysSwitches): Found {
	const segments = path.split("/").filter((segment) => segment !== "");
	for (const route of routes) {
		if (route.method !== method) continue;
		const parameters = parametersOf(route.path, segments);
		if (parameters === null) continue;
		if (route.feature !== undefined && !switches[route.feature]) return { kind: "featureOff" };
		return { kind: "handler", handler: route.handler, parameters };
	}
	return { kind: "nothing" };
}

function parametersOf(pattern: string, segments: readonly string[]): string[] | null {
	const wanted = pattern.split("/").filter((segment) => segment !== "");
	if (wanted.length !== segments.length) return null;
	const parameters: string[] = [];
	for (const [index, segment] of segments.entries()) {
		if (wanted[index] === "{}") parameters.push(segment);
		else if (wanted[index] !== segment) return null;
	}
	return parameters;
}
