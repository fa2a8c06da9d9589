import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorCodes } from "../errors.ts";
import { catalogues, english } from "./catalog.ts";
import { describeError, translator } from "./translate.ts";

const folder = join(import.meta.dirname, "en");
const files = readdirSync(folder).map((name) => ({
	name,
	texts: JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, string>,
}));
/** What an error sentence may ask for; the window has a word for each that is missing. */
const errorParams = [
	"host",
	"status",
	"device",
	"peer",
	"file",
	"found",
	"known",
	"messages",
	"unsent",
	"hours",
];
const placeholders = (text: string): string[] =>
	[...text.matchAll(/\{(\w+)(?=[},])/gu)].map((match) => match[1] ?? "").sort();

test.each(files)("$name has no key twice", ({ name }) => {
	// JSON.parse takes the last one in silence.
	const keys = [...readFileSync(join(folder, name), "utf8").matchAll(/^\t"([^"]+)":/gmu)].map(
		([, key]) => key,
	);
	expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

describe("the English catalogue", () => {
	test.each(errorCodes)("has a sentence for %s that says what to do or expect", (code) => {
		const sentence = (english as Record<string, string>)[`error.${code}`];
		expect(sentence).toBeTypeOf("string");
		expect(sentence).toMatch(/[.!?]$/u);
		for (const name of placeholders(sentence ?? "")) expect(errorParams).toContain(name);
	});
	test("has no error sentence without a code", () => {
		const known = new Set<string>(errorCodes.map((code) => `error.${code}`));
		expect(Object.keys(english).filter((key) => key.startsWith("error.") && !known.has(key))).toEqual([]);
	});
	test("says each key in one file only", () => {
		const keys = files.flatMap((file) => Object.keys(file.texts));
		expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
	});
	test.each(files.flatMap((file) => Object.entries(file.texts)))("%s is well formed", (_, text) => {
		expect(text.trim()).toBe(text);
		expect(text).not.toBe("");
		let depth = 0;
		for (const character of text) {
			depth += character === "{" ? 1 : character === "}" ? -1 : 0;
			expect(depth).toBeGreaterThanOrEqual(0);
		}
		expect(depth).toBe(0);
		if (text.includes(", plural,")) expect(text).toMatch(/ other \{/u);
		// Everything in braces is understood: nothing of it is left when all values are given.
		const values = Object.fromEntries(placeholders(text).map((name) => [name, 2]));
		const key = Object.keys(english).find(
			(candidate) => (english as Record<string, string>)[candidate] === text,
		);
		expect(translator("en")(key as keyof typeof english, values)).not.toMatch(/[{}]/u);
	});
});

test("every language has the keys and placeholders of English", () => {
	for (const catalogue of Object.values(catalogues)) {
		expect(Object.keys(catalogue).sort()).toEqual(Object.keys(english).sort());
		for (const [key, text] of Object.entries(catalogue)) {
			expect(new Set(placeholders(text))).toEqual(
				new Set(placeholders((english as Record<string, string>)[key] ?? "")),
			);
		}
	}
});

describe("translating", () => {
	const t = translator("en");
	test("fills plurals", () => {
		expect(t("thread.newBelow", { count: 1 })).toBe("1 new message");
		expect(t("thread.newBelow", { count: 4 })).toBe("4 new messages");
	});
	test("never takes a value for a template", () => {
		expect(t("list.you", { text: "{count} {text}" })).toBe("You: {count} {text}");
	});
	test("a name that runs from right to left, or overrides the direction, keeps to itself", () => {
		expect(t("thread.label", { peer: "Ana" })).toBe("Conversation with Ana");
		for (const peer of ["سلمى", "דנה (support)", "\u202Egnp.exe"])
			expect(t("thread.label", { peer })).toBe(`Conversation with \u2068${peer}\u2069`);
	});
	test("shows a failure with the server's own words after ours", () => {
		expect(describeError(t, { code: "auth.wrongPassword", detail: "Access denied" })).toMatch(
			/password.*\(Access denied\)$/u,
		);
	});
});
