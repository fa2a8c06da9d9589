import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { DeliveryState } from "../../../shared/model.ts";
import type { ConversationRecord, NewEntry } from "../../core/ports/stores.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";

const here = "conversation" as ConversationId;

function record(
	id: ConversationId = here,
	address = "5001",
	accountId = "account" as AccountId,
): ConversationRecord {
	return {
		id,
		accountId,
		system: "genesys",
		address,
		name: null,
		lastActivity: 0,
		unread: 0,
		firstUnread: null,
		draft: "",
		muted: false,
		preview: null,
	};
}

function text(
	id: string,
	more: { clientId?: string; state?: DeliveryState; conversationId?: ConversationId } = {},
): NewEntry {
	const { state } = more;
	return {
		id: id as EntryId,
		conversationId: more.conversationId ?? here,
		kind: "message",
		direction: state === undefined ? "in" : "out",
		clientId: (more.clientId ?? null) as ClientMessageId | null,
		text: id,
		author: "",
		delivery:
			state === undefined
				? null
				: { state, since: 0, queueReason: null, problem: null, retryAllowed: false },
		at: 0,
		localTime: true,
	};
}

const ids = (entries: readonly { readonly id: EntryId }[]): string[] => entries.map(({ id }) => id);

test("entries get rising places in the order given, and pages walk back through them", async () => {
	const store = new MemoryMessageStore();
	await store.write({ conversations: [record()], entries: ["a", "b", "c"].map((id) => text(id)) });
	await store.write({ entries: [text("d"), text("e")] });
	const newest = await store.page(here, null, 2);
	expect([ids(newest.entries), newest.hasOlder]).toEqual([["d", "e"], true]);
	const older = await store.page(here, newest.entries[0]?.sequence ?? 0, 10);
	expect([ids(older.entries), older.hasOlder]).toEqual([["a", "b", "c"], false]);
});

test("pages of any size, put together, are the whole timeline once", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.nat(40),
			fc.integer({ min: 1, max: 15 }),
			fc.array(fc.nat(39)),
			async (count, size, removed) => {
				const store = new MemoryMessageStore();
				const all = Array.from({ length: count }, (_one, index) => `m${String(index)}`);
				await store.write({ conversations: [record()], entries: all.map((id) => text(id)) });
				await store.write({ removed: removed.map((index) => `m${String(index)}` as EntryId) });
				const seen: string[] = [];
				for (let before: number | null = null; ;) {
					const page: Awaited<ReturnType<MemoryMessageStore["page"]>> = await store.page(
						here,
						before,
						size,
					);
					seen.unshift(...ids(page.entries));
					before = page.entries[0]?.sequence ?? 0;
					if (!page.hasOlder) break;
				}
				expect(seen).toEqual(all.filter((id) => !removed.includes(Number(id.slice(1)))));
			},
		),
	);
});

test("a client id that is known in the conversation is left out, and what is there is given", async () => {
	const store = new MemoryMessageStore();
	await store.write({
		conversations: [record()],
		entries: [text("a", { clientId: "one", state: "sent" })],
	});
	const again = await store.write({
		entries: [
			text("b", { clientId: "one", state: "queued" }),
			text("c", { clientId: "two", state: "queued" }),
		],
	});
	expect([ids(again.entries), again.added]).toEqual([["a", "c"], ["c"]]);
	expect((await store.byClientId("one" as ClientMessageId))?.id).toBe("a");
});

test("a refused write changes nothing at all", async () => {
	const store = new MemoryMessageStore();
	await store.write({ conversations: [record()], entries: [text("a")] });
	const refused = { patches: [{ id: here, patch: { unread: 9 } }], entries: [text("b"), text("a")] };
	await expect(store.write(refused)).rejects.toThrow("twice");
	await expect(
		store.write({ entries: [text("b"), text("x", { conversationId: "no" as ConversationId })] }),
	).rejects.toThrow();
	await expect(store.write({ conversations: [record("other" as ConversationId)] })).rejects.toThrow(
		"one address",
	);
	expect(ids((await store.page(here, null, 9)).entries)).toEqual(["a"]);
	expect((await store.conversation(here))?.unread).toBe(0);
});

test("deliveries, patches and removals of one write all take effect", async () => {
	const store = new MemoryMessageStore();
	await store.write({
		conversations: [record()],
		entries: [text("a", { state: "sending", clientId: "one" }), text("b")],
	});
	await store.write({
		deliveries: [
			{
				id: "a" as EntryId,
				delivery: { state: "sent", since: 1, queueReason: null, problem: null, retryAllowed: false },
			},
		],
		patches: [{ id: here, patch: { unread: 2, name: "Ann" } }],
		removed: ["b" as EntryId],
	});
	expect((await store.byClientId("one" as ClientMessageId))?.delivery?.state).toBe("sent");
	expect(await store.conversation(here)).toMatchObject({ unread: 2, name: "Ann" });
	expect(await store.entry("b" as EntryId)).toBeNull();
});

test("unsettled are the texts whose end is not known", async () => {
	const store = new MemoryMessageStore();
	const states: DeliveryState[] = [
		"queued",
		"waiting",
		"sending",
		"sent",
		"delivered",
		"failed",
		"unknown",
	];
	await store.write({
		conversations: [record()],
		entries: states.map((state) => text(state, { state, clientId: state })),
	});
	expect(ids(await store.unsettled())).toEqual(["queued", "waiting", "sending", "unknown"]);
	expect(await store.unsettled("other" as AccountId)).toEqual([]);
});

test("unread after an entry counts messages from the peer only", async () => {
	const store = new MemoryMessageStore();
	await store.write({
		conversations: [record()],
		entries: [text("a"), text("b", { state: "sent" }), text("c"), text("d")],
	});
	expect(await store.unreadAfter(here, "a" as EntryId)).toEqual({ count: 2, first: "c" });
	expect(await store.unreadAfter(here, "d" as EntryId)).toEqual({ count: 0, first: null });
});

test("removing an account takes its conversations and nobody else's", async () => {
	const store = new MemoryMessageStore();
	const there = "other" as ConversationId;
	await store.write({
		conversations: [record(), record(there, "5001", "second" as AccountId)],
		entries: [text("a", { clientId: "one", state: "sent" }), text("b", { conversationId: there })],
	});
	await store.removeAccount("account" as AccountId);
	expect((await store.conversations()).map(({ id }) => id)).toEqual([there]);
	expect(await store.entry("a" as EntryId)).toBeNull();
	expect(await store.byClientId("one" as ClientMessageId)).toBeNull();
	expect(await store.conversationByAddress("account" as AccountId, "5001")).toBeNull();
	expect(ids((await store.page(there, null, 9)).entries)).toEqual(["b"]);
});
