import type { EntryId } from "../../shared/ids.ts";
import type { Entry, EpochMs, MessageEntry } from "../../shared/model.ts";

/** One line of the open conversation, in the order it stands. */
export type TimelineRow =
	| { readonly kind: "day"; readonly key: string; readonly at: EpochMs }
	| { readonly kind: "unread"; readonly key: string }
	| {
			readonly kind: "message";
			readonly key: string;
			readonly entry: MessageEntry;
			/** First and last of a group: one sender on one route, at most five minutes apart. */
			readonly first: boolean;
			readonly last: boolean;
			/** Time and state stand under it: once a group, or where they change. */
			readonly caption: boolean;
	  }
	| { readonly kind: "line"; readonly key: string; readonly entry: Exclude<Entry, MessageEntry> };

/** Messages further apart than this begin a new group. */
const groupSpan = 5 * 60_000;

/** Failures, doubts, waiting texts and those for later say so themselves; only settled messages share a caption. */
function settled(entry: MessageEntry): boolean {
	const state = entry.delivery?.state;
	return (
		state === undefined ||
		state === "delivered" ||
		(state === "sent" && (entry.details?.scheduledAt ?? null) === null)
	);
}

function sameGroup(left: MessageEntry, right: MessageEntry, dayOf: (at: EpochMs) => string): boolean {
	return (
		left.direction === right.direction &&
		left.author === right.author &&
		left.conversationId === right.conversationId &&
		(left.details?.sender ?? null) === (right.details?.sender ?? null) &&
		Math.abs(right.at - left.at) <= groupSpan &&
		settled(left) &&
		settled(right) &&
		dayOf(left.at) === dayOf(right.at)
	);
}

/**
 * The rows for `entries` (oldest first): day separators, the unread divider before `firstUnread`,
 * groups of messages, and the lines that are no messages.
 */
export function timelineRows(
	entries: readonly Entry[],
	firstUnread: EntryId | null,
	dayOf: (at: EpochMs) => string,
): TimelineRow[] {
	const rows: TimelineRow[] = [];
	let day = "";
	entries.forEach((entry, index) => {
		const entryDay = dayOf(entry.at);
		if (entryDay !== day) {
			day = entryDay;
			rows.push({ kind: "day", key: `day ${entryDay} ${entry.id}`, at: entry.at });
		}
		if (entry.id === firstUnread) rows.push({ kind: "unread", key: "unread" });
		if (entry.kind !== "message") {
			rows.push({ kind: "line", key: entry.id, entry });
			return;
		}
		const before = entries[index - 1];
		const after = entries[index + 1];
		const joinsBefore =
			before?.kind === "message" && entry.id !== firstUnread && sameGroup(before, entry, dayOf);
		const joinsAfter =
			after?.kind === "message" && after.id !== firstUnread && sameGroup(entry, after, dayOf);
		rows.push({
			kind: "message",
			key: entry.id,
			entry,
			first: !joinsBefore,
			last: !joinsAfter,
			caption:
				!joinsAfter ||
				after.delivery?.state !== entry.delivery?.state ||
				after.details?.deliveryWords !== entry.details?.deliveryWords,
		});
	});
	return rows;
}

/**
 * Hands rows on, with the objects of the rows before wherever they say the same: what has not changed is not drawn
 * again.
 */
export function rowReuse(): (rows: readonly TimelineRow[]) => readonly TimelineRow[] {
	let known = new Map<string, TimelineRow>();
	return (rows) => {
		const next = rows.map((row) => {
			const same = known.get(row.key);
			return same !== undefined && sameRow(row, same) ? same : row;
		});
		known = new Map(next.map((row) => [row.key, row]));
		return next;
	};
}

function sameRow(one: TimelineRow, other: TimelineRow): boolean {
	if (one.kind === "message" && other.kind === "message")
		return (
			one.entry === other.entry &&
			one.first === other.first &&
			one.last === other.last &&
			one.caption === other.caption
		);
	if (one.kind === "line" && other.kind === "line") return one.entry === other.entry;
	if (one.kind === "day" && other.kind === "day") return one.at === other.at;
	return one.kind === other.kind;
}

/** Rows that the arrow keys stop at: what was said, by whomever, and what may be missing or went wrong. */
export function takesFocus(row: TimelineRow): boolean {
	return row.kind === "message" || (row.kind === "line" && row.entry.kind !== "stretch");
}

/** `dayOf` for many moments of few days: no zone changes its offset within a quarter of an hour. */
export function rememberedDays(dayOf: (at: EpochMs) => string): (at: EpochMs) => string {
	const known = new Map<number, string>();
	return (at) => {
		const quarter = Math.floor(at / 900_000);
		let day = known.get(quarter);
		if (day === undefined) {
			day = dayOf(at);
			known.set(quarter, day);
		}
		return day;
	};
}
