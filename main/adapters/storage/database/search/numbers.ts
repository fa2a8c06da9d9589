/** Numbers as people write them: "+1 (555) 0199-23" is 1555019923, and "555 0199" is a piece of it. */

export interface DigitRun {
	/** ASCII digits. */
	readonly digits: string;
	/** Where each of them stands in the text, UTF-16 units, and where the last one ends. */
	readonly at: readonly number[];
	readonly end: number;
}

/** Fewer digits than this are found as words only. */
export const shortestNumber = 3;

const anyDigit = /\p{Nd}/u;
/** Digits with at most three signs between two of them that belong to the writing of a number. */
const run = /\p{Nd}(?:[\s().\-/+\u2010-\u2015\u00b7]{0,3}\p{Nd})*/gu;

export function digitRunsOf(text: string): readonly DigitRun[] {
	if (!anyDigit.test(text)) return [];
	const runs: DigitRun[] = [];
	for (const match of text.matchAll(run)) {
		const at: number[] = [];
		let digits = "";
		let place = match.index;
		for (const sign of match[0]) {
			const digit = digitOf(sign);
			if (digit !== "") {
				digits += digit;
				at.push(place);
			}
			place += sign.length;
		}
		runs.push({ digits, at, end: place });
	}
	return runs;
}

/** 0 to 9 of any script; empty when it is no digit. */
function digitOf(sign: string): string {
	if (sign >= "0" && sign <= "9") return sign;
	if (!anyDigit.test(sign)) return "";
	const plain = sign.normalize("NFKD");
	if (plain >= "0" && plain <= "9") return plain;
	// The ten digits of a script follow each other, and their zero stands at xxx0 or xxx6.
	const point = sign.codePointAt(0) ?? 0;
	const fromZero = anyDigit.test(String.fromCodePoint(point & ~15));
	return String((point & 15) - (fromZero ? 0 : 6));
}

const firstTriple = 0xe000;
/** Between two runs, so that no number is found across them. */
const border = "\uf000";

/**
 * The numbers of a text as the index keeps them: every three digits that follow each other are one sign of the
 * private use area, so that any piece of a number is a phrase, and no sign is long enough for the prefix index.
 */
export function numbersForIndex(text: string): string {
	return digitRunsOf(text)
		.filter((one) => one.digits.length >= shortestNumber)
		.map((one) => triplesOf(one.digits).join(" "))
		.join(` ${border} `);
}

/** Signs of all threes of digits in a row. */
export function triplesOf(digits: string): readonly string[] {
	const triples: string[] = [];
	for (let index = 0; index + 3 <= digits.length; index++)
		triples.push(String.fromCharCode(firstTriple + Number(digits.slice(index, index + 3))));
	return triples;
}
