import { type SqlDatabase, SqliteFailure, sqliteCodes } from "../sqlite-driver.ts";

/** Row ids are looked for up to here: more than anybody will ever have. */
const lastRow = 2 ** 48;

/**
 * All rows of a table that can be read, in the order of their row ids. Where a page is damaged, it goes on behind
 * it: the first readable row is looked for in growing strides, then exactly.
 */
export function* readableRows(
	source: SqlDatabase,
	table: string,
): Iterable<Readonly<Record<string, unknown>>> {
	let from = Number.MIN_SAFE_INTEGER;
	while (from < lastRow) {
		try {
			for (const row of source.each(
				`SELECT rowid AS salvaged_row, * FROM "${table}" WHERE rowid > ? ORDER BY rowid`,
				from,
			)) {
				const values = row as Readonly<Record<string, unknown>>;
				const at = values["salvaged_row"] as number;
				// A damaged page may lead back to where we were.
				if (at <= from) break;
				from = at;
				yield values;
			}
			return;
		} catch (error) {
			if (isDiskFault(error)) throw error;
			const next = nextReadable(source, table, Math.max(from, 0));
			if (next === null) return;
			from = next;
		}
	}
}

/** The smallest row id behind which reading works again, `null`: there is none. */
function nextReadable(source: SqlDatabase, table: string, from: number): number | null {
	let bad = from;
	let good: number | null = null;
	for (let stride = 1; bad + stride <= lastRow; stride *= 2) {
		if (readsBehind(source, table, bad + stride)) {
			good = bad + stride;
			break;
		}
		bad += stride;
	}
	if (good === null) return null;
	while (good - bad > 1) {
		const middle = Math.floor((good + bad) / 2);
		if (readsBehind(source, table, middle)) good = middle;
		else bad = middle;
	}
	return good;
}

function readsBehind(source: SqlDatabase, table: string, row: number): boolean {
	try {
		source.get(`SELECT * FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT 1`, row);
		return true;
	} catch (error) {
		if (isDiskFault(error)) throw error;
		return false;
	}
}

/** A failure of the disk under it, not of what is written on it. */
export function isDiskFault(error: unknown): boolean {
	if (!(error instanceof SqliteFailure)) return false;
	const faults: readonly number[] = [
		sqliteCodes.ioError,
		sqliteCodes.full,
		sqliteCodes.readOnly,
		sqliteCodes.cannotOpen,
	];
	// A file that ends in the middle of a page is damage.
	return faults.includes(error.code) && error.extendedCode !== shortRead;
}

/** SQLITE_IOERR_SHORT_READ */
const shortRead = 522;
