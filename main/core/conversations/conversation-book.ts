import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import { type AppError, toAppError } from "../../../shared/errors.ts";
import type {
	Attachment,
	BusyWith,
	Conversation,
	Entry,
	LiveStretch,
	PresenceState,
} from "../../../shared/model.ts";
import type { ConversationRecord, MessageStore, StoreWrite, StoreWritten } from "../ports/stores.ts";
import type { ChangeFeed } from "../publish/change-feed.ts";
import { conversationView, isMuted, peerName } from "./conversation-view.ts";
import { looksDifferent } from "./looks-different.ts";
import { accountKey, RecordIndex } from "./record-index.ts";
import { StagedFiles } from "./staged-files.ts";

interface Presence {
	readonly presence: PresenceState;
	readonly label: string | null;
}

/** What the book asks of others to complete a conversation. */
export interface BookSources {
	readonly sessionless: (accountId: AccountId) => boolean;
	/** Texts of this conversation that are not on the server yet. */
	readonly queued: (id: ConversationId) => number;
	/** The key of the conversation whose session holds this conversation's texts up, when the system said so. */
	readonly busyPeer: (id: ConversationId) => string | null;
	/** What was typed and is not stored yet; null: what is stored is the newest. */
	readonly draft?: (id: ConversationId) => string | null;
}

/** Told how each write ended. */
export interface WriteWatch {
	worked(): void;
	refused(error: AppError): void;
}

/** Conversations that the window has shown lately: their entries are worth sending to it. */
const shownLately = 60;

/**
 * All conversations of one workspace. The only writer of its store: every change is planned
 * against the newest records, written in one transaction, then taken over and published, one
 * after the other, so that no two of them can lose each other's counts. What a write changed is
 * what the store says it changed; nothing is read again.
 */
export class ConversationBook {
	readonly store: MessageStore;
	readonly #feed: ChangeFeed;
	readonly #records = new RecordIndex();
	readonly #staged: StagedFiles;
	readonly #live = new Map<ConversationId, LiveStretch>();
	readonly #presence = new Map<string, Presence>();
	readonly #changed: () => void;
	readonly #watch: WriteWatch;
	/** Least lately shown first. */
	readonly #shown = new Set<ConversationId>();
	#unread = 0;
	#sources: BookSources = { sessionless: () => false, queued: () => 0, busyPeer: () => null };
	#lane: Promise<unknown> = Promise.resolve();

	/** `changed` runs once after every write that changed records (the tray follows from it). */
	constructor(
		store: MessageStore,
		feed: ChangeFeed,
		changed: () => void,
		watch: WriteWatch = { worked: () => undefined, refused: () => undefined },
	) {
		this.store = store;
		this.#feed = feed;
		this.#changed = changed;
		this.#watch = watch;
		this.#staged = new StagedFiles(store);
	}

	/** Given after construction: those it asks need the book themselves. */
	connect(sources: BookSources): void {
		this.#sources = sources;
	}

	async load(): Promise<void> {
		for (const record of await this.store.conversations()) this.#take(record);
		await this.#staged.load();
		this.#changed();
	}

	/**
	 * Plans, writes and publishes one change; null when the plan wants none. Never call it from
	 * within a plan. Rejects when the store does; nothing has changed then.
	 */
	change(plan: () => StoreWrite | null | Promise<StoreWrite | null>): Promise<StoreWritten | null> {
		return this.#inLane(async () => {
			const write = await plan();
			if (write === null) return null;
			const written = await this.#watched(() => this.store.write(write)).catch(
				async (thrown: unknown) => {
					// It may have been written all the same.
					if (write.media !== undefined) await this.#readStaged();
					throw thrown;
				},
			);
			this.#takeOver(written);
			for (const id of this.#staged.follow(write.media ?? {})) this.publish(id);
			return written;
		});
	}

	/** A change that the store works out by itself (retention): same lane, same consequences. */
	perform<T extends StoreWritten>(action: (store: MessageStore) => Promise<T>): Promise<T> {
		return this.#inLane(async () => {
			const written = await this.#watched(() => action(this.store));
			this.#takeOver(written);
			return written;
		});
	}

	/** Unread messages in all conversations that are not muted. */
	get unread(): number {
		return this.#unread;
	}

	/** The window shows this one, or is about to: from now on it is told of its entries. */
	shown(id: ConversationId): void {
		this.#shown.delete(id);
		this.#shown.add(id);
		for (const oldest of this.#shown) {
			if (this.#shown.size <= shownLately) break;
			this.#shown.delete(oldest);
		}
	}

	/** Resolves when every change asked for so far is done. */
	async idle(): Promise<void> {
		await this.#lane;
	}

	get(id: ConversationId): ConversationRecord | null {
		return this.#records.get(id);
	}

	/** The conversation with this key (`Thread.peer`). */
	byPeer(accountId: AccountId, peer: string): ConversationRecord | null {
		return this.#records.byPeer(accountId, peer);
	}

	records(accountId?: AccountId): readonly ConversationRecord[] {
		const all = this.#records.all();
		return accountId === undefined ? all : all.filter((record) => record.accountId === accountId);
	}

	/** Conversations with the same person, this one among them; newest activity first. */
	ofPerson(id: ConversationId): readonly ConversationRecord[] {
		const record = this.get(id);
		if (record === null) return [];
		const { personId } = record;
		if (personId === null) return [record];
		return this.records()
			.filter((other) => other.personId === personId)
			.sort((one, other) => other.lastActivity - one.lastActivity);
	}

	/** Files of its draft, in the order in which they go out. */
	staged(id: ConversationId): readonly Attachment[] {
		return this.#staged.of(id);
	}

	live(id: ConversationId): LiveStretch | null {
		return this.#live.get(id) ?? null;
	}

	/** Conversations of the account with a live stretch. */
	liveOf(accountId: AccountId): readonly ConversationId[] {
		return [...this.#live.keys()].filter((id) => this.get(id)?.accountId === accountId);
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
		this.#presence.set(accountKey(accountId, address), { presence, label });
		this.#feed.publish({ type: "presence", accountId, address, presence, label });
		for (const id of this.#records.byAddress(accountId, address)) this.publish(id);
	}

	/** The account is no longer connected: what was true only at the moment is not known any more. */
	forgetMoment(accountId: AccountId): void {
		for (const record of this.records(accountId)) {
			const known = this.#live.delete(record.id);
			const present = this.#presence.delete(accountKey(accountId, record.address));
			if (known || present) this.publish(record.id);
		}
	}

	view(id: ConversationId): Conversation | null {
		const record = this.get(id);
		if (record === null) return null;
		return conversationView(record, {
			live: this.live(id),
			presence: this.#presence.get(accountKey(record.accountId, record.address)) ?? null,
			busyWith: this.#busyWith(record),
			sessionless: this.#sources.sessionless(record.accountId),
			draft: this.#sources.draft?.(id) ?? record.draft,
			staged: this.#staged.of(id),
		});
	}

	/** Newest activity first. */
	views(): readonly Conversation[] {
		const views = this.#records
			.all()
			.map(({ id }) => this.view(id))
			.filter((view) => view !== null);
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

	/** Removes all conversations of an account for good, from the store and from the window. */
	async removeAccount(accountId: AccountId): Promise<void> {
		await this.#inLane(async () => {
			await this.#watched(() => this.store.wipe(accountId));
			for (const record of this.records(accountId)) {
				this.#count(record, -1);
				this.#records.remove(record);
				this.#staged.forget(record.id);
				this.#presence.delete(accountKey(accountId, record.address));
				this.#live.delete(record.id);
				this.#shown.delete(record.id);
				this.#feed.publish({ type: "conversationRemoved", conversationId: record.id });
			}
			this.#changed();
		});
	}

	#inLane<T>(run: () => Promise<T>): Promise<T> {
		const result = this.#lane.then(run);
		this.#lane = result.catch(() => null);
		return result;
	}

	async #watched<T>(write: () => Promise<T>): Promise<T> {
		try {
			const written = await write();
			this.#watch.worked();
			return written;
		} catch (thrown) {
			this.#watch.refused(toAppError(thrown));
			throw thrown;
		}
	}

	#busyWith(record: ConversationRecord): BusyWith | null {
		if (this.#sources.queued(record.id) === 0 || this.#live.has(record.id)) return null;
		if (this.#sources.sessionless(record.accountId)) return null;
		const said = this.#sources.busyPeer(record.id);
		const named = said === null ? null : this.byPeer(record.accountId, said);
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
		const before = this.#records.get(record.id);
		if (before !== null) this.#count(before, -1);
		this.#count(record, 1);
		this.#records.set(record);
	}

	async #readStaged(): Promise<void> {
		try {
			for (const id of await this.#staged.load()) this.publish(id);
		} catch (thrown) {
			this.#watch.refused(toAppError(thrown));
		}
	}

	#count(record: ConversationRecord, sign: 1 | -1): void {
		if (!isMuted(record)) this.#unread += sign * record.unread;
	}

	#takeOver(written: StoreWritten): void {
		for (const record of written.records) {
			const before = this.get(record.id);
			this.#take(record);
			if (before === null || looksDifferent(before, record)) this.publish(record.id);
		}
		this.#publishEntries([...written.entries, ...written.changed]);
		for (const { id, conversationId } of written.removed) {
			if (this.#shown.has(conversationId))
				this.#feed.publish({ type: "entryRemoved", conversationId, entryId: id });
		}
		if (written.records.length > 0) this.#changed();
	}

	#publishEntries(entries: readonly Entry[]): void {
		const shown = entries.filter((entry) => this.#shown.has(entry.conversationId));
		if (shown.length === 0) return;
		for (const [conversationId, own] of Map.groupBy(shown, (entry) => entry.conversationId))
			this.#feed.publish({ type: "entries", conversationId, entries: own });
	}
}
