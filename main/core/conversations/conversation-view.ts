import type { BusyWith, Conversation, LiveStretch, PresenceState } from "../../../shared/model.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What is known of a conversation only while its account is connected. */
export interface ConversationNow {
	readonly live: LiveStretch | null;
	readonly presence: { readonly presence: PresenceState; readonly label: string | null } | null;
	readonly busyWith: BusyWith | null;
	readonly sessionless: boolean;
	/** As typed last. */
	readonly draft: string;
}

/** The conversation as the window shows it: what is stored, and what is true at this moment. */
export function conversationView(record: ConversationRecord, now: ConversationNow): Conversation {
	return {
		id: record.id,
		accountId: record.accountId,
		system: record.system,
		peer: {
			address: record.address,
			name: record.name,
			presence: now.presence?.presence ?? "unknown",
			presenceLabel: now.presence?.label ?? null,
		},
		preview: record.preview,
		lastActivity: record.lastActivity,
		unread: record.unread,
		firstUnread: record.firstUnread,
		draft: now.draft,
		muted: record.muted,
		live: now.live,
		sessionless: now.sessionless,
		busyWith: now.busyWith,
	};
}

/** What to call the other side. */
export function peerName(record: Pick<ConversationRecord, "name" | "address">): string {
	return record.name ?? record.address;
}
