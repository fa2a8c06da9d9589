import { flushSync } from "svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { english } from "../../shared/i18n/catalog.ts";
import { failed, ok } from "../../shared/errors.ts";
import type { Conversation } from "../../shared/model.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import * as sample from "../testing/samples.ts";
import { FakeSurroundings } from "../testing/surroundings.ts";
import { Desk, type Beginning } from "./desk.svelte.ts";

const { ana, at, message } = sample;
let bridge: FakeBridge;
let surroundings: FakeSurroundings;
let desk: Desk;
const settled = async (): Promise<void> => {
	for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
	flushSync();
};

async function start(snapshot = sample.snapshot()): Promise<void> {
	bridge = new FakeBridge(snapshot);
	surroundings = new FakeSurroundings();
	desk = new Desk(bridge, surroundings, new AbortController().signal);
	desk.i18n.catalogue = english;
	await desk.start();
}
const changed = (
	conversation: Conversation,
	changes: Partial<Conversation>,
): { type: "conversation"; conversation: Conversation } => ({
	type: "conversation",
	conversation: { ...conversation, ...changes },
});

beforeEach(() => start());

describe("the desk", () => {
	test("takes batches that come before the snapshot, and skips those already in it", async () => {
		const early = new FakeBridge(sample.snapshot({ revision: 5 }));
		early.answer("app.snapshot", async () => {
			early.emit("changes", {
				revision: 5,
				at: 0,
				changes: [{ type: "conversationRemoved", conversationId: ana.id }],
			});
			early.emit("changes", { revision: 6, at: 0, changes: [{ type: "practice", practice: true }] });
			return Promise.resolve(ok(early.snapshot));
		});
		const other = new Desk(early, new FakeSurroundings(), new AbortController().signal);
		other.i18n.catalogue = english;
		await other.start();
		expect(other.conversations.get(ana.id)).toBeDefined();
		expect(other.computer.practice).toBe(true);
	});
	test("a failed snapshot can be asked for again", async () => {
		const broken = new FakeBridge(sample.snapshot());
		broken.fail("app.snapshot", { code: "internal" });
		const other = new Desk(broken, new FakeSurroundings(), new AbortController().signal);
		other.i18n.catalogue = english;
		await other.start();
		expect(other.phase).toBe("failed");
		broken.answer("app.snapshot", () => ok(broken.snapshot));
		await other.reload();
		expect(other.phase).toBe("ready");
		expect(other.accounts.list).toHaveLength(1);
	});
	test("opens what a notification asks for, with the caret in the composer", async () => {
		const wish = desk.navigation.composerWish;
		bridge.emit("navigate", { to: "conversation", conversationId: ana.id });
		await settled();
		expect(desk.thread.conversationId).toBe(ana.id);
		expect(desk.navigation.composerWish).toBe(wish + 1);
	});
});

describe("conversations", () => {
	test("stand newest first, also after a batch", () => {
		const will = sample.people[1];
		if (will === undefined) throw new Error("sample");
		bridge.change(changed(will, { lastActivity: sample.now + 1 }));
		expect(desk.conversations.list[0]?.id).toBe(will.id);
	});
	test("neighbours: by one, by the next unread one, none past the end", () => {
		const [first, second, third] = desk.conversations.list;
		const { conversations } = desk;
		expect(conversations.neighbour(null, 1, false)).toBe(first?.id);
		expect(conversations.neighbour(first?.id ?? null, 1, false)).toBe(second?.id);
		expect(conversations.neighbour(second?.id ?? null, 1, true)).toBe(third?.id);
		expect(conversations.neighbour(third?.id ?? null, 1, true)).toBeNull();
		expect(conversations.neighbour(first?.id ?? null, -1, false)).toBeNull();
	});
	test("the unread filter keeps the open one until another is opened", () => {
		desk.conversations.filter = { kind: "unread" };
		expect(desk.conversations.shown(null)).toHaveLength(2);
		expect(desk.conversations.shown(ana.id)).toHaveLength(3);
	});
	test("presence reaches the conversation with that address", () => {
		bridge.change({
			type: "presence",
			accountId: ana.accountId,
			address: "5044",
			presence: "busy",
			label: "On a call",
		});
		expect(desk.conversations.get(ana.id)?.peer.presenceLabel).toBe("On a call");
	});
});

describe("drafts and sending", () => {
	test("main hears of a draft after a pause, and at once on leaving", async () => {
		desk.drafts.set(ana.id, "Hel");
		desk.drafts.set(ana.id, "Hello");
		expect(bridge.inputsOf("conversations.setDraft")).toEqual([]);
		surroundings.advance(400);
		expect(bridge.inputsOf("conversations.setDraft")).toEqual([
			{ conversationId: ana.id, text: "Hello" },
		]);
		desk.drafts.set(ana.id, "Hello you");
		const will = sample.people[1];
		if (will !== undefined) desk.openConversation(will.id);
		await settled();
		expect(bridge.inputsOf("conversations.setDraft").at(-1)).toEqual({
			conversationId: ana.id,
			text: "Hello you",
		});
	});
	test("a draft that main could not keep is offered again", async () => {
		bridge.fail("conversations.setDraft", { code: "storage.full" });
		desk.drafts.set(ana.id, "Hello");
		desk.drafts.flush();
		await settled();
		bridge.answer("conversations.setDraft", () => ok(null));
		surroundings.advance(5000);
		await settled();
		surroundings.advance(60_000);
		expect(bridge.inputsOf("conversations.setDraft")).toHaveLength(2);
		expect(desk.drafts.text(ana.id)).toBe("Hello");
	});
	test("a text leaves the composer only once main has taken it; what was typed on stays", async () => {
		desk.drafts.set(ana.id, "first");
		let take = (): void => undefined;
		bridge.answer(
			"messages.send",
			() => new Promise((resolve) => (take = () => resolve(ok({ entries: [] })))),
		);
		const sent = desk.sending.send(ana.id, ["first"]);
		expect(desk.drafts.text(ana.id)).toBe("first");
		expect(await desk.sending.send(ana.id, ["first"])).toBe(false);
		desk.drafts.set(ana.id, "first and more");
		take();
		expect(await sent).toBe(true);
		expect(desk.drafts.text(ana.id)).toBe(" and more");
		expect(bridge.inputsOf("messages.send")).toHaveLength(1);
	});
	test("a refused text stays where it was, with the reason", async () => {
		desk.drafts.set(ana.id, "keep me");
		bridge.answer("messages.send", () => failed({ code: "account.offline" }));
		expect(await desk.sending.send(ana.id, ["keep me"])).toBe(false);
		expect(desk.drafts.text(ana.id)).toBe("keep me");
		expect(desk.sending.problem?.error.code).toBe("account.offline");
	});
	test("every bubble has its own id", async () => {
		await desk.sending.send(ana.id, ["a", "b", "c"]);
		const ids = bridge.inputsOf("messages.send")[0]?.parts.map((part) => part.clientId);
		expect(new Set(ids).size).toBe(3);
	});
	const to = (address: string): Beginning => ({
		accountId: ana.accountId,
		addresses: [address],
		name: null,
		lineId: null,
	});
	test("a new message whose conversation cannot start keeps its text", async () => {
		desk.drafts.newMessage = "hello";
		bridge.fail("conversations.start", { code: "peer.badAddress" });
		expect(await desk.startAndSend(to("x"), ["hello"])).toEqual({
			code: "peer.badAddress",
		});
		expect(desk.drafts.newMessage).toBe("hello");
	});
	test("a new message that is refused joins the draft that was there", async () => {
		desk.drafts.set(ana.id, "older draft");
		desk.drafts.newMessage = "hello";
		bridge.answer("conversations.start", () => ok({ conversationId: ana.id }));
		bridge.fail("messages.send", { code: "internal" });
		await desk.startAndSend(to("5044"), ["hello"]);
		expect(desk.drafts.text(ana.id)).toBe("older draft\nhello");
	});
});

describe("announcing", () => {
	beforeEach(async () => {
		bridge.timelines.set(ana.id, [
			message(ana, "old", at(9, 0)),
			message(ana, "mine", at(9, 1), "sending"),
		]);
		desk.openConversation(ana.id);
		await settled();
	});
	test("history is never read out", () => {
		surroundings.advance(1000);
		expect(desk.announcer.text).toBe("");
	});
	test("one message is said whole, several as a number, and the region empties", () => {
		bridge.change({
			type: "entries",
			conversationId: ana.id,
			entries: [message(ana, "Hello", sample.now)],
		});
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("Ana Martins: Hello");
		for (let count = 0; count < 10; count += 1)
			bridge.change({
				type: "entries",
				conversationId: ana.id,
				entries: [message(ana, "x", sample.now)],
			});
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("10 new messages from Ana Martins");
		surroundings.advance(7000);
		expect(desk.announcer.text).toBe("");
	});
	test("while many come, one sentence in a while says how many", () => {
		const batch = (count: number): void =>
			bridge.change({
				type: "entries",
				conversationId: ana.id,
				entries: Array.from({ length: count }, () => message(ana, "x", sample.now)),
			});
		batch(12);
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("12 new messages from Ana Martins");
		for (let second = 0; second < 3; second += 1) {
			batch(100);
			surroundings.advance(1000);
			expect(desk.announcer.text).toBe("12 new messages from Ana Martins");
		}
		surroundings.advance(1000);
		expect(desk.announcer.text).toBe("300 new messages from Ana Martins");
	});
	test("from many conversations only their number is said", () => {
		const others = desk.conversations.list
			.filter((conversation) => conversation.id !== ana.id)
			.slice(0, 5);
		bridge.change(
			...others
				.filter((conversation) => !conversation.muted)
				.map((conversation) => changed(conversation, { unread: conversation.unread + 2 })),
		);
		surroundings.advance(600);
		expect(desk.announcer.text).toMatch(/8 new messages in 4 conversations$/u);
	});
	test("two changes of one frame count once", () => {
		const will = sample.people[1];
		if (will === undefined) throw new Error("sample");
		bridge.change(changed(will, { unread: 4 }), changed(will, { unread: 5 }));
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("2 new messages from Will Clark");
	});
	test("older pages and repeated changes say nothing", async () => {
		const entry = message(ana, "Hello", sample.now);
		bridge.change({ type: "entries", conversationId: ana.id, entries: [entry] });
		surroundings.advance(8000);
		bridge.change({ type: "entries", conversationId: ana.id, entries: [entry] });
		await desk.thread.page("older");
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("");
	});
	test("an entry that stands before the newest one is history", () => {
		const earlier = message(ana, "from before", at(8, 0));
		bridge.change({
			type: "entries",
			conversationId: ana.id,
			entries: [message(ana, "now", sample.now)],
		});
		surroundings.advance(8000);
		bridge.change({ type: "entries", conversationId: ana.id, entries: [earlier] });
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("");
	});
	test("another conversation by its name only", () => {
		const will = sample.people[1];
		if (will === undefined) throw new Error("sample");
		bridge.change(changed(will, { unread: 5 }));
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("2 new messages from Will Clark");
	});
	test("who wants to talk, once, also in the open conversation; nothing of a muted one", () => {
		const [, will, nadia] = sample.people;
		if (will === undefined || nadia === undefined) throw new Error("sample");
		bridge.change(changed(ana, { live: nadia.live }));
		bridge.change(changed(ana, { live: nadia.live, unread: 0 }));
		bridge.change(changed(will, { unread: 9, muted: true, live: nadia.live }));
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("Ana Martins wants to talk to you.");
	});
	test("a call that was answered meanwhile is not told", () => {
		const nadia = sample.people[2];
		if (nadia === undefined) throw new Error("sample");
		bridge.change(changed(ana, { live: nadia.live }));
		bridge.change(changed(ana, {}));
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("");
	});
	test("a failure with its reason, once", () => {
		const mine = desk.thread.entries[1];
		if (mine?.kind !== "message") throw new Error("sample");
		const change = {
			type: "entries",
			conversationId: ana.id,
			entries: [
				{ ...mine, delivery: sample.delivery("failed", { problem: { code: "genesys.noAnswer" } }) },
			],
		} as const;
		bridge.change(change);
		bridge.change(change);
		surroundings.advance(600);
		expect(desk.announcer.text).toBe("Not delivered. Nobody answered. The text was not sent.");
	});
});

describe("directory search", () => {
	test("asks once after a pause and drops a late answer", async () => {
		const answers: ((name: string) => void)[] = [];
		bridge.answer(
			"directory.search",
			() =>
				new Promise((resolve) =>
					answers.push((name) =>
						resolve(
							ok({
								contacts: [
									{
										name,
										address: "1",
										detail: "",
										presence: "unknown",
										presenceLabel: null,
										id: null,
									},
								],
								more: false,
							}),
						),
					),
				),
		);
		const { directory } = desk;
		directory.search(ana.accountId, "a");
		directory.search(ana.accountId, "an");
		surroundings.advance(250);
		directory.search(ana.accountId, "ana");
		surroundings.advance(250);
		answers[1]?.("new");
		await settled();
		answers[0]?.("stale");
		await settled();
		expect(bridge.inputsOf("directory.search").map((input) => input.query)).toEqual(["an", "ana"]);
		expect(directory.contacts[0]?.name).toBe("new");
	});
	test("only a search that takes its time is told", async () => {
		let answer = (): void => undefined;
		bridge.answer(
			"directory.search",
			() =>
				new Promise((resolve) => {
					answer = () => resolve(ok({ contacts: [], more: false }));
				}),
		);
		const { directory } = desk;
		directory.search(ana.accountId, "an");
		surroundings.advance(250);
		expect(directory.phase).toBe("idle");
		answer();
		await settled();
		expect(directory.phase).toBe("done");
		directory.search(ana.accountId, "ann");
		expect(directory.phase).toBe("idle");
		surroundings.advance(400);
		expect(directory.phase).toBe("searching");
		answer();
		await settled();
		surroundings.advance(1000);
		expect(directory.phase).toBe("done");
	});
	test("an empty box asks nothing and shows nothing", () => {
		desk.directory.search(ana.accountId, "ana");
		desk.directory.search(ana.accountId, "  ");
		surroundings.advance(500);
		expect(bridge.inputsOf("directory.search")).toEqual([]);
		expect(desk.directory.phase).toBe("idle");
	});
});

describe("what is looked at", () => {
	beforeEach(async () => {
		bridge.timelines.set(ana.id, [message(ana, "Hello", at(9, 0))]);
		bridge.change(changed(ana, { unread: 1 }));
		desk.openConversation(ana.id);
		await settled();
	});
	test("is reported once, and read at the end of an attentive window", () => {
		desk.reportViewing();
		desk.reportViewing();
		expect(bridge.inputsOf("window.viewing")).toEqual([{ conversationId: ana.id, atEnd: true }]);
		expect(bridge.inputsOf("conversations.markRead")).toHaveLength(1);
	});
	test("is not read while the reader is further up, or the window has no keyboard", () => {
		desk.thread.setAtEnd(false);
		desk.reportViewing();
		expect(bridge.inputsOf("conversations.markRead")).toEqual([]);
		desk.thread.setAtEnd(true);
		surroundings.isAttentive = false;
		desk.attention.refresh();
		desk.reportViewing();
		expect(bridge.inputsOf("conversations.markRead")).toEqual([]);
		expect(bridge.inputsOf("window.viewing").at(-1)).toEqual({ conversationId: ana.id, atEnd: true });
	});
	test("is nothing while the window cannot be seen, or shows another page", () => {
		surroundings.isVisible = false;
		desk.attention.refresh();
		desk.reportViewing();
		expect(bridge.inputsOf("window.viewing").at(-1)).toEqual({ conversationId: null, atEnd: false });
		surroundings.isVisible = true;
		desk.attention.refresh();
		desk.openSettings("general");
		desk.reportViewing();
		expect(bridge.inputsOf("window.viewing").at(-1)).toEqual({ conversationId: null, atEnd: false });
	});
	test("presence is asked for those on screen only, and for nobody while hidden", () => {
		desk.presence.show("thread", [{ accountId: ana.accountId, address: "5044" }]);
		desk.presence.show("directory", [{ accountId: ana.accountId, address: "5071" }]);
		surroundings.advance(300);
		expect(bridge.inputsOf("directory.watch")).toEqual([
			{ accountId: ana.accountId, addresses: ["5044", "5071"] },
		]);
		surroundings.isVisible = false;
		desk.presence.refresh();
		surroundings.advance(300);
		expect(bridge.inputsOf("directory.watch").at(-1)).toEqual({
			accountId: ana.accountId,
			addresses: [],
		});
	});
});

test("a setting shows at once and is taken back when it cannot be kept", async () => {
	bridge.fail("settings.patch", { code: "settings.unwritable" });
	const patched = desk.preferences.patch({ theme: "dark" });
	expect(desk.preferences.settings?.theme).toBe("dark");
	await patched;
	expect(desk.preferences.settings?.theme).toBe("system");
	expect(desk.preferences.problem?.code).toBe("settings.unwritable");
});
