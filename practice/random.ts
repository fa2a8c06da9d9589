/** Repeatable randomness: the same seed gives the same practice session. Never used for secrets. */
export interface PracticeRandom {
	/** A number in [0, 1). */
	next(): number;
}

/** The mulberry32 generator: 32 bits of state, enough variety for small talk and ids. */
export function seededRandom(seed: number): PracticeRandom {
	let state = seed >>> 0;
	return {
		next: () => {
			state = (state + 0x6d2b79f5) >>> 0;
			let mixed = state;
			mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
			mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
			return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
		},
	};
}

/** One element of `choices`, which must not be empty. */
export function pick<T>(random: PracticeRandom, choices: readonly T[]): T {
	const chosen = choices[Math.floor(random.next() * choices.length)];
	if (chosen === undefined) throw new RangeError("nothing to pick from");
	return chosen;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: PracticeRandom, low: number, high: number): number {
	return low + Math.floor(random.next() * (high - low + 1));
}

function characters(random: PracticeRandom, alphabet: string, length: number): string {
	let text = "";
	for (let index = 0; index < length; index += 1) {
		text += alphabet.charAt(Math.floor(random.next() * alphabet.length));
	}
	return text;
}

/** 32 characters 0-9A-Z, the form of a SIP Server call UUID (sheet, section 1). */
export function callUuid(random: PracticeRandom): string {
	return characters(random, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 32);
}

/** 32 lower-case hex digits, the form of a user id. */
export function userId(random: PracticeRandom): string {
	return characters(random, "0123456789abcdef", 32);
}

/** A lower-case UUID version 4, the form of a device id. */
export function deviceId(random: PracticeRandom): string {
	const hex = "0123456789abcdef";
	return [
		characters(random, hex, 8),
		characters(random, hex, 4),
		`4${characters(random, hex, 3)}`,
		`${characters(random, "89ab", 1)}${characters(random, hex, 3)}`,
		characters(random, hex, 12),
	].join("-");
}
