import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appIcon } from "./drawings.ts";

const root = join(import.meta.dirname, "../..");
const mark = readFileSync(join(root, "renderer/components/AppMark.svelte"), "utf8");
const tokens = readFileSync(join(root, "renderer/styles/tokens.css"), "utf8");

test("the mark in the window is drawn as the icon is", () => {
	const shapes = [...appIcon.matchAll(/\s(?:d|cx|cy|r|rx|x1|y1|x2|y2|viewBox)="([^"]+)"/gu)];
	expect(shapes.length).toBeGreaterThan(8);
	for (const [shape] of shapes) expect(mark).toContain(shape.trim());
	expect(mark).toContain(`stroke-width: ${/stroke-width="([\d.]+)"/u.exec(appIcon)?.[1] ?? "none"};`);
});

test("its colours are tokens with the icon's values", () => {
	const colours = [...appIcon.matchAll(/(?:fill|stroke|stop-color)="(#[0-9a-f]+)"/gu)];
	expect(colours).toHaveLength(5);
	for (const [, colour = "none"] of colours)
		expect(tokens).toMatch(new RegExp(`--brand[a-z-]*: ${colour};`, "u"));
	expect(mark).not.toMatch(/#[0-9a-f]{3,}\b/u);
});
