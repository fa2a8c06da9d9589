import { type AppError, appError, AppFailure, toAppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { EpochMs } from "../../../shared/model.ts";
import { backoffDelay } from "../accounts/backoff.ts";
import type { History } from "../ports/provider.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import { type FillTask, pageSize, type PlanAccount, planLook, planOlder } from "./backfill-plan.ts";
import { BackfillTasks, type TaskPorts } from "./backfill-tasks.ts";
import { patienceOf } from "./history-failure.ts";

/** A way to ask one account's server for its past. */
export interface HistoryLink {
	readonly history: History;
	/** Aborted when the session is over. */
	readonly signal: AbortSignal;
}

export interface BackfillPorts extends TaskPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	/** Null: the account is not online, or its system has no history. */
	readonly link: (id: PlanAccount["id"]) => HistoryLink | null;
	/** Its system has a history to ask for. */
	readonly hasHistory: (id: PlanAccount["id"]) => boolean;
	/** What the person looks at. */
	readonly viewing: () => ConversationId | null;
}

/** Something a person, or a text in doubt, waits for. */
interface Wish {
	readonly run: (link: HistoryLink) => Promise<void>;
	readonly refuse: (thrown: unknown) => void;
}

/** Looking for a text goes back at most so far. */
const lookPages = 5;
/** The clocks of this computer and of a server may differ by so much, in ms. */
const skewMs = 300_000;

/**
 * What one account's server is asked for about the past, one request after the other.
 *
 *   idle --asked (online, gap, check)--> listing --gaps open, on disk--> filling --none left--> idle
 *              ^                            |                              |
 *              +---- later (full jitter, Retry-After) <---- failed --------+
 *
 * Wishes of a person come before both. Everything that is not done is on disk as an open gap, or
 * the cursor of the list has not moved: a crash at any step goes on from there.
 */
export class AccountBackfill {
	readonly #account: PlanAccount;
	readonly #ports: BackfillPorts;
	readonly #tasks: BackfillTasks;
	readonly #wishes: Wish[] = [];
	/** Asked for since the last list was begun. */
	#wanted = false;
	/** Counts the moments from which on something may have been missed. */
	#doubts = 1;
	/** `#doubts` that the last finished list has answered. */
	#settled = 0;
	#running = false;
	#failures = 0;
	/** Monotonic time before which nothing is asked for by itself, and before which nothing at all. */
	#patientUntil = 0;
	#cancel: (() => void) | null = null;
	#waiting: ((outcome: AppError | null) => void)[] = [];
	#over = false;

	constructor(account: PlanAccount, ports: BackfillPorts) {
		this.#account = account;
		this.#ports = ports;
		this.#tasks = new BackfillTasks(account, ports);
	}

	/** Conversations in which messages are known to be missing. */
	get gaps(): number {
		return this.#tasks.gaps;
	}

	/** Something may have been missed from now on, until the server was asked. */
	doubt(): void {
		this.#doubts += 1;
	}

	/** Push has told everything of this conversation since the server was last asked. */
	whole(id: ConversationId): boolean {
		return this.#settled === this.#doubts && !this.#tasks.concern(id);
	}

	/** Asks what is new, at once. */
	ask(): void {
		this.#wanted = true;
		this.#failures = 0;
		this.#go();
	}

	/** Asks what is new; null when everything is here, else why not. */
	async check(): Promise<AppError | null> {
		if (this.#ports.link(this.#account.id) === null) return appError("account.offline");
		const answer = new Promise<AppError | null>((resolve) => this.#waiting.push(resolve));
		this.ask();
		return await answer;
	}

	/** Rejects with AppFailure when it could not be asked. */
	async older(id: ConversationId): Promise<void> {
		await this.#wish(async ({ history, signal }) => {
			const record = this.#ports.book.get(id);
			const cursor = record?.olderCursor ?? null;
			if (record === null || cursor === null) return;
			const page = await history.page(record.peer, cursor, pageSize, signal);
			const { events, write } = planOlder(page, this.#tasks.context(record));
			await this.#ports.apply(this.#account, events, write);
		});
	}

	/** The newest messages of a conversation, back to `since`. Rejects with AppFailure when it could not be asked. */
	async look(id: ConversationId, since: EpochMs): Promise<void> {
		await this.#wish(async ({ history, signal }) => {
			await this.#tasks.load();
			let from: string | null = null;
			for (let pages = 0; pages < lookPages; pages += 1) {
				const record = this.#ports.book.get(id);
				if (record === null) return;
				const { messages, next }: Awaited<ReturnType<History["page"]>> = await history.page(
					record.peer,
					from,
					pageSize,
					signal,
				);
				const { events, write } = planLook(messages, this.#tasks.context(record));
				await this.#ports.apply(this.#account, events, write);
				const oldest = Math.min(...messages.map((message) => message.at ?? 0));
				if (next === null || next === from || oldest < since - skewMs) return;
				from = next;
			}
		});
	}

	/** The account is gone. */
	stop(): void {
		this.#over = true;
		this.#cancel?.();
		this.#tell(appError("cancelled"));
		for (const { refuse } of this.#wishes.splice(0)) refuse(new AppFailure(appError("cancelled")));
	}

	#wish(run: Wish["run"]): Promise<void> {
		return new Promise((resolve, reject) => {
			const done = async (link: HistoryLink): Promise<void> => {
				await run(link);
				resolve();
			};
			this.#wishes.push({ run: done, refuse: reject });
			this.#go();
		});
	}

	#go(): void {
		if (this.#running || this.#over) return;
		this.#running = true;
		void this.#run().finally(() => {
			this.#running = false;
			// What was asked for in the last moment of the run.
			const link = this.#ports.link(this.#account.id);
			const more = this.#wanted && link !== null && !link.signal.aborted && this.#due() === 0;
			if (this.#wishes.length > 0 || more) this.#go();
		});
	}

	async #run(): Promise<void> {
		while (!this.#over) {
			const link = this.#ports.link(this.#account.id);
			const wish = this.#wishes.shift();
			if (wish !== undefined) await this.#grant(wish, link);
			else if (link === null) {
				this.#tell(appError("account.offline"));
				return;
			} else if (this.#due() > 0 || !(await this.#work(link))) return;
		}
	}

	async #grant({ run, refuse }: Wish, link: HistoryLink | null): Promise<void> {
		try {
			if (link === null) throw new AppFailure(appError("account.offline"));
			if (this.#patience() > 0) throw new AppFailure(appError("http.overloaded"));
			await run(link);
		} catch (thrown) {
			this.#patient(thrown);
			refuse(thrown instanceof AppFailure ? thrown : new AppFailure(toAppError(thrown)));
		}
	}

	/** One step that nobody asked for in person. False: nothing left, or not now. */
	async #work(link: HistoryLink): Promise<boolean> {
		try {
			await this.#tasks.load();
			const task = this.#wanted ? null : this.#tasks.next(this.#ports.viewing());
			if (this.#wanted) await this.#list(link);
			else if (task !== null) await this.#fill(task, link);
			else {
				this.#tell(null);
				return false;
			}
			this.#failures = 0;
			return true;
		} catch (thrown) {
			this.#later(thrown, link);
			return false;
		}
	}

	/** Rejects when the server or the store refuses; it is asked for again then. */
	async #list({ history, signal }: HistoryLink): Promise<void> {
		const doubts = this.#doubts;
		this.#wanted = false;
		try {
			const since = await this.#tasks.cursor();
			let first: string | null = null;
			let page: string | null = null;
			for (let number = 0; number === 0 || page !== null; number += 1) {
				const before: string | null = page;
				const answer = await history.heads(since, page, signal);
				if (number === 0) first = answer.cursor;
				page = answer.next;
				if (page !== null && page === before) throw new AppFailure(appError("http.malformed"));
				await this.#tasks.open(answer.heads, page === null ? first : null);
			}
			this.#settled = Math.max(this.#settled, doubts);
		} catch (thrown) {
			this.#wanted = true;
			throw thrown;
		}
	}

	async #fill(task: FillTask, { history, signal }: HistoryLink): Promise<void> {
		await this.#tasks.fill(task, await history.page(task.peer, task.next, pageSize, signal));
	}

	/** Tried again by itself; everything that is missing stays open meanwhile. */
	#later(thrown: unknown, link: HistoryLink): void {
		const { clock, logger, random } = this.#ports;
		const error = toAppError(thrown);
		this.#tell(error);
		// The session is over: the next one asks.
		if (link.signal.aborted) {
			this.#wanted = true;
			return;
		}
		this.#failures += 1;
		this.#patient(thrown);
		const delay = Math.max(backoffDelay(this.#failures, random), this.#patience());
		logger.info("backfill.later", { error, failures: this.#failures, delay: Math.round(delay) });
		this.#cancel?.();
		this.#cancel = clock.after(delay, () => {
			this.#cancel = null;
			this.#go();
		});
	}

	#patient(thrown: unknown): void {
		const patience = patienceOf(thrown);
		if (patience > 0) this.#patientUntil = this.#ports.clock.monotonic() + patience;
	}

	/** How long the server still wants to be left alone, in ms. */
	#patience(): number {
		return Math.max(0, this.#patientUntil - this.#ports.clock.monotonic());
	}

	/** Not 0: something is planned for later, unless it was asked for anew. */
	#due(): number {
		const patience = this.#patience();
		if (patience > 0 && this.#cancel === null)
			this.#cancel = this.#ports.clock.after(patience, () => {
				this.#cancel = null;
				this.#go();
			});
		return this.#failures > 0 && this.#cancel !== null ? 1 : patience;
	}

	#tell(outcome: AppError | null): void {
		for (const resolve of this.#waiting.splice(0)) resolve(outcome);
	}
}
