import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { Entry, EpochMs, GapEntry, MessageEntry } from "../../../../../shared/model.ts";
import { arrivalOrder } from "../../../../../shared/order.ts";
import type { ConversationRecord, OpenGap } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { type ConversationRow, recordOf, selectConversations } from "./conversation-rows.ts";
import { entryColumns, entryOf, type EntryRow, entryTables, messageOf } from "./rows.ts";
import { findEntry } from "./write-entries.ts";

/** What is asked of the store. Every question is answered from an index; see pages.ts and media.ts for the rest. */

const select = `SELECT ${entryColumns} FROM ${entryTables}`;

export function conversations(
	database: SqlDatabase,
	accountId: AccountId | undefined,
): readonly ConversationRecord[] {
	const rows =
		accountId === undefined
			? database.all(`${selectConversations} ORDER BY c.row`)
			: database.all(`${selectConversations} WHERE a.id = ? ORDER BY c.row`, accountId);
	return (rows as ConversationRow[]).map(recordOf);
}

export function entry(database: SqlDatabase, id: EntryId): Entry | null {
	const row = findEntry(database, id);
	return row === null ? null : entryOf(row);
}

export function byClientIds(database: SqlDatabase, ids: readonly ClientMessageId[]): readonly MessageEntry[] {
	return messages(
		database,
		"WHERE e.client_id IN (SELECT value FROM json_each(?)) ORDER BY e.row",
		JSON.stringify(ids),
	);
}

export function byRemoteIds(
	database: SqlDatabase,
	accountId: AccountId,
	ids: readonly string[],
): readonly MessageEntry[] {
	return messages(
		database,
		`WHERE e.account = (SELECT row FROM accounts WHERE id = ?)
		AND e.remote_id IN (SELECT value FROM json_each(?)) AND e.kind = 0 ORDER BY e.row`,
		accountId,
		JSON.stringify(ids),
	);
}

/** By conversation and sequence: the order in which they are to leave. */
export function unsettled(database: SqlDatabase, accountId: AccountId | undefined): readonly MessageEntry[] {
	const jobs = "WHERE e.row IN (SELECT entry FROM outbox_jobs)";
	const order = "ORDER BY e.conversation, e.sequence";
	return accountId === undefined
		? messages(database, `${jobs} ${order}`)
		: messages(
				database,
				`${jobs} AND e.account = (SELECT row FROM accounts WHERE id = ?) ${order}`,
				accountId,
			);
}

export function unclaimed(
	database: SqlDatabase,
	id: ConversationId,
	since: EpochMs,
): readonly MessageEntry[] {
	return messages(
		database,
		// No entry stands before its own time, so that the index by place finds where to begin.
		`WHERE e.conversation = (SELECT row FROM conversations WHERE id = ?) AND e.place >= ? AND e.at >= ?
		AND e.kind = 0 AND e.direction = 1 AND e.client_id IS NULL ORDER BY e.place LIMIT 200`,
		id,
		arrivalOrder(since, 0, null).slice(0, 13),
		Math.ceil(since),
	);
}

/** Texts of ours that left without a name of the system's. */
export function unnamed(database: SqlDatabase, id: ConversationId, since: EpochMs): readonly MessageEntry[] {
	return messages(
		database,
		`WHERE e.conversation = (SELECT row FROM conversations WHERE id = ?) AND e.place >= ? AND e.at >= ?
		AND e.kind = 0 AND e.direction = 1 AND e.client_id IS NOT NULL AND e.remote_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM outbox_jobs AS j WHERE j.entry = e.row) ORDER BY e.place LIMIT 200`,
		id,
		arrivalOrder(since, 0, null).slice(0, 13),
		Math.ceil(since),
	);
}

function messages(
	database: SqlDatabase,
	where: string,
	...values: readonly (string | number)[]
): readonly MessageEntry[] {
	return (database.all(`${select} ${where}`, ...values) as EntryRow[]).map(messageOf);
}

export function cursors(database: SqlDatabase, accountId: AccountId): Readonly<Record<string, string>> {
	const rows = database.all(
		"SELECT scope, value FROM cursors WHERE account = (SELECT row FROM accounts WHERE id = ?)",
		accountId,
	) as { readonly scope: string; readonly value: string }[];
	return Object.fromEntries(rows.map(({ scope, value }) => [scope, value]));
}

type GapRow = EntryRow & {
	readonly down_to: string;
	readonly next: string | null;
	readonly up_to: string;
};

export function openGaps(
	database: SqlDatabase,
	accountId: AccountId,
): readonly (OpenGap & { readonly marker: GapEntry })[] {
	const rows = database.all(
		`SELECT g.down_to, g.next, g.up_to, ${entryColumns} FROM ${entryTables} JOIN gaps AS g ON g.entry = e.row
		WHERE g.account = (SELECT row FROM accounts WHERE id = ?) ORDER BY g.entry`,
		accountId,
	) as GapRow[];
	return rows.map((row) => ({
		entryId: row.id,
		accountId,
		conversationId: row.conversation_id,
		downTo: row.down_to,
		next: row.next,
		upTo: row.up_to,
		marker: entryOf(row) as GapEntry,
	}));
}
