import type { Clock, EpochMs, LogFields, Logger, Random } from "../ports/runtime.ts";

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

/**
 * Time that moves only when a test says so. Timers run in order of their time, then of their
 * making, and everything a timer sets off is finished before the next one runs.
 */
export class VirtualClock implements Clock {
	#monotonic = 0;
	#wall: EpochMs;
	#made = 0;
	readonly #timers = new Set<Timer>();

	constructor(start: EpochMs = Date.UTC(2026, 0, 5, 9, 0, 0)) {
		this.#wall = start;
	}

	now(): EpochMs {
		return this.#wall;
	}

	monotonic(): number {
		return this.#monotonic;
	}

	after(delayMs: number, run: () => void): () => void {
		this.#made += 1;
		const timer: Timer = { at: this.#monotonic + Math.max(0, delayMs), order: this.#made, run };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	}

	/** Timers not yet run or cancelled. */
	get pending(): number {
		return this.#timers.size;
	}

	/** Lets `ms` pass, timer by timer. */
	async advance(ms: number): Promise<void> {
		await settle();
		const end = this.#monotonic + ms;
		for (;;) {
			const next = this.#next(end);
			if (next === null) break;
			this.#timers.delete(next);
			// One that fell due during a sleep runs now.
			this.#pass(Math.max(0, next.at - this.#monotonic));
			next.run();
			await settle();
		}
		this.#pass(end - this.#monotonic);
	}

	/** The computer sleeps: time passes, and timers that fell due run late, all at once, on waking. */
	async sleep(ms: number): Promise<void> {
		await settle();
		this.#pass(ms);
		await this.advance(0);
	}

	/** Somebody set the clock of the computer; the monotonic one does not notice. */
	jump(ms: number): void {
		this.#wall += ms;
	}

	#pass(ms: number): void {
		this.#monotonic += ms;
		this.#wall += ms;
	}

	#next(end: number): Timer | null {
		let next: Timer | null = null;
		for (const timer of this.#timers) {
			if (timer.at > end) continue;
			if (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
				next = timer;
		}
		return next;
	}
}

/** Lets every promise that can go on without time or input go on. */
export async function settle(turns = 200): Promise<void> {
	for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

/** Numbers and ids that are the same in every run (mulberry32). */
export class SeededRandom implements Random {
	#state: number;
	#ids = 0;

	constructor(seed = 1) {
		this.#state = seed >>> 0;
	}

	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	uuid(): string {
		this.#ids += 1;
		return `00000000-0000-7000-8000-${String(this.#ids).padStart(12, "0")}`;
	}
}

export interface LogLine {
	readonly level: "debug" | "info" | "warn" | "error";
	readonly event: string;
	readonly fields: LogFields;
}

/** A logger that keeps its lines. */
export class RecordingLogger implements Logger {
	readonly lines: LogLine[];
	readonly #fields: LogFields;

	constructor(lines: LogLine[] = [], fields: LogFields = {}) {
		this.lines = lines;
		this.#fields = fields;
	}

	debug(event: string, fields: LogFields = {}): void {
		this.#add("debug", event, fields);
	}
	info(event: string, fields: LogFields = {}): void {
		this.#add("info", event, fields);
	}
	warn(event: string, fields: LogFields = {}): void {
		this.#add("warn", event, fields);
	}
	error(event: string, fields: LogFields = {}): void {
		this.#add("error", event, fields);
	}
	child(fields: LogFields): Logger {
		return new RecordingLogger(this.lines, { ...this.#fields, ...fields });
	}

	#add(level: LogLine["level"], event: string, fields: LogFields): void {
		this.lines.push({ level, event, fields: { ...this.#fields, ...fields } });
	}
}
