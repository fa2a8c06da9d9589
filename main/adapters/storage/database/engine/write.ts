import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { Entry, EpochMs, GapEntry } from "../../../../../shared/model.ts";
import type { ConversationPatch, NewEntry, StoreWrite, StoreWritten } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { type EntryRow, entryOf, gapDetail, kinds } from "./rows.ts";
import { type Touched, TouchedConversations } from "./touched.ts";
import { anchor, createConversation, patchConversation } from "./write-conversations.ts";
import { changeDelivery, findEntry, insertEntry, removeEntry } from "./write-entries.ts";
import { isOwnMedia, type MediaContext, writeMedia } from "./write-media.ts";

/** One write, in one transaction. On the disk before it answers if it has to do with texts or files of our own. */
export function write(database: SqlDatabase, change: StoreWrite): StoreWritten {
	return database.transaction(isDurable(database, change), () => new Write(database).run(change));
}

/** What others sent can be had again or is marked as missing; what we sent exists here only. */
function isDurable(database: SqlDatabase, change: StoreWrite): boolean {
	if ((change.deliveries ?? []).length > 0) return true;
	if ((change.removed ?? []).length > 0) return true;
	if (change.media !== undefined && isOwnMedia(database, change.media)) return true;
	return (change.entries ?? []).some(
		(entry) => entry.kind === "message" && entry.direction === "out" && entry.delivery !== null,
	);
}

class Write {
	readonly #database: SqlDatabase;
	readonly #touched: TouchedConversations;
	/** Entries that were there and are different now. */
	readonly #changed = new Set<EntryId>();
	readonly #removed = new Map<EntryId, ConversationId>();
	/** Left out as known, under the id they were given with. */
	readonly #known = new Set<EntryId>();

	constructor(database: SqlDatabase) {
		this.#database = database;
		this.#touched = new TouchedConversations(database);
	}

	/**
	 * Removals come before entries and deliveries: what replaces a message (its id at the system is unique) comes in
	 * the same write. Gaps come before patches: a patch of `syncedTo` has the last word. Files come when their entries
	 * have their last details.
	 */
	run(change: StoreWrite): StoreWritten {
		for (const conversation of change.conversations ?? [])
			createConversation(this.#database, this.#touched, conversation);
		for (const id of change.removed ?? []) this.#remove(findEntry(this.#database, id));
		const entries: Entry[] = [];
		const added: EntryId[] = [];
		for (const given of change.entries ?? []) this.#insert(given, entries, added);
		for (const delivery of change.deliveries ?? []) {
			const row = findEntry(this.#database, delivery.id);
			if (row?.kind !== kinds.message) continue;
			const superfluous = changeDelivery(this.#database, this.#touchedBy(row), row, delivery);
			if (superfluous !== null) this.#removed.set(superfluous.id, superfluous.conversation_id);
			this.#changed.add(row.id);
		}
		if (change.media !== undefined) writeMedia(this.#mediaContext(), change.media);
		this.#gaps(change.gaps ?? {});
		for (const { id, patch } of change.patches ?? []) this.#patch(id, patch);
		for (const { id, at } of change.readUntil ?? []) this.#readUntil(id, at);
		for (const { id, upTo } of change.read ?? []) this.#read(id, upTo);
		for (const { id, from } of change.unread ?? []) this.#unread(id, from);
		for (const { accountId, scope, value } of change.cursors ?? []) this.#cursor(accountId, scope, value);
		const records = this.#touched.derive();
		return { ...this.#entriesAsTheyAre(entries, added), records };
	}

	#insert(given: NewEntry, entries: Entry[], added: EntryId[]): void {
		const result = insertEntry(this.#database, this.#touched.get(given.conversationId), given);
		if (result.added === null) {
			entries.push(entryOf(result.known));
			this.#known.add(given.id);
		} else {
			entries.push(result.added);
			added.push(result.added.id);
		}
	}

	#mediaContext(): MediaContext {
		return {
			database: this.#database,
			leftOut: new Set([...this.#known, ...this.#removed.keys()]),
			conversation: (id) => this.#touched.get(id).row,
			changed: (id) => this.#changed.add(id),
		};
	}

	#remove(row: EntryRow | null): void {
		if (row === null) return;
		removeEntry(this.#database, this.#touchedBy(row), row);
		this.#removed.set(row.id, row.conversation_id);
	}

	#gaps(gaps: NonNullable<StoreWrite["gaps"]>): void {
		const database = this.#database;
		for (const gap of gaps.opened ?? []) {
			const row = findEntry(database, gap.entryId);
			if (row?.kind !== kinds.gap)
				throw new AppFailure(appError("internal"), { cause: "gap without a marker" });
			database.run(
				`INSERT INTO gaps (entry, account, conversation, down_to, next, up_to) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (entry) DO UPDATE SET down_to = excluded.down_to, next = excluded.next, up_to = excluded.up_to`,
				row.row,
				this.#touchedBy(row).account,
				row.conversation,
				gap.downTo,
				gap.next,
				gap.upTo,
			);
		}
		for (const { entryId, next } of gaps.moved ?? [])
			database.run(
				"UPDATE gaps SET next = ? WHERE entry = (SELECT row FROM entries WHERE id = ?)",
				next,
				entryId,
			);
		for (const { entryId, marker } of gaps.closed ?? []) this.#close(entryId, marker);
	}

	#close(entryId: EntryId, marker: "goes" | "stays"): void {
		const database = this.#database;
		const row = findEntry(database, entryId);
		if (row?.kind !== kinds.gap) return;
		this.#touchedBy(row).patched = true;
		database.run(
			`UPDATE conversations SET synced_to = max(synced_to, (SELECT up_to FROM gaps WHERE entry = ?1))
			WHERE row = ?2 AND EXISTS (SELECT 1 FROM gaps WHERE entry = ?1)`,
			row.row,
			this.#touchedBy(row).row,
		);
		if (marker === "goes") {
			this.#remove(row);
			return;
		}
		database.run("DELETE FROM gaps WHERE entry = ?", row.row);
		const detail = gapDetail({ ...(entryOf(row) as GapEntry), filling: false });
		database.run("UPDATE entries SET detail = ? WHERE row = ?", detail, row.row);
		this.#changed.add(row.id);
	}

	#patch(id: ConversationId, patch: ConversationPatch): void {
		const touched = this.#touched.find(id);
		if (touched !== null) patchConversation(this.#database, touched, patch);
	}

	#readUntil(id: ConversationId, at: EpochMs | null): void {
		const touched = this.#touched.find(id);
		if (touched === null) return;
		touched.followed = null;
		touched.unread -= this.#database.run(
			"UPDATE entries SET unread = 0 WHERE conversation = ? AND unread = 1 AND (?2 IS NULL OR at <= ?2)",
			touched.row,
			at === null ? null : Math.floor(at),
		);
	}

	#read(id: ConversationId, upTo: EntryId): void {
		const touched = this.#touched.find(id);
		const entry = findEntry(this.#database, upTo);
		if (touched === null || entry?.conversation !== touched.row) return;
		touched.followed = null;
		touched.unread -= this.#database.run(
			"UPDATE entries SET unread = 0 WHERE conversation = ? AND unread = 1 AND place <= ?",
			touched.row,
			entry.place,
		);
	}

	#unread(id: ConversationId, from: EntryId | null): void {
		const touched = this.#touched.find(id);
		if (touched === null) return;
		const place = from === null ? this.#newestOfPeer(touched) : this.#placeIn(touched, from);
		if (place === null) return;
		touched.followed = null;
		touched.unread += this.#database.run(
			`UPDATE entries SET unread = 1
			WHERE conversation = ? AND place >= ? AND kind = 0 AND direction = 0 AND unread = 0`,
			touched.row,
			place,
		);
	}

	#placeIn(touched: Touched, id: EntryId): string | null {
		const entry = findEntry(this.#database, id);
		return entry?.conversation === touched.row ? entry.place : null;
	}

	#newestOfPeer(touched: Touched): string | null {
		const row = this.#database.get(
			`SELECT place FROM entries WHERE conversation = ? AND kind = 0 AND direction = 0
			ORDER BY place DESC LIMIT 1`,
			touched.row,
		) as { place: string } | undefined;
		return row?.place ?? null;
	}

	#cursor(accountId: AccountId, scope: string, value: string | null): void {
		const account = anchor(this.#database, accountId);
		if (value === null)
			this.#database.run("DELETE FROM cursors WHERE account = ? AND scope = ?", account, scope);
		else
			this.#database.run(
				`INSERT INTO cursors (account, scope, value) VALUES (?, ?, ?)
				ON CONFLICT (account, scope) DO UPDATE SET value = excluded.value`,
				account,
				scope,
				value,
			);
	}

	#touchedBy(row: EntryRow): Touched {
		return this.#touched.get(row.conversation_id);
	}

	/** What came in with this write and was changed or taken out by a later part of it is told as it is in the end. */
	#entriesAsTheyAre(
		entries: readonly Entry[],
		added: readonly EntryId[],
	): Pick<StoreWritten, "entries" | "added" | "changed" | "removed"> {
		const isNew = new Set(added);
		const now = new Map<EntryId, Entry>();
		for (const id of this.#changed) {
			const row = findEntry(this.#database, id);
			if (row !== null) now.set(id, entryOf(row));
		}
		return {
			entries: entries
				.filter((entry) => !this.#removed.has(entry.id))
				.map((entry) => now.get(entry.id) ?? entry),
			added: added.filter((id) => !this.#removed.has(id)),
			changed: [...now.values()].filter((entry) => !isNew.has(entry.id)),
			removed: [...this.#removed]
				.filter(([id]) => !isNew.has(id))
				.map(([id, conversationId]) => ({ id, conversationId })),
		};
	}
}
