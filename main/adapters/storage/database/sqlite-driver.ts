import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What a column holds. Numbers are whole and within 2^53. */
export type SqlValue = string | number | null | Uint8Array;

/**
 * A database as the engine uses it: SQLite's language, synchronous. Another build of SQLite takes the place of
 * Node's by another file like this one. Whatever it throws for a failure of SQLite is a `SqliteFailure`.
 */
export interface SqlDatabase {
	/** Runs one statement; answers how many rows it changed. Statements are prepared once and kept. */
	run(sql: string, ...values: readonly SqlValue[]): number;
	/** Runs an INSERT of one row; answers its row id, null when a conflict kept it out. */
	insert(sql: string, ...values: readonly SqlValue[]): number | null;
	/** First row, `undefined` when there is none. Its shape is the statement's: the caller says which. */
	get(sql: string, ...values: readonly SqlValue[]): unknown;
	all(sql: string, ...values: readonly SqlValue[]): unknown[];
	/** Row after row, so that a table need not fit into memory. No write to the table meanwhile. */
	each(sql: string, ...values: readonly SqlValue[]): Iterable<unknown>;
	/** Several statements, nothing bound. */
	exec(sql: string): void;
	/**
	 * Runs `work` in one transaction: all of it or nothing. `durable`: what is committed is on the disk, also after a
	 * power cut; otherwise a power cut (not a crash of the app) may take the last commits back, in order.
	 */
	transaction<T>(durable: boolean, work: () => T): T;
	readonly inTransaction: boolean;
	close(): void;
}

/** A failure that SQLite reported. */
export class SqliteFailure extends Error {
	/** Primary result code (sqlite3.h), for example 13: the disk is full. */
	readonly code: number;
	/** With what is said about it in the upper bytes. */
	readonly extendedCode: number;
	constructor(extendedCode: number, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.name = "SqliteFailure";
		this.extendedCode = extendedCode;
		this.code = extendedCode & 0xff;
	}
}

/** Primary result codes of SQLite that mean something of their own here. */
export const sqliteCodes = {
	error: 1,
	busy: 5,
	locked: 6,
	readOnly: 8,
	ioError: 10,
	corrupt: 11,
	full: 13,
	cannotOpen: 14,
	constraint: 19,
	notADatabase: 26,
} as const;

export interface OpenDatabaseOptions {
	/** Path of the file, or ":memory:". */
	readonly path: string;
	/** "readOnly": never written; "immutable": nobody writes it, its -wal is not looked at. */
	readonly access: "write" | "readOnly" | "immutable";
	/** How long a lock of another process is waited for, in ms. */
	readonly busyTimeoutMs?: number;
	/** False: the list of tables may be written, to read a damaged file. */
	readonly defensive?: boolean;
}

type NodeSqlite = typeof import("node:sqlite");

/** Node's SQLite; null: this Node or Electron was built without it. */
function nodeSqlite(): NodeSqlite | null {
	try {
		// The builtin, not an import: a missing one must be an answer, not a program that does not start.
		return process.getBuiltinModule("node:sqlite");
	} catch {
		return null;
	}
}

/** 3.45: the oldest whose FTS5 has `secure-delete` (3.42) and whose repairs of it are known to be in (3.45). */
const oldestVersion = [3, 45] as const;

/** Whether this program has the engine that the store needs; otherwise what is missing, for the log. */
export function probeEngine(
	sqlite: NodeSqlite | null = nodeSqlite(),
): { readonly ok: true; readonly version: string } | { readonly ok: false; readonly missing: string } {
	if (sqlite === null) return { ok: false, missing: "node:sqlite" };
	try {
		const database = new sqlite.DatabaseSync(":memory:");
		try {
			const { version } = database.prepare("SELECT sqlite_version() AS version").get() as {
				version: string;
			};
			const [major = 0, minor = 0] = version.split(".").map(Number);
			if (major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]))
				return { ok: false, missing: `SQLite ${oldestVersion.join(".")} (this is ${version})` };
			database.exec("CREATE TABLE strictness (number INTEGER) STRICT");
			database.exec("CREATE VIRTUAL TABLE words USING fts5(text, prefix='2 3')");
			database.exec("CREATE VIRTUAL TABLE digits USING fts5(text, tokenize='trigram')");
			return { ok: true, version };
		} finally {
			database.close();
		}
	} catch (error) {
		return { ok: false, missing: error instanceof Error ? error.message : "unknown" };
	}
}

/** Opens a database of Node's SQLite. Throws a `SqliteFailure`. */
export function openDatabase(options: OpenDatabaseOptions): SqlDatabase {
	const sqlite = nodeSqlite();
	if (sqlite === null) throw new SqliteFailure(sqliteCodes.error, "node:sqlite is missing");
	const { path, access, busyTimeoutMs = 0, defensive = true } = options;
	return guarded(() => {
		const location = access === "immutable" ? immutableUrl(path) : path;
		return new NodeDatabase(
			new sqlite.DatabaseSync(location, {
				readOnly: access !== "write",
				timeout: busyTimeoutMs,
				enableForeignKeyConstraints: true,
				defensive,
			}),
		);
	});
}

function immutableUrl(path: string): URL {
	const url = new URL("file:///");
	url.pathname = path.replace(/\\/g, "/").replace(/%/g, "%25").replace(/\?/g, "%3f").replace(/#/g, "%23");
	url.search = "?immutable=1";
	return url;
}

class NodeDatabase implements SqlDatabase {
	readonly #database: DatabaseSync;
	readonly #statements = new Map<string, StatementSync>();
	#durable: boolean | null = null;

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	get inTransaction(): boolean {
		return this.#database.isTransaction;
	}

	run(sql: string, ...values: readonly SqlValue[]): number {
		return guarded(() => Number(this.#statement(sql).run(...values).changes));
	}

	insert(sql: string, ...values: readonly SqlValue[]): number | null {
		return guarded(() => {
			const { changes, lastInsertRowid } = this.#statement(sql).run(...values);
			return Number(changes) === 0 ? null : Number(lastInsertRowid);
		});
	}

	get(sql: string, ...values: readonly SqlValue[]): unknown {
		return guarded(() => this.#statement(sql).get(...values));
	}

	all(sql: string, ...values: readonly SqlValue[]): unknown[] {
		return guarded(() => this.#statement(sql).all(...values));
	}

	*each(sql: string, ...values: readonly SqlValue[]): Iterable<unknown> {
		// A statement of its own: an iteration left halfway must not disturb a later use of the same text.
		const rows = guarded(() => this.#database.prepare(sql).iterate(...values));
		for (;;) {
			const next = guarded(() => rows.next());
			if (next.done === true) return;
			yield next.value;
		}
	}

	exec(sql: string): void {
		guarded(() => this.#database.exec(sql));
	}

	transaction<T>(durable: boolean, work: () => T): T {
		// Cannot be changed inside a transaction, and is not worth a statement when it stays.
		if (this.#durable !== durable) {
			this.exec(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
			this.#durable = durable;
		}
		this.exec("BEGIN IMMEDIATE");
		try {
			const result = work();
			this.exec("COMMIT");
			return result;
		} catch (error) {
			// Some failures (disk full, I/O error) roll back by themselves.
			if (this.inTransaction)
				try {
					this.exec("ROLLBACK");
				} catch {
					// What made `work` fail says more than this.
				}
			throw error;
		}
	}

	close(): void {
		if (!this.#database.isOpen) return;
		this.#statements.clear();
		guarded(() => this.#database.close());
	}

	#statement(sql: string): StatementSync {
		const known = this.#statements.get(sql);
		if (known !== undefined) return known;
		const statement = this.#database.prepare(sql);
		this.#statements.set(sql, statement);
		return statement;
	}
}

function guarded<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (error instanceof Error && "errcode" in error && typeof error.errcode === "number")
			throw new SqliteFailure(error.errcode, error.message, { cause: error });
		throw error;
	}
}
