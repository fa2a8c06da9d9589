/**
 * The app as it ships, but for its list of systems: the reference system of the checks stands in the place of Genesys
 * (never packaged). Built into out/bench/app, where Electron and the stand-in can start it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBuilder, type Plugin } from "vite";

const root = join(import.meta.dirname, "..", "..");
export const benchApp = join(root, "out", "bench", "app");

const registry: Plugin = {
	name: "reference-registry",
	enforce: "pre",
	resolveId(source, importer) {
		const asked = source.endsWith("/providers/registry.ts") && importer?.endsWith("/compose-network.ts");
		return asked === true ? join(root, "bench", "app", "registry.ts") : null;
	},
};

/** Builds it anew; some seconds. */
export async function buildBenchApp(): Promise<string> {
	const into = (folder: string) => ({ build: { outDir: join(benchApp, "dist", folder) } });
	const builder = await createBuilder({
		configFile: join(root, "vite.config.ts"),
		logLevel: "warn",
		plugins: [registry],
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
