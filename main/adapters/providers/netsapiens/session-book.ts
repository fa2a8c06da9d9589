import type { ProviderEvent, Thread } from "../../../core/ports/provider.ts";
import type { EpochMs } from "../../../core/ports/runtime.ts";
import type { GroupIds } from "./group-ids.ts";
import { type Identity, sameUid } from "./identity.ts";
import { type Place, isMeeting, placeOfKey, placeOfRow } from "./places.ts";
import { SessionMemory } from "./session-memory.ts";
import { type Describing, describe, type RowFacts } from "./thread-facts.ts";
import type { SessionRow } from "./wire.ts";

/** One session of the agent, and where it belongs. */
export interface Session {
	row: SessionRow;
	readonly place: Place;
	readonly memory: SessionMemory;
	/** A change of its messages that was not read yet. */
	dirty: boolean;
	/** Monotonic time since when it is dirty; so long the server may take to show what it spoke of. */
	dirtySince: number;
	/** The list names a message of this time that never came. */
	gaveUpOn: EpochMs | null;
	/** Lists in a row in which it was missing. */
	missing: number;
}

/** A list of sessions as it was read. */
export interface SessionReading {
	readonly rows: readonly SessionRow[];
	/** It names all that there are. */
	readonly complete: boolean;
	/** Without more, the oldest of the list: what is not on it is older. */
	readonly oldest: EpochMs | null;
}

export interface SessionBookOptions {
	readonly me: Identity;
	readonly describing: () => Describing;
	readonly uidFor: (extension: string) => string;
	readonly groups: GroupIds;
	readonly monotonic: () => number;
}

/** A row that is missing may be late (5.3): it is gone when it is missing so often. */
const missesUntilGone = 2;

/**
 * The sessions of the agent as the server last listed them, by id, and the conversations that they make. Several sessions
 * with the same people are one conversation (row 5).
 */
export class SessionBook {
	readonly #options: SessionBookOptions;
	readonly #sessions = new Map<string, Session>();
	/** Of sessions that are gone: one that comes back is not new. */
	readonly #memories = new Map<string, SessionMemory>();
	/** What was told of each conversation last, as JSON. */
	readonly #told = new Map<string, string>();
	readonly #marks = new Map<string, "read" | "unread">();
	#first = true;
	/** The server does keep read states. */
	#sawUnread = false;
	/** What was not on the list before is not newer than this; null: the list was whole. */
	#unlisted: EpochMs | null = null;

	constructor(options: SessionBookOptions) {
		this.#options = options;
	}

	/** The first list of this run has not come yet. */
	get empty(): boolean {
		return this.#first;
	}

	get(id: string): Session | null {
		return this.#sessions.get(id) ?? null;
	}

	/** Sessions of one conversation, the one that was used last first. */
	of(key: string): readonly Session[] {
		return [...this.#sessions.values()]
			.filter(({ place }) => place.key === key)
			.sort((one, other) => (other.row.lastAt ?? 0) - (one.row.lastAt ?? 0));
	}

	get dirty(): readonly Session[] {
		return [...this.#sessions.values()]
			.filter(({ dirty }) => dirty)
			.sort((one, other) => (one.row.lastAt ?? 0) - (other.row.lastAt ?? 0));
	}

	/** Whose newest message was there before and is not read: newest first. */
	get unread(): readonly Session[] {
		return [...this.#sessions.values()]
			.filter(({ row }) => row.status === "unread" && !row.muted && !lastIsMine(row, this.#options.me))
			.sort((one, other) => (other.row.lastAt ?? 0) - (one.row.lastAt ?? 0));
	}

	/** A message of that time was read on another device before it was told here (row 7). */
	readElsewhere({ row }: Session, at: EpochMs): boolean {
		if (row.status !== "read" || row.lastAt === null || at > row.lastAt) return false;
		return this.#sawUnread || lastIsMine(row, this.#options.me);
	}

	/** The place of a key, with who is there where a session of it is known. */
	place(key: string): Place | null {
		return this.of(key)[0]?.place ?? placeOfKey(key);
	}

	/** What core is told of a conversation; null: no session of it is known. */
	thread(key: string): (Thread & { readonly name: string | null }) | null {
		const [newest] = this.of(key);
		return newest === undefined
			? null
			: describe(newest.place, this.#facts(key), this.#options.describing());
	}

	/** Takes a list in. What changed is marked dirty; what core has to hear comes back. */
	take({ rows, complete, oldest }: SessionReading): readonly ProviderEvent[] {
		const events: ProviderEvent[] = [];
		const keys = new Set<string>();
		const listed = new Set<string>();
		for (const row of rows) {
			if (isMeeting(row) || listed.has(row.id)) continue;
			listed.add(row.id);
			this.#sawUnread ||= row.status === "unread";
			const before = this.#sessions.get(row.id);
			const old = before?.row ?? null;
			const session = before === undefined ? this.#meet(row) : this.#update(before, row);
			session.row = row;
			keys.add(session.place.key);
			if (old !== null) events.push(...this.#statusEvents(session, old));
		}
		const threads = [...keys].flatMap((key) => this.#tell(key));
		const reads = this.#first ? rows.flatMap((row) => this.#readAtFirst(row)) : [];
		const gone = complete ? this.#missing(listed) : [];
		this.#unlisted = complete ? null : (oldest ?? this.#unlisted);
		this.#first = false;
		return [...threads, ...events, ...reads, ...gone];
	}

	/** Names or lines are others now: threads that look different are told. */
	retell(): readonly ProviderEvent[] {
		return [...this.#told.keys()].flatMap((key) => this.#tell(key));
	}

	/** Told before its first message, where it has not been yet. */
	introduce(key: string): readonly ProviderEvent[] {
		return this.#told.has(key) ? [] : this.#tell(key);
	}

	/** Something of it is to be read again. */
	touch(id: string): void {
		const session = this.#sessions.get(id);
		if (session === undefined || session.dirty) return;
		session.dirty = true;
		session.dirtySince = this.#options.monotonic();
	}

	/** It was asked to be read or unread from here: the server's own word of that is no news. */
	expect(id: string, status: "read" | "unread"): void {
		this.#marks.set(id, status);
	}

	/** The session is not there any more; `threadGone` when it was the last of its conversation. */
	forget(id: string): readonly ProviderEvent[] {
		const session = this.#sessions.get(id);
		if (session === undefined) return [];
		this.#sessions.delete(id);
		const { key } = session.place;
		if (this.of(key).length > 0) return this.#tell(key);
		this.#told.delete(key);
		return [{ type: "threadGone", peer: key }];
	}

	#meet(row: SessionRow): Session {
		const place = this.#place(row);
		const memory = this.#memories.get(row.id) ?? this.#newMemory(row);
		const session = { row, place, memory, dirty: false, dirtySince: 0, gaveUpOn: null, missing: 0 };
		this.#keep(session);
		if (!this.#first) this.touch(row.id);
		return session;
	}

	#newMemory(row: SessionRow): SessionMemory {
		if (this.#first) return SessionMemory.existing(row);
		// It may have been there all the time, too old for the list.
		return new SessionMemory(this.#unlisted === null ? null : { at: this.#unlisted, text: "" });
	}

	#update(session: Session, row: SessionRow): Session {
		session.missing = 0;
		// Two equal texts within a second: only the status shows the second one.
		const unread = row.status === "unread" && session.row.status !== "unread";
		if (unread || isOther(row, session.row)) this.touch(row.id);
		const place = this.#place(row);
		if (JSON.stringify(place) === JSON.stringify(session.place)) return session;
		// Members came or went, or an extension is known in full now.
		const moved = { ...session, place };
		this.#keep(moved);
		return moved;
	}

	#keep(session: Session): void {
		this.#sessions.set(session.row.id, session);
		this.#memories.set(session.row.id, session.memory);
	}

	#place(row: SessionRow): Place {
		const { me, uidFor, groups } = this.#options;
		const place = placeOfRow(row, me, uidFor);
		if (place.kind !== "group") return place;
		if (!this.#sessions.has(row.id)) groups.adopt(row.id, place.remotes);
		return placeOfRow(row, me, uidFor, (id) => groups.keyOf(id));
	}

	#facts(key: string): RowFacts {
		const sessions = this.of(key);
		const [newest] = sessions;
		return {
			title: sessions.find(({ row }) => row.name !== null)?.row.name ?? null,
			muted: newest?.row.muted ?? false,
			notes: newest?.row.queue ?? [],
			there: newest !== undefined,
		};
	}

	#tell(key: string): readonly ProviderEvent[] {
		const thread = this.thread(key);
		if (thread === null) return [];
		const looks = JSON.stringify(thread);
		if (this.#told.get(key) === looks) return [];
		this.#told.set(key, looks);
		return [{ type: "thread", ...thread }];
	}

	/** Read or unread elsewhere, of one that was known (row 7). */
	#statusEvents({ row, place }: Session, old: SessionRow): readonly ProviderEvent[] {
		if (row.status === old.status || row.status === null) return [];
		const expected = this.#marks.get(row.id) === row.status;
		this.#marks.delete(row.id);
		if (expected) return [];
		const peer = place.key;
		if (row.status === "read") return [{ type: "read", peer, upTo: endOf(row.lastAt) }];
		// With a new message, it is the message that is unread.
		return isOther(row, old) || lastIsMine(row, this.#options.me) ? [] : [{ type: "unread", peer }];
	}

	#readAtFirst(row: SessionRow): readonly ProviderEvent[] {
		const session = this.#sessions.get(row.id);
		if (session === undefined || row.status !== "read" || row.lastAt === null) return [];
		return [{ type: "read", peer: session.place.key, upTo: endOf(row.lastAt) }];
	}

	#missing(listed: ReadonlySet<string>): readonly ProviderEvent[] {
		return [...this.#sessions.values()].flatMap((session) => {
			if (listed.has(session.row.id)) return [];
			session.missing += 1;
			return session.missing < missesUntilGone ? [] : this.forget(session.row.id);
		});
	}
}

/** What tells that something was written (5.3). */
function isOther(row: SessionRow, old: SessionRow): boolean {
	const tuple = ({ lastAt, lastMessage, lastType, lastSender }: SessionRow): string =>
		JSON.stringify([lastAt, lastMessage, lastType, lastSender]);
	return tuple(row) !== tuple(old);
}

function lastIsMine({ lastSender }: SessionRow, me: Identity): boolean {
	return lastSender !== null && sameUid(lastSender, me.uid);
}

/** The end of that second: its messages are shown one after the other. */
function endOf(at: EpochMs | null): EpochMs | null {
	return at === null || at % 1000 !== 0 ? at : at + 999;
}
