import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId } from "../../../shared/ids.ts";
import type { Delivery } from "../../../shared/model.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { accepted, account, calling, doubtful, OutboxWorld, rejected } from "../testing/outbox-world.ts";
import { FaultyStore } from "../testing/faulty-store.ts";
import { settle, VirtualClock } from "../testing/virtual-clock.ts";
import { sendCap } from "./outbox.ts";

const world = (): OutboxWorld => new OutboxWorld(memoryStore());
const shown = async (it: OutboxWorld, id: string): Promise<Partial<Delivery> | undefined> =>
	(await it.entry(id))?.delivery ?? undefined;

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
	expect(await shown(it, "a")).toMatchObject({ state: "queued", queueReason: "retrying" });
	// Second refusal in a row: at most 1 s.
	await it.clock.advance(1000);
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

test("Retry-After holds the whole account: nothing leaves before, not even what is poked or written meanwhile", async () => {
	const it = world();
	await it.write("5001", "a");
	await it.answer("a", rejected("automatic", 7000));
	await it.write("5002", "b");
	await it.hear({ type: "sendable", peer: null });
	it.gate("offline");
	it.gate(null);
	await it.clock.advance(6999);
	expect(it.sent).toHaveLength(1);
	expect(await shown(it, "b")).toMatchObject({ state: "queued", queueReason: "retrying" });
	await it.clock.advance(1);
	expect(it.inFlight()).toEqual(["a", "b"]);
});

test("a text that nothing holds up is stored as leaving in the one transaction that stores it", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	await it.conversation("5001");
	const before = faulty.writes;
	await it.write("5001", "a");
	expect(faulty.writes - before).toBe(1);
	expect(it.inFlight()).toEqual(["a"]);
	expect(await it.state("a")).toBe("sending");
	await it.write("5001", "b");
	expect(await shown(it, "b")).toMatchObject({ state: "queued", queueReason: "order" });
	await it.answer("a", { kind: "notYet", reason: "busy" });
	expect(await shown(it, "a")).toMatchObject({ state: "queued", queueReason: "busy" });
	await it.hear({ type: "sendable", peer: null });
	await it.answer("a", accepted);
	await it.answer("b", accepted);
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["a", "a", "b"]);
});

test("what the disk refuses is not sent, and the person hears of it", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	await it.conversation("5001");
	faulty.refusal = "storage.full";
	await expect(it.write("5001", "a")).rejects.toMatchObject({ error: { code: "storage.full" } });
	await it.clock.advance(120_000);
	faulty.refusal = null;
	await it.clock.advance(120_000);
	expect(it.sent).toEqual([]);
	expect(await it.entry("a")).toBeNull();
	// Its place is free again.
	await it.write("5001", "a");
	expect(it.inFlight()).toEqual(["a"]);
});

test("a text that was stored although its write was reported as failed is sent, once", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	await it.conversation("5001");
	faulty.lostAnswer = faulty.writes + 1;
	await it.write("5001", "a");
	expect(it.inFlight()).toEqual(["a"]);
	await it.answer("a", rejected("byPerson"));
	it.gate("offline");
	faulty.lostAnswer = faulty.writes + 1;
	expect(await it.outbox.requeue(await it.id("a"), "retry")).toBe(true);
	it.gate(null);
	await it.answer("a", accepted);
	expect(await it.state("a")).toBe("sent");
	expect(it.sent).toHaveLength(2);
	const { entries } = await it.book.store.page(await it.conversation("5001"), { kind: "newest" }, 50);
	expect(entries).toHaveLength(1);
});

test("without the mark on disk a text does not leave; it does when the disk works again", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	it.gate("offline");
	await it.write("5001", "a");
	faulty.refusal = "storage.readOnly";
	it.gate(null);
	await it.clock.advance(600_000);
	expect(it.sent).toEqual([]);
	faulty.refusal = null;
	await it.clock.advance(30_000);
	expect(it.inFlight()).toEqual(["a"]);
	await it.answer("a", accepted);
	expect(await it.state("a")).toBe("sent");
});

test("an outcome that the disk refuses is kept until it takes it; nothing is sent again for that", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	await it.write("5001", "a");
	faulty.refusal = "storage.failing";
	await it.answer("a", accepted);
	await it.clock.advance(3_600_000);
	it.gate("offline");
	it.gate(null);
	expect(await it.state("a")).toBe("sending");
	faulty.refusal = null;
	it.keeper.retry();
	expect(await it.state("a")).toBe("sent");
	expect(it.sent).toHaveLength(1);
	await it.write("5001", "b");
	expect(it.inFlight()).toEqual(["b"]);
});

test("a mark that was written although its write was reported as failed is a mark", async () => {
	const faulty = new FaultyStore(memoryStore());
	const it = new OutboxWorld(faulty.store);
	it.gate("offline");
	await it.write("5001", "a");
	faulty.lostAnswer = faulty.writes + 1;
	it.gate(null);
	await settle();
	expect(it.sent).toEqual([]);
	await it.clock.advance(30_000);
	expect(it.inFlight()).toEqual(["a"]);
});

test("the system's id and time are stored with the outcome; an echo that was taken for another message is this one", async () => {
	const it = world();
	await it.write("5001", "a");
	const at = it.clock.now() + 4000;
	await it.answer("a", { kind: "accepted", remoteId: "m1", at });
	expect(await it.entry("a")).toMatchObject({ remoteId: "m1", at, localTime: false });
	await it.write("5001", "b");
	await it.hear({
		type: "ownMessage",
		peer: "5001",
		text: "b, as the server writes it",
		remoteId: "m2",
		stretch: null,
		at,
	});
	await it.answer("b", { kind: "accepted", remoteId: "m2", at });
	expect(await it.entry("b")).toMatchObject({ remoteId: "m2", delivery: { state: "sent" } });
	const { entries } = await it.book.store.page(await it.conversation("5001"), { kind: "newest" }, 50);
	expect(entries).toHaveLength(2);
});

test("in its undo time a text can be taken back, waits for it, and none overtakes it", async () => {
	const it = world();
	it.undoMs = 10_000;
	await it.write("5001", "a");
	expect(await shown(it, "a")).toMatchObject({ queueReason: "undo", undoUntil: it.clock.now() + 10_000 });
	it.undoMs = 0;
	await it.write("5001", "b");
	expect(await shown(it, "b")).toMatchObject({ queueReason: "order", undoUntil: null });
	await it.clock.advance(9999);
	expect(it.sent).toEqual([]);
	expect(await it.undo("a")).toEqual({ ok: true, value: { text: "a" } });
	await settle();
	expect(await it.entry("a")).toBeNull();
	expect(it.inFlight()).toEqual(["b"]);
	expect(await it.undo("b")).toMatchObject({ ok: false, error: { code: "message.tooLateToUndo" } });
	await it.clock.advance(60_000);
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["b"]);
});

test("what was taken back is in the draft, before what is being written", async () => {
	const it = world();
	it.undoMs = 5000;
	await it.write("5001", "a");
	const id = await it.conversation("5001");
	await it.book.change(() => ({ patches: [{ id, patch: { draft: "next" } }] }));
	await it.undo("a");
	expect(it.book.get(id)?.draft).toBe("a\nnext");
});

test("undo time over while offline: the text says what it waits for and may still be taken back", async () => {
	const it = world();
	it.undoMs = 5000;
	it.gate("signedOut");
	await it.write("5001", "a");
	await it.write("5001", "b");
	expect(await shown(it, "a")).toMatchObject({ queueReason: "undo" });
	await it.clock.advance(5000);
	expect(await shown(it, "a")).toMatchObject({ queueReason: "signedOut", undoUntil: null });
	expect((await it.undo("b")).ok).toBe(true);
	it.gate(null);
	await it.answer("a", accepted);
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["a"]);
});

test("undo time goes on over a restart, and what is over leaves at once and in order", async () => {
	const store = memoryStore();
	const clock = new VirtualClock();
	const before = new OutboxWorld(store, clock);
	before.undoMs = 5000;
	await before.write("5001", "a");
	await clock.advance(3000);
	await before.write("5001", "b");
	before.crash();
	await clock.advance(3000);
	const after = new OutboxWorld(store, clock);
	await after.load();
	expect(after.inFlight()).toEqual(["a"]);
	await after.answer("a", accepted);
	expect(after.inFlight()).toEqual([]);
	await clock.advance(2000);
	await after.answer("b", accepted);
	expect(await after.state("b")).toBe("sent");
});

test("sleep, and a clock that is set forward or back by a day, hasten nothing and fail nothing", async () => {
	for (const day of [86_400_000, -86_400_000]) {
		const it = world();
		it.undoMs = 5000;
		await it.write("5001", "a");
		it.clock.jump(day);
		await it.clock.advance(4999);
		expect(it.sent).toEqual([]);
		await it.clock.advance(1);
		await it.answer("a", rejected("automatic"));
		it.clock.jump(day);
		await it.clock.advance(500);
		await it.answer("a", calling);
		await it.clock.advance(24_499);
		expect(await it.state("a")).toBe("queued");
		await it.clock.advance(1);
		expect(await it.state("a")).toBe("waiting");
		await it.clock.sleep(3_600_000);
		await it.hear({ type: "sendable", peer: null });
		await it.answer("a", accepted);
		expect(await it.state("a")).toBe("sent");
	}
});

test("“not sent yet” counts from when it was written, also over a restart, and a clock set back delays it by 30 s at most", async () => {
	const store = memoryStore();
	const clock = new VirtualClock();
	const before = new OutboxWorld(store, clock);
	before.gate("offline");
	await before.write("5001", "a");
	await clock.advance(20_000);
	before.crash();
	const after = new OutboxWorld(store, clock, before.random);
	after.gate("offline");
	await after.load();
	await clock.advance(9999);
	expect(await after.state("a")).toBe("queued");
	await clock.advance(1);
	expect(await after.state("a")).toBe("waiting");
	await after.write("5001", "b");
	after.crash();
	clock.jump(-86_400_000);
	const third = new OutboxWorld(store, clock);
	third.gate("offline");
	await third.load();
	expect(await third.state("a")).toBe("waiting");
	await clock.advance(30_000);
	expect(await third.state("b")).toBe("waiting");
});

test("a doubtful text of a server that knows client ids is repeated under the same one, before those after it", async () => {
	const it = world();
	it.remedies = { history: true, idempotentSend: true };
	await it.write("5001", "a");
	await it.write("5001", "b");
	await it.answer("a", doubtful);
	expect(await shown(it, "a")).toMatchObject({ state: "unknown", problem: { code: "message.checking" } });
	expect(it.problems).toEqual([]);
	await it.clock.advance(500);
	expect(it.inFlight()).toEqual(["a"]);
	// That it cannot be reached now says nothing about the first time.
	await it.answer("a", { kind: "rejected", error: appError("network.refused"), retry: "byPerson" });
	expect(await it.state("a")).toBe("unknown");
	it.gate("offline");
	await it.clock.advance(60_000);
	expect(it.inFlight()).toEqual([]);
	it.gate(null);
	await it.answer("a", accepted);
	await it.answer("b", accepted);
	expect(it.sent.map(({ clientId }) => clientId)).toEqual(["a", "a", "a", "b"]);
	expect([await it.state("a"), await it.state("b")]).toEqual(["sent", "sent"]);
	expect(it.asked).toEqual([]);
});

test("found at start it is repeated in its place, under the same client id", async () => {
	const store = memoryStore();
	const before = new OutboxWorld(store);
	await before.write("5001", "a");
	await before.write("5001", "b");
	before.crash();
	const after = new OutboxWorld(store);
	after.remedies = { history: false, idempotentSend: true };
	after.gate("offline");
	await after.load();
	expect(await shown(after, "a")).toMatchObject({
		state: "unknown",
		problem: { code: "message.interrupted" },
	});
	expect(after.problems).toEqual([]);
	after.gate(null);
	await after.answer("a", accepted);
	await after.answer("b", accepted);
	expect(after.sent.map(({ clientId }) => clientId)).toEqual(["a", "b"]);
});

test("without client ids the history is asked twice, then the person", async () => {
	const it = world();
	it.remedies = { history: true, idempotentSend: false };
	it.onReconcile = () => Promise.resolve("asked");
	await it.write("5001", "a");
	await it.write("5001", "b");
	await it.answer("a", doubtful);
	expect(it.asked).toHaveLength(1);
	expect(await shown(it, "a")).toMatchObject({ state: "unknown", problem: { code: "message.checking" } });
	expect(it.inFlight()).toEqual(["b"]);
	await it.clock.advance(5000);
	expect(it.asked).toHaveLength(2);
	expect(await shown(it, "a")).toMatchObject({ state: "unknown", problem: { code: "network.timeout" } });
	expect(it.problems.map(({ clientId }) => clientId)).toEqual(["a"]);
	await it.clock.advance(3_600_000);
	expect(it.asked).toHaveLength(2);
	expect(await it.outbox.checkAgain(await it.id("a"))).toEqual({ ok: true, value: null });
	await settle();
	expect(it.asked).toHaveLength(3);
	await it.hear({ type: "delivery", clientId: "a" as ClientMessageId, state: "sent", at: null });
	await it.clock.advance(60_000);
	expect(await it.state("a")).toBe("sent");
	expect(it.sent).toHaveLength(2);
});

test("a history that cannot be asked now is asked when it can", async () => {
	const it = world();
	it.remedies = { history: true, idempotentSend: false };
	let broken = true;
	it.onReconcile = () => (broken ? Promise.reject(new Error("no way")) : Promise.resolve("asked"));
	await it.write("5001", "a");
	await it.answer("a", doubtful);
	await it.clock.advance(1000);
	expect(it.asked.length).toBeGreaterThan(1);
	it.gate("offline");
	const asked = it.asked.length;
	await it.clock.advance(600_000);
	expect(it.asked).toHaveLength(asked);
	expect(await shown(it, "a")).toMatchObject({ problem: { code: "message.checking" } });
	broken = false;
	it.gate(null);
	await it.clock.advance(5000);
	expect(await shown(it, "a")).toMatchObject({ problem: { code: "network.timeout" } });
});

test("what was doubtful before the last end is reconciled once the account is there, and left alone where nobody can be asked", async () => {
	const store = memoryStore();
	const before = new OutboxWorld(store);
	await before.write("5001", "a");
	await before.write("5002", "b");
	await before.answer("a", doubtful);
	before.crash();
	const genesys = new OutboxWorld(store);
	genesys.gate("offline");
	await genesys.load();
	const interrupted = { state: "unknown", problem: { code: "message.interrupted" } };
	expect([await shown(genesys, "a"), await shown(genesys, "b")]).toMatchObject([interrupted, interrupted]);
	expect(genesys.problems.map(({ clientId }) => clientId)).toEqual(["b"]);
	genesys.gate(null);
	await genesys.clock.advance(600_000);
	expect([genesys.sent, genesys.asked]).toEqual([[], []]);
	expect(await genesys.outbox.checkAgain(await genesys.id("a"))).toBeNull();
	genesys.crash();
	const other = new OutboxWorld(store);
	other.remedies = { history: true, idempotentSend: false };
	other.onReconcile = () => Promise.resolve("asked");
	other.gate("offline");
	await other.load();
	expect(other.asked).toEqual([]);
	other.gate(null);
	await other.clock.advance(5000);
	expect(other.asked).toHaveLength(4);
	expect([await shown(other, "a"), await shown(other, "b")]).toMatchObject([interrupted, interrupted]);
});

test("a start on a disk that takes nothing does not wait for it", async () => {
	const faulty = new FaultyStore(memoryStore());
	const before = new OutboxWorld(faulty.store);
	await before.write("5001", "a");
	await before.write("5001", "b");
	before.crash();
	faulty.refusal = "storage.readOnly";
	const after = new OutboxWorld(faulty.store);
	await after.load();
	await after.clock.advance(60_000);
	expect(after.sent).toEqual([]);
	faulty.refusal = null;
	await after.clock.advance(30_000);
	expect(await after.state("a")).toBe("unknown");
	expect(after.inFlight()).toEqual(["b"]);
});

test("everything under way has ended, and is stored, when it says so", async () => {
	const it = world();
	await it.write("5001", "a");
	it.outbox.stop();
	let over = false;
	void it.outbox.settled().then(() => (over = true));
	await settle();
	expect(over).toBe(false);
	await it.answer("a", accepted);
	expect([over, await it.state("a")]).toEqual([true, "sent"]);
});
