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
	/** Of the entries, by client id. */
	readonly ids: ReadonlyMap<ClientMessageId, EntryId>;
	/** The first of them leaves as soon as it is stored. */
	readonly leaving: boolean;
	/** What the first of them waits for otherwise. */
	readonly reason: QueueReason;
	/** They may be taken back until then. */
	readonly undoUntil: EpochMs | null;
}

/** Texts as they are stored when they are written: the message, and by its delivery its job. */
export function textsOf(parts: readonly Part[], writing: Writing): readonly NewEntry[] {
	const { conversationId, at, ids, leaving, reason, undoUntil } = writing;
	return parts.flatMap(({ clientId, text }, index): readonly NewEntry[] => {
		const id = ids.get(clientId);
		if (id === undefined) return [];
		const delivery =
			leaving && index === 0
				? leavingDelivery(at)
				: freshDelivery(index === 0 ? reason : (reason ?? "order"), at, undoUntil);
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
		} as const;
		return [entry];
	});
}
