import { afterEach, expect, test } from "vitest";
import { BayeuxClient } from "../testing/bayeux-client.ts";
import { generateCertificate } from "../testing/certificate.ts";
import { TestBench } from "../testing/desk.ts";
import { RestClient } from "../testing/rest-client.ts";

const bench = new TestBench();
afterEach(() => bench.close());

const send = { operationName: "SendMessage" } as const;

test("resetBefore: the connection breaks and nothing was done; once, then all is well", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	const handle = simulator.faults.next({ match: send, action: "resetBefore" });
	await expect(ann.say(key, "6001", "a")).rejects.toThrow(/ECONNRESET|socket hang up/);
	expect(handle.hits).toBe(1);
	expect(simulator.ledger.texts()).toEqual([]);
	expect((await ann.say(key, "6001", "a")).body["statusCode"]).toBe(0);
	expect(simulator.journal.requests(send).map((request) => request.outcome)).toEqual(["reset", "answered"]);
});

test("resetAfter: the reply is lost but the text went out", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	simulator.faults.next({ match: { path: `/im-sessions/${key}` }, action: "resetAfter" });
	await expect(ann.say(key, "6001", "a")).rejects.toThrow(/ECONNRESET|socket hang up/);
	expect(simulator.ledger.texts()).toEqual(["a"]);
	expect(simulator.journal.requests(send)).toMatchObject([{ outcome: "reset", status: null }]);
	await ann.heard("a");
});

test("hang and hangAfter: no answer until the client gives up", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	for (const [action, texts] of [
		["hang", []],
		["hangAfter", ["b"]],
	] as const) {
		simulator.faults.next({ match: send, action });
		const patience = new AbortController();
		const body = JSON.stringify({
			...send,
			text: "b",
			destination: { phoneNumber: "6001" },
			devicePath: ann.devicePath,
		});
		const asked = ann.rest.request("POST", `/api/v2/me/im-sessions/${key}`, body, {}, patience.signal);
		const refused = expect(asked).rejects.toThrow();
		await simulator.journal.waitFor(
			(entry) =>
				entry.kind === "request" && entry.operationName === "SendMessage" && entry.outcome === "hung",
		);
		patience.abort();
		await refused;
		expect(simulator.ledger.texts()).toEqual(texts);
		simulator.journal.clear();
	}
});

test("status, html and body in place of the answer", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	simulator.faults.next({ action: "status", status: 503, statusCode: 4, headers: { "Retry-After": "3" } });
	const busy = await rest.get("/me");
	expect([busy.status, busy.body["statusCode"], busy.headers.get("retry-after")]).toEqual([503, 4, "3"]);
	simulator.faults.next({ action: "status", status: 409 });
	expect(await rest.get("/me")).toMatchObject({ status: 409, text: "" });
	simulator.faults.next({ action: "html" });
	const page = await rest.get("/me");
	expect(page.status).toBe(502);
	expect(page.text).toContain("Bad Gateway");
	simulator.faults.next({ action: "body", body: "[]", status: 201, contentType: "text/plain", times: 2 });
	expect(await rest.get("/me")).toMatchObject({ status: 201, text: "[]" });
	const ready = { operationName: "StartContactCenterSession", channels: ["voice"] };
	expect((await rest.post("/me", ready)).text).toBe("[]");
	expect(simulator.agents.isLoggedIn(simulator.agents.get("ann.lee"))).toBe(true);
	simulator.faults.next({ action: "body", body: "{}", processed: false });
	await rest.post("/me", { operationName: "Offline" });
	expect(simulator.agents.isLoggedIn(simulator.agents.get("ann.lee"))).toBe(true);
});

test("malformed JSON at every endpoint, the push endpoint included", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const [device] = simulator.agents.devices;
	for (const path of [
		"/diagnostics/version",
		"/me",
		"/me/devices?fields=*",
		`/me/devices/${device?.id ?? ""}/settings/tserver`,
		"/me/im-sessions?fields=*",
		"/contacts",
		"/features",
		"/services",
		"/settings/agent-states",
	]) {
		simulator.faults.next({ action: "malformed" });
		const answer = await rest.get(path);
		expect(answer.status).toBe(200);
		expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
	}
	simulator.faults.next({ match: { channel: "/meta/handshake" }, action: "malformed" });
	const answer = await new BayeuxClient(rest).raw([
		{ id: "1", channel: "/meta/handshake", version: "1.0" },
	]);
	expect(answer.text.startsWith("[{")).toBe(true);
	expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
});

test("huge, slow and delayed replies arrive whole", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	simulator.faults.next({ action: "huge", bytes: 9_000_000 });
	expect((await rest.get("/me")).text.length).toBeGreaterThan(8_999_000);
	const expected = (await rest.get("/contacts?name=user6003")).text;
	expect(expected).toContain("Zoë");
	simulator.faults.next({ action: "slow", chunkBytes: 100, everyMs: 1 });
	expect((await rest.get("/contacts?name=user6003")).text).toBe(expected);
	const order: string[] = [];
	simulator.faults.next({ match: { path: "/me" }, action: "delay", ms: 100 });
	const late = rest.get("/me").then(({ status }) => order.push(`late ${String(status)}`));
	await simulator.journal.waitFor((entry) => entry.kind === "request" && entry.outcome === "pending");
	await rest.get("/features").then(({ status }) => order.push(`quick ${String(status)}`));
	await late;
	expect(order).toEqual(["quick 200", "late 200"]);
});

test("an event body split at every byte is what a client must survive", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	await push.subscribe("/v2/me/im-sessions");
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/im-sessions", { message: "né 👩‍👩‍👧 שלום" });
	simulator.faults.next({ match: { channel: "/meta/connect" }, action: "slow", chunkBytes: 1, everyMs: 0 });
	await push.connect();
	expect(push.events).toMatchObject([{ data: { message: "né 👩‍👩‍👧 שלום" } }]);
});

test("matching: method, path, operation, channel; times; cancel; clear", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const handle = simulator.faults.next({
		match: { method: "POST", path: /\/me$/ },
		action: "html",
		times: 2,
	});
	expect((await rest.get("/me")).status).toBe(200);
	expect((await rest.post("/contacts", {})).status).toBe(404);
	expect((await rest.post("/me", {})).status).toBe(502);
	handle.cancel();
	expect((await rest.post("/me", {})).status).toBe(400);
	expect(handle.hits).toBe(1);
	simulator.faults.next({ action: "html", times: Infinity });
	expect((await rest.get("/me")).status).toBe(502);
	expect((await rest.get("/me")).status).toBe(502);
	simulator.faults.clear();
	expect((await rest.get("/me")).status).toBe(200);
});

test("a lost connect reply loses its events, as with a real node", async () => {
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	await push.subscribe("/v2/me/devices");
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/devices", { number: 1 });
	simulator.faults.next({ match: { channel: "/meta/connect" }, action: "resetAfter" });
	await expect(push.connect()).rejects.toThrow();
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/devices", { number: 2 });
	await push.connect();
	expect(push.events).toMatchObject([{ data: { number: 2 } }]);
});

test("network: refused, reset, silent, and back on the same port with the CometD session alive", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const { origin } = simulator;
	await simulator.network.cut();
	await expect(ann.rest.get("/me")).rejects.toThrow("ECONNREFUSED");
	await simulator.network.cut("reset");
	await expect(ann.rest.get("/me")).rejects.toThrow(/ECONNRESET|socket hang up/);
	await simulator.network.cut("silence");
	const patience = AbortSignal.timeout(30);
	await expect(ann.rest.request("GET", "/api/v2/me", undefined, {}, patience)).rejects.toThrow();
	await simulator.network.restore();
	expect(simulator.network.outage).toBeNull();
	expect(simulator.origin).toBe(origin);
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/devices", { after: "outage" });
	const again = new BayeuxClient(ann.rest);
	again.clientId = ann.push.clientId;
	await again.connect();
	expect(simulator.cometdSessions()).toBe(1);
});

test("https with the given certificate", async () => {
	const tls = generateCertificate();
	const simulator = await bench.start({ tls });
	expect(simulator.origin).toMatch(/^https:/);
	await expect(fetch(`${simulator.origin}/api/v2/diagnostics/version`)).rejects.toMatchObject({
		cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
	});
});

test("closing ends held requests and refuses new ones", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	await simulator.close();
	await ann.push.close();
	await expect(new RestClient(simulator.origin).get("/me")).rejects.toThrow("ECONNREFUSED");
});
