import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import type { MessageEntry } from "../../../shared/model.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import { accepted, account, doubtful, OutboxWorld } from "../testing/outbox-world.ts";
import { clockSlackMs } from "./settle.ts";

/** What the server says of a message of ours, as seen by a client that did not send it. */
function own(
	text: string,
	more: Partial<Extract<ProviderEvent, { type: "ownMessage" }>> = {},
): ProviderEvent {
	return { type: "ownMessage", peer: "5001", text, remoteId: null, stretch: null, at: null, ...more };
}

/** Texts to 5001 that the server may or may not have. */
async function inDoubt(...clientIds: readonly string[]): Promise<OutboxWorld> {
	const world = new OutboxWorld(memoryStore());
	for (const clientId of clientIds) {
		await world.write("5001", clientId);
		await world.answer(clientId, doubtful);
	}
	return world;
}

async function texts(world: OutboxWorld): Promise<readonly MessageEntry[]> {
	const id = world.book.byPeer(account.id, "5001")?.id ?? ("" as ConversationId);
	const { entries } = await world.book.store.page(id, { kind: "newest" }, 100);
	return entries.filter((entry) => entry.kind === "message");
}

/** Text and state of everything in the conversation. */
async function shown(world: OutboxWorld): Promise<readonly string[]> {
	return (await texts(world)).map(({ text, delivery }) => `${text}: ${delivery?.state ?? "in"}`).sort();
}

test("the only text in doubt and the only own message with its words are one", async () => {
	const world = await inDoubt("hello");
	const at = world.clock.now() + 50;
	await world.hear(own("hello", { remoteId: "r1", at, state: "delivered" }));
	expect(await shown(world)).toEqual(["hello: delivered"]);
	expect(await world.entry("hello")).toMatchObject({ remoteId: "r1", at, localTime: false });
	// The same again, by push, poll and history.
	await world.hear(own("hello", { remoteId: "r1", at }), own("hello", { remoteId: "r1", at }));
	expect(await shown(world)).toEqual(["hello: delivered"]);
});

test("two texts in doubt with the same words: nothing is guessed, both stay in doubt", async () => {
	const doubles = new OutboxWorld(memoryStore());
	const made = await doubles.conversation("5001");
	const target = doubles.book.get(made);
	if (target === null) throw new Error("no conversation");
	for (const clientId of ["one", "two"] as ClientMessageId[]) {
		await doubles.outbox.write(target, [{ clientId, text: "same" }]);
		await doubles.answer(clientId, doubtful);
	}
	await doubles.hear(own("same", { remoteId: "r1", at: doubles.clock.now() }));
	expect(await shown(doubles)).toEqual(["same: sent", "same: unknown", "same: unknown"]);
	// What the server then says by its client id is certain, and the copy was that text all the time.
	await doubles.hear(
		own("same", { remoteId: "r1", at: doubles.clock.now(), clientId: "one" as ClientMessageId }),
	);
	expect(await shown(doubles)).toEqual(["same: sent", "same: unknown"]);
	expect(await doubles.entry("one")).toMatchObject({ remoteId: "r1", delivery: { state: "sent" } });
});

test("two own messages with the same words, in one batch or one after the other: no guess", async () => {
	const together = await inDoubt("ok");
	const at = together.clock.now();
	await together.hear(own("ok", { remoteId: "r1", at }), own("ok", { remoteId: "r2", at }));
	expect(await shown(together)).toEqual(["ok: sent", "ok: sent", "ok: unknown"]);

	// Sent from elsewhere while our own was on its way and in doubt twice over.
	const apart = await inDoubt("ok", "x");
	await apart.hear(own("ok", { remoteId: "r1", at: at + 5 }), own("ok", { remoteId: "r2", at: at + 6 }));
	await apart.hear(own("ok", { remoteId: "r3", at: at + 7 }));
	expect(await shown(apart)).toEqual(["ok: sent", "ok: sent", "ok: sent", "ok: unknown", "x: unknown"]);
});

test("an equal message that was here before the text was written is another one", async () => {
	const world = new OutboxWorld(memoryStore());
	await world.conversation("5001");
	await world.hear(own("ok", { remoteId: "r1", at: world.clock.now() }));
	await world.write("5001", "ok");
	await world.answer("ok", doubtful);
	await world.hear(own("ok", { remoteId: "r2", at: world.clock.now() + 10 }));
	expect(await shown(world)).toEqual(["ok: sent", "ok: sent"]);
	expect((await world.entry("ok"))?.remoteId).toBe("r2");
});

test.each([
	["long before it was written", -clockSlackMs - 1],
	["long after it was in doubt", clockSlackMs + 1],
])("a message of the server from %s cannot be meant", async (_name, distance) => {
	const world = await inDoubt("ok");
	await world.hear(own("ok", { remoteId: "r1", at: world.clock.now() + distance }));
	expect(await shown(world)).toEqual(["ok: sent", "ok: unknown"]);
});

test("other words, another peer: not meant", async () => {
	const world = await inDoubt("ok");
	await world.hear(own("OK", { remoteId: "r1" }), own("ok", { remoteId: "r2", peer: "5002" }));
	expect(await world.state("ok")).toBe("unknown");
});

test("without ids, a text that an earlier run was sending is never settled by its words", async () => {
	const store = memoryStore();
	const first = new OutboxWorld(store);
	await first.write("5001", "ok");
	first.crash();
	const second = new OutboxWorld(store, first.clock, first.random);
	await second.load();
	expect((await second.entry("ok"))?.delivery).toMatchObject({
		state: "unknown",
		problem: { code: "message.interrupted" },
	});
	await second.hear(own("ok"));
	expect(await shown(second)).toEqual(["ok: sent", "ok: unknown"]);
	// In doubt since this run: its echo may settle it.
	const third = await inDoubt("ok");
	await third.hear(own("ok"));
	expect(await shown(third)).toEqual(["ok: sent"]);
});

test("an echo before the reply settles a text that is on its way, and the reply changes nothing", async () => {
	const world = new OutboxWorld(memoryStore());
	await world.write("5001", "ok");
	const at = world.clock.now() + 20;
	await world.hear(own("ok", { remoteId: "r1", at }));
	expect(await shown(world)).toEqual(["ok: sent"]);
	await world.answer("ok", accepted);
	expect(await shown(world)).toEqual(["ok: sent"]);
	expect(await world.entry("ok")).toMatchObject({ remoteId: "r1", at });
});

test("its client id is certain in every state, and the server's wording is taken over", async () => {
	const world = await inDoubt("ok");
	const clientId = "ok" as ClientMessageId;
	await world.hear(own("OK.", { clientId, remoteId: "r1", at: world.clock.now(), state: "delivered" }));
	expect(await shown(world)).toEqual(["OK.: delivered"]);
});

test("a receipt brings the system's id along", async () => {
	const world = new OutboxWorld(memoryStore());
	await world.write("5001", "ok");
	await world.answer("ok", accepted);
	const at = world.clock.now();
	const clientId = "ok" as ClientMessageId;
	await world.hear({ type: "delivery", clientId, state: "delivered", remoteId: "r1", at });
	expect(await world.entry("ok")).toMatchObject({
		remoteId: "r1",
		localTime: false,
		delivery: { state: "delivered" },
	});
	await world.hear(own("ok", { remoteId: "r1", at }));
	expect(await shown(world)).toEqual(["ok: delivered"]);
	await world.hear({ type: "deliveryFailed", clientId, error: appError("peer.unreachable") });
	expect(await shown(world)).toEqual(["ok: delivered"]);
});

test("told twice in one batch it is one message, as far as it got", async () => {
	const world = new OutboxWorld(memoryStore());
	await world.hear(
		own("hi", { remoteId: "r1", at: 5 }),
		own("hi", { remoteId: "r1", at: 5, state: "delivered" }),
	);
	expect(await shown(world)).toEqual(["hi: delivered"]);
});
