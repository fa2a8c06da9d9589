import type { Clock, EpochMs } from "../../../main/core/ports/runtime.ts";
import { WarpClock } from "../../../main/adapters/providers/testing/warp-clock.spec.ts";

/** The one time of a world: app, provider and simulator go by it. */
export interface WorldTime extends Clock {
	/** Time passes until it is so; false: it did not become so within `limitMs` of this time. */
	until(so: () => boolean | Promise<boolean>, limitMs?: number): Promise<boolean>;
	/** Lets so much of it pass, and everything that follows happen. */
	pass(ms: number): Promise<void>;
}

/** Longest time that anything in these specs may take, ms. */
const patienceMs = 900_000;

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

/**
 * Time that moves from timer to timer, and only while no request is under way: what a system answers comes before
 * anything that happens later, however slow the computer is. For systems that are asked (polls).
 */
export class SteppedTime implements WorldTime {
	#now = 0;
	#made = 0;
	readonly #wallStart: EpochMs;
	readonly #timers = new Set<Timer>();
	readonly #busy: () => boolean;

	/** `busy`: a request is under way that will be answered without more time. */
	constructor(busy: () => boolean, wallStart: EpochMs = Date.UTC(2026, 0, 5, 9, 0, 0)) {
		this.#busy = busy;
		this.#wallStart = wallStart;
	}

	now(): EpochMs {
		return this.#wallStart + this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	after(delayMs: number, run: () => void): () => void {
		this.#made += 1;
		// Whole milliseconds, and no timer at once, as real ones.
		const timer: Timer = { at: this.#now + Math.max(1, Math.ceil(delayMs)), order: this.#made, run };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	async until(so: () => boolean | Promise<boolean>, limitMs = patienceMs): Promise<boolean> {
		const end = this.#now + limitMs;
		for (;;) {
			await this.#quiet();
			if (await so()) return true;
			if (!this.#step(end)) return await so();
		}
	}

	async pass(ms: number): Promise<void> {
		const end = this.#now + ms;
		do await this.#quiet();
		while (this.#step(end));
	}

	/** The next timer that is due by `end`; false: there is none, and it is `end` now. */
	#step(end: number): boolean {
		let next: Timer | null = null;
		for (const timer of this.#timers) {
			if (timer.at > end) continue;
			if (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
				next = timer;
		}
		this.#now = Math.max(this.#now, next?.at ?? end);
		if (next === null) return false;
		this.#timers.delete(next);
		next.run();
		return true;
	}

	/** Everything that can go on without more time has gone on. */
	async #quiet(): Promise<void> {
		for (let calm = 0; calm < 3; calm = this.#busy() ? 0 : calm + 1)
			await new Promise<void>((resolve) => setImmediate(resolve));
	}
}

/** Real ms between two looks, and the time that passes with each besides. */
const lookEveryMs = 5;
const besidesMs = 35;
const hastyPatienceMs = 60_000;

/**
 * Real time, some times as fast: for a system that pushes, whose server holds a request on its own time. Pauses of the
 * app pass quickly, and sockets keep up.
 */
export class HastyTime extends WarpClock implements WorldTime {
	async until(so: () => boolean | Promise<boolean>, limitMs = hastyPatienceMs): Promise<boolean> {
		const end = this.monotonic() + limitMs;
		for (;;) {
			if (await so()) return true;
			if (this.monotonic() >= end) return false;
			await this.#look();
		}
	}

	async pass(ms: number): Promise<void> {
		const end = this.monotonic() + ms;
		while (this.monotonic() < end) await this.#look();
	}

	async #look(): Promise<void> {
		await new Promise<void>((resolve) => setTimeout(resolve, lookEveryMs));
		this.advance(besidesMs);
	}
}
