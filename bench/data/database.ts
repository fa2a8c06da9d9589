import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareDatabase } from "../../main/adapters/storage/database/open/prepare.ts";
import { write } from "../../main/adapters/storage/database/engine/write.ts";
import { knownVersion } from "../../main/adapters/storage/database/schema/migrations.ts";
import { MessageSearch } from "../../main/adapters/storage/database/search/message-search.ts";
import { wordsVersion } from "../../main/adapters/storage/database/search/words.ts";
import { openDatabase, type SqlDatabase } from "../../main/adapters/storage/database/sqlite-driver.ts";
import { asAccountId, asConversationId, type AccountId, type ConversationId } from "../../shared/ids.ts";
import type { SystemId } from "../../shared/model.ts";
import { serverOrder } from "../../shared/order.ts";
import { textsFrom } from "./texts.ts";

/** Raise it when the same seed gives other rows. */
const generatorVersion = 1;

export interface BenchDatabase {
	/** In out/bench/: copy it (`copyOf`) before anything writes to it. */
	readonly path: string;
	readonly messages: number;
	/** A tenth of all messages: 100 000 of a million. */
	readonly largest: ConversationId;
	/** Exactly 100 messages. */
	readonly small: ConversationId;
	readonly conversations: number;
}

export interface BenchDatabaseOptions {
	readonly messages: number;
	readonly seed?: number;
	/** Whose they are, for a profile that has this account. */
	readonly accountId?: AccountId;
	readonly system?: SystemId;
}

const conversations = 1000;
const newestAt = Date.UTC(2026, 10, 20);
const oldestAt = Date.UTC(2023, 0, 1);
const out = join(import.meta.dirname, "..", "..", "out", "bench");

/**
 * A database of our own schema with so many messages in 1000 conversations, the search index built; made when it is
 * not there yet (a million messages: two to three minutes), the same from the same options.
 */
export function benchDatabase(options: BenchDatabaseOptions): BenchDatabase {
	const { messages, seed = 1, accountId = asAccountId("bench"), system = "genesys" } = options;
	const versions = [generatorVersion, knownVersion(), wordsVersion].join(".");
	const path = join(out, `messages-${String(messages)}-${String(seed)}-${accountId}-${versions}.db`);
	const made = {
		path,
		messages,
		largest: conversationId(0),
		small: conversationId(1),
		conversations,
	};
	if (existsSync(path)) return made;
	mkdirSync(out, { recursive: true });
	const unfinished = `${path}.unfinished`;
	for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(unfinished + end, { force: true });
	process.stderr.write(`Making ${String(messages)} messages: `);
	const database = openDatabase({ path: unfinished, access: "write" });
	prepareDatabase(database);
	create(database, accountId, system);
	fill(database, messages, seed);
	derive(database);
	index(database);
	database.close();
	process.stderr.write("\n");
	chmodSync(unfinished, 0o600);
	renameSync(unfinished, path);
	return made;
}

/** A copy that may be written to; in the folder `name`, which is made. */
export function copyOf(from: BenchDatabase, folder: string, name = "messages.db"): string {
	mkdirSync(folder, { recursive: true });
	const to = join(folder, name);
	copyFileSync(from.path, to);
	return to;
}

function conversationId(number: number): ConversationId {
	return asConversationId(`bench-conversation-${String(number)}`);
}

function create(database: SqlDatabase, accountId: AccountId, system: SystemId): void {
	write(database, {
		conversations: Array.from({ length: conversations }, (_, number) => ({
			id: conversationId(number),
			accountId,
			system,
			peer: `+1555${String(1_000_000 + number * 7)}`,
			address: `+1555${String(1_000_000 + number * 7)}`,
			formatted: null,
			thread: null,
			name: number % 3 === 0 ? null : `Person ${String(number)} of Team ${String(number % 17)}`,
			createdAt: oldestAt,
		})),
	});
}

/** Straight into the tables, 20 times as fast as through the engine; `derive` does what the engine does. */
function fill(database: SqlDatabase, messages: number, seed: number): void {
	const texts = textsFrom(seed);
	const rows = database.all("SELECT row, account, id FROM conversations ORDER BY row") as {
		row: number;
		account: number;
	}[];
	const sequences = new Uint32Array(rows.length);
	const step = (newestAt - oldestAt) / messages;
	for (let number = 0; number < messages;) {
		const until = Math.min(messages, number + 20_000);
		database.transaction(false, () => {
			for (; number < until; number++) {
				const which = conversationOf(number, messages, texts.random);
				const sequence = (sequences[which] ?? 0) + 1;
				sequences[which] = sequence;
				const at = Math.floor(oldestAt + number * step);
				const remoteId = `m${String(number)}`;
				const own = texts.random() < 0.4;
				const text = texts.next();
				database.run(
					`INSERT INTO entries (id, account, conversation, kind, sequence, place, at, direction, unread,
						local_time, client_id, remote_id, author, text, delivery)
					VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?)`,
					`bench-entry-${String(number)}`,
					rows[which]?.account ?? 0,
					rows[which]?.row ?? 0,
					sequence,
					serverOrder(at, remoteId),
					at,
					own ? 1 : 0,
					own ? `bench-client-${String(number)}` : null,
					remoteId,
					own ? "" : `Person ${String(which)}`,
					text,
					own
						? `{"state":"sent","since":${String(at)},"queueReason":null,"problem":null,"retryAllowed":false,"undoUntil":null}`
						: null,
				);
			}
		});
		database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
		process.stderr.write(".");
	}
}

/** Every tenth message is of the first conversation, a hundred are of the second, the rest of all others. */
function conversationOf(number: number, messages: number, random: () => number): number {
	if (number % 10 === 0) return 0;
	const every = Math.max(10, Math.floor(messages / 100));
	if (number % every === 1 && number < every * 100) return 1;
	return 2 + Math.floor(random() * (conversations - 2));
}

function derive(database: SqlDatabase): void {
	database.transaction(false, () =>
		database.exec(
			`UPDATE conversations SET next_sequence =
				1 + (SELECT count(*) FROM entries AS e WHERE e.conversation = conversations.row)`,
		),
	);
	const ids = database.all("SELECT id FROM conversations") as { id: ConversationId }[];
	write(database, { patches: ids.map(({ id }) => ({ id, patch: { muted: false } })) });
}

function index(database: SqlDatabase): void {
	const search = new MessageSearch(database, () => performance.now());
	search.prepare();
	for (let steps = 1; search.step(100); steps++) {
		if (steps % 50 !== 0) continue;
		database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
		process.stderr.write("i");
	}
	database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
