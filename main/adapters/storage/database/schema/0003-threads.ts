import type { Migration } from "./migrations.ts";

/**
 * Conversations of systems that have several with one address, groups, people with several addresses, and files.
 * Columns are only added: tables of the first migration stay where they begin (open/first-page.ts).
 */
export const threads: Migration = {
	version: 3,
	name: "threads",
	statements: [
		// The provider's key. Until now each address had one conversation, so the address is the key of those.
		"ALTER TABLE conversations ADD COLUMN peer TEXT NOT NULL DEFAULT ''",
		// What was told of one conversation is its own: participants are addresses only from now on.
		"ALTER TABLE conversations ADD COLUMN name TEXT",
		"ALTER TABLE conversations ADD COLUMN formatted TEXT",
		// JSON (ThreadFacts).
		"ALTER TABLE conversations ADD COLUMN thread TEXT",
		"ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
		"ALTER TABLE conversations ADD COLUMN person TEXT",
		`UPDATE conversations SET (peer, name) =
			(SELECT p.address, p.name FROM participants AS p WHERE p.row = conversations.participant)`,
		"DROP TRIGGER search_person_changed",
		"UPDATE participants SET name = NULL WHERE name IS NOT NULL",
		"CREATE UNIQUE INDEX conversations_by_peer ON conversations (account, peer)",
		"DROP INDEX conversations_by_participant",
		"CREATE INDEX conversations_by_participant ON conversations (participant)",
		"CREATE INDEX conversations_by_person ON conversations (person) WHERE person IS NOT NULL",

		// Files of messages, and of drafts (entry NULL). attachment is JSON, the same as in the entry's detail. bytes
		// stand last, so that what is before them is read without them.
		`CREATE TABLE media (
			row INTEGER PRIMARY KEY,
			id TEXT NOT NULL UNIQUE,
			conversation INTEGER NOT NULL REFERENCES conversations (row) ON DELETE CASCADE,
			entry INTEGER REFERENCES entries (row) ON DELETE CASCADE,
			position INTEGER NOT NULL,
			ref TEXT,
			attachment TEXT NOT NULL,
			bytes BLOB
		) STRICT`,
		"CREATE INDEX media_by_entry ON media (entry, position)",
		"CREATE INDEX media_by_conversation ON media (conversation)",

		`CREATE TRIGGER search_person_changed AFTER UPDATE OF name, formatted, participant, thread ON conversations
			WHEN new.name IS NOT old.name OR new.formatted IS NOT old.formatted
				OR new.participant <> old.participant OR new.thread IS NOT old.thread
		BEGIN
			INSERT OR IGNORE INTO search_people_pending (conversation) VALUES (new.row);
		END`,
	],
};
