import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, migrations } from "../schema/migrations.ts";
import { openDatabase } from "../sqlite-driver.ts";

/**
 * The first page of a database holds its header and the list of its tables. Both are the same in every one of ours:
 * the first migration writes into an empty file, so each of its tables begins at the same page everywhere; and a
 * VACUUM (which a wipe does) moves all tables, again to the same pages everywhere. A damaged first page can therefore
 * be written anew. So it is with tables of later migrations in a file that began with all of them, or was vacuumed
 * since; elsewhere another table lies there, of whose rows none is taken for one of theirs (salvage-mend.ts).
 */

const headerLength = 100;
const pageSize = 4096;

/** Puts a sound header over that of the file; the list of tables stays. */
export function mendHeader(path: string): void {
	overwriteStart(path, ([layout]) => layout.sound.subarray(0, headerLength));
}

/** Puts a sound first page in place, with the tables that are salvaged only. */
export function replaceFirstPage(path: string): void {
	overwriteStart(path, (both) => {
		const [asWritten, vacuumed] = both.map((layout) => fit(path, layout));
		return both[(vacuumed ?? 0) > (asWritten ?? 0) ? 1 : 0].short;
	});
}

function overwriteStart(path: string, start: (layouts: readonly [Layout, Layout]) => Buffer): void {
	const size = fs.statSync(path).size;
	// Not of ours, or nothing left of it.
	if (size < pageSize) return;
	const bytes = Buffer.from(start(layouts()));
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
		"next_sequence, unread, first_unread, preview, last_activity, newest, " +
		// Added by later migrations, at the end of each row.
		"peer, name, formatted, thread, archived, person",
	entries:
		"row INTEGER PRIMARY KEY, id, account, conversation, kind, sequence, place, at, direction, unread, local_time, " +
		"client_id, remote_id, author, text, delivery, detail",
	outbox_jobs: "entry INTEGER PRIMARY KEY, client_id, conversation, state, attempts, queued_since",
	drafts: "conversation INTEGER PRIMARY KEY, text",
	gaps: "entry INTEGER PRIMARY KEY, account, conversation, down_to, next, up_to",
	notifications: "row INTEGER PRIMARY KEY, conversation, entry, kind, arrived_at, at, withheld, sound",
	media: "row INTEGER PRIMARY KEY, id, conversation, entry, position, ref, attachment, bytes",
};

/** Where the tables and indexes of the first migration begin, and first pages that say so. */
interface Layout {
	readonly roots: readonly { readonly page: number; readonly isTable: boolean }[];
	/** The whole first page, with the header. */
	readonly sound: Buffer;
	/** One with short words, which holds the whole list of tables. */
	readonly short: Buffer;
}

let known: readonly [Layout, Layout] | null = null;

/** Found out by making such files, which takes as long as a few writes to the disk: once. */
function layouts(): readonly [Layout, Layout] {
	known ??= makeLayouts();
	return known;
}

function makeLayouts(): readonly [Layout, Layout] {
	const folder = fs.mkdtempSync(join(tmpdir(), "trunkline-"));
	try {
		return [layoutOf(folder, "written", ""), layoutOf(folder, "vacuumed", "VACUUM")];
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

function layoutOf(folder: string, name: string, then: string): Layout {
	const model = join(folder, `${name}.db`);
	const database = openDatabase({ path: model, access: "write" });
	migrate(database, migrations.slice(0, 1));
	const first = database.all("SELECT name FROM sqlite_schema") as { readonly name: string }[];
	const ofFirst = new Set(first.map((row) => row.name));
	migrate(database, migrations);
	database.exec(then);
	const rows = database.all("SELECT name, type, rootpage FROM sqlite_schema") as {
		name: string;
		type: string;
		rootpage: number;
	}[];
	database.close();
	const short = join(folder, `${name}-short.db`);
	const other = openDatabase({ path: short, access: "write", defensive: false });
	for (const [table, columns] of Object.entries(shortTables))
		other.exec(`CREATE TABLE ${table} (${columns})`);
	other.exec("PRAGMA writable_schema = ON");
	for (const row of rows)
		if (row.type === "table" && Object.hasOwn(shortTables, row.name))
			other.run("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?", row.rootpage, row.name);
	other.close();
	// Indexes that are not part of their table are moved behind what later migrations made.
	const roots = rows
		.filter((row) => ofFirst.has(row.name))
		.filter((row) => row.type === "table" || row.name.startsWith("sqlite_autoindex_"))
		.map((row) => ({
			page: row.rootpage,
			isTable: row.type === "table" && !withoutRowId.includes(row.name),
		}));
	return { roots, sound: firstPage(model), short: firstPage(short) };
}

/** Kept as SQLite keeps an index. */
const withoutRowId: readonly string[] = ["meta", "cursors"];

/** How many pages of the file are of the kind that the layout wants there. */
function fit(path: string, layout: Layout): number {
	const file = fs.openSync(path, "r");
	try {
		const kind = Buffer.alloc(1);
		return layout.roots.filter(({ page, isTable }) => {
			fs.readSync(file, kind, 0, 1, (page - 1) * pageSize);
			const [byte = 0] = kind;
			// First byte of a page of a b-tree: leaf or inner page of a table, of an index.
			return isTable ? byte === 0x0d || byte === 0x05 : byte === 0x0a || byte === 0x02;
		}).length;
	} finally {
		fs.closeSync(file);
	}
}

function firstPage(path: string): Buffer {
	return fs.readFileSync(path).subarray(0, pageSize);
}
