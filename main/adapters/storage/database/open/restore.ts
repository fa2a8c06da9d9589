import * as fs from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { appError, type AppError } from "../../../../../shared/errors.ts";
import type { Migration } from "../schema/migrations.ts";
import { openDatabase, type SqlDatabase } from "../sqlite-driver.ts";
import { flushFolder, journalSuffixes, removeDamagedMark } from "./file-state.ts";
import { makePrivateFile, removeDatabase } from "./new-file.ts";
import { firstReading, prepareDatabase } from "./prepare.ts";
import { salvage, type Salvaged } from "./salvage.ts";
import { withReadableSource } from "./salvage-source.ts";

export interface RestoreOptions {
	readonly path: string;
	readonly temporaryFolder: string;
	readonly steps: readonly Migration[];
	readonly now: () => number;
	readonly log: (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void;
}

/**
 * Puts a new database with all that can be read of the damaged one in its place, and sets the damaged one aside,
 * never deleting it. A stop at any moment leaves either the damaged one, which the next start deals with, or the
 * new one:
 *
 *   .restoring is written -> becomes .restored, complete -> path is set aside -> .restored becomes path
 *
 * What to tell the person stands in the new one (`takeToTell`). Throws when the disk does not let it, or the new one is
 * no better; the damaged file is then where it was.
 */
export function restoreDatabase(options: RestoreOptions): void {
	const { path, steps, log } = options;
	const restoring = `${path}.restoring`;
	makePrivateFile(restoring);
	try {
		const target = openDatabase({ path: restoring, access: "write" });
		try {
			prepareDatabase(target, steps);
			const { rows, messages, unsent } =
				withReadableSource(options, (source) => salvage(source, target)) ?? nothing;
			const file = nameAside(path, options.now());
			log("storage.restored", { rows, messages, unsent, file });
			setToTell(
				target,
				rows > 0
					? appError("storage.restored", { params: { file, messages, unsent } })
					: appError("storage.replaced", { params: { file } }),
			);
			firstReading(target);
		} finally {
			target.close();
		}
		fs.renameSync(restoring, completeName(path));
		flushFolder(dirname(path));
		finishRestoring(path, options.now());
	} catch (error) {
		removeDatabase(restoring);
		throw error;
	}
}

const nothing: Salvaged = { rows: 0, messages: 0, unsent: 0 };

/**
 * What is complete takes its place, what is not goes; also what a stop in the middle left.
 */
export function finishRestoring(path: string, now: number): void {
	if (fs.existsSync(completeName(path))) {
		if (fs.existsSync(path)) setAside(path, nameAside(path, now));
		// Journals of the damaged one would be taken for its own.
		for (const suffix of journalSuffixes) fs.rmSync(path + suffix, { force: true });
		fs.renameSync(completeName(path), path);
		removeDamagedMark(path);
		flushFolder(dirname(path));
	}
	for (const left of [`${path}.restoring`, `${path}.new`]) removeDatabase(left);
}

function completeName(path: string): string {
	return `${path}.restored`;
}

/** A name with the date that is not taken, without its folder. */
function nameAside(path: string, now: number): string {
	const date = new Date(now).toISOString().slice(0, 19).replaceAll(":", "-");
	const stem = `${basename(path, extname(path))}-damaged-${date}`;
	let name = `${stem}${extname(path)}`;
	for (let number = 2; fs.existsSync(join(dirname(path), name)); number += 1)
		name = `${stem}-${String(number)}${extname(path)}`;
	return name;
}

function setAside(path: string, name: string): void {
	const aside = join(dirname(path), name);
	// Journals first: a stop in between leaves the database where it is, and it is looked at again.
	for (const suffix of journalSuffixes)
		if (fs.existsSync(path + suffix)) fs.renameSync(path + suffix, aside + suffix);
	fs.renameSync(path, aside);
}

function setToTell(database: SqlDatabase, error: AppError): void {
	database.run("INSERT INTO meta (key, value) VALUES ('toTell', ?)", JSON.stringify(error));
}

/** What was done to this database and was not told yet; from now on it is. */
export function takeToTell(database: SqlDatabase): readonly AppError[] {
	const row = database.get("SELECT value FROM meta WHERE key = 'toTell'") as { value: string } | undefined;
	if (row === undefined) return [];
	database.transaction(false, () => database.run("DELETE FROM meta WHERE key = 'toTell'"));
	return [JSON.parse(row.value) as AppError];
}
