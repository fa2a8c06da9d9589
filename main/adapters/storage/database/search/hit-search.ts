import type { ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { SearchHit } from "../../../../../shared/model.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { indexedLength } from "./index-writer.ts";
import { afterAllKeys, cursorOf } from "./search-key.ts";
import { findQuery, mayBeHit, snippetOf } from "./snippet.ts";
import {
	expressionOf,
	longPrefix,
	partExpression,
	type QueryPart,
	readQuery,
	type TypedQuery,
} from "./typed-query.ts";

interface HitRow {
	readonly key: number;
	readonly id: EntryId;
	readonly conversation_id: ConversationId;
	readonly direction: number;
	readonly author: string;
	readonly at: number;
	readonly text: string;
}

/**
 * CROSS JOIN: SQLite is to walk along the index from the newest on, and look up the rest. CAST: the driver binds
 * numbers as REAL, and FTS5 heeds a limit of the row ids only if it is an INTEGER; else it goes through all.
 */
const newestHits = `
	SELECT f.rowid AS key, e.id, c.id AS conversation_id, e.direction, e.author, e.at, e.text
	FROM search_text AS f
	CROSS JOIN search_rows AS r ON r.key = f.rowid
	CROSS JOIN entries AS e ON e.row = r.entry
	CROSS JOIN conversations AS c ON c.row = e.conversation
	WHERE f.search_text MATCH ? AND f.rowid < CAST(? AS INTEGER) AND f.rowid >= CAST(? AS INTEGER)
	ORDER BY f.rowid DESC LIMIT ?`;

const nthNewest = `
	SELECT rowid AS key FROM search_text WHERE search_text MATCH ? AND rowid < CAST(? AS INTEGER)
	ORDER BY rowid DESC LIMIT 1 OFFSET ?`;
/** Of a long sentence the parts are not asked for one by one. */
const mostProbedParts = 8;

interface Found {
	readonly hits: readonly SearchHit[];
	/** Where to go on; null: there are no others. */
	readonly next: string | null;
}

export interface HitSearchOptions {
	readonly typed: TypedQuery;
	/** Beginning of the expression: the one conversation, or nothing. */
	readonly within: string;
	readonly limit: number;
	readonly monotonic: () => number;
}

/**
 * For several words FTS5 walks along all of them, also when one of them is so rare that its few messages are soon
 * looked at: one in so many messages, judged by the newest.
 */
const rareOneIn = 1000;

/**
 * What is rare in combination makes FTS5 walk through all of the common words. So the newest messages are searched
 * first, then more, then all; once something is found and this time is over, what is found is the page, and the next
 * page goes on from there.
 */
const windows = [20_000, 100_000] as const;
const patienceMs = 2;

/**
 * A last word may go on. Its first three letters are in the prefix index, so that the newest messages with such a
 * word are found one after another; for a longer beginning FTS5 gathers all messages that have it before it answers.
 * For most beginnings that is a fraction of a ms, but for a very common word among a million messages 5 to 100. So the
 * newest messages are asked how common it is. If it is, those with the same first three letters are looked at from
 * the newest on, which soon finds enough.
 */
const probed = 25;
const lookedAt = 100;
/** What FTS5 gathers in about 2 ms. */
const cheapToGather = 25_000;
/** Looking at one message takes as long as gathering so many. */
const gatheredPerLook = 100;
const fewestLooks = 200;
const mostLooks = 2000;
const longestSpan = 20_000;

export class HitSearch {
	readonly #database: SqlDatabase;
	readonly #options: HitSearchOptions;

	constructor(database: SqlDatabase, options: HitSearchOptions) {
		this.#database = database;
		this.#options = options;
	}

	/** The newest hits with a key before `start`. */
	from(start: number): Found {
		const { limit, monotonic } = this.#options;
		const began = monotonic();
		const looks = this.#looks();
		const rare = this.#rarePart(start, looks);
		if (rare !== null) return this.#lookAtAll(rare, start, began);
		const hits: SearchHit[] = [];
		let ceiling = start;
		for (const floor of this.#floors(start)) {
			const wanted = limit - hits.length;
			const found = this.#between(ceiling, floor, wanted, looks);
			hits.push(...found.hits);
			if (found.next !== null) return { hits, next: found.next };
			if (floor === 0) break;
			if (hits.length === limit || (hits.length > 0 && monotonic() - began > patienceMs))
				return { hits, next: cursorOf(floor) };
			ceiling = floor;
		}
		return { hits, next: null };
	}

	/** All messages of one part are looked at, from the newest on, until the page is full. */
	#lookAtAll(part: QueryPart, start: number, began: number): Found {
		const { within, limit, monotonic } = this.#options;
		const expression = within + partExpression(part, { shortened: false });
		const hits: SearchHit[] = [];
		let key = start;
		for (;;) {
			const rows = this.#database.all(newestHits, expression, key, 0, lookedAt) as HitRow[];
			for (const row of rows) {
				const hit = this.#hit(row);
				if (hit !== null && hits.length === limit) return { hits, next: cursorOf(key) };
				if (hit !== null) hits.push(hit);
				({ key } = row);
			}
			if (rows.length < lookedAt) return { hits, next: null };
			if (hits.length > 0 && monotonic() - began > patienceMs) return { hits, next: cursorOf(key) };
		}
	}

	/** The rarest of several parts, if it is rare. */
	#rarePart(start: number, looks: number | null): QueryPart | null {
		const { parts } = this.#options.typed;
		if (parts.length < 2 || parts.length > mostProbedParts) return null;
		let rarest: { readonly part: QueryPart; readonly key: number } | null = null;
		for (const part of parts) {
			// A very common last word costs too much to be asked for.
			if (looks !== null && part === parts.at(-1)) continue;
			const row = this.#database.get(
				nthNewest,
				partExpression(part, { shortened: false }),
				start,
				probed - 1,
			) as { readonly key: number } | undefined;
			const key = row?.key ?? 0;
			if (rarest === null || key < rarest.key) rarest = { part, key };
			if (key === 0) break;
		}
		if (rarest === null) return null;
		if (rarest.key === 0) return rarest.part;
		const newest = this.#entryBefore(start);
		const oldest = this.#entryBefore(rarest.key + 1);
		return newest - oldest > probed * rareOneIn ? rarest.part : null;
	}

	/** Row of the newest message with a key before this one. */
	#entryBefore(key: number): number {
		const row = this.#database.get(
			"SELECT entry FROM search_rows WHERE key < ? ORDER BY key DESC LIMIT 1",
			key,
		) as { readonly entry: number } | undefined;
		return row?.entry ?? 0;
	}

	/** Lower ends of the windows, the last one 0. */
	#floors(start: number): readonly number[] {
		const { typed, within } = this.#options;
		const [part] = typed.parts;
		// One word is walked along from the newest on: nothing to be gained.
		if (
			within === "" &&
			typed.parts.length === 1 &&
			part?.kind === "phrase" &&
			part.phrase.words.length === 1
		)
			return [0];
		const newest = this.#entryBefore(start);
		const floors: number[] = [];
		for (const back of windows) {
			// By arrival, which is nearly the order of time; any key would be right.
			const row = this.#database.get(
				"SELECT key FROM search_rows WHERE entry <= ? ORDER BY entry DESC LIMIT 1",
				newest - back,
			) as { key: number } | undefined;
			if (row !== undefined && row.key < (floors.at(-1) ?? start) && row.key > 0) floors.push(row.key);
		}
		return [...floors, 0];
	}

	/** How many messages are looked at for a very common last word; null: FTS5 is asked for the whole of it. */
	#looks(): number | null {
		const beginning = longPrefix(this.#options.typed);
		const common = beginning === null ? 0 : howManyHave(this.#database, beginning);
		if (common <= cheapToGather) return null;
		return Math.max(fewestLooks, Math.min(common / gatheredPerLook, mostLooks));
	}

	#between(ceiling: number, floor: number, wanted: number, looks: number | null): Found {
		const quick = looks === null ? null : this.#walk(ceiling, floor, wanted, looks);
		return quick ?? this.#walk(ceiling, floor, wanted, null) ?? { hits: [], next: null };
	}

	/**
	 * With `looks`, the last word is looked for by its first three letters; null: so many messages were looked at, and
	 * too few of them are hits.
	 */
	#walk(ceiling: number, floor: number, wanted: number, looks: number | null): Found | null {
		const { typed, within } = this.#options;
		const expression = within + expressionOf(typed, { shortened: looks !== null });
		const hits: SearchHit[] = [];
		const size = looks === null ? wanted + 1 : lookedAt;
		let key = ceiling;
		for (let looked = 0; looks === null || looked < looks; looked += size) {
			const rows = this.#database.all(newestHits, expression, key, floor, size) as HitRow[];
			for (const row of rows) {
				const hit = this.#hit(row);
				// One more than asked for: so there is a next page.
				if (hit !== null && hits.length === wanted) return { hits, next: cursorOf(key) };
				if (hit !== null) hits.push(hit);
				if (hit !== null) key = row.key;
			}
			if (rows.length < size) return { hits, next: null };
			key = rows.at(-1)?.key ?? 0;
		}
		return hits.length === wanted ? { hits, next: cursorOf(key) } : null;
	}

	/** What the index says is checked with the text itself. */
	#hit(row: HitRow): SearchHit | null {
		const { typed } = this.#options;
		const text = row.text.slice(0, indexedLength);
		const found = mayBeHit(typed, text) ? findQuery(typed, text) : null;
		if (found === null) return null;
		return {
			entryId: row.id,
			conversationId: row.conversation_id,
			direction: row.direction === 1 ? "out" : "in",
			author: row.author,
			at: row.at,
			snippet: snippetOf(text, found),
		};
	}
}

/** About how many messages have a word with this beginning, judged by the newest with the same first three letters. */
function howManyHave(database: SqlDatabase, beginning: string): number {
	const query = readQuery(beginning);
	const expression = expressionOf(query, { shortened: true });
	const rows = database.all(newestHits, expression, afterAllKeys, 0, probed) as HitRow[];
	const having = rows.filter(({ text }) => mayBeHit(query, text) && findQuery(query, text) !== null);
	const oldest = rows.at(-1)?.key;
	if (having.length === 0 || oldest === undefined || rows.length < probed) return having.length;
	const { span } = database.get(
		"SELECT count(*) AS span FROM (SELECT 1 FROM search_rows WHERE key >= ? LIMIT ?)",
		oldest,
		longestSpan,
	) as { span: number };
	const { stored } = database.get("SELECT max(row) AS stored FROM entries") as { stored: number };
	return (stored * having.length) / Math.max(span, 1);
}
