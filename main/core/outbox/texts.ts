import type { ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, QueueReason } from "../../../shared/model.ts";
import type { NewEntry } from "../ports/stores.ts";
import { freshDelivery, leavingDelivery } from "./delivery.ts";

/** One text as the composer gives it: one bubble. */
export interface Part {
	/** Minted in the composer: the same text handed over twice is one message. */
	readonly clientId: ClientMessageId;
	readonly text: string;
}

export interface Writing {
	readonly conversationId: ConversationId;
	readonly at: EpochMs;
	readonly newId: () => string;
	/** The first of them leaves as soon as it is stored. */
	readonly leaving: boolean;
	/** What the first of them waits for otherwise. */
	readonly reason: QueueReason;
	/** They may be taken back until then. */
	readonly undoUntil: EpochMs | null;
}

/** Texts as they are stored when they are written: the message, and by its delivery its job. */
export function textsOf(parts: readonly Part[], writing: Writing): readonly NewEntry[] {
	const { conversationId, at, newId, leaving, reason, undoUntil } = writing;
	return parts.map(({ clientId, text }, index) => ({
		id: newId() as EntryId,
		conversationId,
		kind: "message",
		direction: "out",
		clientId,
		remoteId: null,
		text,
		author: "",
		delivery:
			leaving && index === 0
				? leavingDelivery(at)
				: freshDelivery(index === 0 ? reason : (reason ?? "order"), at, undoUntil),
		at,
		localTime: true,
	}));
}
