/**
 * JSON as servers write it who know only one kind of scalar: a number that would lose digits stays the text it was,
 * keys lose the spaces around them, and what is too large or too deep is refused before it costs anything.
 */

/** What may come out of `parseJson`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** As much as an answer may be long (ports/runtime.ts, `HttpResponse.text`), in UTF-16 units. */
const maxLength = 8 * 1024 * 1024;
const maxDepth = 64;

/**
 * Parses one JSON text. A number whose digits a double does not give back exactly (`12345678901234567890`, `1.0`,
 * `-0`) comes as a string of the very characters that were written; all others as numbers. Keys are trimmed (the key
 * that was written without spaces wins); `__proto__` is dropped. Throws SyntaxError, also for a text that is longer
 * than 8 Mi characters or nested deeper than 64.
 */
export function parseJson(text: string): Json {
	if (text.length > maxLength) throw new SyntaxError("the JSON is too long");
	if (deeperThan(text, maxDepth)) throw new SyntaxError("the JSON is nested too deep");
	// A byte order mark is no part of the text.
	return parseWithSource(text.startsWith("\uFEFF") ? text.slice(1) : text, (_key, value, context) => {
		if (typeof value === "number") return losesDigits(value, context.source) ? context.source : value;
		return typeof value === "object" && value !== null && !Array.isArray(value) ? tidy(value) : value;
	}) as Json;
}

/** Any scalar as text: `17145550353` and `"17145550353"` alike. Null, `""`, a missing value, an array and an object: null. */
export function asText(value: unknown): string | null {
	switch (typeof value) {
		case "string":
			return value === "" ? null : value;
		case "number":
			return Number.isFinite(value) ? String(value) : null;
		case "boolean":
		case "bigint":
			return String(value);
		default:
			return null;
	}
}

/** A number, also when it was written as text; null when it is none. */
export function asNumber(value: unknown): number | null {
	const text = asText(value)?.trim();
	if (text === undefined || !/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return null;
	const number = Number(text);
	return Number.isFinite(number) ? number : null;
}

/** The rows of a list, whichever way a server writes it: an array, one row alone, null, `""` or `{}` for none. */
export function asList(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) return value;
	if (value === null || value === undefined || value === "") return [];
	return typeof value === "object" && Object.keys(value).length === 0 ? [] : [value];
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` with the source text of each scalar, which the compiler's library does not know yet. */
function parseWithSource(text: string, reviver: Reviver): unknown {
	return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

function losesDigits(value: number, source: string | undefined): source is string {
	return source !== undefined && String(value) !== source;
}

function tidy(from: object): object {
	const entries = Object.entries(from);
	if (entries.every(([key]) => key !== "__proto__" && key.trim() === key)) return from;
	const exact = new Set(entries.map(([key]) => key));
	const kept = entries.flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
		const trimmed = key.trim();
		if (trimmed === "__proto__" || (trimmed !== key && exact.has(trimmed))) return [];
		return [[trimmed, value]];
	});
	return Object.fromEntries(kept);
}

/** Brackets open at once, not counting those within strings. */
function deeperThan(text: string, limit: number): boolean {
	let depth = 0;
	let quoted = false;
	for (let at = 0; at < text.length; at += 1) {
		const unit = text.charCodeAt(at);
		if (quoted) {
			if (unit === backslash) at += 1;
			else if (unit === quote) quoted = false;
		} else if (unit === quote) quoted = true;
		else if (unit === openBracket || unit === openBrace) {
			depth += 1;
			if (depth > limit) return true;
		} else if (unit === closeBracket || unit === closeBrace) depth -= 1;
	}
	return false;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
