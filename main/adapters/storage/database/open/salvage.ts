import type { Delivery } from "../../../../../shared/model.ts";
import { arrivalOrder } from "../../../../../shared/order.ts";
import { rederive } from "../engine/rederive.ts";
import { deliveryOf, kinds } from "../engine/rows.ts";
import { isUnsettled } from "../engine/write-entries.ts";
import { type SqlDatabase, SqliteFailure, sqliteCodes, type SqlValue } from "../sqlite-driver.ts";
import { readableRows } from "./salvage-rows.ts";

/** What was taken over. */
export interface Salvaged {
	/** Of all tables. */
	readonly rows: number;
	readonly messages: number;
	/** Texts of ours among them that are not settled. */
	readonly unsent: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Copies what can be read, row after row, into a new database: first what exists nowhere else (texts not sent yet,
 * drafts), then the messages. Cursors stay behind and nothing counts as whole, so that the server is asked again for
 * what is missing. Each row is judged by the new database's own rules; what breaks them is left out.
 */
export function salvage(source: SqlDatabase, target: SqlDatabase): Salvaged {
	const work = new Salvage(source, target);
	for (const table of ["accounts", "participants", "conversations"]) work.table(table);
	work.unsettledFirst();
	for (const table of ["drafts", "entries", "outbox_jobs", "gaps", "notifications"]) work.table(table);
	rederive(target);
	const { messages } = target.get("SELECT count(*) AS messages FROM entries WHERE kind = 0") as {
		messages: number;
	};
	const { unsent } = target.get("SELECT count(*) AS unsent FROM outbox_jobs") as { unsent: number };
	return { rows: work.rows, messages, unsent };
}

/** Rows of one transaction. */
const batch = 1000;

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
			if (row !== undefined) this.#take("entries", [row as Row]);
		}
	}

	#take(table: string, rows: Iterable<Row>): void {
		let waiting: Row[] = [];
		const write = (): void => {
			const now = waiting;
			waiting = [];
			this.#target.transaction(true, () => {
				for (const row of now) this.#insert(table, table === "entries" ? mendedEntry(row) : row);
			});
		};
		for (const row of rows) {
			waiting.push(table === "conversations" ? { ...row, synced_to: "", preview: null } : row);
			if (waiting.length >= batch) write();
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

/** With a place, a state and details that can be read; null: it is none of the kinds there are. */
function mendedEntry(row: Row): Row | null {
	const { kind, at, sequence, place, delivery, detail, local_time: localTime } = row;
	if (typeof at !== "number" || typeof sequence !== "number") return null;
	if (kind !== kinds.message && !isJson(detail)) return null;
	const goodPlace = typeof place === "string" && /^\d{13}[st][!-~]*$/.test(place);
	return {
		...row,
		place: goodPlace ? place : arrivalOrder(at, sequence, null),
		local_time: goodPlace ? localTime : 1,
		delivery: typeof delivery === "string" ? JSON.stringify(deliveryOf(delivery, at)) : delivery,
	};
}

function isJson(value: unknown): boolean {
	try {
		return typeof value === "string" && typeof JSON.parse(value) === "object";
	} catch {
		return false;
	}
}
