import { expect, test } from "vitest";
import { appError, AppFailure, type ErrorCode } from "../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../shared/ids.ts";
import type { Thread } from "../../shared/ipc/contract.ts";
import { memoryStore } from "../adapters/storage/database/testing/memory-store.ts";
import type { HistoryMessage } from "./ports/provider.ts";
import type { MessageStore, StoreOpening } from "./ports/stores.ts";
import { agent, CoreRun, justText } from "./testing/core-run.ts";
import type { Kept } from "./testing/fake-ports.ts";
import { fail } from "./testing/fake-provider.ts";
import { settle } from "./testing/virtual-clock.ts";

/** A disk that refuses what is written while the test says so. */
class Disk {
	refusal: ErrorCode | null = null;
	opening: StoreOpening = { state: "working", problem: null, did: [] };
	readonly store: MessageStore;

	constructor() {
		const real = memoryStore();
		const unless = <T>(write: () => Promise<T>): Promise<T> =>
			this.refusal === null ? write() : Promise.reject(new AppFailure(appError(this.refusal)));
		this.store = {
			...real,
			open: () => Promise.resolve(this.opening),
			write: (change) => unless(() => real.write(change)),
			note: (records) => unless(() => real.note(records)),
			prune: (before, limit) => unless(() => real.prune(before, limit)),
			wipe: (id) => unless(() => real.wipe(id)),
			// The file outlives the run.
			close: () => Promise.resolve(),
		};
	}
}

/** A run on this disk; `kept`: what an earlier one left beside it. */
async function begin(disk = new Disk(), kept?: Kept): Promise<CoreRun> {
	const run = new CoreRun({ messages: disk.store, practiceMessages: memoryStore }, kept);
	return await run.start();
}

async function open(
	run: CoreRun,
	conversationId: ConversationId,
	around: EntryId | null = null,
): Promise<Thread> {
	const result = await run.core.handlers["conversations.open"]({
		conversationId,
		around,
		wholePerson: false,
	});
	if (!result.ok) throw new Error(result.error.code);
	return result.value;
}

function words({ entries }: Pick<Thread, "entries">): readonly string[] {
	return entries.map((entry) => (entry.kind === "message" ? entry.text : entry.kind));
}

/** What the window was told of the storage. */
function states(run: CoreRun): readonly string[] {
	return run.changes.flatMap((change) => (change.type === "storage" ? [change.storage.state] : []));
}

// ---------------------------------------------------------------- restart

test("after a crash everything is as it was: messages, unread, draft, queue, and what is in doubt", async () => {
	const disk = new Disk();
	const crashed = await begin(disk);
	await crashed.online();
	const id = await crashed.hear("one");
	await crashed.hear("two");
	await crashed.send(id, "on its way", "behind it");
	await crashed.core.handlers["conversations.setDraft"]({ conversationId: id, text: "half a thou" });
	await crashed.world.clock.advance(1000);
	const before = await open(crashed, id);

	const run = await begin(disk, crashed.world.kept);
	const after = await open(run, id);
	expect(words(after)).toEqual(["one", "two", "on its way", "behind it"]);
	expect(after.conversation).toMatchObject({
		unread: 2,
		firstUnread: before.conversation.firstUnread,
		draft: "half a thou",
	});
	expect((await run.texts(id)).slice(2).map(({ delivery }) => delivery)).toMatchObject([
		{ state: "unknown", problem: { code: "message.interrupted" } },
		{ state: "queued" },
	]);
	run.world.provider.session.online();
	await run.world.clock.advance(100);
	// What had not left goes; what may have arrived waits for the person.
	expect(run.world.provider.session.sent.map(({ text }) => text)).toEqual(["behind it"]);
});

test("what the server took just before a crash, and gave no id then, is one bubble when its history is read", async () => {
	const disk = new Disk();
	const crashed = await begin(disk);
	await crashed.online();
	const id = await crashed.hear("hello");
	// An answer 202: it is there, and nobody knows under which id.
	crashed.world.provider.session.answer = () => ({ kind: "accepted", remoteId: null, at: null });
	await crashed.send(id, "twice", "once");
	const again = { clientId: "another" as ClientMessageId, text: "twice" };
	await crashed.core.handlers["messages.send"]({ conversationId: id, parts: [again], ...justText });
	await crashed.world.clock.advance(1000);
	expect((await crashed.texts(id)).slice(1).map(({ delivery }) => delivery?.state)).toEqual([
		"sent",
		"sent",
		"sent",
	]);
	const at = crashed.world.clock.now();

	const run = new CoreRun({ messages: disk.store, practiceMessages: memoryStore }, crashed.world.kept);
	await run.world.clock.advance(60_000);
	await run.start();
	run.world.provider.session.online();
	const own = (remoteId: string, text: string, when = at): HistoryMessage => ({
		type: "ownMessage",
		peer: "5002",
		text,
		remoteId,
		stretch: null,
		at: when,
	});
	// The other desk wrote "twice" too, an hour earlier.
	const elsewhere = own("m0", "twice", at - 3_600_000);
	run.world.provider.session.emit(elsewhere, own("m1", "twice"), own("m2", "twice"), own("m3", "once"));
	await run.world.clock.advance(100);
	const texts = (await run.texts(id)).filter(({ direction }) => direction === "out");
	expect(texts.map(({ text, remoteId }) => `${remoteId ?? "-"} ${text}`).sort()).toEqual([
		"m0 twice",
		"m1 twice",
		"m2 twice",
		"m3 once",
	]);
});

test("messages that the crash left untold are told of in one line, once", async () => {
	const disk = new Disk();
	const crashed = await begin(disk);
	await crashed.online();
	await crashed.hear("told", "5002");
	await crashed.world.clock.advance(1000);
	// Stored, and the process ends before the ledger is written.
	await crashed.hear("untold", "5003");
	await crashed.hear("untold too", "5003");

	const run = await begin(disk, crashed.world.kept);
	await run.world.clock.advance(1000);
	expect(
		run.world.notifier.shown.map(({ content }) => [content.title, content.body, content.silent]),
	).toEqual([["agent1 · gws.example", "You were not told of 2 unread messages yet.", true]]);
	const next = await begin(disk, crashed.world.kept);
	await next.world.clock.advance(1000);
	expect(next.world.notifier.shown).toEqual([]);
});

test("why it did not ring is known for every message, also of an earlier run", async () => {
	const disk = new Disk();
	const first = await begin(disk);
	await first.online();
	const id = await first.hear("one");
	await first.core.handlers["conversations.setMuted"]({ conversationId: id, muted: true });
	await first.hear("two");
	await first.core.stop(2000);
	const run = await begin(disk, first.world.kept);
	const answer = await run.core.handlers["notifications.history"]({
		conversationId: id,
		before: null,
		limit: 50,
	});
	expect(answer.ok && answer.value.records.map(({ withheld, sound }) => [withheld, sound])).toEqual([
		["muted", false],
		[null, true],
	]);
	expect(JSON.stringify(answer)).not.toContain("one");
});

// ---------------------------------------------------------------- a store that cannot be opened or written

test("a history of a newer version: the window says so, no account is begun, practice is possible", async () => {
	const disk = new Disk();
	const first = await begin(disk);
	await first.online();
	const problem = appError("storage.newer", { params: { found: 9, known: 2 } });
	disk.opening = { state: "refused", problem };
	const run = await begin(disk, first.world.kept);
	const { accounts, storage } = await run.snapshot();
	expect([accounts, storage.state, storage.problem]).toEqual([[], "refused", problem]);
	expect(run.world.provider.opened).toEqual([]);
	const { handlers } = run.core;
	expect(await handlers["accounts.signIn"](agent)).toEqual({ ok: false, error: problem });
	expect(await handlers["storage.retry"](null)).toEqual({ ok: false, error: problem });
	expect(await handlers["practice.start"](null)).toMatchObject({ ok: true });
	expect((await run.snapshot()).storage.state).toBe("working");
	await handlers["practice.leave"](null);
	expect((await run.snapshot()).storage).toMatchObject({ state: "refused", problem });
});

test("a history that opens and cannot be read is a history that cannot be used; quitting still ends", async () => {
	const disk = new Disk();
	disk.store.conversations = () => Promise.reject(new AppFailure(appError("storage.failing")));
	disk.store.close = () => Promise.reject(new AppFailure(appError("storage.failing")));
	const run = await begin(disk);
	expect((await run.snapshot()).storage).toMatchObject({
		state: "refused",
		problem: { code: "storage.failing" },
	});
	await run.core.stop(2000);
});

test("a slow opening shows itself, and what is in the store follows", async () => {
	const disk = new Disk();
	const first = await begin(disk);
	await first.online();
	await first.hear("hello");
	const opened = Promise.withResolvers<StoreOpening>();
	const store = { ...disk.store, open: () => opened.promise };
	const run = new CoreRun({ messages: store, practiceMessages: memoryStore }, first.world.kept);
	const started = run.start();
	const asked = run.core.handlers["app.snapshot"](null);
	await run.world.clock.advance(1000);
	const early = await asked;
	expect(early.ok && [early.value.storage.state, early.value.conversations]).toEqual(["opening", []]);
	const did = [appError("storage.restored", { params: { file: "x", messages: 1, unsent: 0 } })];
	opened.resolve({ state: "working", problem: null, did });
	await started;
	await run.world.clock.advance(20);
	expect(states(run)).toEqual(["working"]);
	expect(run.changes.map(({ type }) => type)).toEqual(
		expect.arrayContaining(["account", "conversation", "notices"]),
	);
	expect((await run.snapshot()).notices).toEqual(did);
});

test("a full disk: what is received is held back and not lost, what is sent is refused in words", async () => {
	const disk = new Disk();
	const run = await begin(disk);
	await run.online();
	const id = await run.hear("before");
	disk.refusal = "storage.full";
	const { session } = run.world.provider;
	const stored = session.stored;
	for (const text of ["one", "two"]) {
		session.emit({
			type: "message",
			peer: "5002",
			text,
			remoteId: null,
			stretch: null,
			at: null,
			catchUp: false,
		});
	}
	await run.world.clock.advance(20);
	expect((await run.snapshot()).storage).toMatchObject({
		state: "full",
		problem: { code: "storage.full" },
	});
	expect(states(run).at(-1)).toBe("full");
	const parts = [{ clientId: "c1" as ClientMessageId, text: "hi" }];
	expect(await run.core.handlers["messages.send"]({ conversationId: id, parts, ...justText })).toEqual({
		ok: false,
		error: appError("storage.full"),
	});
	const draft = { conversationId: id, text: "what I was writing" };
	expect(await run.core.handlers["conversations.setDraft"](draft)).toMatchObject({ ok: false });
	expect((await run.conversation("5002")).draft).toBe("what I was writing");
	expect(session.sent).toEqual([]);
	await run.world.clock.advance(120_000);
	// Nothing more was asked of the server meanwhile.
	expect(session.stored).toBe(stored);

	disk.refusal = null;
	await run.core.handlers["storage.retry"](null);
	await settle();
	expect((await run.snapshot()).storage.state).toBe("working");
	expect(words(await open(run, id))).toEqual(["before", "one", "two"]);
	expect((await disk.store.conversations())[0]?.draft).toBe("what I was writing");
	expect(
		await run.core.handlers["messages.send"]({ conversationId: id, parts, ...justText }),
	).toMatchObject({
		ok: true,
	});
	expect((await disk.store.conversations())[0]?.draft).toBe("");
});

test("an answer of the server that the disk does not take is kept, and nothing is sent twice", async () => {
	const disk = new Disk();
	const run = await begin(disk);
	await run.online();
	const id = await run.hear("hi");
	await run.send(id, "hello");
	disk.refusal = "storage.failing";
	run.world.provider.session.pending[0]?.answer({ kind: "accepted", remoteId: null, at: null });
	await run.world.clock.advance(10_000);
	expect((await run.texts(id)).at(-1)?.delivery?.state).toBe("sending");
	disk.refusal = null;
	await run.world.clock.advance(30_000);
	expect((await run.texts(id)).at(-1)?.delivery?.state).toBe("sent");
	expect(run.world.provider.session.sent).toHaveLength(1);
});

test("quitting with a full disk, a text on its way and a server that says nothing keeps to its deadline", async () => {
	const disk = new Disk();
	const closed: string[] = [];
	disk.store.close = () => Promise.resolve(void closed.push("closed"));
	const run = await begin(disk);
	await run.online();
	const id = await run.hear("hi");
	await run.send(id, "hello");
	disk.refusal = "storage.full";
	run.world.provider.session.close = () => new Promise(() => undefined);
	await run.hear("held back").catch(() => undefined);
	let stopped = false;
	const stopping = run.core.stop(2000).then(() => (stopped = true));
	await run.world.clock.advance(2000);
	await stopping;
	expect([stopped, closed]).toEqual([true, ["closed"]]);
	disk.refusal = null;
	const next = await begin(disk, run.world.kept);
	expect((await next.texts(id)).map(({ text, delivery }) => [text, delivery?.state])).toEqual([
		["hi", undefined],
		["hello", "unknown"],
	]);
});

test("wiping an account that the disk refuses leaves everything of it in place", async () => {
	const disk = new Disk();
	const run = await begin(disk);
	const accountId = await run.online();
	const id = await run.hear("hi");
	disk.refusal = "storage.readOnly";
	const refused = await run.core.handlers["accounts.signOut"]({ accountId, history: "wipe" });
	expect(refused).toMatchObject({ ok: false, error: { code: "storage.readOnly" } });
	expect(words(await open(run, id))).toEqual(["hi"]);
	expect((await run.account(accountId)).connection.state).toBe("signedOut");
	disk.refusal = null;
	expect(await run.core.handlers["accounts.signOut"]({ accountId, history: "wipe" })).toMatchObject({
		ok: true,
	});
	expect((await run.snapshot()).accounts).toEqual([]);
	expect(await disk.store.conversations()).toEqual([]);
});

test("a history that is kept stays readable, and what is written to it waits and says why", async () => {
	const disk = new Disk();
	const run = await begin(disk);
	const accountId = await run.online();
	const id = await run.hear("hi");
	expect(await run.core.handlers["accounts.signOut"]({ accountId, history: "keep" })).toMatchObject({
		ok: true,
	});
	expect(words(await open(run, id))).toEqual(["hi"]);
	await run.send(id, "later");
	expect((await run.texts(id)).at(-1)?.delivery).toMatchObject({
		state: "queued",
		queueReason: "signedOut",
	});
	const next = await begin(disk, run.world.kept);
	expect(words(await open(next, id))).toEqual(["hi", "later"]);
	expect(next.world.provider.opened).toEqual([]);
});

// ---------------------------------------------------------------- reading

test("pages go both ways from where one is, and a hit opens in its surroundings", async () => {
	const run = await begin();
	await run.online();
	let id = "" as ConversationId;
	run.world.window.focus(true);
	for (let number = 0; number < 200; number += 1) id = await run.hear(`m${String(number)}`);
	const pages = run.core.handlers["conversations.page"];
	const newest = await pages({
		conversationId: id,
		direction: "newest",
		from: "",
		limit: 30,
		wholePerson: false,
	});
	if (!newest.ok) throw new Error(newest.error.code);
	expect(words(newest.value).at(0)).toBe("m170");
	expect(newest.value).toMatchObject({ hasOlder: true, hasNewer: false, problem: null });
	const from = newest.value.entries[0]?.order ?? "";
	const older = await pages({
		conversationId: id,
		direction: "older",
		from,
		limit: 170,
		wholePerson: false,
	});
	expect(older.ok && [words(older.value).length, older.value.hasOlder, older.value.hasNewer]).toEqual([
		170,
		false,
		true,
	]);
	const hit = older.ok ? older.value.entries[50]?.id : undefined;
	const around = await open(run, id, hit ?? null);
	expect(words(around)).toContain("m50");
	expect([around.hasOlder, around.hasNewer]).toEqual([true, true]);
	const beyond = around.entries.at(-1)?.order ?? "";
	const newer = await pages({
		conversationId: id,
		direction: "newer",
		from: beyond,
		limit: 5,
		wholePerson: false,
	});
	const last = words(around).at(-1) ?? "";
	expect(newer.ok && words(newer.value)[0]).toBe(`m${String(Number(last.slice(1)) + 1)}`);
}, 20_000);

test("above the oldest entry here the server is asked, and if it cannot be, the page says why", async () => {
	const run = await begin();
	const { provider, clock } = run.world;
	provider.capabilities = { ...provider.capabilities, history: true };
	const begun = clock.now();
	const past = (number: number): HistoryMessage => ({
		type: "message",
		peer: "5002",
		text: `m${String(number)}`,
		remoteId: `r${String(number)}`,
		stretch: null,
		at: begun - (10 - number) * 3_600_000,
		catchUp: true,
	});
	let away = true;
	provider.prepareSession = (session) => {
		session.history = {
			heads: () =>
				Promise.resolve({
					heads: [{ peer: "5002", name: null, at: past(4).at ?? 0 }],
					cursor: "now",
					next: null,
				}),
			page: (_peer, from) => {
				if (from === null) return Promise.resolve({ messages: [past(4), past(3)], next: "older" });
				return away
					? Promise.reject(fail("network.timeout"))
					: Promise.resolve({ messages: [past(2), past(1)], next: null });
			},
		};
	};
	await run.online();
	await clock.advance(1000);
	const { id: conversationId } = await run.conversation("5002");
	const thread = await open(run, conversationId);
	expect([words(thread), thread.hasOlder]).toEqual([["m3", "m4"], true]);
	const above = {
		conversationId,
		direction: "older",
		from: thread.entries[0]?.order ?? "",
		limit: 50,
		wholePerson: false,
	} as const;
	expect(await run.core.handlers["conversations.page"](above)).toMatchObject({
		ok: true,
		value: { entries: [], hasOlder: true, problem: { code: "network.timeout" } },
	});
	away = false;
	const page = await run.core.handlers["conversations.page"](above);
	expect(page.ok && [words(page.value), page.value.hasOlder, page.value.problem]).toEqual([
		["m1", "m2"],
		false,
		null,
	]);
	// What was there before this account was set up is nobody's news.
	expect(await run.conversation("5002")).toMatchObject({ unread: 0 });
	expect(run.world.notifier.shown).toEqual([]);
});

test("a conversation with much unread opens at the first of it", async () => {
	const run = await begin();
	await run.online();
	let id = "" as ConversationId;
	for (let number = 0; number < 150; number += 1) id = await run.hear(`m${String(number)}`);
	const thread = await open(run, id);
	expect(words(thread)).toContain("m0");
	expect(thread.hasNewer).toBe(true);
	expect(thread.conversation.unread).toBe(150);
}, 20_000);

test("what is on screen is read when the window comes to the front; marked as unread it stays so meanwhile", async () => {
	const run = await begin();
	await run.online();
	const id = await run.hear("one");
	await run.core.handlers["window.viewing"]({ conversationId: id, atEnd: true });
	expect((await run.conversation("5002")).unread).toBe(1);
	run.world.window.focus(true);
	expect((await run.conversation("5002")).unread).toBe(0);
	await run.core.handlers["conversations.markUnread"]({ conversationId: id, from: null });
	run.world.window.focus(false);
	run.world.window.focus(true);
	expect((await run.conversation("5002")).unread).toBe(1);
	await run.core.handlers["window.viewing"]({ conversationId: null, atEnd: false });
	await run.core.handlers["window.viewing"]({ conversationId: id, atEnd: false });
	expect((await run.conversation("5002")).unread).toBe(1);
	await run.core.handlers["window.viewing"]({ conversationId: id, atEnd: true });
	expect((await run.conversation("5002")).unread).toBe(0);
});

test("unread from a message on, and read up to one", async () => {
	const run = await begin();
	await run.online();
	run.world.window.focus(true);
	const id = await run.hear("one");
	await run.hear("two");
	await run.hear("three");
	const [one, two, three] = await run.texts(id);
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: three?.id as EntryId });
	expect((await run.conversation("5002")).unread).toBe(0);
	await run.core.handlers["conversations.markUnread"]({ conversationId: id, from: two?.id as EntryId });
	expect(await run.conversation("5002")).toMatchObject({ unread: 2, firstUnread: two?.id });
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: one?.id as EntryId });
	expect((await run.conversation("5002")).unread).toBe(2);
});

test("messages made up for are told of once a conversation, and count as unread", async () => {
	const run = await begin();
	await run.online();
	const id = await run.hear("a", "5002", true);
	await run.hear("b", "5002", true);
	await run.hear("c", "5003", true);
	await run.world.clock.advance(5000);
	expect(run.world.notifier.shown.map(({ content }) => content.body)).toEqual([
		"2 new messages while you were offline",
		"1 new message while you were offline",
	]);
	expect((await run.conversation("5002")).unread).toBe(2);
	expect((await open(run, id)).entries).toHaveLength(2);
});

// ---------------------------------------------------------------- commands

test("double Enter, double click and a repeated command are one message", async () => {
	const run = await begin();
	await run.online();
	const conversationId = await run.hear("hi");
	const parts = [{ clientId: "c1" as ClientMessageId, text: "hello" }];
	const answers = await Promise.all(
		[1, 2, 3].map(() => run.core.handlers["messages.send"]({ conversationId, parts, ...justText })),
	);
	await settle();
	const ids = answers.map((answer) => answer.ok && answer.value.entries[0]?.id);
	expect(new Set(ids).size).toBe(1);
	expect(words(await open(run, conversationId))).toEqual(["hi", "hello"]);
	expect(run.world.provider.session.sent).toHaveLength(1);
});

test("what is typed right after Enter is not lost with the draft that was sent", async () => {
	const disk = new Disk();
	const run = await begin(disk);
	await run.online();
	const conversationId = await run.hear("hi");
	const { handlers } = run.core;
	const parts = [{ clientId: "c1" as ClientMessageId, text: "hello" }];
	await Promise.all([
		handlers["conversations.setDraft"]({ conversationId, text: "hello" }),
		handlers["messages.send"]({ conversationId, parts, ...justText }),
		handlers["conversations.setDraft"]({ conversationId, text: "next" }),
	]);
	expect((await disk.store.conversations())[0]?.draft).toBe("next");
	expect((await run.conversation("5002")).draft).toBe("next");
});

test("undo gives the text back while its time runs, and never later", async () => {
	const run = await begin();
	await run.online();
	run.world.change({ undoSendSeconds: 5 });
	const id = await run.hear("hi");
	await run.send(id, "oops");
	const entryId = (await run.texts(id)).at(-1)?.id as EntryId;
	await run.world.clock.advance(4000);
	expect(run.world.provider.session.sent).toEqual([]);
	expect(await run.core.handlers["messages.undo"]({ entryId })).toEqual({
		ok: true,
		value: { text: "oops" },
	});
	expect(words(await open(run, id))).toEqual(["hi"]);
	await run.send(id, "sure");
	const second = (await run.texts(id)).at(-1)?.id as EntryId;
	await run.world.clock.advance(6000);
	expect(run.world.provider.session.sent.map(({ text }) => text)).toEqual(["sure"]);
	expect(await run.core.handlers["messages.undo"]({ entryId: second })).toMatchObject({
		ok: false,
		error: { code: "message.tooLateToUndo" },
	});
});

test("a conversation is saved as text and as JSON, or not at all", async () => {
	const run = await begin();
	await run.online();
	const conversationId = await run.hear("hello");
	const saved = await run.core.handlers["conversations.export"]({ conversationId, format: "text" });
	expect(saved).toEqual({ ok: true, value: { saved: true, entries: 1 } });
	expect(run.world.saved).toContain("hello");
	await run.core.handlers["conversations.export"]({ conversationId, format: "json" });
	expect(JSON.parse(run.world.saved)).toBeTruthy();
	run.world.saves = false;
	expect(await run.core.handlers["conversations.export"]({ conversationId, format: "text" })).toEqual({
		ok: true,
		value: { saved: false, entries: 0 },
	});
});

test("entries are sent to the window for conversations that it shows or has shown lately", async () => {
	const run = await begin();
	await run.online();
	const shown = await run.hear("a", "5002");
	const other = await run.hear("b", "5003");
	await open(run, shown);
	run.changes.length = 0;
	await run.hear("c", "5002");
	await run.hear("d", "5003");
	await run.world.clock.advance(20);
	const told = run.changes.flatMap((change) => (change.type === "entries" ? [change.conversationId] : []));
	expect(told).toEqual([shown]);
	const rows = run.changes.flatMap((change) =>
		change.type === "conversation" ? [change.conversation.id] : [],
	);
	expect(rows.sort()).toEqual([shown, other].sort());
});

test("every new command answers something for what is not there", async () => {
	const run = await begin();
	const { handlers } = run.core;
	const conversationId = "nowhere" as ConversationId;
	const entryId = "nothing" as EntryId;
	const answers = await Promise.all([
		handlers["conversations.page"]({
			conversationId,
			direction: "older",
			from: "",
			limit: 10,
			wholePerson: false,
		}),
		handlers["conversations.export"]({ conversationId, format: "text" }),
		handlers["messages.undo"]({ entryId }),
		handlers["messages.checkAgain"]({ entryId }),
		handlers["accounts.signOut"]({ accountId: "nobody" as AccountId, history: "keep" }),
	]);
	expect(answers.map((answer) => (answer.ok ? "ok" : answer.error.code))).toEqual([
		"conversation.notFound",
		"conversation.notFound",
		"message.notFound",
		"message.notFound",
		"account.notFound",
	]);
	expect(await handlers["notifications.history"]({ conversationId, before: null, limit: 5 })).toEqual({
		ok: true,
		value: { records: [], next: null },
	});
});
