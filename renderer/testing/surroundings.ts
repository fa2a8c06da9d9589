import type { Surroundings } from "../lib/surroundings.ts";
import { pictureOf } from "./pictures.ts";

/** Virtual surroundings: time stands still until `advance` is called. */
export class FakeSurroundings implements Surroundings {
	#now: number;
	#timers: { readonly at: number; readonly run: () => void }[] = [];
	#ids = 0;
	isVisible = true;
	isAttentive = true;
	readonly timeZone = "Europe/Lisbon";
	readonly languages = ["en-GB"];

	/** Sunday, 22 March 2026, 10:45 in Lisbon. */
	constructor(now = Date.UTC(2026, 2, 22, 10, 45)) {
		this.#now = now;
	}

	/** Timers that are waited for. */
	get pending(): number {
		return this.#timers.length;
	}

	now(): number {
		return this.#now;
	}

	after(delayMs: number, run: () => void): () => void {
		const timer = { at: this.#now + delayMs, run };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Frames follow each other at once, unless a test holds them back until `drawFrame`. */
	holdsFrames = false;
	#frames: (() => void)[] = [];

	frame(run: () => void): void {
		if (this.holdsFrames) this.#frames.push(run);
		else run();
	}

	drawFrame(): void {
		const frames = this.#frames;
		this.#frames = [];
		for (const run of frames) run();
	}

	uuid(): string {
		this.#ids += 1;
		return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
	}

	media(id: string): string {
		return pictureOf(id);
	}

	visible(): boolean {
		return this.isVisible;
	}

	attentive(): boolean {
		return this.isAttentive;
	}

	/** Lets time pass, running what falls due in order. */
	advance(milliseconds: number): void {
		const end = this.#now + milliseconds;
		for (;;) {
			const next = this.#timers
				.filter((timer) => timer.at <= end)
				.sort((left, right) => left.at - right.at)[0];
			if (next === undefined) break;
			this.#timers = this.#timers.filter((timer) => timer !== next);
			this.#now = next.at;
			next.run();
		}
		this.#now = end;
	}
}
