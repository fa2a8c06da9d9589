import type { ConversationId } from "../../shared/ids.ts";
import type { Conversation, SearchHit, SearchPage, SnippetPart } from "../../shared/model.ts";

/** One thing that can be opened. `hit` null: a person, not a message. */
export interface Result {
	readonly key: string;
	readonly conversationId: ConversationId;
	readonly conversation: Conversation;
	readonly parts: readonly SnippetPart[];
	readonly hit: SearchHit | null;
}

/** Results under one heading; `conversation` null: people. */
export interface ResultSection {
	readonly key: string;
	readonly conversation: Conversation | null;
	readonly results: readonly Result[];
}

/**
 * People first, then the messages by conversation, in the order the groups have. Of conversations that are not there
 * any more nothing is shown.
 */
export function resultRows(
	found: {
		readonly people: SearchPage["people"];
		readonly groups: readonly {
			readonly conversationId: ConversationId;
			readonly hits: readonly SearchHit[];
		}[];
	},
	conversationOf: (id: ConversationId) => Conversation | undefined,
): readonly ResultSection[] {
	const people = found.people.flatMap(({ conversationId, name }): Result[] => {
		const conversation = conversationOf(conversationId);
		return conversation === undefined
			? []
			: [{ key: `person-${conversationId}`, conversationId, conversation, parts: name, hit: null }];
	});
	const sections = found.groups.flatMap(({ conversationId, hits }): ResultSection[] => {
		const conversation = conversationOf(conversationId);
		if (conversation === undefined) return [];
		const results = hits.map((hit): Result => ({
			key: `message-${hit.entryId}`,
			conversationId,
			conversation,
			parts: hit.snippet,
			hit,
		}));
		return [{ key: conversationId, conversation, results }];
	});
	return people.length === 0
		? sections
		: [{ key: "people", conversation: null, results: people }, ...sections];
}
