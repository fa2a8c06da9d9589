import * as fs from "node:fs";
import { dirname } from "node:path";
import type { Migration } from "../schema/migrations.ts";
import { openDatabase } from "../sqlite-driver.ts";
import { flushFolder, journalSuffixes } from "./file-state.ts";
import { prepareDatabase } from "./prepare.ts";

/** A folder and a file that their owner alone may read. SQLite gives its journals the permissions of the file. */
export function makePrivateFile(path: string): void {
	makePrivateFolder(dirname(path));
	removeDatabase(path);
	fs.closeSync(fs.openSync(path, "wx", 0o600));
}

/** Throws only when it is not there and cannot be made: one that can only be read is looked into. */
export function makePrivateFolder(folder: string): void {
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	if (process.platform === "win32" || (fs.statSync(folder).mode & 0o077) === 0) return;
	try {
		fs.chmodSync(folder, 0o700);
	} catch {
		// Somebody else's, or read-only: it stays as it is.
	}
}

export function removeDatabase(path: string): void {
	for (const suffix of ["", ...journalSuffixes]) fs.rmSync(path + suffix, { force: true });
}

/** Puts an empty database of the newest schema in place: it is there whole or not at all. */
export function createDatabase(path: string, steps: readonly Migration[]): void {
	const beside = `${path}.new`;
	makePrivateFile(beside);
	try {
		const database = openDatabase({ path: beside, access: "write" });
		try {
			prepareDatabase(database, steps);
		} finally {
			database.close();
		}
		fs.renameSync(beside, path);
		flushFolder(dirname(path));
	} catch (error) {
		removeDatabase(beside);
		throw error;
	}
}
