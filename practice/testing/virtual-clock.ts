import type { PracticeClock } from "../clock.ts";

/** Time that passes only when a test says so. */
export interface VirtualClock extends PracticeClock {
	/** Lets `milliseconds` pass and runs what falls due, in order. */
	advance(milliseconds: number): void;
	/** How many timers are outstanding. */
	readonly timers: number;
}

export function virtualClock(start = 1_700_000_000_000): VirtualClock {
	let time = start;
	let timers: { at: number; run: () => void }[] = [];
	return {
		now: () => time,
		after: (delayMs, run) => {
			const timer = { at: time + delayMs, run };
			timers.push(timer);
			return () => {
				timers = timers.filter((candidate) => candidate !== timer);
			};
		},
		advance: (milliseconds) => {
			const end = time + milliseconds;
			for (;;) {
				const due = timers
					.filter((timer) => timer.at <= end)
					.sort((left, right) => left.at - right.at)[0];
				if (due === undefined) break;
				timers = timers.filter((candidate) => candidate !== due);
				time = Math.max(time, due.at);
				due.run();
			}
			time = end;
		},
		get timers() {
			return timers.length;
		},
	};
}
