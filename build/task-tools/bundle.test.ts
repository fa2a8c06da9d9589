import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isBuilt } from "./bundle.mjs";

let root = "";
/** Sets a path's time of change; minutes from an arbitrary start. */
const at = (path: string, minute: number): void => utimesSync(join(root, path), minute * 60, minute * 60);
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "trunkline-bundle-"));
	mkdirSync(join(root, "main", "core"), { recursive: true });
	mkdirSync(join(root, "dist"));
	writeFileSync(join(root, "main", "core", "a.ts"), "");
	writeFileSync(join(root, "dist", ".built"), "");
	for (const path of ["main/core/a.ts", "main/core", "main"]) at(path, 1);
	at("dist/.built", 5);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("nothing changed since the build", () => {
	expect(isBuilt(root)).toBe(true);
});

test("a changed file, and a removed one, ask for a build", () => {
	at("main/core/a.ts", 9);
	expect(isBuilt(root)).toBe(false);
	rmSync(join(root, "main", "core", "a.ts"));
	at("main/core", 9);
	expect(isBuilt(root)).toBe(false);
});

test("no build, no stamp", () => {
	rmSync(join(root, "dist"), { recursive: true });
	expect(isBuilt(root)).toBe(false);
});
