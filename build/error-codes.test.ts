import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../shared/errors.ts";

const root = join(import.meta.dirname, "..");

/** The shipped sources of a folder, tests and their helpers left out. */
function sources(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.filter((path) => /\.(?:ts|svelte)$/.test(path) && !/\.(?:test|spec)\.ts$|testing[\\/]/.test(path))
		.map((path) => readFileSync(join(root, folder, path), "utf8"));
}

test("every error code that has a sentence can come about", () => {
	const text = [...sources("main"), ...sources("renderer")].join("\n");
	expect(errorCodes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});
