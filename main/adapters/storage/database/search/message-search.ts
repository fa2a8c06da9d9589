import type { SearchPage } from "../../../../../shared/model.ts";
import type { SearchQuery } from "../../../../core/ports/stores.ts";
import { type SqlDatabase, sqliteCodes, SqliteFailure } from "../sqlite-driver.ts";
import { configureSearchText, createSearchText } from "./0002-search.ts";
import { IndexWriter } from "./index-writer.ts";
import { searchMessages } from "./search-reader.ts";
import { wordsOf, wordsVersion } from "./words.ts";

/** What the words of the index were made by; Unicode decides what is a letter. */
const madeBy = `${String(wordsVersion)}/${process.versions["unicode"] ?? ""}`;

/** FTS5 cannot make sense of its own tables: SQLITE_CORRUPT_VTAB, or no more than an error with its name in it. */
function isIndexDamage(error: unknown): boolean {
	if (!(error instanceof SqliteFailure)) return false;
	return error.extendedCode === 267 || (error.code === sqliteCodes.error && error.message.includes("fts5"));
}

/**
 * Search over an opened database of the newest schema. Whoever opens it for writing calls `prepare` once, and
 * `step` (through IndexSchedule) after every commit and at start until it answers false.
 */
export class MessageSearch {
	readonly #database: SqlDatabase;
	readonly #writer: IndexWriter;
	readonly #monotonic: () => number;

	/** `monotonic`: ms from any start. */
	constructor(database: SqlDatabase, monotonic: () => number) {
		this.#database = database;
		this.#writer = new IndexWriter(database, monotonic);
		this.#monotonic = monotonic;
	}

	/** An index that another version made is made anew; in steps, the newest messages first. */
	prepare(): void {
		const row = this.#database.get("SELECT value FROM meta WHERE key = 'search'") as
			{ readonly value: string } | undefined;
		if (row?.value === madeBy) return;
		if (row !== undefined) this.rebuild();
		else this.#database.transaction(false, () => this.#note());
	}

	search(query: SearchQuery): SearchPage {
		this.#takeInNewest();
		return this.#mended(() => searchMessages(this.#database, query, this.#monotonic));
	}

	/** Works on the index for about `budgetMs`; false: nothing is left to do. */
	step(budgetMs: number): boolean {
		return this.#mended(() => this.#writer.step(budgetMs));
	}

	/** Steps until everything is written; merging is left for idle time. */
	catchUp(budgetMs = 50): void {
		while (this.#writer.pending()) this.#writer.step(budgetMs);
	}

	/** Steps until nothing of what was removed is in the index any more. */
	forgetRemoved(): void {
		while (this.#database.get("SELECT 1 FROM search_removed LIMIT 1") !== undefined)
			this.#writer.step(50);
	}

	/**
	 * Whether the index belongs to the messages: "sample" counts, and looks for some of them (half a second a million
	 * messages, for idle time after an unclean stop); "whole" reads all of the index as well (5 s a million). False:
	 * `rebuild`.
	 */
	check(depth: "sample" | "whole" = "sample"): boolean {
		try {
			if (depth === "whole")
				this.#database.run(
					"INSERT INTO search_text (search_text, rank) VALUES ('integrity-check', 0)",
				);
			const { ok } = this.#database.get(`
				SELECT (SELECT count(*) FROM entries WHERE kind = 0) = (SELECT count(*) FROM search_rows)
					+ (SELECT count(*) FROM search_pending) AS ok`) as { ok: number };
			return ok === 1 && this.#sampleIsFound();
		} catch (error) {
			if (error instanceof SqliteFailure) return false;
			throw error;
		}
	}

	/** Empties the index and notes every message as not indexed yet. Throws when the file itself is damaged. */
	rebuild(): void {
		const database = this.#database;
		database.transaction(false, () => {
			this.empty();
			database.exec("INSERT INTO search_pending (entry) SELECT row FROM entries WHERE kind = 0");
			database.exec(
				"INSERT OR IGNORE INTO search_people_pending (conversation) SELECT row FROM conversations",
			);
		});
	}

	/** Inside a transaction: an empty index that knows of nothing to be done. */
	empty(): void {
		const database = this.#database;
		database.exec("DROP TABLE search_text");
		database.exec(createSearchText);
		for (const statement of configureSearchText) database.exec(statement);
		for (const table of ["search_rows", "search_removed", "search_pending"])
			database.exec(`DELETE FROM ${table}`);
		this.#note();
	}

	/** What was said a moment ago can be found; with much to do, the schedule goes on with the rest. */
	#takeInNewest(): void {
		try {
			if (this.#writer.pending()) this.step(4);
		} catch (error) {
			// What cannot be written (a full disk, a read-only file) is searched as it is.
			if (!(error instanceof SqliteFailure)) throw error;
		}
	}

	/** Damage of the index alone is no reason to give up the history: the index is made anew. */
	#mended<T>(work: () => T): T {
		try {
			return work();
		} catch (error) {
			if (!isIndexDamage(error)) throw error;
			this.#rebuildOrSay();
			return work();
		}
	}

	/** An index that cannot even be taken away is damage of the file: opening it anew reads it into a new one. */
	#rebuildOrSay(): void {
		try {
			this.rebuild();
		} catch (error) {
			if (!isIndexDamage(error)) throw error;
			throw new SqliteFailure(sqliteCodes.corrupt, "the search index cannot be removed", {
				cause: error,
			});
		}
	}

	#note(): void {
		this.#database.run(
			"INSERT INTO meta (key, value) VALUES ('search', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			madeBy,
		);
	}

	/** The integrity check knows nothing of the texts: some of them are looked for. */
	#sampleIsFound(): boolean {
		const rows = this.#database.all(`
			SELECT r.key, e.text FROM search_rows AS r JOIN entries AS e ON e.row = r.entry
			WHERE r.rowid IN (SELECT key FROM search_rows ORDER BY key DESC LIMIT 50)
				OR r.rowid IN (SELECT key FROM search_rows ORDER BY key LIMIT 50)`) as {
			key: number;
			text: string;
		}[];
		return rows.every(({ key, text }) => {
			const word = wordsOf(text)[0]?.folded;
			return (
				word === undefined ||
				this.#database.get(
					"SELECT 1 FROM search_text WHERE search_text MATCH ? AND rowid = CAST(? AS INTEGER)",
					`text : "${word}"`,
					key,
				) !== undefined
			);
		});
	}
}
