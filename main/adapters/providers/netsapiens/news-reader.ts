import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import { isRefused } from "./answers.ts";
import { mostRows } from "./api.ts";
import { comparable } from "./digits.ts";
import type { GroupIds } from "./group-ids.ts";
import {
	type ReadMessage,
	type Reading,
	eventOf,
	fromHere,
	isMine,
	isNotice,
	isOwn,
	statusOf,
} from "./message-events.ts";
import { type MessageReader, type MessageWindow, pollRows } from "./message-window.ts";
import type { OwnClaim, OwnTexts } from "./own-texts.ts";
import type { Session, SessionBook } from "./session-book.ts";

export interface NewsReaderPorts {
	readonly messages: MessageReader;
	readonly book: SessionBook;
	readonly own: OwnTexts;
	readonly groups: GroupIds;
	readonly clock: Clock;
	readonly reading: () => Reading;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** A text that has left here just now, and the time that the server gave it. */
	readonly timed: (leftAt: EpochMs, saysAt: EpochMs) => void;
}

/** A list that named a message may be ahead of the messages by so much (5.3). */
const lateForMs = 5 * 60_000;
/** One that is named within the second of a known one is waited for so long. */
const lateTwinMs = 60_000;

/** Reads the newest messages of a session and tells what is new of them. */
export class NewsReader {
	readonly #ports: NewsReaderPorts;

	constructor(ports: NewsReaderPorts) {
		this.#ports = ports;
	}

	/**
	 * True: something was told. A session that the server refuses to show is left alone until it changes; rejects with
	 * anything else, and then it stays dirty.
	 */
	async read(session: Session, catchUp: boolean, signal: AbortSignal): Promise<boolean> {
		const window = await this.#window(session, pollRows, signal);
		if (window === null) return false;
		const events = this.#news(session, window, catchUp);
		this.#settle(session, window, events.length > 0);
		return this.#tell(session, events);
	}

	/** At the first look: the newest message of an unread conversation, which does not ring. */
	async readUnread(session: Session, signal: AbortSignal): Promise<void> {
		const window = await this.#window(session, pollRows, signal);
		const newest = window?.rows.at(-1);
		if (window === null || newest === undefined) return;
		const { memory, place } = session;
		const reading = this.#ports.reading();
		if (window.late) memory.lower(newest.at);
		const known = memory.knows(newest.id);
		for (const row of window.rows) if (memory.isOld(row) || row === newest) memory.see(row);
		this.#settle(session, window, true);
		if (known || isNotice(newest) || isOwn(newest, reading.me)) return;
		this.#tell(session, [eventOf(newest, memory.shownAt(newest), place, reading, null, true)]);
	}

	/** The newest messages back to what is known; as far as one list goes. Null: the server refuses. */
	async #window(session: Session, wanted: number, signal: AbortSignal): Promise<MessageWindow | null> {
		try {
			const window = await this.#ports.messages.newest(session.row, wanted, signal);
			const more = wanted < mostRows && session.memory.newest !== null && isMissing(session, window);
			return more ? await this.#window(session, mostRows, signal) : window;
		} catch (thrown) {
			if (!isRefused(thrown)) throw thrown;
			session.dirty = false;
			return null;
		}
	}

	#news(session: Session, window: MessageWindow, catchUp: boolean): readonly ProviderEvent[] {
		const { memory, place } = session;
		const { rows, late } = window;
		const before = memory.newest;
		if (late) memory.lower(rows.at(-1)?.at ?? null);
		const [oldest] = rows;
		const events: ProviderEvent[] = [];
		if (oldest !== undefined && isMissing(session, window))
			events.push({ type: "gap", peer: place.key, from: before ?? oldest.at - 1, to: oldest.at });
		for (const row of rows) events.push(...this.#event(session, row, catchUp));
		return events;
	}

	#event(session: Session, row: ReadMessage, catchUp: boolean): readonly ProviderEvent[] {
		const { memory, place } = session;
		const reading = this.#ports.reading();
		const own = isOwn(row, reading.me);
		if (memory.knows(row.id)) {
			// "Sending" that became "sent" says nothing; one that failed or arrived does (row 6).
			const told = memory.see(row) && own && !isNotice(row) && statusOf(row).words !== undefined;
			const claim = told ? this.claim(session, row) : null;
			const at = memory.shownAt(row);
			return told && claim !== "wait" ? [eventOf(row, at, place, reading, claim, catchUp)] : [];
		}
		if (memory.isOld(row)) {
			memory.see(row);
			return [];
		}
		const claim = this.claim(session, row);
		if (claim === "wait") return [];
		memory.see(row);
		const event = eventOf(row, memory.shownAt(row), place, reading, claim, catchUp);
		const elsewhere = event.type === "message" && this.#ports.book.readElsewhere(session, row.at);
		return [elsewhere ? { ...event, read: true } : event];
	}

	/** Which text of ours a row is; null: none. */
	claim({ place, memory, row: { id: sessionId } }: Session, row: ReadMessage): OwnClaim | "wait" | null {
		const { own, groups, clock, reading } = this.#ports;
		const known = own.claimed(row.id);
		// What was there before, or was told as somebody else's, is not what was sent since.
		if (known !== null || memory.knows(row.id) || memory.isOld(row)) return known;
		if (isNotice(row) || !isMine(row, reading().me)) return null;
		const mediaType = row.media === null ? null : (row.media.type ?? "");
		const { id, at, text } = row;
		const claim = own.claim({ id, at, text, mediaType, fromHere: fromHere(row) }, place);
		if (claim === "foreign" || claim === "wait") return claim === "wait" ? "wait" : null;
		if (claim.key !== place.key && claim.key.startsWith("group:"))
			groups.join(claim.key.slice("group:".length), sessionId);
		const leftAt = own.leftAt(row.id);
		if (leftAt !== null && clock.now() - leftAt < 60_000) this.#ports.timed(leftAt, row.at);
		return claim;
	}

	/** Dirty for as long as what the list spoke of may still come. */
	#settle(session: Session, { rows, late }: MessageWindow, news: boolean): void {
		const { lastAt, lastMessage } = session.row;
		const named = comparable(lastMessage ?? "");
		const twin =
			!news &&
			lastMessage !== null &&
			!rows.some(({ at, text }) => at === lastAt && comparable(text) === named);
		const now = this.#ports.clock.monotonic();
		if (late && !session.dirty && session.gaveUpOn !== lastAt) {
			session.dirty = true;
			session.dirtySince = now;
		}
		const waited = now - session.dirtySince;
		const hopeful = (late && waited < lateForMs) || (twin && !late && waited < lateTwinMs);
		if (session.dirty && late && !hopeful) session.gaveUpOn = lastAt;
		session.dirty &&= hopeful;
	}

	#tell(session: Session, events: readonly ProviderEvent[]): boolean {
		if (events.length === 0) return false;
		this.#ports.tell([...this.#ports.book.introduce(session.place.key), ...events]);
		return true;
	}
}

/** More may have come than the list brought: it begins with news. */
function isMissing({ memory }: Session, { rows, end }: MessageWindow): boolean {
	const [oldest] = rows;
	if (end === "whole" || oldest === undefined) return false;
	return rows.every((row) => !memory.knows(row.id) && !memory.isOld(row));
}
