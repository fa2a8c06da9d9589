import * as fs from "node:fs";
import { join } from "node:path";
import { knownVersion, type Migration } from "../schema/migrations.ts";
import { openDatabase, type SqlDatabase } from "../sqlite-driver.ts";
import { type FileState, journalSuffixes } from "./file-state.ts";
import { prepareDatabase } from "./prepare.ts";

/** A database to look things up in, where the real one cannot be written; `discard` removes what was made for it. */
export interface ReadableDatabase {
	readonly database: SqlDatabase;
	discard(): void;
}

/**
 * Opens what is there without writing beside it:
 * nothing -> an empty one in memory; closed properly -> the file itself, which nobody changes; left with a journal,
 * or of an older schema -> a private copy, in which SQLite may do what it has to.
 */
export function openReadable(
	path: string,
	state: FileState,
	temporaryFolder: string,
	steps: readonly Migration[],
): ReadableDatabase {
	if (state.kind === "missing") {
		const database = openDatabase({ path: ":memory:", access: "write" });
		prepareDatabase(database, steps);
		return { database, discard: () => database.close() };
	}
	if (state.kind === "database" && !state.unclean && state.version === knownVersion(steps)) {
		const database = openDatabase({ path, access: "immutable" });
		return { database, discard: () => database.close() };
	}
	return openCopy(path, temporaryFolder, steps);
}

function openCopy(path: string, temporaryFolder: string, steps: readonly Migration[]): ReadableDatabase {
	fs.mkdirSync(temporaryFolder, { recursive: true, mode: 0o700 });
	const folder = fs.mkdtempSync(join(temporaryFolder, "trunkline-"));
	const remove = (): void => fs.rmSync(folder, { recursive: true, force: true });
	try {
		const copy = join(folder, "messages.db");
		for (const suffix of ["", ...journalSuffixes])
			if (suffix !== "-shm" && fs.existsSync(path + suffix)) {
				fs.copyFileSync(path + suffix, copy + suffix);
				fs.chmodSync(copy + suffix, 0o600);
			}
		const database = openDatabase({ path: copy, access: "write" });
		try {
			prepareDatabase(database, steps);
		} catch (error) {
			database.close();
			throw error;
		}
		return {
			database,
			discard: () => {
				database.close();
				remove();
			},
		};
	} catch (error) {
		remove();
		throw error;
	}
}
