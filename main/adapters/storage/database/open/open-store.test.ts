import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asConversationId, asEntryId } from "../../../../../shared/ids.ts";
import type { Entry, SearchPage } from "../../../../../shared/model.ts";
import type {
	ConversationRecord,
	StoredPage,
	StoreOpening,
	StoreWrite,
} from "../../../../core/ports/stores.ts";
import type { DatabaseHost } from "../database-host.ts";
import { migrate, migrations } from "../schema/migrations.ts";
import { openDatabase, probeEngine } from "../sqlite-driver.ts";
import { hostAt } from "../testing/host.ts";
import { conversationId, incoming, newConversation, outgoing } from "../testing/samples.ts";

let folder: string;
let path: string;
beforeEach(() => {
	folder = fs.mkdtempSync(join(tmpdir(), "trunkline-test-"));
	path = join(folder, "profile", "messages.db");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const working = { state: "working", problem: null, did: [] };
const write = (host: DatabaseHost, change: StoreWrite): unknown => host.call("write", [change]);
const page = (host: DatabaseHost, limit = 10_000): readonly Entry[] =>
	(host.call("page", [conversationId, { kind: "newest" }, limit]) as StoredPage).entries;
const records = (host: DatabaseHost): readonly ConversationRecord[] =>
	host.call("conversations", []) as readonly ConversationRecord[];
const besides = (): readonly string[] => fs.readdirSync(join(folder, "profile")).sort();

/** A store with `count` messages, one text not sent yet and a draft; closed. */
function fill(count: number): void {
	const { host } = hostAt(path);
	expect(host.open()).toEqual(working);
	write(host, {
		conversations: [newConversation()],
		entries: [outgoing("unsent", 5, "queued")],
		patches: [{ id: conversationId, patch: { draft: "half a sentence", syncedTo: "0000000000001sx" } }],
		cursors: [{ accountId: newConversation().accountId, scope: "s", value: "v" }],
	});
	for (let from = 0; from < count; from += 500)
		write(host, {
			entries: Array.from({ length: Math.min(500, count - from) }, (_, index) =>
				incoming(`e${String(from + index)}`, 10 + from + index, {
					text: `message ${String(from + index)} `.repeat(9),
				}),
			),
		});
	host.call("close", []);
}

function damage(at: number, bytes: Uint8Array | number = 64): void {
	const file = fs.openSync(path, "r+");
	const garbage = typeof bytes === "number" ? Buffer.alloc(bytes, 0xa5) : bytes;
	fs.writeSync(file, garbage, 0, garbage.length, at);
	fs.closeSync(file);
}

function reopen(): { host: DatabaseHost; opening: StoreOpening; events: string[] } {
	const { host, events } = hostAt(path);
	return { host, opening: host.open(), events };
}

test("the engine of this program has all that is needed; one without it is named", () => {
	expect(probeEngine()).toMatchObject({ ok: true });
	expect(probeEngine(null)).toEqual({ ok: false, missing: "node:sqlite" });
});

test("a new store: folder and files for their owner only, closed without a trace of a journal", () => {
	const { host } = hostAt(path);
	expect(host.open()).toEqual(working);
	write(host, { conversations: [newConversation()] });
	expect(besides()).toEqual(["messages.db", "messages.db-wal"]);
	for (const [name, mode] of [
		["", 0o700],
		["messages.db", 0o600],
		["messages.db-wal", 0o600],
	] as const)
		expect(fs.statSync(join(folder, "profile", name)).mode & 0o777).toBe(mode);
	host.call("close", []);
	expect(besides()).toEqual(["messages.db"]);
	const again = reopen();
	expect(again.opening).toEqual(working);
	expect(records(again.host)).toHaveLength(1);
	expect(() => again.host.call("close", [])).not.toThrow();
	expect(() => records(again.host)).toThrow("storage.unavailable");
});

test("the folders above it are made", () => {
	path = join(folder, "not", "there", "yet", "messages.db");
	expect(reopen().opening).toEqual(working);
});

test("a second process with the file open is told so, and the first goes on", () => {
	const { host } = hostAt(path);
	host.open();
	const second = reopen();
	expect(second.opening).toEqual({ state: "refused", problem: { code: "storage.inUse" } });
	expect(() => records(second.host)).toThrow("storage.inUse");
	write(host, { conversations: [newConversation()] });
	host.call("close", []);
	expect(reopen().opening).toEqual(working);
});

test("a newer schema is refused in words, and not a byte is touched", () => {
	fill(10);
	const newer = [
		...migrations,
		...[1, 2].map((more) => ({
			version: migrations.length + more,
			name: "later",
			statements: [`CREATE TABLE later_${String(more)} (x)`],
		})),
	];
	const later = hostAt(path, { steps: newer }).host;
	expect(later.open()).toEqual(working);
	write(later, { entries: [incoming("later", 99)] });
	// As after a crash: with a journal that is not empty.
	fs.cpSync(join(folder, "profile"), join(folder, "copy"), { recursive: true });
	later.call("close", []);
	for (const name of ["profile", "copy"]) {
		path = join(folder, name, "messages.db");
		const files = fs.readdirSync(join(folder, name));
		const before = files.map((file) => fs.readFileSync(join(folder, name, file)));
		const params = { found: migrations.length + 2, known: migrations.length };
		const { opening, host } = reopen();
		expect(opening).toEqual({ state: "refused", problem: { code: "storage.newer", params } });
		expect(() => write(host, {})).toThrow("storage.newer");
		host.call("close", []);
		expect(fs.readdirSync(join(folder, name))).toEqual(files);
		expect(files.map((file) => fs.readFileSync(join(folder, name, file)))).toEqual(before);
	}
});

test("a damaged header that only looks newer is no newer schema", () => {
	fill(10);
	damage(60, Buffer.from([0, 0, 0, 77]));
	const { opening, host } = reopen();
	expect(opening).toEqual(working);
	expect(page(host)).toHaveLength(11);
});

test("an older schema is brought up to date with what is in it", () => {
	const { host } = hostAt(path, { steps: migrations.slice(0, 1) });
	host.open();
	host.call("close", []);
	const database = openDatabase({ path, access: "write" });
	database.exec("INSERT INTO accounts (id) VALUES ('a')");
	database.close();
	const { opening, host: newer } = reopen();
	expect(opening).toEqual(working);
	newer.call("close", []);
	const after = openDatabase({ path, access: "readOnly" });
	expect(after.get("PRAGMA user_version")).toEqual({ user_version: migrations.length });
	expect(after.all("SELECT id FROM accounts")).toEqual([{ id: "a" }]);
	after.close();
});

test("a stop at every statement of every migration leaves the old or the new schema", () => {
	const statements = migrations.flatMap(({ statements: all }, step) =>
		Array.from({ length: all.length + 3 }, (_, index) => ({ step, index })),
	);
	for (const [number, stop] of statements.entries()) {
		const file = join(folder, `m${String(number)}.db`);
		const database = openDatabase({ path: file, access: "write" });
		database.exec("PRAGMA journal_mode = DELETE");
		expect(() =>
			migrate(database, migrations, (step, index) => {
				if (step.version === stop.step + 1 && index === stop.index) throw new Error("stopped");
			}),
		).toThrow("stopped");
		expect(database.get("PRAGMA user_version")).toEqual({ user_version: stop.step });
		database.close();
	}
	expect(statements.length).toBeGreaterThan(30);
});

const file = "messages-damaged-2026-11-23T03-09-25.db";
const restored = (messages: number, unsent = 1): unknown => ({
	state: "working",
	problem: null,
	did: [{ code: "storage.restored", params: { file, messages, unsent } }],
});

test.each([
	["no database at all", () => fs.writeFileSync(path, "x".repeat(50_000))],
	["cut to nothing", () => fs.truncateSync(path, 0)],
	["cut to half a page", () => fs.truncateSync(path, 2000)],
])("%s: set aside, a new one begun, told once", (_, spoil) => {
	fill(100);
	spoil();
	const spoiled = fs.readFileSync(path);
	const { opening, host } = reopen();
	expect(opening).toEqual({
		state: "working",
		problem: null,
		did: [{ code: "storage.replaced", params: { file } }],
	});
	expect(fs.readFileSync(join(folder, "profile", file))).toEqual(spoiled);
	write(host, { conversations: [newConversation()], entries: [incoming("new", 1)] });
	host.call("close", []);
	const again = reopen();
	expect(again.opening).toEqual(working);
	expect(page(again.host).map(({ id }) => id)).toEqual(["new"]);
});

test("a damaged header: everything else is taken over", () => {
	fill(700);
	damage(0, 24);
	const { opening, host } = reopen();
	expect(opening).toEqual(restored(701));
	expect(page(host)).toHaveLength(701);
	expect(records(host)).toMatchObject([
		{ draft: "half a sentence", unread: 700, syncedTo: "", firstUnread: "e0" },
	]);
	expect(host.call("cursors", [newConversation().accountId])).toEqual({});
	expect((host.call("unsettled", []) as readonly Entry[]).map(({ id }) => id)).toEqual(["unsent"]);
	expect(write(host, { entries: [incoming("next", 1)] })).toMatchObject({ entries: [{ sequence: 702 }] });
});

test.each(["as it was written", "after a wipe, which moves all tables"])(
	"a first page full of rubbish, %s",
	(how) => {
		fill(700);
		if (how !== "as it was written") {
			const { host } = reopen();
			host.call("wipe", ["nobody"]);
			host.call("close", []);
		}
		damage(0, 4096);
		const { opening, host } = reopen();
		expect(opening).toEqual(restored(701));
		expect(records(host)).toMatchObject([{ draft: "half a sentence", unread: 700 }]);
	},
);

test("damage in the middle: what lies on sound pages is taken over, and what waits to be sent", () => {
	fill(3000);
	const size = fs.statSync(path).size;
	for (const part of [0.35, 0.5, 0.65]) damage(Math.floor((size * part) / 4096) * 4096, 4096);
	fs.writeFileSync(`${path}.damaged`, "");
	const { opening, host } = reopen();
	const params = opening.state === "refused" ? {} : (opening.did[0]?.params ?? {});
	const messages = Number(params["messages"]);
	expect(params["unsent"]).toBe(1);
	expect(messages).toBeGreaterThan(2500);
	expect(messages).toBeLessThanOrEqual(3001);
	const entries = page(host);
	expect(entries).toHaveLength(messages);
	expect(records(host)[0]?.unread).toBe(entries.length - 1);
	expect(besides()).not.toContain("messages.db.damaged");
});

test("a damaged journal: what was put away before is there", () => {
	fill(50);
	const { host } = reopen();
	write(host, { entries: [incoming("late", 9000)] });
	fs.cpSync(join(folder, "profile"), join(folder, "copy"), { recursive: true });
	host.call("close", []);
	path = join(folder, "copy", "messages.db");
	fs.writeFileSync(`${path}-wal`, Buffer.alloc(5000, 7));
	const { opening, host: after } = reopen();
	expect(opening).toEqual(working);
	expect(page(after)).toHaveLength(51);
});

test("damage met while working: the call fails, and opening the file anew mends it", () => {
	fill(3000);
	const { host } = hostAt(path);
	expect(host.open()).toEqual(working);
	damage(Math.floor(fs.readFileSync(path).indexOf("message 1500 ") / 4096) * 4096, 4096);
	const read = (): unknown => page(host);
	expect(read).toThrow("storage.failing");
	const left = page(host);
	expect(left.length).toBeGreaterThan(2000);
	expect(write(host, { entries: [incoming("next", 1)] })).toMatchObject({ added: ["next"] });
	host.call("close", []);
	// The person hears of it at the next start.
	const again = reopen();
	expect(again.opening).toMatchObject({ did: [{ code: "storage.restored" }] });
	again.host.call("close", []);
	expect(reopen().opening).toEqual(working);
});

test("a stop in the middle of restoring: the next start ends it, or begins again", () => {
	fill(100);
	const sound = fs.readFileSync(path);
	damage(0, 24);
	const rubbish = fs.readFileSync(path);
	fs.writeFileSync(`${path}.restoring`, "half a file");
	expect(reopen().opening).toEqual(restored(101));
	// It was complete, and the damaged one still lay in its place.
	fs.rmSync(join(folder, "profile"), { recursive: true });
	fs.mkdirSync(join(folder, "profile"));
	fs.writeFileSync(path, rubbish);
	fs.writeFileSync(`${path}-wal`, "journal of the damaged one");
	fs.writeFileSync(`${path}.restored`, sound);
	const ended = reopen();
	expect(ended.opening).toEqual(working);
	expect(page(ended.host)).toHaveLength(101);
	expect(fs.readFileSync(join(folder, "profile", file))).toEqual(rubbish);
	ended.host.call("close", []);
	// The damaged one was already gone.
	fs.renameSync(path, `${path}.restored`);
	const renamed = reopen();
	expect(renamed.opening).toEqual(working);
	expect(page(renamed.host)).toHaveLength(101);
});

test("damaged twice at one moment: both are kept", () => {
	fill(10);
	for (const name of [file, file.replace(".db", "-2.db")]) {
		fs.writeFileSync(path, "rubbish");
		const { opening, host } = reopen();
		expect(opening).toMatchObject({ did: [{ code: "storage.replaced", params: { file: name } }] });
		host.call("close", []);
	}
});

test("a line that cannot be understood does not make its conversation unreadable", () => {
	const { host } = hostAt(path);
	host.open();
	write(host, {
		conversations: [newConversation()],
		entries: [
			outgoing("m", 1, "sent"),
			{ id: asEntryId("s"), conversationId, kind: "stretch", what: "started", at: 2 },
			{ id: asEntryId("p"), conversationId, kind: "problem", problem: { code: "internal" }, at: 3 },
			{ id: asEntryId("g"), conversationId, kind: "gap", from: 1, to: 2, filling: true, at: 4 },
		],
	});
	host.call("close", []);
	const database = openDatabase({ path, access: "write" });
	database.exec("UPDATE entries SET delivery = replace(delivery, 'sent', 's{nt'), detail = '{'");
	database.close();
	const { opening, host: after } = reopen();
	expect(opening).toEqual(working);
	expect(page(after)).toMatchObject([
		// Never called sent.
		{ id: "m", delivery: { state: "unknown" } },
		{ id: "s" },
		{ id: "p" },
		{ id: "g", from: 4, to: 4, filling: false },
	]);
	expect(records(after)).toMatchObject([{ preview: { delivery: "unknown" } }]);
});

test("an unclean stop is noticed, and the file looked at once there is time", () => {
	fill(1500);
	const { host } = hostAt(path);
	host.open();
	write(host, { entries: [incoming("late", 9000)] });
	fs.cpSync(join(folder, "profile"), join(folder, "copy"), { recursive: true });
	host.call("close", []);
	path = join(folder, "copy", "messages.db");
	const after = reopen();
	expect(after.opening).toEqual(working);
	expect(page(after.host)).toHaveLength(1502);
	after.host.checkOnce();
	after.host.checkOnce();
	expect(after.events).toEqual(['storage.checked {"sound":true,"searchable":true}']);
	after.host.call("close", []);
	// Closed properly: nothing to look at.
	const clean = reopen();
	clean.host.checkOnce();
	expect(clean.events).toEqual([]);
	clean.host.call("close", []);
});

test("a damaged search index costs nothing but itself: the file is sound, and the index is made anew", () => {
	fill(1500);
	const indexing = reopen();
	while (indexing.host.indexStep(50));
	indexing.host.call("close", []);
	const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
	const raw = new DatabaseSync(path, { defensive: false });
	raw.exec("UPDATE search_text_data SET block = randomblob(length(block)) WHERE id > 10");
	raw.close();
	// As after a crash.
	fs.writeFileSync(`${path}-wal`, Buffer.alloc(32, 1));
	const { opening, host, events } = reopen();
	expect(opening).toEqual(working);
	host.checkOnce();
	expect(events).toContain('storage.checked {"sound":true,"searchable":false}');
	host.call("close", []);
	const next = reopen();
	expect(next.opening).toEqual(working);
	// With the unsent one.
	expect(page(next.host)).toHaveLength(1501);
	next.host.call("close", []);
});

test("an index of messages with one entry that cannot be read: met once, mended, and never again", () => {
	fill(3000);
	// Beginning of an entry of entries_by_place: length of its header, types of conversation, place and row.
	const place = Buffer.from("0000000001510t");
	const bytes = fs.readFileSync(path);
	const at = [...pagesOfIndexes(bytes)]
		.map((page) => page + bytes.subarray(page, page + 4096).indexOf(place))
		.find((found) => bytes[found - 2] === 0x41);
	if (at === undefined) throw new Error("no such entry");
	damage(at - 2, Buffer.from([0xff]));
	const { host, opening } = reopen();
	expect(opening).toEqual(working);
	expect(() => page(host)).toThrow("storage.failing");
	expect(page(host)).toHaveLength(3001);
	host.call("close", []);
	const again = reopen();
	expect(again.opening).toMatchObject({ did: [{ code: "storage.restored" }] });
	expect(page(again.host)).toHaveLength(3001);
	again.host.call("close", []);
	expect(reopen().opening).toEqual(working);
});

function* pagesOfIndexes(bytes: Buffer): Iterable<number> {
	for (let page = 0; page < bytes.length; page += 4096) if (bytes[page] === 0x0a) yield page;
}

test("a search index that only says that it is broken costs one call, and nothing of the messages", () => {
	fill(20);
	const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
	const raw = new DatabaseSync(path, { defensive: false });
	raw.exec("UPDATE search_text_config SET v = 0 WHERE k = 'version'");
	raw.close();
	const { host } = reopen();
	const search = (): unknown =>
		host.call("search", [{ query: "message", conversationId: null, before: null, limit: 50 }]);
	// It cannot even be removed, so the file is read into a new one.
	expect(search).toThrow("storage.failing");
	expect(search).not.toThrow();
	while (host.indexStep(50)) continue;
	expect((search() as SearchPage).hits).toHaveLength(20);
	expect(page(host)).toHaveLength(21);
	host.call("close", []);
});

test("a check that finds damage leaves a mark, and the next start mends", () => {
	fill(3000);
	const size = fs.statSync(path).size;
	damage(Math.floor((size * 0.5) / 4096) * 4096 + 500, 3000);
	// As after a crash.
	fs.writeFileSync(`${path}-wal`, Buffer.alloc(32, 1));
	const { opening, host, events } = reopen();
	expect(opening).toEqual(working);
	host.checkOnce();
	expect(events).toContain('storage.checked {"sound":false,"searchable":false}');
	host.call("close", []);
	const next = reopen();
	expect(next.opening).toMatchObject({ state: "working", did: [{ code: "storage.restored" }] });
	expect(records(next.host)).toMatchObject([{ id: asConversationId("conversation-1") }]);
});
