import type { Migration } from "./migrations.ts";

/**
 * Accounts, conversations and what was said. Rows refer to each other by whole numbers, which never come again
 * (AUTOINCREMENT) where an index outside of the table remembers them; ids of the application stand beside them.
 */
export const messages: Migration = {
	version: 1,
	name: "messages",
	statements: [
		// What is not a row of its own: "schema" (number of the last migration).
		`CREATE TABLE meta (
			key TEXT PRIMARY KEY,
			value TEXT NOT NULL
		) STRICT, WITHOUT ROWID`,

		// An anchor only: who they are stands in accounts.json, which an administrator can read and repair.
		`CREATE TABLE accounts (
			row INTEGER PRIMARY KEY AUTOINCREMENT,
			id TEXT NOT NULL UNIQUE
		) STRICT`,

		`CREATE TABLE participants (
			row INTEGER PRIMARY KEY,
			account INTEGER NOT NULL REFERENCES accounts (row) ON DELETE CASCADE,
			address TEXT NOT NULL,
			name TEXT,
			UNIQUE (account, address)
		) STRICT`,

		// unread to newest are derived from the entries, in the transaction that changes these.
		`CREATE TABLE conversations (
			row INTEGER PRIMARY KEY AUTOINCREMENT,
			id TEXT NOT NULL UNIQUE,
			account INTEGER NOT NULL REFERENCES accounts (row) ON DELETE CASCADE,
			participant INTEGER NOT NULL REFERENCES participants (row) ON DELETE CASCADE,
			system TEXT NOT NULL,
			created_at INTEGER NOT NULL,
			muted INTEGER NOT NULL DEFAULT 0,
			live INTEGER NOT NULL DEFAULT 0,
			synced_to TEXT NOT NULL DEFAULT '',
			older_cursor TEXT,
			next_sequence INTEGER NOT NULL DEFAULT 1,
			unread INTEGER NOT NULL DEFAULT 0,
			first_unread TEXT,
			preview INTEGER,
			last_activity INTEGER NOT NULL,
			newest TEXT
		) STRICT`,
		"CREATE UNIQUE INDEX conversations_by_participant ON conversations (participant)",
		"CREATE INDEX conversations_by_account ON conversations (account)",

		// kind: 0 message, 1 stretch, 2 gap, 3 problem; what is not of a message is JSON in detail.
		// direction: 0 in, 1 out. delivery: JSON. account is the conversation's, for the unique index; no foreign
		// key, because deleting an account would look through all entries for it.
		`CREATE TABLE entries (
			row INTEGER PRIMARY KEY AUTOINCREMENT,
			id TEXT NOT NULL UNIQUE,
			account INTEGER NOT NULL,
			conversation INTEGER NOT NULL REFERENCES conversations (row) ON DELETE CASCADE,
			kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
			sequence INTEGER NOT NULL,
			place TEXT NOT NULL,
			at INTEGER NOT NULL,
			direction INTEGER CHECK (direction IN (0, 1)),
			unread INTEGER NOT NULL DEFAULT 0 CHECK (unread IN (0, 1)),
			local_time INTEGER,
			client_id TEXT,
			remote_id TEXT,
			author TEXT,
			text TEXT,
			delivery TEXT,
			detail TEXT,
			CHECK (kind <> 0 OR (direction IS NOT NULL AND local_time IS NOT NULL
				AND author IS NOT NULL AND text IS NOT NULL)),
			CHECK (kind = 0 OR detail IS NOT NULL)
		) STRICT`,
		"CREATE UNIQUE INDEX entries_by_place ON entries (conversation, place)",
		"CREATE UNIQUE INDEX entries_by_client_id ON entries (client_id) WHERE client_id IS NOT NULL",
		"CREATE UNIQUE INDEX entries_by_remote_id ON entries (account, remote_id) WHERE remote_id IS NOT NULL",
		"CREATE INDEX entries_unread ON entries (conversation, place) WHERE unread = 1",

		// Texts of ours that are not settled.
		`CREATE TABLE outbox_jobs (
			entry INTEGER PRIMARY KEY REFERENCES entries (row) ON DELETE CASCADE,
			client_id TEXT UNIQUE,
			conversation INTEGER NOT NULL,
			state TEXT NOT NULL,
			attempts INTEGER NOT NULL DEFAULT 0,
			queued_since INTEGER NOT NULL
		) STRICT`,

		`CREATE TABLE drafts (
			conversation INTEGER PRIMARY KEY REFERENCES conversations (row) ON DELETE CASCADE,
			text TEXT NOT NULL
		) STRICT`,

		`CREATE TABLE cursors (
			account INTEGER NOT NULL REFERENCES accounts (row) ON DELETE CASCADE,
			scope TEXT NOT NULL,
			value TEXT NOT NULL,
			PRIMARY KEY (account, scope)
		) STRICT, WITHOUT ROWID`,

		// Gaps that the server is asked to fill.
		`CREATE TABLE gaps (
			entry INTEGER PRIMARY KEY REFERENCES entries (row) ON DELETE CASCADE,
			account INTEGER NOT NULL,
			conversation INTEGER NOT NULL,
			down_to TEXT NOT NULL,
			next TEXT,
			up_to TEXT NOT NULL
		) STRICT`,

		// "Why didn't it ring?": no text of anybody in it. entry outlives the entry.
		`CREATE TABLE notifications (
			row INTEGER PRIMARY KEY AUTOINCREMENT,
			conversation INTEGER REFERENCES conversations (row) ON DELETE CASCADE,
			entry TEXT,
			kind TEXT NOT NULL,
			arrived_at INTEGER NOT NULL,
			at INTEGER NOT NULL,
			withheld TEXT,
			sound INTEGER NOT NULL
		) STRICT`,
		"CREATE INDEX notifications_by_conversation ON notifications (conversation)",
		"CREATE INDEX notifications_by_time ON notifications (at)",
	],
};
