import type { EntryId } from "../../../../../shared/ids.ts";
import type { EpochMs } from "../../../../../shared/model.ts";
import { serverOrder } from "../../../../../shared/order.ts";
import type { StoreWritten } from "../../../../core/ports/stores.ts";
import { write } from "../engine/write.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";

/**
 * Looked for by their place, which begins with a time not before their own and is in an index. Unread and unsettled
 * ones stay, and markers of gaps that are being filled.
 */
const oldEntries = `
	SELECT e.id FROM conversations AS c
	CROSS JOIN entries AS e INDEXED BY entries_by_place ON e.conversation = c.row AND e.place < ?
	WHERE e.unread = 0
		AND NOT EXISTS (SELECT 1 FROM outbox_jobs AS o WHERE o.entry = e.row)
		AND NOT EXISTS (SELECT 1 FROM gaps AS g WHERE g.entry = e.row)
	LIMIT ?`;

/**
 * Removes up to `limit` entries, and as many lines of the notification ledger, that are older than `before`;
 * `more`: there are others. The search index follows by its triggers.
 */
export function prune(
	database: SqlDatabase,
	before: EpochMs,
	limit: number,
): StoreWritten & { readonly more: boolean } {
	const size = Math.max(1, Math.trunc(limit));
	const rows = database.all(oldEntries, serverOrder(before, ""), size + 1) as { id: EntryId }[];
	const written = write(database, { removed: rows.slice(0, size).map((row) => row.id) });
	const lines = database.transaction(false, () =>
		database.run(
			"DELETE FROM notifications WHERE row IN (SELECT row FROM notifications WHERE at < ? LIMIT ?)",
			Math.trunc(before),
			size,
		),
	);
	return { ...written, more: rows.length > size || lines === size };
}
