import { type AppError, AppFailure, appError, toAppError } from "../../../../shared/errors.ts";
import type { Clock, EpochMs, Random } from "../../../core/ports/runtime.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { type Attention, type PaceOptions, backOffMs, jittered } from "./pace.ts";
import { type PollResult, type PollTask, Entry } from "./task.ts";
import { nextTurn, soonest } from "./turns.ts";

export type { Attention, Rhythm } from "./pace.ts";
export type { PollResult, PollTask } from "./task.ts";

export interface PollerOptions extends Partial<PaceOptions> {
	readonly clock: Clock;
	readonly random: Random;
	/** In the order of the first round. */
	readonly tasks: readonly PollTask[];
	/** So long one request may take, ms; default 30 000. */
	readonly requestTimeoutMs?: number;
	/** All pauses are so many times as long, for example 2 while little is left of a budget; default 1. */
	readonly stretch?: () => number;
	/** A task has had its answer. */
	readonly answered?: (name: string, result: PollResult) => void;
	/** A task has failed; `nextAttempt`: when anything is asked again (wall time). */
	readonly failed?: (name: string, error: AppError, nextAttempt: EpochMs | null) => void;
}

/** Asks for news: see `createPoller`. */
export interface Poller {
	/** Begins with one round of all tasks; stops with the signal. */
	start(signal?: AbortSignal): void;
	/** For good: nothing runs any more, what is under way is called off, who waits for it is refused with `cancelled`. */
	stop(): void;
	/** How closely the agent follows from now on; "background" at first. */
	attention(level: Attention): void;
	/**
	 * One run of this task (without a name: of each, one after the other), or the one under way, and its result; back-off
	 * does not hold it up. Rejects as the run does, with the last refusal while the server asks for patience (nothing is
	 * asked then), with `cancelled` when the poller stops.
	 */
	now(name?: string): Promise<PollResult>;
	/** Makes this task due: what another one found says that it has news. Back-off and patience hold it up. */
	soon(name: string): void;
	/** The computer woke up or the network came back: back-off is forgotten and one task is tried at once. */
	wake(): void;
	/** Another question from now on (an opened conversation), in place of one of the same name. */
	add(task: PollTask): void;
	/** Not asked any more. */
	remove(name: string): void;
	/** How long silence is normal, ms: the longest pause until the next request, and the time it may take; 0: none is planned. */
	quietMs(): number;
}

/**
 * The questions of one account, one under way at a time. Each has its own rhythm: by attention, faster after a change,
 * slower while nothing changes, a fifth up or down by chance. A failure that concerns the account (network, overload,
 * 5xx, sign-in) holds back everything, twice as long each time up to 5 minutes, and then one task tries; one that
 * concerns a task (4xx, malformed) holds back that one. `Retry-After` is kept to.
 */
export function createPoller(options: PollerOptions): Poller {
	return new AdaptivePoller(options);
}

class AdaptivePoller implements Poller {
	readonly #options: PollerOptions;
	readonly #paceOptions: PaceOptions;
	readonly #entries = new Map<string, Entry>();
	#attention: Attention = "background";
	#state: "new" | "started" | "stopped" = "new";
	#running = false;
	#lastWasAsked = false;
	#failures = 0;
	/** Back-off of the account; `pauseMs` is how long it was made. */
	#backOff = { until: 0, pauseMs: 0 };
	/** What the server wants, and the refusal that said so. */
	#patience: { readonly until: number; readonly pauseMs: number; readonly refusal: unknown } | null = null;
	#cancelTimer: () => void = () => undefined;

	constructor(options: PollerOptions) {
		this.#options = options;
		const { quick = 0.5, quickForMs = 60_000, slowest = 1.5 } = options;
		this.#paceOptions = { quick, quickForMs, slowest };
		for (const task of options.tasks) this.add(task);
	}

	start(signal?: AbortSignal): void {
		if (this.#state !== "new") return;
		if (signal?.aborted === true) {
			this.stop();
			return;
		}
		signal?.addEventListener("abort", () => this.stop(), { once: true });
		this.#state = "started";
		for (const entry of this.#entries.values()) this.#planFirst(entry);
		this.#next();
	}

	stop(): void {
		if (this.#state === "stopped") return;
		this.#state = "stopped";
		this.#cancelTimer();
		for (const entry of this.#entries.values()) this.#drop(entry);
		this.#entries.clear();
	}

	attention(level: Attention): void {
		if (level === this.#attention) return;
		const closer = rank[level] > rank[this.#attention];
		this.#attention = level;
		if (this.#state !== "started") return;
		for (const entry of this.#entries.values()) {
			if (closer && !entry.pace.failing) entry.pace.refresh();
			this.#replan(entry);
		}
		this.#next();
	}

	async now(name?: string): Promise<PollResult> {
		if (name !== undefined) return this.#ask(name);
		const results = await Promise.allSettled([...this.#entries.keys()].map((one) => this.#ask(one)));
		const failure = results.find((result) => result.status === "rejected");
		if (failure !== undefined) throw failure.reason;
		if (this.#state === "stopped") throw cancelled();
		return results.some((result) => result.status === "fulfilled" && result.value === "changed")
			? "changed"
			: "same";
	}

	soon(name: string): void {
		const entry = this.#entries.get(name);
		if (entry === undefined || entry.pauseMs === null) return;
		this.#planNow(entry);
		this.#next();
	}

	wake(): void {
		if (this.#state !== "started") return;
		this.#failures = 0;
		this.#backOff = { until: 0, pauseMs: 0 };
		for (const entry of this.#entries.values()) {
			const failing = entry.pace.failing;
			entry.pace.refresh();
			if (failing) this.#replan(entry);
		}
		const first = nextTurn(this.#entries.values(), Infinity, { held: false, lastWasAsked: true });
		// What is under way may hang on a connection that did not live through the sleep.
		const woken = first ?? [...this.#entries.values()].find(({ running }) => running);
		if (woken !== undefined && woken.pauseMs !== null) this.#planNow(woken);
		this.#next();
	}

	add(task: PollTask): void {
		this.remove(task.name);
		if (this.#state === "stopped") return;
		const entry = new Entry(task, this.#paceOptions);
		this.#entries.set(task.name, entry);
		if (this.#state !== "started") return;
		this.#planFirst(entry);
		this.#next();
	}

	remove(name: string): void {
		const entry = this.#entries.get(name);
		if (entry === undefined) return;
		this.#entries.delete(name);
		this.#drop(entry);
	}

	quietMs(): number {
		const pauses = [...this.#entries.values()].flatMap(({ pauseMs }) =>
			pauseMs === null ? [] : [pauseMs],
		);
		if (pauses.length === 0) return 0;
		// Any task's answer is a sign of the server: the one that comes soonest counts.
		const pause = Math.min(...pauses);
		const held = this.#held() ? Math.max(this.#backOff.pauseMs, this.#patience?.pauseMs ?? 0) : 0;
		return Math.ceil(Math.max(pause, held)) + (this.#options.requestTimeoutMs ?? 30_000);
	}

	// ------------------------------------------------------------ whose turn it is

	#ask(name: string): Promise<PollResult> {
		const entry = this.#entries.get(name);
		if (this.#state === "stopped") return Promise.reject(cancelled());
		if (entry === undefined) return Promise.reject(new TypeError(`there is no poll named ${name}`));
		if (!entry.running && this.#patient()) return Promise.reject(asError(this.#patience?.refusal));
		const result = entry.wait();
		this.#next();
		return result;
	}

	/** Runs what is to be run now, or waits for what is due next. */
	#next(): void {
		this.#cancelTimer();
		if (this.#running || this.#state === "stopped") return;
		const now = this.#now;
		const state = { held: this.#held(), lastWasAsked: this.#lastWasAsked };
		const turn = nextTurn(this.#entries.values(), now, state);
		if (turn !== null) {
			void this.#run(turn);
			return;
		}
		const due = soonest(this.#entries.values());
		if (due === null) return;
		const at = Math.max(due, this.#heldUntil);
		this.#cancelTimer = this.#options.clock.after(Math.max(0, at - now), () => this.#next());
	}

	async #run(entry: Entry): Promise<void> {
		this.#running = true;
		this.#lastWasAsked = entry.asked;
		// Who asks from now on waits for this run.
		void entry.wait();
		entry.running = true;
		entry.begunAt = this.#now;
		entry.dueAt = null;
		let outcome: { readonly found: PollResult } | { readonly thrown: unknown };
		try {
			outcome = { found: await entry.task.run(entry.over.signal) };
		} catch (thrown) {
			outcome = { thrown };
		}
		this.#running = false;
		entry.running = false;
		entry.endedAt = this.#now;
		const { result } = entry;
		entry.result = null;
		try {
			if (entry.over.signal.aborted) return;
			if ("found" in outcome) {
				this.#answered(entry, outcome.found);
				result?.resolve(outcome.found);
			} else {
				this.#failed(entry, outcome.thrown);
				result?.reject(outcome.thrown);
			}
		} finally {
			this.#next();
		}
	}

	// ------------------------------------------------------------ when it is due

	#answered(entry: Entry, found: PollResult): void {
		this.#failures = 0;
		this.#backOff = { until: 0, pauseMs: 0 };
		entry.pace.found(found, this.#now);
		this.#planUsual(entry);
		this.#options.answered?.(entry.task.name, found);
	}

	#failed(entry: Entry, thrown: unknown): void {
		const error = toAppError(thrown);
		const retryAfterMs = thrown instanceof RestFailure ? thrown.retryAfterMs : null;
		if (ofOneTask(error)) {
			entry.pace.failed();
			this.#planUsual(entry);
		} else {
			this.#failures += 1;
			const usual = this.#usualPause(entry);
			if (retryAfterMs === null) {
				const pauseMs = this.#backOffPause(backOffMs(usual, this.#failures));
				this.#backOff = { until: this.#now + pauseMs, pauseMs };
			}
			this.#planUsual(entry);
		}
		if (retryAfterMs !== null) this.#bePatient(retryAfterMs, thrown);
		this.#options.failed?.(entry.task.name, error, this.#nextAttempt());
	}

	#bePatient(pauseMs: number, refusal: unknown): void {
		const until = this.#now + pauseMs;
		if (until > (this.#patience?.until ?? 0)) this.#patience = { until, pauseMs, refusal };
		if (!this.#patient()) return;
		for (const entry of this.#entries.values()) if (entry.asked) entry.refuse(refusal);
	}

	#planFirst(entry: Entry): void {
		if (this.#usualPause(entry) !== null) this.#plan(entry, 0);
	}

	#planUsual(entry: Entry): void {
		const usual = this.#usualPause(entry);
		if (usual === null) entry.unplan();
		else this.#plan(entry, entry.pace.failing ? this.#backOffPause(usual) : this.#jittered(usual));
		if (entry.again && usual !== null) this.#plan(entry, 0);
		entry.again = false;
	}

	/** A changed rhythm counts from the last run; what is due sooner stays so. */
	#replan(entry: Entry): void {
		const usual = this.#usualPause(entry);
		if (usual === null) {
			entry.unplan();
			return;
		}
		// Planned anew when it has ended.
		if (entry.running) return;
		const since = entry.endedAt === null ? Infinity : this.#now - entry.endedAt;
		const pauseMs = Math.max(0, this.#jittered(usual) - since);
		if (entry.dueAt === null || (!entry.pace.failing && this.#now + pauseMs < entry.dueAt))
			this.#plan(entry, pauseMs);
	}

	#planNow(entry: Entry): void {
		// A run that begins this very moment sees the news itself.
		if (entry.running) entry.again ||= entry.begunAt < this.#now;
		else this.#plan(entry, 0);
	}

	#plan(entry: Entry, pauseMs: number): void {
		entry.pauseMs = pauseMs;
		entry.dueAt = this.#now + pauseMs;
	}

	/** Before jitter; null: it is not asked by itself. */
	#usualPause(entry: Entry): number | null {
		const pause = entry.pace.pauseMs(this.#attention, this.#now);
		return pause === null ? null : pause * Math.max(1, this.#options.stretch?.() ?? 1);
	}

	#jittered(ms: number): number {
		return jittered(ms, this.#options.random);
	}

	/** Jitter does not make a back-off longer than its limit. */
	#backOffPause(ms: number): number {
		return Math.min(ms, this.#jittered(ms));
	}

	#nextAttempt(): EpochMs | null {
		const due = soonest(this.#entries.values());
		if (due === null) return null;
		const now = this.#now;
		return this.#options.clock.now() + Math.round(Math.max(0, Math.max(due, this.#heldUntil) - now));
	}

	get #now(): number {
		return this.#options.clock.monotonic();
	}

	get #heldUntil(): number {
		return Math.max(this.#backOff.until, this.#patience?.until ?? 0);
	}

	#held(): boolean {
		return this.#heldUntil > this.#now;
	}

	#patient(): boolean {
		return this.#patience !== null && this.#patience.until > this.#now;
	}

	#drop(entry: Entry): void {
		entry.over.abort();
		entry.unplan();
		entry.refuse(cancelled());
	}
}

const rank: Readonly<Record<Attention, number>> = { idle: 0, background: 1, focused: 2 };

/** What the server says of one question says nothing of the others. */
function ofOneTask({ code, params }: AppError): boolean {
	if (code !== "http.status") return code === "http.malformed" || code === "internal";
	const status = params?.["status"];
	return typeof status === "number" && status < 500;
}

function cancelled(): AppFailure {
	return new AppFailure(appError("cancelled"));
}

function asError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : cancelled();
}
