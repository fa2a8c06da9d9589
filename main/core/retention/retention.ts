import { toAppError } from "../../../shared/errors.ts";
import type { EpochMs } from "../../../shared/model.ts";
import type { Settings } from "../../../shared/settings.ts";
import { type Clock, type Logger, pause } from "../ports/runtime.ts";
import type { MessageStore, StoreWritten } from "../ports/stores.ts";

const dayMs = 86_400_000;
/** Nothing happened for so long: nobody is waiting for the disk. */
const quietMs = 3000;
/** A setting chosen by mistake can be put right before anything is gone. */
const secondThoughtsMs = 15_000;
const betweenStepsMs = 50;
const betweenPassesMs = 3_600_000;
const afterFailureMs = 600_000;
/** Entries of one step: some 5 ms of the store's time. */
const stepSize = 50;
const stepSizeAtQuit = 500;

export interface RetentionOptions {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly settings: () => Settings;
	/** `ConversationBook.perform`. */
	readonly perform: (action: (store: MessageStore) => Promise<StoreWritten>) => Promise<StoreWritten>;
}

type State =
	| { readonly kind: "stopped" }
	| { readonly kind: "waiting"; readonly cancel: () => void }
	| { readonly kind: "removing" };

/**
 * Applies `keepHistoryDays`: removes what is older, in small steps, while nothing else happens. What stays in any
 * case is the store's rule (`MessageStore.prune`).
 *
 *   stopped --start--> waiting --time, and quiet--> removing --all gone--> waiting (an hour)
 *      ^                  ^                            |
 *      +------stop--------+---- disturbed, failed -----+
 *
 * The workspace calls `start` once the store is open, `disturbed` for every command of the person and every event of
 * a provider (cheap), `settingsChanged` when `keepHistoryDays` did, `atQuit` before it closes the store, `stop` last.
 */
export class Retention {
	readonly #options: RetentionOptions;
	#state: State = { kind: "stopped" };
	#startedAt: { readonly wall: EpochMs; readonly monotonic: number } = { wall: 0, monotonic: 0 };
	#disturbedAt = -Infinity;

	constructor(options: RetentionOptions) {
		this.#options = options;
	}

	start(): void {
		if (this.#state.kind !== "stopped") return;
		const { clock } = this.#options;
		this.#startedAt = { wall: clock.now(), monotonic: clock.monotonic() };
		this.#disturbedAt = clock.monotonic();
		this.#wait(quietMs);
	}

	/** For good. A step that is under way ends; there is no other. */
	stop(): void {
		if (this.#state.kind === "waiting") this.#state.cancel();
		this.#state = { kind: "stopped" };
	}

	/** Something happened that needs the store or the processor: not now. */
	disturbed(): void {
		this.#disturbedAt = this.#options.clock.monotonic();
	}

	settingsChanged(): void {
		if (this.#state.kind === "stopped") return;
		if (this.#state.kind === "waiting") this.#state.cancel();
		this.#wait(secondThoughtsMs);
	}

	/**
	 * With "only until quit", removes the rest of this run, until `signal` says that there is no more time; what is
	 * left then goes at the next start. Never rejects.
	 */
	async atQuit(signal: AbortSignal): Promise<void> {
		const started = this.#state.kind !== "stopped";
		this.stop();
		if (!started || this.#options.settings().keepHistoryDays !== 0) return;
		try {
			// Also what a server's clock dates a little ahead of ours.
			const before = this.#options.clock.now() + dayMs;
			while (!signal.aborted && (await this.#step(before, stepSizeAtQuit)));
		} catch (error) {
			this.#options.logger.warn("retention.failed", { error: toAppError(error) });
		}
	}

	#wait(delayMs: number): void {
		const { clock } = this.#options;
		this.#state = { kind: "waiting", cancel: clock.after(delayMs, () => void this.#pass()) };
	}

	async #pass(): Promise<void> {
		const { clock, logger } = this.#options;
		const removing: State = { kind: "removing" };
		this.#state = removing;
		let next = betweenPassesMs;
		try {
			for (;;) {
				const quietIn = this.#disturbedAt + quietMs - clock.monotonic();
				if (quietIn > 0) {
					next = quietIn;
					break;
				}
				const before = this.#before();
				if (before === null || !(await this.#step(before, stepSize))) break;
				await pause(clock, betweenStepsMs);
				// Stopped, or waiting anew because of a changed setting.
				if (this.#isNot(removing)) return;
			}
		} catch (error) {
			logger.warn("retention.failed", { error: toAppError(error) });
			next = afterFailureMs;
		}
		if (!this.#isNot(removing)) this.#wait(next);
	}

	#isNot(state: State): boolean {
		return this.#state !== state;
	}

	/** True: there is more to remove. */
	async #step(before: EpochMs, size: number): Promise<boolean> {
		let more = false;
		await this.#options.perform(async (store) => {
			const written = await store.prune(before, size);
			({ more } = written);
			return written;
		});
		return more;
	}

	/** What is older goes; null: nothing does. */
	#before(): EpochMs | null {
		const { clock, settings } = this.#options;
		const days = settings().keepHistoryDays;
		if (days === null) return null;
		if (days === 0) return this.#startedAt.wall;
		// A wall clock that is set forward must not make the whole history old at a stroke; a day is let pass, for
		// computers whose other clock rests while they sleep.
		const elapsed = clock.monotonic() - this.#startedAt.monotonic;
		const now = Math.min(clock.now(), this.#startedAt.wall + elapsed + dayMs);
		return now - days * dayMs;
	}
}
