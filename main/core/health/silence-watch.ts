import type { EpochMs } from "../../../shared/model.ts";
import type { Clock } from "../ports/runtime.ts";

/**
 * How long after its permitted silence a link counts as dead, in ms. The transport's own deadline
 * (10 s after the hold) comes first where it works; with a look a second this one is noticed after
 * 13 s at the latest, and 15 are allowed.
 */
export const graceMs = 12_000;

/** A change by chance is smaller, ms. */
const toldStepMs = 2000;

/**
 * The age of the last sign of life of one link, on the clock that never jumps. Signs carry wall
 * time; it is trusted only as far as it agrees with the time that has passed since the last look.
 */
export class SilenceWatch {
	#toldQuietMs = 0;
	readonly #clock: Clock;
	#sign: EpochMs | null = null;
	/** Monotonic time of the last sign, or from when on silence counts. */
	#heard: number;
	#looked: number;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#heard = clock.monotonic();
		this.#looked = this.#heard;
	}

	/** Silence counts from now: after a wake, and while this side was busy. */
	countAnew(): void {
		this.#heard = this.#clock.monotonic();
		this.#looked = this.#heard;
	}

	/** True: nothing was heard for longer than is permitted, with grace. `permittedMs` 0: that is not known. */
	look(sign: EpochMs | null, permittedMs: number): boolean {
		const now = this.#clock.monotonic();
		if (sign !== this.#sign) {
			const age = sign === null ? 0 : this.#clock.now() - sign;
			const heard = now - Math.min(Math.max(0, age), now - this.#looked);
			this.#heard = Math.max(this.#heard, heard);
			this.#sign = sign;
		}
		this.#looked = now;
		return permittedMs > 0 && now - this.#heard >= permittedMs + graceMs;
	}

	/**
	 * Whether the silence that is no trouble has become so much longer or shorter that the window must hear of it: it would
	 * call a server silent that is only asked less often.
	 */
	isNews(quietMs: number): boolean {
		if (Math.abs(quietMs - this.#toldQuietMs) < toldStepMs) return false;
		this.#toldQuietMs = quietMs;
		return true;
	}
}
