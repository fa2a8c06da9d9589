import { readFileSync } from "node:fs";
import { makeCodec } from "../codec.ts";
import { makeBridgeEnd } from "./bridge-ends.ts";
import { makeWire } from "./bridge-wire.ts";
import { installDrawnMenu } from "./drawn-menu.ts";
import { installIsolatedWorld } from "./isolated-world.ts";
import { installMainWorld } from "./main-world.ts";
import { installWindowManners } from "./window-manners.ts";

/** The name of the world that the preload runs in. */
export const isolatedWorldName = "standin-preload";
/** The binding that exists in that world only. */
export const bindingName = "__standIn";

export interface PageScripts {
	readonly mainWorld: string;
	readonly isolatedWorld: string;
}

/** The two scripts of one window as source text. `secret` names the events between them. */
export function makePageScripts(
	secret: string,
	preloadFile: string | null,
	processInfo: Record<string, unknown>,
): PageScripts {
	const end = (incoming: string, outgoing: string): string =>
		`(answer) => (${makeBridgeEnd.toString()})(${JSON.stringify(incoming)}, ${JSON.stringify(outgoing)}, ${makeWire.toString()}, answer)`;
	const toPage = `${secret}-page`;
	const toPreload = `${secret}-preload`;
	const preload =
		preloadFile === null
			? "null"
			: `function (require, module, exports, process, global) {\n${readFileSync(preloadFile, "utf8")}\n}`;
	return {
		mainWorld: `if (window === window.top) (${installMainWorld.toString()})(${end(toPage, toPreload)});`,
		isolatedWorld: `if (window === window.top) {
(${installIsolatedWorld.toString()})({
	codec: (${makeCodec.toString()})(),
	preload: ${preload},
	processInfo: ${JSON.stringify(processInfo)},
	makeEnd: ${end(toPreload, toPage)},
});
(${installWindowManners.toString()})();
(${installDrawnMenu.toString()})();
}`,
	};
}
