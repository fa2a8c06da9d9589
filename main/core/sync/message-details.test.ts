import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId } from "../../../shared/ids.ts";
import type { MessageEntry } from "../../../shared/model.ts";
import { plainThread } from "../../../shared/threads.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import type { ProviderEvent, RemoteFile } from "../ports/provider.ts";
import { accepted, account, doubtful, OutboxWorld } from "../testing/outbox-world.ts";
import { settle } from "../testing/virtual-clock.ts";

type Own = Extract<ProviderEvent, { type: "ownMessage" }>;
type Message = Extract<ProviderEvent, { type: "message" }>;

const plain = { peer: "5001", stretch: null, at: 1000 } as const;

function own(remoteId: string, more: Partial<Own> = {}): Own {
	return { ...plain, type: "ownMessage", text: remoteId, remoteId, ...more };
}

function message(remoteId: string, more: Partial<Message> = {}): Message {
	return { ...plain, type: "message", text: remoteId, remoteId, catchUp: false, ...more };
}

function file(ref: string): RemoteFile {
	return { ref, type: "image/png", name: null, bytes: 10, width: null, height: null };
}

function world(): OutboxWorld {
	return new OutboxWorld(memoryStore());
}

async function entries(it: OutboxWorld): Promise<readonly MessageEntry[]> {
	const record = it.book.byPeer(account.id, "5001");
	if (record === null) return [];
	const { entries: all } = await it.book.store.page(record.id, { kind: "newest" }, 100);
	return all.filter((entry) => entry.kind === "message");
}

/** Writes that reach the store from now on. */
function countWrites(it: OutboxWorld): () => number {
	const { store } = it.book;
	const write = store.write.bind(store);
	let writes = 0;
	store.write = (one) => {
		writes += 1;
		return write(one);
	};
	return () => writes;
}

test("files that come with a message are kept with how they are found, and stay on the server until somebody looks", async () => {
	const it = world();
	await it.hear(message("m1", { files: [file("a"), file("b")], author: "Ben" }));
	const [entry] = await entries(it);
	expect(entry).toMatchObject({ author: "Ben", details: { sender: null, deliveryWords: null } });
	expect(entry?.details?.attachments).toMatchObject([
		{ type: "image/png", bytes: 10, state: "there", problem: null },
		{ type: "image/png", state: "there" },
	]);
	const stored = entry === undefined ? [] : await it.book.store.mediaOf(entry.id);
	expect(stored.map(({ ref, bytes }) => [ref, bytes])).toEqual([
		["a", null],
		["b", null],
	]);
});

test("told again, a message is not stored again; only another way to its files is, and nothing else writes", async () => {
	const it = world();
	await it.hear(message("m1", { files: [file("a")] }));
	const writes = countWrites(it);
	await it.hear(message("m1", { files: [file("a")] }));
	expect(writes()).toBe(0);
	await it.hear(message("m1", { files: [file("renewed")] }));
	expect(writes()).toBe(1);
	const [entry, ...more] = await entries(it);
	expect(more).toEqual([]);
	const stored = entry === undefined ? [] : await it.book.store.mediaOf(entry.id);
	expect(stored.map(({ ref }) => ref)).toEqual(["renewed"]);
});

test("each step of a delivery changes words and state, and the same step again writes nothing", async () => {
	const it = world();
	await it.hear(own("r1", { words: "Queued", sender: "Eva" }));
	const writes = countWrites(it);
	await it.hear(own("r1", { words: "Queued", sender: "Eva" }));
	expect(writes()).toBe(0);
	await it.hear(own("r1", { words: "Message Delivered", sender: "Eva", state: "delivered" }));
	await it.hear(own("r1", { words: "Message Delivered", sender: "Eva", state: "delivered" }));
	expect(writes()).toBe(1);
	expect(await entries(it)).toMatchObject([
		{ delivery: { state: "delivered" }, details: { deliveryWords: "Message Delivered", sender: "Eva" } },
	]);
});

test("a message that failed on the server says why, in its words, and whether it may be tried again", async () => {
	const it = world();
	const problem = appError("message.deliveryFailed", { detail: "30007" });
	await it.hear(own("r1"), own("r1", { state: "failed", problem, retryAllowed: true, words: "Filtered" }));
	expect(await entries(it)).toMatchObject([
		{
			delivery: { state: "failed", problem, retryAllowed: true },
			details: { deliveryWords: "Filtered" },
		},
	]);
	await it.hear(own("r1", { state: "failed", problem, retryAllowed: false, words: "Filtered" }));
	expect(await entries(it)).toMatchObject([{ delivery: { state: "failed", retryAllowed: false } }]);
	await it.hear(own("r2", { state: "failed" }));
	expect((await entries(it))[1]?.delivery).toMatchObject({
		problem: { code: "message.deliveryFailed" },
		retryAllowed: false,
	});
});

test("a text of ours that failed after it was delivered is failed, and the person is told once", async () => {
	const it = world();
	const told: string[] = [];
	it.onSendProblem = (entry) => void told.push(entry.text);
	await it.write("5001", "hello");
	await it.answer("hello", { kind: "accepted", remoteId: "r1", at: 1000 });
	const clientId = "hello" as ClientMessageId;
	await it.hear(own("r1", { text: "hello", clientId, state: "delivered" }));
	await it.hear(own("r1", { text: "hello", clientId, state: "failed", retryAllowed: true }));
	await it.hear(own("r1", { text: "hello", clientId, state: "failed", retryAllowed: true }));
	expect(await it.state("hello")).toBe("failed");
	expect(told).toEqual(["hello"]);
});

test("the system's own retry: the same message, and that it had failed is no news while it is tried", async () => {
	const it = world();
	it.remedies = { history: true, idempotentSend: false, retries: true };
	await it.write("5001", "hello");
	await it.answer("hello", { kind: "accepted", remoteId: "r1", at: 1000 });
	const failed = own("r1", { text: "hello", state: "failed", retryAllowed: true, words: "Undelivered" });
	await it.hear(failed);
	expect(await it.outbox.requeue(await it.id("hello"), "retry")).toBe(true);
	await settle();
	expect((await it.entry("hello"))?.details).toBeNull();
	await it.hear(failed);
	expect(await it.state("hello")).toBe("sending");
	expect(it.sent.map(({ retryOf }) => retryOf)).toEqual([null, "r1"]);
	await it.answer("hello", { kind: "accepted", remoteId: "r1", at: 1000 });
	expect(await it.state("hello")).toBe("sent");
});

test("a message that was written elsewhere is tried again only as the message that it is", async () => {
	const it = world();
	await it.hear(own("r1", { state: "failed", retryAllowed: true }));
	const [entry] = await entries(it);
	if (entry === undefined) throw new Error("no message");
	expect(await it.outbox.requeue(entry.id, "retry")).toBe(false);
	it.remedies = { history: true, idempotentSend: false, retries: true };
	expect(await it.outbox.requeue(entry.id, "retry")).toBe(true);
	await settle();
	expect(it.sent).toMatchObject([{ retryOf: "r1", text: "r1", peer: "5001" }]);
	it.flights[0]?.answer(accepted);
	await settle();
	expect((await entries(it))[0]).toMatchObject({ clientId: null, delivery: { state: "sent" } });
});

test("a failed text that is sent once more as a new message is that message from then on", async () => {
	const it = world();
	await it.write("5001", "hello");
	await it.answer("hello", { kind: "accepted", remoteId: "r1", at: 1000 });
	await it.hear(own("r1", { text: "hello", state: "failed", retryAllowed: true }));
	await it.outbox.requeue(await it.id("hello"), "retry");
	await it.answer("hello", { kind: "accepted", remoteId: "r2", at: 2000 });
	await it.hear(own("r2", { text: "hello", at: 2000, state: "delivered" }));
	expect(await entries(it)).toMatchObject([{ remoteId: "r2", delivery: { state: "delivered" } }]);
});

test("a message that was to be sent later has been sent when it is told without a time", async () => {
	const it = world();
	await it.hear(own("r1", { scheduledAt: 9000 }));
	expect((await entries(it))[0]?.details?.scheduledAt).toBe(9000);
	await it.hear(own("r1", { state: "delivered" }));
	expect((await entries(it))[0]).toMatchObject({ details: null, delivery: { state: "delivered" } });
});

test("files that the server puts to a text of ours (a saved reply's) are added to it; ours stay as they are", async () => {
	const it = world();
	await it.write("5001", "hello");
	await it.answer("hello", doubtful);
	await it.hear(own("r1", { text: "hello", at: it.clock.now(), files: [file("reply")] }));
	const entry = await it.entry("hello");
	expect(entry?.details?.attachments).toHaveLength(1);
	const stored = entry === null ? [] : await it.book.store.mediaOf(entry.id);
	expect(stored.map(({ ref }) => ref)).toEqual(["reply"]);
	await it.hear(own("r1", { text: "hello", at: it.clock.now(), files: [file("reply")] }));
	expect((await it.entry("hello"))?.details?.attachments).toHaveLength(1);
});

test("a thread is told before its first message, whole, and changes only what is different", async () => {
	const it = world();
	const facts = plainThread("sms");
	const thread = {
		type: "thread",
		peer: "5001",
		address: "+15550100199",
		formatted: "(555) 010-0199",
		name: "Ann",
		facts,
	} as const;
	await it.hear(thread);
	const record = it.book.byPeer(account.id, "5001");
	expect(record).toMatchObject({
		address: "+15550100199",
		formatted: "(555) 010-0199",
		name: "Ann",
		thread: facts,
		unread: 0,
		lastActivity: it.clock.now(),
		preview: null,
	});
	const writes = countWrites(it);
	await it.hear(thread);
	await it.hear({ ...thread, name: null });
	expect(writes()).toBe(0);
	await it.hear({ ...thread, facts: { ...facts, closed: true } });
	expect(it.book.byPeer(account.id, "5001")?.thread?.closed).toBe(true);
	expect(writes()).toBe(1);
});

test("a thread that is gone keeps what was written, and says that nothing more can be sent", async () => {
	const it = world();
	await it.hear({ type: "threadGone", peer: "5001" });
	expect(it.book.records()).toEqual([]);
	await it.hear(message("m1"), { type: "threadGone", peer: "5001" });
	expect(it.book.byPeer(account.id, "5001")?.thread).toMatchObject({
		actions: [],
		refusal: { code: "conversation.gone" },
	});
	expect(await entries(it)).toHaveLength(1);
});

test("lines of the system stand in the timeline once, and are no unread message", async () => {
	const it = world();
	const notice = { type: "notice", peer: "5001", text: "Ben joined", remoteId: "n1", at: 500 } as const;
	await it.hear(notice, message("m1"));
	await it.hear(notice);
	const record = it.book.byPeer(account.id, "5001");
	const page = record === null ? null : await it.book.store.page(record.id, { kind: "newest" }, 10);
	expect(page?.entries.map(({ kind }) => kind)).toEqual(["notice", "message"]);
	expect(record?.unread).toBe(1);
});
