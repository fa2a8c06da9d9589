import { flushSync } from "svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { ok } from "../../shared/errors.ts";
import { english } from "../../shared/i18n/catalog.ts";
import type { Conversation, Entry } from "../../shared/model.ts";
import { arrivalOrder } from "../../shared/order.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import * as sample from "../testing/samples.ts";
import { FakeSurroundings } from "../testing/surroundings.ts";
import { Desk } from "./desk.svelte.ts";

const { ana, at, message } = sample;
let bridge: FakeBridge;
let surroundings: FakeSurroundings;
let desk: Desk;

const settled = async (): Promise<void> => {
	for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
	flushSync();
};
const many = (count: number, from = at(8, 0)): Entry[] =>
	Array.from({ length: count }, (_, index) => message(ana, `text ${String(index)}`, from + index * 1000));
const arrives = (...entries: Entry[]): void =>
	bridge.change({ type: "entries", conversationId: ana.id, entries });
const texts = (): string[] =>
	desk.thread.entries.map((entry) => (entry.kind === "message" ? entry.text : entry.kind));
/** Opens Ana's conversation with this timeline. */
async function open(timeline: readonly Entry[], changes: Partial<Conversation> = {}): Promise<void> {
	const people = sample.people.map((person) => (person.id === ana.id ? { ...ana, ...changes } : person));
	bridge = new FakeBridge(sample.snapshot({ conversations: people }));
	bridge.timelines.set(ana.id, timeline);
	surroundings = new FakeSurroundings();
	desk = new Desk(bridge, surroundings, new AbortController().signal);
	desk.i18n.catalogue = english;
	await desk.start();
	desk.openConversation(ana.id);
	await settled();
}

describe("paging", () => {
	const look = (index: number): void => {
		const id = desk.thread.entries.at(index)?.id;
		desk.thread.sight = id === undefined ? null : { first: id, last: id };
	};
	test("goes to the beginning and knows it", async () => {
		await open(many(130));
		expect(desk.thread.entries).toHaveLength(60);
		await desk.thread.page("older");
		await desk.thread.page("older");
		expect(texts()[0]).toBe("text 0");
		expect(desk.thread.hasOlder).toBe(false);
		await desk.thread.page("older");
		expect(bridge.inputsOf("conversations.page")).toHaveLength(2);
	});
	test("goes back and forth over an endless timeline in a window of limited size", async () => {
		await open(many(900));
		desk.thread.setAtEnd(false);
		for (let page = 0; page < 14; page += 1) {
			look(0);
			await desk.thread.page("older");
			expect(desk.thread.entries.length).toBeLessThanOrEqual(180);
		}
		expect(texts()[0]).toBe("text 0");
		expect(desk.thread.hasNewer).toBe(true);
		for (let page = 0; page < 14; page += 1) {
			look(-1);
			await desk.thread.page("newer");
			expect(desk.thread.entries.length).toBeLessThanOrEqual(180);
		}
		expect(texts().at(-1)).toBe("text 899");
		expect(desk.thread).toMatchObject({ hasNewer: false, hasOlder: true });
	});
	test("a message that comes while the last newer page is on its way is not lost", async () => {
		await open(many(900));
		desk.thread.setAtEnd(false);
		for (let page = 0; page < 3; page += 1) {
			look(0);
			await desk.thread.page("older");
		}
		const { entries } = desk.thread;
		const newest = entries.at(-1);
		if (newest === undefined) throw new Error("sample");
		const all = bridge.timelines.get(ana.id) ?? [];
		const rest = all.filter((entry) => entry.order > newest.order);
		let answer = (): void => undefined;
		bridge.answer(
			"conversations.page",
			() =>
				new Promise((resolve) => {
					const value = { entries: rest, hasOlder: true, hasNewer: false, problem: null };
					answer = () => resolve(ok(value));
				}),
		);
		look(-1);
		const paged = desk.thread.page("newer");
		arrives(message(ana, "meanwhile", sample.now));
		expect(texts()).not.toContain("meanwhile");
		answer();
		await paged;
		expect(texts().at(-1)).toBe("meanwhile");
		expect(desk.thread.newBelow).toBe(1);
	});
	test("what the server could not give is said, and asked for again only by the person", async () => {
		await open(many(70));
		bridge.answer("conversations.page", () =>
			ok({ entries: [], hasOlder: true, hasNewer: true, problem: { code: "network.timeout" } }),
		);
		await desk.thread.page("older");
		expect(desk.thread.pageProblem.older?.code).toBe("network.timeout");
		expect(desk.thread.hasOlder).toBe(true);
		bridge.fail("conversations.page", { code: "internal" });
		await desk.thread.page("older");
		expect(desk.thread.pageProblem.older?.code).toBe("internal");
	});
	test("while following, the oldest go; what was let go comes back by paging", async () => {
		await open(many(60));
		for (let batch = 0; batch < 5; batch += 1) arrives(...many(60, sample.now + batch * 100_000));
		expect(desk.thread.entries).toHaveLength(180);
		expect(desk.thread).toMatchObject({ hasOlder: true, hasNewer: false });
	});
	test("nothing goes while text is selected", async () => {
		await open(many(60));
		desk.thread.mayTrim = () => false;
		arrives(...many(200, sample.now));
		expect(desk.thread.entries).toHaveLength(260);
	});
});

describe("opening", () => {
	test("an answer to an earlier opening is dropped, changes during loading are kept", async () => {
		await open(many(2));
		const will = sample.people[1];
		if (will === undefined) throw new Error("sample");
		bridge.timelines.set(will.id, [message(will, "for Will", at(9, 0))]);
		desk.openConversation(sample.people[2]?.id ?? will.id);
		desk.openConversation(will.id);
		bridge.emit("changes", {
			revision: 90,
			at: 0,
			changes: [
				{
					type: "entries",
					conversationId: will.id,
					entries: [message(will, "while loading", at(9, 1))],
				},
			],
		});
		await settled();
		expect(texts()).toEqual(["for Will", "while loading"]);
	});
	test("the open conversation is not asked for again", async () => {
		await open(many(2));
		desk.openConversation(ana.id);
		await settled();
		expect(bridge.inputsOf("conversations.open")).toHaveLength(1);
	});
	test("a refused opening says why and can be tried again", async () => {
		await open(many(2));
		const will = sample.people[1];
		if (will === undefined) throw new Error("sample");
		bridge.fail("conversations.open", { code: "conversation.notFound" });
		desk.openConversation(will.id);
		await settled();
		expect(desk.thread.phase).toBe("failed");
		bridge.answer("conversations.open", () =>
			ok({ conversation: will, entries: [], hasOlder: false, hasNewer: false }),
		);
		await desk.thread.reload();
		expect(desk.thread.phase).toBe("ready");
	});
	test("begins at the first unread message, also far back", async () => {
		const timeline = many(300);
		const first = timeline[100];
		await open(timeline, { unread: 200, firstUnread: first?.id ?? null });
		expect(desk.thread.dividerBefore).toBe(first?.id);
		expect(desk.thread.entries.some((entry) => entry.id === first?.id)).toBe(true);
		expect(desk.thread).toMatchObject({ hasNewer: true, atEnd: false, destination: { to: "unread" } });
	});
	test("for one message brings it and marks it; when it is here already nothing is asked", async () => {
		const timeline = many(300);
		await open(timeline);
		const wanted = timeline[50];
		if (wanted === undefined) throw new Error("sample");
		desk.openConversation(ana.id, wanted.id);
		await settled();
		expect(desk.thread.found).toBe(wanted.id);
		expect(desk.thread.destination).toEqual({ to: "entry", id: wanted.id });
		expect(desk.thread.hasNewer).toBe(true);
		const other = timeline[55];
		desk.openConversation(ana.id, other?.id);
		expect(desk.thread.found).toBe(other?.id);
		expect(bridge.inputsOf("conversations.open")).toHaveLength(2);
	});
});

describe("arrivals", () => {
	test("applying one change twice changes nothing", async () => {
		await open(many(2));
		const entry = message(ana, "once", at(9, 0));
		arrives(entry);
		arrives(entry);
		expect(desk.thread.entries).toHaveLength(3);
	});
	test("below the eye they are counted once, our own are not, and the end forgets them", async () => {
		await open(many(2));
		desk.thread.setAtEnd(false);
		const entry = message(ana, "a", sample.now);
		arrives(entry, message(ana, "mine", sample.now, "sent"));
		arrives(entry);
		expect(desk.thread.newBelow).toBe(1);
		desk.thread.setAtEnd(true);
		expect(desk.thread.newBelow).toBe(0);
	});
	test("far back they are only counted, and the way to them brings them", async () => {
		const timeline = many(300);
		await open(timeline, { unread: 250, firstUnread: timeline[50]?.id ?? null });
		arrives(message(ana, "new 1", sample.now), message(ana, "new 2", sample.now));
		expect(desk.thread.newBelow).toBe(2);
		expect(texts()).not.toContain("new 1");
		await desk.thread.toNewest();
		expect(texts().slice(-2)).toEqual(["new 1", "new 2"]);
		expect(desk.thread).toMatchObject({ newBelow: 0, hasNewer: false, destination: { to: "end" } });
	});
	test("what the server found of an earlier time is no news", async () => {
		await open(many(20));
		desk.thread.setAtEnd(false);
		arrives(message(ana, "from a gap", at(8, 0) + 500));
		expect(texts()[1]).toBe("from a gap");
		expect(desk.thread.newBelow).toBe(0);
	});
	test("a text of ours on a clock that is ahead does not hide what comes after", async () => {
		await open([...many(2), message(ana, "mine", sample.now + 300_000, "queued")]);
		desk.thread.setAtEnd(false);
		arrives(message(ana, "answer", sample.now));
		expect(desk.thread.newBelow).toBe(1);
	});
	test("a text that is given the server's time moves there", async () => {
		const mine = message(ana, "mine", at(8, 0) + 1500, "sending");
		await open([...many(3), mine]);
		expect(texts()).toEqual(["text 0", "text 1", "mine", "text 2"]);
		arrives({ ...mine, order: arrivalOrder(at(9, 0), 1, null), delivery: sample.delivery("sent") });
		expect(texts().at(-1)).toBe("mine");
	});
});

describe("a hundred messages a second", () => {
	test("are one update a frame, and an answer never overtakes what came before it", async () => {
		await open(many(2));
		surroundings.holdsFrames = true;
		arrives(message(ana, "first", sample.now));
		const mine = message(ana, "mine", sample.now, "queued");
		arrives(mine);
		arrives(message(ana, "second", sample.now + 1));
		expect(texts().at(-1)).toBe("first");
		surroundings.drawFrame();
		expect(texts().slice(-2)).toEqual(["mine", "second"]);
		arrives({ ...mine, delivery: sample.delivery("sending") });
		const sent = { ...mine, delivery: sample.delivery("sent") };
		bridge.answer("messages.send", () => ok({ entries: [sent] }));
		await desk.sending.send(ana.id, ["x"]);
		surroundings.drawFrame();
		expect(desk.thread.entries.find((entry) => entry.id === mine.id)).toMatchObject({
			delivery: { state: "sent" },
		});
	});
	test("nothing waits while it is quiet", async () => {
		await open(many(2));
		surroundings.holdsFrames = true;
		arrives(message(ana, "a", sample.now));
		surroundings.drawFrame();
		arrives(message(ana, "b", sample.now + 1));
		expect(texts().at(-1)).toBe("b");
	});
});

describe("unread", () => {
	const unreadNow = (unread: number, firstUnread: Entry | undefined): void =>
		bridge.change({
			type: "conversation",
			conversation: { ...ana, unread, firstUnread: firstUnread?.id ?? null },
		});
	const marks = (): (string | undefined)[] => {
		desk.reportViewing();
		return bridge.inputsOf("conversations.markRead").map((input) => input.upTo);
	};
	let timeline: Entry[];
	beforeEach(async () => {
		timeline = many(50);
		await open(timeline);
	});
	test("at the end everything is read, and no more often than the pause allows", () => {
		const [came, next] = [message(ana, "came", sample.now), message(ana, "next", sample.now + 1)];
		arrives(came);
		unreadNow(1, came);
		expect(marks()).toEqual([came.id]);
		arrives(next);
		unreadNow(1, next);
		expect(marks()).toEqual([came.id]);
		surroundings.advance(250);
		expect(marks()).toEqual([came.id, next.id]);
	});
	test("further up, what was whole on screen is read; never what stands below it", () => {
		desk.thread.setAtEnd(false);
		unreadNow(20, timeline[30]);
		const [above, within] = [timeline[20], timeline[35]];
		if (above?.kind !== "message" || within?.kind !== "message") throw new Error("sample");
		desk.thread.readTo = above;
		expect(marks()).toEqual([]);
		desk.thread.readTo = within;
		expect(marks()).toEqual([within.id]);
	});
	test("nothing is read while the window is not in front", () => {
		surroundings.isAttentive = false;
		desk.attention.refresh();
		unreadNow(1, timeline[49]);
		expect(marks()).toEqual([]);
	});
	test("what comes while nobody looks begins under a divider", () => {
		surroundings.isAttentive = false;
		desk.attention.refresh();
		const [came, next] = [message(ana, "came", sample.now), message(ana, "next", sample.now + 1)];
		arrives(came);
		arrives(next);
		expect(desk.thread.dividerBefore).toBe(came.id);
	});
	test("a message that was marked unread stays so until one comes back or writes", async () => {
		const from = timeline[40];
		expect(await desk.thread.markUnread(ana.id, from?.id ?? null)).toBeNull();
		expect(bridge.inputsOf("conversations.markUnread")).toEqual([
			{ conversationId: ana.id, from: from?.id },
		]);
		unreadNow(10, from);
		expect(desk.thread.dividerBefore).toBe(from?.id);
		expect(marks()).toEqual([]);
		expect(bridge.inputsOf("window.viewing").at(-1)).toEqual({ conversationId: ana.id, atEnd: false });
		desk.openConversation(ana.id);
		expect(marks()).toHaveLength(1);
	});
	test("the divider goes when one answers", async () => {
		await desk.thread.markUnread(ana.id, timeline[40]?.id ?? null);
		desk.thread.follow();
		expect(desk.thread).toMatchObject({ dividerBefore: null, keptUnread: false });
	});
});
