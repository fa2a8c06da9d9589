import { app } from "./app.ts";
import { guard } from "./guard.ts";
import type { Surface } from "./surface.ts";

type SchemeHandler = (request: Request) => Response | Promise<Response>;

/**
 * Chromium never hands an unknown scheme to the debugging protocol, so `app://ui/x` is shown to it as
 * `https://ui.app.standin.invalid/x`: a secure context with an origin of its own, and a name that no server
 * can have. The app's side sees the original address.
 */
export const webSuffix = "standin.invalid";

const privileged = new Map<string, Electron.Privileges>();
const handlers = new Map<string, SchemeHandler>();

/** The address as Chromium knows it. */
export function toWeb(url: string): string {
	const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
	const scheme = match?.[1]?.toLowerCase();
	if (match === null || scheme === undefined || !isCustom(scheme)) return url;
	return `https://${match[2] ?? ""}.${scheme}.${webSuffix}${match[3] ?? ""}`;
}

const webPattern = new RegExp(
	`^https://(.*)\\.([a-z][a-z0-9+-]*)\\.${webSuffix.replace(".", "\\.")}(?=[/?#:]|$)`,
	"i",
);

/** The address as the app knows it. */
export function fromWeb(url: string): string {
	return url.replace(webPattern, (_whole, host: string, scheme: string) => `${scheme}://${host}`);
}

/** Whether a scheme is the app's own. */
export function isCustom(scheme: string): boolean {
	return handlers.has(scheme) || privileged.has(scheme);
}

/** The handler of an address as the app knows it. */
export function handlerOf(url: string): SchemeHandler | undefined {
	return handlers.get(/^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "");
}

export const protocol = guard<Surface["protocol"]>(
	{
		registerSchemesAsPrivileged(schemes) {
			if (app.isReady())
				throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
			for (const { scheme, privileges } of schemes) privileged.set(scheme, privileges ?? {});
		},
		handle(scheme, handler) {
			if (!app.stage.ready) throw new Error("Session can only be received when app is ready");
			if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
			handlers.set(scheme, handler);
		},
		unhandle(scheme) {
			if (!handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
		},
		isProtocolHandled(scheme) {
			return (
				handlers.has(scheme) || ["http", "https", "file", "data", "blob", "about"].includes(scheme)
			);
		},
	},
	"protocol",
);
