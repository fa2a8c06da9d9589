import type {
	BusyWith,
	Conversation,
	Entry,
	LiveStretch,
	PresenceState,
	Preview,
} from "../../../shared/model.ts";
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

const previewLength = 140;

/** The line of the list row for an entry. */
export function previewOf(entry: EntryLike): Preview {
	if (entry.kind !== "message") return { kind: "note", text: "", delivery: null, at: entry.at };
	const text = cut(entry.text);
	return { kind: entry.direction, text, delivery: entry.delivery?.state ?? null, at: entry.at };
}

type WithoutSequence<T> = T extends Entry ? Omit<T, "sequence"> : never;
export type EntryLike = WithoutSequence<Entry>;

/** At most 140 UTF-16 units, never half of a surrogate pair. */
function cut(text: string): string {
	if (text.length <= previewLength) return text;
	const end = /[\uD800-\uDBFF]/.test(text.charAt(previewLength - 1)) ? previewLength - 1 : previewLength;
	return text.slice(0, end);
}
