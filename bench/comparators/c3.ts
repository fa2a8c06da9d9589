/**
 * C3: SQLite alone, as a script would use it. One table and its index; rows written in one transaction; a search is
 * LIKE, newest first. What our store does beyond that is what the ratio shows.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const out = join(import.meta.dirname, "..", "..", "out", "bench");

const schema = `CREATE TABLE messages (
	id INTEGER PRIMARY KEY,
	remote_id TEXT UNIQUE,
	conversation INTEGER NOT NULL,
	at INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_time ON messages (conversation, at)`;

/** Writes so many messages over 200 conversations into a new file, in one durable transaction; answers the ms it took. */
export function writeRows(count: number, conversations = 200): number {
	mkdirSync(out, { recursive: true });
	const folder = mkdtempSync(join(out, "c3-"));
	const database = new DatabaseSync(join(folder, "messages.db"));
	try {
		database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
		const insert = database.prepare(
			"INSERT INTO messages (remote_id, conversation, at, text) VALUES (?, ?, ?, ?)",
		);
		const from = performance.now();
		database.exec("BEGIN");
		for (let number = 0; number < count; number++) {
			const text = `${String(number)} hello, this is a message of the usual length`;
			insert.run(`m${String(number)}`, number % conversations, 1_800_000_000_000 + number, text);
		}
		database.exec("COMMIT");
		return performance.now() - from;
	} finally {
		database.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The texts of a bench database in a plain table; made once. Answers a search, and how to close it. */
export function likeSearch(source: string): { search(typed: string): number; close(): void } {
	const path = `${source}.c3`;
	if (!existsSync(path)) {
		rmSync(`${path}.unfinished`, { force: true });
		const making = new DatabaseSync(`${path}.unfinished`);
		making.exec(schema);
		making.prepare("ATTACH ? AS source").run(source);
		making.exec(
			`INSERT INTO messages (remote_id, conversation, at, text)
			SELECT remote_id, conversation, at, text FROM source.entries WHERE kind = 0 ORDER BY at`,
		);
		making.close();
		renameSync(`${path}.unfinished`, path);
	}
	const database = new DatabaseSync(path, { readOnly: true });
	database.exec("PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824");
	return {
		search(typed) {
			const words = typed.split(/\s+/).filter((word) => word !== "");
			const each = words.map(() => "text LIKE ? ESCAPE '\\'").join(" AND ") || "1";
			return database
				.prepare(`SELECT id, text FROM messages WHERE ${each} ORDER BY id DESC LIMIT 50`)
				.all(...words.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`)).length;
		},
		close: () => database.close(),
	};
}
