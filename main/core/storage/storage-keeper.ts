import { type AppError, appError, AppFailure, toAppError } from "../../../shared/errors.ts";
import type { StorageState, StorageStatus } from "../../../shared/model.ts";
import type { WriteWatch } from "../conversations/conversation-book.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { StoreOpening } from "../ports/stores.ts";

/** The first wait before what could not be written is tried again; doubled up to the longest. */
export const firstRetryMs = 1000;
export const longestRetryMs = 30_000;

export interface StorageKeeperPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	/** The status is different now. */
	readonly changed: (status: StorageStatus) => void;
	/** A small real write through the book: whether the disk takes anything again. Null: there is nothing to write it for. */
	readonly probe: () => Promise<unknown> | null;
}

interface Waiter {
	/** Tries again; resolves when the try is over. */
	readonly go: () => Promise<void>;
}

/**
 * Whether messages can be stored, and the patience of those whose writes must not be lost.
 *
 *   opening --opened--> working --a write is refused--> readOnly | full | failing
 *      |                   ^                                  |
 *      +--> refused        +---------- a write works ---------+   tried after 1 s, 2 s, 4 s ... 30 s
 *
 * The book tells how each of its writes ended, and only that decides the status. While writing does
 * not work, one of those who wait tries at a time; without any, the probe does (it writes through
 * the book, too). `refused` is for this run: nothing was opened.
 */
export class StorageKeeper implements WriteWatch {
	readonly #ports: StorageKeeperPorts;
	#status: StorageStatus;
	/** In the order of their coming. */
	readonly #waiting = new Set<Waiter>();
	readonly #listeners = new Set<() => void>();
	#cancel: (() => void) | null = null;
	#retryMs = firstRetryMs;
	#trying = false;
	#stopped = false;

	constructor(ports: StorageKeeperPorts) {
		this.#ports = ports;
		this.#status = { state: "opening", problem: null, since: ports.clock.now() };
	}

	get status(): StorageStatus {
		return this.#status;
	}

	/** Why nothing new can be stored at this moment; null: it can, as far as is known. */
	get problem(): AppError | null {
		return this.#status.problem;
	}

	opened(opening: StoreOpening): void {
		this.#enter(opening.state, opening.problem);
		if (opening.state === "readOnly") this.#plan();
	}

	/** Called when writing works again after it did not. */
	onWorking(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/**
	 * Runs a write that must not be lost until the store takes it. Rejects with what `run` rejects
	 * with if that is no trouble of the disk, and with the disk's when `signal` is aborted or the
	 * app stops meanwhile.
	 */
	async persist<T>(run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		try {
			return await run();
		} catch (thrown) {
			this.refused(toAppError(thrown));
			if (stateOf(toAppError(thrown)) === null || this.#stopped || signal?.aborted === true)
				throw thrown;
			return await this.#patiently(run, thrown, signal);
		}
	}

	/** Tries now: somebody says there is room again. */
	retry(): void {
		if (this.#status.state === "working" || this.#status.state === "refused") return;
		this.#retryMs = firstRetryMs;
		this.#cancel?.();
		this.#cancel = null;
		void this.#try();
	}

	/** Those who wait are told that it is over. */
	stop(): void {
		this.#stopped = true;
		this.#cancel?.();
		this.#cancel = null;
		for (const waiter of [...this.#waiting]) void waiter.go();
	}

	worked(): void {
		if (this.#status.state === "refused" || this.#status.state === "working") return;
		const wasOpening = this.#status.state === "opening";
		this.#cancel?.();
		this.#cancel = null;
		this.#retryMs = firstRetryMs;
		this.#enter("working", null);
		if (wasOpening) return;
		this.#release();
		for (const listener of this.#listeners) listener();
	}

	refused(error: AppError): void {
		const state = stateOf(error);
		if (state === null || this.#stopped || this.#status.state === "refused") return;
		if (this.#status.state !== state) this.#enter(state, error);
		this.#plan();
	}

	#patiently<T>(run: () => Promise<T>, first: unknown, signal: AbortSignal | undefined): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			let last: unknown = first;
			const end = (): void => {
				this.#waiting.delete(waiter);
				signal?.removeEventListener("abort", aborted);
			};
			const giveUp = (): void => {
				end();
				reject(last instanceof Error ? last : new AppFailure(appError("internal")));
			};
			// A try that is under way decides by itself.
			const aborted = (): void => {
				if (this.#waiting.has(waiter)) giveUp();
			};
			const waiter: Waiter = {
				go: async () => {
					this.#waiting.delete(waiter);
					if (this.#stopped) {
						giveUp();
						return;
					}
					try {
						const value = await run();
						end();
						resolve(value);
					} catch (thrown) {
						last = thrown;
						this.refused(toAppError(thrown));
						const again = stateOf(toAppError(thrown)) !== null;
						if (!again || this.#isStopped() || signal?.aborted === true) giveUp();
						else this.#waiting.add(waiter);
					}
				},
			};
			this.#waiting.add(waiter);
			signal?.addEventListener("abort", aborted, { once: true });
			this.#plan();
		});
	}

	#plan(): void {
		if (this.#cancel !== null || this.#trying || this.#stopped) return;
		this.#cancel = this.#ports.clock.after(this.#retryMs, () => {
			this.#cancel = null;
			this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs);
			void this.#try();
		});
	}

	/** One try for all: whoever has waited longest, or the probe. */
	async #try(): Promise<void> {
		if (this.#trying || this.#stopped) return;
		this.#trying = true;
		try {
			const [first] = this.#waiting;
			if (first !== undefined) await first.go();
			else await this.#ports.probe();
		} catch (thrown) {
			this.refused(toAppError(thrown));
		} finally {
			this.#trying = false;
		}
		if (this.#isWorking()) this.#release();
		else this.#plan();
	}

	/** They go one after the other, in the order of their coming, as far as their writes have an order. */
	#release(): void {
		for (const waiter of [...this.#waiting]) void waiter.go();
	}

	#isWorking(): boolean {
		return this.#status.state === "working";
	}

	#isStopped(): boolean {
		return this.#stopped;
	}

	#enter(state: StorageState, problem: AppError | null): void {
		this.#status = { state, problem, since: this.#ports.clock.now() };
		const level = problem === null ? "info" : "error";
		this.#ports.logger[level]("storage.state", { state, error: problem });
		this.#ports.changed(this.#status);
	}
}

/** What a failed write says about the disk; null: it is about something else. */
function stateOf(error: AppError): "readOnly" | "full" | "failing" | null {
	switch (error.code) {
		case "storage.readOnly":
			return "readOnly";
		case "storage.full":
			return "full";
		case "storage.failing":
			return "failing";
		default:
			return null;
	}
}
