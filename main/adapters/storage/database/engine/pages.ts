import type { ConversationId } from "../../../../../shared/ids.ts";
import type { PageAt, StoredPage } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { entryColumns, entryOf, type EntryRow } from "./rows.ts";
import { findEntry } from "./write-entries.ts";

/**
 * Keyset paging: from a place onwards, never by counting rows. Several conversations are one timeline, by place and
 * then by id of the conversation. Entries of several conversations may stand at one place, and "older than this
 * place" must not lose any of them: a page never ends between such entries, and is a little longer instead.
 */
export function page(
	database: SqlDatabase,
	ids: ConversationId | readonly ConversationId[],
	at: PageAt,
	limit: number,
): StoredPage {
	const rows = [...new Set(typeof ids === "string" ? [ids] : ids)].flatMap((id) => {
		const found = database.get("SELECT row FROM conversations WHERE id = ?", id);
		return found === undefined ? [] : [(found as { readonly row: number }).row];
	});
	if (rows.length === 0) return { entries: [], hasOlder: false, hasNewer: false };
	const pages = new Pages(database, rows);
	const size = Math.max(1, Math.trunc(limit));
	switch (at.kind) {
		case "newest":
			return pages.older(null, size);
		case "older":
			return pages.older(at.than, size);
		case "newer":
			return pages.newer(at.than, size);
		case "around": {
			const middle = findEntry(database, at.entryId);
			return middle !== null && rows.includes(middle.conversation)
				? pages.around(middle.place, size)
				: pages.older(null, size);
		}
	}
}

/** Where an entry stands, and in which row. */
interface Place {
	readonly row: number;
	readonly place: string;
}

interface Part {
	/** Ascending. */
	readonly places: readonly Place[];
	readonly more: boolean;
}

class Pages {
	readonly #database: SqlDatabase;
	readonly #conversations: readonly number[];

	constructor(database: SqlDatabase, conversations: readonly number[]) {
		this.#database = database;
		this.#conversations = conversations;
	}

	older(than: string | null, limit: number): StoredPage {
		const { places, more } = this.#before(than ?? afterAll, limit);
		const hasNewer = than !== null && this.#places(atOrAfter, than, 1).length > 0;
		return this.#page(places, more, hasNewer);
	}

	newer(than: string, limit: number): StoredPage {
		const { places, more } = this.#after(than, limit);
		return this.#page(places, this.#places(atOrBefore, than, 1).length > 0, more);
	}

	around(place: string, limit: number): StoredPage {
		const before = this.#before(place, Math.floor((limit - 1) / 2));
		const after = this.#after(place, Math.ceil((limit - 1) / 2));
		const middle = this.#places(exactly, place, 1);
		return this.#page([...before.places, ...middle, ...after.places], before.more, after.more);
	}

	#before(place: string, limit: number): Part {
		const descending = this.#places(olderThan, place, limit + 1);
		descending.sort((one, other) => compare(other.place, one.place));
		const { places, more } = cut(descending, limit);
		return { places: places.toReversed(), more };
	}

	#after(place: string, limit: number): Part {
		const ascending = this.#places(newerThan, place, limit + 1);
		ascending.sort((one, other) => compare(one.place, other.place));
		return cut(ascending, limit);
	}

	/** From the index alone, at most `limit` of each conversation. */
	#places(sql: string, place: string, limit: number): Place[] {
		return this.#conversations.flatMap(
			(conversation) => this.#database.all(sql, conversation, place, limit) as Place[],
		);
	}

	#page(places: readonly Place[], hasOlder: boolean, hasNewer: boolean): StoredPage {
		const rows = this.#database.all(wholeRows, JSON.stringify(places.map(({ row }) => row)));
		const entries = (rows as EntryRow[]).map(entryOf);
		entries.sort(
			(one, other) =>
				compare(one.order, other.order) || compare(one.conversationId, other.conversationId),
		);
		return { entries, hasOlder, hasNewer };
	}
}

/** The first `limit`, and what stands at the same place as the last of them. */
function cut(places: readonly Place[], limit: number): Part {
	let end = Math.min(limit, places.length);
	while (end > 0 && end < places.length && places[end]?.place === places[end - 1]?.place) end += 1;
	return { places: places.slice(0, end), more: end < places.length };
}

function compare(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

/** Sorts after every order, which begin with a digit. */
const afterAll = "~";

/** entries_by_place holds all that these ask for (its plan is in pages.test.ts). */
const index = "SELECT row, place FROM entries INDEXED BY entries_by_place WHERE conversation = ?";
const olderThan = `${index} AND place < ? ORDER BY place DESC LIMIT ?`;
const newerThan = `${index} AND place > ? ORDER BY place LIMIT ?`;
const atOrBefore = `${index} AND place <= ? LIMIT ?`;
const atOrAfter = `${index} AND place >= ? LIMIT ?`;
const exactly = `${index} AND place = ? LIMIT ?`;
/** CROSS JOIN: from the row ids to the rows, whatever SQLite thinks of their number. */
const wholeRows = `
	SELECT ${entryColumns} FROM json_each(?) AS j
	CROSS JOIN entries AS e ON e.row = j.value
	CROSS JOIN conversations AS c ON c.row = e.conversation`;

/** For tests: what is asked of the index for one page. */
export const pageStatements = { olderThan, newerThan, wholeRows };
