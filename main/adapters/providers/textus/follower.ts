import type { EpochMs } from "../../../../shared/model.ts";
import type { Clock } from "../../../core/ports/runtime.ts";

/** How often a thread is looked at in which something is not at its end, by the age of what is waited for, ms. */
const steps: readonly { readonly until: number; readonly every: number }[] = [
	{ until: 20_000, every: 2000 },
	{ until: 120_000, every: 5000 },
	{ until: 600_000, every: 20_000 },
	{ until: 3_600_000, every: 120_000 },
];
/** After the time at which a scheduled message leaves, ms. */
const afterDueMs = 2000;

interface Followed {
	/** Monotonic: when it was first waited for. */
	since: number;
	/** Monotonic: when it is looked at next. */
	next: number;
	/** The time of a scheduled message has come: nothing else says that it is on its way. */
	fresh: boolean;
}

export interface FollowerParts {
	readonly clock: Clock;
	/** Whether anything in the thread is still on its way. */
	readonly isOpen: (key: string) => boolean;
	/** Asks for a run of `run`; what is asked at a bad time may be refused. */
	readonly wanted: () => Promise<unknown>;
	/** News can be asked for now. */
	readonly online: () => boolean;
}

/**
 * The threads in which something is on its way: a message that is not at its end, a text whose id is not known. The
 * marker of a timeline does not move for these, so it is read: often at first, then less, for an hour.
 */
export class Follower {
	readonly #parts: FollowerParts;
	readonly #followed = new Map<string, Followed>();
	/** Wall times of scheduled messages by thread. */
	readonly #due = new Map<string, Set<EpochMs>>();
	#cancel: () => void = () => undefined;
	#stopped = false;

	constructor(parts: FollowerParts) {
		this.#parts = parts;
	}

	/** `dueAt`: nothing happens before this time (scheduled); null: at any moment. */
	follow(key: string, dueAt: EpochMs | null): void {
		if (dueAt !== null) this.#due.set(key, (this.#due.get(key) ?? new Set()).add(dueAt));
		else this.#begin(key);
		this.#plan();
	}

	/** Something new is waited for: looked at often again. */
	anew(key: string): void {
		this.#followed.delete(key);
		this.follow(key, null);
	}

	/** Threads that are to be looked at now. */
	due(): readonly string[] {
		const now = this.#parts.clock.monotonic();
		const due = [...this.#followed].filter(([, { next }]) => next <= now);
		// What has come to its end meanwhile, as the list told, needs no look.
		for (const [key, { fresh }] of due)
			if (!fresh && !this.#parts.isOpen(key)) this.#followed.delete(key);
		return due.flatMap(([key]) => (this.#followed.has(key) ? [key] : []));
	}

	/** It was looked at (or could not be). */
	looked(key: string): void {
		const one = this.#followed.get(key);
		if (one === undefined) return;
		one.fresh = false;
		const every = everyMs(this.#parts.clock.monotonic() - one.since);
		if (every === null || !this.#parts.isOpen(key)) this.#followed.delete(key);
		else one.next = this.#parts.clock.monotonic() + every;
		this.#plan();
	}

	/** News can be asked for again. */
	resume(): void {
		this.#plan();
	}

	stop(): void {
		this.#stopped = true;
		this.#cancel();
	}

	#begin(key: string, fresh = false): void {
		const known = this.#followed.get(key);
		if (known !== undefined) {
			known.fresh ||= fresh;
			return;
		}
		const now = this.#parts.clock.monotonic();
		this.#followed.set(key, { since: now, next: now + (fresh ? 0 : (everyMs(0) ?? 0)), fresh });
	}

	#plan(): void {
		this.#cancel();
		const { clock, online } = this.#parts;
		if (this.#stopped || !online()) return;
		const now = clock.monotonic();
		const waits = [...this.#followed.values()].map(({ next }) => next - now);
		const due = [...this.#due.values()]
			.flatMap((times) => [...times])
			.map((at) => at + afterDueMs - clock.now());
		const wait = Math.min(...waits, ...due);
		if (!Number.isFinite(wait)) return;
		// A timer of the computer cannot be set further away than 24 days.
		this.#cancel = clock.after(Math.min(Math.max(0, wait), 86_400_000), () => this.#run());
	}

	#run(): void {
		const { clock, wanted } = this.#parts;
		for (const [key, times] of this.#due) {
			for (const at of times) {
				if (at + afterDueMs > clock.now()) continue;
				times.delete(at);
				this.#begin(key, true);
			}
			if (times.size === 0) this.#due.delete(key);
		}
		if (this.#followed.size === 0) {
			this.#plan();
			return;
		}
		void wanted()
			.catch(() => {
				// Not now: at the next step of each.
				for (const key of this.due()) this.looked(key);
			})
			.finally(() => this.#plan());
	}
}

/** Null: long enough. */
function everyMs(age: number): number | null {
	return steps.find(({ until }) => age < until)?.every ?? null;
}
