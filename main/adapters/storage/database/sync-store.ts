import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
} from "../../../../shared/ids.ts";
import type { EpochMs, NotificationRecord, SearchPage } from "../../../../shared/model.ts";
import type {
	MessageStore,
	PageAt,
	SearchQuery,
	StoreWrite,
	StoreWritten,
} from "../../../core/ports/stores.ts";
import { note, notifications } from "./engine/ledger.ts";
import * as files from "./engine/media.ts";
import { page } from "./engine/pages.ts";
import * as read from "./engine/read.ts";
import { write } from "./engine/write.ts";
import { prune } from "./keep/prune.ts";
import { wipe } from "./keep/wipe.ts";
import { MessageSearch } from "./search/message-search.ts";
import type { SqlDatabase } from "./sqlite-driver.ts";

type Synchronous<T> = {
	[K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
};

/** The store's port, answered at once: what the worker runs, and tests in their own thread. */
export type SyncStore = Synchronous<Omit<MessageStore, "open">>;

/** The engine over an opened database of the newest schema. */
export class DatabaseStore implements SyncStore {
	readonly #database: SqlDatabase;
	/** Its index is written by whoever runs the store (IndexSchedule). */
	readonly messageSearch: MessageSearch;

	constructor(database: SqlDatabase) {
		this.#database = database;
		this.messageSearch = new MessageSearch(database, () => performance.now());
	}

	write(change: StoreWrite): StoreWritten {
		return write(this.#database, change);
	}

	conversations(accountId?: AccountId): ReturnType<typeof read.conversations> {
		return read.conversations(this.#database, accountId);
	}

	page(id: ConversationId | readonly ConversationId[], at: PageAt, limit: number): ReturnType<typeof page> {
		return page(this.#database, id, at, limit);
	}

	media(id: AttachmentId): ReturnType<typeof files.media> {
		return files.media(this.#database, id);
	}

	mediaOf(id: EntryId): ReturnType<typeof files.mediaOf> {
		return files.mediaOf(this.#database, id);
	}

	staged(): ReturnType<typeof files.staged> {
		return files.staged(this.#database);
	}

	entry(id: EntryId): ReturnType<typeof read.entry> {
		return read.entry(this.#database, id);
	}

	byClientIds(clientIds: readonly ClientMessageId[]): ReturnType<typeof read.byClientIds> {
		return read.byClientIds(this.#database, clientIds);
	}

	byRemoteIds(accountId: AccountId, remoteIds: readonly string[]): ReturnType<typeof read.byRemoteIds> {
		return read.byRemoteIds(this.#database, accountId, remoteIds);
	}

	unsettled(accountId?: AccountId): ReturnType<typeof read.unsettled> {
		return read.unsettled(this.#database, accountId);
	}

	unclaimed(id: ConversationId, since: EpochMs): ReturnType<typeof read.unclaimed> {
		return read.unclaimed(this.#database, id, since);
	}

	unnamed(id: ConversationId, since: EpochMs): ReturnType<typeof read.unnamed> {
		return read.unnamed(this.#database, id, since);
	}

	cursors(accountId: AccountId): ReturnType<typeof read.cursors> {
		return read.cursors(this.#database, accountId);
	}

	openGaps(accountId: AccountId): ReturnType<typeof read.openGaps> {
		return read.openGaps(this.#database, accountId);
	}

	search(query: SearchQuery): SearchPage {
		return this.messageSearch.search(query);
	}

	note(records: readonly NotificationRecord[]): void {
		note(this.#database, records);
	}

	notifications(
		id: ConversationId | null,
		before: string | null,
		limit: number,
	): ReturnType<typeof notifications> {
		return notifications(this.#database, id, before, limit);
	}

	prune(before: EpochMs, limit: number): StoreWritten & { readonly more: boolean } {
		return prune(this.#database, before, limit);
	}

	wipe(accountId: AccountId): void {
		wipe(this.#database, this.messageSearch, accountId);
	}

	close(): void {
		this.#database.close();
	}
}
