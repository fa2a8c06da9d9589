import type { AttachmentId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { StoredMedia } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { attachmentOfRow } from "./details-json.ts";

/** Files as they are read. */

interface MediaRow {
	readonly id: AttachmentId;
	readonly conversation_id: ConversationId;
	readonly entry_id: EntryId | null;
	readonly ref: string | null;
	readonly attachment: string;
	/** 1 or 0: its bytes are in the database. */
	readonly here: number;
	readonly bytes: Uint8Array | null;
}

const select = (bytes: "m.bytes" | "NULL"): string => `
	SELECT m.id, c.id AS conversation_id, e.id AS entry_id, m.ref, m.attachment, m.bytes IS NOT NULL AS here,
		${bytes} AS bytes
	FROM media AS m JOIN conversations AS c ON c.row = m.conversation LEFT JOIN entries AS e ON e.row = m.entry`;

export function media(database: SqlDatabase, id: AttachmentId): StoredMedia | null {
	const row = database.get(`${select("m.bytes")} WHERE m.id = ?`, id) as MediaRow | undefined;
	return row === undefined ? null : mediaOfRow(row);
}

export function mediaOf(database: SqlDatabase, id: EntryId): readonly StoredMedia[] {
	const sql = `${select("m.bytes")}
		WHERE m.entry = (SELECT row FROM entries WHERE id = ?) ORDER BY m.position, m.row`;
	return (database.all(sql, id) as MediaRow[]).map(mediaOfRow);
}

export function staged(database: SqlDatabase): readonly StoredMedia[] {
	const sql = `${select("NULL")} WHERE m.entry IS NULL ORDER BY m.conversation, m.position, m.row`;
	return (database.all(sql) as MediaRow[]).map(mediaOfRow);
}

function mediaOfRow(row: MediaRow): StoredMedia {
	return {
		attachment: attachmentOfRow({ ...row, here: row.here === 1 }),
		conversationId: row.conversation_id,
		entryId: row.entry_id,
		ref: row.ref,
		bytes: row.bytes,
	};
}
