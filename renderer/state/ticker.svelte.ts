import { createSubscriber } from "svelte/reactivity";
import type { EpochMs } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";

const secondMs = 1000;
const minuteMs = 60_000;

/**
 * The present moment for ages and day names. Seconds are counted only while something on screen shows them, minutes
 * only while the window can be seen: a window in the background wakes nobody.
 */
export class Ticker {
	/** Start of the present minute: what needs no seconds reads this and is drawn less often. */
	minute: EpochMs = $state(0);
	readonly #surroundings: Surroundings;
	readonly #seconds: () => void;
	/** Continues the beats that stopped because the window was hidden. */
	readonly #resting = new Set<() => void>();

	constructor(surroundings: Surroundings, signal: AbortSignal) {
		this.#surroundings = surroundings;
		this.#seconds = createSubscriber((update) => this.#beat(secondMs, update));
		this.minute = this.#thisMinute();
		const stop = this.#beat(minuteMs, () => (this.minute = this.#thisMinute()));
		signal.addEventListener("abort", stop, { once: true });
	}

	/** Changes every second. */
	get now(): EpochMs {
		this.#seconds();
		return this.#surroundings.now();
	}

	/** The present for the age of something: to the second while it is young. */
	nowFor(since: EpochMs): EpochMs {
		const now = this.#surroundings.now();
		return Math.abs(now - since) < minuteMs ? this.now : Math.max(this.minute, since);
	}

	/** The window may be seen again. */
	wake(): void {
		if (!this.#surroundings.visible()) return;
		const resting = [...this.#resting];
		this.#resting.clear();
		for (const go of resting) go();
	}

	/** Calls `tick` at whole steps of the clock until the returned function is called. */
	#beat(stepMs: number, tick: () => void): () => void {
		let cancel = (): void => undefined;
		const wait = (): void => {
			const left = stepMs - (this.#surroundings.now() % stepMs);
			cancel = this.#surroundings.after(left, () => {
				if (this.#surroundings.visible()) go();
				else this.#resting.add(go);
			});
		};
		const go = (): void => {
			tick();
			wait();
		};
		wait();
		return () => {
			cancel();
			this.#resting.delete(go);
		};
	}

	#thisMinute(): EpochMs {
		return Math.floor(this.#surroundings.now() / minuteMs) * minuteMs;
	}
}
