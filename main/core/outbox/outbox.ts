import { appError, type AppError, toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { MessageEntry, QueueReason } from "../../../shared/model.ts";
import { backoffDelay } from "../accounts/backoff.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { OutgoingMessage, SendOutcome } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import { DeliveryStates, held } from "./delivery-states.ts";
import { type Flight, type Job, SendQueue } from "./send-queue.ts";

/** Sends under way at a time, over all accounts. */
export const sendCap = 8;
/** A text that has been queued for this long is shown as "waiting". */
export const overdueMs = 30_000;

/** Whether texts of an account may leave now, and if not, why. */
export type Gate = { readonly open: true } | { readonly open: false; readonly reason: QueueReason };

export interface OutboxPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly book: ConversationBook;
	readonly gate: (accountId: AccountId) => Gate;
	readonly send: (accountId: AccountId, message: OutgoingMessage) => Promise<SendOutcome>;
	/** The number of texts waiting in a conversation, or what they wait for, is different now. */
	readonly queueChanged: (conversationId: ConversationId, accountId: AccountId) => void;
	/** A text ended failed or in doubt. */
	readonly problem: (entry: MessageEntry) => void;
}

/**
 * Takes texts to the systems: one first-in-first-out queue a conversation, conversations in
 * parallel, at most eight sends at a time. A text leaves its queue when it is accepted, failed
 * or in doubt; neither a failed nor a doubtful one holds up those after it (the person decides
 * about it, and may be away). Nothing is sent a second time by the program once the system had
 * it, or may have had it.
 *
 *   resting --gate open, no hold--> in flight --notYet--> held until a poke
 *                                      |  +--automatic--> held for a while (full jitter)
 *                                      +--accepted, refused, unknown--> out of the queue
 */
export class Outbox {
	readonly #ports: OutboxPorts;
	/** Served round robin: a queue that was served goes to the end. */
	readonly #queues = new Map<ConversationId, SendQueue>();
	readonly #states: DeliveryStates;
	#inFlight = 0;
	#stopped = false;

	constructor(ports: OutboxPorts) {
		this.#ports = ports;
		this.#states = new DeliveryStates(ports);
	}

	/** Takes over what an earlier run left: what was being sent may or may not have arrived. */
	async load(): Promise<void> {
		for (const entry of await this.#ports.book.store.unsettled()) {
			const state = entry.delivery?.state;
			if (state === "sending") {
				await this.#states.happen(entry.id, {
					kind: "doubtful",
					error: appError("message.outcomeUnknown"),
				});
			} else if (state === "queued" || state === "waiting") this.#insert(entry);
		}
		this.#pump();
	}

	/** Texts that were just stored as queued. */
	enqueue(entries: readonly MessageEntry[]): void {
		for (const entry of entries) this.#insert(entry);
		this.#pump();
	}

	/** Why a text written now would have to wait. */
	reasonFor(accountId: AccountId, conversationId: ConversationId): QueueReason {
		const gate = this.#ports.gate(accountId);
		if (!gate.open) return gate.reason;
		return (this.#queues.get(conversationId)?.jobs.length ?? 0) > 0 ? "order" : null;
	}

	queued(conversationId: ConversationId): number {
		return this.#queues.get(conversationId)?.jobs.length ?? 0;
	}

	queuedOfAccount(accountId: AccountId): number {
		let count = 0;
		for (const queue of this.#queues.values())
			if (queue.accountId === accountId) count += queue.jobs.length;
		return count;
	}

	busyPeer(conversationId: ConversationId): string | null {
		const hold = this.#queues.get(conversationId)?.hold;
		return hold?.kind === "notYet" ? hold.busyPeer : null;
	}

	/** Texts may go now: of one conversation, or of all of an account. */
	poke(accountId: AccountId, conversationId: ConversationId | null): void {
		for (const queue of this.#queues.values()) {
			if (queue.accountId !== accountId) continue;
			if (conversationId !== null && queue.conversationId !== conversationId) continue;
			if (queue.flight !== null) queue.flight.poked = true;
			if (queue.hold?.kind === "notYet") queue.release();
		}
		this.#pump();
	}

	/** The account came, went, or has another line. */
	gateChanged(accountId: AccountId): void {
		const gate = this.#ports.gate(accountId);
		if (gate.open) {
			this.poke(accountId, null);
			return;
		}
		const changed: Job[] = [];
		for (const queue of this.#queues.values()) {
			if (queue.accountId !== accountId) continue;
			for (const job of queue.resting()) {
				if (job.reason === gate.reason) continue;
				job.reason = gate.reason;
				changed.push(job);
			}
		}
		if (changed.length > 0) this.#background(this.#states.sayReasons(changed));
	}

	/** Calling this peer came to nothing: what was queued for it fails. */
	async unreachable(conversationId: ConversationId, error: AppError): Promise<void> {
		const queue = this.#queues.get(conversationId);
		if (queue === undefined) return;
		if (queue.flight !== null) queue.flight.unreachable = error;
		const jobs = queue.resting();
		for (const job of jobs) queue.drop(job);
		for (const job of jobs) await this.#states.happen(job.entryId, { kind: "unreachable", error });
		this.#changed(queue);
	}

	/** The system told us how this text ended, or the person discarded it: it is not to be sent. */
	withdraw(conversationId: ConversationId, entryId: EntryId): void {
		const queue = this.#queues.get(conversationId);
		const job = queue?.resting().find((other) => other.entryId === entryId);
		if (queue === undefined || job === undefined) return;
		queue.drop(job);
		this.#changed(queue);
		this.#pump();
	}

	/** Retry (failed) or Send again (unknown). False: it is in neither state any more. */
	async requeue(entryId: EntryId, kind: "retry" | "sendAgain"): Promise<boolean> {
		const entry = await this.#ports.book.store.entry(entryId);
		const record = entry === null ? null : this.#ports.book.get(entry.conversationId);
		if (entry === null || record === null) return false;
		const reason = this.reasonFor(record.accountId, record.id);
		const delivery = await this.#states.happen(entryId, { kind, reason });
		const queued = await this.#ports.book.store.entry(entryId);
		if (delivery === null || queued?.kind !== "message") return false;
		this.enqueue([queued]);
		return true;
	}

	removeAccount(accountId: AccountId): void {
		for (const [id, queue] of this.#queues) {
			if (queue.accountId !== accountId) continue;
			for (const job of [...queue.jobs]) queue.drop(job);
			this.#queues.delete(id);
		}
	}

	/** Starts nothing any more; what is under way ends by itself. */
	stop(): void {
		this.#stopped = true;
		for (const queue of this.#queues.values()) {
			queue.release();
			for (const job of queue.jobs) job.cancel();
		}
	}

	#insert(entry: MessageEntry): void {
		const record = this.#ports.book.get(entry.conversationId);
		if (record === null || entry.clientId === null || this.#stopped) return;
		const queue =
			this.#queues.get(record.id) ?? new SendQueue(record.id, record.accountId, record.address);
		if (queue.has(entry.clientId)) return;
		this.#queues.set(record.id, queue);
		const job: Job = {
			clientId: entry.clientId,
			entryId: entry.id,
			sequence: entry.sequence,
			text: entry.text,
			queuedSince: entry.delivery?.since ?? this.#ports.clock.now(),
			refusals: 0,
			overdue: entry.delivery?.state === "waiting",
			reason: entry.delivery?.queueReason ?? null,
			cancel: this.#ports.clock.after(overdueMs, () => this.#overdue(job)),
		};
		queue.insert(job);
		this.#changed(queue);
	}

	#overdue(job: Job): void {
		job.overdue = true;
		this.#background(this.#states.sayReasons([job]));
	}

	/** Starts what may start. */
	#pump(): void {
		for (const queue of [...this.#queues.values()]) {
			if (this.#stopped || this.#inFlight >= sendCap) return;
			const job = queue.jobs[0];
			if (!queue.ready || job === undefined || !this.#ports.gate(queue.accountId).open) continue;
			this.#queues.delete(queue.conversationId);
			this.#queues.set(queue.conversationId, queue);
			const flight: Flight = { job, poked: false, unreachable: null };
			queue.flight = flight;
			this.#inFlight += 1;
			this.#background(this.#fly(queue, flight));
		}
	}

	async #fly(queue: SendQueue, flight: Flight): Promise<void> {
		try {
			const attempted = await this.#states.happen(flight.job.entryId, { kind: "attempt" });
			// It was discarded, or arrived by itself, in the moment before.
			if (attempted === null) queue.drop(flight.job);
			else await this.#land(queue, flight, await this.#send(queue, flight.job));
		} catch (thrown) {
			// The store refused: the text stays where it is, and is tried when something changes.
			this.#ports.logger.error("outbox.store", { error: toAppError(thrown) });
			queue.hold = { kind: "notYet", busyPeer: null };
		} finally {
			queue.flight = null;
			this.#inFlight -= 1;
			this.#changed(queue);
			this.#pump();
		}
	}

	async #send(queue: SendQueue, job: Job): Promise<SendOutcome> {
		const gate = this.#ports.gate(queue.accountId);
		if (!gate.open || this.#stopped)
			return { kind: "notYet", reason: (gate.open ? null : gate.reason) ?? "offline" };
		try {
			return await this.#ports.send(queue.accountId, {
				clientId: job.clientId,
				peer: queue.peer,
				text: job.text,
			});
		} catch (thrown) {
			// The port says it does not reject; if it does, nothing is known.
			return { kind: "unknown", error: toAppError(thrown) };
		}
	}

	async #land(queue: SendQueue, flight: Flight, outcome: SendOutcome): Promise<void> {
		const { job } = flight;
		switch (outcome.kind) {
			case "accepted":
				await this.#states.happen(job.entryId, { kind: "accepted" });
				break;
			case "unknown":
				await this.#states.happen(job.entryId, { kind: "doubtful", error: outcome.error });
				break;
			case "rejected":
				if (outcome.retry === "automatic" && flight.unreachable === null) {
					this.#ports.logger.info("outbox.heldBack", { error: outcome.error });
					await this.#states.happen(job.entryId, held(job, null));
					if (!(await this.#states.isQueued(job))) break;
					this.#waitOut(queue, job, outcome.retryAfterMs);
					return;
				}
				await this.#states.happen(job.entryId, {
					kind: "refused",
					error: outcome.error,
					retryAllowed: outcome.retry !== "never",
				});
				// What was written after it was meant for the session that is over: calling back is the person's choice.
				if (outcome.error.code === "message.sessionEnded")
					await this.unreachable(queue.conversationId, outcome.error);
				break;
			case "notYet":
				if (flight.unreachable === null) {
					await this.#states.happen(job.entryId, held(job, outcome.reason));
					// Its end became known meanwhile, without this answer.
					if (!(await this.#states.isQueued(job))) break;
					job.reason = outcome.reason;
					if (!flight.poked) queue.hold = { kind: "notYet", busyPeer: outcome.busyPeer ?? null };
					return;
				}
				await this.#states.happen(job.entryId, {
					kind: "refused",
					error: flight.unreachable,
					retryAllowed: true,
				});
				break;
		}
		queue.drop(job);
	}

	#waitOut(queue: SendQueue, job: Job, retryAfterMs: number | undefined): void {
		job.refusals += 1;
		job.reason = null;
		const delay = retryAfterMs ?? backoffDelay(job.refusals, this.#ports.random);
		const cancel = this.#ports.clock.after(delay, () => {
			queue.hold = null;
			this.#pump();
		});
		queue.hold = { kind: "backoff", cancel };
		if (queue.jobs[0] !== job || this.#stopped) queue.release();
	}

	#changed(queue: SendQueue): void {
		if (queue.empty && this.#queues.get(queue.conversationId) === queue)
			this.#queues.delete(queue.conversationId);
		this.#ports.queueChanged(queue.conversationId, queue.accountId);
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("outbox.failed", { error: toAppError(thrown) }),
		);
	}
}
