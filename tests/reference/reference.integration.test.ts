import { plainContext, plainCredentials, plainMessage } from "../../main/core/testing/plain.ts";
import { afterEach, expect, test } from "vitest";
import { createHttpClient } from "../../main/adapters/net/http-client.ts";
import { createTrustStore } from "../../main/adapters/net/trust-store.ts";
import type { OutgoingMessage, ProviderEvent, ProviderSession } from "../../main/core/ports/provider.ts";
import type { Clock } from "../../main/core/ports/runtime.ts";
import { RecordingLogger, SeededRandom } from "../../main/core/testing/virtual-clock.ts";
import { startReferenceSite } from "./http-server.ts";
import { ReferenceProvider } from "./provider.ts";
import { EventLog, ReferenceWorld } from "./testing.ts";

const forever = new AbortController().signal;
const text = (clientId: string, peer = "ann", words = `text ${clientId}`): OutgoingMessage =>
	plainMessage(clientId, peer, words);
const kinds = (events: readonly ProviderEvent[]): readonly string[] =>
	events.map((event) => (event.type === "connection" ? event.state : event.type));

/** `work` with time passing until it is done. */
async function passing<T>(world: ReferenceWorld, work: Promise<T>, ms = 60_000): Promise<T> {
	const state = { done: false };
	const finish = work.finally(() => {
		state.done = true;
	});
	for (let passed = 0; passed < ms && !state.done; passed += 100) await world.clock.advance(100);
	return await finish;
}

async function online(world: ReferenceWorld): Promise<{ session: ProviderSession; log: EventLog }> {
	const session = await world.open();
	const log = new EventLog(session);
	await world.clock.advance(100);
	expect(kinds(log.events)).toEqual(["connecting", "online", "sendable"]);
	return { session, log };
}

test("What the peer writes comes by push with id and server time, and our own comes back with its key", async () => {
	const world = new ReferenceWorld();
	const { session, log } = await online(world);
	const received = world.server.receive("ann", "hello");
	await world.clock.advance(10);
	expect(log.of("message")).toEqual([
		{
			type: "message",
			peer: "ann",
			text: "hello",
			remoteId: received.id,
			stretch: null,
			at: received.at,
			catchUp: false,
		},
	]);
	const sent = await session.send(text("c1"), forever);
	expect(sent).toMatchObject({ kind: "accepted", remoteId: world.server.ledger.messages[1]?.id });
	await world.clock.advance(10);
	expect(log.of("ownMessage")).toMatchObject([{ text: "text c1", clientId: "c1" }]);
	expect(world.server.ledger.attempts).toMatchObject([{ outcome: "accepted", key: "c1", replied: true }]);
	await log.stop();
});

test("History gives every message once over pages, newest first, and heads only what is new since the cursor", async () => {
	const world = new ReferenceWorld({ switches: { headsPage: 2 } });
	const { session, log } = await online(world);
	const { history } = session;
	if (history === null) throw new Error("no history");
	for (const peer of ["ann", "ben", "cem"])
		for (let n = 0; n < 5; n++) {
			await world.clock.advance(1);
			world.server.receive(peer, `${peer} ${String(n)}`);
		}
	const first = await history.heads(null, null, forever);
	expect(first.heads.map(({ peer }) => peer)).toEqual(["cem", "ben"]);
	// Written between the pages: told by the next question, because the cursor was taken before.
	await world.clock.advance(1);
	world.server.receive("ann", "late");
	const second = await history.heads(null, first.next, forever);
	expect(second).toMatchObject({ cursor: first.cursor, next: null });
	const since = await history.heads(first.cursor, null, forever);
	expect(since.heads.map(({ peer }) => peer)).toEqual(["ann"]);
	const seen: string[] = [];
	for (let from: string | null = null; ;) {
		const page = await history.page("ben", from, 2, forever);
		seen.push(...page.messages.map((message) => message.text));
		if (page.next === null) break;
		from = page.next;
	}
	expect(seen).toEqual(["ben 4", "ben 3", "ben 2", "ben 1", "ben 0"]);
	await log.stop();
});

test.each([true, false])(
	"A reply dropped after the deed is an unknown outcome; keys honoured: %s",
	async (keys) => {
		const world = new ReferenceWorld({ switches: { keys, dropReplyShare: 1 } });
		const { session, log } = await online(world);
		expect(await session.send(text("c1"), forever)).toMatchObject({ kind: "unknown" });
		world.server.switches.dropReplyShare = 0;
		expect(await session.send(text("c1"), forever)).toMatchObject({ kind: "accepted" });
		expect(world.server.ledger.copies("text c1")).toBe(keys ? 1 : 2);
		expect(world.server.ledger.attempts.map(({ outcome }) => outcome)).toEqual(
			keys ? ["accepted", "repeated"] : ["accepted", "accepted"],
		);
		await log.stop();
	},
);

test("Twenty requests with a token that has expired renew it once", async () => {
	const world = new ReferenceWorld();
	const { session, log } = await online(world);
	world.server.tokens.expire();
	const sends = Array.from({ length: 20 }, (_, n) =>
		session.send(text(`c${String(n)}`, `p${String(n)}`), forever),
	);
	const outcomes = await Promise.all(sends);
	expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
	expect(world.server.tokens.given).toEqual({ signIn: 1, refresh: 1 });
	world.server.tokens.revoke();
	await session.send(text("last"), forever);
	await world.clock.advance(100);
	expect(kinds(log.events)).toContain("signedOut");
	await log.stop();
});

test("A token that expires under a held poll is renewed, and push goes on after a gap was told", async () => {
	const world = new ReferenceWorld();
	const { log } = await online(world);
	world.server.tokens.expire();
	world.server.receive("ann", "answers the held poll");
	await world.clock.advance(20_000);
	world.server.receive("ann", "after");
	await world.clock.advance(100);
	expect(world.server.tokens.given.refresh).toBe(1);
	expect(log.texts()).toEqual(["answers the held poll", "after"]);
	expect(kinds(log.events).slice(-4)).toEqual(["gap", "online", "sendable", "message"]);
	await log.stop();
});

test("While the server asks for patience nothing is sent", async () => {
	const world = new ReferenceWorld();
	const { session, log } = await online(world);
	world.server.overload(3000);
	expect(await session.send(text("c1"), forever)).toMatchObject({ retry: "automatic", retryAfterMs: 3000 });
	await world.clock.advance(1000);
	expect(await session.send(text("c1"), forever)).toMatchObject({ retry: "automatic", retryAfterMs: 2000 });
	const asked = session.history?.heads(null, null, forever);
	expect(world.server.journal.of("send")).toHaveLength(1);
	await world.clock.advance(1999);
	expect(world.server.journal.of("heads")).toHaveLength(0);
	await world.clock.advance(1);
	await asked;
	expect(world.server.journal.of("heads")).toHaveLength(1);
	await log.stop();
});

test("A peer can be refused for ever, and others are not", async () => {
	const world = new ReferenceWorld();
	world.server.switches.refusedPeers.set("ann", 422);
	const { session, log } = await online(world);
	expect(await session.send(text("c1", "ann"), forever)).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "http.status", params: { status: 422 } },
	});
	expect(await session.send(text("c2", "ben"), forever)).toMatchObject({ kind: "accepted" });
	await log.stop();
});

test("A forgotten session is made anew and a gap is told; what came meanwhile is in history only", async () => {
	const world = new ReferenceWorld();
	const { session, log } = await online(world);
	world.server.forgetSessions();
	world.server.receive("ann", "missed");
	await world.clock.advance(10_000);
	expect(kinds(log.events).slice(-3)).toEqual(["gap", "online", "sendable"]);
	expect(log.texts()).toEqual([]);
	const kept = await session.history?.page("ann", null, 10, forever);
	expect(kept?.messages).toMatchObject([{ text: "missed", catchUp: true }]);
	await log.stop();
});

test.each([
	[5, ["before", "during"]],
	[11, ["before"]],
])("An outage of %d s: the queue is dropped after ten", async (seconds, texts) => {
	const world = new ReferenceWorld();
	const { log } = await online(world);
	world.server.receive("ann", "before");
	await world.clock.advance(100);
	world.network.set("refused");
	world.server.receive("ann", "during");
	await world.clock.advance(seconds * 1000);
	world.network.set("up");
	await world.clock.advance(60_000);
	expect(log.texts()).toEqual(texts);
	expect(kinds(log.events)).toContain("gap");
	expect(kinds(log.events).slice(-1)[0]).not.toBe("reconnecting");
	await log.stop();
});

test("In a hole nothing arrives, and the poll ends when its time is over", async () => {
	const world = new ReferenceWorld();
	const { session, log } = await online(world);
	world.network.set("hole");
	const sending = session.send(text("c1"), forever);
	expect(await passing(world, sending)).toMatchObject({
		kind: "unknown",
		error: { code: "network.timeout" },
	});
	expect(world.server.ledger.attempts).toEqual([]);
	await world.clock.advance(15_000);
	expect(kinds(log.events)).toContain("reconnecting");
	await log.stop();
});

test("Copies and disorder on push: everything arrives at least once, not in order", async () => {
	const world = new ReferenceWorld({ switches: { pushCopies: 4, pushWindow: 50 } });
	const { log } = await online(world);
	const sent = Array.from({ length: 200 }, (_, n) => world.server.receive("ann", String(n)).text);
	await world.clock.advance(1000);
	expect(new Set(log.texts())).toEqual(new Set(sent));
	expect(log.texts().length).toBeGreaterThan(sent.length);
	expect([...new Set(log.texts())]).not.toEqual(sent);
	await log.stop();
});

test("A poller hears of what came after its first question, and of a server that is away", async () => {
	const world = new ReferenceWorld({ provider: { mode: "poll", pollMs: 5000 } });
	world.server.receive("ann", "old");
	const session = await world.open();
	const log = new EventLog(session);
	await world.clock.advance(100);
	expect(kinds(log.events)).toEqual(["online", "sendable"]);
	world.server.receive("ann", "new");
	await world.clock.advance(5000);
	expect(log.texts()).toEqual(["new"]);
	world.network.set("refused");
	await world.clock.advance(5000);
	expect(kinds(log.events).at(-1)).toBe("reconnecting");
	world.network.set("up");
	await world.clock.advance(5000);
	expect(kinds(log.events).slice(-2)).toEqual(["online", "sendable"]);
	expect(session.quietMs()).toBe(5000);
	expect(world.server.sessions).toBe(0);
	await log.stop();
});

test("The next poll does not leave before the batch is stored", async () => {
	const world = new ReferenceWorld();
	const session = await world.open();
	const gate = Promise.withResolvers<undefined>();
	const log = new EventLog(session, async (batch) => {
		if (batch.some(({ type }) => type === "message")) await gate.promise;
	});
	await world.clock.advance(100);
	const before = world.server.journal.of("connect").length;
	world.server.receive("ann", "hello");
	await world.clock.advance(5000);
	expect(world.server.journal.of("connect")).toHaveLength(before);
	gate.resolve(undefined);
	await world.clock.advance(100);
	expect(world.server.journal.of("connect")).toHaveLength(before + 1);
	await log.stop();
});

// ---------------------------------------------------------------- over real sockets

const clock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after: (delayMs, run) => {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
};
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

test("The same over sockets: push, send, a dropped reply, down and up on one port", async () => {
	const site = await startReferenceSite({ clock, random: Math.random, switches: { holdMs: 2000 } });
	const http = createHttpClient({ origin: site.origin, clock, trust: createTrustStore() });
	closing.push(
		() => site.close(),
		() => http.close(),
	);
	const session = await new ReferenceProvider().open(
		plainCredentials(site.origin, "agent", "secret"),
		{ clock, random: new SeededRandom(3), logger: new RecordingLogger(), http, ...plainContext },
		forever,
	);
	const waiting = new Map<string, () => void>();
	const log = new EventLog(session, (batch) => {
		for (const word of kinds(batch)) waiting.get(word)?.();
		return Promise.resolve();
	});
	const next = (word: string): Promise<void> => new Promise((resolve) => waiting.set(word, resolve));
	closing.push(async () => {
		await session.close({ endLine: false, deadlineMs: 1000 });
		await log.stop();
	});
	await next("online");
	const arrived = next("message");
	site.server.receive("ann", "hello");
	await arrived;
	expect(await session.send(text("c1"), forever)).toMatchObject({ kind: "accepted" });
	site.server.switches.dropReplyShare = 1;
	expect(await session.send(text("c2"), forever)).toMatchObject({ kind: "unknown" });
	site.server.switches.dropReplyShare = 0;
	const lost = next("reconnecting");
	await site.down();
	await lost;
	const back = next("online");
	await site.up();
	session.wake();
	await back;
	expect(await session.send(text("c2"), forever)).toMatchObject({ kind: "accepted" });
	expect(site.server.ledger.copies("text c2")).toBe(1);
});

test("A wrong password is refused", async () => {
	const world = new ReferenceWorld();
	const opening = world.provider.open(
		plainCredentials(world.origin, "agent", "wrong"),
		{
			clock: world.clock,
			random: new SeededRandom(),
			logger: new RecordingLogger(),
			http: world.network.client(),
			...plainContext,
		},
		forever,
	);
	await expect(opening).rejects.toMatchObject({ error: { code: "auth.wrongPassword" } });
});
