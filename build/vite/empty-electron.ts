import type { Plugin } from "vite";

const emptyId = "\0trunkline:no-electron";

/**
 * In vitest's Node projects `electron` and `electron/*` are modules without exports: a file that imports them can
 * be loaded, and whatever uses Electron without having it injected fails on the spot. (The npm package's own
 * entry would try to download the binary instead.)
 */
export function emptyElectron(): Plugin {
	return {
		name: "trunkline:no-electron",
		enforce: "pre",
		resolveId: (id) => (/^electron(?:\/(?:main|renderer|common))?$/.test(id) ? emptyId : null),
		load: (id) => (id === emptyId ? "export default undefined;" : null),
	};
}
