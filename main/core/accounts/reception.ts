import type { EpochMs } from "../../../shared/model.ts";
import type { ProviderEvent, ProviderSession } from "../ports/provider.ts";
import type { Clock } from "../ports/runtime.ts";
import type { AccountRecord, ConversationRecord, StoreWrite } from "../ports/stores.ts";
import type { ReceptionListener } from "../sync/backfill.ts";
import { GapMarks } from "../sync/gap-marks.ts";

/** Scope of the cursor with the time up to which everything came in. */
export const lastSignScope = "lastSign";

export interface ReceptionPorts {
	readonly clock: Clock;
	/** The server can be asked for what is missing. */
	readonly history: boolean;
	readonly records: () => readonly ConversationRecord[];
	readonly cursors: () => Promise<Readonly<Record<string, string>>>;
	readonly write: (write: StoreWrite) => Promise<unknown>;
	readonly listener: ReceptionListener;
}

/** A batch as it is to be stored. */
export interface Received {
	readonly batch: readonly ProviderEvent[];
	/** Written with it. */
	readonly extra: StoreWrite | null;
}

/** Something happened in a conversation. */
const events: ReadonlySet<ProviderEvent["type"]> = new Set([
	"message",
	"ownMessage",
	"delivery",
	"deliveryFailed",
	"stretch",
]);

/**
 * What one account knows of the wholeness of what it received. Where the server has a history, doubts
 * lead to questions; where it has none, holes get their markers, and the time up to which nothing is
 * missing is kept over a restart.
 */
export class Reception {
	readonly #record: Pick<AccountRecord, "id" | "system">;
	readonly #ports: ReceptionPorts;
	readonly #marks = new GapMarks();
	#online = false;
	/** Up to when everything came in before the connection was lost; null: look at the cursor. */
	#receivedTo: EpochMs | null = null;
	#cursorRead = false;
	/** When this session began: nothing of it is older. */
	#begunAt: EpochMs = 0;
	/** The newest sign of the server that was seen. */
	#sign: EpochMs | null = null;
	/**
	 * Up to when everything is stored. An answer that has arrived may still wait to be read, so this is the sign
	 * before the newest: the server is asked for more only when everything before is stored.
	 */
	#storedTo: EpochMs | null = null;
	/** Last time that something happened in a conversation, in this run. */
	lastEvent: EpochMs | null = null;

	constructor(record: Pick<AccountRecord, "id" | "system">, ports: ReceptionPorts) {
		this.#record = record;
		this.#ports = ports;
	}

	/** Before the first batch of a session. */
	async begin(): Promise<void> {
		this.#online = false;
		this.#begunAt = this.#ports.clock.now();
		this.#sign = null;
		this.#storedTo = null;
		this.#marks.newSession();
		if (this.#ports.history) {
			this.#ports.listener.doubt(this.#record);
			return;
		}
		if (this.#cursorRead) return;
		const kept = (await this.#ports.cursors())[lastSignScope];
		this.#cursorRead = true;
		if (kept !== undefined) this.#receivedTo ??= Number(kept);
	}

	/** Before a batch is stored. */
	take(session: ProviderSession, batch: readonly ProviderEvent[]): Received {
		const { clock, history, listener, records } = this.#ports;
		if (batch.some(isEvent)) this.lastEvent = clock.now();
		const gaps = batch.some((event) => event.type === "gap");
		const lost = batch.some((event) => event.type === "connection" && event.state !== "online");
		if (lost) this.lost(session);
		if (history) {
			if (gaps) listener.doubt(this.#record);
			return { batch, extra: null };
		}
		const fresh = !this.#marks.settled();
		const resolved = batch.some(isOfReception)
			? this.#marks.resolve(batch, {
					now: clock.now(),
					records: records(),
					receivedTo: this.#receivedTo,
				})
			: batch;
		this.see(session.lastSign());
		// With its markers on disk, a hole is accounted for up to its end.
		const end = holeEnd(batch);
		if (fresh && this.#marks.settled()) this.#accounted(this.#begunAt);
		else if (end !== null && !fresh) this.#accounted(end);
		else if (!this.#online || fresh) return { batch: resolved, extra: null };
		const written =
			end !== null || fresh || batch.some((event) => event.type === "live" || isEvent(event));
		return {
			batch: resolved,
			extra: written && this.#storedTo !== null ? this.#cursor(this.#storedTo) : null,
		};
	}

	/** A sign of the server; run it now and then, so that what is stored is known to the minute. */
	see(sign: EpochMs | null): void {
		if (sign === this.#sign) return;
		this.#storedTo = this.#sign ?? this.#storedTo;
		this.#sign = sign;
	}

	#accounted(until: EpochMs): void {
		this.#sign = null;
		this.#storedTo = until;
	}

	/** After a batch is stored. */
	stored(batch: readonly ProviderEvent[]): void {
		for (const event of batch) {
			if (event.type !== "connection") continue;
			const came = event.state === "online" && !this.#online;
			this.#online = event.state === "online";
			if (came && this.#ports.history) this.#ports.listener.online(this.#record);
		}
	}

	/** Nothing comes in any more, or nobody knows. `unread`: something may have come in that will not be stored. */
	lost(session: ProviderSession, unread = false): void {
		if (!this.#online) return;
		this.#online = false;
		this.#receivedTo = (unread ? this.#storedTo : session.lastSign()) ?? this.#receivedTo;
		if (this.#ports.history) this.#ports.listener.doubt(this.#record);
	}

	/** The session is left for good reason: what is whole until now is kept. `lineEnded`: nothing lives any more. */
	async left(lineEnded: boolean): Promise<void> {
		if (this.#ports.history || this.#receivedTo === null) return;
		const live = lineEnded ? this.#ports.records().filter((record) => record.live) : [];
		await this.#ports.write({
			...this.#cursor(this.#receivedTo),
			patches: live.map(({ id }) => ({ id, patch: { live: false } })),
		});
	}

	#cursor(at: EpochMs): StoreWrite {
		return { cursors: [{ accountId: this.#record.id, scope: lastSignScope, value: String(at) }] };
	}
}

function isEvent({ type }: ProviderEvent): boolean {
	return events.has(type);
}

function isOfReception({ type }: ProviderEvent): boolean {
	return type === "gap" || type === "connection" || type === "live";
}

/** Where a hole ends that was told with what came next; what a list brought up says nothing of what came meanwhile. */
function holeEnd(batch: readonly ProviderEvent[]): EpochMs | null {
	const ends = batch.flatMap((event) => (event.type === "gap" && event.peer === null ? [event.to] : []));
	return ends.length === 0 ? null : Math.max(...ends);
}
