import { afterEach, expect, test } from "vitest";
import { BayeuxClient } from "../testing/bayeux-client.ts";
import { TestBench } from "../testing/desk.ts";
import { RestClient } from "../testing/rest-client.ts";

const bench = new TestBench();
afterEach(() => bench.close());

const connect = { channel: "/meta/connect", connectionType: "long-polling" };

test("handshake: cookie, versions, advice; first connect returns at once with advice", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	const handshake = await push.handshake();
	expect(handshake).toMatchObject({
		successful: true,
		version: "1.0",
		minimumVersion: "1.0",
		supportedConnectionTypes: ["long-polling", "callback-polling"],
		advice: { reconnect: "retry", interval: 0, timeout: 30_000 },
	});
	expect(push.rest.cookies.get("BAYEUX_BROWSER")).toMatch(/^[0-9a-z]+$/);
	expect(await push.connect({ timeout: 0 })).toMatchObject({
		successful: true,
		advice: { reconnect: "retry", interval: 0, timeout: 30_000 },
	});
	expect(await push.subscribe("/v2/me/im-sessions")).toMatchObject({
		channel: "/meta/subscribe",
		successful: true,
		subscription: "/v2/me/im-sessions",
	});
	expect(await push.send({ channel: "/meta/disconnect", clientId: push.clientId })).toMatchObject({
		successful: true,
	});
	expect(simulator.cometdSessions()).toBe(0);
});

test("the endpoint takes a slash and any one-segment suffix, an array or a single object", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	for (const suffix of ["", "/", "/connect", "/whatever"]) {
		const answer = await push.raw(
			{ id: "9", ...connect, clientId: push.clientId, advice: { timeout: 0 } },
			suffix,
		);
		expect(answer.status).toBe(200);
		expect(answer.text).toMatch(/^\[.*"successful":true/);
		expect(answer.headers.get("content-type")).toBe("application/json;charset=UTF-8");
	}
	expect((await push.raw([], "/a/b")).status).toBe(404);
});

test("needs an HTTP session: 403 and code 20 without; Basic on the CometD request opens one", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(new RestClient(simulator.origin));
	const refused = await push.raw([{ id: "1", channel: "/meta/handshake", version: "1.0" }]);
	expect(refused.status).toBe(403);
	expect(refused.body).toMatchObject({ statusCode: 20 });
	push.rest.headers["authorization"] = `Basic ${Buffer.from("ann.lee:secret").toString("base64")}`;
	expect(await push.handshake()).toMatchObject({ successful: true });
	expect([...push.rest.cookies.keys()].sort()).toEqual(["BAYEUX_BROWSER", "JSESSIONID"]);
});

test("not POST, not JSON, not Bayeux: HTTP 400", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	const get = await push.rest.get("/notifications");
	expect(get.status).toBe(400);
	expect(get.text).toBe("Unknown Bayeux Transport");
	for (const body of ["{", "", "[]", "[1]", '[{"id":"1"}]', "null", '[{"channel":7}]']) {
		expect((await push.raw(body)).status).toBe(400);
	}
	expect((await push.raw([{ channel: "meta/handshake" }])).status).toBe(200);
});

test("an unknown client gets 402, with advice to handshake on connect only", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	push.clientId = "unknown";
	expect(await push.connect()).toMatchObject({
		successful: false,
		error: "402::Unknown client",
		advice: { reconnect: "handshake", interval: 0 },
	});
	const subscribe = await push.subscribe("/v2/me/im-sessions");
	expect(subscribe).toMatchObject({ successful: false, error: "402::Unknown client" });
	expect(subscribe).not.toHaveProperty("advice");
});

test("a clientId is only known together with its browser cookie", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	push.rest.cookies.delete("BAYEUX_BROWSER");
	expect(await push.connect({ timeout: 0 })).toMatchObject({ error: "402::Unknown client" });
});

test("subscriptions: missing, invalid, unknown channels; clients may not publish", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	const { clientId } = push;
	expect(await push.send({ channel: "/meta/subscribe", clientId })).toMatchObject({
		error: "403::subscription_missing",
	});
	for (const bad of ["no-slash", "/", "/a/*/b", "", 7]) {
		expect(await push.send({ channel: "/meta/subscribe", clientId, subscription: bad })).toMatchObject({
			successful: false,
		});
	}
	expect(await push.subscribe("/v2/me/future-things")).toMatchObject({ successful: true });
	expect(await push.send({ channel: "/v2/me/im-sessions", clientId, data: { fake: true } })).toMatchObject({
		error: "403::publish_denied",
	});
});

test("two sessions with one browser cookie: the second is told of multiple clients and polled", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const first = new BayeuxClient(rest);
	await first.open("/v2/me/*");
	await simulator.journal.waitFor(
		(entry) =>
			entry.kind === "request" && entry.channels[0] === "/meta/connect" && entry.outcome === "pending",
	);
	const second = new BayeuxClient(rest);
	await second.handshake();
	await second.connect({ timeout: 0 });
	expect(await second.connect()).toMatchObject({
		successful: true,
		advice: { "multiple-clients": true, reconnect: "retry", interval: 2_000 },
	});
	await first.close();
});

test("exact and wildcard subscriptions together deliver an event once, and only to its own agent", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	const will = await bench.desk(simulator, "will.clark");
	for (const more of ["/v2/me/im-sessions", "/v2/**", "/**"]) await ann.push.subscribe(more);
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/im-sessions", { number: 1 });
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/im-sessions", { number: 2 });
	await ann.push.event(({ data }) => data["number"] === 2);
	expect(ann.push.events.filter(({ data }) => data["number"] === 1)).toHaveLength(1);
	expect(will.push.events.filter(({ data }) => "number" in data)).toHaveLength(0);
});

test("/v2/me/* does not cover /v2/me itself", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const agent = simulator.agents.get("ann.lee");
	expect(simulator.hears(agent, "/v2/me/devices")).toBe(true);
	expect(simulator.hears(agent, "/v2/me")).toBe(false);
	await ann.push.subscribe("/**");
	expect(simulator.hears(agent, "/v2/me")).toBe(true);
});

test("events wait for the next reply and ride on any of them", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	await push.subscribe("/v2/me/devices");
	const agent = simulator.agents.get("ann.lee");
	simulator.inject(agent, "/v2/me/devices", { number: 1 });
	await push.subscribe("/v2/me/channels");
	expect(push.events).toMatchObject([{ channel: "/v2/me/devices", data: { number: 1 } }]);
});

test("events for nobody are lost and the journal says so", async () => {
	const simulator = await bench.start();
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/devices", { number: 1 });
	expect(simulator.journal.notifications("/v2/me/devices")).toMatchObject([
		{ sessions: 0, user: "ann.lee" },
	]);
});

test("restart: connections break, 402, and after a new handshake events flow again", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	simulator.restart();
	const push = new BayeuxClient(ann.rest);
	push.clientId = ann.push.clientId;
	expect(await push.connect()).toMatchObject({
		error: "402::Unknown client",
		advice: { reconnect: "handshake" },
	});
	await push.open("/v2/me/*");
	simulator.colleagues.get("6001").say("still there?");
	await push.event(({ data }) => data["message"] === "still there?");
	expect((await ann.rest.get("/me/im-sessions?fields=*")).body).toMatchObject({
		imSessions: [{ id: key }],
	});
	await push.close();
});

test("restart without HTTP sessions and IM sessions", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	await ann.talkTo("6001");
	simulator.restart({ httpSessionsGone: true, imSessionsGone: true });
	expect((await ann.rest.get("/me")).body).toMatchObject({ statusCode: 20 });
	expect(simulator.exchange.sessions).toEqual([]);
});

test("services: a change of the voice service is pushed", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	simulator.setVoiceService("Inactive");
	await ann.push.event(({ channel }) => channel === "/notifications/services");
	expect((await ann.rest.get("/services?fields=*")).body).toMatchObject({
		services: [{ type: "Provisioning" }, { type: "Voice", state: "Inactive" }, {}, {}],
	});
});
