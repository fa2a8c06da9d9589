import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { ConversationId, EntryId } from "../../../../../shared/ids.ts";
import { orderTime } from "../../../../../shared/order.ts";
import type { Entry } from "../../../../../shared/model.ts";
import type { ConversationRecord } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { type ConversationRow, previewOf, recordOf, selectConversations } from "./conversation-rows.ts";
import { kinds } from "./rows.ts";

/** A conversation in the course of one write. */
export interface Touched {
	readonly row: number;
	readonly id: ConversationId;
	readonly account: number;
	/** Put away by the agent, as it was. */
	readonly archived: boolean;
	/** Place of the oldest entry there was, if it was put away; null: it was empty. */
	readonly oldest: string | null;
	/** As it was; null: made by this write. */
	readonly before: ConversationRecord | null;
	nextSequence: number;
	/** Order of the newest entry at this moment. */
	newest: string | null;
	unread: number;
	/** What is derived, as long as all that happened was that entries came at the end; null: to be looked up. */
	followed: Followed | null;
	/** Something beside its entries was written. */
	patched: boolean;
	/** A message came that ends its being put away, whatever else is written of it. */
	comesBack: boolean;
}

type Followed = Pick<ConversationRecord, "lastActivity" | "firstUnread" | "preview"> & {
	readonly previewRow: number | null;
};

/**
 * The conversations that one write touches: each is read once, and what is derived from its entries is written
 * once, at the end. Entries that come at the end, which most do, are followed along; after anything else it is
 * looked up, single rows in an index. So the cost of a write does not depend on how much there is.
 */
export class TouchedConversations {
	readonly #database: SqlDatabase;
	readonly #known = new Map<ConversationId, Touched>();

	constructor(database: SqlDatabase) {
		this.#database = database;
	}

	/** Null: there is no such conversation. */
	find(id: ConversationId): Touched | null {
		const known = this.#known.get(id);
		if (known !== undefined) return known;
		const row = this.#read(id);
		return row === null ? null : this.#add(row, recordOf(row));
	}

	get(id: ConversationId): Touched {
		const found = this.find(id);
		// A fault of this program, not of the disk; the transaction takes back what was done before it.
		if (found === null) throw new AppFailure(appError("internal"), { cause: "no such conversation" });
		return found;
	}

	/** One that this write has just made. */
	created(id: ConversationId): void {
		const row = this.#read(id);
		if (row !== null) this.#add(row, null);
	}

	/** Writes what follows from the entries; answers the records that are new or different. */
	derive(): readonly ConversationRecord[] {
		const changed: ConversationRecord[] = [];
		for (const touched of this.#known.values()) {
			if (touched.comesBack) {
				touched.patched = true;
				this.#database.run("UPDATE conversations SET archived = 0 WHERE row = ?", touched.row);
			}
			const record = this.#followed(touched) ?? this.#lookedUp(touched);
			if (record !== null && (touched.before === null || !sameRecord(touched.before, record)))
				changed.push(record);
		}
		return changed;
	}

	#add(row: ConversationRow, before: ConversationRecord | null): Touched {
		const { lastActivity, firstUnread, preview } = recordOf(row);
		const touched: Touched = {
			row: row.row,
			id: row.id,
			account: row.account,
			archived: row.archived === 1,
			oldest: row.archived === 1 ? this.#oldest(row.row) : null,
			before,
			nextSequence: row.next_sequence,
			newest: row.newest,
			unread: row.unread,
			followed: { lastActivity, firstUnread, preview, previewRow: row.preview },
			patched: false,
			comesBack: false,
		};
		this.#known.set(row.id, touched);
		return touched;
	}

	#read(id: ConversationId): ConversationRow | null {
		return (
			(this.#database.get(`${selectConversations} WHERE c.id = ?`, id) as
				ConversationRow | undefined) ?? null
		);
	}

	#oldest(conversation: number): string | null {
		const sql =
			"SELECT min(place) AS place FROM entries INDEXED BY entries_by_place WHERE conversation = ?";
		return (this.#database.get(sql, conversation) as { readonly place: string | null }).place;
	}

	#followed(touched: Touched): ConversationRecord | null {
		const { before, followed, newest, unread } = touched;
		if (before === null || followed === null || touched.patched) return null;
		const { previewRow, ...derived } = followed;
		this.#database.run(
			`UPDATE conversations SET next_sequence = ?, unread = ?, first_unread = ?, preview = ?, newest = ?,
				last_activity = ? WHERE row = ?`,
			touched.nextSequence,
			unread,
			derived.firstUnread,
			previewRow,
			newest,
			derived.lastActivity,
			touched.row,
		);
		return { ...before, ...derived, unread, newest };
	}

	#lookedUp(touched: Touched): ConversationRecord | null {
		const database = this.#database;
		const newest = database.get(newestEntry, touched.row) as Place | undefined;
		const said = database.get(newestSaid, touched.row) as Place | undefined;
		const message = database.get(newestMessage, touched.row) as Place | undefined;
		const unread = database.get(firstUnread, touched.row) as { readonly id: EntryId } | undefined;
		database.run(
			// With nothing left (all pruned), the conversation stays where it was in the list.
			`UPDATE conversations SET next_sequence = ?, unread = ?, first_unread = ?, preview = ?, newest = ?,
				created_at = CASE WHEN ?6 IS NULL AND newest IS NOT NULL THEN last_activity ELSE created_at END,
				last_activity = coalesce(?6, CASE WHEN newest IS NOT NULL THEN last_activity ELSE created_at END)
			WHERE row = ?7`,
			touched.nextSequence,
			touched.unread,
			unread?.id ?? null,
			(message ?? said)?.row ?? null,
			newest?.place ?? null,
			said === undefined ? null : orderTime(said.place),
			touched.row,
		);
		const row = this.#read(touched.id);
		return row === null ? null : recordOf(row);
	}
}

/** Takes a new entry into account, at once if it stands at the end. To be called before `newest` is moved on. */
export function follow(touched: Touched, row: number, entry: Entry, unread: boolean): void {
	if (unread) touched.unread += 1;
	const { newest, followed } = touched;
	const atTheEnd = newest === null || entry.order > newest;
	if (atTheEnd) touched.newest = entry.order;
	if (!atTheEnd || followed === null) touched.followed = null;
	else if (entry.kind !== "gap") {
		const shown =
			entry.kind === "message" || followed.preview === null || followed.preview.kind === "note";
		touched.followed = {
			lastActivity: orderTime(entry.order),
			firstUnread: followed.firstUnread ?? (unread ? entry.id : null),
			preview: shown ? previewOf(entry) : followed.preview,
			previewRow: shown ? row : followed.previewRow,
		};
	}
}

interface Place {
	readonly row: number;
	readonly place: string;
}

const inOrder = "SELECT row, place FROM entries INDEXED BY entries_by_place WHERE conversation = ?";
const newestEntry = `${inOrder} ORDER BY place DESC LIMIT 1`;
const newestSaid = `${inOrder} AND kind <> ${String(kinds.gap)} ORDER BY place DESC LIMIT 1`;
const newestMessage = `${inOrder} AND kind = ${String(kinds.message)} ORDER BY place DESC LIMIT 1`;
const firstUnread =
	"SELECT id FROM entries INDEXED BY entries_unread WHERE conversation = ? AND unread = 1 ORDER BY place LIMIT 1";

function sameRecord(one: ConversationRecord, other: ConversationRecord): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
