/** The database of a running app, read by a second connection. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openDatabase } from "../../main/adapters/storage/database/sqlite-driver.ts";

/** The store's file somewhere below a profile; waits for it. */
export async function databaseOf(profile: string): Promise<string> {
	for (;;) {
		if (existsSync(profile)) {
			const names = await readdir(profile, { recursive: true });
			const file = names.find((name) => name.endsWith("messages.db"));
			if (file !== undefined) return join(profile, file);
		}
		await wait(20);
	}
}

/** How many messages are committed, as soon as it is `wanted`, or after `atMostMs`. */
export async function countMessages(file: string, wanted: number, atMostMs: number): Promise<number> {
	const database = openDatabase({ path: file, access: "readOnly", busyTimeoutMs: 2000 });
	const until = performance.now() + atMostMs;
	try {
		for (;;) {
			const { count } = database.get("SELECT count(*) AS count FROM entries WHERE kind = 0") as {
				count: number;
			};
			if (count >= wanted || performance.now() > until) return count;
			await wait(20);
		}
	} finally {
		database.close();
	}
}

/** Conversations of which the person was told by more than one notification. */
export function shownTwice(file: string): number {
	const database = openDatabase({ path: file, access: "readOnly", busyTimeoutMs: 2000 });
	try {
		const { count } = database.get(
			`SELECT count(*) AS count FROM (SELECT 1 FROM notifications
			WHERE kind = 'message' AND withheld IS NULL AND conversation IS NOT NULL
			GROUP BY conversation HAVING count(DISTINCT at) > 1)`,
		) as { count: number };
		return count;
	} finally {
		database.close();
	}
}
