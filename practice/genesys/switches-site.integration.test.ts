import { afterAll, afterEach, expect, test } from "vitest";
import { BayeuxClient } from "../testing/bayeux-client.ts";
import { basic, RestClient } from "../testing/rest-client.ts";
import { imSwitches, SwitchBench } from "../testing/switch-bench.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { defaultSwitches } from "./switches.ts";

const aboutIm = new Set<string>(imSwitches);
const bench = new SwitchBench(Object.keys(defaultSwitches()).filter((name) => !aboutIm.has(name)));
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

test("wrongPasswordHttpStatus", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { wrongPasswordHttpStatus: 401 });
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
	bench.turn(simulator, { credentialEncoding: "utf-8" });
	expect([await status("utf8"), await status("latin1")]).toEqual([200, 403]);
	bench.turn(simulator, { credentialEncoding: "iso-8859-1" });
	expect([await status("utf8"), await status("latin1")]).toEqual([403, 200]);
});

test("csrf, csrfRefusal, csrfOnCometd: token from any GET, asked for on POST, lives with the session", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { csrf: true });
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
	bench.turn(simulator, { csrfRefusal: "json" });
	expect((await rest.post("/me", start)).body).toMatchObject({
		statusMessage: "Missing or invalid Csrf token",
	});
	bench.turn(simulator, { csrfRefusal: "html" });
	expect((await rest.post("/me", start)).text).toContain("<h2>Missing or invalid Csrf token</h2>");

	const push = new BayeuxClient(rest);
	expect(await push.handshake()).toMatchObject({ successful: true });
	bench.turn(simulator, { csrfOnCometd: true });
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
	bench.turn(simulator, { balancerCookie: "AWSELB" });
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
	bench.turn(simulator, { httpSessionIdleMs: 60_000, cometdKeepsHttpSession: false });
	clock.advance(60_000);
	expect((await rest.get("/me")).status).toBe(200);
	const push = new BayeuxClient(rest);
	clock.advance(40_000);
	await push.handshake();
	clock.advance(40_000);
	expect((await rest.get("/me")).status).toBe(403);

	const other = await bench.client(simulator);
	bench.turn(simulator, { cometdKeepsHttpSession: true });
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
	bench.turn(simulator, { expiredSession: "401" });
	expect((await rest.get("/me")).status).toBe(401);
	expect((await push.raw([])).status).toBe(401);
	bench.turn(simulator, { expiredSession: "403-handshake" });
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
	const simulator = await bench.start();
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	const held = push.raw([
		{ id: "7", channel: "/meta/connect", connectionType: "long-polling", clientId: push.clientId },
	]);
	await simulator.journal.waitFor(
		(entry) => entry.kind === "request" && entry.channels[0] === "/meta/connect",
	);
	simulator.httpSessions.expire();
	expect(JSON.parse((await held).text)).toEqual([{ id: "7", channel: "/meta/connect", successful: true }]);
	expect((await push.raw([])).status).toBe(403);
});

test("cometdExpiryEndsHttpSession, cometdMaxIntervalMs", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { cometdExpiryEndsHttpSession: true, cometdMaxIntervalMs: 10 });
	const push = new BayeuxClient(await bench.client(simulator));
	await push.handshake();
	await push.connect({ timeout: 0 });
	await expect.poll(() => simulator.cometdSessions(), { timeout: 5_000 }).toBe(0);
	expect((await push.rest.get("/me")).status).toBe(403);
});

test("cometdTimeoutMs, cometdIntervalMs, cometdCookieName", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { cometdTimeoutMs: 40, cometdIntervalMs: 7, cometdCookieName: "GWS_BROWSER" });
	const push = new BayeuxClient(await bench.client(simulator));
	expect(await push.handshake()).toMatchObject({ advice: { timeout: 40, interval: 7 } });
	expect(push.rest.cookies.has("GWS_BROWSER")).toBe(true);
	expect(await push.connect()).toMatchObject({ successful: true });
});

test("rateLimit: 429 or 503 with Retry-After, over after a second", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const rest = await bench.client(simulator);
	bench.turn(simulator, { rateLimit: { requestsPerSecond: 2, httpStatus: 429, retryAfterSeconds: 1 } });
	expect((await rest.get("/me")).status).toBe(200);
	expect((await rest.get("/me")).status).toBe(200);
	const refused = await rest.get("/me");
	expect(refused.status).toBe(429);
	expect(refused.headers.get("retry-after")).toBe("1");
	bench.turn(simulator, { rateLimit: { requestsPerSecond: 2, httpStatus: 503 } });
	expect((await rest.get("/me")).status).toBe(503);
	clock.advance(1_000);
	expect((await rest.get("/me")).status).toBe(200);
});

test("externalApiUrl and version", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { externalApiUrl: "https://gws.example.invalid/api/v2", version: "8.6.000.10" });
	const rest = await bench.client(simulator);
	expect((await rest.get("/me/devices")).body["uris"]).toEqual([
		expect.stringMatching(/^https:\/\/gws\.example\.invalid\/api\/v2\/devices\//) as unknown,
	]);
	expect((await rest.get("/diagnostics/version")).body).toEqual({ statusCode: 0, version: "8.6.000.10" });
});

test("imFeature, voiceFeature, missingFeatureBody", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	bench.turn(simulator, { imFeature: false });
	expect((await rest.get("/me?subresources=features")).text).not.toContain("instant-messaging");
	const missing = await rest.get("/me/im-sessions?fields=*");
	expect(missing.status).toBe(404);
	expect(missing.body["statusCode"]).toBe(6);
	bench.turn(simulator, { missingFeatureBody: "html" });
	expect((await rest.post("/me/im-sessions", { operationName: "InitiateIMSession" })).text).toContain(
		"<html>",
	);
	bench.turn(simulator, { missingFeatureBody: "empty" });
	expect((await rest.get("/me/im-sessions/x")).text).toBe("");
	bench.turn(simulator, { voiceFeature: false });
	expect((await rest.post("/me/channels/voice", { operationName: "Ready" })).status).toBe(404);
	const start = { operationName: "StartContactCenterSession", channels: ["voice"] };
	expect((await rest.post("/me", start)).body["statusCode"]).toBe(3);
});

test("voiceService, multimediaService, startOutcome, stateAfterStart", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const start = async (channels: string[]): Promise<unknown> =>
		(await rest.post("/me", { operationName: "StartContactCenterSession", channels })).body;
	bench.turn(simulator, { voiceService: "Inactive" });
	expect((await rest.get("/services?fields=*")).text).toContain('"Voice","state":"Inactive"');
	expect(await start(["voice"])).toMatchObject({ statusCode: 4 });
	bench.turn(simulator, { voiceService: "Active", startOutcome: "voiceFails" });
	expect(await start(["voice", "chat"])).toMatchObject({
		statusCode: 7,
		failed: [{ channel: "voice" }],
		succeeded: [{ channel: "chat", statusCode: 0 }],
	});
	bench.turn(simulator, { startOutcome: "allFailed" });
	expect(await start(["voice", "chat"])).toEqual({
		statusCode: 4,
		statusMessage: "Agent login was refused by the switch",
	});
	bench.turn(simulator, { startOutcome: "voiceOnly", multimediaService: "open" });
	expect(await start(["voice", "chat"])).toMatchObject({
		statusCode: 7,
		succeeded: [{ channel: "voice" }],
	});
	bench.turn(simulator, { startOutcome: "normal" });
	expect(await start(["voice", "chat"])).toEqual({ statusCode: 0 });
	const user = (await rest.get("/me?subresources=*")).body["user"];
	expect(user).toMatchObject({ channels: [{ channel: "chat" }], channelStates: [{ channel: "chat" }] });
	for (const state of ["Ready", "LoggedIn"] as const) {
		await rest.post("/me", { operationName: "Offline" });
		bench.turn(simulator, { stateAfterStart: state });
		await start(["voice"]);
		expect((await rest.get("/me/devices?fields=*")).body).toMatchObject({
			devices: [{ userState: { state } }],
		});
	}
});

test("deviceTakenCode", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { deviceTakenCode: 16 });
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
	const { simulator, ann } = await bench.office();
	const path = `/me${ann.devicePath}/settings/tserver`;
	bench.turn(simulator, { tserverSettings: "404" });
	expect((await ann.rest.get(path)).status).toBe(404);
	bench.turn(simulator, { tserverSettings: "403" });
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
	bench.turn(simulator, { availability: "subresources" });
	expect(await all()).toEqual([false, false, true]);
	bench.turn(simulator, { availability: "always" });
	expect(await all()).toEqual([true, true, true]);
	bench.turn(simulator, { availability: "never" });
	expect(await all()).toEqual([false, false, false]);
});

test("an agent who must change the password gets code 8 for everything", async () => {
	const simulator = await bench.start();
	simulator.agents.get("ann.lee").mustChangePassword = true;
	const answer = await new RestClient(simulator.origin).signIn("ann.lee", "secret");
	expect(answer.body["statusCode"]).toBe(8);
});
