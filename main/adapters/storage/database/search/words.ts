/**
 * What counts as a word, and when two words are the same. Texts, queries and highlights all go through
 * here, so they cannot disagree; SQLite's tokenizer (`ascii`) is only given the result to cut at spaces.
 * Its own `unicode61` knows neither emoji nor scripts without spaces, and which letters it folds depends
 * on the SQLite that happens to be there.
 */

/** Raise it when the same text gives other words or numbers than before: the index is then built anew. */
export const wordsVersion = 1;

export interface Word {
	/** Where it stands in the text, UTF-16 units; the parts of one emoji share the place of the whole. */
	readonly start: number;
	readonly end: number;
	/** Lower case, without diacritics, at most 64 units, no ASCII but letters and digits. */
	readonly folded: string;
	/** One sign of a script without spaces, or a symbol: whole in itself, nothing continues it. */
	readonly single: boolean;
}

/** Longer words (encoded data) are compared by their beginning. */
const longestWord = 64;

/* eslint-disable no-misleading-character-class -- the classes are meant to name parts of what is seen as one */
const plain = /^[\0-\x7f]*$/;
const plainWord = /[A-Za-z0-9]+/g;

/** Scripts that put no spaces between words, and Hangul, whose particles stick to the word. */
const sign =
	"[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}" +
	"\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc\\uff70]";
const picture = "\\p{Extended_Pictographic}[\\ufe0e\\ufe0f\\u{1f3fb}-\\u{1f3ff}]*";
const anyWord = new RegExp(
	[
		"(?<flag>\\p{RI}\\p{RI})",
		`(?<emoji>${picture}(?:\\u200d${picture})*[\\u{e0020}-\\u{e007f}]*)`,
		`(?<sign>[${sign}&&\\p{L}][\\p{M}\\uff9e\\uff9f]*)`,
		// U+200B (zero width space) parts words; the other invisible signs are part of them.
		`(?<word>[[\\p{L}\\p{N}]--${sign}](?:[[\\p{L}\\p{N}\\p{M}\\p{Cf}]--[\\u200b${sign}]])*)`,
		"(?<symbol>[\\p{So}\\p{Sc}])",
	].join("|"),
	"gv",
);

/** Diacritics and points that people leave out when they type; vowel signs of Indic scripts are letters. */
const droppedMarks =
	/[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
const notInWords = /[\0-/:-@[-`{-\x7f\p{Cf}\p{Zs}\p{Cc}]/gu;
/** Letters that no normal form takes apart. */
const letters: Readonly<Record<string, string>> = {
	ß: "ss",
	æ: "ae",
	œ: "oe",
	ø: "o",
	đ: "d",
	ð: "d",
	ħ: "h",
	ı: "i",
	ł: "l",
	ŋ: "n",
	þ: "th",
	ŧ: "t",
	ς: "σ",
};
const takenApart = /[ßæœøđðħıłŋþŧς]/g;

/** The words of a text, in its order. */
export function wordsOf(text: string): readonly Word[] {
	return plain.test(text) ? plainWords(text) : allWords(text);
}

function plainWords(text: string): readonly Word[] {
	const words: Word[] = [];
	for (const match of text.matchAll(plainWord)) {
		const [word] = match;
		words.push({
			start: match.index,
			end: match.index + word.length,
			folded: word.slice(0, longestWord).toLowerCase(),
			single: false,
		});
	}
	return words;
}

function allWords(text: string): readonly Word[] {
	const words: Word[] = [];
	for (const match of text.matchAll(anyWord)) {
		const [found] = match;
		const start = match.index;
		const end = start + found.length;
		const groups = match.groups ?? {};
		if (groups["emoji"] !== undefined) {
			for (const part of found.match(/\p{Extended_Pictographic}/gu) ?? []) {
				words.push({ start, end, folded: part, single: true });
			}
			continue;
		}
		const folded = groups["flag"] ?? fold(found);
		if (folded !== "") words.push({ start, end, folded, single: groups["word"] === undefined });
	}
	return words;
}

/** The form in which words are compared; empty when nothing of it counts. */
export function fold(word: string): string {
	const folded = word
		.slice(0, 4 * longestWord)
		.normalize("NFKD")
		.toLowerCase()
		.replace(droppedMarks, "")
		.replace(takenApart, (letter) => letters[letter] ?? letter)
		.replace(notInWords, "")
		.normalize("NFC");
	return folded
		.slice(0, longestWord)
		.toWellFormed()
		.replace(/\ufffd$/u, "");
}
