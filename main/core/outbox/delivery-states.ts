import type { EntryId } from "../../../shared/ids.ts";
import type { Delivery, MessageEntry, QueueReason } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { StoreWrite } from "../ports/stores.ts";
import { deliveryWrite, type Happening, nextDelivery } from "./delivery.ts";
import type { Job } from "./send-queue.ts";

export interface DeliveryStatesPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly book: ConversationBook;
	/** A text ended failed or in doubt. */
	readonly problem: (entry: MessageEntry) => void;
}

/** Writes what happens to texts of ours into the conversation book, by the rules of `nextDelivery`. */
export class DeliveryStates {
	readonly #ports: DeliveryStatesPorts;

	constructor(ports: DeliveryStatesPorts) {
		this.#ports = ports;
	}

	/** It still waits: nothing else became known of it while it was under way. */
	async isQueued(job: Job): Promise<boolean> {
		const entry = await this.#ports.book.store.entry(job.entryId);
		const state = entry?.kind === "message" ? entry.delivery?.state : undefined;
		return state === "queued" || state === "waiting";
	}

	/** One thing happened to one text; null when it changed nothing. */
	async happen(entryId: EntryId, happening: Happening): Promise<Delivery | null> {
		const { book, clock } = this.#ports;
		let changed: MessageEntry | null = null;
		await book.change(async () => {
			const entry = await book.store.entry(entryId);
			if (entry?.kind !== "message" || entry.delivery === null) return null;
			const delivery = nextDelivery(entry.delivery, happening, clock.now());
			if (delivery === null) return null;
			changed = { ...entry, delivery };
			return deliveryWrite(book.get(entry.conversationId), entry, delivery);
		});
		const entry = changed as MessageEntry | null;
		const state = entry?.delivery?.state;
		if (entry !== null && (state === "failed" || state === "unknown")) {
			const error = entry.delivery?.problem ?? null;
			this.#ports.logger.warn(`outbox.${state}`, { error });
			this.#ports.problem(entry);
		}
		return entry?.delivery ?? null;
	}

	/** Several texts wait for something else now: one write. */
	async sayReasons(jobs: readonly Job[]): Promise<void> {
		const { book, clock } = this.#ports;
		await book.change(async () => {
			const writes: StoreWrite[] = [];
			for (const job of jobs) {
				const entry = await book.store.entry(job.entryId);
				// One in flight is told by its outcome.
				if (
					entry?.kind !== "message" ||
					entry.delivery === null ||
					entry.delivery.state === "sending"
				)
					continue;
				const delivery = nextDelivery(entry.delivery, held(job, job.reason), clock.now());
				if (delivery !== null)
					writes.push(deliveryWrite(book.get(entry.conversationId), entry, delivery));
			}
			if (writes.length === 0) return null;
			return {
				deliveries: writes.flatMap((write) => write.deliveries ?? []),
				patches: writes.flatMap((write) => write.patches ?? []),
			};
		});
	}
}

/** It stays here for now, for this reason. */
export function held(job: Job, reason: QueueReason): Happening {
	return { kind: "held", reason, overdue: job.overdue, queuedSince: job.queuedSince };
}
