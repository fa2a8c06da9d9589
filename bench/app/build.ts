/**
 * The app as it ships, but for its list of systems, where the reference system of the checks stands in the place of
 * Genesys (never packaged), and a count of what its store commits. Built into out/bench/app, where Electron and the stand-in can start it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBuilder, type Plugin } from "vite";

const root = join(import.meta.dirname, "..", "..");
export const benchApp = join(root, "out", "bench", "app");

/** What of the app is something else in a bench: the module, who asks for it, and what it gets. */
const replaced = [
	["/providers/registry.ts", "/compose-network.ts", "registry.ts"],
	["/worker-message-store.ts", "/compose.ts", "counted-store.ts"],
] as const;

const substitutes: Plugin = {
	name: "bench-substitutes",
	enforce: "pre",
	resolveId(source, importer) {
		for (const [module, asker, instead] of replaced)
			if (source.endsWith(module) && importer?.endsWith(asker) === true)
				return join(import.meta.dirname, instead);
		return null;
	},
};

/** Builds it anew; some seconds. */
export async function buildBenchApp(): Promise<string> {
	const into = (folder: string) => ({ build: { outDir: join(benchApp, "dist", folder) } });
	const builder = await createBuilder({
		configFile: join(root, "vite.config.ts"),
		logLevel: "warn",
		plugins: [substitutes],
		environments: {
			client: into("renderer"),
			main: into("main"),
			preload: into("preload"),
			practice: into("practice"),
			store: into("store"),
		},
	});
	await builder.buildApp();
	const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
	mkdirSync(benchApp, { recursive: true });
	const { name, productName, version, type, main } = manifest;
	writeFileSync(join(benchApp, "package.json"), JSON.stringify({ name, productName, version, type, main }));
	return benchApp;
}
