import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Entry, MessageEntry } from "../../../shared/model.ts";
import type {
	ConversationRecord,
	MessageStore,
	NewEntry,
	StoreWrite,
	StoreWritten,
} from "../../core/ports/stores.ts";

interface Timeline {
	/** Ascending by sequence. */
	readonly entries: Entry[];
	nextSequence: number;
}

const unsettledStates = new Set(["queued", "waiting", "sending", "unknown"]);

/**
 * Conversations and messages for this run only. A write checks everything before it changes
 * anything, so that a refused one leaves no trace, as a transaction would.
 */
export class MemoryMessageStore implements MessageStore {
	readonly #records = new Map<ConversationId, ConversationRecord>();
	readonly #addresses = new Map<string, ConversationId>();
	readonly #timelines = new Map<ConversationId, Timeline>();
	readonly #entries = new Map<EntryId, ConversationId>();
	readonly #clientIds = new Map<ClientMessageId, EntryId[]>();

	async write(write: StoreWrite): Promise<StoreWritten> {
		this.#check(write);
		for (const record of write.conversations ?? []) {
			this.#records.set(record.id, record);
			this.#addresses.set(addressKey(record.accountId, record.address), record.id);
			if (!this.#timelines.has(record.id))
				this.#timelines.set(record.id, { entries: [], nextSequence: 1 });
		}
		const entries: Entry[] = [];
		const added: EntryId[] = [];
		for (const entry of write.entries ?? []) {
			const known = this.#knownByClientId(entry);
			if (known !== null) {
				entries.push(known);
				continue;
			}
			const stored = this.#append(entry);
			entries.push(stored);
			added.push(stored.id);
		}
		for (const { id, delivery } of write.deliveries ?? []) {
			const entry = this.#find(id);
			if (entry?.kind === "message") this.#replace({ ...entry, delivery });
		}
		for (const id of write.removed ?? []) this.#remove(id);
		for (const { id, patch } of write.patches ?? []) {
			const record = this.#records.get(id);
			if (record !== undefined) this.#records.set(id, { ...record, ...patch });
		}
		return Promise.resolve({ entries, added });
	}

	conversations(accountId?: AccountId): Promise<readonly ConversationRecord[]> {
		const all = [...this.#records.values()];
		return Promise.resolve(
			accountId === undefined ? all : all.filter((record) => record.accountId === accountId),
		);
	}

	conversation(id: ConversationId): Promise<ConversationRecord | null> {
		return Promise.resolve(this.#records.get(id) ?? null);
	}

	conversationByAddress(accountId: AccountId, address: string): Promise<ConversationRecord | null> {
		const id = this.#addresses.get(addressKey(accountId, address));
		return Promise.resolve(id === undefined ? null : (this.#records.get(id) ?? null));
	}

	page(id: ConversationId, before: number | null, limit: number): ReturnType<MessageStore["page"]> {
		const entries = this.#timelines.get(id)?.entries ?? [];
		const end = before === null ? entries.length : lowerBound(entries, before);
		const start = Math.max(0, end - limit);
		return Promise.resolve({ entries: entries.slice(start, end), hasOlder: start > 0 });
	}

	entry(id: EntryId): Promise<Entry | null> {
		return Promise.resolve(this.#find(id));
	}

	byClientId(clientId: ClientMessageId): Promise<MessageEntry | null> {
		const first = this.#clientIds.get(clientId)?.[0];
		const entry = first === undefined ? null : this.#find(first);
		return Promise.resolve(entry?.kind === "message" ? entry : null);
	}

	unsettled(accountId?: AccountId): Promise<readonly MessageEntry[]> {
		const found: MessageEntry[] = [];
		for (const [id, timeline] of this.#timelines) {
			if (accountId !== undefined && this.#records.get(id)?.accountId !== accountId) continue;
			for (const entry of timeline.entries) {
				if (
					entry.kind === "message" &&
					entry.delivery !== null &&
					unsettledStates.has(entry.delivery.state)
				) {
					found.push(entry);
				}
			}
		}
		return Promise.resolve(
			found.sort((one, other) => one.at - other.at || one.sequence - other.sequence),
		);
	}

	unreadAfter(id: ConversationId, upTo: EntryId): ReturnType<MessageStore["unreadAfter"]> {
		const entries = this.#timelines.get(id)?.entries ?? [];
		const last = entries.findIndex((entry) => entry.id === upTo);
		const unread = entries
			.slice(last + 1)
			.filter((entry) => entry.kind === "message" && entry.direction === "in");
		return Promise.resolve({ count: unread.length, first: unread[0]?.id ?? null });
	}

	removeAccount(accountId: AccountId): Promise<void> {
		for (const record of [...this.#records.values()]) {
			if (record.accountId !== accountId) continue;
			for (const entry of [...(this.#timelines.get(record.id)?.entries ?? [])]) this.#remove(entry.id);
			this.#timelines.delete(record.id);
			this.#records.delete(record.id);
			this.#addresses.delete(addressKey(record.accountId, record.address));
		}
		return Promise.resolve();
	}

	close(): Promise<void> {
		this.#records.clear();
		this.#addresses.clear();
		this.#timelines.clear();
		this.#entries.clear();
		this.#clientIds.clear();
		return Promise.resolve();
	}

	/** Throws before anything has changed. */
	#check(write: StoreWrite): void {
		const created = new Set((write.conversations ?? []).map((record) => record.id));
		for (const record of write.conversations ?? []) {
			const holder = this.#addresses.get(addressKey(record.accountId, record.address));
			if (holder !== undefined && holder !== record.id)
				throw new Error("two conversations with one address");
		}
		for (const entry of write.entries ?? []) {
			if (!created.has(entry.conversationId) && !this.#records.has(entry.conversationId)) {
				throw new Error("entry without a conversation");
			}
			if (this.#entries.has(entry.id)) throw new Error("entry id used twice");
		}
	}

	#knownByClientId(entry: NewEntry): Entry | null {
		if (entry.kind !== "message" || entry.clientId === null) return null;
		for (const id of this.#clientIds.get(entry.clientId) ?? []) {
			if (this.#entries.get(id) === entry.conversationId) return this.#find(id);
		}
		return null;
	}

	#append(entry: NewEntry): Entry {
		const timeline = this.#timelines.get(entry.conversationId);
		if (timeline === undefined) throw new Error("entry without a conversation");
		const stored: Entry = { ...entry, sequence: timeline.nextSequence };
		timeline.nextSequence += 1;
		timeline.entries.push(stored);
		this.#entries.set(stored.id, stored.conversationId);
		if (stored.kind === "message" && stored.clientId !== null) {
			const ids = this.#clientIds.get(stored.clientId) ?? [];
			ids.push(stored.id);
			this.#clientIds.set(stored.clientId, ids);
		}
		return stored;
	}

	#position(id: EntryId): { timeline: Timeline; index: number; entry: Entry } | null {
		const conversationId = this.#entries.get(id);
		const timeline = conversationId === undefined ? undefined : this.#timelines.get(conversationId);
		if (timeline === undefined) return null;
		// From the end: what changes is nearly always among the newest.
		const index = timeline.entries.findLastIndex((entry) => entry.id === id);
		const entry = timeline.entries[index];
		return entry === undefined ? null : { timeline, index, entry };
	}

	#find(id: EntryId): Entry | null {
		return this.#position(id)?.entry ?? null;
	}

	#replace(entry: Entry): void {
		const position = this.#position(entry.id);
		if (position !== null) position.timeline.entries[position.index] = entry;
	}

	#remove(id: EntryId): void {
		const position = this.#position(id);
		if (position === null) return;
		position.timeline.entries.splice(position.index, 1);
		this.#entries.delete(id);
		const { entry } = position;
		if (entry.kind !== "message" || entry.clientId === null) return;
		const others = (this.#clientIds.get(entry.clientId) ?? []).filter((other) => other !== id);
		if (others.length === 0) this.#clientIds.delete(entry.clientId);
		else this.#clientIds.set(entry.clientId, others);
	}
}

function addressKey(accountId: AccountId, address: string): string {
	return `${accountId}\n${address}`;
}

/** Index of the first entry with a sequence of at least `sequence`. */
function lowerBound(entries: readonly Entry[], sequence: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((entries[middle]?.sequence ?? Infinity) < sequence) low = middle + 1;
		else high = middle;
	}
	return low;
}
