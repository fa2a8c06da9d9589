import fc from "fast-check";
import { expect, test } from "vitest";
import { characterCount, splitMessage } from "./split.ts";

const texts = fc.oneof(
	fc.string({ unit: "grapheme", maxLength: 300 }),
	fc
		.array(fc.constantFrom("a", "word", "👨‍👩‍👧", "é", "\n", "  ", "🇵🇹", "漢字", "longerword"), {
			maxLength: 80,
		})
		.map((parts) => parts.join("")),
);
const withoutSpace = (text: string): string => text.replaceAll(/\s/gu, "");

test("nothing but white space at the cuts is lost, no part is blank or over the limit", () => {
	fc.assert(
		fc.property(texts, fc.integer({ min: 1, max: 60 }), (text, limit) => {
			const parts = splitMessage(text, limit);
			expect(withoutSpace(parts.join(""))).toBe(withoutSpace(text));
			for (const part of parts) {
				expect(part.trim()).not.toBe("");
				expect(characterCount(part)).toBeLessThanOrEqual(limit);
			}
		}),
		{ numRuns: 500 },
	);
});

test("words that fit are never cut", () => {
	fc.assert(
		fc.property(
			fc.array(fc.stringMatching(/^[a-z]{1,12}$/u), { minLength: 1, maxLength: 60 }),
			fc.integer({ min: 12, max: 50 }),
			(words, limit) => {
				expect(splitMessage(words.join(" "), limit).flatMap((part) => part.split(/\s+/u))).toEqual(
					words,
				);
			},
		),
	);
});

test("a character of several code points stays whole where the limit allows it", () => {
	const family = "👨‍👩‍👧";
	expect(splitMessage(family.repeat(4), 12)).toEqual([family.repeat(2), family.repeat(2)]);
});

test("inner line breaks stay, a text within the limit is one part", () => {
	expect(splitMessage("one\n\ntwo", 100)).toEqual(["one\n\ntwo"]);
	expect(splitMessage("  \n ", 3)).toEqual([]);
});
