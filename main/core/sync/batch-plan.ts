import type { AppError } from "../../../shared/errors.ts";
import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { LiveStretch, MessageEntry } from "../../../shared/model.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { StoreWrite } from "../ports/stores.ts";
import type { OwnFacts } from "./own-texts.ts";
import type { ConversationFacts } from "./planned-conversations.ts";

/** What planning needs to know of the world as it is. */
export interface BatchContext extends OwnFacts, ConversationFacts {
	readonly live: (id: ConversationId) => LiveStretch | null;
	/** Conversations of the account with a live stretch. */
	readonly liveConversations: () => readonly ConversationId[];
	/** The agent sees the newest entry of it right now. */
	readonly seen: (id: ConversationId) => boolean;
	/** The server can be asked for what is missing. */
	readonly history: boolean;
	/** Everything of the server in this conversation has come in so far: what comes now moves `syncedTo` on. */
	readonly whole: (id: ConversationId) => boolean;
}

/** What follows once the batch is stored. */
export type Effect =
	| {
			readonly type: "incoming";
			readonly conversationId: ConversationId;
			/** It happens only if this entry was new. */
			readonly entryId: EntryId;
			readonly text: string;
			/** Who wrote it, in a conversation of several; null: the peer. */
			readonly author: string | null;
			/** How many came with it. */
			readonly files: number;
			readonly catchUp: boolean;
			readonly seen: boolean;
	  }
	/** Perhaps nothing of it is unread any more: it was read elsewhere. */
	| { readonly type: "read"; readonly conversationId: ConversationId }
	| { readonly type: "live"; readonly conversationId: ConversationId; readonly live: LiveStretch | null }
	/** They began a stretch, and it is not an old one that we only just see. */
	| { readonly type: "begun"; readonly conversationId: ConversationId }
	| { readonly type: "presence"; readonly event: Extract<ProviderEvent, { type: "presence" }> }
	| { readonly type: "sendable"; readonly conversationId: ConversationId | null }
	| { readonly type: "unreachable"; readonly conversationId: ConversationId; readonly error: AppError }
	/** A text of ours that is still queued need not or must not be sent. */
	| { readonly type: "settled"; readonly conversationId: ConversationId; readonly entryId: EntryId }
	| { readonly type: "sendProblem"; readonly entry: MessageEntry }
	/** The server is to be asked for what is missing. */
	| { readonly type: "gap"; readonly event: Extract<ProviderEvent, { type: "gap" }> };

export interface BatchPlan {
	/** Null: nothing to store. */
	readonly write: StoreWrite | null;
	readonly effects: readonly Effect[];
}
