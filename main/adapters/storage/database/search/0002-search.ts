import type { Migration } from "../schema/migrations.ts";

/** The index of one word list: built anew (`rebuild`) it is created by the same words. */
export const createSearchText =
	"CREATE VIRTUAL TABLE search_text USING fts5(text, digits, conversation, " +
	"content='', columnsize=0, tokenize='ascii', prefix='1 2 3')";

/**
 * secure-delete: what is removed leaves no trace in the index. automerge and crisismerge: segments are merged in
 * small steps while nothing else is to be done (index-writer.ts), never in the middle of a step.
 */
export const configureSearchText = [
	"INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1)",
	"INSERT INTO search_text (search_text, rank) VALUES ('automerge', 0)",
	"INSERT INTO search_text (search_text, rank) VALUES ('crisismerge', 1024)",
] as const;

/**
 * Full-text search. Triggers only note what is to be done, in the transaction that changes a message, so that no
 * way of changing one can be forgotten and a stop at any moment forgets nothing. The index is written later.
 *
 *   entries --trigger--> search_pending --step--> search_text + search_rows
 *      +-----trigger--> search_removed  --step--> out of search_text     (out of search_rows at once: not found any more)
 */
export const search: Migration = {
	version: 2,
	name: "search",
	statements: [
		// The texts themselves are in entries: nothing is kept twice. Row ids are search keys (search-key.ts).
		createSearchText,
		...configureSearchText,

		// Search key of what is in the index.
		`CREATE TABLE search_rows (
			key INTEGER PRIMARY KEY,
			entry INTEGER NOT NULL UNIQUE
		) STRICT`,
		// Messages that are not in the index yet.
		"CREATE TABLE search_pending (entry INTEGER PRIMARY KEY) STRICT",
		// What is still in the index and must go: an index without texts has to be told what it said.
		`CREATE TABLE search_removed (
			key INTEGER PRIMARY KEY,
			text TEXT NOT NULL,
			conversation INTEGER NOT NULL
		) STRICT`,
		`CREATE TRIGGER search_message_added AFTER INSERT ON entries WHEN new.kind = 0 BEGIN
			INSERT OR IGNORE INTO search_pending (entry) VALUES (new.row);
		END`,
		`CREATE TRIGGER search_message_changed AFTER UPDATE OF text, at, conversation ON entries
			WHEN new.kind = 0 AND (new.text <> old.text OR new.at <> old.at OR new.conversation <> old.conversation)
		BEGIN
			INSERT OR IGNORE INTO search_removed (key, text, conversation)
				SELECT key, old.text, old.conversation FROM search_rows WHERE entry = old.row;
			DELETE FROM search_rows WHERE entry = old.row;
			INSERT OR IGNORE INTO search_pending (entry) VALUES (new.row);
		END`,
		`CREATE TRIGGER search_message_removed AFTER DELETE ON entries WHEN old.kind = 0 BEGIN
			INSERT OR IGNORE INTO search_removed (key, text, conversation)
				SELECT key, old.text, old.conversation FROM search_rows WHERE entry = old.row;
			DELETE FROM search_rows WHERE entry = old.row;
			DELETE FROM search_pending WHERE entry = old.row;
		END`,

		// Words of names and numbers, and every ending of a number: both are found by their beginning.
		`CREATE TABLE search_people (
			conversation INTEGER NOT NULL,
			word TEXT NOT NULL,
			PRIMARY KEY (conversation, word)
		) STRICT, WITHOUT ROWID`,
		"CREATE INDEX search_people_by_word ON search_people (word, conversation)",
		"CREATE TABLE search_people_pending (conversation INTEGER PRIMARY KEY) STRICT",
		`CREATE TRIGGER search_person_added AFTER INSERT ON conversations BEGIN
			INSERT OR IGNORE INTO search_people_pending (conversation) VALUES (new.row);
		END`,
		`CREATE TRIGGER search_person_removed AFTER DELETE ON conversations BEGIN
			DELETE FROM search_people WHERE conversation = old.row;
			DELETE FROM search_people_pending WHERE conversation = old.row;
		END`,
		`CREATE TRIGGER search_person_changed AFTER UPDATE OF name, address ON participants
			WHEN new.name IS NOT old.name OR new.address <> old.address
		BEGIN
			INSERT OR IGNORE INTO search_people_pending (conversation)
				SELECT row FROM conversations WHERE participant = new.row;
		END`,

		"INSERT INTO search_pending (entry) SELECT row FROM entries WHERE kind = 0",
		"INSERT INTO search_people_pending (conversation) SELECT row FROM conversations",
	],
};
