import { asClientMessageId } from "../../../shared/ids.ts";
import type { EpochMs, MessageEntry } from "../../../shared/model.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Job, SendQueue } from "./send-queue.ts";

/** A text that has been queued for this long is shown as "waiting" ("not sent yet"). */
const overdueMs = 30_000;
/** No undo time is longer, whatever a clock that was set back says. */
const longestUndoMs = 30_000;

export interface JobListener {
	/** It has been queued for 30 s. */
	overdue(job: Job): void;
	/** Its undo time is over. */
	free(queue: SendQueue): void;
}

/**
 * Makes jobs of stored texts. What was stored is wall time; from here on only the monotonic clock
 * counts, so that nothing happens early or late when somebody sets the clock.
 */
export class JobMaker {
	readonly #clock: Clock;
	readonly #listener: JobListener;

	constructor(clock: Clock, listener: JobListener) {
		this.#clock = clock;
		this.#listener = listener;
	}

	/** Null: an entry that nobody can send. */
	make(queue: SendQueue, entry: MessageEntry, doubtful: boolean): Job | null {
		const { delivery, details, remoteId } = entry;
		// One that was written elsewhere is known to the system by its own id, and sent again as that message only.
		const clientId = entry.clientId ?? (remoteId === null ? null : asClientMessageId(entry.id));
		if (clientId === null || delivery === null) return null;
		const now = this.#clock.now();
		const job: Job = {
			clientId,
			entryId: entry.id,
			sequence: entry.sequence,
			text: entry.text,
			hasFiles: (details?.attachments ?? []).length > 0,
			savedReply: details?.savedReply ?? null,
			at: details?.scheduledAt ?? null,
			remoteId,
			queuedSince: delivery.since,
			refusals: 0,
			overdue: delivery.state === "waiting",
			reason: delivery.queueReason,
			undoUntil: delivery.undoUntil !== null && delivery.undoUntil > now ? delivery.undoUntil : null,
			doubtful,
			timers: [],
		};
		if (!job.overdue && !doubtful) {
			const wait = within(delivery.since + overdueMs - now, overdueMs);
			this.#after(job, wait, () => {
				job.overdue = true;
				this.#listener.overdue(job);
			});
		}
		if (job.undoUntil !== null) {
			this.#after(job, within(job.undoUntil - now, longestUndoMs), () => {
				job.undoUntil = null;
				this.#listener.free(queue);
			});
		}
		return job;
	}

	#after(job: Job, ms: EpochMs, run: () => void): void {
		job.timers.push(this.#clock.after(ms, run));
	}
}

function within(ms: number, most: number): number {
	return Math.min(Math.max(0, ms), most);
}
