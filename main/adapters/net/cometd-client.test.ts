import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { startCometdServer } from "../../../tests/servers/cometd-server.ts";
import { EventReader, isConnected, isGap, isStatus } from "../../../tests/servers/event-reader.ts";
import { startFaultProxy } from "../../../tests/servers/fault-proxy.ts";
import { startFayeServer } from "../../../tests/servers/faye-server.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { HttpClient, Random } from "../../core/ports/runtime.ts";
import { type BayeuxEvent, type CometdClientOptions, createCometdClient } from "./cometd-client.ts";
import { createHttpClient } from "./http-client.ts";
import { createTrustStore } from "./trust-store.ts";

const topic = "/v2/me/im-sessions";
const open: (() => Promise<void>)[] = [];
const middle: Random = { next: () => 0.5, uuid: () => "" };

afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

/** Closes what a test opened, the newest first. */
function later<T extends { close(): Promise<void> }>(thing: T): T {
	open.push(() => thing.close());
	return thing;
}

function httpFor(url: string, clock: VirtualClock): HttpClient {
	return later(createHttpClient({ origin: new URL(url).origin, clock, trust: createTrustStore(() => []) }));
}

function start(url: string, extra: Partial<CometdClientOptions> = {}) {
	const clock = new VirtualClock();
	const http = extra.http ?? httpFor(url, clock);
	const client = createCometdClient({ http, clock, random: middle, url, subscriptions: [topic], ...extra });
	const reader = new EventReader(client);
	open.push(() => reader.stop());
	return { client, reader, clock };
}

test("handshake, subscribe, delivery", async () => {
	const server = later(await startCometdServer());
	const { reader, client } = start(server.url, { subscriptions: [topic, "/v2/me/devices"] });
	expect(client.lastSign()).toBeNull();
	const connected = await reader.until(isConnected);
	expect(connected).toMatchObject({ first: true, denied: [] });
	expect(
		server.bayeux.getServerSession(connected.clientId).subscriptions.map((channel) => channel.name),
	).toEqual([topic, "/v2/me/devices"]);
	server.publish(topic, { text: "hello" });
	server.publish("/v2/me/devices", { id: 7 });
	expect(await reader.messages(2)).toEqual([{ text: "hello" }, { id: 7 }]);
	expect(client.lastSign()).toBe(1_700_000_000_000);
	expect(reader.words().slice(0, 3)).toEqual(["status:connecting", "status:connected", "connected"]);
	expect(reader.events.some(isGap)).toBe(false);
	// Subscription and first poll leave together, on connections of their own: either may arrive first.
	const urls = server.journal.requests.map((request) => request.url).slice(0, 3);
	expect(urls[0]).toBe("/api/v2/notifications/handshake");
	expect(urls.slice(1).sort()).toEqual(["/api/v2/notifications/", "/api/v2/notifications/connect"]);
});

test("no global window appears", () => {
	expect("window" in globalThis).toBe(false);
});

test("the message type can be left out of the URL", async () => {
	const server = later(await startCometdServer());
	const { reader } = start(server.url, { appendMessageTypeToURL: false });
	await reader.until(isConnected);
	expect(new Set(server.journal.requests.map((request) => request.url))).toEqual(
		new Set(["/api/v2/notifications"]),
	);
});

test("events on a subscribe reply are delivered, after connected", async () => {
	const server = later(await startCometdServer());
	server.bayeux
		.createServerChannel(topic)
		.addListener("subscribed", () => server.publish(topic, "at once"));
	const { reader } = start(server.url);
	expect(await reader.messages(1)).toEqual(["at once"]);
	expect(reader.words().slice(0, 4)).toEqual([
		"status:connecting",
		"status:connected",
		"connected",
		"messages:1",
	]);
});

test("text in any script is intact when the body is split at every byte", async () => {
	const server = later(await startCometdServer());
	const proxy = later(await startFaultProxy(server.port));
	const { reader } = start(server.url.replace(String(server.port), String(proxy.port)));
	await reader.until(isConnected);
	proxy.bytewise = true;
	const sent: string[] = ["Zażółć", "日本語テキスト", "שלום עולם", "नमस्ते", "👩🏽‍🚀🏳️‍🌈", "a\u0301\u0000\u2028"];
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 30 }), async (text) => {
			sent.push(text);
			for (const each of sent) server.publish(topic, each);
			const expected = reader.data().length + sent.length;
			expect((await reader.messages(expected)).slice(-sent.length)).toEqual(sent);
			sent.length = 0;
		}),
		{ numRuns: 15 },
	);
}, 20_000);

test("the connection cut mid-poll: the same session goes on, with a gap, and the next event arrives", async () => {
	const server = later(await startCometdServer());
	const { reader, clock } = start(server.url);
	await reader.until(isConnected);
	await server.journal.held();
	server.cut();
	const waiting = await reader.until(isStatus("waiting"));
	expect(waiting.status).toMatchObject({ attempt: 1, error: { code: "network.interrupted" } });
	await clock.advance(1000);
	await reader.until(isGap);
	server.publish(topic, "after");
	expect(await reader.messages(1)).toEqual(["after"]);
	expect(server.journal.of("handshake")).toHaveLength(1);
	expect(reader.words()).toEqual([
		"status:connecting",
		"status:connected",
		"connected",
		"status:waiting",
		"status:connecting",
		"status:connected",
		"gap",
		"messages:1",
	]);
	// A success in between starts the count of attempts anew.
	await server.journal.held(1);
	server.cut();
	expect((await reader.until(isStatus("waiting"), 2)).status.attempt).toBe(1);
});

test("server restart and 402: handshake, subscribe again, then the gap, then messages", async () => {
	const server = later(await startCometdServer());
	const { reader, clock } = start(server.url);
	const first = await reader.until(isConnected);
	await server.journal.held();
	await clock.advance(20_000);
	const before = server.journal.requests.length;
	server.restart();
	await reader.until(isStatus("waiting"));
	await clock.advance(1000);
	// The retry finds the session unknown; the handshake follows at once, the last one being long ago.
	const second = await reader.until(isConnected, 2);
	expect(second).toMatchObject({ first: false });
	expect(second.clientId).not.toBe(first.clientId);
	server.publish(topic, "new session");
	await reader.messages(1);
	const kinds = server.journal.kinds().slice(before, before + 4);
	expect(kinds.slice(0, 2)).toEqual(["connect", "handshake"]);
	expect(kinds.slice(2).sort()).toEqual(["connect", "subscribe"]);
	const words = reader.words();
	expect(words.slice(words.lastIndexOf("connected"))).toEqual(["connected", "gap", "messages:1"]);
	// The last sign of the old session was its first connect, 20 s ago.
	expect(await reader.until(isGap)).toEqual({ type: "gap", since: 1_700_000_000_000 });
});

test("at most one handshake in 5 s, whoever asks for it", async () => {
	const server = later(await startCometdServer());
	const handshakes: number[] = [];
	const { reader, clock, client } = start(server.url, { random: { next: () => 0.9, uuid: () => "" } });
	server.intercept = (request) => {
		if (request.messages[0]?.channel === "/meta/handshake") handshakes.push(clock.monotonic());
		return false;
	};
	await reader.until(isConnected);
	for (let round = 2; round <= 5; round++) {
		await server.journal.held(round - 2);
		server.restart();
		await reader.until(isStatus("waiting"), round - 1);
		client.wake();
		client.reconnect();
		client.wake();
		await clock.advance(4999);
		await clock.untilPending(1, 1);
		client.wake();
		client.reconnect();
		await clock.advance(1);
		await reader.until(isConnected, round);
	}
	expect(handshakes).toHaveLength(5);
	const gaps = handshakes.slice(1).map((at, index) => at - (handshakes[index] ?? 0));
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5000);
});

test("a batch is handed over and stored before the next /meta/connect leaves", async () => {
	const server = later(await startCometdServer());
	const clock = new VirtualClock();
	const real = httpFor(server.url, clock);
	// Counted as they leave, not as they arrive: what has not left after all promises settled never will.
	let polls = 0;
	const http: HttpClient = {
		...real,
		send(request) {
			if (request.url.endsWith("/connect")) polls++;
			return real.send(request);
		},
	};
	const client = createCometdClient({
		http,
		clock,
		random: middle,
		url: server.url,
		subscriptions: [topic],
	});
	const controller = new AbortController();
	const batches = client.events(controller.signal)[Symbol.asyncIterator]();
	const nextMessages = async (): Promise<unknown[]> => {
		for (;;) {
			const result = await batches.next();
			if (result.done === true) return [];
			const batch: readonly BayeuxEvent[] = result.value;
			const data = batch.flatMap((event) => (event.type === "messages" ? event.messages : []));
			if (data.length > 0) return data.map((one) => one.data);
		}
	};
	let reading = nextMessages();
	for (let round = 1; round <= 5; round++) {
		await server.journal.held(round - 1);
		server.publish(topic, round);
		expect(await reading).toEqual([round]);
		const left = polls;
		// Being stored: nothing is asked for, however long it takes and whatever happens meanwhile.
		server.publish(topic, `${String(round)} more`);
		client.wake();
		await clock.advance(3000);
		expect(polls).toBe(left);
		reading = nextMessages();
		expect(polls).toBe(left + 1);
		expect(await reading).toEqual([`${String(round)} more`]);
		reading = nextMessages();
	}
	controller.abort();
	expect(await reading).toEqual([]);
});

test("cookies are kept per account: two accounts on one host do not mix", async () => {
	const server = later(await startCometdServer());
	const one = start(server.url);
	const two = start(server.url);
	const first = await one.reader.until(isConnected);
	const second = await two.reader.until(isConnected);
	await server.journal.held(0);
	await server.journal.held(1);
	const cookieOf = (clientId: string): Set<string | undefined> =>
		new Set(
			server.journal.requests
				.filter((request) => request.messages[0]?.clientId === clientId)
				.map((request) => request.headers.cookie),
		);
	const cookies = [cookieOf(first.clientId), cookieOf(second.clientId)];
	expect(cookies.map((set) => set.size)).toEqual([1, 1]);
	expect([...(cookies[0] ?? [])][0]).toMatch(/^BAYEUX_BROWSER=/);
	expect(cookies[0]).not.toEqual(cookies[1]);
	server.bayeux.getServerSession(first.clientId).deliver(null, topic, "for one");
	expect(await one.reader.messages(1)).toEqual(["for one"]);
	expect(two.reader.data()).toEqual([]);
});

test("two sessions behind one cookie: multiple-clients advice is honoured, polls are 2 s apart", async () => {
	const server = later(await startCometdServer());
	const clock = new VirtualClock();
	const http = httpFor(server.url, clock);
	const one = createCometdClient({ http, clock, random: middle, url: server.url, subscriptions: [topic] });
	const two = createCometdClient({ http, clock, random: middle, url: server.url, subscriptions: [topic] });
	const first = new EventReader(one);
	open.push(() => first.stop());
	await first.until(isConnected);
	await server.journal.held();
	const second = new EventReader(two);
	open.push(() => second.stop());
	const { clientId } = await second.until(isConnected);
	const polls = (): number =>
		server.journal.of("connect").filter((request) => request.messages[0]?.clientId === clientId).length;
	await clock.untilPending(2000, 2000);
	for (let round = 0; round < 3; round++) {
		const before = polls();
		await clock.advance(1999);
		expect(polls()).toBe(before);
		await clock.advance(1);
		await clock.untilPending(2000, 2000);
		expect(polls()).toBe(before + 1);
	}
});

test("the CSRF header is sent with every POST, asked for anew each time", async () => {
	const server = later(await startCometdServer());
	let token = "one";
	const { reader, client } = start(server.url, { headers: () => ({ "X-CSRF-TOKEN": token }) });
	await reader.until(isConnected);
	await server.journal.held();
	token = "two";
	server.publish(topic, "x");
	await reader.messages(1);
	await server.journal.held(1);
	await client.disconnect(2000);
	const tokens = server.journal.requests.map((request) => request.headers["x-csrf-token"]);
	expect(tokens).not.toContain(undefined);
	expect(tokens.slice(-3)).toEqual(["two", "two", "two"]);
	for (const request of server.journal.requests)
		expect(request.headers["content-type"]).toMatch(/^application\/json/);
});

test("disconnect unsubscribes, says goodbye and ends the events", async () => {
	const server = later(await startCometdServer());
	const { reader, client } = start(server.url);
	const { clientId } = await reader.until(isConnected);
	await server.journal.held();
	await client.disconnect(2000);
	await reader.ended();
	expect(server.journal.kinds().slice(-2)).toEqual(["unsubscribe", "disconnect"]);
	expect(reader.words().at(-1)).toBe("status:closed");
	expect(server.bayeux.getServerSession(clientId)).toBeFalsy();
});

test("disconnect waits for a silent server no longer than its deadline", async () => {
	const server = later(await startCometdServer());
	const { reader, client, clock } = start(server.url);
	await reader.until(isConnected);
	await server.journal.held();
	server.intercept = () => true;
	const leaving = client.disconnect(2000);
	await server.journal.arrived("unsubscribe");
	await clock.advance(2000);
	await leaving;
	await reader.ended();
	expect(clock.pending()).toEqual([]);
});

test("leaving the loop ends everything: no timer, no request", async () => {
	const server = later(await startCometdServer());
	const { reader, clock } = start(server.url);
	await reader.until(isConnected);
	await server.journal.held();
	await reader.stop();
	const asked = server.journal.requests.length;
	await clock.advance(600_000);
	expect(clock.pending()).toEqual([]);
	expect(server.journal.requests).toHaveLength(asked);
});

test("a dead link is noticed at the poll's deadline, advice.timeout + 10 s, and a new connection is made", async () => {
	const server = later(await startCometdServer({ timeout: 20_000 }));
	const proxy = later(await startFaultProxy(server.port));
	const { reader, clock } = start(server.url.replace(String(server.port), String(proxy.port)));
	await reader.until(isConnected);
	await server.journal.held();
	proxy.blackhole();
	await clock.advance(29_999);
	expect(reader.words()).not.toContain("status:waiting");
	await clock.advance(1);
	const { status } = await reader.until(isStatus("waiting"));
	expect(status).toMatchObject({ attempt: 1, error: { code: "network.timeout" } });
	proxy.heal();
	await clock.advance(1000);
	await reader.until(isGap);
	server.publish(topic, "alive");
	expect(await reader.messages(1)).toEqual(["alive"]);
});

test("wake replaces the poll under way at once: a link that died in the sleep costs no deadline", async () => {
	const server = later(await startCometdServer());
	const proxy = later(await startFaultProxy(server.port));
	const { reader, client } = start(server.url.replace(String(server.port), String(proxy.port)));
	await reader.until(isConnected);
	await server.journal.held();
	proxy.blackhole();
	proxy.heal();
	client.wake();
	await reader.until(isGap);
	expect(reader.words()).not.toContain("status:waiting");
	await server.journal.held(1);
	server.publish(topic, "awake");
	expect(await reader.messages(1)).toEqual(["awake"]);
});

test("faye: handshake, subscribe, delivery in any script", async () => {
	const server = later(await startFayeServer());
	const { reader } = start(server.url);
	await reader.until(isConnected);
	for (const text of ["one", "Zażółć 日本語 👩🏽‍🚀"]) await server.publish(topic, { text });
	expect(await reader.messages(2)).toEqual([{ text: "one" }, { text: "Zażółć 日本語 👩🏽‍🚀" }]);
});

test("faye: intact when split at every byte, and after a cut", async () => {
	const server = later(await startFayeServer());
	const proxy = later(await startFaultProxy(server.port));
	const { reader, clock } = start(server.url.replace(String(server.port), String(proxy.port)));
	await reader.until(isConnected);
	proxy.bytewise = true;
	await server.publish(topic, "ありがとう 🏳️‍🌈");
	expect(await reader.messages(1)).toEqual(["ありがとう 🏳️‍🌈"]);
	proxy.cut();
	await reader.until(isStatus("waiting"));
	await clock.advance(1000);
	await reader.until(isGap);
	await server.publish(topic, "after");
	expect(await reader.messages(2)).toEqual(["ありがとう 🏳️‍🌈", "after"]);
});

test("faye: restart ends in a new session, its subscriptions and a gap", async () => {
	let server = await startFayeServer();
	open.push(() => server.close());
	const { reader, clock } = start(server.url);
	await reader.until(isConnected);
	server = await server.restart();
	await reader.until(isStatus("waiting"));
	await clock.advance(10_000);
	await reader.until(isConnected, 2);
	await server.publish(topic, "again");
	expect(await reader.messages(1)).toEqual(["again"]);
	const words = reader.words();
	expect(words.slice(words.lastIndexOf("connected"))).toEqual(["connected", "gap", "messages:1"]);
});
