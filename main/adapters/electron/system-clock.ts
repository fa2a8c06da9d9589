import { randomUUID } from "node:crypto";
import type { Clock, Random } from "../../core/ports/runtime.ts";

/** `setTimeout` takes at most this many milliseconds (about 24.8 days) and fires at once above it. */
const longestTimer = 2 ** 31 - 1;

/** The time of this computer. A timer never keeps the process alive: Electron or the test decides that. */
export function systemClock(): Clock {
	return {
		now: () => Date.now(),
		monotonic: () => performance.now(),
		after(delayMs, run) {
			let timer: NodeJS.Timeout | undefined;
			const arm = (remaining: number): void => {
				const step = Math.min(remaining, longestTimer);
				timer = setTimeout(() => {
					if (remaining > step) arm(remaining - step);
					else run();
				}, step);
			};
			arm(Math.max(0, delayMs));
			return () => {
				clearTimeout(timer);
			};
		},
	};
}

/** Randomness of this computer: ids are unguessable, `next` is for jitter only. */
export function systemRandom(): Random {
	return { next: () => Math.random(), uuid: () => randomUUID() };
}
