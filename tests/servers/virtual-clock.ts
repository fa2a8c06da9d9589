import type { Clock } from "../../main/core/ports/runtime.ts";

interface Timer {
	readonly at: number;
	readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
	#elapsed = 0;
	readonly #start: number;
	readonly #timers = new Set<Timer>();
	readonly #watchers = new Set<() => void>();

	constructor(start = 1_700_000_000_000) {
		this.#start = start;
	}

	now(): number {
		return this.#start + this.#elapsed;
	}

	monotonic(): number {
		return this.#elapsed;
	}

	after(delayMs: number, run: () => void): () => void {
		const timer: Timer = { at: this.#elapsed + Math.max(0, delayMs), run };
		this.#timers.add(timer);
		for (const watcher of [...this.#watchers]) watcher();
		return () => this.#timers.delete(timer);
	}

	/** Milliseconds until each pending timer, the soonest first. */
	pending(): readonly number[] {
		return [...this.#timers].map((timer) => timer.at - this.#elapsed).sort((a, b) => a - b);
	}

	/** Moves time on and runs what falls due, in order, with promises settled in between. */
	async advance(ms: number): Promise<void> {
		const end = this.#elapsed + ms;
		for (;;) {
			await settle();
			const next = this.#soonest();
			if (next === undefined || next.at > end) break;
			this.#elapsed = Math.max(this.#elapsed, next.at);
			this.#timers.delete(next);
			next.run();
		}
		this.#elapsed = end;
		await settle();
	}

	/** Resolves when a timer due in `minMs` to `maxMs` is pending (at once if one is). */
	async untilPending(minMs: number, maxMs: number): Promise<void> {
		const due = (): boolean => this.pending().some((ms) => ms >= minMs && ms <= maxMs);
		if (due()) return;
		await new Promise<void>((resolve) => {
			const watcher = (): void => {
				if (!due()) return;
				this.#watchers.delete(watcher);
				resolve();
			};
			this.#watchers.add(watcher);
		});
	}

	#soonest(): Timer | undefined {
		let found: Timer | undefined;
		for (const timer of this.#timers) if (found === undefined || timer.at < found.at) found = timer;
		return found;
	}
}

/** Lets everything that waits for promises only run. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
