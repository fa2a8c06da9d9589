import type { SqlDatabase } from "../sqlite-driver.ts";

/**
 * Row id of a message in the index: its time in ms * 2048 and a free number, so that "newest first" is the order of
 * the row ids, which the index gives for nothing, also when old messages are stored long after newer ones.
 */
const keysPerMs = 2048;
/** 2^42 - 1 ms is the year 2109; with 2048 keys a ms it fills the 2^53 that a number holds. */
const latestMs = 2 ** 42 - 1;

/** More than every key. */
export const afterAllKeys = 2 ** 53 - 1;

/** The next free key for a message of this time; what a server says is input, any time is taken. */
export function freeKey(database: SqlDatabase, at: number): number {
	let ms = Math.min(Math.max(Math.trunc(at), 0), latestMs);
	// More than 2048 messages in one ms (a server that has no times): they spill over into the next ones.
	const direction = ms > latestMs - 1_000_000 ? -1 : 1;
	for (;;) {
		const first = ms * keysPerMs;
		const last = first + keysPerMs - (ms === latestMs ? 2 : 1);
		const row = database.get(
			"SELECT max(key) AS key FROM search_rows WHERE key BETWEEN ? AND ?",
			first,
			last,
		);
		const { key } = row as { key: number | null };
		if (key === null) return first;
		if (key < last) return key + 1;
		ms += direction;
	}
}

/** Where the next page of hits begins. */
export function cursorOf(key: number): string {
	return key.toString(36);
}

/** Only hits with a smaller key belong to the page; a cursor that is none asks for the first page. */
export function keyOfCursor(cursor: string | null): number {
	if (cursor === null || !/^[0-9a-z]{1,11}$/.test(cursor)) return afterAllKeys;
	return Math.min(parseInt(cursor, 36), afterAllKeys);
}
