import { conversations, unsettled } from "../engine/read.ts";
import { migrate, migrations, type Migration, schemaVersion } from "../schema/migrations.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";

/** Settings of a connection that writes, and the newest schema. Throws what SQLite says. */
export function prepareDatabase(
	database: SqlDatabase,
	steps: readonly Migration[] = migrations,
	beforeStatement?: (step: Migration, index: number) => void,
): void {
	// One process has the file, for as long as it runs; so no -shm file is needed either, which network folders
	// and full disks do not bear. Before the journal is first looked at.
	database.exec("PRAGMA locking_mode = EXCLUSIVE");
	// What is deleted is overwritten: a removed text is not left in a free page.
	database.exec("PRAGMA secure_delete = ON");
	database.exec("PRAGMA trusted_schema = OFF");
	database.exec("PRAGMA cache_size = -32768");
	if (schemaVersion(database) < (steps.at(-1)?.version ?? 0)) {
		// With a rollback journal the header of the file itself says which schema it has, at any moment; an older
		// version can read that without opening, and so without changing, anything.
		database.exec("PRAGMA journal_mode = DELETE");
		migrate(database, steps, beforeStatement);
	}
	database.exec("PRAGMA journal_mode = WAL");
	// Checkpoints happen while nothing else does (see idle work), not in the middle of a burst.
	database.exec("PRAGMA wal_autocheckpoint = 0");
	database.exec("PRAGMA journal_size_limit = 4194304");
}

/** What the application asks for first of all: damage there is found while it can be mended. */
export function firstReading(database: SqlDatabase): void {
	conversations(database, undefined);
	unsettled(database, undefined);
}
