import { digitRunsOf } from "./numbers.ts";
import { wordsOf } from "./words.ts";

/** Of a longer number the endings that begin in its first digits are kept. */
const longestNumber = 40;
const mostWords = 200;

/** What a conversation is found by, each as the beginning of what is typed: words, and every ending of a number. */
export function peopleWords(texts: readonly string[]): ReadonlySet<string> {
	const words = new Set<string>();
	for (const text of texts) {
		for (const { folded } of wordsOf(text)) words.add(folded);
		for (const { digits } of digitRunsOf(text)) {
			const number = digits.slice(0, longestNumber);
			for (let from = 0; from < number.length; from++) words.add(number.slice(from));
		}
	}
	return new Set([...words].slice(0, mostWords));
}
