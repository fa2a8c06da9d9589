import type { AppError } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, QueueReason } from "../../../shared/model.ts";

/** One text on its way out. */
export interface Job {
	readonly clientId: ClientMessageId;
	readonly entryId: EntryId;
	/** Number on receipt: texts leave in this order, a retried one before the later ones. */
	readonly sequence: number;
	readonly text: string;
	/** Files go along; they are read when it leaves. */
	readonly hasFiles: boolean;
	readonly savedReply: string | null;
	/** The system sends it then; null: now. */
	readonly at: EpochMs | null;
	/** The message that the system has of it already, and that failed there. */
	readonly remoteId: string | null;
	readonly queuedSince: EpochMs;
	/** Refusals in a row that the system asked us to get over by ourselves. */
	refusals: number;
	overdue: boolean;
	/** What the stored text says it waits for. */
	reason: QueueReason;
	/** It does not leave before, and may be taken back; null: it may leave. */
	undoUntil: EpochMs | null;
	/** The server may have it: shown as unknown, and repeated only where the client id makes that harmless. */
	doubtful: boolean;
	/** Stop the clocks that make it overdue and end its undo time. */
	readonly timers: (() => void)[];
}

/** The one send of this queue that is under way, and what was heard meanwhile. */
export interface Flight {
	readonly job: Job;
	/** The system has been asked to take it: whatever happens now, it is not tried again on its own. */
	handedOver: boolean;
	/** "Texts may go now" came before the answer that they may not yet. */
	poked: boolean;
	/** "Calling this peer came to nothing" came before the answer that the call is on its way. */
	unreachable: AppError | null;
}

/** Why the head is not tried: the system said not yet, a refusal is waited out, or its mark cannot be stored. */
export type Hold =
	| { readonly kind: "notYet"; readonly reason: QueueReason; readonly busyPeer: string | null }
	| { readonly kind: "backoff"; readonly cancel: () => void }
	| { readonly kind: "storage" };

/** First in, first out, of one conversation. */
export class SendQueue {
	readonly conversationId: ConversationId;
	readonly accountId: AccountId;
	/** Key of the conversation. */
	readonly peer: string;
	/** Ascending by sequence; the one in flight stays at its place until its outcome is known. */
	readonly jobs: Job[] = [];
	flight: Flight | null = null;
	hold: Hold | null = null;
	/** A text that is being stored as leaving at once holds the place of the flight. */
	reserved = false;

	constructor(conversationId: ConversationId, accountId: AccountId, peer: string) {
		this.conversationId = conversationId;
		this.accountId = accountId;
		this.peer = peer;
	}

	get ready(): boolean {
		const [head] = this.jobs;
		return head !== undefined && head.undoUntil === null && !this.occupied && this.hold === null;
	}

	get occupied(): boolean {
		return this.flight !== null || this.reserved;
	}

	get empty(): boolean {
		return this.jobs.length === 0 && !this.occupied;
	}

	/** Texts that nothing is being done with at this moment. */
	resting(): readonly Job[] {
		return this.jobs.filter((job) => job !== this.flight?.job);
	}

	find(entryId: EntryId): Job | null {
		return this.jobs.find((job) => job.entryId === entryId) ?? null;
	}

	insert(job: Job): void {
		const index = this.jobs.findIndex((other) => other.sequence > job.sequence);
		if (index === -1) this.jobs.push(job);
		else this.jobs.splice(index, 0, job);
		// A text put before the one that waits is the new head, and nobody has refused it yet.
		if (this.jobs[0] === job && this.hold?.kind === "backoff") this.release();
	}

	drop(job: Job): void {
		const index = this.jobs.indexOf(job);
		if (index === -1) return;
		for (const cancel of job.timers) cancel();
		this.jobs.splice(index, 1);
		if (index === 0 && this.flight?.job !== job) this.release();
	}

	/** Lets the head be tried again. */
	release(): void {
		if (this.hold?.kind === "backoff") this.hold.cancel();
		this.hold = null;
	}
}
