import { expect, test } from "vitest";
import type { SourceTree } from "./check-layers.ts";
import { checkSystems } from "./check-systems.ts";

const tree = (files: Readonly<Record<string, string>>): SourceTree => ({
	files: () => Object.keys(files),
	read: (file) => files[file] ?? "",
	exists: (file) => file in files,
});

test("a system's name is found in literals, identifiers, templates and markup, with its line", () => {
	const found = checkSystems(
		tree({
			"shared/a.ts": 'const x = 1;\nif (system === "textus") x();',
			"renderer/b.ts": "const genesysLimit = `evovoice-${1}`;",
			"renderer/C.svelte": '<script lang="ts">\n\tconst a = "NetSapiens";\n</script>\n<p>TextUs</p>',
		}),
	);
	expect(found.map(({ file, line }) => `${file}:${String(line)}`)).toEqual([
		"shared/a.ts:2",
		"renderer/b.ts:1",
		"renderer/b.ts:1",
		"renderer/C.svelte:2",
		"renderer/C.svelte:4",
	]);
});

test("comments, providers, simulators and tests may name them", () => {
	expect(
		checkSystems(
			tree({
				"main/core/a.ts": "// Genesys gives none.\nconst x = 1;",
				"renderer/A.svelte": "<!-- TextUs -->\n<p>hello</p>\n<style>\n\t/* none */\n</style>",
				"main/adapters/providers/registry.ts": 'import "./textus/provider.ts";',
				"practice/index.ts": 'const a = "genesys";',
				"main/core/a.test.ts": 'const a = "genesys";',
			}),
		),
	).toEqual([]);
});
