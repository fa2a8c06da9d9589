/**
 * When the index is written:
 *
 *   resting --changed--> waiting --quiet 50 ms, at most 250 ms--> stepping --nothing left--> resting
 *                           ^                                        |
 *                           +---------- failed: after 5 s -----------+
 *
 * Between two steps everything else gets its turn; while commits keep coming most of it, so that a storm is stored
 * and shown first, and searched a little later (a search says what is not in the index yet).
 */
type State =
	| { readonly kind: "resting" }
	| { readonly kind: "waiting"; readonly since: number; readonly cancel: () => void }
	| { readonly kind: "stepping"; readonly cancel: () => void }
	| { readonly kind: "stopped" };

const quietMs = 50;
const latestMs = 250;
const stepMs = 5;
const betweenStepsMs = 4;
const betweenStepsInStormMs = 60;
const afterFailureMs = 5000;

export interface IndexScheduleOptions {
	/** Works for about so many ms; false: nothing left (MessageSearch.step). */
	step(budgetMs: number): boolean;
	monotonic(): number;
	/** Calls `run` once after `delayMs`; the returned function cancels it. */
	after(delayMs: number, run: () => void): () => void;
	/** A step failed; it is tried again. */
	failed(error: unknown): void;
}

export class IndexSchedule {
	readonly #options: IndexScheduleOptions;
	#state: State = { kind: "resting" };
	#changedAt = -Infinity;

	constructor(options: IndexScheduleOptions) {
		this.#options = options;
	}

	/** Something was committed, or the database was opened. */
	changed(): void {
		const state = this.#state;
		const now = this.#options.monotonic();
		this.#changedAt = now;
		if (state.kind === "stepping" || state.kind === "stopped") return;
		const since = state.kind === "waiting" ? state.since : now;
		if (state.kind === "waiting") state.cancel();
		const delay = Math.max(0, Math.min(quietMs, since + latestMs - now));
		this.#state = {
			kind: "waiting",
			since,
			cancel: this.#options.after(delay, () => this.#step()),
		};
	}

	/** For good: the database is being closed. */
	stop(): void {
		if (this.#state.kind === "waiting" || this.#state.kind === "stepping") this.#state.cancel();
		this.#state = { kind: "stopped" };
	}

	#step(): void {
		if (this.#state.kind === "stopped") return;
		const storm = this.#options.monotonic() - this.#changedAt < quietMs;
		let delay = storm ? betweenStepsInStormMs : betweenStepsMs;
		try {
			if (!this.#options.step(stepMs)) {
				this.#state = { kind: "resting" };
				return;
			}
		} catch (error) {
			this.#options.failed(error);
			delay = afterFailureMs;
		}
		this.#state = { kind: "stepping", cancel: this.#options.after(delay, () => this.#step()) };
	}
}
