import type { ConversationId, EntryId } from "../../../../../shared/ids.ts";
import type { SearchHit, SearchPage, SnippetPart } from "../../../../../shared/model.ts";
import type { SearchQuery } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { conversationSign, indexedLength } from "./index-writer.ts";
import { afterAllKeys, cursorOf, keyOfCursor } from "./search-key.ts";
import { findNumber, findQuery, mayBeHit, type Range, snippetOf } from "./snippet.ts";
import { expressionOf, longPrefix, type QueryPart, readQuery, type TypedQuery } from "./typed-query.ts";

interface HitRow {
	readonly key: number;
	readonly id: EntryId;
	readonly conversation_id: ConversationId;
	readonly direction: number;
	readonly author: string;
	readonly at: number;
	readonly text: string;
}

/** CROSS JOIN: SQLite is to walk along the index from the newest on, and look up the rest. */
const newestHits = `
	SELECT f.rowid AS key, e.id, c.id AS conversation_id, e.direction, e.author, e.at, e.text
	FROM search_text AS f
	CROSS JOIN search_rows AS r ON r.key = f.rowid
	CROSS JOIN entries AS e ON e.row = r.entry
	CROSS JOIN conversations AS c ON c.row = e.conversation
	WHERE f.search_text MATCH ? AND f.rowid < ?
	ORDER BY f.rowid DESC LIMIT ?`;

/** Newest first. What the index says is checked with the text itself, so that a hit is always one. */
export function searchMessages(database: SqlDatabase, query: SearchQuery): SearchPage {
	const typed = readQuery(query.query);
	const limit = Math.min(Math.max(Math.trunc(query.limit), 1), 100);
	const { notIndexed } = database.get("SELECT count(*) AS notIndexed FROM search_pending") as {
		notIndexed: number;
	};
	const firstPage = query.before === null && query.conversationId === null;
	const nothing = { hits: [], people: [], next: null, notIndexed };
	if (typed.parts.length === 0) return nothing;
	const within = conversationFilter(database, query.conversationId);
	if (within === null) return nothing;
	const found = new HitSearch(database, typed, within, limit).from(keyOfCursor(query.before));
	return {
		hits: found.hits,
		people: firstPage ? findPeople(database, typed) : [],
		next: found.next,
		notIndexed,
	};
}

/** Null: there is no such conversation. */
function conversationFilter(database: SqlDatabase, id: ConversationId | null): string | null {
	if (id === null) return "";
	const row = database.get("SELECT row FROM conversations WHERE id = ?", id) as { row: number } | undefined;
	return row === undefined ? null : `conversation : "${conversationSign(row.row)}" AND `;
}

interface Found {
	readonly hits: readonly SearchHit[];
	readonly next: string | null;
}

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

class HitSearch {
	readonly #database: SqlDatabase;
	readonly #typed: TypedQuery;
	readonly #within: string;
	readonly #limit: number;

	constructor(database: SqlDatabase, typed: TypedQuery, within: string, limit: number) {
		this.#database = database;
		this.#typed = typed;
		this.#within = within;
		this.#limit = limit;
	}

	from(start: number): Found {
		const beginning = longPrefix(this.#typed);
		const common = beginning === null ? 0 : howManyHave(this.#database, beginning);
		const looks = Math.max(fewestLooks, Math.min(common / gatheredPerLook, mostLooks));
		const quick = common > cheapToGather ? this.#walk(start, looks) : null;
		return quick ?? this.#walk(start, null) ?? { hits: [], next: null };
	}

	/**
	 * With `looks`, the last word is looked for by its first three letters; null: so many messages were looked at, and
	 * too few of them are hits.
	 */
	#walk(start: number, looks: number | null): Found | null {
		const expression = this.#within + expressionOf(this.#typed, { shortened: looks !== null });
		const hits: SearchHit[] = [];
		const size = looks === null ? this.#limit + 1 : lookedAt;
		let key = start;
		for (let looked = 0; looks === null || looked < looks; looked += size) {
			const rows = this.#database.all(newestHits, expression, key, size) as HitRow[];
			for (const row of rows) {
				const hit = this.#hit(row);
				// One more than asked for: so there is a next page.
				if (hit !== null && hits.length === this.#limit) return { hits, next: cursorOf(key) };
				if (hit !== null) hits.push(hit);
				if (hit !== null) key = row.key;
			}
			if (rows.length < size) return { hits, next: null };
			key = rows.at(-1)?.key ?? 0;
		}
		return hits.length === this.#limit ? { hits, next: cursorOf(key) } : null;
	}

	#hit(row: HitRow): SearchHit | null {
		const text = row.text.slice(0, indexedLength);
		const found = mayBeHit(this.#typed, text) ? findQuery(this.#typed, text) : null;
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
	const rows = database.all(
		newestHits,
		expressionOf(query, { shortened: true }),
		afterAllKeys,
		probed,
	) as HitRow[];
	const found = rows.filter(
		(row) => mayBeHit(query, row.text) && findQuery(query, row.text) !== null,
	).length;
	const oldest = rows.at(-1)?.key;
	if (found === 0 || oldest === undefined || rows.length < probed) return found;
	const { span } = database.get(
		"SELECT count(*) AS span FROM (SELECT 1 FROM search_rows WHERE key >= ? LIMIT ?)",
		oldest,
		longestSpan,
	) as { span: number };
	const { stored } = database.get("SELECT max(row) AS stored FROM entries") as { stored: number };
	return (stored * found) / Math.max(span, 1);
}

interface PersonRow {
	readonly id: ConversationId;
	readonly name: string | null;
	readonly address: string;
}

const mostPeople = 10;
/** One letter can be the beginning of everybody; so many are sorted by when something was said. */
const mostCandidates = 2000;

function findPeople(database: SqlDatabase, typed: TypedQuery): SearchPage["people"] {
	const beginnings = typed.parts.flatMap((part) =>
		part.kind === "number" ? [part.digits.slice(0, 40)] : part.phrase.words,
	);
	const chosen = [...new Set(beginnings)].sort((one, other) => other.length - one.length).slice(0, 8);
	const one = "SELECT conversation FROM search_people WHERE word >= ? AND word < ?";
	const sql = `
		SELECT c.id, p.name, p.address
		FROM (${chosen.map(() => one).join(" INTERSECT ")} LIMIT ${String(mostCandidates)}) AS s
		JOIN conversations AS c ON c.row = s.conversation
		JOIN participants AS p ON p.row = c.participant
		GROUP BY c.row ORDER BY c.last_activity DESC, c.row DESC LIMIT ${String(mostPeople)}`;
	const rows = database.all(sql, ...chosen.flatMap((word) => [word, `${word}\u{10ffff}`])) as PersonRow[];
	return rows.map((row) => ({ conversationId: row.id, name: shownName(row, typed) }));
}

/** The name with what was found in it; the number too when it was found there. */
function shownName(row: PersonRow, typed: TypedQuery): readonly SnippetPart[] {
	const inName = row.name === null ? [] : rangesOf(typed.parts, row.name);
	const inAddress = rangesOf(typed.parts, row.address);
	if (row.name === null) return snippetOf(row.address, [inAddress]);
	const name = snippetOf(row.name, [inName]);
	if (inName.length > 0 || inAddress.length === 0) return name;
	return [...name, { text: " ", hit: false }, ...snippetOf(row.address, [inAddress])];
}

function rangesOf(parts: readonly QueryPart[], text: string): readonly Range[] {
	return parts.flatMap((part) => {
		if (part.kind === "number") return findNumber(part.digits, text);
		const words = part.phrase.words.map((word) => ({
			parts: [{ kind: "phrase" as const, phrase: { words: [word], open: true } }],
		}));
		return words.flatMap((one) => (findQuery(one, text) ?? []).flat());
	});
}
