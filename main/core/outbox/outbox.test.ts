import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId } from "../../../shared/ids.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { accepted, account, calling, doubtful, OutboxWorld, rejected } from "../testing/outbox-world.ts";
import { settle } from "../testing/virtual-clock.ts";
import { sendCap } from "./outbox.ts";

const world = (): OutboxWorld => new OutboxWorld(memoryStore());

test("texts of one conversation leave one after the other, in the order written", async () => {
	const it = world();
	for (const id of ["a", "b", "c"]) await it.write("5001", id);
	for (const id of ["a", "b", "c"]) {
		await settle();
		expect(it.inFlight()).toEqual([id]);
		await it.answer(id, accepted);
		expect(await it.state(id)).toBe("sent");
	}
});

test("conversations send in parallel, at most eight at a time", async () => {
	const it = world();
	for (let peer = 0; peer < 12; peer += 1) await it.write(String(5000 + peer), `to ${String(peer)}`);
	await settle();
	expect(it.flights).toHaveLength(sendCap);
	for (let round = 0; round < 12; round += 1) {
		const [flight] = it.flights;
		if (flight !== undefined) await it.answer(flight.message.clientId, accepted);
	}
	expect(it.sent).toHaveLength(12);
	expect(it.mostAtOnce).toBe(sendCap);
});

test("a repeated command makes one text and one send", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.write("5001", "a");
	await it.answer("a", accepted);
	expect(it.sent).toHaveLength(1);
});

test("a text that may not go yet stays queued with the reason, and goes when it may", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.answer("a", { kind: "notYet", reason: "busy", busyPeer: "5009" });
	expect((await it.entry("a"))?.delivery).toMatchObject({ state: "queued", queueReason: "busy" });
	expect(it.outbox.busyPeer(await it.conversation("5001"))).toBe("5009");
	await it.hear({ type: "sendable", peer: null });
	await it.answer("a", accepted);
	expect(await it.state("a")).toBe("sent");
});

test("held for 30 s it is shown as waiting, and still keeps its reason", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.answer("a", calling);
	await it.clock.advance(29_999);
	expect(await it.state("a")).toBe("queued");
	await it.clock.advance(1);
	expect((await it.entry("a"))?.delivery).toMatchObject({ state: "waiting", queueReason: "calling" });
});

test("offline nothing leaves, every text says so, and all go in order when it is over", async () => {
	const it = world();
	it.gate("offline");
	await it.write("5001", "a");
	await it.write("5001", "b");
	await settle();
	expect(it.sent).toEqual([]);
	expect((await it.entry("b"))?.delivery?.queueReason).toBe("offline");
	it.gate(null);
	await it.answer("a", accepted);
	await it.answer("b", accepted);
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["a", "b"]);
});

test("texts that were on their way when the account went say offline too", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.write("5001", "b");
	await it.answer("a", calling);
	it.gate("offline");
	await settle();
	expect((await it.entry("a"))?.delivery?.queueReason).toBe("offline");
	expect((await it.entry("b"))?.delivery?.queueReason).toBe("offline");
});

test("an overloaded server is asked again after the time it named, or after a jittered one", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.answer("a", rejected("automatic", 7000));
	await it.clock.advance(6999);
	expect(it.sent).toHaveLength(1);
	await it.clock.advance(1);
	expect(it.sent).toHaveLength(2);
	await it.answer("a", rejected("automatic"));
	// Second refusal in a row: at most 2 s.
	await it.clock.advance(2000);
	expect(it.sent).toHaveLength(3);
	await it.answer("a", accepted);
	expect(await it.state("a")).toBe("sent");
});

test("a refusal fails with Retry or without, and those after it go on", async () => {
	const it = world();
	for (const id of ["a", "b", "c"]) await it.write("5001", id);
	await it.answer("a", rejected("byPerson"));
	await it.answer("b", rejected("never"));
	await it.answer("c", accepted);
	expect((await it.entry("a"))?.delivery).toMatchObject({ state: "failed", retryAllowed: true });
	expect((await it.entry("b"))?.delivery).toMatchObject({ state: "failed", retryAllowed: false });
	expect(it.problems.map(({ clientId }) => clientId)).toEqual(["a", "b"]);
	const b = await it.entry("b");
	expect(b === null ? null : await it.outbox.requeue(b.id, "retry")).toBe(false);
});

test("a text that met the end of its session takes those behind it along: nobody is called back unasked", async () => {
	const it = world();
	for (const id of ["a", "b"]) await it.write("5001", id);
	const error = appError("message.sessionEnded");
	await it.answer("a", { kind: "rejected", error, retry: "byPerson" });
	expect([await it.state("a"), await it.state("b")]).toEqual(["failed", "failed"]);
	expect((await it.entry("b"))?.delivery).toMatchObject({ problem: error, retryAllowed: true });
	expect(it.sent).toHaveLength(1);
});

test("a doubtful text does not hold up the next and is never sent again by the program", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.write("5001", "b");
	await it.answer("a", doubtful);
	await it.answer("b", accepted);
	it.gate("offline");
	it.gate(null);
	await it.hear({ type: "sendable", peer: null });
	await it.clock.advance(3_600_000);
	expect(await it.state("a")).toBe("unknown");
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["a", "b"]);
});

test("its late echo settles a doubtful text, also after Send again was pressed", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.answer("a", doubtful);
	it.gate("offline");
	const entry = await it.entry("a");
	expect(entry === null ? null : await it.outbox.requeue(entry.id, "sendAgain")).toBe(true);
	await it.hear({ type: "delivery", clientId: "a" as ClientMessageId, state: "delivered", at: null });
	it.gate(null);
	await settle();
	expect(await it.state("a")).toBe("delivered");
	expect(it.sent).toHaveLength(1);
});

test("an echo that comes before the reply is not taken back by it", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.hear({ type: "delivery", clientId: "a" as ClientMessageId, state: "delivered", at: null });
	expect(await it.state("a")).toBe("delivered");
	await it.answer("a", accepted);
	expect(await it.state("a")).toBe("delivered");
});

test("when calling a peer comes to nothing, its queued texts fail and others stay", async () => {
	const it = world();
	for (const id of ["a", "b"]) await it.write("5001", id);
	await it.write("5002", "c");
	await it.answer("a", calling);
	await it.answer("c", calling);
	await it.hear({ type: "unreachable", peer: "5001", error: appError("peer.unreachable") });
	expect([await it.state("a"), await it.state("b"), await it.state("c")]).toEqual([
		"failed",
		"failed",
		"queued",
	]);
	expect(it.outbox.queuedOfAccount(account.id)).toBe(1);
});

test("a provider that throws leaves the outcome unknown", async () => {
	const it = world();
	await it.write("5001", "a");
	await settle();
	const [flight] = it.flights;
	flight?.answer(Promise.reject(new Error("bug")) as never);
	expect(await it.state("a")).toBe("unknown");
});

test("what an earlier run was sending is in doubt, what it had queued goes on", async () => {
	const store = memoryStore();
	const before = new OutboxWorld(store);
	await before.write("5001", "a");
	await before.write("5001", "b");
	await settle();
	const after = new OutboxWorld(store);
	await after.load();
	expect(await after.state("a")).toBe("unknown");
	await after.answer("b", accepted);
	expect(after.sent.map(({ clientId }) => clientId)).toEqual(["b"]);
});

test("a stopped outbox starts nothing", async () => {
	const it = world();
	it.outbox.stop();
	await it.write("5001", "a");
	await settle();
	expect(it.sent).toEqual([]);
});
