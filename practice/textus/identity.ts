import type { PracticeRandom } from "../random.ts";

const alphabet = "BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789";

/** Opaque ids such as `QNDkpL`, no two alike in one run. */
export class Ids {
	readonly #random: PracticeRandom;
	readonly #given = new Set<string>();

	constructor(random: PracticeRandom) {
		this.#random = random;
	}

	next(length = 6): string {
		for (;;) {
			let id = "";
			for (let index = 0; index < length; index += 1)
				id += alphabet.charAt(Math.floor(this.#random.next() * alphabet.length));
			if (this.#given.has(id)) continue;
			this.#given.add(id);
			return id;
		}
	}
}

/** ISO 8601 UTC with milliseconds and `Z` (sheet, 1). */
export function iso(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}
