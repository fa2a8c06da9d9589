import type { AttachmentId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Attachment, EpochMs, QueueReason } from "../../../shared/model.ts";
import type { MediaWrite, NewEntry } from "../ports/stores.ts";
import { detailsWith } from "../sync/message-details.ts";
import { freshDelivery, leavingDelivery } from "./delivery.ts";

/** One text as the composer gives it: one bubble. */
export interface Part {
	/** Minted in the composer: the same text handed over twice is one message. */
	readonly clientId: ClientMessageId;
	/** Empty only where a file goes with it. */
	readonly text: string;
}

/** What goes along. */
export interface Enclosed {
	/** Files of the draft, with the first text. */
	readonly files: readonly Attachment[];
	/** The system's saved reply that the first text came from. */
	readonly savedReply: string | null;
	/** The system sends all of them then; null: now. */
	readonly at: EpochMs | null;
}

export const nothingEnclosed: Enclosed = { files: [], savedReply: null, at: null };

export interface Writing {
	readonly conversationId: ConversationId;
	readonly at: EpochMs;
	/** Of the entries, by client id. */
	readonly ids: ReadonlyMap<ClientMessageId, EntryId>;
	/** The first of them leaves as soon as it is stored. */
	readonly leaving: boolean;
	/** What the first of them waits for otherwise. */
	readonly reason: QueueReason;
	/** They may be taken back until then. */
	readonly undoUntil: EpochMs | null;
	readonly enclosed: Enclosed;
}

/** Texts as they are stored when they are written: the message, and by its delivery its job. */
export function textsOf(parts: readonly Part[], writing: Writing): readonly NewEntry[] {
	const { conversationId, at, ids, leaving, reason, undoUntil, enclosed } = writing;
	return parts.flatMap(({ clientId, text }, index): readonly NewEntry[] => {
		const id = ids.get(clientId);
		if (id === undefined) return [];
		const delivery =
			leaving && index === 0
				? leavingDelivery(at)
				: freshDelivery(index === 0 ? reason : (reason ?? "order"), at, undoUntil);
		const { files: attachments, savedReply } = index === 0 ? enclosed : nothingEnclosed;
		const entry = {
			id,
			conversationId,
			kind: "message",
			direction: "out",
			clientId,
			remoteId: null,
			text,
			author: "",
			delivery,
			at,
			localTime: true,
			details: detailsWith({ attachments, savedReply, scheduledAt: enclosed.at }),
		} as const;
		return [entry];
	});
}

/** The draft's files become the message's. */
export function takenFiles(entryId: EntryId | undefined, { files }: Enclosed): MediaWrite | null {
	if (entryId === undefined || files.length === 0) return null;
	return { taken: [{ entryId, ids: files.map(({ id }): AttachmentId => id) }] };
}
