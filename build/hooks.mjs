// node --import build/hooks.mjs FILE.ts: sources run without a build, `cometd` adapted as in the bundles.
import { registerHooks } from "node:module";
import { isCometdModule, withCometdHost } from "./vite/cometd-host.ts";

registerHooks({
	load(url, context, nextLoad) {
		const loaded = nextLoad(url, context);
		if (!isCometdModule(url) || loaded.source === null || loaded.source === undefined) return loaded;
		const text =
			typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
		return { ...loaded, source: withCometdHost(text) };
	},
});
