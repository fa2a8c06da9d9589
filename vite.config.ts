import { svelte } from "@sveltejs/vite-plugin-svelte";
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { defineConfig } from "vite";
import { cometdHost } from "./build/vite/cometd-host.ts";
import { plainDomains } from "./build/vite/plain-domains.ts";
import { icons } from "./build/vite/icons.ts";
import { licenses } from "./build/vite/licenses.ts";
import { neverHydrated } from "./build/vite/never-hydrated.ts";
import { runtimeAssets } from "./build/vite/runtime-assets.ts";

const here = import.meta.dirname;
/** Never bundled: Node's own modules, Electron, and the one native module. */
const provided = [/^node:/, ...builtinModules, /^electron(\/.*)?$/, "keytar"];
/** Electron 45 carries Chromium 154 (43: 150, two milestones a major); one below is asked for, to be safe. */
const chromium = "chrome150";
const node = "node24";

/** A bundle that runs in Node: one file, everything inside but what `provided` names. */
const nodeBundle = (entry: string, folder: string) => ({
	consumer: "server" as const,
	resolve: {
		noExternal: true as const,
		external: ["keytar"],
		conditions: ["node", "import", "module", "default"],
	},
	build: {
		ssr: true,
		outDir: `${here}/dist/${folder}`,
		emptyOutDir: true,
		target: node,
		// Minified: the main bundle has a size goal (450 kB gzip), and Electron parses it at each start.
		minify: true,
		sourcemap: false,
		copyPublicDir: false,
		rolldownOptions: {
			input: { index: `${here}/${entry}` },
			external: provided,
			output: { entryFileNames: "[name].js", format: "es" as const, codeSplitting: false as const },
		},
	},
});

/** One configuration, five bundles: `vite build --app` writes renderer, main, preload, store and practice to dist/. */
export default defineConfig({
	root: "renderer",
	// Relative URLs only: the same files are served under app:// and, by the stand-in, under https://.
	base: "./",
	cacheDir: `${here}/node_modules/.vite`,
	plugins: [
		icons(here),
		svelte({ configFile: `${here}/svelte.config.js` }),
		neverHydrated(),
		cometdHost(),
		plainDomains(),
		licenses(),
		runtimeAssets(),
	],
	appType: "mpa",
	builder: {
		// Vite adds an environment `ssr` of its own and would fail on index.html in it.
		async buildApp(builder) {
			for (const name of ["client", "main", "preload", "store", "practice"]) {
				const environment = builder.environments[name];
				if (environment === undefined) continue;
				const input = environment.config.build.rolldownOptions.input as
					Record<string, string> | undefined;
				const entry = input?.["index"] ?? `${here}/renderer/index.html`;
				if (existsSync(entry)) await builder.build(environment);
				else builder.config.logger.warn(`${name}: no ${entry}, not built`);
			}
		},
	},
	environments: {
		client: {
			build: {
				outDir: `${here}/dist/renderer`,
				emptyOutDir: true,
				target: chromium,
				assetsInlineLimit: 0,
				modulePreload: { polyfill: false },
				sourcemap: false,
				rolldownOptions: { optimization: { inlineConst: { mode: "all", pass: 3 } } },
			},
		},
		main: nodeBundle("main/index.ts", "main"),
		preload: {
			consumer: "server",
			resolve: { noExternal: true },
			build: {
				ssr: true,
				outDir: `${here}/dist/preload`,
				emptyOutDir: true,
				target: chromium,
				minify: false,
				sourcemap: false,
				copyPublicDir: false,
				rolldownOptions: {
					input: { index: `${here}/main/preload/index.ts` },
					external: provided,
					// A sandboxed preload must be one CommonJS file.
					output: { entryFileNames: "[name].cjs", format: "cjs", codeSplitting: false },
				},
			},
		},
		// The thread of the message store: loaded by main by its path.
		store: nodeBundle("main/adapters/storage/database/database-worker.ts", "store"),
		practice: nodeBundle("practice/index.ts", "practice"),
	},
});
