import * as fs from "node:fs";
import { join } from "node:path";
import { openDatabase, type SqlDatabase, SqliteFailure } from "../sqlite-driver.ts";
import { mendHeader, replaceFirstPage } from "./first-page.ts";
import { isDiskFault } from "./salvage-rows.ts";

/**
 * Opens copies of a damaged database, so that reading never changes the original, in one way after the other until
 * `read` finds rows in one: as it is with its journal, without its journal, with the header and then the whole first
 * page as they must have been. Null: nothing could be read in any way. Throws when the copy cannot be written.
 */
export function withReadableSource<T extends { readonly rows: number }>(
	options: { readonly path: string; readonly temporaryFolder: string },
	read: (source: SqlDatabase) => T,
): T | null {
	const { path, temporaryFolder } = options;
	fs.mkdirSync(temporaryFolder, { recursive: true, mode: 0o700 });
	const folder = fs.mkdtempSync(join(temporaryFolder, "trunkline-"));
	const copy = join(folder, "messages.db");
	const ways: readonly { readonly journals: readonly string[]; readonly mend: (copy: string) => void }[] = [
		{ journals: ["-wal", "-journal"], mend: () => undefined },
		{ journals: [], mend: () => undefined },
		{ journals: [], mend: mendHeader },
		{ journals: [], mend: replaceFirstPage },
	];
	try {
		for (const { journals, mend } of ways) {
			fs.rmSync(folder, { recursive: true, force: true });
			fs.mkdirSync(folder, { mode: 0o700 });
			for (const suffix of ["", ...journals])
				if (fs.existsSync(path + suffix)) fs.copyFileSync(path + suffix, copy + suffix);
			mend(copy);
			const result = readFrom(copy, read);
			if (result !== null && result.rows > 0) return result;
		}
		return null;
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

function readFrom<T>(copy: string, read: (source: SqlDatabase) => T): T | null {
	let source: SqlDatabase | null = null;
	try {
		source = openDatabase({ path: copy, access: "write" });
		source.exec("PRAGMA locking_mode = EXCLUSIVE");
		return read(source);
	} catch (error) {
		if (error instanceof SqliteFailure && !isDiskFault(error)) return null;
		throw error;
	} finally {
		try {
			source?.close();
		} catch {
			// A copy that is thrown away.
		}
	}
}
