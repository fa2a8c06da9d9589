import type { Entry } from "../../../shared/model.ts";
import type { Change, Payloads } from "../../../shared/ipc/contract.ts";
import type { EntryId } from "../../../shared/ids.ts";
import { compareOrder } from "../../../shared/order.ts";
import type { Clock } from "../ports/runtime.ts";

/** One frame of a 60 Hz display. */
export const frameMs = 16;
/** More rows of the list than this in one frame are a storm: nobody reads a list that is sorted anew 60 times a second. */
const stormRows = 8;
/** How often the list's rows are handed on in a storm. */
export const stormMs = 100;

export type ChangeListener = (payload: Payloads["changes"]) => void;

/**
 * Collects what changed and hands it on once a frame. Changes are whole objects, so a later one
 * of the same thing replaces the earlier, and one that a snapshot already shows does no harm.
 *
 *   idle --publish--> collecting --16 ms--> (batch, revision + 1) --> idle
 *
 * In a storm the rows of the conversation list wait up to 100 ms, messages do not. Anything else than rows, messages
 * and presence takes everything with it, so that nothing old comes after it.
 */
export class ChangeFeed {
	readonly #clock: Clock;
	readonly #listeners = new Set<ChangeListener>();
	/** In the order in which a thing last changed. */
	#pending = new Map<string, Change>();
	#cancel: (() => void) | null = null;
	#revision = 0;
	/** Monotonic time when rows of the list last went out. */
	#rowsAt = -Infinity;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Revision of the last batch that went out: what a snapshot taken now carries. */
	get revision(): number {
		return this.#revision;
	}

	subscribe(listener: ChangeListener): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	publish(...changes: readonly Change[]): void {
		for (const change of changes) this.#add(change);
		this.#cancel ??= this.#clock.after(frameMs, () => this.#frame());
	}

	/** Hands on what is collected, now. */
	flush(): void {
		this.#cancel?.();
		this.#cancel = null;
		if (this.#pending.size === 0) return;
		const changes = [...this.#pending.values()];
		this.#pending = new Map();
		this.#rowsAt = this.#clock.monotonic();
		this.#hand(changes);
	}

	#frame(): void {
		const held = this.#heldRows();
		if (held.size === 0) {
			this.flush();
			return;
		}
		this.#cancel = null;
		const changes = [...this.#pending].filter(([key]) => !held.has(key)).map(([, change]) => change);
		this.#pending = held;
		const wait = this.#rowsAt + stormMs - this.#clock.monotonic();
		this.#cancel = this.#clock.after(Math.min(frameMs, Math.max(0, wait)), () => this.#frame());
		if (changes.length > 0) this.#hand(changes);
	}

	/** Rows that wait for the next 100 ms; none when there is no storm, or something that must not overtake them. */
	#heldRows(): Map<string, Change> {
		const none = new Map<string, Change>();
		if (this.#clock.monotonic() - this.#rowsAt >= stormMs) return none;
		const rows = new Map<string, Change>();
		for (const [key, change] of this.#pending) {
			if (change.type === "conversation") rows.set(key, change);
			else if (change.type !== "entries" && change.type !== "presence") return none;
		}
		return rows.size > stormRows ? rows : none;
	}

	#hand(changes: readonly Change[]): void {
		this.#revision += 1;
		const payload = { revision: this.#revision, at: this.#clock.now(), changes };
		for (const listener of this.#listeners) listener(payload);
	}

	#add(change: Change): void {
		if (change.type === "accountRemoved") this.#pending.delete(`account ${change.accountId}`);
		if (change.type === "conversationRemoved") {
			this.#pending.delete(`conversation ${change.conversationId}`);
			this.#pending.delete(`entries ${change.conversationId}`);
		}
		if (change.type === "entryRemoved") this.#withdraw(change.conversationId, change.entryId);
		const key = keyOf(change);
		const earlier = this.#pending.get(key);
		// Removed and set again, so that the batch keeps the order of the last changes.
		this.#pending.delete(key);
		this.#pending.set(key, earlier === undefined ? change : merged(earlier, change));
	}

	#withdraw(conversationId: string, entryId: EntryId): void {
		const key = `entries ${conversationId}`;
		const pending = this.#pending.get(key);
		if (pending?.type !== "entries") return;
		const entries = pending.entries.filter((entry) => entry.id !== entryId);
		if (entries.length === 0) this.#pending.delete(key);
		else this.#pending.set(key, { ...pending, entries });
	}
}

function keyOf(change: Change): string {
	switch (change.type) {
		case "account":
			return `account ${change.account.id}`;
		case "accountRemoved":
			return `accountRemoved ${change.accountId}`;
		case "conversation":
			return `conversation ${change.conversation.id}`;
		case "conversationRemoved":
			return `conversationRemoved ${change.conversationId}`;
		case "entries":
			return `entries ${change.conversationId}`;
		case "entryRemoved":
			return `entryRemoved ${change.entryId}`;
		case "presence":
			return `presence ${change.accountId}\n${change.address}`;
		case "settings":
		case "practice":
		case "storage":
		case "keychain":
		case "notices":
			return change.type;
	}
}

function merged(earlier: Change, later: Change): Change {
	if (earlier.type !== "entries" || later.type !== "entries") return later;
	const byId = new Map<EntryId, Entry>();
	for (const entry of [...earlier.entries, ...later.entries]) byId.set(entry.id, entry);
	const entries = [...byId.values()].sort((one, other) => compareOrder(one.order, other.order));
	return { ...later, entries };
}
