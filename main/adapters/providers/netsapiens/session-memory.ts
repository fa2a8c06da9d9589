import type { EpochMs } from "../../../core/ports/runtime.ts";
import { comparable } from "./digits.ts";
import type { ReadMessage } from "./message-events.ts";
import type { SessionRow } from "./wire.ts";

/** More ids than this are forgotten, oldest first; a re-read brings 30, or 1000 of a server that lists the oldest first. */
const mostIds = 4000;

/**
 * What has been seen of one session's messages in this run. Everything is in the server's own time, so that a server
 * whose clock or zone is off (row 16) loses nothing.
 */
export class SessionMemory {
	readonly #seen = new Map<string, { readonly status: string; readonly shownAt: EpochMs }>();
	/** How many messages of a moment have been seen. */
	readonly #inMoment = new Map<EpochMs, number>();
	/** Newest message when the session was first heard of: what is not newer was there before. */
	#floor: { readonly at: EpochMs; readonly text: string } | null;
	#newest: EpochMs | null = null;

	/** Null: nothing was there before. */
	constructor(floor: { readonly at: EpochMs; readonly text: string } | null) {
		this.#floor = floor;
	}

	/** Of a session that was there before we looked. */
	static existing({ lastAt, lastMessage }: SessionRow): SessionMemory {
		return new SessionMemory(
			lastAt === null ? null : { at: lastAt, text: comparable(lastMessage ?? "") },
		);
	}

	/** Newest message that was told, or that was there before; null: none. */
	get newest(): EpochMs | null {
		return this.#newest ?? this.#floor?.at ?? null;
	}

	/** Messages of it have been read. */
	get wasRead(): boolean {
		return this.#newest !== null;
	}

	knows(id: string): boolean {
		return this.#seen.has(id);
	}

	/** It was there before we looked: history's, not news. */
	isOld({ at, text }: Pick<ReadMessage, "at" | "text">): boolean {
		const floor = this.#floor;
		if (floor === null || at > floor.at) return false;
		// Within that second only the one that the list named is sure to have been there.
		return at < floor.at || floor.text === comparable(text) || floor.text === "";
	}

	/**
	 * When a message is shown: at its time, and after those of the same second that were seen before it. The server's
	 * times have seconds only, and by their ids messages would change places.
	 */
	shownAt({ id, at }: Pick<ReadMessage, "id" | "at">): EpochMs {
		return this.#seen.get(id)?.shownAt ?? at + Math.min(999, this.#inMoment.get(at) ?? 0);
	}

	/** Returns true when its status is another one than before. Asked oldest first. */
	see({ id, at, status }: Pick<ReadMessage, "id" | "at" | "status">): boolean {
		const before = this.#seen.get(id);
		const shownAt = this.shownAt({ id, at });
		this.#seen.delete(id);
		this.#seen.set(id, { status, shownAt });
		if (before === undefined) this.#inMoment.set(at, (this.#inMoment.get(at) ?? 0) + 1);
		if (this.#newest === null || at > this.#newest) this.#newest = at;
		this.#forget();
		return before !== undefined && before.status !== status;
	}

	/** The list named a newer message than could be read: what comes after the newest that was read is news (5.3). */
	lower(to: EpochMs | null): void {
		const floor = this.#floor;
		if (floor !== null && !this.wasRead && (to === null || to < floor.at))
			this.#floor = to === null ? null : { at: to, text: "" };
	}

	#forget(): void {
		for (const oldest of this.#seen.keys()) {
			if (this.#seen.size <= mostIds) break;
			this.#seen.delete(oldest);
		}
		for (const moment of this.#inMoment.keys()) {
			if (this.#inMoment.size <= mostIds) break;
			this.#inMoment.delete(moment);
		}
	}
}
