import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppFailure } from "../../../../shared/errors.ts";
import { asAccountId, asClientMessageId, asConversationId, asEntryId } from "../../../../shared/ids.ts";
import type { Entry, NotificationRecord } from "../../../../shared/model.ts";
import type { MessageStore, OpenGap, StoreWrite } from "../../../core/ports/stores.ts";
import { bothStores } from "./testing/both-stores.ts";
import {
	account,
	conversationId,
	delivery,
	incoming,
	newConversation,
	outgoing,
	remote,
} from "./testing/samples.ts";

/** What the port promises, asked of the engine in this thread and of the worker on a real file. */

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "trunkline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ids = (entries: readonly Entry[]): readonly string[] => entries.map((entry) => entry.id);

describe.each(bothStores)("store %s", (_, make) => {
	let store: MessageStore;
	beforeEach(async () => {
		store = make(folder);
		expect(await store.open()).toEqual({ state: "working", problem: null, did: [] });
	});
	afterEach(() => store.close());

	const write = (change: StoreWrite): ReturnType<MessageStore["write"]> => store.write(change);
	const begin = (...entries: NonNullable<StoreWrite["entries"]>): ReturnType<MessageStore["write"]> =>
		write({ conversations: [newConversation()], entries });
	const record = async (): Promise<
		Awaited<ReturnType<MessageStore["conversations"]>>[number] | undefined
	> => (await store.conversations()).find(({ id }) => id === conversationId);
	const all = async (): Promise<readonly Entry[]> =>
		(await store.page(conversationId, { kind: "newest" }, 1000)).entries;

	test("a new conversation is empty, and there is one of a key", async () => {
		const written = await begin();
		expect(written.records).toEqual([
			{
				id: conversationId,
				accountId: account,
				system: "genesys",
				peer: "address of conversation-1",
				address: "address of conversation-1",
				formatted: null,
				name: null,
				thread: null,
				draft: "",
				muted: false,
				archived: false,
				personId: null,
				live: false,
				syncedTo: "",
				olderCursor: null,
				lastActivity: 1000,
				unread: 0,
				firstUnread: null,
				preview: null,
				newest: null,
			},
		]);
		expect(await store.conversations()).toEqual(written.records);
		expect((await begin()).records).toEqual([]);
		const other = { ...newConversation("conversation-2"), peer: "address of conversation-1" };
		await expect(write({ conversations: [other] })).rejects.toThrow(AppFailure);
		expect(await store.conversations(asAccountId("nobody"))).toEqual([]);
		expect(await store.conversations(account)).toHaveLength(1);
	});

	test("what is written is what is read, with numbers and places", async () => {
		const problem = { code: "message.tooLong" as const, params: { limit: 5 } };
		const base = { conversationId };
		const written = await begin(
			incoming("a", 2000, { text: "emoji 👩‍👩‍👧 NUL \0 end, half \ud800 pair" }),
			{ ...base, id: asEntryId("b"), kind: "stretch", what: "started", at: 2001 },
			{ ...base, id: asEntryId("c"), kind: "gap", from: 1, to: 2, filling: true, at: 2002 },
			{ ...base, id: asEntryId("d"), kind: "problem", problem, at: 2003 },
			outgoing("e", 2004.7),
		);
		expect(written.added).toEqual(["a", "b", "c", "d", "e"]);
		expect(written.entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
		expect(await all()).toEqual(written.entries);
		expect(await store.entry(asEntryId("d"))).toEqual(written.entries[3]);
		expect(await store.entry(asEntryId("nobody"))).toBeNull();
		expect(written.entries[0]).toMatchObject({ text: "emoji 👩‍👩‍👧 NUL \0 end, half \ufffd pair" });
		expect(written.entries[4]).toMatchObject({ at: 2004, clientId: "client e" });
		expect(written.entries.every((entry) => !("unread" in entry))).toBe(true);
	});

	test("an entry of an unknown conversation fails, and nothing of that write stays", async () => {
		const lost = incoming("b", 1, { conversationId: asConversationId("nobody") });
		await expect(begin(incoming("a", 1), lost)).rejects.toThrow(AppFailure);
		expect(await store.conversations()).toEqual([]);
		expect(await store.entry(asEntryId("a"))).toBeNull();
	});

	test("the same text from the composer twice is one message", async () => {
		await begin(outgoing("a", 1));
		const again = await write({ entries: [{ ...outgoing("a", 1), id: asEntryId("b"), text: "other" }] });
		expect(again).toMatchObject({ added: [], changed: [], removed: [], records: [] });
		expect(again.entries).toEqual(await all());
	});

	test("the same message of the system twice is one, also within one write", async () => {
		const written = await begin(remote("r1", 5), remote("r1", 5, { id: asEntryId("other") }));
		expect(written.added).toEqual(["entry of r1"]);
		expect(ids(written.entries)).toEqual(["entry of r1", "entry of r1"]);
		expect((await record())?.unread).toBe(1);
	});

	test("the same id of another account is another message", async () => {
		const other = asAccountId("account-2");
		const there = asConversationId("conversation-2");
		await begin(remote("r1", 5));
		const written = await write({
			conversations: [newConversation(there, other)],
			entries: [remote("r1", 5, { id: asEntryId("there"), conversationId: there })],
		});
		expect(written.added).toEqual(["there"]);
		expect(ids(await store.byRemoteIds(other, ["r1", "r2"]))).toEqual(["there"]);
		expect(ids(await store.byRemoteIds(account, ["r1", "r2"]))).toEqual(["entry of r1"]);
	});

	test("a write that is repeated whole changes nothing", async () => {
		const change = { conversations: [newConversation()], entries: [incoming("a", 1), remote("r", 2)] };
		const first = await write(change);
		const second = await write(change);
		expect(second).toEqual({ entries: first.entries, added: [], changed: [], removed: [], records: [] });
		await expect(write({ entries: [{ ...outgoing("a", 1), id: asEntryId("a") }] })).rejects.toThrow(
			AppFailure,
		);
	});

	test("late messages stand where the system's time says; the rest where they arrived", async () => {
		await begin(remote("r3", 30), incoming("local", 20), remote("r1", 10), remote("r2", 30));
		expect(ids(await all())).toEqual(["entry of r1", "entry of r2", "entry of r3", "local"]);
		expect(await record()).toMatchObject({
			unread: 4,
			firstUnread: "entry of r1",
			preview: { kind: "in", text: "text of local", at: 20 },
			lastActivity: 30,
		});
	});

	test("the preview is the newest message, without one the newest note, never a gap", async () => {
		const note = { conversationId, kind: "stretch" as const, at: 2000 };
		await begin({ ...note, id: asEntryId("s1"), what: "started" });
		expect(await record()).toMatchObject({
			preview: { kind: "note", text: "", delivery: null, at: 2000 },
		});
		await write({
			entries: [
				outgoing("m", 3000),
				{ ...note, id: asEntryId("s2"), what: "ended", at: 4000 },
				{ conversationId, id: asEntryId("g"), kind: "gap", from: 1, to: 2, filling: false, at: 9000 },
			],
		});
		expect(await record()).toMatchObject({
			preview: { kind: "out", text: "text of m", delivery: "queued", at: 3000 },
			lastActivity: 4000,
			newest: "0000000009000t000000000004",
		});
		await write({ removed: [asEntryId("m")] });
		expect(await record()).toMatchObject({ preview: { kind: "note", at: 4000 } });
	});

	test("with everything gone, a conversation stays where it was in the list", async () => {
		await begin(incoming("a", 5000));
		const { records, removed } = await write({ removed: [asEntryId("a"), asEntryId("nobody")] });
		expect(removed).toEqual([{ id: "a", conversationId }]);
		expect(records).toMatchObject([
			{ lastActivity: 5000, unread: 0, firstUnread: null, preview: null, newest: null },
		]);
	});

	test("a number is never given twice, also after the newest is gone", async () => {
		await begin(incoming("a", 1), incoming("b", 2));
		await write({ removed: [asEntryId("b")] });
		expect((await write({ entries: [incoming("c", 3)] })).entries[0]?.sequence).toBe(3);
	});

	test("deliveries: unsettled texts are listed in their order until they are settled", async () => {
		await begin(
			outgoing("a", 1),
			outgoing("b", 2, "sending"),
			outgoing("c", 3, "sent"),
			incoming("d", 4),
		);
		expect(ids(await store.unsettled())).toEqual(["a", "b"]);
		expect(ids(await store.unsettled(account))).toEqual(["a", "b"]);
		expect(await store.unsettled(asAccountId("nobody"))).toEqual([]);
		const { changed, records } = await write({
			deliveries: [
				{ id: asEntryId("a"), delivery: delivery("sent") },
				{ id: asEntryId("b"), delivery: delivery("unknown") },
				{ id: asEntryId("c"), delivery: delivery("failed") },
				{ id: asEntryId("d"), delivery: delivery("failed") },
				{ id: asEntryId("nobody"), delivery: delivery("sent") },
			].slice(0, 3),
		});
		expect(ids(changed)).toEqual(["a", "b", "c"]);
		expect(records).toEqual([]);
		expect(ids(await store.unsettled())).toEqual(["b"]);
		await write({ deliveries: [{ id: asEntryId("c"), delivery: delivery("queued") }] });
		expect(ids(await store.unsettled())).toEqual(["b", "c"]);
		await write({ removed: [asEntryId("b")] });
		expect(ids(await store.unsettled())).toEqual(["c"]);
		expect(ids(await store.byClientIds([asClientMessageId("client c"), asClientMessageId("x")]))).toEqual(
			["c"],
		);
	});

	test("a text takes its place by the system's time and id, and can change its wording", async () => {
		await begin(outgoing("mine", 10), remote("r", 50));
		const { changed, records } = await write({
			deliveries: [
				{ id: asEntryId("mine"), delivery: delivery("sent"), remoteId: "q", at: 60, text: "as sent" },
			],
		});
		expect(changed).toMatchObject([
			{
				order: "0000000000060sq",
				at: 60,
				remoteId: "q",
				localTime: false,
				text: "as sent",
				sequence: 1,
			},
		]);
		expect(records).toMatchObject([{ preview: { text: "as sent", delivery: "sent" }, lastActivity: 60 }]);
		expect(ids(await all())).toEqual(["entry of r", "mine"]);
		// The system tells of it once more.
		expect((await write({ entries: [remote("q", 60, { direction: "out" })] })).added).toEqual([]);
	});

	test("the echo came first: it and the text become one message", async () => {
		await begin(outgoing("mine", 10, "sending"), remote("q", 60, { direction: "out", unread: false }));
		expect(ids(await store.unclaimed(conversationId, 60))).toEqual(["entry of q"]);
		const { changed, removed } = await write({
			deliveries: [{ id: asEntryId("mine"), delivery: delivery("sent"), remoteId: "q", at: 60 }],
		});
		expect(ids(changed)).toEqual(["mine"]);
		expect(removed).toEqual([{ id: "entry of q", conversationId }]);
		expect(ids(await all())).toEqual(["mine"]);
		expect(await store.unclaimed(conversationId, 0)).toEqual([]);
	});

	test("an id that is another text's is not taken away from it", async () => {
		await begin(outgoing("one", 1), outgoing("two", 2));
		const sent = (id: string) => ({
			deliveries: [{ id: asEntryId(id), delivery: delivery("sent"), remoteId: "q", at: 9 }],
		});
		await write(sent("one"));
		const { changed, removed } = await write(sent("two"));
		expect(changed).toMatchObject([{ id: "two", remoteId: null, delivery: { state: "sent" } }]);
		expect(removed).toEqual([]);
	});

	test("own messages nobody claims: since a time, oldest first, of one conversation", async () => {
		await begin(
			remote("a", 100, { direction: "out" }),
			remote("b", 50, { direction: "out" }),
			remote("c", 49, { direction: "out" }),
			remote("d", 70),
			outgoing("e", 80),
		);
		expect(ids(await store.unclaimed(conversationId, 50))).toEqual(["entry of b", "entry of a"]);
		expect(await store.unclaimed(asConversationId("nobody"), 0)).toEqual([]);
	});

	test("read up to an entry, and unread from one", async () => {
		await begin(incoming("a", 1), incoming("b", 2), outgoing("c", 3), incoming("d", 4));
		expect((await write({ read: [{ id: conversationId, upTo: asEntryId("b") }] })).records).toMatchObject(
			[{ unread: 1, firstUnread: "d" }],
		);
		expect((await write({ read: [{ id: conversationId, upTo: asEntryId("b") }] })).records).toEqual([]);
		await write({ read: [{ id: conversationId, upTo: asEntryId("d") }] });
		expect(await record()).toMatchObject({ unread: 0, firstUnread: null });
		await write({ unread: [{ id: conversationId, from: null }] });
		expect(await record()).toMatchObject({ unread: 1, firstUnread: "d" });
		await write({ unread: [{ id: conversationId, from: asEntryId("b") }] });
		expect(await record()).toMatchObject({ unread: 2, firstUnread: "b" });
		await write({ read: [{ id: conversationId, upTo: asEntryId("nobody") }] });
		expect(await record()).toMatchObject({ unread: 2 });
	});

	test("pages in both directions and around an entry, each saying what is left", async () => {
		await begin(
			...Array.from({ length: 9 }, (_unused, index) => remote(`r${String(index)}`, 10 + index)),
		);
		const shown = async (at: Parameters<MessageStore["page"]>[1], limit: number): Promise<unknown> => {
			const page = await store.page(conversationId, at, limit);
			return [page.entries.map((entry) => entry.at - 10), page.hasOlder, page.hasNewer];
		};
		const order = (index: number): string => `00000000000${String(10 + index)}sr${String(index)}`;
		expect(await shown({ kind: "newest" }, 3)).toEqual([[6, 7, 8], true, false]);
		expect(await shown({ kind: "newest" }, 9)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], false, false]);
		expect(await shown({ kind: "older", than: order(6) }, 3)).toEqual([[3, 4, 5], true, true]);
		expect(await shown({ kind: "older", than: order(2) }, 3)).toEqual([[0, 1], false, true]);
		expect(await shown({ kind: "newer", than: order(6) }, 3)).toEqual([[7, 8], true, false]);
		expect(await shown({ kind: "newer", than: order(3) }, 3)).toEqual([[4, 5, 6], true, true]);
		expect(await shown({ kind: "newer", than: "" }, 2)).toEqual([[0, 1], false, true]);
		expect(await shown({ kind: "around", entryId: asEntryId("entry of r4") }, 5)).toEqual([
			[2, 3, 4, 5, 6],
			true,
			true,
		]);
		expect(await shown({ kind: "around", entryId: asEntryId("entry of r0") }, 5)).toEqual([
			[0, 1, 2],
			false,
			true,
		]);
		expect(await shown({ kind: "around", entryId: asEntryId("nobody") }, 2)).toEqual([
			[7, 8],
			true,
			false,
		]);
		expect(await store.page(asConversationId("nobody"), { kind: "newest" }, 5)).toEqual({
			entries: [],
			hasOlder: false,
			hasNewer: false,
		});
	});

	test("patches: name, draft, muted, live, how far it is whole", async () => {
		await begin();
		const patch = {
			name: "Ada",
			draft: "half a sente",
			muted: true,
			live: true,
			syncedTo: "0000000000005sx",
			olderCursor: "page 2",
		};
		const { records } = await write({ patches: [{ id: conversationId, patch }] });
		expect(records).toMatchObject([patch]);
		expect(await record()).toMatchObject(patch);
		await write({
			patches: [{ id: conversationId, patch: { draft: "", olderCursor: null, muted: false } }],
		});
		expect(await record()).toMatchObject({
			name: "Ada",
			draft: "",
			olderCursor: null,
			muted: false,
			live: true,
		});
		expect(
			(await write({ patches: [{ id: asConversationId("x"), patch: { draft: "" } }] })).records,
		).toEqual([]);
	});

	test("cursors by account and scope", async () => {
		const cursor = (scope: string, value: string | null): StoreWrite => ({
			cursors: [{ accountId: account, scope, value }],
		});
		await write(cursor("a", "1"));
		await write(cursor("b", "2"));
		await write(cursor("a", "3"));
		await write(cursor("__proto__", "4"));
		await write(cursor("b", null));
		expect(Object.entries(await store.cursors(account))).toEqual([
			["__proto__", "4"],
			["a", "3"],
		]);
		expect(await store.cursors(asAccountId("nobody"))).toEqual({});
	});

	test("a gap is opened with its marker, moved, and closed; the conversation is then whole up to its end", async () => {
		const marker = {
			id: asEntryId("g"),
			conversationId,
			kind: "gap" as const,
			from: 1,
			to: 9,
			filling: true,
			at: 9,
		};
		const gap: OpenGap = {
			entryId: asEntryId("g"),
			accountId: account,
			conversationId,
			downTo: "1",
			next: null,
			upTo: "9",
		};
		await write({ conversations: [newConversation()], entries: [marker], gaps: { opened: [gap] } });
		await write({ gaps: { moved: [{ entryId: asEntryId("g"), next: "page 2" }] } });
		expect(await store.openGaps(account)).toEqual([
			{
				...gap,
				next: "page 2",
				marker: { ...marker, sequence: 1, order: "0000000000009t000000000001" },
			},
		]);
		const { removed, records } = await write({
			gaps: { closed: [{ entryId: asEntryId("g"), marker: "goes" }] },
		});
		expect(removed).toEqual([{ id: "g", conversationId }]);
		expect(records).toMatchObject([{ syncedTo: "9" }]);
		expect(await store.openGaps(account)).toEqual([]);
		await write({
			entries: [{ ...marker, id: asEntryId("h") }],
			gaps: { opened: [{ ...gap, entryId: asEntryId("h") }] },
		});
		const stays = await write({ gaps: { closed: [{ entryId: asEntryId("h"), marker: "stays" }] } });
		expect(stays.changed).toMatchObject([{ id: "h", filling: false, from: 1, to: 9 }]);
		expect(await store.openGaps(account)).toEqual([]);
		await expect(write({ gaps: { opened: [{ ...gap, entryId: asEntryId("x") }] } })).rejects.toThrow(
			AppFailure,
		);
	});

	test("the ledger: newest first, page by page, of one conversation or all", async () => {
		await begin();
		const line = (at: number, id: typeof conversationId | null): NotificationRecord => ({
			conversationId: id,
			entryId: asEntryId(`e${String(at)}`),
			kind: "message",
			arrivedAt: at,
			at: at + 1,
			withheld: at % 2 === 0 ? "muted" : null,
			sound: at % 2 === 1,
		});
		await store.note([line(1, conversationId), line(2, null)]);
		await store.note([line(3, conversationId), line(4, asConversationId("wiped meanwhile"))]);
		const first = await store.notifications(null, null, 2);
		expect(first.records).toEqual([line(3, conversationId), line(2, null)]);
		expect(await store.notifications(null, first.next, 2)).toEqual({
			records: [line(1, conversationId)],
			next: null,
		});
		expect((await store.notifications(conversationId, null, 9)).records.map(({ at }) => at)).toEqual([
			4, 2,
		]);
		expect(await store.notifications(null, "nonsense", 9)).toEqual({ records: [], next: null });
	});

	test("an account is wiped with all it has, and no other", async () => {
		const other = asAccountId("account-2");
		const there = asConversationId("conversation-2");
		await begin(incoming("a", 1));
		await write({
			conversations: [newConversation(there, other)],
			entries: [outgoing("b", 1), incoming("c", 1, { conversationId: there })],
			cursors: [{ accountId: account, scope: "s", value: "v" }],
		});
		await store.wipe(account);
		expect((await store.conversations()).map(({ id }) => id)).toEqual([there]);
		expect(await store.entry(asEntryId("a"))).toBeNull();
		expect(await store.unsettled()).toEqual([]);
		expect(await store.cursors(account)).toEqual({});
		expect((await begin(incoming("a", 1))).added).toEqual(["a"]);
	});

	test("what was said can be searched for", async () => {
		await begin(incoming("a", 1, { text: "The parcel is in Zürich" }));
		const found = await store.search({ query: "zur", conversationId: null, before: null, limit: 10 });
		expect(found.hits.map(({ entryId }) => entryId)).toEqual(["a"]);
	});
});
