import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { iconOutline, outline } from "./icons.ts";

test.each([
	["path", { d: "M20 6 9 17l-5-5" }, "M20 6 9 17l-5-5"],
	["path", { d: "m21 15-3.086-3.086a2 2 0 0 0-2.828 0" }, "M21 15l-3.086-3.086a2 2 0 0 0-2.828 0"],
	["path", { d: "m6 9 6 6 6-6" }, "M6 9l6 6 6-6"],
	["path", { d: "m12 2v3" }, "M12 2v3"],
	["line", { x1: "1", x2: "2", y1: "3", y2: "4" }, "M1 3L2 4"],
	["polyline", { points: "1 2 3 4" }, "M1 2 3 4"],
	["polygon", { points: "1 2 3 4" }, "M1 2 3 4Z"],
	["circle", { cx: "9", cy: "7", r: "4" }, "M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"],
	["ellipse", { cx: "9", cy: "7", rx: "4", ry: "2" }, "M5 7a4 2 0 1 0 8 0a4 2 0 1 0 -8 0z"],
	["rect", { x: "3", y: "4", width: "18", height: "6" }, "M3 4h18v6h-18v-6z"],
	[
		"rect",
		{ x: "3", y: "3", width: "18", height: "18", rx: "2", ry: "2" },
		"M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
	],
])("%s %o", (tag, attributes, expected) => {
	expect(outline(tag, attributes)).toBe(expected);
});

test("what is no outline is refused", () => {
	expect(() => outline("text", {})).toThrow(/<text>/u);
	expect(() => iconOutline("<svg/>")).toThrow(/another way/u);
});

test("every icon of the library can be drawn", () => {
	const folder = join(import.meta.dirname, "../../node_modules/@lucide/svelte/dist/icons");
	const files = readdirSync(folder).filter((file) => file.endsWith(".svelte"));
	expect(files.length).toBeGreaterThan(1000);
	for (const file of files)
		expect(iconOutline(readFileSync(join(folder, file), "utf8")), file).toMatch(/^M *[-.\d]/u);
});
