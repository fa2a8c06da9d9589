import type {
	Attachment,
	BusyWith,
	Conversation,
	LiveStretch,
	PresenceState,
	ThreadFacts,
} from "../../../shared/model.ts";
import { plainThread } from "../../../shared/threads.ts";
import type { Thread } from "../ports/provider.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What is known of a conversation only while its account is connected, and what is not in its record. */
export interface ConversationNow {
	readonly live: LiveStretch | null;
	readonly presence: { readonly presence: PresenceState; readonly label: string | null } | null;
	readonly busyWith: BusyWith | null;
	readonly sessionless: boolean;
	/** As typed last. */
	readonly draft: string;
	/** Files of the draft. */
	readonly staged: readonly Attachment[];
}

/** Of a conversation that its system has told nothing of: an address is all there is to it. */
export const untoldThread: ThreadFacts = plainThread("im");

/** The conversation as the window shows it: what is stored, and what is true at this moment. */
export function conversationView(record: ConversationRecord, now: ConversationNow): Conversation {
	return {
		id: record.id,
		accountId: record.accountId,
		system: record.system,
		peer: {
			address: record.address,
			formatted: record.formatted ?? record.address,
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
		thread: record.thread ?? untoldThread,
		archived: record.archived,
		personId: record.personId,
		staged: now.staged,
	};
}

/** What to call the other side. */
export function peerName({
	name,
	thread,
	formatted,
	address,
}: Pick<ConversationRecord, "name" | "thread" | "formatted" | "address">): string {
	return name ?? thread?.group?.title ?? formatted ?? address;
}

/** By the agent here, or on its system: nothing of it is told, and it does not count as unread. */
export function isMuted({ muted, thread }: Pick<ConversationRecord, "muted" | "thread">): boolean {
	return muted || thread?.mutedThere === true;
}

/** The conversation as its provider told of it last; null: never. */
export function threadOf(record: ConversationRecord): Thread | null {
	const { peer, address, formatted, thread } = record;
	return thread === null ? null : { peer, address, formatted: formatted ?? address, facts: thread };
}
