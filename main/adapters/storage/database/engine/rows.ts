import { appError } from "../../../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { Delivery, Entry, GapEntry, MessageEntry, StretchEntry } from "../../../../../shared/model.ts";
import type { Preview, ProblemEntry, SystemId } from "../../../../../shared/model.ts";
import { previewText } from "../../../../../shared/preview.ts";
import type { ConversationRecord, NewEntry } from "../../../../core/ports/stores.ts";
import type { SqlValue } from "../sqlite-driver.ts";

/** How rows of the database and values of the domain become each other. */

export const kinds = { message: 0, stretch: 1, gap: 2, problem: 3 } as const;

/** A row of `entries` with the id of its conversation, as `entryColumns` selects it. */
export interface EntryRow {
	readonly row: number;
	readonly id: EntryId;
	readonly conversation: number;
	readonly conversation_id: ConversationId;
	readonly kind: number;
	readonly sequence: number;
	readonly place: string;
	readonly at: number;
	readonly direction: number | null;
	readonly unread: number;
	readonly local_time: number | null;
	readonly client_id: ClientMessageId | null;
	readonly remote_id: string | null;
	readonly author: string | null;
	readonly text: string | null;
	readonly delivery: string | null;
	readonly detail: string | null;
}

/** For `SELECT ${entryColumns} FROM ${entryTables} WHERE ...`. */
export const entryColumns =
	"e.row, e.id, e.conversation, c.id AS conversation_id, e.kind, e.sequence, e.place, e.at, e.direction, e.unread, " +
	"e.local_time, e.client_id, e.remote_id, e.author, e.text, e.delivery, e.detail";
export const entryTables = "entries AS e JOIN conversations AS c ON c.row = e.conversation";

export function entryOf(row: EntryRow): Entry {
	const base = {
		id: row.id,
		conversationId: row.conversation_id,
		sequence: row.sequence,
		order: row.place,
		at: row.at,
	};
	switch (row.kind) {
		case kinds.message:
			return messageOf(row);
		case kinds.stretch:
			return {
				...base,
				kind: "stretch",
				...detailOf<Pick<StretchEntry, "what">>(row, { what: "ended" }),
			};
		case kinds.gap: {
			const otherwise = { from: row.at, to: row.at, filling: false };
			return { ...base, kind: "gap", ...detailOf<Pick<GapEntry, GapFields>>(row, otherwise) };
		}
		default: {
			const otherwise = { problem: appError("internal") };
			return { ...base, kind: "problem", ...detailOf<Pick<ProblemEntry, "problem">>(row, otherwise) };
		}
	}
}

export function messageOf(row: EntryRow): MessageEntry {
	return {
		id: row.id,
		conversationId: row.conversation_id,
		sequence: row.sequence,
		order: row.place,
		at: row.at,
		kind: "message",
		direction: row.direction === 1 ? "out" : "in",
		clientId: row.client_id,
		remoteId: row.remote_id,
		text: row.text ?? "",
		author: row.author ?? "",
		delivery: row.delivery === null ? null : deliveryOf(row.delivery, row.at),
		localTime: row.local_time === 1,
	};
}

/** A gap marker that is asked for, or not any more. */
export function gapDetail(entry: Pick<GapEntry, GapFields>): string {
	return JSON.stringify({ from: entry.from, to: entry.to, filling: entry.filling });
}

type GapFields = "from" | "to" | "filling";

/** One damaged line must not make a whole conversation unreadable. */
function detailOf<T>(row: EntryRow, otherwise: T): T {
	try {
		return JSON.parse(row.detail ?? "") as T;
	} catch {
		return otherwise;
	}
}

const deliveryStates: readonly unknown[] = [
	"queued",
	"waiting",
	"sending",
	"sent",
	"delivered",
	"failed",
	"unknown",
];

/** What cannot be read any more is not known to have arrived, and is never called sent. */
export function deliveryOf(json: string, at: number): Delivery {
	try {
		const delivery = JSON.parse(json) as Delivery;
		if (deliveryStates.includes(delivery.state)) return delivery;
	} catch {
		// As below.
	}
	const problem = appError("message.interrupted");
	return { state: "unknown", since: at, queueReason: null, problem, retryAllowed: true, undoUntil: null };
}

type WithoutPlace<T> = T extends Entry ? Omit<T, "sequence" | "order"> : never;
/** An entry as it will be stored, but for its place. */
export type PlainEntry = WithoutPlace<Entry>;

/**
 * What can be stored of an entry: whole milliseconds, well-formed text (SQLite keeps UTF-8, in which half of a
 * surrogate pair cannot be written), and nothing that the model does not name.
 */
export function plainEntry(entry: NewEntry): PlainEntry {
	const base = { id: entry.id, conversationId: entry.conversationId, at: wholeTime(entry.at) };
	switch (entry.kind) {
		case "message":
			return {
				...base,
				kind: "message",
				direction: entry.direction,
				clientId: entry.clientId,
				remoteId: entry.remoteId,
				text: entry.text.toWellFormed(),
				author: entry.author.toWellFormed(),
				delivery: entry.delivery,
				localTime: entry.localTime,
			};
		case "stretch":
			return { ...base, kind: "stretch", what: entry.what };
		case "gap":
			return { ...base, kind: "gap", from: entry.from, to: entry.to, filling: entry.filling };
		case "problem":
			return { ...base, kind: "problem", problem: entry.problem };
	}
}

/** Values of the columns kind, direction, local_time, client_id, remote_id, author, text, delivery, detail. */
export function entryValues(entry: PlainEntry): readonly SqlValue[] {
	const none = [null, null, null, null, null, null, null];
	switch (entry.kind) {
		case "message":
			return [
				kinds.message,
				entry.direction === "out" ? 1 : 0,
				entry.localTime ? 1 : 0,
				entry.clientId,
				entry.remoteId,
				entry.author,
				entry.text,
				entry.delivery === null ? null : JSON.stringify(entry.delivery),
				null,
			];
		case "stretch":
			return [kinds.stretch, ...none, JSON.stringify({ what: entry.what })];
		case "gap":
			return [kinds.gap, ...none, gapDetail(entry)];
		case "problem":
			return [kinds.problem, ...none, JSON.stringify({ problem: entry.problem })];
	}
}

/** Milliseconds as the database takes them: what a server says may be a fraction or no number at all. */
export function wholeTime(at: number): number {
	return Number.isFinite(at) ? Math.trunc(Math.min(Math.max(at, -8.64e15), 8.64e15)) : 0;
}

/** A conversation with its participant, its draft and the entry its preview shows. */
export interface ConversationRow {
	readonly row: number;
	readonly id: ConversationId;
	readonly account: number;
	readonly account_id: AccountId;
	readonly participant: number;
	readonly system: SystemId;
	readonly address: string;
	readonly name: string | null;
	readonly created_at: number;
	readonly draft: string | null;
	readonly muted: number;
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
}

/** All that a `ConversationRow` has; followed by a WHERE on `c`, `a` or `p`. */
export const selectConversations = `
	SELECT c.row, c.id, c.account, a.id AS account_id, c.participant, c.system, p.address, p.name, c.created_at,
		d.text AS draft, c.muted, c.live, c.synced_to, c.older_cursor, c.next_sequence, c.unread, c.first_unread,
		c.preview, c.last_activity, c.newest, e.kind AS preview_kind, e.at AS preview_at,
		e.direction AS preview_direction, e.text AS preview_text,
		e.delivery AS preview_delivery
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
		address: row.address,
		name: row.name,
		draft: row.draft ?? "",
		muted: row.muted === 1,
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
			row.preview_delivery === null ? null : deliveryOf(row.preview_delivery, row.preview_at).state,
		at: row.preview_at,
	};
}
