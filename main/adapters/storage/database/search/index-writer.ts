import type { SqlDatabase } from "../sqlite-driver.ts";
import { numbersForIndex } from "./numbers.ts";
import { type PersonTexts, personTexts, peopleWords } from "./people-words.ts";
import { freeKey } from "./search-key.ts";
import { wordsOf } from "./words.ts";

/** Of a longer text the beginning can be found: one message must not hold up all others. */
export const indexedLength = 65_536;

interface Removed {
	readonly key: number;
	readonly text: string;
	readonly conversation: number;
}
interface Pending {
	readonly row: number;
	readonly at: number | null;
	readonly text: string | null;
	readonly conversation: number | null;
}

/**
 * Writes the index in steps of a given time. What is left to do stands in the database (0002-search.ts), so that a
 * stop at any moment, also between two steps, loses nothing.
 */
export class IndexWriter {
	readonly #database: SqlDatabase;
	readonly #monotonic: () => number;
	/** Characters a ms, as measured; starts low, so that the first step is a short one. */
	#speed = 500;
	/** Index pages merged a ms. */
	#mergeSpeed = 8;
	#mergesLeft = true;
	#stepsSinceMerge = 0;

	constructor(database: SqlDatabase, monotonic: () => number) {
		this.#database = database;
		this.#monotonic = monotonic;
	}

	/** Works for about `budgetMs`, one transaction. False: nothing is left to do. */
	step(budgetMs: number): boolean {
		if (this.#stepsSinceMerge >= 8 && this.#mergesLeft) return this.#merge(budgetMs);
		const database = this.#database;
		const budget = Math.max(1000, Math.round(this.#speed * budgetMs));
		const from = this.#monotonic();
		const written = database.transaction(false, () => {
			// First of all: a key that is still in the index must not be given to another message.
			const removed = this.#removeSome(budget);
			return removed > 0 ? removed : this.#addSome(budget) + this.#addPeople(budget);
		});
		if (written === 0) return this.#mergesLeft && this.#merge(budgetMs);
		// Very short steps say little about the speed.
		const tookMs = Math.max(this.#monotonic() - from, 0.1);
		if (written > 500) this.#speed = between(20, (this.#speed + written / tookMs) / 2, 20_000);
		this.#mergesLeft = true;
		this.#stepsSinceMerge += 1;
		return true;
	}

	/** Anything but merging to do. */
	pending(): boolean {
		return (
			this.#database.get(
				`SELECT 1 FROM search_removed UNION ALL SELECT 1 FROM search_pending
				UNION ALL SELECT 1 FROM search_people_pending LIMIT 1`,
			) !== undefined
		);
	}

	/** Takes what is to be removed out of the index; answers about how much work it was. */
	#removeSome(budget: number): number {
		const database = this.#database;
		let work = 0;
		// Taking out costs about ten times as much as putting in: every word is searched for and its page written.
		const share = budget / 10;
		const rows = database.all(
			"SELECT key, text, conversation FROM search_removed LIMIT 200",
		) as Removed[];
		for (const { key, text, conversation } of rows) {
			if (work >= share) break;
			database.run(
				"INSERT INTO search_text (search_text, rowid, text, digits, conversation) VALUES ('delete', ?, ?, ?, ?)",
				key,
				...columnsOf(text, conversation),
			);
			database.run("DELETE FROM search_removed WHERE key = ?", key);
			work += cost(text.slice(0, indexedLength));
		}
		return work * 10;
	}

	/** Puts in the newest messages that are not in it; answers about how much work it was. */
	#addSome(budget: number): number {
		const database = this.#database;
		const messages: Pending[] = [];
		let work = 0;
		for (const row of database.all(newestPending, Math.ceil(budget / cost(""))) as Pending[]) {
			if (messages.length > 0 && work >= budget) break;
			messages.push(row);
			work += cost((row.text ?? "").slice(0, indexedLength));
		}
		// Ascending, as the index wants it: another order would make a new segment at every turn.
		messages.sort((one, other) => (one.at ?? 0) - (other.at ?? 0) || one.row - other.row);
		for (const { row, at, text, conversation } of messages) {
			if (text !== null && at !== null && conversation !== null) {
				const key = freeKey(database, at);
				database.run(
					"INSERT INTO search_text (rowid, text, digits, conversation) VALUES (?, ?, ?, ?)",
					key,
					...columnsOf(text, conversation),
				);
				database.run("INSERT INTO search_rows (key, entry) VALUES (?, ?)", key, row);
			}
			database.run("DELETE FROM search_pending WHERE entry = ?", row);
		}
		return work;
	}

	#addPeople(budget: number): number {
		const database = this.#database;
		const rows = database.all(
			`SELECT s.conversation, c.name, c.formatted, c.thread, p.address FROM search_people_pending AS s
			LEFT JOIN conversations AS c ON c.row = s.conversation
			LEFT JOIN participants AS p ON p.row = c.participant LIMIT ?`,
			Math.ceil(budget / 200),
		) as (PersonTexts & { readonly conversation: number })[];
		for (const { conversation, ...texts } of rows) {
			database.run("DELETE FROM search_people WHERE conversation = ?", conversation);
			for (const word of peopleWords(personTexts(texts)))
				database.run(
					"INSERT INTO search_people (conversation, word) VALUES (?, ?)",
					conversation,
					word,
				);
			database.run("DELETE FROM search_people_pending WHERE conversation = ?", conversation);
		}
		return rows.length * 200;
	}

	/** Makes fewer, longer segments of the index. False: there was nothing to merge. */
	#merge(budgetMs: number): boolean {
		const database = this.#database;
		this.#stepsSinceMerge = 0;
		const pages = Math.max(1, Math.round(this.#mergeSpeed * budgetMs));
		const from = this.#monotonic();
		this.#mergesLeft = database.transaction(false, () => {
			const before = totalChanges(database);
			database.run("INSERT INTO search_text (search_text, rank) VALUES ('merge', ?)", pages);
			// Said by the documentation of FTS5: less than 2 changes mean that there was nothing to do.
			return totalChanges(database) - before >= 2;
		});
		const tookMs = Math.max(this.#monotonic() - from, 0.1);
		if (this.#mergesLeft) this.#mergeSpeed = between(0.5, (this.#mergeSpeed + pages / tookMs) / 2, 500);
		return this.#mergesLeft || this.pending();
	}
}

/** Not substr(text): in SQL a text ends at its first NUL. */
const newestPending = `
	SELECT p.entry AS row, e.at, e.text, e.conversation
	FROM search_pending AS p LEFT JOIN entries AS e ON e.row = p.entry
	ORDER BY p.entry DESC LIMIT ?`;

/** What the index is given of a message; for taking it out it must be told the same. */
function columnsOf(text: string, conversation: number): readonly [string, string, string] {
	const indexed = text.slice(0, indexedLength);
	return [
		wordsOf(indexed)
			.map((word) => word.folded)
			.join(" "),
		numbersForIndex(indexed),
		conversationSign(conversation),
	];
}

const firstSign = 0xf_0000;
const signs = 0xfffe;

/** One sign of the private use planes for nearly every conversation: too short for the prefix index of two. */
export function conversationSign(row: number): string {
	let sign = "";
	for (let rest = row; rest > 0 || sign === ""; rest = Math.floor(rest / signs))
		sign = String.fromCodePoint(firstSign + (rest % signs)) + sign;
	return sign;
}

/** A message costs as much as its text and something for its row. */
function cost(text: string): number {
	return text.length + 40;
}

function totalChanges(database: SqlDatabase): number {
	return (database.get("SELECT total_changes() AS changes") as { changes: number }).changes;
}

function between(least: number, value: number, most: number): number {
	return Math.min(Math.max(least, value), most);
}
