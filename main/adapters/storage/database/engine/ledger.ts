import type { ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { NotificationRecord } from "../../../../../shared/model.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { wholeTime } from "./rows.ts";

/** "Why didn't it ring?": what became of notifications, newest first. */

interface NotificationRow {
	readonly row: number;
	readonly conversation_id: ConversationId | null;
	readonly entry: EntryId | null;
	readonly kind: NotificationRecord["kind"];
	readonly arrived_at: number;
	readonly at: number;
	readonly withheld: NotificationRecord["withheld"];
	readonly sound: number;
}

/** Lines of a conversation that is no longer here (wiped meanwhile) are left out. */
export function note(database: SqlDatabase, records: readonly NotificationRecord[]): void {
	if (records.length === 0) return;
	database.transaction(false, () => {
		for (const record of records)
			database.run(
				`INSERT INTO notifications (conversation, entry, kind, arrived_at, at, withheld, sound)
				SELECT (SELECT row FROM conversations WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7
				WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM conversations WHERE id = ?1)`,
				record.conversationId,
				record.entryId,
				record.kind,
				wholeTime(record.arrivedAt),
				wholeTime(record.at),
				record.withheld,
				record.sound ? 1 : 0,
			);
	});
}

export function notifications(
	database: SqlDatabase,
	id: ConversationId | null,
	before: string | null,
	limit: number,
): { readonly records: readonly NotificationRecord[]; readonly next: string | null } {
	const size = Math.max(1, Math.trunc(limit));
	const from = before === null ? Number.MAX_SAFE_INTEGER : Number(before);
	if (!Number.isSafeInteger(from)) return { records: [], next: null };
	const columns =
		"n.row, c.id AS conversation_id, n.entry, n.kind, n.arrived_at, n.at, n.withheld, n.sound " +
		"FROM notifications AS n LEFT JOIN conversations AS c ON c.row = n.conversation";
	const rows = (
		id === null
			? database.all(`SELECT ${columns} WHERE n.row < ? ORDER BY n.row DESC LIMIT ?`, from, size + 1)
			: database.all(
					`SELECT ${columns} WHERE n.conversation = (SELECT row FROM conversations WHERE id = ?)
					AND n.row < ? ORDER BY n.row DESC LIMIT ?`,
					id,
					from,
					size + 1,
				)
	) as NotificationRow[];
	const shown = rows.slice(0, size);
	const last = shown.at(-1);
	return {
		records: shown.map((row) => ({
			conversationId: row.conversation_id,
			entryId: row.entry,
			kind: row.kind,
			arrivedAt: row.arrived_at,
			at: row.at,
			withheld: row.withheld,
			sound: row.sound === 1,
		})),
		next: rows.length > size && last !== undefined ? String(last.row) : null,
	};
}
