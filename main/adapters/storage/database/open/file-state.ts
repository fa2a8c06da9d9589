import * as fs from "node:fs";
import { dirname } from "node:path";
import { appError, type AppError } from "../../../../../shared/errors.ts";
import { storageProblem } from "../problems.ts";

/** What lies at the path of the store, read without SQLite, so that looking changes nothing. */
export type FileState =
	| { readonly kind: "missing" }
	/** Not one of SQLite's, or nothing in it: a new file is put in place whole, so it was one once. */
	| { readonly kind: "foreign" }
	| {
			readonly kind: "database";
			/** `PRAGMA user_version`: migrations are written with a rollback journal, so the header is right. */
			readonly version: number;
			/** The last one who had it open did not close it. */
			readonly unclean: boolean;
			/** Marked as damaged by an earlier run. */
			readonly damaged: boolean;
	  };

/** Every SQLite file begins with this. */
const magic = "SQLite format 3\0";
const headerLength = 100;
const userVersionAt = 60;

/** Beside the database, what SQLite may keep there. */
export const journalSuffixes = ["-wal", "-shm", "-journal"] as const;
/** An empty file with this ending says that the database is damaged: the next start sets it aside. */
const damagedSuffix = ".damaged";

export function readFileState(path: string): FileState {
	let header: Buffer;
	try {
		header = readStart(path);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return { kind: "missing" };
		throw error;
	}
	if (header.toString("latin1", 0, magic.length) !== magic || header.length < headerLength)
		return { kind: "foreign" };
	return {
		kind: "database",
		version: header.readInt32BE(userVersionAt),
		unclean: sizeOf(`${path}-wal`) > 0 || sizeOf(`${path}-journal`) > 0,
		damaged: fs.existsSync(path + damagedSuffix),
	};
}

function readStart(path: string): Buffer {
	const file = fs.openSync(path, "r");
	try {
		const header = Buffer.alloc(headerLength);
		return header.subarray(0, fs.readSync(file, header, 0, headerLength, 0));
	} finally {
		fs.closeSync(file);
	}
}

/** For the next start. A disk that cannot take this mark will fail the next opening by itself. */
export function markDamaged(path: string): void {
	try {
		fs.writeFileSync(path + damagedSuffix, "", { mode: 0o600 });
	} catch {
		// See above.
	}
}

export function removeDamagedMark(path: string): void {
	fs.rmSync(path + damagedSuffix, { force: true });
}

/** Whether the store can be written where it lies: the file, and beside it its journal. Null: yes. */
export function writeProblem(path: string): AppError | null {
	try {
		let folder = dirname(path);
		while (!fs.existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
		fs.accessSync(folder, fs.constants.W_OK);
		if (fs.existsSync(path)) fs.accessSync(path, fs.constants.R_OK | fs.constants.W_OK);
		return null;
	} catch (error) {
		return fileProblem(error);
	}
}

/**
 * What a failure while writing means, in view of the disk: SQLite calls some failures of a full or read-only disk
 * an I/O error only.
 */
export function diskProblem(path: string, error: unknown): AppError {
	const problem = storageProblem(error);
	if (problem.code !== "storage.failing") return problem;
	if (writeProblem(path)?.code === "storage.readOnly") return appError("storage.readOnly");
	try {
		const { bavail, bsize } = fs.statfsSync(dirname(path));
		if (bavail * bsize < leastRoom) return appError("storage.full");
	} catch {
		// Then it is failing.
	}
	return problem;
}

/** Below this a file system has no room for the pages of one commit. */
const leastRoom = 64 * 1024;

/** What a failure of the file system means. */
export function fileProblem(error: unknown): AppError {
	switch (codeOf(error)) {
		case "EROFS":
		case "EACCES":
		case "EPERM":
			return appError("storage.readOnly");
		case "ENOSPC":
		case "EDQUOT":
			return appError("storage.full");
		default:
			return appError("storage.failing");
	}
}

export function sizeOf(path: string): number {
	return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What is renamed is only on the disk when its folder is. Windows has no such call. */
export function flushFolder(folder: string): void {
	if (process.platform === "win32") return;
	const handle = fs.openSync(folder, "r");
	try {
		fs.fsyncSync(handle);
	} finally {
		fs.closeSync(handle);
	}
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
