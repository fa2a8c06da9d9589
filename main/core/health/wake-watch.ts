import type { Clock } from "../ports/runtime.ts";

/** How often the clocks are compared, in ms: what was missed starts again at most this much after a wake. */
export const tickMs = 1000;
/** A jump of more than this is a wake that nobody reported, in ms. */
export const jumpMs = 5000;

/**
 * Finds sleeps that the system did not report: a tick that came far too late, on either clock. The
 * monotonic clock stops while some systems sleep, and goes on while a process is stopped; the wall
 * clock also moves when somebody sets it. Set forward, it looks like a sleep, and one attempt more
 * does no harm; set back, it is no sleep.
 */
export class WakeWatch {
	readonly #clock: Clock;
	#monotonic: number;
	#wall: number;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#monotonic = clock.monotonic();
		this.#wall = clock.now();
	}

	/** The system reported a wake: what has passed until now is accounted for. */
	reported(): void {
		this.#monotonic = this.#clock.monotonic();
		this.#wall = this.#clock.now();
	}

	/** Run it every `tickMs`. True: the computer, or this process, has slept. */
	slept(): boolean {
		const monotonic = this.#clock.monotonic() - this.#monotonic;
		const wall = this.#clock.now() - this.#wall;
		this.reported();
		return monotonic > tickMs + jumpMs || wall - monotonic > jumpMs;
	}
}
