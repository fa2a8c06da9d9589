import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { AttachmentId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { Attachment, MessageDetails } from "../../../../../shared/model.ts";
import type { MediaWrite, StoredMedia } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { detailsOf, plainAttachment } from "./details-json.ts";

/**
 * Files of messages and drafts, inside the transaction of one write. What a message's `details` name and what lies
 * in `media` for it are the same at the end of every write.
 */

export interface MediaContext {
	readonly database: SqlDatabase;
	/** Entries of this write that are not there after it: left out as known, or taken out again. Their files are too. */
	readonly leftOut: ReadonlySet<EntryId>;
	/** Row of a conversation; throws when there is none. */
	readonly conversation: (id: ConversationId) => number;
	/** An entry whose details this changed. */
	readonly changed: (id: EntryId) => void;
}

interface Owner {
	readonly entry: number | null;
	readonly conversation: number;
}

export function writeMedia(context: MediaContext, change: MediaWrite): void {
	const { database } = context;
	for (const id of change.removed ?? []) remove(context, id);
	for (const one of change.added ?? []) add(context, one);
	for (const { entryId, ids } of change.taken ?? []) take(context, entryId, ids);
	for (const { attachment, bytes } of change.changed ?? []) alter(context, attachment, bytes);
	for (const { id, ref } of change.refs ?? [])
		database.run("UPDATE media SET ref = ? WHERE id = ?", ref, id);
}

function add(context: MediaContext, given: StoredMedia): void {
	const { database } = context;
	const { attachment, conversationId, entryId, ref, bytes } = given;
	if (entryId !== null && context.leftOut.has(entryId)) return;
	const conversation = context.conversation(conversationId);
	const entry = entryId === null ? null : entryRow(database, entryId, conversation);
	// A later part of the same write has taken it out of its message again.
	if (entry !== null && !names(database, entry, attachment.id)) return;
	const added = database.run(
		`INSERT INTO media (id, conversation, entry, position, ref, attachment, bytes)
		SELECT ?1, ?2, ?3, ${nextPosition}, ?4, ?5, ?6 WHERE true ON CONFLICT (id) DO NOTHING`,
		attachment.id,
		conversation,
		entry,
		ref,
		JSON.stringify(plainAttachment(attachment)),
		bytes,
	);
	if (added > 0) return;
	// The same write again is no fault (a draft's file may have gone out meanwhile); two files with one id are.
	const known = ownerOf(database, attachment.id);
	if (known?.conversation !== conversation || (entry !== null && known.entry !== entry))
		throw new AppFailure(appError("internal"), { cause: "attachment id used twice" });
}

/** Behind the others of the same message or draft. */
const nextPosition =
	"(SELECT coalesce(max(position), 0) + 1 FROM media WHERE entry IS ?3 AND conversation = ?2)";

function entryRow(database: SqlDatabase, id: EntryId, conversation: number): number {
	const row = database.get("SELECT row, conversation FROM entries WHERE id = ?", id) as
		{ readonly row: number; readonly conversation: number } | undefined;
	if (row?.conversation !== conversation)
		throw new AppFailure(appError("internal"), { cause: "file without its message" });
	return row.row;
}

function names(database: SqlDatabase, entry: number, id: AttachmentId): boolean {
	const row = database.get("SELECT detail FROM entries WHERE row = ?", entry) as
		{ readonly detail: string | null } | undefined;
	return detailsOf(row?.detail ?? null)?.attachments.some((one) => one.id === id) ?? false;
}

/** A text must not leave without its files unnoticed: one that is no file of its draft fails the write. */
function take({ database, leftOut }: MediaContext, entryId: EntryId, ids: readonly AttachmentId[]): void {
	if (leftOut.has(entryId)) return;
	for (const [index, id] of ids.entries()) {
		const taken = database.run(
			`UPDATE media SET entry = e.row, position = ? FROM entries AS e
			WHERE e.id = ? AND media.id = ? AND media.entry IS NULL AND media.conversation = e.conversation`,
			index + 1,
			entryId,
			id,
		);
		if (taken === 0) throw new AppFailure(appError("attachment.gone"));
	}
}

function alter(context: MediaContext, given: Attachment, bytes: Uint8Array | null | undefined): void {
	const { database } = context;
	const attachment = plainAttachment(given);
	const owner = ownerOf(database, attachment.id);
	if (owner === null) return;
	const json = JSON.stringify(attachment);
	if (bytes === undefined)
		database.run("UPDATE media SET attachment = ? WHERE id = ?", json, attachment.id);
	else database.run("UPDATE media SET attachment = ?, bytes = ? WHERE id = ?", json, bytes, attachment.id);
	changeDetails(context, owner, (attachments) =>
		attachments.map((one) => (one.id === attachment.id ? attachment : one)),
	);
}

function remove(context: MediaContext, id: AttachmentId): void {
	const owner = ownerOf(context.database, id);
	if (owner === null) return;
	context.database.run("DELETE FROM media WHERE id = ?", id);
	changeDetails(context, owner, (attachments) => attachments.filter((one) => one.id !== id));
}

function changeDetails(
	{ database, changed }: MediaContext,
	owner: Owner,
	change: (attachments: readonly Attachment[]) => readonly Attachment[],
): void {
	if (owner.entry === null) return;
	const row = database.get("SELECT id, detail FROM entries WHERE row = ? AND kind = 0", owner.entry) as
		{ readonly id: EntryId; readonly detail: string | null } | undefined;
	const details = detailsOf(row?.detail ?? null);
	if (row === undefined || details === null) return;
	const now: MessageDetails = { ...details, attachments: change(details.attachments) };
	database.run("UPDATE entries SET detail = ? WHERE row = ?", JSON.stringify(now), owner.entry);
	changed(row.id);
}

function ownerOf(database: SqlDatabase, id: AttachmentId): Owner | null {
	return (
		(database.get("SELECT entry, conversation FROM media WHERE id = ?", id) as Owner | undefined) ?? null
	);
}

/**
 * New details of a message were written: what they name of `superfluous` (the same message as the system told of it)
 * comes over, and what they do not name goes.
 */
export function followDetails(
	database: SqlDatabase,
	entry: number,
	details: MessageDetails | null,
	superfluous: number | null,
): void {
	const ids = JSON.stringify((details?.attachments ?? []).map(({ id }) => id));
	if (superfluous !== null)
		database.run(
			"UPDATE media SET entry = ? WHERE entry = ? AND id IN (SELECT value FROM json_each(?))",
			entry,
			superfluous,
			ids,
		);
	database.run(
		"DELETE FROM media WHERE entry = ? AND id NOT IN (SELECT value FROM json_each(?))",
		entry,
		ids,
	);
}

/** Files of this computer exist here only: what is written of them is on the disk before it is answered. */
export function isOwnMedia(database: SqlDatabase, change: MediaWrite): boolean {
	return (
		(change.taken ?? []).length > 0 ||
		(change.removed ?? []).length > 0 ||
		(change.added ?? []).some(({ entryId, ref }) => entryId === null || ref === null) ||
		(change.changed ?? []).some(
			({ attachment }) =>
				database.get("SELECT 1 FROM media WHERE id = ? AND ref IS NULL", attachment.id) !== undefined,
		)
	);
}
