import { appError } from "../../../../../shared/errors.ts";
import type { ClientMessageId, ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { Delivery, Entry, GapEntry, MessageEntry, StretchEntry } from "../../../../../shared/model.ts";
import type { NoticeEntry, ProblemEntry } from "../../../../../shared/model.ts";
import type { NewEntry } from "../../../../core/ports/stores.ts";
import type { SqlValue } from "../sqlite-driver.ts";
import { detailsOf, plainDetails } from "./details-json.ts";

/** How rows of `entries` and entries of the domain become each other. */

/**
 * A notice is of the kind of problems: the CHECK of the first migration cannot be altered. Its `detail` says what it
 * is, and it alone of this kind has a text, so that a damaged detail does not make a problem of it.
 */
export const kinds = { message: 0, stretch: 1, gap: 2, problem: 3, notice: 3 } as const;

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
			if (row.text !== null) return noticeOf(base, row);
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
		delivery: row.delivery === null ? null : deliveryOf(row.delivery, row.at, row.detail),
		localTime: row.local_time === 1,
		details: detailsOf(row.detail),
	};
}

function noticeOf(base: Omit<NoticeEntry, "kind" | "remoteId" | "text">, row: EntryRow): NoticeEntry {
	return { ...base, kind: "notice", remoteId: row.remote_id, text: row.text ?? "" };
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

const outgoing: readonly unknown[] = ["queued", "waiting", "sending"];
const deliveryStates: readonly unknown[] = [
	"queued",
	"waiting",
	"sending",
	"sent",
	"delivered",
	"failed",
	"unknown",
];

/**
 * What cannot be read any more is not known to have arrived, and is never called sent. A text that waits, whose details
 * (JSON, as stored) cannot be read, does not leave by itself: nobody knows which files or what hour belonged to it.
 */
export function deliveryOf(json: string, at: number, details: string | null): Delivery {
	try {
		const delivery = JSON.parse(json) as Delivery;
		const whole = details === null || !outgoing.includes(delivery.state) || detailsOf(details) !== null;
		if (deliveryStates.includes(delivery.state) && whole) return delivery;
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
				details: entry.details === null ? null : plainDetails(entry.details),
			};
		case "notice":
			return { ...base, kind: "notice", remoteId: entry.remoteId, text: entry.text.toWellFormed() };
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
				entry.details === null ? null : JSON.stringify(entry.details),
			];
		case "notice":
			return [
				kinds.notice,
				null,
				null,
				null,
				entry.remoteId,
				null,
				entry.text,
				null,
				JSON.stringify({ notice: true }),
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
