import { toAppError } from "../../../shared/errors.ts";
import type { NotificationRecord } from "../../../shared/model.ts";
import type { WriteWatch } from "../conversations/conversation-book.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { MessageStore } from "../ports/stores.ts";

/** Lines are written together, at most this long after the first of them. */
export const noteEveryMs = 250;
/** After a failure, unless storage is said to work before. */
const againMs = 30_000;
/** What the disk does not take is kept up to this many lines; then the oldest go. */
export const mostPending = 20_000;
/** Lines of one write: no write of the ledger holds up the messages for long. */
const mostAtOnce = 1000;
const recentSize = 500;

export interface LedgerPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly store: Pick<MessageStore, "note">;
	readonly watch: WriteWatch;
}

/**
 * What was told or not, and why; never what it said. Written in the background, in batches: losing
 * the last quarter of a second costs nothing, because a message without a line is told of at the
 * next start.
 */
export class NotificationLedger {
	readonly #ports: LedgerPorts;
	readonly #recent: NotificationRecord[] = [];
	#pending: NotificationRecord[] = [];
	#dropped = 0;
	#cancel: (() => void) | null = null;
	#writing: Promise<void> | null = null;
	#failing = false;

	constructor(ports: LedgerPorts) {
		this.#ports = ports;
	}

	/** The last ones, oldest first. */
	get recent(): readonly NotificationRecord[] {
		return this.#recent;
	}

	/** How many of the last ones were shown, or withheld for each reason. */
	tally(): Readonly<Record<string, number>> {
		const counts: Record<string, number> = {};
		for (const { withheld } of this.#recent) {
			const outcome = withheld ?? "shown";
			counts[outcome] = (counts[outcome] ?? 0) + 1;
		}
		return counts;
	}

	note(record: NotificationRecord): void {
		this.#recent.push(record);
		if (this.#recent.length > recentSize) this.#recent.shift();
		this.#pending.push(record);
		// Not for each line: taking one away from the front of many is dear.
		if (this.#pending.length > mostPending + mostAtOnce) {
			this.#pending = this.#pending.slice(-mostPending);
			this.#dropped += mostAtOnce;
		}
		this.#plan(noteEveryMs);
	}

	/** Storage works again. */
	works(): void {
		if (!this.#failing) return;
		this.#cancel?.();
		this.#cancel = null;
		this.#background();
	}

	/** Writes what there is; resolves also when it could not be written (it stays here then). */
	async flush(): Promise<void> {
		this.#cancel?.();
		this.#cancel = null;
		this.#writing ??= this.#write().finally(() => {
			this.#writing = null;
			if (this.#pending.length > 0) this.#plan(this.#failing ? againMs : noteEveryMs);
		});
		await this.#writing;
	}

	/** Nothing is written by itself any more. */
	stop(): void {
		this.#cancel?.();
		// Never called: `#plan` sees that something is planned.
		this.#cancel = () => undefined;
	}

	#plan(ms: number): void {
		if (this.#writing !== null) return;
		this.#cancel ??= this.#ports.clock.after(ms, () => {
			this.#cancel = null;
			this.#background();
		});
	}

	#background(): void {
		this.flush().catch((thrown: unknown) =>
			this.#ports.logger.error("notify.ledger", { error: toAppError(thrown) }),
		);
	}

	async #write(): Promise<void> {
		const { store, watch, logger } = this.#ports;
		while (this.#pending.length > 0) {
			const lines = this.#pending.slice(0, mostAtOnce);
			const rest = this.#pending.slice(mostAtOnce);
			this.#pending = rest;
			try {
				await store.note(lines);
				watch.worked();
				this.#failing = false;
			} catch (thrown) {
				this.#pending = [...lines, ...this.#pending];
				const error = toAppError(thrown);
				watch.refused(error);
				if (!this.#failing) logger.warn("notify.ledger", { error, dropped: this.#dropped });
				this.#failing = true;
				return;
			}
		}
	}
}
