import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { ConversationId, EntryId } from "../../../../../shared/ids.ts";
import { orderTime } from "../../../../../shared/order.ts";
import type { ConversationRecord } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { type ConversationRow, kinds, recordOf, selectConversations } from "./rows.ts";

/** A conversation in the course of one write. */
export interface Touched {
	readonly row: number;
	readonly id: ConversationId;
	readonly account: number;
	readonly participant: number;
	/** As it was; null: made by this write. */
	readonly before: ConversationRecord | null;
	nextSequence: number;
	/** Order of the newest entry at this moment. */
	newest: string | null;
	unread: number;
}

/**
 * The conversations that one write touches: each is read once, and what is derived from its entries is worked out
 * once, at the end. All of it by looking up single rows in an index, so that the cost of a write does not depend on
 * how much there is; `unread` is counted along with what changes.
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
			this.#derive(touched);
			const row = this.#read(touched.id);
			if (row === null) continue;
			const record = recordOf(row);
			if (touched.before === null || !sameRecord(touched.before, record)) changed.push(record);
		}
		return changed;
	}

	#add(row: ConversationRow, before: ConversationRecord | null): Touched {
		const touched: Touched = {
			row: row.row,
			id: row.id,
			account: row.account,
			participant: row.participant,
			before,
			nextSequence: row.next_sequence,
			newest: row.newest,
			unread: row.unread,
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

	#derive(touched: Touched): void {
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
