import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** A library inside a bundle. */
export interface BundledLibrary {
	readonly name: string;
	readonly version: string;
	/** SPDX, as far as the package says it. */
	readonly license: string;
	readonly text: string;
}

/** The folder of the package that a module belongs to; `undefined` for our own files. */
export function packageFolder(moduleId: string): string | undefined {
	const path = moduleId.replace(/^\0+/, "").replaceAll("\\", "/");
	return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** What a manifest says about its licence; older ones say it as an object or a list. */
export function licenseName(manifest: { readonly license?: unknown; readonly licenses?: unknown }): string {
	const one = (value: unknown): string =>
		typeof value === "string"
			? value
			: typeof value === "object" && value !== null && "type" in value
				? String(value.type)
				: "";
	const named = Array.isArray(manifest.licenses) ? manifest.licenses.map(one).join(" OR ") : "";
	return one(manifest.license) || named || "UNKNOWN";
}

function describe(folder: string): BundledLibrary {
	const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
		string,
		unknown
	>;
	const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(name));
	return {
		name: String(manifest["name"]),
		version: String(manifest["version"]),
		license: licenseName(manifest),
		text: file === undefined ? "" : readFileSync(join(folder, file), "utf8"),
	};
}

/**
 * Writes `licenses.json` beside each bundle: every library that has code in it, with its licence. (Vite's own
 * `build.license` stops at manifests that give the licence as an object.)
 */
export function licenses(): Plugin {
	return {
		name: "trunkline:licenses",
		apply: "build",
		generateBundle(_, bundle) {
			const folders = new Set<string>();
			for (const chunk of Object.values(bundle)) {
				if (chunk.type !== "chunk") continue;
				for (const [id, module] of Object.entries(chunk.modules)) {
					const folder = module.renderedLength > 0 ? packageFolder(id) : undefined;
					if (folder !== undefined && existsSync(join(folder, "package.json"))) folders.add(folder);
				}
			}
			// The preload has none, and one file.
			if (this.environment.name === "preload") return;
			const list = [...folders].map(describe).sort((a, b) => a.name.localeCompare(b.name));
			this.emitFile({
				type: "asset",
				fileName: "licenses.json",
				source: `${JSON.stringify(list, null, "\t")}\n`,
			});
		},
	};
}
