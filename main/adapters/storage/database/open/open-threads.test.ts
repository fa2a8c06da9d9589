import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asAttachmentId, asConversationId, asEntryId } from "../../../../../shared/ids.ts";
import type { Entry } from "../../../../../shared/model.ts";
import type {
	ConversationRecord,
	StoredMedia,
	StoredPage,
	StoreOpening,
	StoreWrite,
} from "../../../../core/ports/stores.ts";
import type { DatabaseHost } from "../database-host.ts";
import { migrations } from "../schema/migrations.ts";
import { openDatabase } from "../sqlite-driver.ts";
import { hostAt } from "../testing/host.ts";
import {
	account,
	attachment,
	conversationId,
	details,
	file,
	incoming,
	newConversation,
	outgoing,
	threadFacts,
} from "../testing/samples.ts";

/** Opening, mending and salvaging of what schema 3 brought: keys, groups, people, files. */

let folder: string;
let path: string;
beforeEach(() => {
	folder = fs.mkdtempSync(join(tmpdir(), "trunkline-test-"));
	path = join(folder, "profile", "messages.db");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const write = (host: DatabaseHost, change: StoreWrite): unknown => host.call("write", [change]);
const records = (host: DatabaseHost): readonly ConversationRecord[] =>
	host.call("conversations", []) as readonly ConversationRecord[];
const page = (host: DatabaseHost): readonly Entry[] =>
	(host.call("page", [conversationId, { kind: "newest" }, 10_000]) as StoredPage).entries;
const filesOf = (host: DatabaseHost, id: string): readonly StoredMedia[] =>
	host.call("mediaOf", [asEntryId(id)]) as readonly StoredMedia[];
const staged = (host: DatabaseHost): readonly StoredMedia[] =>
	host.call("staged", []) as readonly StoredMedia[];

function reopen(): { host: DatabaseHost; opening: StoreOpening } {
	const { host } = hostAt(path);
	return { host, opening: host.open() };
}

/** Another hand in the closed file. */
function alter(...statements: readonly string[]): void {
	const database = openDatabase({ path, access: "write" });
	for (const statement of statements) database.exec(statement);
	database.close();
}

const working = { state: "working", problem: null, did: [] };

/** Schema 2 with two accounts that have a conversation with one address each, as that version wrote them. */
function fillVersion2(more = 0): void {
	const { host } = hostAt(path, { steps: migrations.slice(0, 2) });
	host.open();
	host.call("close", []);
	const further = Array.from(
		{ length: more },
		(
			_,
			index,
		) => `INSERT INTO entries (id, account, conversation, kind, sequence, place, at, direction, local_time,
			author, text) VALUES ('old${String(index)}', 2, 2, 0, ${String(index + 1)}, '${String(index).padStart(13, "0")}t',
			${String(index)}, 0, 1, 'Ana', '${"words ".repeat(60)}')`,
	);
	alter(
		"BEGIN",
		"INSERT INTO accounts (id) VALUES ('account-1'), ('account-2')",
		`INSERT INTO participants (account, address, name) VALUES
			(1, '+15550101', 'Ana'), (2, '+15550101', 'Ana elsewhere'), (1, '3002', NULL)`,
		`INSERT INTO conversations (id, account, participant, system, created_at, last_activity, muted, unread) VALUES
			('conversation-1', 1, 1, 'genesys', 1, 9, 1, 1), ('c2', 2, 2, 'genesys', 1, 8, 0, 0),
			('c3', 1, 3, 'genesys', 1, 7, 0, 0)`,
		"INSERT INTO drafts (conversation, text) VALUES (1, 'half')",
		`INSERT INTO entries (id, account, conversation, kind, sequence, place, at, direction, unread, local_time,
			author, text) VALUES ('e', 1, 1, 0, 1, '0000000000005t000000000001', 5, 0, 1, 1, 'Ana', 'words')`,
		...further,
		"COMMIT",
	);
}

test("a store of the version before: each address becomes the key of its conversation, names stay", () => {
	fillVersion2();
	const { host, opening } = reopen();
	expect(opening).toEqual(working);
	expect(records(host)).toMatchObject([
		{
			id: conversationId,
			peer: "+15550101",
			address: "+15550101",
			name: "Ana",
			muted: true,
			draft: "half",
			unread: 1,
			formatted: null,
			thread: null,
			archived: false,
			personId: null,
		},
		{ id: "c2", accountId: "account-2", peer: "+15550101", name: "Ana elsewhere" },
		{ id: "c3", peer: "3002", name: null },
	]);
	expect(page(host)).toMatchObject([{ id: "e", text: "words", details: null }]);
	while (host.indexStep(50));
	const people = (typed: string): unknown =>
		host.call("search", [{ query: typed, conversationId: null, before: null, limit: 5 }]);
	expect(people("ana")).toMatchObject({ people: [{}, {}] });
	write(host, { patches: [{ id: conversationId, patch: { name: "Zoe" } }] });
	while (host.indexStep(50));
	expect(people("ana")).toMatchObject({ people: [{ conversationId: "c2" }] });
	// One more conversation with the same address, on another line.
	write(host, {
		conversations: [{ ...newConversation("c4"), peer: "line 2 +15550101", address: "+15550101" }],
	});
	expect(records(host).at(-1)).toMatchObject({ peer: "line 2 +15550101", address: "+15550101" });
	host.call("close", []);
});

test("a damaged store of the version before is taken over with keys and names", () => {
	fillVersion2();
	fs.writeFileSync(path, Buffer.alloc(24, 0xa5), { flag: "r+" });
	const { host, opening } = reopen();
	expect(opening).toMatchObject({ did: [{ code: "storage.restored" }] });
	expect(records(host)).toMatchObject([
		{ id: conversationId, peer: "+15550101", name: "Ana", draft: "half", unread: 1 },
		{ id: "c2", peer: "+15550101", name: "Ana elsewhere" },
		{ id: "c3", peer: "3002", name: null },
	]);
	host.call("close", []);
});

const thread = threadFacts({
	group: {
		title: "Ops",
		members: [{ address: "1", name: null }],
		changeable: false,
		separate: false,
	},
});

/** A group, put away; a text with two files that waits, a draft with one, a message with one; closed. */
function fill(messages = 0): void {
	const { host } = hostAt(path);
	host.open();
	write(host, {
		conversations: [{ ...newConversation(), peer: "key", formatted: "shown", name: "Ops", thread }],
		entries: [
			incoming("came", 4, { details: details("picture") }),
			{ ...outgoing("unsent", 5), details: details("own1", "own2") },
			...Array.from({ length: messages }, (_, index) =>
				incoming(`e${String(index)}`, 10 + index, { text: `message ${String(index)} `.repeat(9) }),
			),
		],
		media: {
			added: [
				file("picture", "came", { bytes: Buffer.alloc(9000, 1) }),
				file("own1", "unsent", { ref: null, bytes: Buffer.alloc(9000, 2) }),
				file("own2", "unsent", { ref: null, bytes: Buffer.from("small") }),
				file("staged", null, { bytes: Buffer.alloc(20_000, 3) }),
			],
		},
		patches: [{ id: conversationId, patch: { archived: true, draft: "draft" } }],
	});
	host.call("close", []);
}

test.each(["as it was written", "after a wipe, which moves all tables"])(
	"a first page full of rubbish, %s: groups, files of texts that wait and of drafts are taken over",
	(how) => {
		fill(200);
		if (how !== "as it was written") {
			const { host } = reopen();
			host.call("wipe", ["nobody"]);
			host.call("close", []);
		}
		const { host: sound } = reopen();
		const before = [records(sound), page(sound), filesOf(sound, "unsent"), staged(sound)];
		const picture = filesOf(sound, "came");
		sound.call("close", []);
		fs.writeFileSync(path, Buffer.alloc(4096, 0xa5), { flag: "r+" });
		const { host, opening } = reopen();
		expect(opening).toMatchObject({ did: [{ code: "storage.restored", params: { unsent: 1 } }] });
		expect([records(host), page(host), filesOf(host, "unsent"), staged(host)]).toEqual(before);
		expect(filesOf(host, "came")).toEqual(picture);
		expect(picture[0]?.bytes).toHaveLength(9000);
		host.call("close", []);
	},
);

test("in a store that began with an older version, a first page full of rubbish costs files, and says so", () => {
	fillVersion2(300);
	const { host: first } = reopen();
	write(first, {
		entries: [{ ...outgoing("unsent", 900), details: details("own") }],
		media: { added: [file("own", "unsent", { ref: null, bytes: Buffer.from("bytes") })] },
		patches: [{ id: conversationId, patch: { thread, personId: null, name: "Ops" } }],
	});
	first.call("close", []);
	fs.writeFileSync(path, Buffer.alloc(4096, 0xa5), { flag: "r+" });
	const { host, opening } = reopen();
	expect(opening).toMatchObject({ did: [{ params: { unsent: 1, messages: 302 } }] });
	expect(records(host)[0]).toMatchObject({ peer: "+15550101", name: "Ops", thread });
	// The text does not leave without its file unnoticed.
	const lost = { ...attachment("own"), state: "gone", problem: { code: "attachment.gone" } };
	expect(filesOf(host, "unsent")).toMatchObject([{ attachment: lost, bytes: null }]);
	expect(page(host).at(-1)).toMatchObject({ id: "unsent", details: { attachments: [lost] } });
	host.call("close", []);
});

test("damaged facts, details and files cost themselves only, also when all is taken over", () => {
	fill();
	alter(
		"UPDATE conversations SET thread = replace(thread, 'sms', 's{s')",
		"UPDATE entries SET detail = '{' WHERE id = 'unsent'",
		`UPDATE entries SET detail = replace(detail, '"there"', '"theTe"') WHERE id = 'came'`,
		"UPDATE media SET attachment = '[' WHERE id IN ('own1', 'staged')",
	);
	const { host, opening } = reopen();
	expect(opening).toEqual(working);
	expect(records(host)).toMatchObject([{ peer: "key", name: "Ops", thread: null, archived: true }]);
	expect(page(host)).toMatchObject([
		{ id: "came", text: "text of came", details: { attachments: [] } },
		// Not known what belongs to it: it does not leave by itself.
		{ id: "unsent", text: "text of unsent", details: null, delivery: { state: "unknown" } },
	]);
	const own1 = { id: "own1", type: "application/octet-stream", name: null, state: "file" };
	expect(filesOf(host, "unsent")).toMatchObject([{ attachment: own1 }, { attachment: attachment("own2") }]);
	expect(staged(host)).toMatchObject([{ attachment: { id: "staged", state: "file" } }]);
	host.call("close", []);

	fs.writeFileSync(path, Buffer.alloc(24, 0xa5), { flag: "r+" });
	const restored = reopen();
	expect(restored.opening).toMatchObject({ did: [{ code: "storage.restored" }] });
	// Now what lies there and what is said of it agree again.
	expect(page(restored.host)).toMatchObject([
		{ id: "came", details: { attachments: [attachment("picture")] } },
		{
			id: "unsent",
			details: { attachments: [own1, attachment("own2")] },
			delivery: { state: "unknown", retryAllowed: true },
		},
	]);
	expect(filesOf(restored.host, "unsent").map(({ bytes }) => bytes?.length)).toEqual([9000, 5]);
	expect(records(restored.host)).toMatchObject([{ peer: "key", thread: null, archived: true }]);
	restored.host.call("close", []);
});

test("damage in the middle of many files: what waits keeps its own, and every text says what is left", () => {
	const { host } = hostAt(path);
	host.open();
	write(host, { conversations: [newConversation()] });
	for (let number = 0; number < 60; number++) {
		const id = `m${String(number)}`;
		const own = number % 10 === 0;
		write(host, {
			entries: [
				own
					? { ...outgoing(id, number + 1), details: details(`f${id}`) }
					: incoming(id, number + 1, { details: details(`f${id}`) }),
			],
			media: {
				added: [file(`f${id}`, id, { ref: own ? null : "r", bytes: Buffer.alloc(6000, number) })],
			},
		});
	}
	host.call("close", []);
	const size = fs.statSync(path).size;
	const garbage = Buffer.alloc(4096, 0xa5);
	const handle = fs.openSync(path, "r+");
	for (const part of [0.6, 0.75, 0.9])
		fs.writeSync(handle, garbage, 0, 4096, Math.floor((size * part) / 4096) * 4096);
	fs.closeSync(handle);
	fs.writeFileSync(`${path}.damaged`, "");
	const after = reopen();
	expect(after.opening).toMatchObject({ did: [{ code: "storage.restored" }] });
	const entries = page(after.host);
	expect(entries.length).toBeGreaterThan(40);
	let kept = 0;
	for (const entry of entries) {
		if (entry.kind !== "message") continue;
		const files = filesOf(after.host, entry.id);
		expect(files.map((one) => one.attachment)).toEqual(entry.details?.attachments);
		expect(files).toHaveLength(1);
		for (const { bytes, attachment: one } of files) {
			if (bytes === null) expect(one.state).toBe("gone");
			else kept += 1;
		}
	}
	expect(kept).toBeGreaterThan(40);
	after.host.call("close", []);
});

test("a conversation whose address is lost is kept under its key", () => {
	fill();
	alter("PRAGMA foreign_keys = OFF", "DELETE FROM participants");
	fs.writeFileSync(path, Buffer.alloc(24, 0xa5), { flag: "r+" });
	const { host } = reopen();
	expect(records(host)).toMatchObject([
		{ id: conversationId, address: "key", name: "Ops", accountId: account },
	]);
	expect(filesOf(host, "unsent")).toHaveLength(2);
	expect(host.call("media", [asAttachmentId("staged")])).toMatchObject({ entryId: null });
	expect(host.call("page", [[conversationId, asConversationId("x")], { kind: "newest" }, 9])).toMatchObject(
		{
			entries: [{ id: "came" }, { id: "unsent" }],
		},
	);
	host.call("close", []);
});
