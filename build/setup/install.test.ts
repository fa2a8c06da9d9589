import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installedAgrees, lockStamp, nodePath, whyInstall, whyNotNode } from "./install.mjs";

const lock = (version: string): string =>
	JSON.stringify({
		packages: {
			"": { name: "x" },
			"node_modules/a": { version, integrity: "sha512-a" },
			"node_modules/only-windows": { version: "1.0.0", integrity: "sha512-w", optional: true },
		},
	});
const installed = (version: string): string =>
	JSON.stringify({ packages: { "node_modules/a": { version, integrity: "sha512-a" } } });

let root = "";
const put = (path: string, text: string): void => {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), text);
};
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "trunkline-setup-"));
	put("package-lock.json", lock("1.0.0"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a fresh copy is installed", () => {
	expect(whyInstall(root)).toBe("this is a fresh copy");
});

test("an installation that npm made by hand is taken over, and stamped", () => {
	put("node_modules/.package-lock.json", installed("1.0.0"));
	put(nodePath(""), "");
	expect(whyInstall(root)).toBeUndefined();
	// From here on the stamp decides.
	rmSync(join(root, "node_modules", ".package-lock.json"));
	expect(whyInstall(root)).toBeUndefined();
});

test("a changed lock file asks for a new installation", () => {
	put("node_modules/.package-lock.json", installed("1.0.0"));
	put(nodePath(""), "");
	expect(whyInstall(root)).toBeUndefined();
	put("package-lock.json", lock("1.0.1"));
	expect(whyInstall(root)).toBe("the lock file changed");
});

test("an interrupted installation has no stamp and does not agree", () => {
	put(nodePath(""), "");
	expect(whyInstall(root)).toBe("node_modules is not what the lock file says");
});

test("without the pinned Node everything is installed again", () => {
	put("node_modules/.package-lock.json", installed("1.0.0"));
	expect(whyInstall(root)).toBe("the pinned Node is missing");
});

test("the stamp knows the machine and forgives line ends", () => {
	expect(lockStamp("{\n}", "linux-x64")).toBe(lockStamp("{\r\n}", "linux-x64"));
	expect(lockStamp("{}", "linux-x64")).not.toBe(lockStamp("{}", "linux-arm64"));
});

test.each([
	["another version", installed("1.0.1"), false],
	[
		"a package too many",
		installed("1.0.0").replace("}}}", `},"node_modules/b":{"version":"1.0.0"}}}`),
		false,
	],
	["nothing", `{"packages":{}}`, false],
	["no JSON", "", false],
	["all but an optional one", installed("1.0.0"), true],
])("npm's record with %s: %s", (_, record, agrees) => {
	expect(installedAgrees(lock("1.0.0"), record)).toBe(agrees);
});

test("only the pinned major of Node will do", () => {
	expect(whyNotNode("24.21.0", "v24.1.0\n")).toBeUndefined();
	expect(whyNotNode("24.21.0", "v25.0.0\n")).toContain("needs Node 24");
	expect(whyNotNode("24.21.0", "v2.4.0\n")).toContain("v2.4.0");
	expect(whyNotNode("24.21.0", "")).toContain("none that starts");
});

test("the pinned Node is node.exe on Windows", () => {
	expect(nodePath("r", "win32")).toMatch(/node\.exe$/);
	expect(nodePath("r", "linux")).toMatch(/bin.node$/);
});
