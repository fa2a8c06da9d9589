import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messages } from "../schema/0001-messages.ts";
import { migrate } from "../schema/migrations.ts";
import { openDatabase } from "../sqlite-driver.ts";

/**
 * The first page of a database holds its header and the list of its tables. Both are the same in every one of ours:
 * the first migration writes into an empty file, so each of its tables begins at the same page everywhere. A damaged
 * first page can therefore be written anew.
 */

const headerLength = 100;
const pageSize = 4096;

/** Puts a sound header over that of the file; the list of tables stays. */
export function mendHeader(path: string): void {
	overwriteStart(path, () => firstPages().sound.subarray(0, headerLength));
}

/** Puts a sound first page in place, with the tables of the first migration only. */
export function replaceFirstPage(path: string): void {
	overwriteStart(path, () => firstPages().short);
}

function overwriteStart(path: string, start: () => Buffer): void {
	const size = fs.statSync(path).size;
	// Not of ours, or nothing left of it.
	if (size < pageSize) return;
	const bytes = Buffer.from(start());
	const pages = Math.floor(size / pageSize);
	bytes.writeUInt32BE(pages, 28);
	// No list of free pages: what is salvaged is only read.
	bytes.writeUInt32BE(0, 32);
	bytes.writeUInt32BE(0, 36);
	// The number of pages counts only if these two agree.
	bytes.writeUInt32BE(1, 24);
	bytes.writeUInt32BE(1, 92);
	const file = fs.openSync(path, "r+");
	try {
		fs.writeSync(file, bytes, 0, bytes.length, 0);
	} finally {
		fs.closeSync(file);
	}
}

/** The tables that are salvaged, in as few words as they can be read with. */
const shortTables: Readonly<Record<string, string>> = {
	accounts: "row INTEGER PRIMARY KEY, id",
	participants: "row INTEGER PRIMARY KEY, account, address, name",
	conversations:
		"row INTEGER PRIMARY KEY, id, account, participant, system, created_at, muted, live, synced_to, older_cursor, " +
		"next_sequence, unread, first_unread, preview, last_activity, newest",
	entries:
		"row INTEGER PRIMARY KEY, id, account, conversation, kind, sequence, place, at, direction, unread, local_time, " +
		"client_id, remote_id, author, text, delivery, detail",
	outbox_jobs: "entry INTEGER PRIMARY KEY, client_id, conversation, state, attempts, queued_since",
	drafts: "conversation INTEGER PRIMARY KEY, text",
	gaps: "entry INTEGER PRIMARY KEY, account, conversation, down_to, next, up_to",
	notifications: "row INTEGER PRIMARY KEY, conversation, entry, kind, arrived_at, at, withheld, sound",
};

/** First pages as they are after the first migration: the whole one, and one with short words that fits one page. */
function firstPages(): { readonly sound: Buffer; readonly short: Buffer } {
	const folder = fs.mkdtempSync(join(tmpdir(), "trunkline-"));
	try {
		const model = join(folder, "model.db");
		const database = openDatabase({ path: model, access: "write" });
		migrate(database, [messages]);
		const roots = database.all("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'") as {
			name: string;
			rootpage: number;
		}[];
		database.close();
		const short = join(folder, "short.db");
		const other = openDatabase({ path: short, access: "write", defensive: false });
		for (const [name, columns] of Object.entries(shortTables))
			other.exec(`CREATE TABLE ${name} (${columns})`);
		other.exec("PRAGMA writable_schema = ON");
		for (const { name, rootpage } of roots)
			other.run("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?", rootpage, name);
		other.close();
		return { sound: firstPage(model), short: firstPage(short) };
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

function firstPage(path: string): Buffer {
	return fs.readFileSync(path).subarray(0, pageSize);
}
