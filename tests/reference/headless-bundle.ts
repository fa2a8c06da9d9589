import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "vite";
import { cometdHost } from "../../build/vite/cometd-host.ts";

const root = join(import.meta.dirname, "..", "..");
let made: Promise<string> | undefined;

/** Bundles the app without a window and its worker as the app itself is bundled; the path of its program. Once. */
export function headlessBundle(): Promise<string> {
	made ??= bundle(join(root, "out", "checks", "headless"));
	return made;
}

async function bundle(folder: string): Promise<string> {
	const entries = {
		headless: "tests/reference/headless.ts",
		"database-worker": "main/adapters/storage/database/database-worker.ts",
	};
	// One at a time, because each is to be one file, and that cannot be asked for with several entries.
	for (const [name, entry] of Object.entries(entries))
		await build({
			configFile: false,
			root,
			logLevel: "warn",
			plugins: [cometdHost()],
			resolve: { conditions: ["node", "import", "module", "default"] },
			ssr: { noExternal: true },
			build: {
				ssr: true,
				outDir: folder,
				emptyOutDir: false,
				target: "node24",
				minify: true,
				sourcemap: false,
				copyPublicDir: false,
				rolldownOptions: {
					input: { [name]: join(root, entry) },
					external: [/^node:/, ...builtinModules],
					output: { entryFileNames: "[name].js", format: "es", codeSplitting: false },
				},
			},
		});
	return join(folder, "headless.js");
}
