/**
 * What counts as a word, and when two words are the same. Texts, queries and highlights all go through
 * here, so they cannot disagree; SQLite's tokenizer (`ascii`) is only given the result to cut at spaces.
 * Its own `unicode61` knows neither emoji nor scripts without spaces, and which letters it folds depends
 * on the SQLite that happens to be there.
 */

/** Raise it when the same text gives other words or numbers than before: the index is then built anew. */
export const wordsVersion = 2;

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

/** Scripts that put no spaces between words, and Hangul, whose particles stick to the word. */
const sign =
	"[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}" +
	"\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc\\uff70]";
const picture = "\\p{Extended_Pictographic}[\\ufe0e\\ufe0f\\u{1f3fb}-\\u{1f3ff}]*";
const anyWord = new RegExp(
	[
		// Groups: a flag, an emoji, a word. Without a group: a sign, a symbol.
		"(\\p{RI}\\p{RI})",
		`(${picture}(?:\\u200d${picture})*[\\u{e0020}-\\u{e007f}]*)`,
		// The three parts of a Hangul syllable, as some systems write it, are one sign.
		"[\\u1100-\\u115f][\\u1160-\\u11a7]+[\\u11a8-\\u11ff]*",
		`[${sign}&&[\\p{L}\\p{N}]][\\p{M}\\uff9e\\uff9f]*`,
		// U+200B (zero width space) parts words; the other invisible signs are part of them.
		`([[\\p{L}\\p{N}]--${sign}](?:[[\\p{L}\\p{N}\\p{M}\\p{Cf}]--[\\u200b${sign}]])*)`,
		"[\\p{So}\\p{Sc}]",
	].join("|"),
	"gv",
);

/** Diacritics and points that people leave out when they type; vowel signs of Indic scripts are letters. */
const droppedMarks =
	/[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
/** Normal forms bring punctuation with them ("㎧" is "m∕s"). */
const notInWords = /[^\p{L}\p{N}\p{M}\p{So}\p{Sc}]|\$/gu;
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

/**
 * The words of a text, in its order. A walk over the letters, because nearly all words are ASCII and a regular
 * expression takes ten times as long; it is asked only for pieces that have other letters.
 */
export function wordsOf(text: string): readonly Word[] {
	const words: Word[] = [];
	let start = -1;
	let foreign = false;
	for (let at = 0; at <= text.length; at++) {
		const unit = at < text.length ? text.charCodeAt(at) : 0;
		if (unit > 0x7f || isLetterOrDigit(unit)) {
			if (start < 0) start = at;
			foreign ||= unit > 0x7f;
			continue;
		}
		if (start < 0) continue;
		if (foreign) addForeign(words, text.slice(start, at), start);
		else {
			const folded = text.slice(start, Math.min(at, start + longestWord)).toLowerCase();
			words.push({ start, end: at, folded, single: false });
		}
		start = -1;
		foreign = false;
	}
	return words;
}

function isLetterOrDigit(unit: number): boolean {
	return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57);
}

/** Letters of ASCII only: every unit is a character. */
export function isPlain(text: string): boolean {
	return plain.test(text);
}

function addForeign(words: Word[], piece: string, offset: number): void {
	for (const match of piece.matchAll(anyWord)) {
		const [found, flag, emoji, word] = match;
		const start = offset + match.index;
		const end = start + found.length;
		if (emoji !== undefined) {
			for (const part of emoji.match(/\p{Extended_Pictographic}/gu) ?? [])
				words.push({ start, end, folded: part, single: true });
			continue;
		}
		const folded = flag ?? fold(found);
		if (folded !== "") words.push({ start, end, folded, single: word === undefined });
	}
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
