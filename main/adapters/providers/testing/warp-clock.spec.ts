/* eslint-disable no-restricted-globals, no-restricted-properties -- this is where real time comes in */
import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";

/** Real time that tests can move forward: sockets go on as they are, and a minute of waiting takes no time. */
export class WarpClock implements Clock {
	#offset = 0;
	readonly #timers = new Set<{ readonly due: number; run: () => void; handle: NodeJS.Timeout }>();

	now(): EpochMs {
		return Math.round(Date.now() + this.#offset);
	}

	monotonic(): number {
		return performance.now() + this.#offset;
	}

	after(delayMs: number, run: () => void): () => void {
		const timer = {
			due: this.monotonic() + delayMs,
			run: () => {
				this.#timers.delete(timer);
				clearTimeout(timer.handle);
				run();
			},
			handle: setTimeout(() => timer.run(), delayMs),
		};
		this.#timers.add(timer);
		return () => {
			this.#timers.delete(timer);
			clearTimeout(timer.handle);
		};
	}

	/** Moves time forward and runs what is due by then, in order. */
	advance(ms: number): void {
		const until = this.monotonic() + ms;
		for (;;) {
			const next = [...this.#timers].sort((one, other) => one.due - other.due)[0];
			if (next === undefined || next.due > until) break;
			this.#offset += Math.max(0, next.due - this.monotonic());
			next.run();
		}
		this.#offset += Math.max(0, until - this.monotonic());
		for (const timer of this.#timers) {
			clearTimeout(timer.handle);
			timer.handle = setTimeout(() => timer.run(), Math.max(0, timer.due - this.monotonic()));
		}
	}
}
