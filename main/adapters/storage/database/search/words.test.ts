import fc from "fast-check";
import { expect, test } from "vitest";
import { digitRunsOf, numbersForIndex } from "./numbers.ts";
import { fold, wordsOf } from "./words.ts";

const folded = (text: string): readonly string[] => wordsOf(text).map((word) => word.folded);

test.each([
	["Crème BRÛLÉE", ["creme", "brulee"]],
	["Straße, Łódź, Ærø", ["strasse", "lodz", "aero"]],
	["ΣΟΦΟΣ σοφός", ["σοφοσ", "σοφοσ"]],
	["İstanbul ISPARTA", ["istanbul", "isparta"]],
	["ﬁne ＦＵＬＬ①", ["fine", "full1"]],
	["don't foo_bar a.b@c.de", ["don", "t", "foo", "bar", "a", "b", "c", "de"]],
	["co\u00adop\u200der", ["cooper"]],
	["two\u200bwords", ["two", "words"]],
	["東京tower 行きます", ["東", "京", "tower", "行", "き", "ま", "す"]],
	["ﾊﾞｽ バス", ["バ", "ス", "バ", "ス"]],
	["한국 \u1112\u1161\u11ab", ["한", "국", "한"]],
	["สวัสดี", ["ส", "วั", "ส", "ดี"]],
	["हिन्दी", ["हिन्दी"]],
	["שָׁלוֹם", ["שלום"]],
	["👍🏽👍 👩‍💻", ["👍", "👍", "👩", "💻"]],
	["🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]],
	["5️⃣ ❤️ €", ["5", "❤", "€"]],
	["\ud800 \0 \u202e", []],
	["", []],
])("words of %j", (text, expected) => {
	expect(folded(text)).toEqual(expected);
});

test("words stand where they are in the text, one after the other", { timeout: 30_000 }, () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
			let at = 0;
			let last = -1;
			return wordsOf(text).every((word) => {
				// The parts of one emoji share its place.
				const follows = word.start >= at || word.start === last;
				({ start: last, end: at } = word);
				const inText = word.end > word.start && word.end <= text.length;
				const plain = /^[^\0-/:-@[-`{-\x7f\s]+$/u.test(word.folded) && word.folded.isWellFormed();
				return follows && inText && plain;
			});
		}),
		{ numRuns: 500 },
	);
});

test("a word is the same whether it takes the short way or the long one", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 200 }), (text) => {
			// A zero width joiner is part of a word and nothing of it.
			const joined = text.replace(/[A-Za-z0-9]+/g, (word) => `${word}\u200d`);
			expect(folded(joined)).toEqual(folded(text));
		}),
		{ numRuns: 500 },
	);
});

test("how a text is composed makes no difference", { timeout: 30_000 }, () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (text) => {
			// Some signs are another one with a stroke through it, which is no letter's accent.
			const taken = text.normalize("NFD").replaceAll("\u0338", "");
			expect(folded(taken)).toEqual(folded(taken.normalize("NFC")));
		}),
		{ numRuns: 500 },
	);
});

test("a word of a hundred thousand letters is compared by its beginning, quickly", () => {
	const [word] = wordsOf("Ä".repeat(100_000));
	expect(word).toEqual({ start: 0, end: 100_000, folded: "a".repeat(64), single: false });
	expect(fold("\u0301".repeat(100_000))).toBe("");
});

test.each([
	["+1 (555) 0199-23", ["1555019923"]],
	["on 2026-11-23 10:30", ["2026112310", "30"]],
	["a1b22", ["1", "22"]],
	["٠١٢٣ ۴۵ ９９", ["01234599"]],
	["०१ x 𝟙𝟚", ["01", "12"]],
])("numbers in %j", (text, expected) => {
	expect(digitRunsOf(text).map((run) => run.digits)).toEqual(expected);
});

test("numbers of the index: every three digits are one sign, with a border between two numbers", () => {
	expect(numbersForIndex("555-01, 12, 999").split(" ")).toEqual([
		String.fromCharCode(0xe000 + 555),
		String.fromCharCode(0xe000 + 550),
		String.fromCharCode(0xe000 + 501),
		"\uf000",
		String.fromCharCode(0xe000 + 999),
	]);
});
