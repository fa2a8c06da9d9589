import { expect, test } from "vitest";
import { licenseName, packageFolder } from "./licenses.ts";

test.each([
	["/r/node_modules/undici/lib/api.js", "/r/node_modules/undici"],
	["\0/r/node_modules/a/node_modules/@s/b/index.js?commonjs", "/r/node_modules/a/node_modules/@s/b"],
	["C:\\r\\node_modules\\a\\x.js", "C:/r/node_modules/a"],
	["/r/main/index.ts", undefined],
	["\0rolldown/runtime.js", undefined],
])("%s belongs to %s", (id, folder) => {
	expect(packageFolder(id)).toBe(folder);
});

test("licences of old and new manifests", () => {
	expect(licenseName({ license: "MIT" })).toBe("MIT");
	expect(licenseName({ license: { type: "MIT", url: "x" } })).toBe("MIT");
	expect(licenseName({ licenses: [{ type: "MIT" }, { type: "GPL-3.0" }] })).toBe("MIT OR GPL-3.0");
	expect(licenseName({})).toBe("UNKNOWN");
});
