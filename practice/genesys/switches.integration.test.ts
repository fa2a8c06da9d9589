import { afterAll, afterEach, expect, test } from "vitest";
import { BayeuxClient } from "../testing/bayeux-client.ts";
import { type Desk, imSessionOf, keyOf, TestBench } from "../testing/desk.ts";
import { basic, RestClient } from "../testing/rest-client.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import type { GenesysSimulator } from "./simulator.ts";
import { defaultSwitches, type GenesysSwitches } from "./switches.ts";

const bench = new TestBench();
afterEach(() => bench.close());

/** Every switch that a test of this file turned. */
const turned = new Set<string>();
afterAll(() => {
	expect([...turned].sort()).toEqual(Object.keys(defaultSwitches()).sort());
});

/** Turns switches of a running simulator and remembers which. */
function turn(simulator: GenesysSimulator, change: Partial<GenesysSwitches>): void {
	for (const name of Object.keys(change)) turned.add(name);
	Object.assign(simulator.switches, change);
}

async function office(): Promise<{ simulator: GenesysSimulator; ann: Desk }> {
	const simulator = await bench.start();
	return { simulator, ann: await bench.desk(simulator) };
}

async function twoDesks(): Promise<{ simulator: GenesysSimulator; ann: Desk; will: Desk }> {
	const { simulator, ann } = await office();
	return { simulator, ann, will: await bench.desk(simulator, "will.clark") };
}

/** An event that comes after everything published so far: what was not seen by then never was. */
async function settled(simulator: GenesysSimulator, desk: Desk, userName = "ann.lee"): Promise<void> {
	simulator.inject(simulator.agents.get(userName), "/v2/me/channels", { marker: true });
	await desk.push.event(({ data }) => data["marker"] === true);
}

const states = (desk: Desk): unknown[] =>
	desk.push.events.map((event) => imSessionOf(event)["state"]).filter((state) => state !== undefined);

test("echo: off, the sender hears nothing of its own", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { echo: false });
	const key = await ann.talkTo("6001");
	simulator.colleagues.get("6001").behaviour.reply = () => [{ text: "hello", afterMs: 0 }];
	expect((await ann.say(key, "6001", "hi")).body).toEqual({ statusCode: 0 });
	// An echo would have come before the answer.
	await ann.heard("hello");
	expect(ann.texts).toEqual(["hello"]);
	expect(simulator.ledger.count("hi")).toBe(1);
});

test("leadingBlankInState", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { leadingBlankInState: true });
	await ann.initiate("6001");
	await ann.reached(" Talking");
	expect((await ann.rest.get("/me/im-sessions?fields=*")).body).toMatchObject({
		imSessions: [{ state: " Talking" }],
	});
});

test("pushInitiatingAndAlerting: off, the first news is Talking", async () => {
	const { simulator, ann, will } = await twoDesks();
	turn(simulator, { pushInitiatingAndAlerting: false });
	await ann.talkTo("5002");
	await will.reached("Talking");
	expect([...states(ann), ...states(will)]).toEqual(["Talking", "Talking"]);
});

test("autoAnswerMs: after a while, never; ringTimeoutMs ends what nobody takes", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const ann = await bench.desk(simulator);
	const colleague = simulator.colleagues.get("6001");
	turn(simulator, { autoAnswerMs: 4_000 });
	colleague.initiate("5001");
	await ann.reached("Alerting");
	clock.advance(3_999);
	expect(colleague.session?.target.state).toBe("Alerting");
	clock.advance(1);
	expect(colleague.session?.target.state).toBe("Talking");
	colleague.complete();

	turn(simulator, { autoAnswerMs: null, ringTimeoutMs: 20_000 });
	const key = colleague.initiate("5001")?.key ?? "";
	expect((await ann.say(key, "6001", "early")).body["statusCode"]).toBe(2);
	clock.advance(19_999);
	expect(colleague.session?.target.state).toBe("Alerting");
	clock.advance(1);
	expect(colleague.session).toBeNull();
	await ann.reached("Completed");
});

test("acceptReject: capabilities and operations of an alerting session", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { acceptReject: true, autoAnswerMs: null });
	const colleague = simulator.colleagues.get("6001");
	const key = colleague.initiate("5001")?.key ?? "";
	expect((await ann.reached("Alerting"))["capabilities"]).toEqual(["Complete", "Accept", "Reject"]);
	expect((await ann.operate(key, { operationName: "Accept" })).body).toEqual({ statusCode: 0 });
	await ann.reached("Talking");
	expect((await ann.operate(key, { operationName: "Reject" })).body["statusCode"]).toBe(2);
	colleague.complete();
	const second = colleague.initiate("5001")?.key ?? "";
	expect((await ann.operate(second, { operationName: "Reject" })).body).toEqual({ statusCode: 0 });
	expect(colleague.session).toBeNull();
});

test("notificationOrder and notificationLeadMs: the echo before or after the HTTP reply", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { notificationOrder: "before", notificationLeadMs: 80 });
	await ann.initiate("6001");
	expect(states(ann)).toEqual(["Initiating", "Talking"]);
	const key = simulator.exchange.sessions[0]?.key ?? "";
	turn(simulator, { notificationOrder: "after" });
	await ann.say(key, "6001", "late echo");
	expect(ann.texts).toEqual([]);
	await ann.heard("late echo");
});

test("idDiffersFromPath: the path keeps working", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { idDiffersFromPath: true });
	await ann.initiate("6001");
	const session = await ann.reached("Talking");
	expect(session["id"]).not.toBe(keyOf(session));
	expect((await ann.say(keyOf(session), "6001", "hi")).body).toEqual({ statusCode: 0 });
});

test("metricsOnIm: off", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { metricsOnIm: false });
	await ann.talkTo("6001");
	const [im] = ann.push.events.filter((event) => event.channel === "/v2/me/im-sessions");
	expect(Object.keys(im?.data ?? {})).toEqual(["messageType", "notificationType", "imSession"]);
});

test("participants: digits only, strings, with the own number", async () => {
	const { simulator, ann } = await office();
	await ann.talkTo("6001");
	const list = async (): Promise<unknown> => (await ann.rest.get("/me/im-sessions?fields=*")).body;
	turn(simulator, { participants: "digitsOnly" });
	expect(await list()).toMatchObject({
		imSessions: [{ participants: [{ digits: "6001", e164Number: "" }] }],
	});
	turn(simulator, { participants: "strings" });
	expect(await list()).toMatchObject({ imSessions: [{ participants: ["6001"] }] });
	turn(simulator, { participants: "withSelf" });
	expect(await list()).toMatchObject({
		imSessions: [{ participants: [{ digits: "5001" }, { digits: "6001" }] }],
	});
});

test("completedKeepsCapabilities: on as documented, off", async () => {
	const { simulator, ann } = await office();
	let key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.reached("Completed"))["capabilities"]).toContain("SendMessage");
	turn(simulator, { completedKeepsCapabilities: false });
	ann.push.events.length = 0;
	key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.reached("Completed"))["capabilities"]).toEqual([]);
});

test("notificationCopies: everything arrives twice", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { notificationCopies: 2 });
	await ann.talkTo("6001");
	await settled(simulator, ann);
	expect(states(ann)).toEqual(["Initiating", "Initiating", "Talking", "Talking"]);
});

test("unknownNotifications: strangers between the known ones", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { unknownNotifications: true });
	await ann.talkTo("6001");
	await ann.reached("Dreaming");
	expect(ann.push.events.map(({ data }) => data["messageType"])).toContain("SomethingNewMessage");
});

test("imOnCallsTopic: the session appears as a call with the same id", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { imOnCallsTopic: true });
	const key = await ann.talkTo("6001");
	const call = await ann.push.event(
		({ channel, data }) => channel === "/v2/me/calls" && JSON.stringify(data).includes("Established"),
	);
	expect(call.data).toMatchObject({
		messageType: "CallStateChangeMessage",
		phoneNumber: "5001",
		call: { id: key },
	});
});

test("invalidStateCode and httpStatus", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { invalidStateCode: 3, httpStatus: { 0: 201, 3: 409 } });
	expect((await ann.initiate("6001")).status).toBe(201);
	const answer = await ann.initiate("6002");
	expect(answer.status).toBe(409);
	expect(answer.body).toEqual({ statusCode: 3, statusMessage: "Invalid state" });
	expect((await ann.rest.get("/nothing")).status).toBe(500);
});

test("completedSessionCode", async () => {
	const { simulator, ann } = await office();
	const key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.say(key, "6001", "x")).body["statusCode"]).toBe(6);
	turn(simulator, { completedSessionCode: 2 });
	expect((await ann.say(key, "6001", "x")).body).toEqual({ statusCode: 2, statusMessage: "Invalid state" });
});

test("secondIncomingSession and busyPeer", async () => {
	const { simulator, ann } = await office();
	simulator.colleagues.get("6001").initiate("5001");
	const second = simulator.colleagues.get("6002");
	second.initiate("5001");
	expect(second.session).toBeNull();
	turn(simulator, { busyPeer: "reply" });
	expect(() => second.initiate("5001")).toThrow("Destination busy");
	turn(simulator, { secondIncomingSession: true });
	second.initiate("5001");
	expect((await ann.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(2);
});

test("sendBeforeTalking", async () => {
	const { simulator, ann } = await office();
	simulator.colleagues.get("6001").behaviour.answer = "never";
	await ann.initiate("6001");
	const session = await ann.reached("Initiating");
	expect(session["capabilities"]).not.toContain("SendMessage");
	expect((await ann.say(keyOf(session), "6001", "early")).body["statusCode"]).toBe(2);
	turn(simulator, { sendBeforeTalking: true });
	expect((await ann.say(keyOf(session), "6001", "early")).body["statusCode"]).toBe(0);
});

test("messageLengthLimit", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { messageLengthLimit: 5 });
	const key = await ann.talkTo("6001");
	expect((await ann.say(key, "6001", "12345")).body["statusCode"]).toBe(0);
	const long = await ann.say(key, "6001", "123456");
	expect(long.status).toBe(400);
	expect(long.body["statusCode"]).toBe(10);
	expect(simulator.ledger.texts()).toEqual(["12345"]);
});

test("completeFromBothSides: each side ends for itself", async () => {
	const { simulator, ann, will } = await twoDesks();
	turn(simulator, { completeFromBothSides: true });
	const key = await ann.talkTo("5002");
	await ann.operate(key, { operationName: "Complete" });
	await ann.reached("Completed");
	await settled(simulator, will, "will.clark");
	expect(states(will)).not.toContain("Completed");
	expect((await will.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(1);
	expect((await ann.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(0);
	await will.operate(key, { operationName: "Complete" });
	await will.reached("Completed");
	expect(simulator.exchange.sessions).toEqual([]);
});

test("imRequiresReady", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { imRequiresReady: true });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(2);
	await ann.rest.post("/me/channels/voice", { operationName: "Ready" });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(0);
});

test("updateReplacesUserData", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { updateReplacesUserData: true });
	const key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "AttachUserData", userData: { a: "1", b: "2" } });
	await ann.operate(key, { operationName: "UpdateUserData", userData: { a: "3" } });
	expect(simulator.exchange.sessions[0]?.userData).toEqual({ a: "3" });
});

test("unreachablePeer: completed, silence, and an asynchronous error of each shape on its topic", async () => {
	const { simulator, ann } = await office();
	turn(simulator, { unreachablePeer: "completed" });
	expect((await ann.initiate("0000")).body).toEqual({ statusCode: 0 });
	await ann.reached("Completed");
	expect(states(ann)).toEqual(["Initiating", "Completed"]);

	turn(simulator, { unreachablePeer: "silence" });
	expect((await ann.initiate("0000")).body).toEqual({ statusCode: 0 });
	await settled(simulator, ann);
	expect(states(ann)).toHaveLength(2);

	const error = async (): Promise<object> => {
		await ann.initiate("0000");
		const { channel, data } = await ann.push.event(
			(event) => event.data["messageType"] === "ErrorMessage",
		);
		ann.push.events.length = 0;
		const { metrics, ...rest } = data;
		return { channel, hasMetrics: metrics !== undefined, ...rest };
	};
	turn(simulator, { unreachablePeer: "asyncError" });
	const common = { channel: "/v2/me/im-sessions", hasMetrics: true, messageType: "ErrorMessage" };
	expect(await error()).toEqual({ ...common, errorMessage: "Invalid destination" });
	turn(simulator, { asyncErrorShape: "bare", asyncErrorTopic: "/v2/me/devices" });
	expect(await error()).toEqual({ ...common, channel: "/v2/me/devices" });
	turn(simulator, { asyncErrorShape: "imSessionPath" });
	expect(await error()).toHaveProperty("imSessionPath");
});

test("sendFailsAsync: accepted, then an ErrorMessage, and never delivered", async () => {
	const { simulator, ann } = await office();
	const key = await ann.talkTo("6001");
	turn(simulator, { sendFailsAsync: true });
	expect((await ann.say(key, "6001", "lost")).body).toEqual({ statusCode: 0 });
	await ann.push.event(({ data }) => data["errorMessage"] === "Message was not delivered");
	expect(simulator.ledger.count("lost")).toBe(0);
});

test("incapableDeviceCode", async () => {
	const { simulator, ann } = await office();
	ann.device.multimedia = false;
	turn(simulator, { incapableDeviceCode: 2 });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(2);
});

test("wrongPasswordHttpStatus", async () => {
	const simulator = await bench.start();
	turn(simulator, { wrongPasswordHttpStatus: 401 });
	const answer = await new RestClient(simulator.origin).signIn("ann.lee", "wrong");
	expect(answer.status).toBe(401);
	expect(answer.headers.get("www-authenticate")).toBe('Basic realm="Genesys"');
	expect(answer.body).toEqual({ statusCode: 20, statusMessage: "Access denied" });
});

test("credentialEncoding: UTF-8 only, ISO-8859-1 only", async () => {
	const simulator = await bench.start();
	simulator.agents.get("ann.lee").password = "pässwörd";
	const status = async (encoding: "utf8" | "latin1"): Promise<number> => {
		const rest = new RestClient(simulator.origin);
		const headers = { authorization: basic("ann.lee", "pässwörd", encoding) };
		return (await rest.request("GET", "/api/v2/me", undefined, headers)).status;
	};
	expect([await status("utf8"), await status("latin1")]).toEqual([200, 200]);
	turn(simulator, { credentialEncoding: "utf-8" });
	expect([await status("utf8"), await status("latin1")]).toEqual([200, 403]);
	turn(simulator, { credentialEncoding: "iso-8859-1" });
	expect([await status("utf8"), await status("latin1")]).toEqual([403, 200]);
});

test("csrf, csrfRefusal, csrfOnCometd: token from any GET, asked for on POST, lives with the session", async () => {
	const simulator = await bench.start();
	turn(simulator, { csrf: true });
	const rest = new RestClient(simulator.origin);
	const me = await rest.signIn("ann.lee", "secret");
	expect(me.headers.get("x-csrf-header")).toBe("X-CSRF-TOKEN");
	const token = me.headers.get("x-csrf-token") ?? "";
	expect(token).toMatch(/^[0-9a-f-]{36}$/);
	expect((await rest.get("/contacts")).headers.get("x-csrf-token")).toBe(token);
	const start = { operationName: "StartContactCenterSession", channels: ["voice"] };
	const refused = await rest.post("/me", start);
	expect(refused.status).toBe(403);
	expect(refused.text).toBe("Missing or invalid Csrf token");
	turn(simulator, { csrfRefusal: "json" });
	expect((await rest.post("/me", start)).body).toMatchObject({
		statusMessage: "Missing or invalid Csrf token",
	});
	turn(simulator, { csrfRefusal: "html" });
	expect((await rest.post("/me", start)).text).toContain("<h2>Missing or invalid Csrf token</h2>");

	const push = new BayeuxClient(rest);
	expect(await push.handshake()).toMatchObject({ successful: true });
	turn(simulator, { csrfOnCometd: true });
	expect((await push.raw([{ id: "1", channel: "/meta/handshake", version: "1.0" }])).status).toBe(403);

	rest.headers["X-CSRF-TOKEN"] = "wrong";
	expect((await rest.post("/me", start)).status).toBe(403);
	rest.headers["X-CSRF-TOKEN"] = token;
	expect((await rest.post("/me", start)).body["statusCode"]).toBe(0);
	expect(await push.handshake()).toMatchObject({ successful: true });
	simulator.httpSessions.expire();
	const renewed = await rest.signIn("ann.lee", "secret");
	expect(renewed.headers.get("x-csrf-token")).not.toBe(token);
	expect((await rest.post("/me", start)).status).toBe(403);
});

test("balancerCookie: a session without it is none", async () => {
	const simulator = await bench.start();
	turn(simulator, { balancerCookie: "AWSELB" });
	const rest = await bench.client(simulator);
	expect(rest.cookies.has("AWSELB")).toBe(true);
	expect((await rest.get("/me")).status).toBe(200);
	rest.cookies.delete("AWSELB");
	expect((await rest.get("/me")).status).toBe(403);
});

test("httpSessionIdleMs and cometdKeepsHttpSession", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const rest = await bench.client(simulator);
	turn(simulator, { httpSessionIdleMs: 60_000, cometdKeepsHttpSession: false });
	clock.advance(60_000);
	expect((await rest.get("/me")).status).toBe(200);
	const push = new BayeuxClient(rest);
	clock.advance(40_000);
	await push.handshake();
	clock.advance(40_000);
	expect((await rest.get("/me")).status).toBe(403);

	const other = await bench.client(simulator);
	turn(simulator, { cometdKeepsHttpSession: true });
	clock.advance(40_000);
	await new BayeuxClient(other).handshake();
	clock.advance(40_000);
	expect((await other.get("/me")).status).toBe(200);
});

test("expiredSession: 403, 401, or a refused handshake; now or after a while", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const rest = await bench.client(simulator);
	const push = new BayeuxClient(rest);
	await push.handshake();
	simulator.httpSessions.expire({ userName: "ann.lee", afterMs: 5_000 });
	clock.advance(4_999);
	expect((await rest.get("/me")).status).toBe(200);
	clock.advance(1);
	expect((await rest.get("/me")).status).toBe(403);
	expect((await push.raw([])).status).toBe(403);
	turn(simulator, { expiredSession: "401" });
	expect((await rest.get("/me")).status).toBe(401);
	expect((await push.raw([])).status).toBe(401);
	turn(simulator, { expiredSession: "403-handshake" });
	expect((await rest.get("/me")).status).toBe(403);
	expect(await push.connect()).toMatchObject({
		error: "402::Unknown client",
		advice: { reconnect: "handshake" },
	});
	expect(await push.handshake()).toMatchObject({
		successful: false,
		error: "403::Handshake denied",
		advice: { reconnect: "none" },
	});
});

test("a held connect is let go when the HTTP session ends, without a word of disconnect", async () => {
	const { simulator, ann } = await office();
	await simulator.journal.waitFor(
		(entry) =>
			entry.kind === "request" && entry.channels[0] === "/meta/connect" && entry.outcome === "pending",
	);
	simulator.httpSessions.expire();
	await simulator.journal.waitFor((entry) => entry.kind === "request" && entry.statusCode === 20);
	expect(ann.push.events.filter(({ channel }) => channel.startsWith("/meta"))).toEqual([]);
});

test("cometdExpiryEndsHttpSession, cometdMaxIntervalMs", async () => {
	const simulator = await bench.start();
	turn(simulator, { cometdExpiryEndsHttpSession: true, cometdMaxIntervalMs: 10 });
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	await push.connect({ timeout: 0 });
	await expect.poll(() => simulator.cometdSessions(), { timeout: 5_000 }).toBe(0);
	expect((await push.rest.get("/me")).status).toBe(403);
});

test("cometdTimeoutMs, cometdIntervalMs, cometdCookieName", async () => {
	const simulator = await bench.start();
	turn(simulator, { cometdTimeoutMs: 40, cometdIntervalMs: 7, cometdCookieName: "GWS_BROWSER" });
	const push = new BayeuxClient(await bench.client(simulator));
	expect(await push.handshake()).toMatchObject({ advice: { timeout: 40, interval: 7 } });
	expect(push.rest.cookies.has("GWS_BROWSER")).toBe(true);
	expect(await push.connect()).toMatchObject({ successful: true });
});

test("rateLimit: 429 or 503 with Retry-After, over after a second", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const rest = await bench.client(simulator);
	turn(simulator, { rateLimit: { requestsPerSecond: 2, httpStatus: 429, retryAfterSeconds: 1 } });
	expect((await rest.get("/me")).status).toBe(200);
	expect((await rest.get("/me")).status).toBe(200);
	const refused = await rest.get("/me");
	expect(refused.status).toBe(429);
	expect(refused.headers.get("retry-after")).toBe("1");
	turn(simulator, { rateLimit: { requestsPerSecond: 2, httpStatus: 503 } });
	expect((await rest.get("/me")).status).toBe(503);
	clock.advance(1_000);
	expect((await rest.get("/me")).status).toBe(200);
});

test("externalApiUrl and version", async () => {
	const simulator = await bench.start();
	turn(simulator, { externalApiUrl: "https://gws.example.invalid/api/v2", version: "8.6.000.10" });
	const rest = await bench.client(simulator);
	expect((await rest.get("/me/devices")).body["uris"]).toEqual([
		expect.stringMatching(/^https:\/\/gws\.example\.invalid\/api\/v2\/devices\//) as unknown,
	]);
	expect((await rest.get("/diagnostics/version")).body).toEqual({ statusCode: 0, version: "8.6.000.10" });
});

test("imFeature, voiceFeature, missingFeatureBody", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	turn(simulator, { imFeature: false });
	expect((await rest.get("/me?subresources=features")).text).not.toContain("instant-messaging");
	const missing = await rest.get("/me/im-sessions?fields=*");
	expect(missing.status).toBe(404);
	expect(missing.body["statusCode"]).toBe(6);
	turn(simulator, { missingFeatureBody: "html" });
	expect((await rest.post("/me/im-sessions", { operationName: "InitiateIMSession" })).text).toContain(
		"<html>",
	);
	turn(simulator, { missingFeatureBody: "empty" });
	expect((await rest.get("/me/im-sessions/x")).text).toBe("");
	turn(simulator, { voiceFeature: false });
	expect((await rest.post("/me/channels/voice", { operationName: "Ready" })).status).toBe(404);
	const start = { operationName: "StartContactCenterSession", channels: ["voice"] };
	expect((await rest.post("/me", start)).body["statusCode"]).toBe(3);
});

test("voiceService, multimediaService, startOutcome, stateAfterStart", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const start = async (channels: string[]): Promise<unknown> =>
		(await rest.post("/me", { operationName: "StartContactCenterSession", channels })).body;
	turn(simulator, { voiceService: "Inactive" });
	expect((await rest.get("/services?fields=*")).text).toContain('"Voice","state":"Inactive"');
	expect(await start(["voice"])).toMatchObject({ statusCode: 4 });
	turn(simulator, { voiceService: "Active", startOutcome: "voiceFails" });
	expect(await start(["voice", "chat"])).toMatchObject({
		statusCode: 7,
		failed: [{ channel: "voice" }],
		succeeded: [{ channel: "chat", statusCode: 0 }],
	});
	turn(simulator, { startOutcome: "allFailed" });
	expect(await start(["voice", "chat"])).toEqual({
		statusCode: 4,
		statusMessage: "Agent login was refused by the switch",
	});
	turn(simulator, { startOutcome: "voiceOnly", multimediaService: "open" });
	expect(await start(["voice", "chat"])).toMatchObject({
		statusCode: 7,
		succeeded: [{ channel: "voice" }],
	});
	turn(simulator, { startOutcome: "normal" });
	expect(await start(["voice", "chat"])).toEqual({ statusCode: 0 });
	const user = (await rest.get("/me?subresources=*")).body["user"];
	expect(user).toMatchObject({ channels: [{ channel: "chat" }], channelStates: [{ channel: "chat" }] });
	for (const state of ["Ready", "LoggedIn"] as const) {
		await rest.post("/me", { operationName: "Offline" });
		turn(simulator, { stateAfterStart: state });
		await start(["voice"]);
		expect((await rest.get("/me/devices?fields=*")).body).toMatchObject({
			devices: [{ userState: { state } }],
		});
	}
});

test("deviceTakenCode", async () => {
	const simulator = await bench.start();
	turn(simulator, { deviceTakenCode: 16 });
	const rest = await bench.client(simulator);
	const start = {
		operationName: "StartContactCenterSession",
		channels: ["voice"],
		place: "Place_will.clark",
	};
	expect((await rest.post("/me", start)).body).toEqual({
		statusCode: 16,
		statusMessage: "Device '5002' is assigned to another user",
	});
});

test("tserverSettings: 404 and 403", async () => {
	const { simulator, ann } = await office();
	const path = `/me${ann.devicePath}/settings/tserver`;
	turn(simulator, { tserverSettings: "404" });
	expect((await ann.rest.get(path)).status).toBe(404);
	turn(simulator, { tserverSettings: "403" });
	expect((await ann.rest.get(path)).status).toBe(403);
});

test("availability: by fields, by subresources, always, never", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const shown = async (query: string): Promise<boolean> =>
		(await rest.get(`/contacts?name=user6001${query}`)).text.includes("availability");
	const all = async (): Promise<boolean[]> => [
		await shown(""),
		await shown("&fields=*"),
		await shown("&subresources=availability"),
	];
	expect(await all()).toEqual([false, true, false]);
	turn(simulator, { availability: "subresources" });
	expect(await all()).toEqual([false, false, true]);
	turn(simulator, { availability: "always" });
	expect(await all()).toEqual([true, true, true]);
	turn(simulator, { availability: "never" });
	expect(await all()).toEqual([false, false, false]);
});

test("an agent who must change the password gets code 8 for everything", async () => {
	const simulator = await bench.start();
	simulator.agents.get("ann.lee").mustChangePassword = true;
	const answer = await new RestClient(simulator.origin).signIn("ann.lee", "secret");
	expect(answer.body["statusCode"]).toBe(8);
});
