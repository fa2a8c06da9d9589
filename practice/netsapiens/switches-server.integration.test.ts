import { afterAll, afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, PortalClient, sessionId } from "../testing/netsapiens-client.ts";
import { serverSwitches } from "../testing/netsapiens-switches.ts";

const bench = new PortalBench(serverSwitches);
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const grant = {
	grant_type: "password",
	client_id: "trunkline",
	client_secret: "client-secret",
	username: "2500@portal",
	password: "secret",
};
const expired = { code: 401, message: "The access token provided has expired" };

test("expiresInSeconds: an access token ends, its refresh token does not", async () => {
	const { simulator, clock, ann } = await bench.desk();
	bench.turn(simulator, { expiresInSeconds: 5 });
	expect((await ann.refresh()).body["expires_in"]).toBe(5);
	clock.advance(4_999);
	expect((await ann.sessions()).status).toBe(200);
	clock.advance(1);
	const late = await ann.sessions();
	expect([late.status, late.json]).toEqual([401, expired]);
	expect((await ann.refresh()).status).toBe(200);
	expect((await ann.sessions()).status).toBe(200);
	expect(simulator.tokens.refreshes).toBe(2);
});

test("refreshLifetimeMs and refreshRotates", async () => {
	const { simulator, clock, ann } = await bench.desk();
	const first = ann.refreshToken;
	await ann.refresh();
	expect(ann.refreshToken).not.toBe(first);
	const second = ann.refreshToken;
	ann.refreshToken = first;
	expect((await ann.refresh()).status).toBe(401);
	bench.turn(simulator, { refreshRotates: false, refreshLifetimeMs: 60_000 });
	ann.refreshToken = second;
	expect((await ann.refresh()).body["refresh_token"]).toBe(second);
	expect((await ann.refresh()).status).toBe(200);
	expect((await ann.sessions()).status).toBe(200);
	const later = await bench.client(simulator);
	clock.advance(60_000);
	expect((await later.refresh()).status).toBe(401);
	expect(simulator.tokens.refusedRefreshes).toBe(2);
});

test("wrongPasswordStatus and wrongPasswordBody", async () => {
	const simulator = await bench.start();
	const client = new PortalClient(simulator.origin, "2500@portal");
	const wrong = await client.signIn("guess");
	expect([wrong.status, wrong.json]).toEqual([
		401,
		{ code: 401, message: "The username or password is invalid" },
	]);
	for (const wrongPasswordStatus of [400, 403, 404] as const) {
		bench.turn(simulator, { wrongPasswordStatus });
		expect((await client.signIn("guess")).status).toBe(wrongPasswordStatus);
		expect((await client.signIn("secret", { client_secret: "other" })).status).toBe(wrongPasswordStatus);
	}
	bench.turn(simulator, { wrongPasswordStatus: 403, wrongPasswordBody: "emptyObject" });
	expect((await client.signIn("guess")).text).toBe("{}");
	expect(JSON.stringify(simulator.journal.entries)).not.toContain("guess");
});

test("signInWithoutToken: 200 and no access_token", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { signInWithoutToken: true });
	const answer = await new PortalClient(simulator.origin, "2500@portal").signIn();
	expect(answer.status).toBe(200);
	expect(answer.body).not.toHaveProperty("access_token");
});

test("tokensRoute and legacyTokensRoute: the old endpoint takes a form", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { tokensRoute: false });
	const client = new PortalClient(simulator.origin, "2500@portal");
	expect((await client.signIn()).json).toEqual({ code: 404, message: "No Route Found [92]" });
	const form = new URLSearchParams({ ...grant, format: "json" }).toString();
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	const legacy = await client.raw("POST", "/ns-api/oauth2/token/", form, headers);
	expect(legacy.body).toMatchObject({ domain: "portal", uid: "2500@portal", token_type: "Bearer" });
	client.bearer = field(legacy.body, "access_token");
	expect((await client.sessions()).status).toBe(200);
	const refreshed = await client.raw(
		"POST",
		"/ns-api/oauth2/token/",
		new URLSearchParams({
			grant_type: "refresh_token",
			client_id: grant.client_id,
			client_secret: grant.client_secret,
			refresh_token: legacy.body["refresh_token"] as string,
		}).toString(),
		headers,
	);
	expect(refreshed.status).toBe(200);
	// Query parameters work too; they stay out of the journal.
	expect((await client.raw("GET", `/ns-api/oauth2/token/?${form}`)).status).toBe(200);
	expect(JSON.stringify(simulator.journal.entries)).not.toMatch(/password=secret|client-secret/);
	bench.turn(simulator, { legacyTokensRoute: false });
	expect((await client.raw("POST", "/ns-api/oauth2/token/", form, headers)).status).toBe(404);
});

test("jwtRoute, jwtLifetimeMs, jwtRefresh", async () => {
	const { simulator, clock, ann } = await bench.desk();
	bench.turn(simulator, { jwtLifetimeMs: 10_000 });
	ann.bearer = "";
	const first = await ann.call("POST", "/jwt", grant);
	ann.bearer = first.body["token"] as string;
	expect((await ann.sessions()).status).toBe(200);
	clock.advance(10_000);
	expect((await ann.sessions()).json).toEqual(expired);
	const refresh = { refresh: first.body["refresh"] };
	const second = await ann.call("POST", "/jwt", refresh);
	expect(second.status).toBe(200);
	expect((await ann.call("POST", "/jwt", refresh)).status).toBe(403);
	ann.bearer = second.body["token"] as string;
	expect((await ann.sessions()).status).toBe(200);
	bench.turn(simulator, { jwtRefresh: false });
	expect((await ann.call("POST", "/jwt", grant)).body).not.toHaveProperty("refresh");
	expect((await ann.call("POST", "/jwt", { refresh: second.body["refresh"] })).status).toBe(403);
	bench.turn(simulator, { jwtRoute: false });
	expect((await ann.call("POST", "/jwt", grant)).body["message"]).toBe("No Route Found [92]");
});

test("nodeBoundTokens: another name of the same server does not know the token", async () => {
	const { simulator, ann } = await bench.desk();
	const other = new PortalClient(simulator.origin.replace("127.0.0.1", "localhost"), "2500@portal");
	other.bearer = ann.bearer;
	expect((await other.sessions()).status).toBe(200);
	bench.turn(simulator, { nodeBoundTokens: true });
	expect((await other.sessions()).status).toBe(401);
	expect((await ann.sessions()).status).toBe(200);
});

test("generation 44 lacks what came with 45, and apiVersion says which it is", async () => {
	const { simulator, ann } = await bench.desk();
	await ann.send(sessionId("a"), { type: "chat", message: "x", destination: "1123" });
	const nora = await bench.client(simulator, "1004@portal");
	const statuses = async (): Promise<number[]> => [
		(await nora.call("GET", "/domains/portal/messagesessions")).status,
		(await ann.start({ type: "chat", message: "x", destination: "1123" })).status,
		(await ann.own(`/messagesessions/${sessionId("a")}`)).status,
		(await ann.call("GET", "/version")).status,
		(await ann.call("GET", "/domains/portal/presence/list")).status,
		(await ann.call("GET", "/domains/portal/users/list")).status,
	];
	expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
	expect((await ann.call("GET", "/version")).json).toEqual({
		apiversion: "45.0.1",
		hostname: simulator.origin.slice("http://".length),
		"current-time": "2023-11-14 22:13:20",
	});
	bench.turn(simulator, { generation: 44, apiVersion: "44.1.2" });
	// `users/list` is now a user called `list`, whom Ann may not see.
	expect(await statuses()).toEqual([404, 404, 404, 404, 404, 404]);
	expect((await ann.sessions()).status).toBe(200);
	expect((await ann.messages(sessionId("a"))).status).toBe(200);
	expect((await ann.call("GET", "/domains/portal/users")).rows).toHaveLength(4);
	expect((await ann.signIn()).body["apiversion"]).toBe("Version: 44.1.2");
});

test("noRoute: the error object, its words alone, or the words with 200", async () => {
	const { simulator, ann } = await bench.desk();
	const unknown = async (): Promise<unknown[]> => {
		const { status, text } = await ann.call("GET", "/domains/portal/calls");
		return [status, text];
	};
	expect(await unknown()).toEqual([404, '{"code":404,"message":"No Route Found [92]"}']);
	bench.turn(simulator, { noRoute: "text" });
	expect(await unknown()).toEqual([404, "No Route Found [92]"]);
	bench.turn(simulator, { noRoute: "text200" });
	expect(await unknown()).toEqual([200, "No Route Found [92]"]);
	expect((await ann.raw("GET", "/ns-api/?object=message&action=read")).text).toBe("No Route Found [92]");
});

test("rateLimit: 429 with seconds, with a date, or without a word of when", async () => {
	const { simulator, clock, ann } = await bench.desk();
	const limit = { requests: 2, perMs: 1_000, waitSeconds: 30 };
	const third = async (): Promise<unknown[]> => {
		clock.advance(1_000);
		await ann.sessions();
		await ann.sessions();
		const { status, headers, json } = await ann.sessions();
		expect(json).toEqual({ code: 429, message: "Too Many Requests" });
		return [status, headers.get("retry-after")];
	};
	bench.turn(simulator, { rateLimit: { ...limit, retryAfter: "seconds" } });
	expect(await third()).toEqual([429, "30"]);
	bench.turn(simulator, { rateLimit: { ...limit, retryAfter: "date" } });
	expect(await third()).toEqual([429, "Tue, 14 Nov 2023 22:13:52 GMT"]);
	bench.turn(simulator, { rateLimit: { ...limit, retryAfter: "absent" } });
	expect(await third()).toEqual([429, null]);
	clock.advance(1_000);
	expect((await ann.sessions()).status).toBe(200);
});

test("bannedAgent and deviceReadsPerMinute: the firewall answers with a page", async () => {
	const { simulator, clock, ann } = await bench.desk();
	bench.turn(simulator, { bannedAgent: "node" });
	const banned = await ann.call("GET", "/version", undefined, { "user-agent": "node-fetch/3" });
	expect([banned.status, banned.json]).toEqual([403, undefined]);
	expect((await ann.call("GET", "/version", undefined, { "user-agent": "Trunkline/1" })).status).toBe(200);
	bench.turn(simulator, { deviceReadsPerMinute: 1 });
	expect((await ann.own("/devices")).status).toBe(200);
	expect((await ann.own("/devices")).text).toContain("<h1>Forbidden</h1>");
	expect((await ann.sessions()).status).toBe(403);
	clock.advance(60_000);
	expect((await ann.sessions()).status).toBe(200);
});

test("faults: an HTML 502, a slow answer, a reset after the text was taken", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.faults.next({ action: "html", match: { path: "/messagesessions" } });
	const page = await ann.sessions();
	expect([page.status, page.json]).toEqual([502, undefined]);
	simulator.faults.next({ action: "slow", chunkBytes: 64, everyMs: 1, match: { path: "/users" } });
	expect((await ann.call("GET", "/domains/portal/users")).rows).toHaveLength(4);
	simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
	const text = { type: "sms", message: "once", "from-number": lines.picture, destination: lines.customer };
	await expect(ann.send(sessionId("a"), text)).rejects.toThrow();
	expect(simulator.ledger.count("once")).toBe(1);
});
