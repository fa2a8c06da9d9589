import { appError, type AppError } from "../../../../../shared/errors.ts";
import { conversations } from "../engine/read.ts";
import { storageProblem } from "../problems.ts";
import { knownVersion, type Migration } from "../schema/migrations.ts";
import { openDatabase, probeEngine, type SqlDatabase, SqliteFailure, sqliteCodes } from "../sqlite-driver.ts";
import {
	diskProblem,
	fileProblem,
	type FileState,
	readFileState,
	removeDamagedMark,
	writeProblem,
} from "./file-state.ts";
import { MessageSearch } from "../search/message-search.ts";
import { createDatabase, makePrivateFolder } from "./new-file.ts";
import { firstReading, prepareDatabase } from "./prepare.ts";
import { openReadable, type ReadableDatabase } from "./readable.ts";
import { finishRestoring, restoreDatabase } from "./restore.ts";
import { dirname } from "node:path";

export interface OpenStoreOptions {
	/** Path of the database file; its folder is made when it is not there. ":memory:" for a store of this run. */
	readonly path: string;
	/** Where a private copy may be made when the file itself cannot be written. */
	readonly temporaryFolder: string;
	readonly steps: readonly Migration[];
	/** Wall time, for the name of a file that is set aside. */
	readonly now: () => number;
	/** How long another process may still hold the file (an instance that is quitting), in ms. */
	readonly patienceMs: number;
	readonly log: (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void;
	/** False: not opened at all unless it can be written. Default true. */
	readonly orReadable?: boolean;
}

export type OpenedStore =
	| {
			readonly kind: "working";
			readonly database: SqlDatabase;
			/** The last run did not close it: it is to be checked when there is time. */
			readonly unclean: boolean;
	  }
	| { readonly kind: "readable"; readonly readable: ReadableDatabase; readonly problem: AppError }
	| { readonly kind: "refused"; readonly problem: AppError };

/**
 * Opens the store, whatever state its file is in. Never throws.
 *
 *   engine missing -> refused     newer schema -> refused, untouched     held by another process -> refused
 *   damaged -> set aside, what can be read goes into a new file -> working
 *   cannot be written (read-only, full, failing) -> readable, or refused when it cannot be read either
 */
export function openStore(options: OpenStoreOptions): OpenedStore {
	const { path, steps, log } = options;
	const engine = probeEngine();
	if (!engine.ok) {
		log("storage.noEngine", { missing: engine.missing });
		return { kind: "refused", problem: appError("storage.noEngine") };
	}
	if (path === ":memory:") return { kind: "working", ...openForWriting(path, steps, 0), unclean: false };
	let state: FileState;
	try {
		makePrivateFolder(dirname(path));
		if (writeProblem(path) === null) finishRestoring(path, options.now());
		state = readFileState(path);
	} catch (error) {
		log("storage.unreadable", { reason: reasonOf(error) });
		return openForReading(options, { kind: "missing" }, writeProblem(path) ?? fileProblem(error));
	}
	const newer = newerVersion(path, state, steps);
	if (newer !== null) {
		const params = { found: newer, known: knownVersion(steps) };
		log("storage.newer", params);
		return { kind: "refused", problem: appError("storage.newer", { params }) };
	}
	const unwritable = writeProblem(path);
	if (unwritable !== null) return openForReading(options, state, unwritable);
	return openWritable(options, state);
}

function openWritable(options: OpenStoreOptions, state: FileState): OpenedStore {
	const { path, steps, patienceMs, log } = options;
	const unclean = state.kind === "database" && state.unclean;
	try {
		if (state.kind === "missing") createDatabase(path, steps);
		else if (state.kind === "foreign") return restored(options);
		const { database } = openForWriting(path, steps, patienceMs);
		if (state.kind === "database" && state.damaged) {
			let kept = false;
			try {
				kept = mended(database, options);
			} finally {
				if (!kept) database.close();
			}
			if (!kept) return restored(options);
		}
		return { kind: "working", database, unclean };
	} catch (error) {
		log("storage.notOpened", { reason: reasonOf(error) });
		if (isDamage(error)) return restored(options);
		if (isBusy(error)) return { kind: "refused", problem: appError("storage.inUse") };
		const problem = error instanceof SqliteFailure ? diskProblem(path, error) : fileProblem(error);
		return openForReading(options, state, problem);
	}
}

/**
 * Whether a database that was marked as damaged is sound after all, or is now. FTS5 calls a page that could not be
 * read damaged, and an index that really is can be made anew; only then is the file itself in doubt.
 */
function mended(database: SqlDatabase, { path, log }: OpenStoreOptions): boolean {
	// All of it: a page that a quick look does not meet would fail the next call, and mark the file again, for ever.
	const sound = isSound(database, "whole");
	const search = new MessageSearch(database, () => performance.now());
	const searchable = sound && search.check("whole");
	log("storage.checked", { sound, searchable });
	if (!sound) return false;
	if (!searchable) search.rebuild();
	removeDamagedMark(path);
	return true;
}

/**
 * SQLite's own look at every page of every table but those of the full-text index, which has a check of its own and
 * is made anew when it fails: a damaged index must not cost the file. Takes seconds for a large database; "whole" looks
 * into every entry of every index too, and takes several times as long.
 */
export function isSound(database: SqlDatabase, depth: "quick" | "whole" = "quick"): boolean {
	const check = depth === "quick" ? "quick_check" : "integrity_check";
	const tables = database.all(
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'search\\_text\\_%' ESCAPE '\\'",
	) as { readonly name: string }[];
	return tables.every(({ name }) => {
		const rows = database.all(`PRAGMA ${check}("${name}")`) as Readonly<Record<string, string>>[];
		return rows.length === 1 && rows[0]?.[check] === "ok";
	});
}

function restored(options: OpenStoreOptions): OpenedStore {
	const { path, steps, patienceMs, log } = options;
	try {
		restoreDatabase(options);
		const { database } = openForWriting(path, steps, patienceMs);
		return { kind: "working", database, unclean: false };
	} catch (error) {
		log("storage.notRestored", { reason: reasonOf(error) });
		const problem = error instanceof SqliteFailure ? diskProblem(path, error) : fileProblem(error);
		return {
			kind: "refused",
			problem:
				problem.code === "storage.full" || problem.code === "storage.inUse"
					? problem
					: appError("storage.unavailable"),
		};
	}
}

/** Throws what SQLite says; the file is then closed again. */
export function openForWriting(
	path: string,
	steps: readonly Migration[],
	patienceMs: number,
): { readonly database: SqlDatabase } {
	for (let left = patienceMs; ; left -= betweenTriesMs) {
		const database = openDatabase({ path, access: "write" });
		try {
			prepareDatabase(database, steps);
			firstReading(database);
			return { database };
		} catch (error) {
			try {
				database.close();
			} catch {
				// The first failure says more.
			}
			if (!isBusy(error) || left <= 0) throw error;
			// SQLite does not wait for the lock that shuts others out; two who begin at once would both give up.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, betweenTriesMs);
		}
	}
}

const betweenTriesMs = 100;

function openForReading(options: OpenStoreOptions, state: FileState, problem: AppError): OpenedStore {
	const { path, temporaryFolder, steps, log, orReadable = true } = options;
	if (!orReadable) return { kind: "refused", problem };
	try {
		const readable = openReadable(path, state, temporaryFolder, steps);
		try {
			conversations(readable.database, undefined);
		} catch (error) {
			readable.discard();
			throw error;
		}
		return { kind: "readable", readable, problem };
	} catch (error) {
		log("storage.notReadable", { reason: reasonOf(error) });
		return { kind: "refused", problem: appError("storage.unavailable") };
	}
}

/** A header may be damaged too: the schema's number is believed when the database itself says the same, or nothing. */
function newerVersion(path: string, state: FileState, steps: readonly Migration[]): number | null {
	if (state.kind !== "database" || state.version <= knownVersion(steps)) return null;
	try {
		const database = openDatabase({ path, access: "immutable" });
		try {
			const row = database.get("SELECT value FROM meta WHERE key = 'schema'") as
				{ value: string } | undefined;
			if (row !== undefined && Number(row.value) <= knownVersion(steps)) return null;
		} finally {
			database.close();
		}
	} catch {
		// A newer version may keep it in another way.
	}
	return state.version;
}

/** A database that does not do what every one of ours does when it is opened; never what the disk under it does. */
function isDamage(error: unknown): boolean {
	if (error instanceof SqliteFailure)
		return (
			error.code === sqliteCodes.corrupt ||
			error.code === sqliteCodes.notADatabase ||
			error.code === sqliteCodes.error ||
			error.code === sqliteCodes.constraint
		);
	// A value that is no JSON, or not of the type its column has.
	return error instanceof SyntaxError || error instanceof TypeError;
}

function isBusy(error: unknown): boolean {
	return storageProblem(error).code === "storage.inUse";
}

export function reasonOf(error: unknown): string {
	if (error instanceof SqliteFailure) return `${String(error.extendedCode)}: ${error.message}`;
	return error instanceof Error ? error.message : "unknown";
}
