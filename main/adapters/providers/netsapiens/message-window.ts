import type { EpochMs } from "../../../core/ports/runtime.ts";
import { type Api, mostRows } from "./api.ts";
import { type ReadMessage, readable } from "./message-events.ts";
import { readAll } from "./session-list.ts";
import type { MessageRow, SessionRow } from "./wire.ts";

/** The newest messages of one session. */
export interface MessageWindow {
	/** Oldest first. */
	readonly rows: readonly ReadMessage[];
	/** Nothing older can be had: that is all there is, or all that the server gives ("capped", rows 3 and 25). */
	readonly end: "whole" | "capped" | null;
	/** The list named a newer message than could be read (5.3). */
	readonly late: boolean;
}

/** Messages of a poll (5.3): overlaps what was seen before. */
export const pollRows = 30;

/** Reads messages whatever the order in which a server lists them (1.4, row 3). */
export class MessageReader {
	readonly #api: Api;
	/** A short list brings the oldest: only a long one has the newest. */
	#oldestFirst = false;
	/** Which way round lists are; the vendor's examples begin with the newest. */
	#newestAtTop = true;

	constructor(api: Api) {
		this.#api = api;
	}

	/** The newest `wanted` and perhaps more. Rejects with 404 for a session that is not there. */
	async newest(session: SessionRow, wanted: number, signal?: AbortSignal): Promise<MessageWindow> {
		const limit = this.#oldestFirst ? mostRows : Math.min(mostRows, wanted);
		const rows = await this.#api.messages(session.id, { limit }, signal);
		const short = this.#window(session, rows);
		if (rows.length < limit) return { ...short, end: "whole" };
		if (!short.late && wanted <= limit) return { ...short, end: null };
		// Full, and the newest is not among them; or more is wanted than one list holds.
		const { rows: all, whole } = await readAll(
			(page) => this.#api.messages(session.id, page, signal),
			(row) => row.id ?? JSON.stringify(row),
		);
		const long = this.#window(session, all);
		if (newestOf(long.rows) > newestOf(short.rows)) this.#oldestFirst = true;
		return { ...long, end: whole ? "whole" : "capped" };
	}

	#window(session: SessionRow, rows: readonly MessageRow[]): Pick<MessageWindow, "rows" | "late"> {
		const [first, last] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
		if (first !== last) this.#newestAtTop = first > last;
		const sorted = readable(rows, session.id, session.lastAt ?? 0, this.#newestAtTop);
		return { rows: sorted, late: session.lastAt !== null && newestOf(sorted) < session.lastAt };
	}
}

function newestOf(rows: readonly ReadMessage[]): EpochMs {
	return rows.at(-1)?.at ?? 0;
}
