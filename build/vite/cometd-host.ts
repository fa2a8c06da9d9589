import type { Plugin } from "vite";

const cometdModule = /[\\/]node_modules[\\/]cometd[\\/][^\\/]+\.js(?:\?.*)?$/;

/** Whether `id` is a file of the `cometd` package itself (not of `cometd-nodejs-server`). */
export function isCometdModule(id: string): boolean {
	return cometdModule.test(id);
}

/**
 * `source` with every `window` replaced by `globalThis.__cometdHost`.
 *
 * The `cometd` client is written for a browser and reaches timers, console and `XMLHttpRequest` through
 * `window`. A global `window` would tell every other library that it runs in a browser, so the name is
 * changed in that one package only; `main/adapters/net` provides the host object.
 */
export function withCometdHost(source: string): string {
	return source.replaceAll(/\bwindow\b(?=\.|\[)/g, "globalThis.__cometdHost");
}

/** The replacement as a Vite plugin, for the bundles and for vitest alike. */
export function cometdHost(): Plugin {
	return {
		name: "trunkline:cometd-host",
		enforce: "pre",
		transform(code, id) {
			return isCometdModule(id) ? { code: withCometdHost(code), map: null } : null;
		},
	};
}
