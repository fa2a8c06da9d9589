import { expect, test } from "vitest";
import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Payloads } from "../../../shared/ipc/contract.ts";
import type { Conversation, Entry } from "../../../shared/model.ts";
import { arrivalOrder } from "../../../shared/order.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { ChangeFeed } from "./change-feed.ts";

const id = "c" as ConversationId;
const conversation = (unread: number): Conversation => ({ id, unread }) as Conversation;
const entry = (name: string, sequence: number, at = 0): Entry =>
	({
		id: name as EntryId,
		conversationId: id,
		sequence,
		order: arrivalOrder(0, sequence, null),
		at,
		kind: "stretch",
		what: "started",
	}) as const;

function listen(): { clock: VirtualClock; feed: ChangeFeed; got: Payloads["changes"][] } {
	const clock = new VirtualClock();
	const feed = new ChangeFeed(clock);
	const got: Payloads["changes"][] = [];
	feed.subscribe((payload) => got.push(payload));
	return { clock, feed, got };
}

test("a thousand changes within a frame are one batch with the last state of each thing", async () => {
	const { clock, feed, got } = listen();
	for (let unread = 1; unread <= 1000; unread += 1)
		feed.publish({ type: "conversation", conversation: conversation(unread) });
	await clock.advance(15);
	expect(got).toEqual([]);
	await clock.advance(1);
	expect(got.map(({ revision, changes }) => [revision, changes])).toEqual([
		[1, [{ type: "conversation", conversation: conversation(1000) }]],
	]);
});

test("entries of a conversation are joined by id, in their places", async () => {
	const { clock, feed, got } = listen();
	feed.publish({ type: "entries", conversationId: id, entries: [entry("b", 2), entry("a", 1)] });
	feed.publish({ type: "entries", conversationId: id, entries: [entry("b", 2, 9), entry("c", 3)] });
	feed.publish({ type: "entryRemoved", conversationId: id, entryId: "a" as EntryId });
	await clock.advance(16);
	expect(got[0]?.changes).toEqual([
		{ type: "entries", conversationId: id, entries: [entry("b", 2, 9), entry("c", 3)] },
		{ type: "entryRemoved", conversationId: id, entryId: "a" },
	]);
});

test("a removed conversation is not brought back by an older change", async () => {
	const { clock, feed, got } = listen();
	feed.publish({ type: "conversation", conversation: conversation(1) });
	feed.publish({ type: "entries", conversationId: id, entries: [entry("a", 1)] });
	feed.publish({ type: "conversationRemoved", conversationId: id });
	await clock.advance(16);
	expect(got[0]?.changes).toEqual([{ type: "conversationRemoved", conversationId: id }]);
});

test("revisions rise by one a batch, and nothing is sent when nothing changed", async () => {
	const { clock, feed, got } = listen();
	feed.publish({ type: "practice", practice: true });
	await clock.advance(16);
	await clock.advance(1000);
	feed.publish({ type: "practice", practice: false });
	feed.flush();
	await clock.advance(1000);
	expect(got.map(({ revision }) => revision)).toEqual([1, 2]);
	expect(feed.revision).toBe(2);
	expect(clock.pending).toBe(0);
});

test("in a storm rows of the list wait 100 ms at most, messages do not, and nothing comes after what replaces it", async () => {
	const { clock, feed, got } = listen();
	const row = (number: number, unread: number) =>
		({
			type: "conversation",
			conversation: { ...conversation(unread), id: `c${String(number)}` as ConversationId },
		}) as const;
	const storm = (unread: number): void => {
		for (let number = 0; number < 30; number++) feed.publish(row(number, unread));
		feed.publish({ type: "entries", conversationId: id, entries: [entry(`e${String(unread)}`, unread)] });
	};
	let times = 0;
	for (; times < 20; times++) {
		storm(times);
		await clock.advance(16);
	}
	const rows = got.map(({ changes }) => changes.filter(({ type }) => type === "conversation").length);
	// 320 ms: at once, then every 100 ms; the messages of every frame went out in it.
	expect(rows.filter((count) => count > 0).length).toBeGreaterThanOrEqual(3);
	expect(rows.filter((count) => count > 0).length).toBeLessThanOrEqual(5);
	expect(got.flatMap(({ changes }) => changes.filter(({ type }) => type === "entries"))).toHaveLength(20);
	await clock.advance(100);
	const newest = got
		.flatMap(({ changes }) => changes.filter(({ type }) => type === "conversation"))
		.slice(-30);
	expect(newest).toEqual(Array.from({ length: 30 }, (_, number) => row(number, 19)));

	storm(100);
	await clock.advance(16);
	storm(101);
	feed.publish({ type: "practice", practice: true });
	await clock.advance(16);
	const last = got.at(-1)?.changes ?? [];
	expect([last.at(-1)?.type, last.filter(({ type }) => type === "conversation")]).toEqual([
		"practice",
		Array.from({ length: 30 }, (_, number) => row(number, 101)),
	]);
	const count = got.length;
	await clock.advance(500);
	expect(got).toHaveLength(count);
});
