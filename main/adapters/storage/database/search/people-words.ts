import { threadOf } from "../engine/thread-json.ts";
import { digitRunsOf } from "./numbers.ts";
import { wordsOf } from "./words.ts";

/** What a conversation's row says of the other side; never its key, which nobody sees. */
export interface PersonTexts {
	readonly name: string | null;
	readonly formatted: string | null;
	readonly address: string | null;
	/** JSON of its facts. */
	readonly thread: string | null;
}

/** Every text that people know the other side by, names first. */
export function personTexts(row: PersonTexts): readonly string[] {
	const group = threadOf(row.thread)?.group ?? null;
	const members = group?.members ?? [];
	return [
		row.name,
		group?.title,
		...members.map((member) => member.name),
		row.formatted,
		row.address,
		...members.map((member) => member.address),
	].flatMap((text) => (text === null || text === undefined || text === "" ? [] : [text]));
}

/** Of a longer number the endings that begin in its first digits are kept. */
const longestNumber = 40;
/** A group of about 50 numbers. */
const mostWords = 600;

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
