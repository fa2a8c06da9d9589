import {
	asAccountId,
	asClientMessageId,
	asConversationId,
	asEntryId,
	type ConversationId,
} from "../../../../../shared/ids.ts";
import type { SearchPage, SnippetPart } from "../../../../../shared/model.ts";
import type { NewConversation, NewEntry } from "../../../../core/ports/stores.ts";

/** Short ways of saying what tests of search and of keeping store. */

export type NewMessage = NewEntry & { kind: "message" };

export function conversation(name: string, more: Partial<NewConversation> = {}): NewConversation {
	return {
		id: asConversationId(name),
		accountId: asAccountId("account"),
		system: "textus",
		peer: name,
		address: name,
		formatted: null,
		name: null,
		thread: null,
		createdAt: 1,
		...more,
	};
}

/** Read, of the peer, with a time and an id of the server. */
export function message(
	name: string,
	text: string,
	at: number,
	more: Partial<NewMessage> & { in?: string } = {},
): NewMessage {
	const { in: conversationName = "one", ...fields } = more;
	return {
		id: asEntryId(name),
		conversationId: asConversationId(conversationName),
		kind: "message",
		at,
		direction: "in",
		clientId: null,
		remoteId: name,
		text,
		author: "Ana",
		delivery: null,
		localTime: false,
		details: null,
		...fields,
	};
}

/** A text of ours that waits to be sent. */
export function queued(name: string, text: string, at: number): NewMessage {
	return message(name, text, at, {
		direction: "out",
		clientId: asClientMessageId(name),
		remoteId: null,
		localTime: true,
		author: "",
		delivery: {
			state: "queued",
			since: at,
			queueReason: null,
			problem: null,
			retryAllowed: false,
			undoUntil: null,
		},
	});
}

export function query(
	typed: string,
	more: { within?: string; before?: string | null; limit?: number } = {},
): { query: string; conversationId: ConversationId | null; before: string | null; limit: number } {
	return {
		query: typed,
		conversationId: more.within === undefined ? null : asConversationId(more.within),
		before: more.before ?? null,
		limit: more.limit ?? 50,
	};
}

export const names = (page: SearchPage): readonly string[] => page.hits.map((hit) => String(hit.entryId));

/** "call [555 0199] please" */
export function shown(parts: readonly SnippetPart[]): string {
	return parts.map((part) => (part.hit ? `[${part.text}]` : part.text)).join("");
}
