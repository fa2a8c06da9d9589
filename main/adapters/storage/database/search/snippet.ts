import type { SnippetPart } from "../../../../../shared/model.ts";
import { digitRunsOf } from "./numbers.ts";
import type { Phrase, QueryPart, TypedQuery } from "./typed-query.ts";
import { isPlain, type Word, wordsOf } from "./words.ts";

/** A piece of a text, UTF-16 units. */
export interface Range {
	readonly start: number;
	readonly end: number;
}

/** About so many UTF-16 units are shown, so many of them before the first hit. */
const longest = 160;
const before = 40;
/** Of one word; a text that says the same thing over and over needs no more to be shown. */
const mostRanges = 100;
/** Somebody can pile a thousand accents on one letter; such a heap may be cut. */
const longestGrapheme = 80;

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const lineBreak = /[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * False: the text is certainly no hit. A quick look at what nearly all texts are, because most of those that are
 * looked at for a long last word are none.
 */
export function mayBeHit(query: TypedQuery, text: string): boolean {
	const last = query.parts.at(-1);
	if (last?.kind !== "phrase" || !isPlain(text)) return true;
	return text.toLowerCase().includes(last.phrase.words.at(-1) ?? "");
}

/** Where each part of the query stands in the text; null when one is not in it, so that the text is no hit. */
export function findQuery(query: TypedQuery, text: string): readonly (readonly Range[])[] | null {
	const words = wordsOf(text);
	const found: (readonly Range[])[] = [];
	for (const part of query.parts) {
		const ranges = findPart(part, words, text);
		if (ranges === null) return null;
		found.push(ranges);
	}
	return found;
}

function findPart(part: QueryPart, words: readonly Word[], text: string): readonly Range[] | null {
	if (part.kind === "phrase") return findPhrase(part.phrase, words);
	const ranges = [...findNumber(part.digits, text)];
	const all = part.phrases.map((phrase) => findPhrase(phrase, words));
	if (all.every((one) => one !== null)) ranges.push(...all.flat());
	return ranges.length === 0 ? null : ranges;
}

function findPhrase(phrase: Phrase, words: readonly Word[]): readonly Range[] | null {
	const ranges: Range[] = [];
	const last = phrase.words.length - 1;
	for (let from = 0; from + last < words.length && ranges.length < mostRanges; from++) {
		const stands = phrase.words.every((wanted, index) => {
			const folded = words[from + index]?.folded ?? "";
			return phrase.open && index === last ? folded.startsWith(wanted) : folded === wanted;
		});
		if (stands) ranges.push({ start: words[from]?.start ?? 0, end: words[from + last]?.end ?? 0 });
	}
	return ranges.length === 0 ? null : ranges;
}

/** The digits as a piece of a number, however it is written. */
export function findNumber(digits: string, text: string): readonly Range[] {
	const ranges: Range[] = [];
	for (const run of digitRunsOf(text)) {
		for (
			let at = run.digits.indexOf(digits);
			at >= 0 && ranges.length < mostRanges;
			at = run.digits.indexOf(digits, at + 1)
		) {
			const next = at + digits.length;
			const lastDigit = run.at[next - 1] ?? 0;
			const size = (text.codePointAt(lastDigit) ?? 0) > 0xffff ? 2 : 1;
			ranges.push({ start: run.at[at] ?? 0, end: lastDigit + size });
		}
	}
	return ranges;
}

/**
 * The piece of the text that shows most of what was looked for, in parts: a part is a hit or not. Joined they are a
 * piece of the text with spaces for line breaks; no character that a person sees as one is cut.
 */
export function snippetOf(text: string, found: readonly (readonly Range[])[]): readonly SnippetPart[] {
	const boundary = boundariesOf(text);
	const window = windowOf(text, found);
	const from = boundary(window.start, "start");
	const to = Math.max(from, boundary(window.end, "start"));
	const parts: SnippetPart[] = [];
	const add = (start: number, end: number, hit: boolean): void => {
		if (start < end) parts.push({ text: text.slice(start, end).replace(lineBreak, " "), hit });
	};
	let at = from;
	for (const range of merged(found.flat())) {
		const start = Math.max(at, boundary(range.start, "start"));
		const end = Math.min(to, boundary(range.end, "end"));
		if (start >= end) continue;
		add(at, start, false);
		add(start, end, true);
		at = end;
	}
	add(at, to, false);
	return parts;
}

/** The nearest place at or before ("start"), or at or after ("end"), where no character is cut. */
function boundariesOf(text: string): (at: number, side: "start" | "end") => number {
	const within = (at: number): number => Math.min(Math.max(at, 0), text.length);
	// The only two ASCII characters that are seen as one are a carriage return and its line feed.
	if (isPlain(text) && !text.includes("\r")) return within;
	const segments = graphemes.segment(text);
	return (at, side) => {
		if (at <= 0 || at >= text.length) return within(at);
		const segment = segments.containing(at);
		if (segment === undefined || segment.index === at) return at;
		if (segment.segment.length > longestGrapheme)
			return isLowSurrogate(text.charCodeAt(at)) ? at - 1 : at;
		return side === "start" ? segment.index : segment.index + segment.segment.length;
	};
}

function isLowSurrogate(unit: number): boolean {
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The window in which most parts of the query are seen, the first of such. */
function windowOf(text: string, found: readonly (readonly Range[])[]): Range {
	if (text.length <= longest) return { start: 0, end: text.length };
	let best = { start: 0, seen: 0 };
	for (const range of found.flatMap((ranges) => ranges.slice(0, 20))) {
		const start = Math.max(0, range.start - before);
		const seen = found.filter((ranges) =>
			ranges.some((one) => one.start >= start && one.end <= start + longest),
		).length;
		if (seen > best.seen || (seen === best.seen && start < best.start)) best = { start, seen };
	}
	// Not so near the end that half of it would be empty, and rather from the beginning of a word.
	const start = Math.min(best.start, text.length - longest);
	const space = start === 0 ? -1 : text.slice(start, start + before / 2).search(/\s\S/u);
	return { start: start + space + 1, end: Math.min(text.length, start + longest) };
}

function merged(ranges: readonly Range[]): readonly Range[] {
	const result: Range[] = [];
	for (const range of [...ranges].sort((one, other) => one.start - other.start)) {
		const last = result.at(-1);
		if (last === undefined || range.start > last.end) result.push(range);
		else if (range.end > last.end) result[result.length - 1] = { start: last.start, end: range.end };
	}
	return result;
}
