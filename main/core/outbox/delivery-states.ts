import type { EntryId } from "../../../shared/ids.ts";
import type { Delivery, EpochMs, MessageEntry, QueueReason } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { DeliveryChange } from "../ports/stores.ts";
import { detailsWith } from "../sync/message-details.ts";
import { checking, type Happening, nextDelivery } from "./delivery.ts";
import type { Job } from "./send-queue.ts";

export interface DeliveryStatesPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly book: ConversationBook;
	/** Runs a write until the store takes it (`StorageKeeper.persist`). */
	readonly persist: <T>(run: () => Promise<T>) => Promise<T>;
	/** A text ended failed or in doubt. */
	readonly problem: (entry: MessageEntry) => void;
}

/** What a system said of a text when it took it. */
export interface Receipt {
	readonly remoteId: string | null;
	readonly at: EpochMs | null;
	/** The system's wording, where it may differ from what was typed. */
	readonly text?: string;
}

/** One thing that happened to one text. */
export interface Occurrence {
	readonly entryId: EntryId;
	readonly happening: Happening;
	readonly receipt?: Receipt;
	/** The program may still find out by itself: the person is not told yet. */
	readonly quiet?: boolean;
}

/** Writes what happens to texts of ours into the conversation book, by the rules of `nextDelivery`. */
export class DeliveryStates {
	readonly #ports: DeliveryStatesPorts;

	constructor(ports: DeliveryStatesPorts) {
		this.#ports = ports;
	}

	/** One thing happened to one text; null when it changed nothing. Rejects when the store does. */
	async happen(entryId: EntryId, happening: Happening): Promise<MessageEntry | null> {
		return (await this.#write([{ entryId, happening }]))[0] ?? null;
	}

	/** Several things, in one write. Rejects when the store does. */
	async happenAll(occurrences: readonly Occurrence[]): Promise<void> {
		if (occurrences.length > 0) await this.#write(occurrences);
	}

	/**
	 * The same for what is known for certain and must not be forgotten: written until the store
	 * takes it. Returns what the text's delivery is then; null: the text is gone.
	 */
	async keep(entryId: EntryId, happening: Happening, receipt?: Receipt): Promise<Delivery | null> {
		const occurrence = { entryId, happening, ...(receipt === undefined ? {} : { receipt }) };
		return await this.#ports.persist(async () => {
			const [changed] = await this.#write([occurrence]);
			if (changed !== undefined) return changed.delivery;
			const entry = await this.#ports.book.store.entry(entryId);
			return entry?.kind === "message" ? entry.delivery : null;
		});
	}

	/** Several of that kind, in one write that is done when the store takes it. */
	async keepAll(occurrences: readonly Occurrence[]): Promise<void> {
		if (occurrences.length > 0) await this.#ports.persist(() => this.#write(occurrences));
	}

	/**
	 * Marks a text as being sent; nothing of it may leave before this has resolved to true. False:
	 * it is not to be sent any more (discarded, taken back, or arrived by itself).
	 */
	async mark(job: Job): Promise<boolean> {
		let asked = false;
		return await this.#ports.persist(async () => {
			const again = asked;
			asked = true;
			const changed = await this.#write([
				{ entryId: job.entryId, happening: { kind: "attempt", again: job.doubtful } },
			]);
			if (changed.length > 0) return true;
			// A write that was reported as failed may have been done all the same: the mark is ours then.
			if (!again) return false;
			const entry = await this.#ports.book.store.entry(job.entryId);
			return entry?.kind === "message" && entry.delivery?.state === "sending";
		});
	}

	/** Texts that rest wait for something else now: one write. */
	async sayReasons(jobs: readonly Job[]): Promise<void> {
		const resting = jobs.filter((job) => !job.doubtful);
		await this.#write(
			resting.map((job) => ({ entryId: job.entryId, happening: held(job, job.reason) })),
			(delivery) => delivery.state === "queued" || delivery.state === "waiting",
		);
	}

	/** Returns the entries that are different now. */
	async #write(
		occurrences: readonly Occurrence[],
		concerns: (delivery: Delivery) => boolean = () => true,
	): Promise<readonly MessageEntry[]> {
		const changed: MessageEntry[] = [];
		const loud: MessageEntry[] = [];
		await this.#ports.book.change(async () => {
			const deliveries: DeliveryChange[] = [];
			for (const { entryId, happening, receipt, quiet } of occurrences) {
				const entry = await this.#ports.book.store.entry(entryId);
				if (entry?.kind !== "message" || entry.delivery === null || !concerns(entry.delivery))
					continue;
				const next = nextDelivery(entry.delivery, happening, this.#ports.clock.now());
				const named = identity(entry, receipt);
				if (next === null && named === null) continue;
				const renewed = next === null ? null : wishedAgain(entry, happening, this.#ports.clock.now());
				deliveries.push({ id: entry.id, delivery: next ?? entry.delivery, ...named, ...renewed });
				if (next === null) continue;
				const now = { ...entry, delivery: next, ...renewed };
				changed.push(now);
				if (quiet !== true) loud.push(now);
			}
			return deliveries.length === 0 ? null : { deliveries };
		});
		for (const entry of loud) this.#tell(entry);
		return changed;
	}

	#tell(entry: MessageEntry): void {
		const { delivery } = entry;
		if (delivery?.state !== "failed" && delivery?.state !== "unknown") return;
		const { state, problem: error } = delivery;
		this.#ports.logger.warn(`outbox.${state}`, { error });
		// As long as the program is finding out, there is nothing for the person to decide.
		if (error?.code !== checking.code) this.#ports.problem(entry);
	}
}

/**
 * The id and time by which its system knows a text that has none yet; null: nothing new. If its echo
 * came first and was taken for a message sent elsewhere, the store makes the two one.
 */
function identity(
	entry: MessageEntry,
	receipt: Receipt | undefined,
): Pick<DeliveryChange, "remoteId" | "at" | "text"> | null {
	if (receipt === undefined) return null;
	const { remoteId, at, text } = receipt;
	const wording = text === undefined || text === entry.text ? null : { text };
	// A failed one that was sent once more as a new message is that one from now on.
	const another = entry.remoteId !== remoteId && entry.delivery?.state === "sending";
	if (remoteId === null || (entry.remoteId !== null && !another)) return wording;
	return at === null ? { remoteId, ...wording } : { remoteId, at, ...wording };
}

/** The person wants it sent once more: what its system said of it is over, and so is a time that has passed. */
function wishedAgain(
	{ details }: MessageEntry,
	{ kind }: Happening,
	now: EpochMs,
): Pick<MessageEntry, "details"> | null {
	if (details === null || (kind !== "retry" && kind !== "sendAgain")) return null;
	const { scheduledAt } = details;
	const late = scheduledAt !== null && scheduledAt <= now;
	if (details.deliveryWords === null && !late) return null;
	return { details: detailsWith({ deliveryWords: null, scheduledAt: late ? null : scheduledAt }, details) };
}

/** It stays here for now, for this reason. */
export function held(job: Job, reason: QueueReason): Happening {
	const { overdue, queuedSince, undoUntil } = job;
	return { kind: "held", reason, overdue, queuedSince, undoUntil };
}
