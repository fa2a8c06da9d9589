import { type AppError, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Entry, MessageEntry, QueueReason } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { OutgoingMessage, SendOutcome } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import { Attempts, type Remedies } from "./attempts.ts";
import { DeliveryStates } from "./delivery-states.ts";
import { JobMaker } from "./jobs.ts";
import { type Gate, Queues } from "./queues.ts";
import { Reconciliation } from "./reconciliation.ts";
import { Requests } from "./requests.ts";
import { leftovers } from "./restart.ts";
import type { Flight, Job, SendQueue } from "./send-queue.ts";
import { type Enclosed, nothingEnclosed, type Part } from "./texts.ts";

export { type Gate, sendCap } from "./queues.ts";
export type { Remedies } from "./attempts.ts";

export interface OutboxPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly book: ConversationBook;
	readonly gate: (accountId: AccountId) => Gate;
	readonly send: (accountId: AccountId, message: OutgoingMessage) => Promise<SendOutcome>;
	/** What the account's system can do for a text in doubt; also before anybody is signed in. */
	readonly remedies: (accountId: AccountId) => Remedies;
	/** See `ReconciliationPorts.reconcile`. */
	readonly reconcile: (accountId: AccountId, id: ConversationId) => Promise<"asked" | "cannot">;
	/** Runs a write until the store takes it (`StorageKeeper.persist`). */
	readonly persist: <T>(run: () => Promise<T>) => Promise<T>;
	/** For how long a text may be taken back, in milliseconds; 0: it leaves at once. */
	readonly undoMs: () => number;
	/** The number of texts waiting in a conversation, or what they wait for, is different now. */
	readonly queueChanged: (conversationId: ConversationId, accountId: AccountId) => void;
	/** A text ended failed or in doubt. */
	readonly problem: (entry: MessageEntry) => void;
	/** Why nothing can be sent in this conversation now; null: it can. */
	readonly refusal: (id: ConversationId) => AppError | null;
}

/**
 * Takes texts to the systems: one first-in-first-out queue a conversation, conversations in
 * parallel, at most eight sends at a time. A text leaves its queue when it is accepted, failed
 * or in doubt; neither a failed nor a doubtful one holds up those after it (the person decides
 * about it, and may be away). Nothing is sent a second time by the program once the system had
 * it, or may have had it, unless the system knows it by its client id.
 *
 *   resting --gate open, no hold, undo time over--> in flight (`Attempts`) --> resting or gone
 *
 * No byte leaves before the text, its job and the mark that it may have left are on disk.
 */
export class Outbox {
	readonly #ports: OutboxPorts;
	readonly #queues: Queues;
	readonly #jobs: JobMaker;
	readonly #states: DeliveryStates;
	readonly #attempts: Attempts;
	readonly #reconciliation: Reconciliation;
	readonly #requests: Requests;
	readonly #landed: (() => void)[] = [];

	constructor(ports: OutboxPorts) {
		this.#ports = ports;
		this.#queues = new Queues(ports.clock, ports.gate);
		this.#states = new DeliveryStates(ports);
		this.#jobs = new JobMaker(ports.clock, {
			overdue: (job) => this.#background(this.#states.sayReasons([job])),
			free: (queue) => {
				this.#changed(queue);
				this.#say([queue]);
			},
		});
		this.#reconciliation = new Reconciliation({
			...ports,
			states: this.#states,
			reachable: (accountId) => ports.gate(accountId).open,
		});
		this.#attempts = new Attempts({
			...ports,
			queues: this.#queues,
			states: this.#states,
			reconciliation: this.#reconciliation,
			unreachable: (queue, error) => this.#fail(queue, error),
			pause: (accountId, ms) => this.#pause(accountId, ms),
			changed: (queue) => this.#changed(queue),
		});
		this.#requests = new Requests({
			...ports,
			queues: this.#queues,
			states: this.#states,
			reconciliation: this.#reconciliation,
			insert: (record, entry, doubtful) => this.#insert(record, entry, doubtful),
			fly: (queue, flight, marked) => this.#fly(queue, flight, marked),
			changed: (queue) => this.#changed(queue),
		});
	}

	/**
	 * Takes over what an earlier run left. Texts that were being sent may or may not have arrived;
	 * the others go on in their order. Waits for the store, once, and for nothing else.
	 */
	async load(): Promise<void> {
		const { book, remedies } = this.#ports;
		const unsettled = await book.store.unsettled();
		this.#requests.remember(unsettled.flatMap(({ clientId }) => clientId ?? []));
		const left = leftovers(unsettled, (entry) => {
			const record = book.get(entry.conversationId);
			return record === null ? null : { record, remedies: remedies(record.accountId) };
		});
		for (const { entry, record, doubtful } of left.queue) this.#insert(record, entry, doubtful);
		try {
			await this.#states.happenAll(left.interrupted);
		} catch (thrown) {
			// The disk does not take it now; the texts are in doubt all the same.
			this.#ports.logger.warn("outbox.load", { error: toAppError(thrown) });
			this.#background(this.#states.keepAll(left.interrupted));
		}
		this.#reconciliation.note(left.doubts);
		const queues = this.#queues.all();
		for (const queue of queues) this.#changed(queue);
		this.#say(queues);
	}

	/** Stores texts and lets them go; see `Requests.write`. */
	write(
		record: ConversationRecord,
		parts: readonly Part[],
		enclosed: Enclosed = nothingEnclosed,
	): Promise<readonly Entry[]> {
		return this.#requests.write(record, parts, enclosed);
	}

	/** Takes back a text that has not left; see `Requests.undo`. */
	undo(entryId: EntryId): Promise<Result<{ readonly text: string }>> {
		return this.#requests.undo(entryId);
	}

	/** Retry (failed) or Send again (unknown). False: it is in neither state any more. */
	requeue(entryId: EntryId, kind: "retry" | "sendAgain"): Promise<boolean> {
		return this.#requests.requeue(entryId, kind);
	}

	/** Check again (unknown). Null: whoever asked may have the session look; see `Requests.checkAgain`. */
	checkAgain(entryId: EntryId): Promise<Result<null> | null> {
		return this.#requests.checkAgain(entryId);
	}

	/** Why a text written now would have to wait. */
	reasonFor(accountId: AccountId, conversationId: ConversationId): QueueReason {
		return this.#queues.reasonFor(accountId, conversationId);
	}

	queued(conversationId: ConversationId): number {
		return this.#queues.get(conversationId)?.jobs.length ?? 0;
	}

	queuedOfAccount(accountId: AccountId): number {
		return this.#queues.all(accountId).reduce((count, { jobs }) => count + jobs.length, 0);
	}

	busyPeer(conversationId: ConversationId): string | null {
		const hold = this.#queues.get(conversationId)?.hold;
		return hold?.kind === "notYet" ? hold.busyPeer : null;
	}

	/** Texts may go now: of one conversation, or of all of an account. */
	poke(accountId: AccountId, conversationId: ConversationId | null): void {
		for (const queue of this.#queues.all(accountId)) {
			if (conversationId !== null && queue.conversationId !== conversationId) continue;
			if (queue.flight !== null) queue.flight.poked = true;
			if (queue.hold?.kind === "notYet") queue.release();
		}
		this.#pump();
	}

	/** The account came, went, or has another line. */
	gateChanged(accountId: AccountId): void {
		if (this.#ports.gate(accountId).open) {
			this.poke(accountId, null);
			this.#reconciliation.reachable(accountId);
		}
		this.#say(this.#queues.all(accountId));
	}

	/** The disk takes writes again: what could not be marked as leaving is tried again. */
	works(): void {
		for (const queue of this.#queues.all()) if (queue.hold?.kind === "storage") queue.release();
		this.#pump();
	}

	/** Calling this peer came to nothing: what was queued for it fails. */
	async unreachable(conversationId: ConversationId, error: AppError): Promise<void> {
		const queue = this.#queues.get(conversationId);
		if (queue === null) return;
		if (queue.flight !== null) queue.flight.unreachable = error;
		await this.#fail(queue, error);
	}

	/** The system told us how this text ended, or the person discarded it: it is not to be sent. */
	withdraw(conversationId: ConversationId, entryId: EntryId): void {
		const queue = this.#queues.get(conversationId);
		const job = queue?.resting().find((other) => other.entryId === entryId);
		if (queue === null || job === undefined) return;
		queue.drop(job);
		this.#changed(queue);
	}

	removeAccount(accountId: AccountId): void {
		this.#queues.removeAccount(accountId);
		this.#reconciliation.removeAccount(accountId);
	}

	/** Starts nothing any more; what is under way ends by itself (`settled`). */
	stop(): void {
		this.#queues.stop();
		this.#reconciliation.stop();
	}

	/** Resolves when no text is under way and every outcome is stored. */
	async settled(): Promise<void> {
		if (this.#queues.inFlight > 0) await new Promise<void>((resolve) => this.#landed.push(resolve));
	}

	#insert(record: ConversationRecord, entry: MessageEntry, doubtful: boolean): Job | null {
		// One that was stored as leaving has its place, and learns there that nothing leaves any more.
		if (this.#queues.stopped && entry.delivery?.state !== "sending") return null;
		const queue = this.#queues.of(record);
		const job = this.#jobs.make(queue, entry, doubtful);
		if (job !== null) queue.insert(job);
		return job;
	}

	async #fail(queue: SendQueue, error: AppError): Promise<void> {
		const jobs = queue.resting().filter(({ doubtful }) => !doubtful);
		for (const job of jobs) queue.drop(job);
		await this.#states.keepAll(
			jobs.map(({ entryId }) => ({ entryId, happening: { kind: "unreachable", error } })),
		);
		this.#changed(queue);
	}

	#pause(accountId: AccountId, ms: number): void {
		this.#queues.pause(accountId, ms, () => this.#pump());
		this.#say(this.#queues.all(accountId));
	}

	/** Starts what may start. */
	#pump(): void {
		for (;;) {
			const next = this.#queues.depart();
			if (next === null) break;
			this.#fly(next.queue, next.flight, false);
		}
		if (this.#queues.inFlight > 0) return;
		for (const resolve of this.#landed.splice(0)) resolve();
	}

	#fly(queue: SendQueue, flight: Flight, marked: boolean): void {
		this.#background(this.#attempts.fly(queue, flight, marked));
	}

	/** Texts that rest say what they wait for now. */
	#say(queues: readonly SendQueue[]): void {
		const changed: Job[] = [];
		for (const queue of queues) {
			for (const job of queue.resting()) {
				const reason = this.#queues.reason(queue, job);
				if (job.reason === reason || job.doubtful) continue;
				job.reason = reason;
				changed.push(job);
			}
		}
		if (changed.length > 0) this.#background(this.#states.sayReasons(changed));
	}

	#changed(queue: SendQueue): void {
		this.#queues.tidy(queue);
		this.#pump();
		this.#ports.queueChanged(queue.conversationId, queue.accountId);
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("outbox.failed", { error: toAppError(thrown) }),
		);
	}
}
