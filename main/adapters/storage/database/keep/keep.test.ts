import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { asAccountId, asAttachmentId, asEntryId } from "../../../../../shared/ids.ts";
import type { StoredMedia } from "../../../../core/ports/stores.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { conversation, message, names, query, queued } from "../search/testing.ts";
import { openDatabase, type SqlDatabase } from "../sqlite-driver.ts";
import { DatabaseStore } from "../sync-store.ts";
import { attachment, details, file, threadFacts } from "../testing/samples.ts";
import { finishWipe } from "./wipe.ts";

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function fileStore(): { folder: string; path: string; database: SqlDatabase; store: DatabaseStore } {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-keep-"));
	folders.push(folder);
	const path = join(folder, "messages.db");
	const database = openDatabase({ path, access: "write" });
	prepareDatabase(database);
	const store = new DatabaseStore(database);
	store.messageSearch.prepare();
	return { folder, path, database, store };
}

/** Files of the folder in whose bytes one of the texts is, as UTF-8 in any case of its letters. */
function filesWith(folder: string, texts: readonly string[]): readonly string[] {
	return readdirSync(folder).filter((name) => {
		const bytes = readFileSync(join(folder, name)).toString("latin1").toLowerCase();
		return texts.some((text) => bytes.includes(Buffer.from(text).toString("latin1").toLowerCase()));
	});
}

const other = { accountId: asAccountId("other") };

test("pruning removes what is old, settled and read, and says whether there is more", () => {
	const { store, database } = fileStore();
	store.write({
		conversations: [conversation("one"), conversation("two")],
		patches: [{ id: conversation("one").id, patch: { draft: "later" } }],
		entries: [
			message("a", "old", 10),
			message("b", "old unread", 11, { unread: true }),
			queued("c", "old unsettled", 12),
			{
				id: asEntryId("gap"),
				conversationId: conversation("one").id,
				kind: "gap",
				at: 13,
				from: 1,
				to: 13,
				filling: true,
			},
			{
				id: asEntryId("line"),
				conversationId: conversation("one").id,
				kind: "stretch",
				at: 14,
				what: "ended",
			},
			message("d", "at the border", 20),
			message("e", "old elsewhere", 5, { in: "two" }),
		],
		gaps: {
			opened: [
				{
					entryId: asEntryId("gap"),
					accountId: asAccountId("account"),
					conversationId: conversation("one").id,
					downTo: "",
					next: null,
					upTo: "",
				},
			],
		},
	});
	store.note(
		[15, 25].map((at) => ({
			conversationId: null,
			entryId: null,
			kind: "message",
			arrivedAt: at,
			at,
			withheld: null,
			sound: false,
		})),
	);
	store.messageSearch.catchUp();
	const first = store.prune(20, 1);
	expect([first.removed.length, first.more]).toEqual([1, true]);
	const rest = store.prune(20, 100);
	expect([...first.removed, ...rest.removed].map(({ id }) => String(id)).sort()).toEqual([
		"a",
		"e",
		"line",
	]);
	expect(rest.more).toBe(false);
	const left = store.page(conversation("one").id, { kind: "newest" }, 10).entries;
	expect(left.map((entry) => String(entry.id)).sort()).toEqual(["b", "c", "d", "gap"]);
	expect(store.conversations()).toHaveLength(2);
	expect(store.conversations()[0]).toMatchObject({ draft: "later", unread: 1 });
	expect(store.notifications(null, null, 10).records.map((record) => record.at)).toEqual([25]);
	expect(names(store.search(query("old")))).toEqual(["c", "b"]);
	store.messageSearch.catchUp();
	expect(store.messageSearch.check("whole")).toBe(true);
	expect(database.get("SELECT count(*) AS count FROM search_removed")).toEqual({ count: 0 });
});

test("nothing of a wiped account is left in any file, nor of what it deleted or changed before", () => {
	const { folder, store } = fileStore();
	const canaries = [
		"canaryfirst",
		"canarychanged",
		"canaryremoved",
		"canaryname",
		"canarydraft",
		"canarynumber 5550199",
		"canaryname@desk",
		"Wörtercanary",
		"wortercanary",
	];
	store.write({
		conversations: [
			conversation("one", { name: "canaryname", address: "canaryname@desk" }),
			conversation("two", { ...other, name: "Stays Here" }),
		],
		patches: [{ id: conversation("one").id, patch: { draft: "canarydraft" } }],
		entries: [
			queued("mine", "canaryfirst text", 1),
			message("gone", "canaryremoved text", 2),
			message("umlaut", "Wörtercanary", 3),
			message("kept", "canarynumber 5550199", 4),
			message("other", "somebody else's words", 5, { in: "two" }),
			...Array.from({ length: 300 }, (_, index) =>
				message(`m${String(index)}`, `canaryremoved ${"filling ".repeat(index % 40)}`, 10 + index),
			),
		],
	});
	store.messageSearch.catchUp();
	store.write({
		removed: [
			asEntryId("gone"),
			...Array.from({ length: 150 }, (_, index) => asEntryId(`m${String(index * 2)}`)),
		],
		deliveries: [
			{
				id: asEntryId("mine"),
				delivery: {
					state: "sent",
					since: 9,
					queueReason: null,
					problem: null,
					retryAllowed: false,
					undoUntil: null,
				},
				text: "canarychanged text",
			},
		],
	});
	expect(filesWith(folder, canaries)).not.toEqual([]);
	store.wipe(asAccountId("account"));
	expect(filesWith(folder, canaries)).toEqual([]);
	expect(filesWith(folder, ["somebody else"])).toEqual(["messages.db"]);
	expect(store.conversations().map((record) => record.id)).toEqual(["two"]);
	store.messageSearch.catchUp();
	expect(names(store.search(query("somebody")))).toEqual(["other"]);
	expect(store.search(query("canaryname")).people).toEqual([]);
	expect(store.messageSearch.check("whole")).toBe(true);
	store.close();
	expect(filesWith(folder, canaries)).toEqual([]);
});

test("nothing of a wiped account's groups and files is left in any file, nor of what went before", () => {
	const { folder, store, database } = fileStore();
	const canary = (size: number): Buffer => Buffer.from("canarybytes ".repeat(size));
	const facts = threadFacts({
		group: {
			title: "canarytitle",
			members: [{ address: "canarymember", name: "canaryperson" }],
			changeable: true,
			separate: false,
		},
		notes: [{ label: "canarylabel", text: "canarynote" }],
	});
	const fileOf = (name: string, entry: string | null, size: number, of = "one"): StoredMedia =>
		file(name, entry, {
			conversationId: conversation(of).id,
			attachment: attachment(name, { name: `canaryname ${name}` }),
			ref: "canaryref",
			bytes: canary(size),
		});
	store.write({
		conversations: [
			conversation("one", { peer: "canarykey", formatted: "canaryformatted", thread: facts }),
			conversation("two", {
				...other,
				thread: threadFacts({ notes: [{ label: "stays", text: "here" }] }),
			}),
		],
		entries: [
			message("a", "words", 1, { details: { ...details("fa"), sender: "canarysender" } }),
			message("b", "words", 2, { details: details("fb", "fc") }),
			message("c", "words", 3, { in: "two", details: details("fd") }),
		],
		media: {
			added: [
				fileOf("fa", "a", 2),
				fileOf("fb", "b", 30_000),
				fileOf("fc", "b", 700),
				fileOf("draft", null, 3000),
				file("fd", "c", {
					conversationId: conversation("two").id,
					bytes: Buffer.from("staying bytes"),
				}),
			],
		},
	});
	store.messageSearch.catchUp();
	store.write({
		removed: [asEntryId("a")],
		patches: [{ id: conversation("one").id, patch: { address: "canaryaddress", thread: null } }],
		media: {
			removed: [asAttachmentId("fc")],
			changed: [{ attachment: attachment("fb", { state: "gone" }), bytes: null }],
		},
	});
	store.write({ patches: [{ id: conversation("one").id, patch: { thread: facts } }] });
	expect(filesWith(folder, ["canary"])).not.toEqual([]);
	store.wipe(asAccountId("account"));
	expect(filesWith(folder, ["canary"])).toEqual([]);
	expect(database.all("SELECT id FROM media")).toEqual([{ id: "fd" }]);
	expect(store.mediaOf(asEntryId("c"))).toMatchObject([{ attachment: { id: "fd" } }]);
	expect(store.conversations()).toMatchObject([{ id: "two", thread: { notes: [{ text: "here" }] } }]);
	store.close();
	expect(filesWith(folder, ["canary"])).toEqual([]);
});

test("files go with the messages that are pruned; those of drafts and of texts that wait stay", () => {
	const { store, database } = fileStore();
	const of = { conversationId: conversation("one").id };
	store.write({
		conversations: [conversation("one")],
		entries: [
			message("a", "old", 1, { details: details("fa") }),
			{ ...queued("b", "old, waits", 2), details: details("fb") },
			message("c", "new", 30, { details: details("fc") }),
		],
		media: {
			added: [file("fa", "a", of), file("fb", "b", of), file("fc", "c", of), file("fd", null, of)],
		},
	});
	expect(store.prune(20, 10).removed).toMatchObject([{ id: "a" }]);
	expect(database.all("SELECT id FROM media ORDER BY id")).toEqual([
		{ id: "fb" },
		{ id: "fc" },
		{ id: "fd" },
	]);
});

test("an account with more messages than are taken out one by one is wiped alike, the others stay findable", () => {
	const { folder, store } = fileStore();
	store.write({
		conversations: [conversation("one"), conversation("two", other)],
		entries: [
			...Array.from({ length: 2500 }, (_, index) =>
				message(`m${String(index)}`, `canary number ${String(index)}`, index),
			),
			...Array.from({ length: 300 }, (_, index) =>
				message(`o${String(index)}`, "steady words", index, { in: "two" }),
			),
		],
	});
	store.messageSearch.catchUp();
	store.wipe(asAccountId("account"));
	expect(filesWith(folder, ["canary"])).toEqual([]);
	store.messageSearch.catchUp();
	expect(store.search(query("steady", { limit: 100 })).hits).toHaveLength(100);
	expect(store.messageSearch.check("whole")).toBe(true);
});

test("a wipe that was cut short after its rows were gone is finished at the next start", () => {
	const { folder, path, store, database } = fileStore();
	store.write({ conversations: [conversation("one")], entries: [message("m", "canary words", 1)] });
	store.messageSearch.catchUp();
	database.transaction(true, () => {
		database.run("INSERT INTO meta (key, value) VALUES ('wiping', '1')");
		database.run("DELETE FROM accounts WHERE id = 'account'");
	});
	database.close();
	const again = openDatabase({ path, access: "write" });
	prepareDatabase(again);
	finishWipe(again, new DatabaseStore(again).messageSearch);
	expect(filesWith(folder, ["canary"])).toEqual([]);
	expect(again.get("SELECT 1 FROM meta WHERE key = 'wiping'")).toBeUndefined();
	again.close();
	expect(existsSync(path)).toBe(true);
});

test(
	"whatever was stored, changed and removed in whatever order: wiped, no byte of it is left",
	{ timeout: 120_000 },
	() => {
		const size = fc.integer({ min: 1, max: 2000 });
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(60), size), { minLength: 20, maxLength: 120 }), (writes) => {
				const { folder, store } = fileStore();
				store.write({ conversations: [conversation("one"), conversation("two", other)] });
				for (const [name, length] of writes) {
					const id = `m${String(name)}`;
					if (length % 3 === 0) store.write({ removed: [asEntryId(id)] });
					else
						store.write({
							entries: [
								message(id, `canary ${"canary".repeat(length / 6)}`, length),
								message(`o${id}${String(length)}`, "steady ".repeat(length / 50), length, {
									in: "two",
								}),
							],
						});
					if (length % 5 === 0) store.messageSearch.step(1);
				}
				store.wipe(asAccountId("account"));
				expect(filesWith(folder, ["canary"])).toEqual([]);
				store.close();
			}),
			{ numRuns: 25 },
		);
	},
);
