import type { ConversationId } from "../../shared/ids.ts";
import type { BenchDatabase } from "./database.ts";
import { textsFrom, vocabularySize } from "./texts.ts";

export interface BenchQuery {
	readonly kind: string;
	readonly typed: string;
	readonly within: ConversationId | null;
}

/** 300 searches of every kind, the same for every size of the database; `seed` is the database's own. */
export function benchQueries(
	data: Pick<BenchDatabase, "largest" | "small">,
	seed = 1,
): readonly BenchQuery[] {
	const { vocabulary, next } = textsFrom(seed);
	const { random } = textsFrom(seed + 1);
	const queries: BenchQuery[] = [];
	const add = (kind: string, count: number, typed: () => string, within: ConversationId | null = null) => {
		for (let number = 0; number < count; number++) queries.push({ kind, typed: typed(), within });
	};
	const word = (from: number, to: number): string =>
		vocabulary[from + Math.floor(random() * (to - from))] ?? "the";
	const beginning = (letters: number): string => {
		for (;;) {
			// As often as words are written: mostly the common ones.
			const found = word(0, 10 ** (1 + Math.floor(random() * 4)));
			if (found.length > letters) return found.slice(0, letters);
		}
	};
	const one = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
	add("rare", 30, () => word(30_000, vocabularySize));
	add("mid", 30, () => word(500, 5000));
	add("commonest", 30, () => word(0, 30));
	add("two words", 40, () => `${word(0, 100)} ${word(20, 2000)}`);
	add("piece of a message", 20, () => next().split(" ").slice(0, 3).join(" "));
	add("without a space", 10, () => `${word(0, 50)}.${word(0, 50)}`);
	add("1 letter", 25, () => beginning(1));
	add("2 letters", 25, () => beginning(2));
	add("3 letters", 20, () => beginning(3));
	add("4 and more letters", 20, () => beginning(4 + Math.floor(random() * 3)));
	add("in a large conversation", 10, () => word(0, 3000), data.largest);
	add("in a small conversation", 10, () => word(0, 3000), data.small);
	add("no hit", 5, () => `zzq${word(0, 3000)}`);
	add("punctuation", 5, () => one(["...", "?!", "(the)", "me, you", "--", "it's", "50%"]));
	add("other scripts", 10, () => one(["東京", "会議", "你好", "회전", "👍", "👩‍💻", "cafe", "ZURICH"]));
	add(
		"digits",
		5,
		() => `${String(100 + Math.floor(random() * 900))} ${String(Math.floor(random() * 10))}`,
	);
	add("syntax", 5, () => one(['"the', "NEAR(to be)", "a* OR b", "text:the", "NOT (of)"]));
	return queries;
}
