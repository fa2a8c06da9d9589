import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
	electronExecutable,
	findElectron,
	forgetFailure,
	rememberedFailure,
	rememberFailure,
} from "./electron-binary.mjs";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);
let root = "";
const put = (path: string, text: string): void => {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), text);
};
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "trunkline-electron-"));
	put("package.json", JSON.stringify({ devDependencies: { electron: "45.4.1" } }));
	put("node_modules/electron/package.json", JSON.stringify({ version: "45.4.1" }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("the binary must be there, in the version of the package", () => {
	const dist = join("node_modules", "electron", "dist");
	expect(findElectron(root, {}, "linux")).toBeUndefined();
	put(join(dist, "electron"), "");
	expect(findElectron(root, {}, "linux")).toBeUndefined();
	put(join(dist, "version"), "44.0.0");
	expect(findElectron(root, {}, "linux")).toBeUndefined();
	put(join(dist, "version"), "v45.4.1\n");
	expect(findElectron(root, {}, "linux")).toBe(join(root, dist, "electron"));
});

test("ELECTRON_OVERRIDE_DIST_PATH comes first", () => {
	const env = { ELECTRON_OVERRIDE_DIST_PATH: join(root, "elsewhere") };
	expect(findElectron(root, env, "win32")).toBeUndefined();
	put("elsewhere/electron.exe", "");
	expect(findElectron(root, env, "win32")).toBe(join(root, "elsewhere", "electron.exe"));
});

test("the names are those of the npm package", () => {
	expect(electronExecutable("darwin")).toBe("Electron.app/Contents/MacOS/Electron");
});

test("a failed download is remembered for a day, for this version, until forgotten", () => {
	expect(rememberedFailure(root, start)).toBeUndefined();
	rememberFailure(root, start, "no byte for 15 s");
	expect(rememberedFailure(root, start + hour)).toEqual({ reason: "no byte for 15 s", hoursLeft: 23 });
	expect(rememberedFailure(root, start + 24 * hour)).toBeUndefined();
	// A clock that was set back must not keep it for ever.
	expect(rememberedFailure(root, start - hour)).toBeUndefined();

	put("package.json", JSON.stringify({ devDependencies: { electron: "45.4.2" } }));
	expect(rememberedFailure(root, start + hour)).toBeUndefined();
	rememberFailure(root, start, "again");
	forgetFailure(root);
	expect(rememberedFailure(root, start)).toBeUndefined();
});
