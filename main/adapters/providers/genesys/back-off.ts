import type { Clock, Random } from "../../../core/ports/runtime.ts";

/** Doubling pauses with full jitter after 429, 503 and statusCode 4 (row 25): 1 s, 2 s, 4 s … 60 s at most. */
export class BackOff {
	readonly #clock: Clock;
	readonly #random: Random;
	#failures = 0;
	#until = 0;

	constructor(clock: Clock, random: Random) {
		this.#clock = clock;
		this.#random = random;
	}

	/** One more overload. The pause that follows, in milliseconds; `Retry-After` wins. */
	failed(retryAfterMs: number | null): number {
		const ceiling = Math.min(60_000, 1000 * 2 ** this.#failures);
		this.#failures = Math.min(this.#failures + 1, 16);
		const pause = Math.round(retryAfterMs ?? Math.max(250, ceiling * this.#random.next()));
		this.#until = Math.max(this.#until, this.#clock.monotonic() + pause);
		return pause;
	}

	succeeded(): void {
		this.#failures = 0;
		this.#until = 0;
	}

	/** How long requests that nobody waits for should still hold back, in milliseconds. */
	remaining(): number {
		return Math.max(0, this.#until - this.#clock.monotonic());
	}
}
