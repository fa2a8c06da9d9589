import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutHydration } from "./never-hydrated.ts";

const file = join(import.meta.dirname, "../../node_modules/svelte/src/internal/client/dom/hydration.js");

test("the installed Svelte keeps its flag where it is looked for, and nothing sets it after that", () => {
	const code = withoutHydration(readFileSync(file, "utf8"));
	expect(code).toContain("export const hydrating = false;");
	expect(code).not.toMatch(/\bhydrating = (?!false)/u);
});

test("a Svelte that keeps it elsewhere stops the build", () => {
	expect(() => withoutHydration("export let hydrating = $state(false);")).toThrow(/another way/u);
});
