import type { Delivery } from "../../../../../shared/model.ts";
import { reconcileMedia } from "../engine/reconcile-media.ts";
import { rederive } from "../engine/rederive.ts";
import { isUnsettled } from "../engine/write-entries.ts";
import { type SqlDatabase, SqliteFailure, sqliteCodes, type SqlValue } from "../sqlite-driver.ts";
import { mended, type Row } from "./salvage-mend.ts";
import { readableRows } from "./salvage-rows.ts";

/** What was taken over. */
export interface Salvaged {
	/** Of all tables. */
	readonly rows: number;
	readonly messages: number;
	/** Texts of ours among them that are not settled. */
	readonly unsent: number;
}

/**
 * Copies what can be read, row after row, into a new database: first what exists nowhere else (texts not sent yet
 * and drafts, with their files), then the messages, at last the files that came. Cursors stay behind and nothing counts as whole, so that the server is asked again for
 * what is missing. Each row is judged by the new database's own rules; what breaks them is left out.
 */
export function salvage(source: SqlDatabase, target: SqlDatabase): Salvaged {
	const work = new Salvage(source, target);
	for (const table of ["accounts", "participants", "conversations"]) work.table(table);
	work.unsettledFirst();
	work.table("drafts");
	work.filesOfDrafts();
	for (const table of ["entries", "outbox_jobs", "gaps", "notifications", "media"]) work.table(table);
	reconcileMedia(target);
	rederive(target);
	const { messages } = target.get("SELECT count(*) AS messages FROM entries WHERE kind = 0") as {
		messages: number;
	};
	const { unsent } = target.get("SELECT count(*) AS unsent FROM outbox_jobs") as { unsent: number };
	return { rows: work.rows, messages, unsent };
}

/** Rows of one transaction, and bytes of files in them. */
const batch = 1000;
const batchBytes = 16 * 1024 * 1024;

class Salvage {
	rows = 0;
	readonly #source: SqlDatabase;
	readonly #target: SqlDatabase;
	readonly #columns = new Map<string, readonly string[]>();

	constructor(source: SqlDatabase, target: SqlDatabase) {
		this.#source = source;
		this.#target = target;
	}

	table(table: string): void {
		this.#take(table, readableRows(this.#source, table));
		const index = coveringIndexes[table];
		if (index !== undefined) this.#take(table, this.#fromIndex(index));
	}

	unsettledFirst(): void {
		for (const job of readableRows(this.#source, "outbox_jobs")) {
			const entry = job["entry"];
			if (typeof entry !== "number") continue;
			const row = this.#tolerant(() => this.#source.get("SELECT * FROM entries WHERE row = ?", entry));
			if (row === undefined) continue;
			this.#take("entries", [row as Row]);
			this.#files("entry = ?", entry);
		}
	}

	filesOfDrafts(): void {
		this.#files("entry IS NULL");
	}

	/** An older version has none. */
	#files(where: string, ...values: readonly SqlValue[]): void {
		const sql = `SELECT row FROM media WHERE ${where} ORDER BY position`;
		const rows = this.#tolerant(() => this.#source.all(sql, ...values)) ?? [];
		for (const { row } of rows as { readonly row: number }[]) {
			const file = this.#tolerant(() => this.#source.get("SELECT * FROM media WHERE row = ?", row));
			if (file !== undefined) this.#take("media", [file as Row]);
		}
	}

	#take(table: string, rows: Iterable<Row>): void {
		let waiting: Row[] = [];
		let bytes = 0;
		const write = (): void => {
			const now = waiting;
			waiting = [];
			bytes = 0;
			this.#target.transaction(true, () => {
				for (const row of now) this.#insert(table, mended(this.#target, table, row));
			});
		};
		for (const row of rows) {
			waiting.push(row);
			bytes += row["bytes"] instanceof Uint8Array ? row["bytes"].length : 0;
			if (waiting.length >= batch || bytes >= batchBytes) write();
		}
		if (waiting.length > 0) write();
	}

	#insert(table: string, row: Row | null): void {
		if (row === null) return;
		const columns = this.#columnsOf(table).filter((name) => row[name] !== undefined);
		const names = columns.join(", ");
		const marks = columns.map(() => "?").join(", ");
		try {
			this.rows += this.#target.run(
				`INSERT OR IGNORE INTO ${table} (${names}) VALUES (${marks})`,
				...columns.map((name) => row[name] as SqlValue),
			);
			if (table === "entries") this.#keepJob(row);
		} catch (error) {
			// It belongs to something that is lost, or is not what it should be.
			if (error instanceof SqliteFailure && error.code === sqliteCodes.constraint) return;
			throw error;
		}
	}

	/** The job follows from the message; what else was known of it comes with its own table, if it can be read. */
	#keepJob(row: Row): void {
		const delivery = row["delivery"];
		if (typeof delivery !== "string") return;
		const { state, since } = JSON.parse(delivery) as Delivery;
		if (!isUnsettled(state)) return;
		this.#target.run(
			`INSERT INTO outbox_jobs (entry, client_id, conversation, state, queued_since)
			SELECT row, client_id, conversation, ?, ? FROM entries WHERE row = ? ON CONFLICT DO NOTHING`,
			state,
			Number.isSafeInteger(since) ? since : 0,
			row["row"] as number,
		);
	}

	#columnsOf(table: string): readonly string[] {
		const known = this.#columns.get(table);
		if (known !== undefined) return known;
		const rows = this.#target.all(`SELECT name FROM pragma_table_info('${table}')`) as { name: string }[];
		const names = rows.map(({ name }) => name);
		this.#columns.set(table, names);
		return names;
	}

	#fromIndex(sql: string): Iterable<Row> {
		return this.#tolerant(() => this.#source.all(sql) as Row[]) ?? [];
	}

	#tolerant<T>(work: () => T): T | undefined {
		try {
			return work();
		} catch (error) {
			if (error instanceof SqliteFailure) return undefined;
			throw error;
		}
	}
}

/** The same facts once more, in pages of their own. */
const coveringIndexes: Readonly<Record<string, string>> = {
	accounts: "SELECT row, id FROM accounts INDEXED BY sqlite_autoindex_accounts_1 ORDER BY id",
	participants:
		"SELECT row, account, address FROM participants INDEXED BY sqlite_autoindex_participants_1 ORDER BY account, address",
};
