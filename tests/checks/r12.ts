import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readFileState } from "../../main/adapters/storage/database/open/file-state.ts";
import { isSound } from "../../main/adapters/storage/database/open/open-store.ts";
import { prepareDatabase } from "../../main/adapters/storage/database/open/prepare.ts";
import { type Migration, migrations } from "../../main/adapters/storage/database/schema/migrations.ts";
import { openDatabase, type SqlDatabase } from "../../main/adapters/storage/database/sqlite-driver.ts";
import type { CheckOptions, CheckResult } from "./check.ts";
import { hostAt, makeStores, readAll } from "./store/fixture.ts";

/**
 * R12: a process of its own is killed (SIGKILL) before every statement of every migration, and before its commit. The
 * file then has the old or the new schema, never one between, and the next start brings it up to date with all that
 * was in it. A file of a newer schema is refused in words, and its bytes stay as they are. `rounds` is 1 for every
 * statement; more takes every so many.
 */
export function run({ rounds: stride, say }: CheckOptions): Promise<CheckResult> {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-r12-"));
	try {
		const figures = {
			migrations: migrations.length,
			kills: 0,
			between: 0,
			notOpened: 0,
			rowsLost: 0,
			peopleLost: 0,
		};
		for (const step of migrations) {
			const base = join(folder, `before-${String(step.version)}`);
			makeOld(base, step.version - 1);
			for (let index = 0; index < step.statements.length + 3; index += stride) {
				const life = join(folder, "life");
				rmSync(life, { recursive: true, force: true });
				cpSync(base, life, { recursive: true });
				const path = join(life, "messages.db");
				kill(path, step, index);
				figures.kills += 1;
				if (!isWhole(path, folder)) figures.between += 1;
				if (!opens(path)) figures.notOpened += 1;
				else {
					if (rowsOf(path) !== rowsOf(join(base, "messages.db"))) figures.rowsLost += 1;
					if (peopleOf(path) !== peopleOf(join(base, "messages.db"))) figures.peopleLost += 1;
				}
			}
			say(`migration ${String(step.version)} (${step.name}): ${String(figures.kills)} kills so far`);
		}
		const newer = refusesNewer(folder);
		const { between, notOpened, rowsLost, peopleLost } = figures;
		const pass =
			between + notOpened + rowsLost + peopleLost + newer.newerOpened + newer.newerTouched === 0;
		return Promise.resolve({ figures: { ...figures, ...newer }, pass });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A store as the version before left it, with rows in it. */
function makeOld(folder: string, version: number): void {
	mkdirSync(folder, { recursive: true });
	const database = openDatabase({ path: join(folder, "messages.db"), access: "write" });
	prepareDatabase(database, migrations.slice(0, version));
	if (version > 0) {
		const conversation = (row: number, account: number): void => {
			const id = `c${String(row)}`;
			// From schema 3 on a name is the conversation's, and the key is told from the address.
			const named = version < 3;
			database.run(
				"INSERT INTO participants (row, account, address, name) VALUES (?, ?, ?, ?)",
				row,
				account,
				"5001",
				named ? `Person ${id}` : null,
			);
			database.run(
				`INSERT INTO conversations (id, account, participant, system, created_at, last_activity
				${named ? "" : ", peer, name"}) VALUES (?, ?, ?, 'genesys', 1, 1 ${named ? "" : ", ?, ?"})`,
				id,
				account,
				row,
				...(named ? [] : ["5001", `Person ${id}`]),
			);
		};
		database.exec("INSERT INTO accounts (id) VALUES ('a'), ('b')");
		conversation(1, 1);
		// The same number in another account.
		conversation(2, 2);
		for (let number = 1; number <= 300; number++)
			database.run(
				`INSERT INTO entries (id, account, conversation, kind, sequence, place, at, direction, local_time, author, text)
				VALUES (?, 1, 1, 0, ?, ?, ?, 0, 1, 'Peer', ?)`,
				`e${String(number)}`,
				number,
				`${String(number).padStart(13, "0")}t${String(number).padStart(12, "0")}`,
				number,
				`text ${String(number)} `.repeat(20),
			);
	}
	database.close();
}

function kill(path: string, step: Migration, index: number): void {
	const child = join(import.meta.dirname, "store", "migrate-child.ts");
	const result = spawnSync(process.execPath, [child, path, String(step.version), String(index)], {
		encoding: "utf8",
		env: { ...process.env, NODE_OPTIONS: "" },
	});
	if (result.signal !== "SIGKILL")
		throw new Error(`the migration was not killed: ${String(result.status)} ${result.stderr}`);
}

/** The schema in the file is exactly one that some version has, and the file is sound. */
function isWhole(path: string, folder: string): boolean {
	const state = readFileState(path);
	const copy = join(folder, "looked-at");
	rmSync(copy, { recursive: true, force: true });
	cpSync(dirname(path), copy, { recursive: true });
	const database = openDatabase({ path: join(copy, "messages.db"), access: "write" });
	try {
		const { user_version: version } = database.get("PRAGMA user_version") as { user_version: number };
		if (state.kind === "database" && !state.unclean && state.version !== version) return false;
		return isSound(database) && schemaOf(database) === schemaOfVersion(version);
	} finally {
		database.close();
	}
}

function schemaOfVersion(version: number): string {
	const database = openDatabase({ path: ":memory:", access: "write" });
	prepareDatabase(database, migrations.slice(0, version));
	const schema = schemaOf(database);
	database.close();
	return schema;
}

function schemaOf(database: SqlDatabase): string {
	return JSON.stringify(database.all("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"));
}

function opens(path: string): boolean {
	const { host } = hostAt(path);
	const opening = host.open();
	if (opening.state !== "working" || opening.did.length > 0) return false;
	readAll(host);
	host.call("close", []);
	return true;
}

function rowsOf(path: string): string {
	const database = openDatabase({ path, access: "readOnly" });
	try {
		const tables = database.all("SELECT name FROM sqlite_schema WHERE name = 'entries'");
		return tables.length === 0
			? "[]"
			: JSON.stringify(database.all("SELECT id, text FROM entries ORDER BY row"));
	} finally {
		database.close();
	}
}

/** Each conversation by its account and what tells it from the others, with its name: whatever the schema is. */
function peopleOf(path: string): string {
	const database = openDatabase({ path, access: "readOnly" });
	try {
		const tables = database.all("SELECT name FROM sqlite_schema WHERE name = 'conversations'");
		if (tables.length === 0) return "[]";
		const { user_version: version } = database.get("PRAGMA user_version") as { user_version: number };
		return JSON.stringify(
			database.all(
				version < 3
					? `SELECT c.id, c.account, p.address AS key, p.name FROM conversations AS c
						JOIN participants AS p ON p.row = c.participant ORDER BY c.row`
					: "SELECT id, account, peer AS key, name FROM conversations ORDER BY row",
			),
		);
	} finally {
		database.close();
	}
}

/** With and without a journal that was left behind. */
function refusesNewer(folder: string): { newerFiles: number; newerOpened: number; newerTouched: number } {
	const figures = { newerFiles: 0, newerOpened: 0, newerTouched: 0 };
	const stores = makeStores(join(folder, "newer"), 200);
	for (const path of [stores.clean, stores.killed]) {
		const database = openDatabase({ path, access: "write" });
		prepareDatabase(database, [
			...migrations,
			{ version: migrations.length + 1, name: "later", statements: ["CREATE TABLE later (x)"] },
		]);
		database.exec("INSERT INTO later VALUES (1)");
		const life = `${dirname(path)}-life`;
		// The copy is what a crash leaves: the journal has the last write.
		cpSync(dirname(path), life, { recursive: true });
		database.close();
		for (const newer of [path, join(life, "messages.db")]) {
			const before = digest(dirname(newer));
			const { host } = hostAt(newer);
			const opening = host.open();
			host.call("close", []);
			figures.newerFiles += 1;
			if (opening.state !== "refused" || opening.problem.code !== "storage.newer")
				figures.newerOpened += 1;
			if (digest(dirname(newer)) !== before) figures.newerTouched += 1;
		}
	}
	return figures;
}

function digest(folder: string): string {
	const hash = createHash("sha256");
	for (const entry of readdirSync(folder, { withFileTypes: true }))
		if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(folder, entry.name)));
	return hash.digest("hex");
}
