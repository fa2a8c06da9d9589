import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { AccountId } from "../../../../../shared/ids.ts";
import type { ConversationPatch, NewConversation } from "../../../../core/ports/stores.ts";
import type { SqlDatabase, SqlValue } from "../sqlite-driver.ts";
import { wholeTime } from "./rows.ts";
import { threadJson } from "./thread-json.ts";
import type { Touched, TouchedConversations } from "./touched.ts";

/** Conversations: begun once, and what is told of them later. Called inside a transaction. */

export function createConversation(
	database: SqlDatabase,
	touched: TouchedConversations,
	given: NewConversation,
): void {
	if (touched.find(given.id) !== null) return;
	const account = anchor(database, given.accountId);
	const createdAt = wholeTime(given.createdAt);
	const changes = database.run(
		`INSERT INTO conversations (id, account, participant, system, peer, formatted, name, thread, created_at,
			last_activity)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT (account, peer) DO NOTHING`,
		given.id,
		account,
		participant(database, account, given.address),
		given.system,
		given.peer,
		given.formatted,
		given.name,
		threadJson(given.thread),
		createdAt,
	);
	if (changes === 0)
		throw new AppFailure(appError("internal"), { cause: "two conversations with one key" });
	touched.created(given.id);
}

export function patchConversation(database: SqlDatabase, touched: Touched, patch: ConversationPatch): void {
	touched.patched = true;
	const { row } = touched;
	if (patch.address !== undefined) moveTo(database, touched, patch.address);
	if (patch.draft === "") database.run("DELETE FROM drafts WHERE conversation = ?", row);
	else if (patch.draft !== undefined)
		database.run(
			`INSERT INTO drafts (conversation, text) VALUES (?, ?)
			ON CONFLICT (conversation) DO UPDATE SET text = excluded.text`,
			row,
			patch.draft,
		);
	const set = (column: string, value: SqlValue | undefined): void => {
		if (value !== undefined)
			database.run(`UPDATE conversations SET ${column} = ? WHERE row = ?`, value, row);
	};
	set("name", patch.name);
	set("formatted", patch.formatted);
	set("thread", patch.thread === undefined ? undefined : threadJson(patch.thread));
	set("archived", patch.archived === undefined ? undefined : Number(patch.archived));
	set("person", patch.personId);
	set("muted", patch.muted === undefined ? undefined : Number(patch.muted));
	set("live", patch.live === undefined ? undefined : Number(patch.live));
	set("synced_to", patch.syncedTo);
	set("older_cursor", patch.olderCursor);
}

/** The row that stands for an address; conversations with one address (on several lines) share it. */
function participant(database: SqlDatabase, account: number, address: string): number {
	database.run(
		"INSERT INTO participants (account, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
		account,
		address,
	);
	const row = database.get(
		"SELECT row FROM participants WHERE account = ? AND address = ?",
		account,
		address,
	);
	return (row as { row: number }).row;
}

function moveTo(database: SqlDatabase, touched: Touched, address: string): void {
	const { row: conversation, account } = touched;
	const { before } = database.get(
		"SELECT participant AS before FROM conversations WHERE row = ?",
		conversation,
	) as { readonly before: number };
	const now = participant(database, account, address);
	if (now === before) return;
	database.run("UPDATE conversations SET participant = ? WHERE row = ?", now, conversation);
	database.run(
		`DELETE FROM participants
		WHERE row = ?1 AND NOT EXISTS (SELECT 1 FROM conversations WHERE participant = ?1)`,
		before,
	);
}

/** The row that stands for an account; made when it is first spoken of. */
export function anchor(database: SqlDatabase, id: AccountId): number {
	database.run("INSERT INTO accounts (id) VALUES (?) ON CONFLICT DO NOTHING", id);
	return (database.get("SELECT row FROM accounts WHERE id = ?", id) as { row: number }).row;
}
