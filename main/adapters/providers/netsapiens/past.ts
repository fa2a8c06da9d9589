import type { ConversationHead, History, HistoryMessage } from "../../../core/ports/provider.ts";
import type { EpochMs } from "../../../core/ports/runtime.ts";
import { asNumber, parseJson } from "../rest/lossless-json.ts";
import { isRefused } from "./answers.ts";
import { mostRows } from "./api.ts";
import { type ReadMessage, type Reading, byTime, eventOf, isOwn } from "./message-events.ts";
import type { MessageReader } from "./message-window.ts";
import type { NewsReader } from "./news-reader.ts";
import type { Session, SessionBook, SessionReading } from "./session-book.ts";
import type { SessionList } from "./session-list.ts";
import { isRow } from "./wire.ts";

export interface PastPorts {
	readonly list: SessionList;
	readonly book: SessionBook;
	readonly messages: MessageReader;
	readonly news: NewsReader;
	readonly reading: () => Reading;
	/** Takes a list in as a poll does: what is new on it is read and told. */
	readonly take: (reading: SessionReading) => void;
	/** Newer than what has been told live: the poll is to tell it, now. */
	readonly soon: () => void;
}

/** Lists may be out of order by so much (5.3). */
const overlapMs = 60_000;

/** Where a page ended: what follows is older than this message. */
interface Cursor {
	/** So many rows of each session were asked for. */
	readonly asked: number;
	readonly at: EpochMs;
	readonly id: string;
}

/** The server's past: conversations by their last message, and messages by ever longer lists (rows 3 and 25). */
export class Past implements History {
	readonly #ports: PastPorts;

	constructor(ports: PastPorts) {
		this.#ports = ports;
	}

	/** `since`, `cursor`: the newest time that a list had, in the server's own time. */
	async heads(
		since: string | null,
		_page: string | null,
		signal: AbortSignal,
	): Promise<{
		readonly heads: readonly ConversationHead[];
		readonly cursor: string | null;
		readonly next: null;
	}> {
		const { list, book } = this.#ports;
		const whole = await list.whole(signal);
		const { rows } = whole;
		this.#ports.take(whole);
		const from = since === null ? null : asNumber(since);
		const newest = new Map<string, EpochMs>();
		for (const row of rows) {
			const key = book.get(row.id)?.place.key;
			if (key === undefined || row.lastAt === null) continue;
			newest.set(key, Math.max(newest.get(key) ?? 0, row.lastAt));
		}
		const times = [...newest.values()];
		const heads = [...newest]
			.filter(([, at]) => from === null || at >= from - overlapMs)
			.sort(([, one], [, other]) => other - one)
			.flatMap(([peer, at]): ConversationHead[] => {
				const told = book.thread(peer);
				if (told === null) return [];
				const { name, ...thread } = told;
				return [{ peer, name, at, thread }];
			});
		const cursor = times.length === 0 ? since : String(Math.max(...times, from ?? 0));
		return { heads, cursor, next: null };
	}

	async page(
		peer: string,
		from: string | null,
		limit: number,
		signal: AbortSignal,
	): Promise<{ readonly messages: readonly HistoryMessage[]; readonly next: string | null }> {
		const after = from === null ? null : readCursor(from);
		const sessions = await this.#sessions(peer, signal);
		const edges = new Map(sessions.map(({ row, memory }) => [row.id, memory.newest]));
		let asked = (after?.asked ?? 0) + limit;
		for (;;) {
			const { rows, end } = await this.#read(sessions, asked, signal);
			const older = after === null ? rows : rows.filter((row) => isBefore(row, after));
			// Newest first, as core wants it.
			const page = [...older].sort(byTime).reverse().slice(0, limit);
			const last = page.at(-1);
			if (last === undefined && end === null && asked < 4 * mostRows) {
				asked *= 2;
				continue;
			}
			const more = last !== undefined && (end === null || older.length > page.length);
			const shown = shownTimes(rows);
			const messages = page.flatMap((row) =>
				this.#event(row, shown.get(row.id) ?? row.at, edges.get(row.sessionId) ?? null),
			);
			if (!more && end === "capped" && last !== undefined) messages.push(this.#capped(peer, last));
			return { messages, next: more ? writeCursor({ asked, at: last.at, id: last.id }) : null };
		}
	}

	/** One that was begun a moment ago may not have been listed yet. */
	async #sessions(peer: string, signal: AbortSignal): Promise<readonly Session[]> {
		const { book, list, take } = this.#ports;
		const known = book.of(peer);
		if (known.length > 0) return known;
		take(await list.whole(signal));
		return book.of(peer);
	}

	/** All sessions of the conversation together, as far back as all of them were read; each oldest first. */
	async #read(
		sessions: readonly Session[],
		asked: number,
		signal: AbortSignal,
	): Promise<{ readonly rows: readonly ReadMessage[]; readonly end: "whole" | "capped" | null }> {
		const rows: ReadMessage[] = [];
		let end: "whole" | "capped" | null = "whole";
		let from: EpochMs = -Infinity;
		for (const { row } of sessions) {
			try {
				const window = await this.#ports.messages.newest(row, asked, signal);
				rows.push(...window.rows);
				if (window.end !== "whole" && end !== null) end = window.end;
				// Of the oldest second some may be missing.
				if (window.end === null) from = Math.max(from, (window.rows[0]?.at ?? -Infinity) + 1);
			} catch (thrown) {
				if (!isRefused(thrown)) throw thrown;
			}
		}
		return { rows: rows.filter(({ at }) => at >= from), end };
	}

	/** Nothing, where it is the poll's to tell: what comes in while somebody reads the past has to ring. */
	#event(row: ReadMessage, shownAt: EpochMs, newest: EpochMs | null): readonly HistoryMessage[] {
		const { book, news, reading, soon } = this.#ports;
		const session = book.get(row.sessionId);
		if (session === null) return [];
		const { memory, place } = session;
		const own = isOwn(row, reading().me);
		if (!own && !memory.knows(row.id) && newest !== null && row.at > newest) {
			book.touch(row.sessionId);
			soon();
			return [];
		}
		const at = memory.knows(row.id) ? memory.shownAt(row) : shownAt;
		const claim = news.claim(session, row);
		if (claim === "wait") return [];
		// Told now: a text that is sent later is not this one.
		if (own) memory.see(row);
		return [eventOf(row, at, place, reading(), claim, true)];
	}

	/** There may be older messages that the server does not give (row 25). */
	#capped(peer: string, { id, at }: ReadMessage): HistoryMessage {
		return {
			type: "notice",
			peer,
			text: "The server gives no older messages.",
			remoteId: `end-${id}`,
			at,
		};
	}
}

/** After each other within a second, as the lists have them (session-memory.ts). */
function shownTimes(rows: readonly ReadMessage[]): ReadonlyMap<string, EpochMs> {
	const times = new Map<string, EpochMs>();
	const inMoment = new Map<string, number>();
	for (const { id, at, sessionId } of rows) {
		const moment = `${sessionId} ${String(at)}`;
		const before = inMoment.get(moment) ?? 0;
		inMoment.set(moment, before + 1);
		times.set(id, at + Math.min(999, before));
	}
	return times;
}

function isBefore(row: ReadMessage, { at, id }: Cursor): boolean {
	return row.at < at || (row.at === at && row.id < id);
}

function writeCursor(cursor: Cursor): string {
	return JSON.stringify(cursor);
}

/** One that cannot be read begins at the newest again: too much is shown, and nothing left out. */
function readCursor(text: string): Cursor | null {
	try {
		const value: unknown = parseJson(text);
		if (!isRow(value)) return null;
		const [asked, at] = [asNumber(value["asked"]), asNumber(value["at"])];
		const id = value["id"];
		return asked === null || at === null || typeof id !== "string" ? null : { asked, at, id };
	} catch {
		return null;
	}
}
