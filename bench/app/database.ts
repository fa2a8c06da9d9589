/** The database of an app that has ended: while it runs, nobody else can open it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../main/adapters/storage/database/sqlite-driver.ts";

function number(profile: string, sql: string): number {
	const file = readdirSync(profile, { recursive: true, encoding: "utf8" }).find((name) =>
		name.endsWith("messages.db"),
	);
	const database = openDatabase({ path: join(profile, file ?? "messages.db"), access: "write" });
	try {
		return (database.get(sql) as { number: number }).number;
	} finally {
		database.close();
	}
}

export function storedMessages(profile: string): number {
	return number(profile, "SELECT count(*) AS number FROM entries WHERE kind = 0");
}

/** Conversations of which the person was told by notifications at more than one time since then. */
export function shownTwice(profile: string, since: number): number {
	return number(
		profile,
		`SELECT count(*) AS number FROM (SELECT 1 FROM notifications
		WHERE kind = 'message' AND withheld IS NULL AND conversation IS NOT NULL AND at > ${String(since)}
		GROUP BY conversation HAVING count(DISTINCT at) > 1)`,
	);
}
