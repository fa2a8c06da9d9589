import type { AttachmentId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Attachment, MessageDetails, MessageEntry } from "../../../shared/model.ts";
import { sameJson } from "../conversations/looks-different.ts";
import type { ProviderEvent, RemoteFile } from "../ports/provider.ts";
import type { MediaWrite, StoredMedia } from "../ports/stores.ts";

type Message = Extract<ProviderEvent, { readonly type: "message" }>;
type OwnMessage = Extract<ProviderEvent, { readonly type: "ownMessage" }>;

/** The message that the details are of. */
export interface Owner {
	readonly id: EntryId;
	readonly conversationId: ConversationId;
}

/** What a message has besides its text, and the rows of its files. */
export interface BuiltDetails {
	readonly details: MessageDetails | null;
	readonly added: readonly StoredMedia[];
}

export interface ChangedDetails extends BuiltDetails {
	/** Files that are found another way now. */
	readonly refs: NonNullable<MediaWrite["refs"]>;
}

/** How files are found that are still on the server only, as stored; of those that a batch speaks of. */
export type KnownRefs = ReadonlyMap<AttachmentId, string | null>;

const nothing: MessageDetails = {
	attachments: [],
	sender: null,
	deliveryWords: null,
	scheduledAt: null,
	savedReply: null,
};

/** Details with what is said; null when that is nothing. */
export function detailsWith(
	said: Partial<MessageDetails>,
	before: MessageDetails | null = null,
): MessageDetails | null {
	const details = { ...nothing, ...before, ...said };
	return sameJson(details, nothing) ? null : details;
}

/** Of a message that is new here. */
export function newDetails(event: Message | OwnMessage, owner: Owner, newId: () => string): BuiltDetails {
	const added = filesOf(event.files ?? [], owner, newId);
	const attachments = added.map(({ attachment }) => attachment);
	if (event.type === "message") return { details: detailsWith({ attachments }), added };
	const { sender = null, words: deliveryWords = null, scheduledAt = null } = event;
	return { details: detailsWith({ attachments, sender, deliveryWords, scheduledAt }), added };
}

/** What a later word of a message of ours changes; null: nothing. */
export function laterDetails(
	entry: MessageEntry,
	event: OwnMessage,
	known: KnownRefs,
	newId: () => string,
): ChangedDetails | null {
	const before = entry.details ?? nothing;
	const files = event.files ?? [];
	const ours = entry.clientId !== null;
	// What we sent ourselves is here; only what the server put to it (a saved reply's files) is new.
	const fresh = ours && before.attachments.length > 0 ? [] : files.slice(before.attachments.length);
	const added = filesOf(fresh, entry, newId);
	const details = detailsWith(
		{
			attachments: [...before.attachments, ...added.map(({ attachment }) => attachment)],
			sender: ours ? null : (event.sender ?? before.sender),
			deliveryWords: event.words ?? before.deliveryWords,
			// Told without a time to be sent, it is sent.
			scheduledAt: event.scheduledAt ?? null,
		},
		before,
	);
	const refs = ours ? [] : renewedRefs(entry, files, known);
	return sameJson(details, entry.details) && refs.length === 0 ? null : { details, added, refs };
}

/** Files of a message that is there already, where the server names another way to find them. */
export function renewedRefs(
	{ details }: Pick<MessageEntry, "details">,
	files: readonly RemoteFile[],
	known: KnownRefs,
): NonNullable<MediaWrite["refs"]> {
	return (details?.attachments ?? []).flatMap(({ id }, index) => {
		const ref = files[index]?.ref;
		return ref === undefined || !known.has(id) || known.get(id) === ref ? [] : [{ id, ref }];
	});
}

function filesOf(files: readonly RemoteFile[], owner: Owner, newId: () => string): readonly StoredMedia[] {
	return files.map(({ ref, type, name, bytes, width, height }) => {
		const attachment: Attachment = {
			id: newId() as AttachmentId,
			type: type ?? "application/octet-stream",
			name,
			bytes,
			width,
			height,
			state: "there",
			problem: null,
		};
		const { id: entryId, conversationId } = owner;
		return { attachment, conversationId, entryId, ref, bytes: null };
	});
}
