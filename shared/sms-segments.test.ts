import fc from "fast-check";
import { expect, test } from "vitest";
import { type SmsSegments, countSegments } from "./sms-segments.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

/** 3GPP TS 23.038, 6.2.1: the 128 places in order; 0x1b is the escape and no character. */
const basic =
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmnopqrstuvwxyzäöñüà";
const escape = "\u001b";
/** 3GPP TS 23.038, 6.2.1.1. */
const extended = "\f^{}\\[~]|€";

/** The same by the book: places looked up one by one, parts filled one after the other as lists. */
function model(text: string): SmsSegments {
	const characters = [...text];
	const placesOf = (character: string): number => {
		if (character !== escape && basic.includes(character)) return 1;
		return extended.includes(character) ? 2 : 0;
	};
	const firstForeign = characters.find((character) => placesOf(character) === 0) ?? null;
	const costs = characters.map((character) =>
		firstForeign === null ? placesOf(character) : character.length,
	);
	const sum = (list: readonly number[]): number => list.reduce((one, other) => one + other, 0);
	const [alone, joined] = firstForeign === null ? [160, 153] : [70, 67];
	const perSegment = sum(costs) <= alone ? alone : joined;
	const parts: number[][] = [];
	for (const cost of costs) {
		const last = parts.at(-1);
		if (last !== undefined && sum(last) + cost <= perSegment) last.push(cost);
		else parts.push([cost]);
	}
	return {
		encoding: firstForeign === null ? "gsm7" : "ucs2",
		segments: parts.length,
		unitsUsed: sum(costs),
		perSegment,
		left: perSegment - sum(parts.at(-1) ?? []),
		firstForeign,
	};
}

test("the default alphabet has 127 characters of one septet, the extension table ten of two", () => {
	expect(basic).toHaveLength(128);
	const costs = new Map<string, number>();
	for (let unit = 0; unit <= 0xffff; unit++) {
		const character = String.fromCharCode(unit);
		const counted = countSegments(character);
		if (counted.encoding === "gsm7") costs.set(character, counted.unitsUsed);
	}
	const expected = new Map<string, number>();
	for (const character of basic) if (character !== escape) expected.set(character, 1);
	for (const character of extended) expected.set(character, 2);
	expect([...costs].sort()).toEqual([...expected].sort());
});

test.each([
	["nothing", "", 0, 0, 160, 160],
	["one letter", "a", 1, 1, 160, 159],
	["a full part", "a".repeat(160), 1, 160, 160, 0],
	["one more", "a".repeat(161), 2, 161, 153, 145],
	["two full parts", "a".repeat(306), 2, 306, 153, 0],
	["three parts", "a".repeat(307), 3, 307, 153, 152],
	["80 euros", "€".repeat(80), 1, 160, 160, 0],
	["81 euros: 76 a part, one septet unused", "€".repeat(81), 2, 162, 153, 143],
	["an euro that would be cut in two", `${"a".repeat(152)}€${"a".repeat(151)}`, 2, 305, 153, 0],
	[
		"an euro that would be cut in two, and one more",
		`${"a".repeat(152)}€${"a".repeat(152)}`,
		3,
		306,
		153,
		152,
	],
	["line breaks of both kinds", "a\r\nb\n", 1, 5, 160, 155],
])("GSM 7 bit: %s", (_what, text, segments, unitsUsed, perSegment, left) => {
	expect(countSegments(text)).toEqual({
		encoding: "gsm7",
		segments,
		unitsUsed,
		perSegment,
		left,
		firstForeign: null,
	});
});

test.each([
	["Cyrillic", "я", 1, 1, 70, 69, "я"],
	["a full part", "я".repeat(70), 1, 70, 70, 0, "я"],
	["one more", "я".repeat(71), 2, 71, 67, 63, "я"],
	["35 faces", "😀".repeat(35), 1, 70, 70, 0, "😀"],
	["36 faces: 33 a part, one unit unused", "😀".repeat(36), 2, 72, 67, 61, "😀"],
	["a curly apostrophe in English", "it\u2019s", 1, 4, 70, 66, "\u2019"],
	["a small c with cedilla, which the alphabet has as a capital only", "façade", 1, 6, 70, 64, "ç"],
	["a backtick", "`", 1, 1, 70, 69, "`"],
	["a tabulator", "a\tb", 1, 3, 70, 67, "\t"],
	["half of a surrogate pair", "a\ud83d", 1, 2, 70, 68, "\ud83d"],
	["the escape", "\u001b", 1, 1, 70, 69, "\u001b"],
])("UCS-2: %s", (_what, text, segments, unitsUsed, perSegment, left, firstForeign) => {
	expect(countSegments(text)).toEqual({
		encoding: "ucs2",
		segments,
		unitsUsed,
		perSegment,
		left,
		firstForeign,
	});
});

const piece = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...Array.from(basic.replace(escape, ""))) },
	{ weight: 2, arbitrary: fc.constantFrom(...Array.from(extended)) },
);
const strange = fc.oneof(
	piece,
	fc.constantFrom("😀", "👩‍👩‍👧", "я", "`", "\t", "\ud83d", "\ude00", "ç"),
	fc.string({ unit: "binary", maxLength: 3 }),
);

test(
	"it counts as the model does",
	() => {
		const texts = fc.oneof(
			fc.array(piece, { maxLength: 700, size: "max" }),
			fc.array(strange, { maxLength: 300, size: "max" }),
			// Around the borders, where mistakes live.
			fc
				.tuple(fc.integer({ min: 60, max: 325 }), fc.array(strange, { maxLength: 4 }))
				.map(([length, end]) => ["a".repeat(length), ...end]),
		);
		fc.assert(
			fc.property(texts, (pieces) => {
				const text = pieces.join("");
				expect(countSegments(text)).toEqual(model(text));
			}),
			{ numRuns: 1500 },
		);
	},
	propertyLimitMs,
);
