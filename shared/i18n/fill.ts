import type { AppError } from "../errors.ts";

/** Saying a key in one language, whatever its catalogue came from: a file that is bundled, or one that is fetched. */

export type MessageParams = Readonly<Record<string, string | number>>;

/** `{name}` and `{count, plural, one {…} other {…}}`; a branch may hold `#` and placeholders, no further plural. */
const pattern = /\{(\w+)(?:, plural,((?:\s*(?:=\d+|\w+) \{[^{}]*(?:\{\w+\}[^{}]*)*\})+))?\}/g;
const branchPattern = /(=\d+|\w+) \{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g;

/** Letters that run from right to left, and the marks that change direction: blocks of Unicode 17, UAX #9. */
const turnsDirection =
	/[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name or a text that could turn the words around it is put between marks that keep it to itself (FSI, PDI). */
function isolated(value: string): string {
	return turnsDirection.test(value) ? `\u2068${value}\u2069` : value;
}

/** A function that says a key of `catalogue`. An unknown parameter stays visible as `{name}`, an unknown key as itself. */
export function translatorOf<Key extends string>(
	locale: string,
	catalogue: Readonly<Partial<Record<Key, string>>>,
): (key: Key, params?: MessageParams) => string {
	const plurals = new Intl.PluralRules(locale);
	const numbers = new Intl.NumberFormat(locale);
	const fill = (template: string, params: MessageParams): string =>
		template.replace(pattern, (whole, name: string, branches: string | undefined) => {
			const value = params[name];
			if (value === undefined) return whole;
			if (branches === undefined)
				return typeof value === "number" ? numbers.format(value) : isolated(value);
			const count = Number(value);
			const choices = new Map<string, string>();
			for (const match of branches.matchAll(branchPattern)) choices.set(match[1] ?? "", match[2] ?? "");
			const chosen =
				choices.get(`=${String(count)}`) ??
				choices.get(plurals.select(count)) ??
				choices.get("other") ??
				"";
			return fill(chosen.replaceAll("#", numbers.format(count)), params);
		});
	return (key, params = {}) => fill(catalogue[key] ?? key, params);
}

/** An error in a person's words, the server's own words after it when there are any. `says`: null for an unknown key. */
export function errorWords(
	says: (key: string, params?: MessageParams) => string | null,
	error: AppError,
): string {
	const sentence = says(`error.${error.code}`, error.params) ?? says("error.internal") ?? "";
	return error.detail === undefined ? sentence : `${sentence} (${isolated(error.detail)})`;
}
