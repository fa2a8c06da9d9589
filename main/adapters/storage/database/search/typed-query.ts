import { type DigitRun, digitRunsOf, shortestNumber, triplesOf } from "./numbers.ts";
import { type Word, wordsOf } from "./words.ts";

/** Words that stand together in the text; `open`: the last of them may go on. */
export interface Phrase {
	readonly words: readonly string[];
	readonly open: boolean;
}

/** All parts must be found. A number is found as a piece of a longer one, or as the words that were typed. */
export type QueryPart =
	| { readonly kind: "phrase"; readonly phrase: Phrase }
	| { readonly kind: "number"; readonly digits: string; readonly phrases: readonly Phrase[] };

export interface TypedQuery {
	/** Empty: nothing that could be looked for was typed. */
	readonly parts: readonly QueryPart[];
}

/**
 * Reads what a person typed. Nothing in it is an operator: quotes, AND, * and the like are text. What is typed
 * without a space between ("anna@example.com", "don't", signs of Chinese) stands together in the text too.
 */
export function readQuery(typed: string): TypedQuery {
	const words = wordsOf(typed);
	const numbers = wholeNumbers(words, digitRunsOf(typed));
	const parts: QueryPart[] = [];
	let index = 0;
	while (index < words.length) {
		const number = numbers.get(index);
		const until = number?.until ?? phraseEnd(typed, words, numbers, index);
		if (number === undefined) {
			parts.push({ kind: "phrase", phrase: phraseOf(words, index, until) });
		} else {
			const phrases: Phrase[] = [];
			for (let from = index; from < until;) {
				const to = Math.min(until, phraseEnd(typed, words, new Map(), from));
				phrases.push(phraseOf(words, from, to));
				from = to;
			}
			parts.push({ kind: "number", digits: number.digits, phrases });
		}
		index = until;
	}
	return { parts: withoutRepeats(parts) };
}

function phraseOf(words: readonly Word[], from: number, to: number): Phrase {
	return {
		words: words.slice(from, to).map((word) => word.folded),
		open: to === words.length && words[to - 1]?.single === false,
	};
}

function phraseEnd(
	typed: string,
	words: readonly Word[],
	numbers: ReadonlyMap<number, unknown>,
	from: number,
): number {
	let to = from + 1;
	while (to < words.length && !numbers.has(to)) {
		const between = typed.slice(words[to - 1]?.end ?? 0, words[to]?.start ?? 0);
		if (/\s/u.test(between)) break;
		to += 1;
	}
	return to;
}

/** Numbers that are made of whole words, by the index of their first word. */
function wholeNumbers(
	words: readonly Word[],
	runs: readonly DigitRun[],
): ReadonlyMap<number, { readonly digits: string; readonly until: number }> {
	const numbers = new Map<number, { digits: string; until: number }>();
	let index = 0;
	for (const run of runs) {
		const start = run.at[0] ?? 0;
		while (index < words.length && (words[index]?.end ?? 0) <= start) index += 1;
		let until = index;
		while (until < words.length && (words[until]?.start ?? run.end) < run.end) until += 1;
		const whole = words[index]?.start === start && words[until - 1]?.end === run.end;
		if (whole && run.digits.length >= shortestNumber) numbers.set(index, { digits: run.digits, until });
		index = until;
	}
	return numbers;
}

/** A sentence typed twice is looked for once. */
function withoutRepeats(parts: readonly QueryPart[]): readonly QueryPart[] {
	const seen = new Set<string>();
	return parts.filter((part) => {
		const key = JSON.stringify(part);
		if (seen.has(key)) return false;
		seen.add(key);
		return true;
	});
}

/** Longest beginning of a word that the prefix index of `search_text` knows. */
export const longestIndexedPrefix = 3;

/** The last word of the query when it may go on and is longer than the prefix index knows. */
export function longPrefix(query: TypedQuery): string | null {
	const last = query.parts.at(-1);
	const phrase = last?.kind === "number" ? last.phrases.at(-1) : last?.phrase;
	const word = phrase?.open === true ? phrase.words.at(-1) : undefined;
	return word !== undefined && [...word].length > longestIndexedPrefix ? word : null;
}

/**
 * The FTS5 expression. `shortened`: a last word that is longer than the prefix index knows is looked for by its
 * beginning, which is fast but finds too much. Words consist of letters, digits and signs beyond ASCII only
 * (words.ts), so that nothing typed can end a string or be an operator.
 */
export function expressionOf(query: TypedQuery, options: { readonly shortened: boolean }): string {
	return query.parts.map((part) => partExpression(part, options)).join(" AND ");
}

/** The same of one part. */
export function partExpression(part: QueryPart, options: { readonly shortened: boolean }): string {
	if (part.kind === "phrase") return phraseExpression(part.phrase, options.shortened);
	const words = part.phrases.map((phrase) => phraseExpression(phrase, options.shortened));
	return `((${words.join(" AND ")}) OR digits : "${triplesOf(part.digits).join(" ")}")`;
}

function phraseExpression(phrase: Phrase, shortened: boolean): string {
	const words = phrase.words.map((word, index) =>
		shortened && phrase.open && index === phrase.words.length - 1
			? [...word].slice(0, longestIndexedPrefix).join("")
			: word,
	);
	return `text : "${words.join(" ")}"${phrase.open ? " *" : ""}`;
}
