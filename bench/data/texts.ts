import { seeded } from "../harness.ts";

/** Texts as people write them to each other, from a seed: few words very often, most of them rarely (Zipf). */

/** The hundred commonest words of English, commonest first. */
const commonest =
	"the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she " +
	"or an will my one all would there their what so up out if about who get which go me when make can like time no " +
	"just him know take people into year your good some could them see other than then now look only come its over " +
	"think also back after use two how our work first well way even new want because any these give day most us call";
const syllables =
	"ba be bi bo ca ce co da de di do fa fe fi ga ge go ha he hi ho ja ke ki la le li lo lu ma me mi mo na ne ni no " +
	"pa pe pi po ra re ri ro sa se si so ta te ti to tu va ve vi wa we za ter ven san con per tion ment ing ers al est";
const cjk = [
	"東京都に行きます",
	"明日の会議は十時です",
	"你好，请回电话",
	"谢谢您的帮助",
	"감사합니다 내일 뵙겠습니다",
];
const emoji = ["👍", "🙏", "😀", "👍🏽", "👩‍💻", "🇩🇪", "❤️", "🎉"];
const accented = ["café", "naïve", "Müller", "Zürich", "señor", "Łódź", "Ångström", "crème"];

export const vocabularySize = 50_000;

export interface Texts {
	/** Commonest first. */
	readonly vocabulary: readonly string[];
	/** The next message: 4 to 23 words; some with a number, signs of another script, a picture. */
	readonly next: () => string;
	/** A number in [0, 1). */
	readonly random: () => number;
}

export function textsFrom(seed: number): Texts {
	const random = seeded(seed);
	const vocabulary = makeVocabulary(random);
	const shares = new Float64Array(vocabularySize);
	let sum = 0;
	for (let rank = 0; rank < vocabularySize; rank++) shares[rank] = sum += 1 / (rank + 1);
	const word = (): string => vocabulary[rankOf(shares, random() * sum)] ?? "the";
	const one = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
	const digits = (count: number): string =>
		Array.from({ length: count }, () => String(Math.floor(random() * 10))).join("");
	return {
		vocabulary,
		random,
		next: () => {
			const words = Array.from({ length: 4 + Math.floor(random() * 20) }, word);
			const kind = random();
			if (kind < 0.05) words.push(`+1 (${digits(3)}) ${digits(3)}-${digits(4)}`);
			else if (kind < 0.08) words.push(`order ${digits(6)}`);
			else if (kind < 0.1) words.push(one(cjk));
			else if (kind < 0.15) words.push(one(emoji));
			else if (kind < 0.17) words.push(one(accented));
			else if (kind < 0.18) words.push(`${word()}.${word()}@example.com`);
			return words.join(" ");
		},
	};
}

/** Common words are short, rare ones long, as in every language. */
function makeVocabulary(random: () => number): readonly string[] {
	const words = new Set(commonest.split(" "));
	const parts = syllables.split(" ");
	while (words.size < vocabularySize) {
		const count = 2 + Math.floor(random() * 1.5 + (2 * words.size) / vocabularySize);
		let word = "";
		for (let part = 0; part < count; part++) word += parts[Math.floor(random() * parts.length)] ?? "";
		words.add(word);
	}
	return [...words];
}

function rankOf(shares: Float64Array, value: number): number {
	let low = 0;
	let high = shares.length - 1;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((shares[middle] ?? 0) < value) low = middle + 1;
		else high = middle;
	}
	return low;
}
