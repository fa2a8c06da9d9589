import type { Clock } from "../../core/ports/runtime.ts";
import type { Frames } from "./bayeux-frames.ts";

/** So many polls in a row that come back at once and empty mean a server that does not hold them. */
const quickPollsAllowed = 5;
const quickPollMs = 100;
const quickPollPauseMs = 1000;

export interface PollPaceParts {
	readonly clock: Clock;
	/** Does the deed after so many ms. */
	readonly later: (delayMs: number, deed: () => void) => void;
	/** Whether what the last poll brought is taken care of, so that the next may leave. */
	readonly wanted: () => boolean;
}

/**
 * When the next `/meta/connect` leaves: once what came before is taken care of, after the pause that the server advises,
 * and never in a rush when the server answers at once and says nothing.
 */
export class PollPace {
	readonly #parts: PollPaceParts;
	/** Advised pause between polls, in ms. */
	#interval = 0;
	#held: (() => void) | undefined;
	#pollLeft = 0;
	#quickPolls = 0;

	constructor(parts: PollPaceParts) {
		this.#parts = parts;
	}

	/** The pause between polls that the server advised last, in ms. */
	get interval(): number {
		return this.#interval;
	}

	/** A new session: nothing is advised yet. */
	reset(): void {
		this.#interval = 0;
		this.#quickPolls = 0;
	}

	/** What an answer says of the pace. */
	read(frames: Frames): void {
		for (const { advice } of frames.replies)
			if (advice !== undefined) this.#interval = advice.interval ?? 0;
		this.#quickPolls = frames.messages.length > 0 ? 0 : this.#quickPolls;
	}

	/** A poll came back. */
	polled(): void {
		const quick = this.#parts.clock.monotonic() - this.#pollLeft < quickPollMs;
		this.#quickPolls = quick ? this.#quickPolls + 1 : 0;
	}

	/** The next poll is ready: `go` lets it leave. */
	hold(go: () => void): void {
		const pauseMs = Math.max(this.#interval, this.#quickPolls > quickPollsAllowed ? quickPollPauseMs : 0);
		const hold = (): void => {
			this.#held = go;
			this.release();
		};
		if (pauseMs > 0) this.#parts.later(pauseMs, hold);
		else hold();
	}

	/** Lets the poll leave that is held, if it is wanted now. */
	release(): void {
		const go = this.#held;
		if (go === undefined || !this.#parts.wanted()) return;
		this.#held = undefined;
		this.#pollLeft = this.#parts.clock.monotonic();
		go();
	}

	/** The session is given up, and the poll with it. */
	drop(): void {
		this.#held = undefined;
	}
}
