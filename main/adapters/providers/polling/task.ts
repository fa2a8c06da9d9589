import { Pace, type PaceOptions, type Rhythm } from "./pace.ts";
import type { Turn } from "./turns.ts";

export type PollResult = "same" | "changed";

/** One question that is asked again and again. */
export interface PollTask {
	readonly name: string;
	readonly everyMs: Rhythm;
	/**
	 * Asks once. Never waits for `Poller.now` (only one task runs at a time). Rejects with what went wrong; the signal is
	 * aborted when the poller stops or the task is removed.
	 */
	run(signal: AbortSignal): Promise<PollResult>;
}

/** What a poller knows of one task. Times are monotonic. */
export class Entry implements Turn {
	readonly task: PollTask;
	readonly pace: Pace;
	readonly over = new AbortController();
	dueAt: number | null = null;
	endedAt: number | null = null;
	/** The pause that was planned last; kept while it runs, when nothing is due. Null: it is not asked by itself. */
	pauseMs: number | null = null;
	/** Once more as soon as the run under way has ended. */
	again = false;
	/** Who waits for the run under way or the one asked for. */
	result: PromiseWithResolvers<PollResult> | null = null;
	running = false;
	begunAt = 0;

	constructor(task: PollTask, pace: PaceOptions) {
		this.task = task;
		this.pace = new Pace(task.everyMs, pace);
	}

	get asked(): boolean {
		return this.result !== null && !this.running;
	}

	wait(): Promise<PollResult> {
		if (this.result === null) {
			this.result = Promise.withResolvers();
			this.result.promise.catch(() => undefined);
		}
		return this.result.promise;
	}

	refuse(thrown: unknown): void {
		const { result } = this;
		this.result = null;
		result?.reject(thrown);
	}

	/** It is not asked by itself. */
	unplan(): void {
		this.dueAt = null;
		this.pauseMs = null;
	}
}
