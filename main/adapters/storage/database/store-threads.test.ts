import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asConversationId, asEntryId, asLineId, asPersonId } from "../../../../shared/ids.ts";
import type { Entry } from "../../../../shared/model.ts";
import type { ConversationRecord, MessageStore } from "../../../core/ports/stores.ts";
import { bothStores } from "./testing/both-stores.ts";
import {
	account,
	conversationId,
	details,
	incoming,
	newConversation,
	outgoing,
	remote,
	threadFacts,
} from "./testing/samples.ts";

/** What the port promises of keys, lines, groups, people, what is put away, and lines of the system. */

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "trunkline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(bothStores)("store %s", (_, make) => {
	let store: MessageStore;
	beforeEach(async () => {
		store = make(folder);
		await store.open();
	});
	afterEach(() => store.close());

	const record = async (id = "conversation-1"): Promise<ConversationRecord | undefined> =>
		(await store.conversations()).find((one) => one.id === asConversationId(id));
	const all = async (): Promise<readonly Entry[]> =>
		(await store.page(conversationId, { kind: "newest" }, 1000)).entries;

	const group = threadFacts({
		medium: "groupSms",
		line: { id: asLineId("line-1"), label: "+1 555 0100" },
		group: {
			title: "Ops",
			members: [
				{ address: "+15550101", name: "Ana" },
				{ address: "+15550102", name: null },
			],
			changeable: true,
			separate: false,
		},
		refusal: { code: "peer.optedOut" },
		actions: ["star", "leave"],
		attachments: { mostFiles: 3, mostBytes: 5, types: ["image/png"], shrinks: true, byAddressOnly: null },
		notes: [{ label: "Queue", text: "Sales" }],
	});

	test("what is told of a conversation is kept as it is, at the beginning and later", async () => {
		const more = { peer: "session-7", address: "+15550101, +15550102", formatted: "(555) 0101, …" };
		await store.write({ conversations: [{ ...newConversation(), ...more, thread: group }] });
		expect(await record()).toMatchObject({ ...more, thread: group, archived: false, personId: null });
		const patch = {
			address: "+15550101",
			formatted: null,
			name: "Ops team",
			thread: threadFacts({ closed: true, mutedThere: true }),
			archived: true,
			personId: asPersonId("p"),
		};
		const { records } = await store.write({ patches: [{ id: conversationId, patch }] });
		expect(records).toMatchObject([{ ...patch, peer: "session-7" }]);
		expect(await record()).toEqual(records[0]);
		const none = { thread: null, personId: null, archived: false };
		await store.write({ patches: [{ id: conversationId, patch: none }] });
		expect(await record()).toMatchObject({ ...none, name: "Ops team", peer: "session-7" });
	});

	test("conversations with one address, one a line: what is told of one is not told of the other", async () => {
		const address = "+15550101";
		const twins = ["one", "two"].map((id) => ({ ...newConversation(id), peer: `key ${id}`, address }));
		await store.write({ conversations: twins });
		const name = (id: string, text: string | null) => ({
			id: asConversationId(id),
			patch: { name: text },
		});
		const { records } = await store.write({ patches: [name("one", "Ana")] });
		expect(records.map(({ id }) => id)).toEqual(["one"]);
		expect(await record("two")).toMatchObject({ address, name: null, peer: "key two" });
		await store.write({ patches: [{ id: asConversationId("one"), patch: { address: "+15550199" } }] });
		expect(await record("one")).toMatchObject({ address: "+15550199", name: "Ana" });
		expect(await record("two")).toMatchObject({ address });
		// A group of which one member is left has the address of that one.
		const rest = { ...newConversation("three"), peer: "group", address, thread: group, name: "Ops" };
		await store.write({ conversations: [rest] });
		expect(await record("two")).toMatchObject({ name: null, thread: null });
		const clash = { ...newConversation("four"), peer: "group", address: "other" };
		await expect(store.write({ conversations: [clash] })).rejects.toMatchObject({
			error: { code: "internal" },
		});
	});

	test("a new message of the peer brings back what was put away, nothing else does", async () => {
		const away = () => store.write({ patches: [{ id: conversationId, patch: { archived: true } }] });
		await store.write({ conversations: [newConversation()], entries: [remote("r5", 50)] });
		await away();
		await store.write({
			entries: [
				outgoing("mine", 60),
				remote("r5", 50),
				{ id: asEntryId("n"), conversationId, kind: "notice", remoteId: "n", text: "called", at: 70 },
			],
		});
		expect(await record()).toMatchObject({ archived: true });
		// The agent goes back in time: the server is asked for what was long before.
		await store.write({
			entries: [remote("r3", 30, { unread: false }), remote("r4", 40, { unread: false })],
		});
		expect(await record()).toMatchObject({ archived: true });
		const { records } = await store.write({ entries: [remote("r6", 55, { unread: false })] });
		expect(records).toMatchObject([{ archived: false }]);
		await away();
		// News, though it is late.
		expect((await store.write({ entries: [remote("r1", 10)] })).records).toMatchObject([
			{ archived: false },
		]);
		await away();
		await expect(
			store.write({
				entries: [remote("r7", 99), { ...remote("r8", 99), conversationId: asConversationId("x") }],
			}),
		).rejects.toThrow();
		expect(await record()).toMatchObject({ archived: true });
	});

	test("a conversation that was put away empty comes back with its first message", async () => {
		await store.write({
			conversations: [newConversation()],
			patches: [{ id: conversationId, patch: { archived: true } }],
		});
		await store.write({ entries: [remote("r", 1, { unread: false })] });
		expect(await record()).toMatchObject({ archived: false });
	});

	test("read elsewhere, up to a time or all of it", async () => {
		await store.write({
			conversations: [newConversation()],
			entries: [remote("a", 10), remote("b", 20), remote("c", 30), outgoing("d", 40)],
		});
		const until = (at: number | null) => store.write({ readUntil: [{ id: conversationId, at }] });
		expect((await until(5)).records).toEqual([]);
		expect((await until(20.9)).records).toMatchObject([{ unread: 1, firstUnread: "entry of c" }]);
		expect((await until(20)).records).toEqual([]);
		expect((await until(null)).records).toMatchObject([{ unread: 0, firstUnread: null }]);
		expect((await store.write({ readUntil: [{ id: asConversationId("x"), at: null }] })).records).toEqual(
			[],
		);
	});

	test("a line of the system: known by its id, at its time, a note in the list, not found by search", async () => {
		const notice = { conversationId, kind: "notice" as const };
		const first = { ...notice, id: asEntryId("n1"), remoteId: "n1", text: "Ana joined \ud800", at: 10 };
		const local = { ...notice, id: asEntryId("n2"), remoteId: null, text: "", at: 5 };
		const written = await store.write({
			conversations: [newConversation()],
			entries: [remote("r", 20), first, local],
		});
		expect(await all()).toEqual([written.entries[1], written.entries[0], written.entries[2]]);
		expect(written.entries).toMatchObject([
			{},
			{ kind: "notice", text: "Ana joined \ufffd", remoteId: "n1", order: "0000000000010sn1" },
			{ kind: "notice", text: "", remoteId: null, order: "0000000000020t000000000003" },
		]);
		const again = await store.write({ entries: [{ ...first, id: asEntryId("n3") }] });
		expect([again.added, again.entries]).toEqual([[], [written.entries[1]]]);
		expect(await store.byRemoteIds(account, ["n1", "r"])).toMatchObject([{ id: "entry of r" }]);
		expect(await record()).toMatchObject({ unread: 1, preview: { kind: "in" } });
		const joined = { query: "joined", conversationId: null, before: null, limit: 5 };
		expect((await store.search(joined)).hits).toEqual([]);
		await store.write({ removed: [asEntryId("entry of r")] });
		expect(await record()).toMatchObject({
			preview: { kind: "note", text: "", delivery: null, at: 5 },
		});
	});

	test("what a message has besides its text is kept, and changes with its delivery", async () => {
		const much = {
			...details("f"),
			sender: "Bo \ud800",
			deliveryWords: "Message Sent",
			scheduledAt: 99,
			savedReply: "r",
		};
		await store.write({
			conversations: [newConversation()],
			entries: [incoming("a", 1, { details: much }), outgoing("b", 2), incoming("c", 3)],
		});
		expect(await all()).toMatchObject([{ details: much }, { details: null }, { details: null }]);
		const delivery = { state: "failed", since: 5, queueReason: null, problem: null } as const;
		const outcome = { ...delivery, retryAllowed: true, undoUntil: null };
		const words = { ...details(), deliveryWords: "Blocked" };
		const { changed } = await store.write({
			deliveries: [{ id: asEntryId("b"), delivery: outcome, details: words }],
		});
		expect(changed).toMatchObject([{ id: "b", details: words }]);
		// Not told: as before.
		await store.write({ deliveries: [{ id: asEntryId("b"), delivery: outcome }] });
		expect(await store.entry(asEntryId("b"))).toMatchObject({ details: words });
		await store.write({ deliveries: [{ id: asEntryId("b"), delivery: outcome, details: null }] });
		expect(await store.entry(asEntryId("b"))).toMatchObject({ details: null });
	});

	test("people are found by what is seen of them, not by the key, also when it changes", async () => {
		await store.write({
			conversations: [
				{
					...newConversation("g"),
					peer: "secretkey",
					address: "+15550101, +15550102",
					formatted: "(555) 0101, (555) 0102",
					thread: group,
				},
			],
		});
		const people = async (query: string): Promise<readonly string[]> => {
			const found = await store.search({ query, conversationId: null, before: null, limit: 5 });
			return found.people.map(({ name }) =>
				name.map(({ text, hit }) => (hit ? `[${text}]` : text)).join(""),
			);
		};
		expect(await people("secretkey")).toEqual([]);
		expect(await people("ops")).toEqual(["[Ops]"]);
		expect(await people("ana")).toEqual(["Ops [Ana]"]);
		expect(await people("0102")).toEqual(["Ops (555) 0101, (555) [0102]"]);
		expect(await people("1555")).toEqual(["Ops +[1555]0101, +[1555]0102"]);
		await store.write({
			patches: [
				{ id: asConversationId("g"), patch: { thread: null, formatted: null, address: "desk" } },
			],
		});
		expect(await people("ops")).toEqual([]);
		expect(await people("0102")).toEqual([]);
		expect(await people("desk")).toEqual(["[desk]"]);
	});
});
