import type { MessageEntry, NotificationRecord, SearchHit } from "../../shared/model.ts";

/** What a search finds, and what became of notifications. */

/** A hit on `message`; what stands between asterisks in `snippet` is what was looked for. */
export function hit(message: MessageEntry, snippet: string): SearchHit {
	return {
		entryId: message.id,
		conversationId: message.conversationId,
		direction: message.direction,
		author: message.author,
		at: message.at,
		snippet: parts(snippet),
	};
}

/** "the *label* came off" as the pieces of a snippet. */
export function parts(snippet: string): SearchHit["snippet"] {
	return snippet
		.split("*")
		.map((text, index) => ({ text, hit: index % 2 === 1 }))
		.filter(({ text }) => text !== "");
}

export function record(
	of: MessageEntry,
	withheld: NotificationRecord["withheld"],
	changes: Partial<NotificationRecord> = {},
): NotificationRecord {
	return {
		conversationId: of.conversationId,
		entryId: of.id,
		kind: "message",
		arrivedAt: of.at,
		at: of.at,
		withheld,
		sound: withheld === null,
		...changes,
	};
}
