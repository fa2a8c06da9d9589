/** A timer of the thread the store runs in; tests pass a virtual one. */
export interface IdleTimers {
	/** Calls `run` once after `delayMs`; the returned function cancels it. */
	after(delayMs: number, run: () => void): () => void;
}

/** What is done while nobody waits for the store. */
export interface IdleTasks {
	/** Moves what was committed from the journal to its place. */
	checkpoint(): void;
	/** The journal has grown so long that this must not wait for a quiet moment. */
	checkpointDue(): boolean;
	/** What a stop left undone or in doubt. */
	check(): void;
}

const checkpointAfterQuietMs = 1_000;
/** Takes seconds for a large database: not while the person is still arriving. */
const checkAfterQuietMs = 60_000;

/**
 * Plans the work that commits and stops leave behind: the journal once nothing has been asked for a second, the
 * check once nothing has been asked for long.
 */
export class IdleWork {
	readonly #tasks: IdleTasks;
	readonly #timers: IdleTimers;
	#cancelCheckpoint: (() => void) | null = null;
	#cancelCheck: (() => void) | null = null;
	#checked = false;
	#stopped = false;

	constructor(tasks: IdleTasks, timers: IdleTimers) {
		this.#tasks = tasks;
		this.#timers = timers;
	}

	/** After every call that was answered. */
	called(): void {
		if (this.#stopped) return;
		if (this.#cancelCheckpoint !== null) this.#planCheckpoint();
		if (this.#checked) return;
		this.#cancelCheck?.();
		this.#cancelCheck = this.#timers.after(checkAfterQuietMs, () => {
			this.#checked = true;
			this.#tasks.check();
		});
	}

	/** After every commit, the application's or the search index's. */
	committed(): void {
		if (this.#stopped) return;
		if (this.#tasks.checkpointDue()) this.#tasks.checkpoint();
		this.#planCheckpoint();
	}

	stop(): void {
		this.#stopped = true;
		this.#cancelCheckpoint?.();
		this.#cancelCheck?.();
	}

	#planCheckpoint(): void {
		this.#cancelCheckpoint?.();
		this.#cancelCheckpoint = this.#timers.after(checkpointAfterQuietMs, () => {
			this.#cancelCheckpoint = null;
			this.#tasks.checkpoint();
		});
	}
}
