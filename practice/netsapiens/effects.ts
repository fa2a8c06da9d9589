import type { PracticeClock } from "../clock.ts";
import { between, type PracticeRandom } from "../random.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/**
 * What happens after a 202 (sheet, 1.3): each effect some time after its request, and none before
 * the effect of an earlier one.
 */
export class Effects {
	readonly #clock: PracticeClock;
	readonly #random: PracticeRandom;
	readonly #switches: NetsapiensSwitches;
	#lastDueAt = 0;
	#waiting: (() => void)[] = [];

	constructor(clock: PracticeClock, random: PracticeRandom, switches: NetsapiensSwitches) {
		this.#clock = clock;
		this.#random = random;
		this.#switches = switches;
	}

	/** How many effects have not happened yet. */
	get pending(): number {
		return this.#waiting.length;
	}

	/** Calls `run` when the effect is due; at once where the switch says 0. */
	later(run: () => void): void {
		const { least, most } = this.#switches.effectDelayMs;
		const now = this.#clock.now();
		const dueAt = Math.max(now + between(this.#random, least, most), this.#lastDueAt);
		this.#lastDueAt = dueAt;
		if (dueAt <= now && this.#waiting.length === 0) {
			run();
			return;
		}
		// First in, first out: equal times must not change the order.
		this.#waiting.push(run);
		this.#clock.after(dueAt - now, () => {
			this.#waiting.shift()?.();
		});
	}
}
