/**
 * The time that practice runs on. `main`'s own clock fits this shape, so the app passes
 * the one it already has and tests pass a virtual one.
 */
export interface PracticeClock {
	/** Milliseconds since 1970-01-01T00:00:00Z. */
	now(): number;
	/** Calls `run` once after `delayMs`; the returned function cancels it. */
	after(delayMs: number, run: () => void): () => void;
}

/** The computer's own time. */
export function systemClock(): PracticeClock {
	return {
		now: () => Date.now(),
		after: (delayMs, run) => {
			const timer = setTimeout(run, delayMs);
			return () => {
				clearTimeout(timer);
			};
		},
	};
}

/** A clock whose outstanding timers can all be dropped at once when their owner closes. */
export interface TimerGroup extends PracticeClock {
	cancelAll(): void;
}

/** Wraps `clock` so that closing the owner leaves no timer behind. */
export function timerGroup(clock: PracticeClock): TimerGroup {
	const outstanding = new Set<() => void>();
	return {
		now: () => clock.now(),
		after: (delayMs, run) => {
			const stop = (): void => {
				outstanding.delete(stop);
				cancel();
			};
			const cancel = clock.after(delayMs, () => {
				outstanding.delete(stop);
				run();
			});
			outstanding.add(stop);
			return stop;
		},
		cancelAll: () => {
			for (const stop of [...outstanding]) stop();
		},
	};
}
