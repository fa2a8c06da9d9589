import { expect, test } from "vitest";
import { keytarBinary, strangers } from "./allow-list.ts";

test("what the app is made of may ship", () => {
	const files = [
		"package.json",
		"LICENSE",
		"dist/main/index.js",
		"dist/store/index.js",
		"dist/preload/index.cjs",
		"dist/practice/index.js",
		"dist/renderer/index.html",
		"dist/renderer/assets/index-Dk3_x-1.js",
		"dist/renderer/assets/index-Dk3_x-1.css",
		"dist/assets/tray/tray-idle-16.png",
		"dist/assets/tray/trayTemplate@2x.png",
		"node_modules/keytar/lib/keytar.js",
		keytarBinary("linux-x64"),
	];
	expect(strangers(files, "linux-x64")).toEqual([]);
});

test.each([
	["dist/main/index.js.map", "a source map"],
	["dist/main/index.ts", "a source file"],
	["dist/store/messages.db", "not on the allow-list"],
	["tests/standin/electron", "tests or the stand-in"],
	["dist/standin/launcher.js", "tests or the stand-in"],
	["dist/renderer/assets/a.test.js", "a test"],
	[".env", "an environment file"],
	["dist/.env.local", "an environment file"],
	["dist/main/server.key", "a key"],
	["dist/.built", "not on the allow-list"],
	["README.md", "not on the allow-list"],
	["node_modules/undici/index.js", "not on the allow-list"],
	["node_modules/keytar/prebuilds/win32-x64/keytar.node", "not on the allow-list"],
	["node_modules/keytar/build/Release/keytar.node", "not on the allow-list"],
])("%s may not: %s", (file, reason) => {
	expect(strangers([file], "linux-x64")).toEqual([{ file, reason }]);
});
