import type { AccountId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, NotificationRecord } from "../../../shared/model.ts";
import { isMuted } from "../conversations/conversation-view.ts";
import type { ConversationRecord, MessageStore } from "../ports/stores.ts";

/** Conversations that are looked through at a start, newest first: what was left untold is among them. */
const mostConversations = 200;
/** Newest entries and ledger lines of a conversation that are compared. */
const mostEntries = 100;

/** Unread messages of an account that nothing was decided about: the app ended before. */
export interface Untold {
	readonly accountId: AccountId;
	readonly messages: readonly {
		readonly record: ConversationRecord;
		readonly entryId: EntryId;
		readonly at: EpochMs;
	}[];
}

/**
 * Unread messages without a line in the ledger, by account. Lines are written a moment after the
 * message, so what lacks one is among the newest.
 */
export async function findUntold(
	store: Pick<MessageStore, "page" | "notifications">,
	records: readonly ConversationRecord[],
): Promise<readonly Untold[]> {
	const unread = records
		.filter((record) => record.unread > 0 && !isMuted(record))
		.sort((one, other) => other.lastActivity - one.lastActivity)
		.slice(0, mostConversations);
	const found: Untold["messages"][number][] = [];
	for (const record of unread) {
		const [{ entries }, { records: lines }] = await Promise.all([
			store.page(record.id, { kind: "newest" }, mostEntries),
			store.notifications(record.id, null, 2 * mostEntries),
		]);
		const told = new Set(lines.map(({ entryId }) => entryId));
		const first = entries.findIndex(({ id }) => id === record.firstUnread);
		for (const entry of entries.slice(Math.max(0, first))) {
			if (entry.kind !== "message" || entry.direction === "out" || told.has(entry.id)) continue;
			found.push({ record, entryId: entry.id, at: entry.at });
		}
	}
	return [...Map.groupBy(found, ({ record }) => record.accountId)].map(([accountId, messages]) => ({
		accountId,
		messages,
	}));
}

/** The ledger's lines for them, once they were told of together, or why they were not. */
export function untoldLines(
	{ messages }: Untold,
	at: EpochMs,
	withheld: NotificationRecord["withheld"],
): readonly NotificationRecord[] {
	return messages.map(({ record, entryId, at: arrivedAt }) => ({
		conversationId: record.id,
		entryId,
		kind: "message",
		arrivedAt,
		at,
		withheld,
		sound: false,
	}));
}
