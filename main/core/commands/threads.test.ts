import { expect, test } from "vitest";
import { appError, AppFailure } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, LineId } from "../../../shared/ids.ts";
import type { Abilities, Reply } from "../../../shared/model.ts";
import { plainThread } from "../../../shared/threads.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { readingPauseMs } from "../conversations/read-marks.ts";
import type { Capabilities, FolderThread, Thread, ThreadDeeds } from "../ports/provider.ts";
import { CoreRun, justText } from "../testing/core-run.ts";
import { fail, line } from "../testing/fake-provider.ts";
import { told } from "../testing/threads.ts";
import { settle } from "../testing/virtual-clock.ts";

const all: Abilities = {
	savedReplies: true,
	schedule: true,
	folders: true,
	groups: true,
	typedNumbers: true,
	directory: true,
	contactCards: true,
};

interface Scene {
	readonly run: CoreRun;
	readonly accountId: AccountId;
	/** What the session was asked to do with conversations. */
	readonly deeds: string[];
}

async function begin(can: Partial<Capabilities> = {}): Promise<Scene> {
	const run = await new CoreRun({ messages: memoryStore(), practiceMessages: memoryStore }).start();
	const { provider } = run.world;
	provider.capabilities = { ...provider.capabilities, abilities: all, ...can };
	const deeds: string[] = [];
	const note = (...words: readonly unknown[]): Promise<void> => {
		deeds.push(words.map(String).join(" "));
		return Promise.resolve();
	};
	const threads: ThreadDeeds = {
		act: (peer, action) => note(action, peer),
		rename: (peer, title) => note("rename", peer, title),
		setMembers: (peer, addresses) => note("members", peer, addresses.join("+")),
		markRead: (peer, read) => note(read ? "read" : "unread", peer),
	};
	provider.prepareSession = (session) => (session.threads = threads);
	const accountId = await run.online();
	return { run, accountId, deeds };
}

const send = (
	run: CoreRun,
	conversationId: ConversationId,
	more: { readonly at?: number | null; readonly savedReply?: string | null } = {},
) =>
	run.core.handlers["messages.send"]({
		conversationId,
		parts: [{ clientId: `c${String(run.world.random.next())}` as ClientMessageId, text: "hello" }],
		...justText,
		...more,
	});

const start = (
	it: Scene,
	more: Partial<Parameters<CoreRun["core"]["handlers"]["conversations.start"]>[0]> = {},
) =>
	it.run.core.handlers["conversations.start"]({
		accountId: it.accountId,
		addresses: ["5003"],
		name: null,
		lineId: null,
		title: null,
		...more,
	});

// ---------------------------------------------------------------- what is refused before it is stored

test.each([
	["opted out", { refusal: appError("peer.optedOut") }, "peer.optedOut"],
	["blocked", { refusal: appError("peer.blocked") }, "peer.blocked"],
	["their line is not ours", { line: { id: "9" as LineId, label: "+1 555 0100" } }, "line.gone"],
] as const)("%s: refused in words, nothing is stored or sent", async (_name, more, code) => {
	const { run } = await begin();
	run.world.provider.session.emit(told("5002", more));
	const { id } = await run.conversation("5002");
	expect(await send(run, id)).toMatchObject({ ok: false, error: { code } });
	expect(await run.texts(id)).toEqual([]);
	expect(run.world.provider.session.sent).toEqual([]);
});

test("a reply leaves by the line they wrote to, whichever line is chosen here; the conversation goes along", async () => {
	const { run } = await begin();
	run.world.provider.session.emit(told("5002", { line: { id: "5001" as LineId, label: "Desk" } }));
	const { id } = await run.conversation("5002");
	expect(await send(run, id)).toMatchObject({ ok: true });
	await settle();
	const [sent] = run.world.provider.session.sent;
	expect(sent?.thread).toMatchObject({
		peer: "5002",
		formatted: "(5002)",
		facts: { line: { id: "5001" } },
	});
});

test("a text that waits for a connection is refused when it would leave by another line by then", async () => {
	const { run } = await begin();
	const { session } = run.world.provider;
	session.emit(told("5002", { line: { id: "5001" as LineId, label: "+1 555 0100" } }));
	const { id } = await run.conversation("5002");
	session.emit({ type: "connection", state: "reconnecting", nextAttempt: null, problem: null });
	await settle();
	expect(await send(run, id)).toMatchObject({ ok: true });
	session.emit({ type: "lines", lines: [line("5009")] });
	session.online();
	await run.world.clock.advance(100);
	const [text] = await run.texts(id);
	expect(text?.delivery).toMatchObject({
		state: "failed",
		problem: { code: "line.gone", params: { device: "+1 555 0100" } },
		retryAllowed: true,
	});
	expect(session.sent).toEqual([]);
	// Retry says so at once, and puts nothing into the queue.
	expect(await run.core.handlers["messages.retry"]({ entryId: text?.id ?? ("" as never) })).toMatchObject({
		ok: false,
		error: { code: "line.gone" },
	});
});

test("what was put away comes back with their next message, by hand, and by writing in it", async () => {
	const { run } = await begin();
	const conversationId = await run.hear("hi");
	const archive = (archived: boolean) =>
		run.core.handlers["conversations.setArchived"]({ conversationId, archived });
	await archive(true);
	expect((await run.conversation("5002")).archived).toBe(true);
	await run.hear("hello?");
	expect((await run.conversation("5002")).archived).toBe(false);
	await archive(true);
	await archive(false);
	expect((await run.conversation("5002")).archived).toBe(false);
	await archive(true);
	expect(await send(run, conversationId)).toMatchObject({ ok: true });
	expect((await run.conversation("5002")).archived).toBe(false);
});

test("later: the system sends it then; a time that is over, or a system that cannot, is refused", async () => {
	const { run } = await begin();
	const id = await run.hear("hi");
	const at = run.world.clock.now() + 60_000;
	expect(await send(run, id, { at: run.world.clock.now() })).toMatchObject({
		error: { code: "schedule.past" },
	});
	expect(await send(run, id, { at })).toMatchObject({ ok: true });
	await settle();
	expect(run.world.provider.session.sent).toMatchObject([{ at }]);
	expect((await run.texts(id)).at(-1)?.details?.scheduledAt).toBe(at);
	const other = await begin({ abilities: { ...all, schedule: false } });
	const there = await other.run.hear("hi");
	expect(await send(other.run, there, { at })).toMatchObject({ error: { code: "schedule.notOffered" } });
	expect(await send(other.run, there)).toMatchObject({ ok: true });
});

test("a time that passes while it waits: the person decides, and Retry sends it now", async () => {
	const { run } = await begin();
	const { session } = run.world.provider;
	const id = await run.hear("hi");
	session.emit({ type: "connection", state: "reconnecting", nextAttempt: null, problem: null });
	await settle();
	await send(run, id, { at: run.world.clock.now() + 1000 });
	await run.world.clock.advance(5000);
	session.online();
	await run.world.clock.advance(10);
	const text = (await run.texts(id)).at(-1);
	expect(text?.delivery).toMatchObject({ state: "failed", problem: { code: "schedule.past" } });
	await run.core.handlers["messages.retry"]({ entryId: text?.id ?? ("" as never) });
	await settle();
	expect(session.sent).toMatchObject([{ text: "hello", at: null }]);
});

// ---------------------------------------------------------------- beginning

test("the same key is the same conversation; its own name stays, and what is missing is added", async () => {
	const it = await begin();
	const { run } = it;
	run.world.provider.onBegin = ({ addresses, title, line: from }): Thread => ({
		peer: `${from?.id ?? "none"}/${addresses.join("+")}`,
		address: addresses.join(", "),
		formatted: addresses.join(", "),
		facts: { ...plainThread("sms"), notes: [{ label: "Title", text: title ?? "" }] },
	});
	const first = await start(it, { addresses: [" 5003 ", "5003"], name: "Ann" });
	const second = await start(it, { name: "Somebody" });
	expect(first).toEqual(second);
	expect(await run.conversation("5003")).toMatchObject({ peer: { name: "Ann" }, unread: 0 });
	const other = await start(it, { addresses: ["5003"], lineId: "5001" as LineId });
	expect(other).toEqual(first);
	const refused = await start(it, { lineId: "77" as LineId });
	expect(refused).toMatchObject({ ok: false, error: { code: "line.unknown" } });
	expect(await start(it, { addresses: ["5003", "5004"] })).toMatchObject({
		error: { code: "peer.tooMany" },
	});
	expect(await start(it, { addresses: [" "] })).toMatchObject({ error: { code: "peer.badAddress" } });
});

test("an address that the system cannot use is refused in its words, also when it is only looked at", async () => {
	const it = await begin();
	const { run, accountId } = it;
	const check = (text: string) => run.core.handlers["numbers.check"]({ accountId, lineId: null, text });
	expect(await check("5004")).toEqual({ ok: true, value: { address: "5004", formatted: "5004" } });
	run.world.provider.onBegin = () => {
		throw new AppFailure(appError("peer.badAddress", { detail: "12" }));
	};
	expect(await check("12")).toEqual({ ok: false, error: { code: "peer.badAddress", detail: "12" } });
	expect(await start(it, { addresses: ["12"] })).toMatchObject({ error: { code: "peer.badAddress" } });
	expect((await run.snapshot()).conversations).toEqual([]);
});

// ---------------------------------------------------------------- on the system

test("only what the conversation offers is done on the system", async () => {
	const { run, deeds } = await begin();
	const group = { title: "Roof", members: [], changeable: true, separate: false };
	run.world.provider.session.emit(
		told("5002", { actions: ["close"] }),
		told("g1", { group }),
		told("g2", { group: { ...group, changeable: false } }),
	);
	const { handlers } = run.core;
	const conversationId = (await run.conversation("5002")).id;
	const g1 = (await run.conversation("g1")).id;
	const g2 = (await run.conversation("g2")).id;
	expect(await handlers["conversations.act"]({ conversationId, action: "close" })).toMatchObject({
		ok: true,
	});
	expect(await handlers["conversations.act"]({ conversationId, action: "block" })).toMatchObject({
		error: { code: "action.notOffered" },
	});
	expect(await handlers["conversations.rename"]({ conversationId: g1, title: " Attic " })).toMatchObject({
		ok: true,
	});
	expect(
		await handlers["conversations.setMembers"]({ conversationId: g1, addresses: ["1", " 2", "1"] }),
	).toMatchObject({ ok: true });
	expect(await handlers["conversations.rename"]({ conversationId: g2, title: "x" })).toMatchObject({
		error: { code: "group.notChangeable" },
	});
	expect(deeds).toEqual(["close 5002", "rename g1 Attic", "members g1 1+2"]);
	run.world.provider.session.threads = null;
	expect(await handlers["conversations.act"]({ conversationId, action: "close" })).toMatchObject({
		error: { code: "action.notOffered" },
	});
});

test("a folder's conversations are in the inbox when it answers, in the server's order", async () => {
	const { run, accountId } = await begin();
	await run.hear("hi", "5002");
	const thread = (peer: string, at: number | null): FolderThread => {
		const { type: _type, ...rest } = told(peer, { closed: true });
		return { ...rest, name: `Name ${peer}`, at };
	};
	run.world.provider.session.folders = {
		page: (_folder, next) =>
			next === null
				? Promise.resolve({
						threads: [thread("7", 500), thread("5002", 900), thread("7", 500)],
						next: "2",
					})
				: Promise.resolve({ threads: [], next: null }),
	};
	const page = (next: string | null) =>
		run.core.handlers["folders.page"]({ accountId, folderId: "f", next });
	const answer = await page(null);
	const there = await run.conversation("7");
	expect(answer).toEqual({
		ok: true,
		value: { conversationIds: [there.id, (await run.conversation("5002")).id], next: "2" },
	});
	expect(there).toMatchObject({
		lastActivity: 500,
		unread: 0,
		peer: { name: "Name 7" },
		thread: { closed: true },
	});
	expect(await page("2")).toEqual({ ok: true, value: { conversationIds: [], next: null } });
	run.world.provider.session.folders = { page: () => Promise.reject(fail("http.overloaded")) };
	expect(await page(null)).toMatchObject({ ok: false, error: { code: "http.overloaded" } });
	run.world.provider.capabilities = {
		...run.world.provider.capabilities,
		abilities: { ...all, folders: false },
	};
	expect(await page(null)).toMatchObject({ ok: false, error: { code: "action.notOffered" } });
});

test("cards: what the system knows of them, and who they are; refused where it keeps none", async () => {
	const { run } = await begin();
	const conversationId = await run.hear("hi");
	const assigned: string[] = [];
	run.world.provider.session.cards = {
		card: () => Promise.resolve(null),
		assign: (peer, contact) => Promise.resolve(void assigned.push(`${peer} is ${contact}`)),
	};
	expect(await run.core.handlers["contacts.card"]({ conversationId })).toEqual({ ok: true, value: null });
	await run.core.handlers["contacts.assign"]({ conversationId, contactId: "c7" });
	expect(assigned).toEqual(["5002 is c7"]);
	run.world.provider.capabilities = {
		...run.world.provider.capabilities,
		abilities: { ...all, contactCards: false },
	};
	expect(await run.core.handlers["contacts.card"]({ conversationId })).toMatchObject({
		error: { code: "action.notOffered" },
	});
});

// ---------------------------------------------------------------- replies

test("templates are filled for this conversation, the system's replies stay as they are; offline there are one's own", async () => {
	const { run } = await begin();
	run.world.change({
		templates: [
			{ id: "t1", title: "Greeting", text: "Hi {name}, {agent} here ({line}). {first_name} {number}" },
			{ id: "t2", title: "Other", text: "{date} {time}" },
		],
	});
	const system: Reply = {
		id: "s1",
		source: "system",
		title: "Hours",
		text: "Hello {first_name}",
		files: 0,
	};
	const asked: string[] = [];
	run.world.provider.session.replies = {
		find: (query) => {
			asked.push(query);
			return Promise.resolve({ replies: [system], more: true });
		},
	};
	run.world.provider.session.emit({ ...told("5002"), name: "Ann {agent}" });
	const conversationId = (await run.conversation("5002")).id;
	const find = (query: string) => run.core.handlers["replies.find"]({ conversationId, query });
	expect(await find(" GREET")).toEqual({
		ok: true,
		value: {
			replies: [
				{
					id: "t1",
					source: "own",
					title: "Greeting",
					text: "Hi Ann {agent}, agent1 here (Desk 5001). {first_name} (5002)",
					files: 0,
				},
				system,
			],
			more: true,
		},
	});
	expect(asked).toEqual(["GREET"]);
	run.world.provider.session.replies = { find: () => Promise.reject(fail("network.timeout")) };
	const offline = await find("other");
	expect(offline.ok && offline.value.replies.map(({ text }) => text)[0]).toMatch(/2026.*\d/u);
	expect(offline).toMatchObject({ ok: true, value: { replies: [{ id: "t2" }], more: false } });
});

test("a saved reply goes along where the system keeps them, and is refused elsewhere", async () => {
	const { run } = await begin();
	const id = await run.hear("hi");
	const reply = { savedReply: "s1" };
	expect(await send(run, id, reply)).toMatchObject({ ok: true });
	await settle();
	expect(run.world.provider.session.sent).toMatchObject([{ savedReply: "s1" }]);
	const other = await begin({ abilities: { ...all, savedReplies: false } });
	expect(await send(other.run, await other.run.hear("hi"), reply)).toMatchObject({
		error: { code: "action.notOffered" },
	});
});

// ---------------------------------------------------------------- people

test("linked conversations are one timeline, and unlinking is the way back", async () => {
	const { run } = await begin();
	const later = async (text: string, peer: string): Promise<ConversationId> => {
		await run.world.clock.advance(5);
		return await run.hear(text, peer);
	};
	const ids = [await later("a", "1"), await later("b", "2"), await later("c", "3")] as const;
	await later("d", "1");
	const { handlers } = run.core;
	const link = (...conversationIds: ConversationId[]) => handlers["people.link"]({ conversationIds });
	const persons = async () =>
		(await run.snapshot()).conversations.map((one) => [one.peer.address, one.personId]);
	expect(await link(ids[0], ids[0])).toMatchObject({ error: { code: "input.invalid" } });
	expect(await link(ids[0], "nobody" as ConversationId)).toMatchObject({
		error: { code: "conversation.notFound" },
	});
	const first = await link(ids[0], ids[1]);
	// Linking with one of them is linking with all of them.
	expect(await link(ids[2], ids[1])).toEqual(first);
	const open = await handlers["conversations.open"]({
		conversationId: ids[2],
		around: null,
		wholePerson: true,
	});
	const words = open.ok
		? open.value.entries.map((one) => (one.kind === "message" ? one.text : one.kind))
		: [];
	expect([words, open.ok && open.value.conversation.id]).toEqual([["a", "b", "c", "d"], ids[2]]);
	const page = await handlers["conversations.page"]({
		conversationId: ids[0],
		direction: "older",
		from: (open.ok ? open.value.entries[2]?.order : undefined) ?? "",
		limit: 10,
		wholePerson: true,
	});
	expect(page.ok && page.value.entries.map((one) => one.conversationId)).toEqual([ids[0], ids[1]]);
	await handlers["people.unlink"]({ conversationId: ids[2] });
	expect(new Set((await persons()).map(([, person]) => person)).size).toBe(2);
	await handlers["people.unlink"]({ conversationId: ids[1] });
	expect((await persons()).map(([, person]) => person)).toEqual([null, null, null]);
	// Once more changes nothing.
	expect(await handlers["people.unlink"]({ conversationId: ids[1] })).toEqual({ ok: true, value: null });
});

test("who is left alone when an account goes is nobody's other address", async () => {
	const { run } = await begin();
	const here = await run.hear("a", "1");
	const other = await run.online({ userName: "agent2" });
	run.world.provider.session.emit(told("2"));
	const there = (await run.conversation("2")).id;
	await run.core.handlers["people.link"]({ conversationIds: [here, there] });
	expect((await run.conversation("1")).personId).not.toBeNull();
	await run.core.handlers["accounts.signOut"]({ accountId: other, history: "wipe" });
	expect((await run.conversation("1")).personId).toBeNull();
});

// ---------------------------------------------------------------- reading and looking

test("what was read is told to the system once a reading pause, and unread again as well", async () => {
	const { run, deeds } = await begin({ readMarks: true });
	const conversationId = await run.hear("one");
	run.world.window.focus(true);
	await run.core.handlers["window.viewing"]({ conversationId, atEnd: true });
	await run.world.clock.advance(readingPauseMs - 500);
	await run.hear("two");
	await run.world.clock.advance(readingPauseMs - 500);
	expect(deeds).toEqual([]);
	await run.world.clock.advance(500);
	expect(deeds).toEqual(["read 5002"]);
	await run.core.handlers["conversations.markUnread"]({ conversationId, from: null });
	await run.world.clock.advance(readingPauseMs);
	expect(deeds).toEqual(["read 5002", "unread 5002"]);
});

test("a system that does not hear of it is not told", async () => {
	const { run, deeds } = await begin({ readMarks: false });
	const conversationId = await run.hear("one");
	run.world.window.focus(true);
	await run.core.handlers["window.viewing"]({ conversationId, atEnd: true });
	await run.world.clock.advance(2 * readingPauseMs);
	expect(deeds).toEqual([]);
	expect((await run.conversation("5002")).unread).toBe(0);
});

test("what was read elsewhere is read here, its notification goes, and the system is not told what it said", async () => {
	const { run, deeds } = await begin({ readMarks: true });
	const { session } = run.world.provider;
	await run.hear("one");
	const { id } = await run.conversation("5002");
	session.emit({ type: "read", peer: "5002", upTo: null });
	expect((await run.conversation("5002")).unread).toBe(0);
	expect(run.world.notifier.closed).toContain(id);
	session.emit({ type: "unread", peer: "5002" });
	expect((await run.conversation("5002")).unread).toBe(1);
	await run.world.clock.advance(2 * readingPauseMs);
	expect(deeds).toEqual([]);
});

test("read in one batch with what came after it: only what came after is unread", async () => {
	const { run } = await begin();
	const message = {
		type: "message",
		peer: "5002",
		remoteId: null,
		stretch: null,
		at: null,
		catchUp: false,
	} as const;
	run.world.provider.session.emit(
		{ ...message, text: "a" },
		{ type: "read", peer: "5002", upTo: null },
		{ ...message, text: "b" },
	);
	expect((await run.conversation("5002")).unread).toBe(1);
});

test("a message that was read elsewhere already is neither unread nor told", async () => {
	const { run } = await begin();
	run.world.provider.session.emit({
		type: "message",
		peer: "5002",
		text: "old",
		remoteId: "m1",
		stretch: null,
		at: 1,
		catchUp: false,
		read: true,
	});
	expect((await run.conversation("5002")).unread).toBe(0);
	await run.world.clock.advance(3000);
	expect(run.world.notifier.shown).toEqual([]);
});

test("each account hears whether the window is in front and which of its conversations is on screen", async () => {
	const { run } = await begin();
	const first = run.world.provider.session;
	const conversationId = await run.hear("hi");
	await run.online({ userName: "agent2" });
	const second = run.world.provider.session;
	run.world.window.focus(true);
	await run.core.handlers["window.viewing"]({ conversationId, atEnd: true });
	expect([first.attention, second.attention]).toEqual([
		{ focused: true, peer: "5002" },
		{ focused: true, peer: null },
	]);
	run.world.window.focus(false);
	expect(first.attention).toEqual({ focused: false, peer: "5002" });
});
