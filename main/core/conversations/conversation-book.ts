import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { BusyWith, Conversation, Entry, LiveStretch, PresenceState } from "../../../shared/model.ts";
import type { ConversationRecord, MessageStore, StoreWrite, StoreWritten } from "../ports/stores.ts";
import type { ChangeFeed } from "../publish/change-feed.ts";
import { conversationView, peerName } from "./conversation-view.ts";

interface Presence {
	readonly presence: PresenceState;
	readonly label: string | null;
}

/** What the book asks of others to complete a conversation. */
export interface BookSources {
	readonly sessionless: (accountId: AccountId) => boolean;
	/** Texts of this conversation that are not on the server yet. */
	readonly queued: (id: ConversationId) => number;
	/** The address whose session holds this conversation's texts up, when the system said so. */
	readonly busyPeer: (id: ConversationId) => string | null;
}

/**
 * All conversations of one workspace. The only writer of its store: every change is planned
 * against the newest records, written in one transaction, then taken over and published, one
 * after the other, so that no two of them can lose each other's counts.
 */
export class ConversationBook {
	readonly store: MessageStore;
	readonly #feed: ChangeFeed;
	readonly #records = new Map<ConversationId, ConversationRecord>();
	readonly #addresses = new Map<string, ConversationId>();
	readonly #live = new Map<ConversationId, LiveStretch>();
	readonly #presence = new Map<string, Presence>();
	readonly #changed: () => void;
	#sources: BookSources = { sessionless: () => false, queued: () => 0, busyPeer: () => null };
	#lane: Promise<unknown> = Promise.resolve();

	/** `changed` runs after every change of records (unread totals and the tray follow from it). */
	constructor(store: MessageStore, feed: ChangeFeed, changed: () => void) {
		this.store = store;
		this.#feed = feed;
		this.#changed = changed;
	}

	/** Given after construction: those it asks need the book themselves. */
	connect(sources: BookSources): void {
		this.#sources = sources;
	}

	async load(): Promise<void> {
		for (const record of await this.store.conversations()) this.#take(record);
		this.#changed();
	}

	/**
	 * Plans, writes and publishes one change; null when the plan wants none. Never call it from
	 * within a plan. Rejects when the store does; nothing has changed then.
	 */
	change(plan: () => StoreWrite | null | Promise<StoreWrite | null>): Promise<StoreWritten | null> {
		const run = async (): Promise<StoreWritten | null> => {
			const write = await plan();
			if (write === null) return null;
			const removed = await Promise.all((write.removed ?? []).map((id) => this.store.entry(id)));
			const written = await this.store.write(write);
			await this.#takeOver(write, written);
			for (const entry of removed) {
				if (entry === null) continue;
				const { conversationId, id: entryId } = entry;
				this.#feed.publish({ type: "entryRemoved", conversationId, entryId });
			}
			return written;
		};
		const result = this.#lane.then(run);
		this.#lane = result.catch(() => null);
		return result;
	}

	/** Resolves when every change asked for so far is done. */
	async idle(): Promise<void> {
		await this.#lane;
	}

	get(id: ConversationId): ConversationRecord | null {
		return this.#records.get(id) ?? null;
	}

	byAddress(accountId: AccountId, address: string): ConversationRecord | null {
		const id = this.#addresses.get(addressKey(accountId, address));
		return id === undefined ? null : this.get(id);
	}

	records(accountId?: AccountId): readonly ConversationRecord[] {
		const all = [...this.#records.values()];
		return accountId === undefined ? all : all.filter((record) => record.accountId === accountId);
	}

	live(id: ConversationId): LiveStretch | null {
		return this.#live.get(id) ?? null;
	}

	/** A new stretch, or none, also changes who waits for whom among the account's other conversations. */
	setLive(id: ConversationId, live: LiveStretch | null): void {
		if (live === null) this.#live.delete(id);
		else this.#live.set(id, live);
		const record = this.get(id);
		if (record === null) return;
		this.publish(id);
		this.publishWaiting(record.accountId);
	}

	setPresence(accountId: AccountId, address: string, presence: PresenceState, label: string | null): void {
		this.#presence.set(addressKey(accountId, address), { presence, label });
		this.#feed.publish({ type: "presence", accountId, address, presence, label });
		const record = this.byAddress(accountId, address);
		if (record !== null) this.publish(record.id);
	}

	/** The account is no longer connected: what was true only at the moment is not known any more. */
	forgetMoment(accountId: AccountId): void {
		for (const record of this.records(accountId)) {
			const known = this.#live.delete(record.id);
			const present = this.#presence.delete(addressKey(accountId, record.address));
			if (known || present) this.publish(record.id);
		}
	}

	view(id: ConversationId): Conversation | null {
		const record = this.get(id);
		if (record === null) return null;
		return conversationView(record, {
			live: this.live(id),
			presence: this.#presence.get(addressKey(record.accountId, record.address)) ?? null,
			busyWith: this.#busyWith(record),
			sessionless: this.#sources.sessionless(record.accountId),
		});
	}

	/** Newest activity first. */
	views(): readonly Conversation[] {
		const views = [...this.#records.keys()].map((id) => this.view(id)).filter((view) => view !== null);
		return views.sort((one, other) => other.lastActivity - one.lastActivity);
	}

	publish(id: ConversationId): void {
		const conversation = this.view(id);
		if (conversation !== null) this.#feed.publish({ type: "conversation", conversation });
	}

	/** Publishes the conversations with texts that wait: what they wait for may have changed. */
	publishWaiting(accountId: AccountId): void {
		for (const record of this.records(accountId)) {
			if (this.#sources.queued(record.id) > 0) this.publish(record.id);
		}
	}

	/** Removes all conversations of an account, from the store and from the window. */
	async removeAccount(accountId: AccountId): Promise<void> {
		const removal = this.#lane.then(async () => {
			await this.store.removeAccount(accountId);
			for (const record of this.records(accountId)) {
				this.#records.delete(record.id);
				this.#addresses.delete(addressKey(accountId, record.address));
				this.#presence.delete(addressKey(accountId, record.address));
				this.#live.delete(record.id);
				this.#feed.publish({ type: "conversationRemoved", conversationId: record.id });
			}
			this.#changed();
		});
		this.#lane = removal.catch(() => null);
		await removal;
	}

	#busyWith(record: ConversationRecord): BusyWith | null {
		if (this.#sources.queued(record.id) === 0 || this.#live.has(record.id)) return null;
		if (this.#sources.sessionless(record.accountId)) return null;
		const said = this.#sources.busyPeer(record.id);
		const named = said === null ? null : this.byAddress(record.accountId, said);
		const holder = named ?? this.#holderOfSession(record);
		return holder === null ? null : { conversationId: holder.id, peerName: peerName(holder) };
	}

	#holderOfSession(waiting: ConversationRecord): ConversationRecord | null {
		let holder: ConversationRecord | null = null;
		let since = -Infinity;
		for (const [id, live] of this.#live) {
			const record = this.get(id);
			if (record === null || record.accountId !== waiting.accountId || id === waiting.id) continue;
			if (live.since > since) [holder, since] = [record, live.since];
		}
		return holder;
	}

	#take(record: ConversationRecord): void {
		this.#records.set(record.id, record);
		this.#addresses.set(addressKey(record.accountId, record.address), record.id);
	}

	async #takeOver(write: StoreWrite, written: StoreWritten): Promise<void> {
		const touched = new Set<ConversationId>();
		for (const record of write.conversations ?? []) {
			this.#take(record);
			touched.add(record.id);
		}
		for (const { id, patch } of write.patches ?? []) {
			const record = this.get(id);
			if (record === null) continue;
			this.#take({ ...record, ...patch });
			// The window has its own draft already, and perhaps a newer one.
			if (Object.keys(patch).some((key) => key !== "draft")) touched.add(id);
		}
		const entries: Entry[] = [...written.entries];
		for (const { id } of write.deliveries ?? []) {
			const entry = await this.store.entry(id);
			if (entry !== null) entries.push(entry);
		}
		for (const [conversationId, own] of Map.groupBy(entries, (entry) => entry.conversationId)) {
			this.#feed.publish({ type: "entries", conversationId, entries: own });
		}
		for (const id of touched) this.publish(id);
		if (touched.size > 0) this.#changed();
	}
}

function addressKey(accountId: AccountId, address: string): string {
	return `${accountId}\n${address}`;
}
