import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import { type Api, mostRows } from "./api.ts";
import type { SessionReading } from "./session-book.ts";
import type { SessionRow } from "./wire.ts";

/** What a list gives by default (sheet, 1.4): enough for most agents. */
const usualRows = 100;
/** The newest only, where the server is known to list them first. */
const fewRows = 20;
/** A whole list is read at least so often: reading, muting and renaming elsewhere move nothing to the top. */
const wholeEveryMs = 5 * 60_000;
/** Pages of 1000 that are read at most. */
const mostPages = 10;

/**
 * Reads the list of sessions as cheaply as can be relied on: the order of rows is not documented (row 3), so it is
 * learned. Where a short list has been found to bring the newest, a poll asks for that; a list that turns out not to
 * is never trusted again.
 */
export class SessionList {
	readonly #api: Api;
	readonly #clock: Clock;
	/** "unknown": until a whole list was compared with a short one. */
	#order: "unknown" | "newestFirst" | "any" = "unknown";
	/** Last time of each session, from the last whole list on. */
	readonly #times = new Map<string, EpochMs>();
	#wholeAt: number | null = null;

	constructor(api: Api, clock: Clock) {
		this.#api = api;
		this.#clock = clock;
	}

	/** The next read is a whole one. */
	wantWhole(): void {
		this.#wholeAt = null;
	}

	async read(signal: AbortSignal): Promise<SessionReading> {
		const fresh = this.#wholeAt !== null && this.#clock.monotonic() - this.#wholeAt < wholeEveryMs;
		if (fresh && this.#order === "newestFirst" && this.#times.size > fewRows) {
			const rows = await this.#api.sessions({ limit: fewRows }, signal);
			if (this.#bringsNewest(rows)) return this.#partial(rows);
			this.#order = "any";
		}
		return await this.whole(signal);
	}

	/** All that the server tells of. */
	async whole(signal: AbortSignal): Promise<SessionReading> {
		const begun = this.#clock.monotonic();
		const { rows, whole } = await this.#all(signal);
		this.#wholeAt = begun;
		this.#times.clear();
		this.#note(rows);
		if (this.#order === "unknown" && rows.length > fewRows) this.#order = await this.#probe(signal);
		const oldest = whole ? null : Math.min(...rows.map(({ lastAt }) => lastAt ?? 0));
		return { rows, complete: whole, oldest };
	}

	async #all(
		signal: AbortSignal,
	): Promise<{ readonly rows: readonly SessionRow[]; readonly whole: boolean }> {
		if (this.#times.size < usualRows) {
			const rows = await this.#api.sessions({ limit: usualRows }, signal);
			if (rows.length < usualRows) return { rows, whole: true };
		}
		return await readAll((page) => this.#api.sessions(page, signal), idOf);
	}

	/** Whether a short list is the top of the whole one. */
	async #probe(signal: AbortSignal): Promise<"newestFirst" | "any"> {
		const rows = await this.#api.sessions({ limit: fewRows }, signal);
		return this.#bringsNewest(rows) ? "newestFirst" : "any";
	}

	#note(rows: readonly SessionRow[]): void {
		for (const { id, lastAt } of rows) this.#times.set(id, lastAt ?? 0);
	}

	/** None that is left out is newer than one that is on the list. */
	#bringsNewest(rows: readonly SessionRow[]): boolean {
		const ids = new Set(rows.map(idOf));
		const oldest = Math.min(...rows.map(({ lastAt }) => lastAt ?? 0));
		for (const [id, at] of this.#times) if (!ids.has(id) && at > oldest) return false;
		return rows.length === fewRows;
	}

	#partial(rows: readonly SessionRow[]): SessionReading {
		this.#note(rows);
		return { rows, complete: false, oldest: Math.min(...rows.map(({ lastAt }) => lastAt ?? 0)) };
	}
}

/**
 * All rows of a list: 1000, and then page after page, each from the last row of the one before (row 3). Ends with a page
 * that brings nothing new, which is also what a server answers that does not know `start`. `whole`: there are no more.
 */
export async function readAll<T>(
	read: (page: { readonly limit: number; readonly start?: number }) => Promise<readonly T[]>,
	idOf: (row: T) => string,
): Promise<{ readonly rows: readonly T[]; readonly whole: boolean }> {
	const rows = new Map<string, T>();
	for (let page = 0; page < mostPages; page += 1) {
		const start = page * (mostRows - 1);
		const found = await read(page === 0 ? { limit: mostRows } : { limit: mostRows, start });
		const before = rows.size;
		for (const row of found) if (!rows.has(idOf(row))) rows.set(idOf(row), row);
		if (found.length < mostRows) return { rows: [...rows.values()], whole: true };
		if (rows.size === before) break;
	}
	return { rows: [...rows.values()], whole: false };
}

function idOf({ id }: SessionRow): string {
	return id;
}
