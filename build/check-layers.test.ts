import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLayers, diskTree, importsOf, scriptsOf, type SourceTree } from "./check-layers.ts";

/** A tree of the named files; whatever they import under the four folders exists as well. */
function treeOf(files: Record<string, string>): SourceTree {
	return {
		files: () => Object.keys(files),
		read: (file) => files[file] ?? "",
		exists: (file) => !file.includes("missing"),
	};
}
const judged = (file: string, text: string): readonly string[] =>
	checkLayers(treeOf({ [file]: text })).map((violation) => violation.target);

test.each([
	["shared/model.ts", `import { x } from "./ids.ts";`],
	["shared/ipc/contract.ts", `import * as v from "valibot";`],
	["main/core/outbox.ts", `import type { M } from "../../shared/model.ts";`],
	[
		"main/adapters/net/http.ts",
		`import { request } from "node:http"; import { fetch } from "undici"; import "../../core/ports/runtime.ts";`,
	],
	["main/adapters/storage/database/sqlite-driver.ts", `import type { DatabaseSync } from "node:sqlite";`],
	["main/adapters/electron/tray.ts", `import { Tray } from "electron/main";`],
	["main/compose.ts", `import "./core/a.ts"; import "./adapters/b.ts"; import "../shared/c.ts";`],
	["main/compose-practice.ts", `import type { Practice } from "../practice/index.ts";`],
	["main/index.ts", `import { app } from "electron/main"; import "./compose.ts";`],
	[
		"main/preload/index.ts",
		`import { ipcRenderer } from "electron/renderer"; import { commandNames } from "../../shared/ipc/names.ts"; import type { Bridge } from "../../shared/ipc/types.ts";`,
	],
	[
		"renderer/App.svelte",
		`<script lang="ts">import X from "./X.svelte"; import "../shared/model.ts";</script>`,
	],
	[
		"practice/genesys/server.ts",
		`import { createServer } from "node:http"; import s from "cometd-nodejs-server"; import "../../shared/model.ts";`,
	],
	["main/core/outbox.test.ts", `import { readFile } from "node:fs"; import "../adapters/net/http.ts";`],
])("%s may import what it does", (file, text) => {
	expect(judged(file, text)).toEqual([]);
});

test.each([
	["shared/model.ts", `import "../main/core/outbox.ts";`, "main/core/outbox.ts"],
	["shared/model.ts", `export * from "node:crypto";`, "node:crypto"],
	["main/core/outbox.ts", `import { readFile } from "fs";`, "fs"],
	["main/core/outbox.ts", `import type { App } from "electron";`, "electron"],
	["main/core/outbox.ts", `type T = import("../adapters/net/http.ts").T;`, "main/adapters/net/http.ts"],
	["main/core/outbox.ts", `import { fetch } from "undici";`, "undici"],
	["main/adapters/net/http.ts", `import "../../compose.ts";`, "main/compose.ts"],
	["main/adapters/net/http.ts", `await import("../../../renderer/bridge.ts");`, "renderer/bridge.ts"],
	["main/compose.ts", `import { start } from "../practice/index.ts";`, "practice/index.ts"],
	["main/compose.ts", `import "../tests/standin/app.ts";`, "tests/standin/app.ts"],
	["main/compose.ts", `import "./core/outbox.test.ts";`, "main/core/outbox.test.ts"],
	["main/adapters/storage/a.ts", `import { DatabaseSync } from "node:sqlite";`, "node:sqlite"],
	["main/compose.ts", `process.getBuiltinModule("node:sqlite");`, "node:sqlite"],
	["main/helper.ts", `import "../shared/model.ts";`, "shared/model.ts"],
	[
		"main/preload/index.ts",
		`import { contract } from "../../shared/ipc/contract.ts";`,
		"shared/ipc/contract.ts",
	],
	["main/preload/index.ts", `const fs = require("node:fs");`, "node:fs"],
	[
		"renderer/App.svelte",
		`<script module>\nexport {};\n</script>\n<script lang="ts">import "../main/core/outbox.ts";</script>`,
		"main/core/outbox.ts",
	],
	["renderer/state/a.svelte.ts", `import { ipcRenderer } from "electron";`, "electron"],
	["practice/genesys/server.ts", `import "../../main/adapters/net/http.ts";`, "main/adapters/net/http.ts"],
	["practice/genesys/server.ts", `import faye from "faye";`, "faye"],
	["shared/model.ts", `import "./missing.ts";`, "shared/missing.ts"],
	["shared/model.ts", `import "../../outside.ts";`, "../outside.ts"],
])("%s may not: %s", (file, text, target) => {
	expect(judged(file, text)).toEqual([target]);
});

test("lines are those of the file, in components too", () => {
	expect(importsOf(`// one\nimport "./a.ts";\n`)).toEqual([
		{ specifier: "./a.ts", line: 2, typeOnly: false },
	]);
	const component = `<p>text</p>\n\n<script lang="ts">\n\timport "../main/index.ts";\n</script>`;
	expect(scriptsOf(component)).toHaveLength(1);
	expect(checkLayers(treeOf({ "renderer/A.svelte": component }))[0]?.line).toBe(4);
});

test("the repository itself keeps the arrows", () => {
	const tree = diskTree(join(import.meta.dirname, ".."));
	expect(tree.files()).toContain("shared/errors.ts");
	expect(checkLayers(tree)).toEqual([]);
});
