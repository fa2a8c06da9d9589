import type { AccountId, ConversationId, EntryId, PersonId } from "../../../../../shared/ids.ts";
import type { Entry, Preview, SystemId } from "../../../../../shared/model.ts";
import { previewText } from "../../../../../shared/preview.ts";
import type { ConversationRecord } from "../../../../core/ports/stores.ts";
import { deliveryOf, kinds } from "./rows.ts";
import { threadOf } from "./thread-json.ts";

/** A conversation with its address, its draft and the entry its preview shows. */
export interface ConversationRow {
	readonly row: number;
	readonly id: ConversationId;
	readonly account: number;
	readonly account_id: AccountId;
	readonly participant: number;
	readonly system: SystemId;
	readonly peer: string;
	readonly address: string;
	readonly formatted: string | null;
	readonly name: string | null;
	readonly thread: string | null;
	readonly created_at: number;
	readonly draft: string | null;
	readonly muted: number;
	readonly archived: number;
	readonly person: PersonId | null;
	readonly live: number;
	readonly synced_to: string;
	readonly older_cursor: string | null;
	readonly next_sequence: number;
	readonly unread: number;
	readonly first_unread: EntryId | null;
	readonly preview: number | null;
	readonly last_activity: number;
	readonly newest: string | null;
	readonly preview_kind: number | null;
	readonly preview_at: number | null;
	readonly preview_direction: number | null;
	readonly preview_text: string | null;
	readonly preview_delivery: string | null;
	readonly preview_detail: string | null;
}

/** All that a `ConversationRow` has; followed by a WHERE on `c`, `a` or `p`. */
export const selectConversations = `
	SELECT c.row, c.id, c.account, a.id AS account_id, c.participant, c.system, c.peer, p.address, c.formatted,
		c.name, c.thread, c.created_at, d.text AS draft, c.muted, c.archived, c.person, c.live, c.synced_to,
		c.older_cursor, c.next_sequence, c.unread, c.first_unread, c.preview, c.last_activity, c.newest,
		e.kind AS preview_kind, e.at AS preview_at, e.direction AS preview_direction, e.text AS preview_text,
		e.delivery AS preview_delivery, e.detail AS preview_detail
	FROM conversations AS c
	JOIN accounts AS a ON a.row = c.account
	JOIN participants AS p ON p.row = c.participant
	LEFT JOIN drafts AS d ON d.conversation = c.row
	LEFT JOIN entries AS e ON e.row = c.preview`;

export function recordOf(row: ConversationRow): ConversationRecord {
	return {
		id: row.id,
		accountId: row.account_id,
		system: row.system,
		peer: row.peer,
		address: row.address,
		formatted: row.formatted,
		name: row.name,
		thread: threadOf(row.thread),
		draft: row.draft ?? "",
		muted: row.muted === 1,
		archived: row.archived === 1,
		personId: row.person,
		live: row.live === 1,
		syncedTo: row.synced_to,
		olderCursor: row.older_cursor,
		lastActivity: row.last_activity,
		unread: row.unread,
		firstUnread: row.first_unread,
		preview: previewFrom(row),
		newest: row.newest,
	};
}

/** The line of the list row for an entry. */
export function previewOf(entry: Entry): Preview {
	if (entry.kind !== "message") return { kind: "note", text: "", delivery: null, at: entry.at };
	const { direction, text, delivery, at } = entry;
	return { kind: direction, text: previewText(text), delivery: delivery?.state ?? null, at };
}

function previewFrom(row: ConversationRow): Preview | null {
	if (row.preview_kind === null || row.preview_at === null) return null;
	if (row.preview_kind !== kinds.message)
		return { kind: "note", text: "", delivery: null, at: row.preview_at };
	return {
		kind: row.preview_direction === 1 ? "out" : "in",
		text: previewText(row.preview_text ?? ""),
		delivery:
			row.preview_delivery === null
				? null
				: deliveryOf(row.preview_delivery, row.preview_at, row.preview_detail).state,
		at: row.preview_at,
	};
}
