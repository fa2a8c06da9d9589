import { appError } from "../../../../../shared/errors.ts";
import type { Attachment, MessageDetails } from "../../../../../shared/model.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { attachmentOfRow, detailsOf } from "./details-json.ts";

interface MessageRow {
	readonly row: number;
	readonly conversation: number;
	readonly detail: string | null;
}

interface FileRow {
	readonly id: string;
	readonly ref: string | null;
	readonly attachment: string;
	readonly here: number;
}

/**
 * Makes what messages say of their files and the files agree again, after rows were put in by other means: a file
 * that is lost is said to be gone, so that a text of ours never leaves without it unnoticed; one that its message
 * does not name is named.
 */
export function reconcileMedia(database: SqlDatabase): void {
	database.transaction(true, () => {
		const messages = database.all(
			`SELECT row, conversation, detail FROM entries AS e WHERE kind = 0
			AND (detail IS NOT NULL OR EXISTS (SELECT 1 FROM media AS m WHERE m.entry = e.row))`,
		) as MessageRow[];
		for (const message of messages) reconcile(database, message);
	});
}

function reconcile(database: SqlDatabase, message: MessageRow): void {
	const files = (
		database.all(
			`SELECT id, ref, attachment, bytes IS NOT NULL AS here FROM media WHERE entry = ?
			ORDER BY position, row`,
			message.row,
		) as FileRow[]
	).map((row) => attachmentOfRow({ ...row, here: row.here === 1 }));
	const details = detailsOf(message.detail) ?? nothing;
	const named = new Set<string>(details.attachments.map(({ id }) => id));
	const attachments = [
		...details.attachments.map((one) => files.find(({ id }) => id === one.id) ?? lost(one)),
		...files.filter(({ id }) => !named.has(id)),
	];
	for (const [index, attachment] of attachments.entries())
		database.run(
			`INSERT INTO media (id, conversation, entry, position, ref, attachment, bytes)
			VALUES (?, ?, ?, ?, NULL, ?, NULL) ON CONFLICT (id) DO UPDATE SET position = excluded.position`,
			attachment.id,
			message.conversation,
			message.row,
			index + 1,
			JSON.stringify(attachment),
		);
	const now: MessageDetails = { ...details, attachments };
	const said = now.attachments.length === 0 && message.detail === null ? null : JSON.stringify(now);
	database.run("UPDATE entries SET detail = ? WHERE row = ?", said, message.row);
}

function lost(attachment: Attachment): Attachment {
	return { ...attachment, state: "gone", problem: appError("attachment.gone") };
}

const nothing: MessageDetails = {
	attachments: [],
	sender: null,
	deliveryWords: null,
	scheduledAt: null,
	savedReply: null,
};
