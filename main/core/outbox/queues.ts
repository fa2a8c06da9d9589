import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { QueueReason } from "../../../shared/model.ts";
import type { Clock } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import { type Flight, type Job, SendQueue } from "./send-queue.ts";

/** Sends under way at a time, over all accounts. */
export const sendCap = 8;
/** No server is believed to want to be left alone for longer, in milliseconds. */
const longestPauseMs = 24 * 3_600_000;

/** Whether texts of an account may leave now, and if not, why. */
export type Gate = { readonly open: true } | { readonly open: false; readonly reason: QueueReason };

/** The queues of all conversations that have texts on their way, and who may go next. */
export class Queues {
	readonly #clock: Clock;
	readonly #gate: (accountId: AccountId) => Gate;
	/** Served round robin: a queue that was served goes to the end. */
	readonly #queues = new Map<ConversationId, SendQueue>();
	/** Accounts whose server said when it wants to be asked again (Retry-After). */
	readonly #pauses = new Map<AccountId, { readonly until: number; readonly cancel: () => void }>();
	#inFlight = 0;
	#stopped = false;

	constructor(clock: Clock, gate: (accountId: AccountId) => Gate) {
		this.#clock = clock;
		this.#gate = gate;
	}

	get stopped(): boolean {
		return this.#stopped;
	}

	get inFlight(): number {
		return this.#inFlight;
	}

	get(id: ConversationId): SendQueue | null {
		return this.#queues.get(id) ?? null;
	}

	/** The queue of this conversation, made when there is none. */
	of(record: ConversationRecord): SendQueue {
		const known = this.#queues.get(record.id);
		if (known !== undefined) return known;
		const queue = new SendQueue(record.id, record.accountId, record.peer);
		this.#queues.set(record.id, queue);
		return queue;
	}

	all(accountId?: AccountId): readonly SendQueue[] {
		const all = [...this.#queues.values()];
		return accountId === undefined ? all : all.filter((queue) => queue.accountId === accountId);
	}

	/** Forgets a queue with nothing in it. */
	tidy(queue: SendQueue): void {
		if (queue.empty && this.#queues.get(queue.conversationId) === queue)
			this.#queues.delete(queue.conversationId);
	}

	/** The next text that may leave, now in flight; null: none may. */
	depart(): { readonly queue: SendQueue; readonly flight: Flight } | null {
		if (this.#stopped || this.#inFlight >= sendCap) return null;
		for (const queue of this.#queues.values()) {
			const [job] = queue.jobs;
			if (!queue.ready || job === undefined || !this.#open(queue.accountId)) continue;
			return { queue, flight: this.#board(queue, job) };
		}
		return null;
	}

	/**
	 * Keeps the place in flight for a text that is about to be stored as leaving at once; null
	 * when it would have to wait for anything. End it with `board` or `release`.
	 */
	reserve(record: ConversationRecord): SendQueue | null {
		if (this.#stopped || this.#inFlight >= sendCap || !this.#open(record.accountId)) return null;
		const queue = this.of(record);
		if (queue.jobs.length > 0 || queue.occupied || queue.hold !== null) return null;
		queue.reserved = true;
		this.#inFlight += 1;
		return queue;
	}

	/** The text was stored and leaves on the place that was kept for it. */
	board(queue: SendQueue, job: Job): Flight {
		this.release(queue);
		return this.#board(queue, job);
	}

	release(queue: SendQueue): void {
		queue.reserved = false;
		this.#inFlight -= 1;
	}

	/** The text in flight has an outcome, and is dropped or stays. */
	landed(queue: SendQueue): void {
		queue.flight = null;
		this.#inFlight -= 1;
	}

	/** Nothing of this account leaves for `ms`, whatever else happens; then `over` is called. The longest one counts. */
	pause(accountId: AccountId, ms: number, over: () => void): void {
		const wait = Math.min(Math.max(0, ms), longestPauseMs);
		const until = this.#clock.monotonic() + wait;
		const known = this.#pauses.get(accountId);
		if (known !== undefined && known.until >= until) return;
		known?.cancel();
		const cancel = this.#clock.after(wait, () => {
			this.#pauses.delete(accountId);
			over();
		});
		this.#pauses.set(accountId, { until, cancel });
	}

	/** What a text that is not in flight waits for. */
	reason(queue: SendQueue, job: Job): QueueReason {
		if (job.undoUntil !== null) return "undo";
		const gate = this.#gate(queue.accountId);
		if (!gate.open) return gate.reason;
		if (queue.jobs[0] !== job || queue.occupied) return "order";
		if (queue.hold?.kind === "notYet") return queue.hold.reason;
		return queue.hold?.kind === "backoff" || this.#pauses.has(queue.accountId) ? "retrying" : null;
	}

	/** What a text written now would wait for. */
	reasonFor(accountId: AccountId, conversationId: ConversationId): QueueReason {
		const gate = this.#gate(accountId);
		if (!gate.open) return gate.reason;
		const queue = this.#queues.get(conversationId);
		if (queue !== undefined && !queue.empty) return "order";
		return this.#pauses.has(accountId) ? "retrying" : null;
	}

	removeAccount(accountId: AccountId): void {
		this.#pauses.get(accountId)?.cancel();
		this.#pauses.delete(accountId);
		for (const queue of this.all(accountId)) {
			queue.release();
			for (const job of [...queue.jobs]) queue.drop(job);
			this.#queues.delete(queue.conversationId);
		}
	}

	/** Nothing leaves any more, and no clock of theirs runs. */
	stop(): void {
		this.#stopped = true;
		for (const { cancel } of this.#pauses.values()) cancel();
		for (const queue of this.#queues.values()) {
			queue.release();
			for (const job of queue.jobs) for (const cancel of job.timers) cancel();
		}
	}

	#open(accountId: AccountId): boolean {
		return this.#gate(accountId).open && !this.#pauses.has(accountId);
	}

	#board(queue: SendQueue, job: Job): Flight {
		this.#queues.delete(queue.conversationId);
		this.#queues.set(queue.conversationId, queue);
		const flight: Flight = { job, handedOver: false, poked: false, unreachable: null };
		queue.flight = flight;
		this.#inFlight += 1;
		return flight;
	}
}
