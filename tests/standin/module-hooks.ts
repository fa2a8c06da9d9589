import Module from "node:module";

const names = new Set(["electron", "electron/main", "electron/common"]);
const holder = "__standInElectron";

/** Makes `electron` resolvable for require, import and the inspector's console. */
export function installModuleHooks(electron: Record<string, unknown>): void {
	(globalThis as Record<string, unknown>)[holder] = electron;
	const lines = Object.keys(electron).map((name) => `export const ${name} = electron.${name};`);
	const source = `const electron = globalThis.${holder};\n${lines.join("\n")}\nexport default electron;\n`;
	Module.registerHooks({
		resolve: (specifier, context, next) =>
			names.has(specifier)
				? { url: "standin:electron", format: "module", shortCircuit: true }
				: next(specifier, context),
		load: (url, context, next) =>
			url === "standin:electron"
				? { format: "module", source, shortCircuit: true }
				: next(url, context),
	});
	// require, Playwright's loader and the inspector's command line API come this way.
	const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
	const original = loader._load.bind(loader);
	loader._load = (request, ...rest) => (names.has(request) ? electron : original(request, ...rest));
}
