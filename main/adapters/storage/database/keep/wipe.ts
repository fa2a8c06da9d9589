import type { AccountId } from "../../../../../shared/ids.ts";
import type { MessageSearch } from "../search/message-search.ts";
import { type SqlDatabase, sqliteCodes, SqliteFailure } from "../sqlite-driver.ts";

/** So many messages are taken out of the search index one by one; for more of them it is begun anew. */
const fewMessages = 2000;

/**
 * Removes everything of an account, so that no byte of its texts stays in the database's files: rows are overwritten
 * (`secure_delete`), the index forgets their words, what page splits left behind goes with VACUUM, and the log of
 * the last writes is emptied. One transaction: an account is wiped or not. A stop after it leaves a mark, and
 * `finishWipe` does the rest at the next start.
 */
export function wipe(database: SqlDatabase, search: MessageSearch, accountId: AccountId): void {
	database.transaction(true, () => {
		const account = database.get("SELECT row FROM accounts WHERE id = ?", accountId) as
			{ readonly row: number } | undefined;
		// Also when nothing is left of it: what was deleted before may still lie in the files.
		database.run("INSERT OR IGNORE INTO meta (key, value) VALUES ('wiping', '1')");
		if (account === undefined) return;
		const many = hasMore(database, account.row, fewMessages);
		// Before the entries go: what the index does not know it need not be told to forget.
		if (many) search.empty();
		database.run("DELETE FROM accounts WHERE row = ?", account.row);
		if (many) database.exec(noteAll);
	});
	finishWipe(database, search);
}

const largestInMemory = 64 * 1024 * 1024;

const noteAll = "INSERT OR IGNORE INTO search_pending (entry) SELECT row FROM entries WHERE kind = 0";

/** Does what a wipe has still to do after its rows are gone; nothing, if there is nothing. For every start, idle. */
export function finishWipe(database: SqlDatabase, search: MessageSearch): void {
	if (database.get("SELECT 1 FROM meta WHERE key = 'wiping'") === undefined) return;
	search.forgetRemoved();
	database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
	try {
		vacuum(database);
	} catch (error) {
		// It needs as much space again as the rest of the history. Nearly all is overwritten without it: the wipe has
		// not failed, and the mark stays for the next start.
		if (!(error instanceof SqliteFailure) || error.code !== sqliteCodes.full) throw error;
		return;
	}
	database.transaction(true, () => database.run("DELETE FROM meta WHERE key = 'wiping'"));
	database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** What is to be kept is copied on the way: in memory, unless it is so large that a file of the system is better. */
function vacuum(database: SqlDatabase): void {
	const { bytes } = database.get(
		`SELECT (p.page_count - f.freelist_count) * s.page_size AS bytes
		FROM pragma_page_count AS p, pragma_freelist_count AS f, pragma_page_size AS s`,
	) as { bytes: number };
	if (bytes > largestInMemory) database.exec("PRAGMA temp_store = FILE");
	try {
		database.exec("VACUUM");
	} finally {
		database.exec("PRAGMA temp_store = MEMORY");
	}
}

function hasMore(database: SqlDatabase, account: number, count: number): boolean {
	const row = database.get(
		`SELECT 1 FROM entries AS e JOIN conversations AS c ON c.row = e.conversation
		WHERE c.account = ? LIMIT 1 OFFSET ?`,
		account,
		count,
	);
	return row !== undefined;
}
