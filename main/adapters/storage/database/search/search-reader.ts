import type { ConversationId } from "../../../../../shared/ids.ts";
import type { SearchPage, SnippetPart } from "../../../../../shared/model.ts";
import type { SearchQuery } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { threadOf } from "../engine/thread-json.ts";
import { HitSearch } from "./hit-search.ts";
import { conversationSign } from "./index-writer.ts";
import { type PersonTexts, personTexts } from "./people-words.ts";
import { keyOfCursor } from "./search-key.ts";
import { findNumber, findQuery, type Range, snippetOf } from "./snippet.ts";
import { type QueryPart, readQuery, type TypedQuery } from "./typed-query.ts";

/** Newest first. What the index says is checked with the text itself, so that a hit is always one. */
export function searchMessages(
	database: SqlDatabase,
	query: SearchQuery,
	monotonic: () => number,
): SearchPage {
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
	const found = new HitSearch(database, { typed, within, limit, monotonic }).from(
		keyOfCursor(query.before),
	);
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

interface PersonRow extends PersonTexts {
	readonly id: ConversationId;
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
		SELECT c.id, c.name, c.formatted, c.thread, p.address
		FROM (${chosen.map(() => one).join(" INTERSECT ")} LIMIT ${String(mostCandidates)}) AS s
		JOIN conversations AS c ON c.row = s.conversation
		JOIN participants AS p ON p.row = c.participant
		GROUP BY c.row ORDER BY c.last_activity DESC, c.row DESC LIMIT ${String(mostPeople)}`;
	const rows = database.all(sql, ...chosen.flatMap((word) => [word, `${word}\u{10ffff}`])) as PersonRow[];
	return rows.map((row) => ({ conversationId: row.id, name: shownName(row, typed) }));
}

/** The name (of a group: its title) with what was found in it; else the text too in which it was found. */
function shownName(row: PersonRow, typed: TypedQuery): readonly SnippetPart[] {
	const title = row.name ?? threadOf(row.thread)?.group?.title ?? row.formatted ?? row.address;
	const inTitle = rangesOf(typed.parts, title);
	const shown = snippetOf(title, [inTitle]);
	if (inTitle.length > 0) return shown;
	for (const text of personTexts(row)) {
		const found = rangesOf(typed.parts, text);
		if (found.length > 0) return [...shown, { text: " ", hit: false }, ...snippetOf(text, [found])];
	}
	return shown;
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
