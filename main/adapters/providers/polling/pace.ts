import type { Random } from "../../../core/ports/runtime.ts";

/** How closely the agent follows: the window has the focus, it is open or hidden, nobody is at the desk. */
export type Attention = "focused" | "background" | "idle";

/** The pause between two runs, ms; null: not asked by itself then. */
export type Rhythm = Readonly<Record<Attention, number | null>>;

export interface PaceOptions {
	/** After a change the pause is so many times as long, for `quickForMs`; default 0.5. */
	readonly quick: number;
	readonly quickForMs: number;
	/** While nothing changes the pause grows by steps to so many times its length; default 1.5. */
	readonly slowest: number;
}

/** Nothing new so many times in a row is normal; from then on every time adds a step. */
const unchangedIsNormal = 5;
const step = 1.25;
const backOffMaxMs = 5 * 60_000;
const withoutRhythmMs = 10_000;

/** The rhythm of one question: what it found decides when it is asked again. Times are monotonic. */
export class Pace {
	readonly #rhythm: Rhythm;
	readonly #options: PaceOptions;
	#unchanged = 0;
	#quickUntil = 0;
	#failures = 0;

	constructor(rhythm: Rhythm, options: PaceOptions) {
		this.#rhythm = rhythm;
		this.#options = options;
	}

	/** Whether the last run failed for a reason of its own. */
	get failing(): boolean {
		return this.#failures > 0;
	}

	found(result: "same" | "changed", now: number): void {
		this.#failures = 0;
		this.#unchanged = result === "same" ? this.#unchanged + 1 : 0;
		if (result === "changed") this.#quickUntil = now + this.#options.quickForMs;
	}

	failed(): void {
		this.#failures += 1;
	}

	/** Somebody looks, or the computer woke up: what was slow begins anew. */
	refresh(): void {
		this.#unchanged = 0;
		this.#failures = 0;
	}

	/** The pause from now on, before jitter; null: none is planned. */
	pauseMs(attention: Attention, now: number): number | null {
		const base = this.#rhythm[attention];
		if (base === null) return null;
		if (this.#failures > 0) return backOffMs(base, this.#failures);
		const { quick, slowest } = this.#options;
		if (now < this.#quickUntil) return base * quick;
		const steps = Math.max(0, this.#unchanged - unchangedIsNormal);
		return base * Math.min(slowest, step ** Math.min(steps, 50));
	}
}

/** Twice as long with every failure, up to 5 minutes (or the pause itself, where that is longer). */
export function backOffMs(pauseMs: number | null, failures: number): number {
	const base = pauseMs ?? withoutRhythmMs;
	return Math.min(Math.max(backOffMaxMs, base), base * 2 ** Math.min(failures, 30));
}

/** Within a fifth of it, shorter or longer: so that many clients do not ask at the same moment. */
export function jittered(ms: number, random: Random): number {
	return ms * (0.8 + 0.4 * random.next());
}
