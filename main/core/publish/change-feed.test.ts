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
