import type { SqlDatabase } from "../sqlite-driver.ts";
import { search } from "../search/0002-search.ts";
import { messages } from "./0001-messages.ts";
import { threads } from "./0003-threads.ts";

/** One step of the schema. Never changed once shipped: what is wrong with it is mended by a later one. */
export interface Migration {
	/** 1, 2, 3, ... without a gap: `PRAGMA user_version` after it. */
	readonly version: number;
	readonly name: string;
	/** Run one after another in one transaction. */
	readonly statements: readonly string[];
}

/** Every step there is, in order. */
export const migrations: readonly Migration[] = [messages, search, threads];

/** The schema that this version writes. */
export function knownVersion(steps: readonly Migration[] = migrations): number {
	return steps.at(-1)?.version ?? 0;
}

export function schemaVersion(database: SqlDatabase): number {
	return (database.get("PRAGMA user_version") as { user_version: number }).user_version;
}

/**
 * Brings the schema up to date, each step in a transaction of its own, so that a stop at any moment leaves the old
 * or the new one. `beforeStatement` is for tests that stop it there.
 */
export function migrate(
	database: SqlDatabase,
	steps: readonly Migration[] = migrations,
	beforeStatement: (step: Migration, index: number) => void = () => undefined,
): void {
	for (const step of steps) {
		if (step.version <= schemaVersion(database)) continue;
		database.transaction(true, () => {
			const all = [
				...step.statements,
				// Said twice, so that a damaged header is not taken for the work of a newer version.
				`INSERT INTO meta (key, value) VALUES ('schema', '${String(step.version)}')
				ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
				`PRAGMA user_version = ${String(step.version)}`,
			];
			for (const [index, statement] of all.entries()) {
				beforeStatement(step, index);
				database.exec(statement);
			}
			beforeStatement(step, all.length);
		});
	}
}
