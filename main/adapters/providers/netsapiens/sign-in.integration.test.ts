import { afterEach, expect, test } from "vitest";
import type { ApiKeySetup } from "../../../../practice/netsapiens/api-keys.ts";
import type { NetsapiensSimulator } from "../../../../practice/netsapiens/simulator.ts";
import type { Credentials } from "../../../core/ports/provider.ts";
import { type Desk, Floor, chatKey, customer, logged, own, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

function open(
	simulator: NetsapiensSimulator,
	credentials: Partial<Credentials> = {},
	kept: Readonly<Record<string, string>> = {},
): Promise<Desk> {
	return floor.desk(simulator, { credentials, settle: false, kept });
}

function key(simulator: NetsapiensSimulator, setup: ApiKeySetup): Partial<Credentials> {
	const { key: secret } = simulator.apiKeys.add(setup);
	return { method: "apiKey", secret, userName: "", options: {} };
}

/** A second factor for 2500. */
function withCode(simulator: NetsapiensSimulator): void {
	simulator.company.user("2500@portal").passcode = "123456";
}

test("by password: who one is, and no password or token in any log", async () => {
	const desk = await floor.both();
	expect(desk.session.userName).toBe("2500@portal");
	await desk.session.check(desk.signal);
	const all = logged.join("\n");
	expect(all).toContain("signed in");
	for (const secret of ["client-secret", "Bearer", floor.kept["refresh"] ?? "none", "sip-", "prov-"])
		expect(all).not.toContain(secret);
});

test("devices are known without their passwords", async () => {
	const desk = await floor.both();
	expect(desk.session.devices()).toEqual([
		{ name: "2500", detail: "Yealink T48", registered: true },
		{ name: "2500wp", detail: "SNAPmobile Web", registered: true },
	]);
});

test("the second factor: asked for, refused, and right", async () => {
	const simulator = await floor.simulator();
	withCode(simulator);
	await expect(open(simulator)).rejects.toMatchObject({ error: { code: "auth.codeNeeded" } });
	await expect(open(simulator, { code: "000000" })).rejects.toMatchObject({
		error: { code: "auth.codeWrong" },
	});
	const desk = await open(simulator, { code: " 123 456 " });
	expect(desk.session.userName).toBe("2500@portal");
});

test("a restart asks for no code: the refresh token was kept, and rotates", async () => {
	const simulator = await floor.simulator();
	withCode(simulator);
	await open(simulator, { code: "123456" });
	const first = floor.kept;
	await open(simulator, {}, first);
	expect(simulator.tokens.refreshes).toBe(1);
	expect(floor.kept["refresh"]).not.toBe(first["refresh"]);
	// What is used up is of no use: the code is asked for again.
	await expect(open(simulator, {}, first)).rejects.toMatchObject({ error: { code: "auth.codeNeeded" } });
});

test("what was kept belongs to the password it was got with", async () => {
	const simulator = await floor.simulator();
	await open(simulator);
	await expect(open(simulator, { secret: "another" }, floor.kept)).rejects.toMatchObject({
		error: { code: "auth.wrongPassword" },
	});
	expect(simulator.tokens.refreshes).toBe(0);
});

test("a refresh token that does not rotate goes on", async () => {
	const desk = await floor.both({ switches: { refreshRotates: false } });
	for (let time = 1; time <= 2; time += 1) {
		desk.simulator.tokens.expireAccess();
		await desk.check();
		expect(desk.simulator.tokens.refreshes).toBe(time);
	}
});

test("200 without a token is no sign-in", async () => {
	const simulator = await floor.simulator({ switches: { signInWithoutToken: true } });
	await expect(open(simulator)).rejects.toMatchObject({ error: { code: "http.malformed" } });
});

test("client id and secret are part of it; what is missing is said by the server", async () => {
	const simulator = await floor.simulator();
	await expect(open(simulator, { options: {} })).rejects.toMatchObject({
		error: { code: "auth.wrongPassword", detail: "Bad Request: client_id is required" },
	});
});

test("tokens of one node work there only: everything goes to one host", async () => {
	const desk = await floor.both({ switches: { nodeBoundTokens: true } });
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.check();
	expect(desk.texts()).toEqual(["hello"]);
});

test("an API key of a user says whose it is", async () => {
	const simulator = await floor.simulator();
	const desk = await open(simulator, key(simulator, { reach: "user", domain: "portal", user: "2500" }));
	expect(desk.session.userName).toBe("2500@portal");
	expect(floor.kept).toEqual({});
});

test("an API key of a domain needs a name, and says that it is too wide", async () => {
	const simulator = await floor.simulator();
	const credentials = key(simulator, { reach: "domain", domain: "portal" });
	await expect(open(simulator, credentials)).rejects.toMatchObject({ error: { code: "auth.userNeeded" } });
	await expect(open(simulator, { ...credentials, userName: "7777" })).rejects.toMatchObject({
		error: { code: "auth.accessDenied", detail: "User 7777 does not exist in domain portal" },
	});
	const desk = await floor.desk(simulator, { credentials: { ...credentials, userName: "2500" } });
	expect(desk.session.userName).toBe("2500@portal");
	expect(desk.of("warnings").at(-1)?.warnings).toEqual([{ code: "account.keyTooWide" }]);
	await desk.send(chatKey, "hi");
	expect(simulator.ledger.entries[0]?.sender).toBe("2500@portal");
	const everybody = key(simulator, { reach: "super" });
	await expect(open(simulator, { ...everybody, userName: "2500" })).rejects.toMatchObject({
		error: { code: "auth.userNeeded" },
	});
	expect((await open(simulator, { ...everybody, userName: "2500@portal" })).session.userName).toBe(
		"2500@portal",
	);
});

test("a key that only reads: said in words, sends and deeds refused before they leave", async () => {
	const simulator = await floor.simulator();
	simulator.customers.customer(customer).write(own.picture, "hello");
	const credentials = key(simulator, { reach: "user", domain: "portal", user: "2500", readonly: true });
	const desk = await floor.desk(simulator, { credentials });
	expect(desk.of("warnings").at(-1)?.warnings).toEqual([{ code: "account.readOnly" }]);
	expect(desk.thread(smsKey)?.facts).toMatchObject({ refusal: { code: "account.readOnly" }, actions: [] });
	expect(await desk.send(smsKey, "hi")).toMatchObject({
		kind: "rejected",
		error: { code: "account.readOnly" },
	});
	await expect(desk.session.threads.act(smsKey, "delete", desk.signal)).rejects.toMatchObject({
		error: { code: "account.readOnly" },
	});
	await desk.session.threads.markRead(smsKey, true, desk.signal);
	expect(simulator.journal.requests().filter(({ method }) => method !== "GET")).toEqual([]);
});

test("a key that is refused, at once and later", async () => {
	const simulator = await floor.simulator();
	await expect(
		open(simulator, { method: "apiKey", secret: "nsu_nothing", userName: "" }),
	).rejects.toMatchObject({ error: { code: "auth.tokenRefused" } });
	await expect(open(simulator, { method: "apiKey", secret: "two words\n" })).rejects.toMatchObject({
		error: { code: "auth.tokenRefused" },
	});
	const credentials = key(simulator, { reach: "user", domain: "portal", user: "2500" });
	const desk = await floor.desk(simulator, { credentials });
	const [held] = [simulator.apiKeys.find(credentials.secret ?? "")];
	if (held !== null) held.revoked = true;
	await desk.later(24_000);
	await desk.end();
	expect(desk.of("signedOut")).toMatchObject([{ error: { code: "auth.tokenRefused" } }]);
});

test("a key of another computer's address is refused in the server's words", async () => {
	const simulator = await floor.simulator();
	const credentials = key(simulator, {
		reach: "user",
		domain: "portal",
		user: "2500",
		ipAddress: "192.0.2.1",
	});
	await expect(open(simulator, credentials)).rejects.toMatchObject({
		error: { code: "auth.tokenRefused", detail: "Forbidden" },
	});
});

test("a key for some models: what it may not read is simply not there", async () => {
	const simulator = await floor.simulator();
	simulator.customers.customer(customer).write(own.picture, "hello");
	const allowedModels = ["message", "messagesession"];
	const credentials = key(simulator, { reach: "user", domain: "portal", user: "2500", allowedModels });
	const desk = await floor.desk(simulator, { credentials });
	expect((await desk.session.lines(desk.signal)).map(({ id }) => id)).toEqual(["ext:2500@portal"]);
	expect(desk.texts()).toEqual(["hello"]);
});

test("a JWT that was pasted, and one with its refresh; both are kept up", async () => {
	const simulator = await floor.simulator({ switches: { jwtLifetimeMs: 1_000_000 } });
	const user = simulator.company.user("2500@portal");
	const plain = simulator.webTokens.grant(user, "host").token.text;
	const jwt: Partial<Credentials> = { method: "jwt", userName: "", options: {} };
	expect((await open(simulator, { ...jwt, secret: plain })).session.userName).toBe("2500@portal");
	const pair = simulator.webTokens.grant(user, "host");
	const secret = JSON.stringify({ token: pair.token.text, refresh: pair.refresh });
	const desk = await floor.desk(simulator, { credentials: { ...jwt, secret } });
	await desk.later(801_000);
	expect(simulator.webTokens.refreshes).toBe(1);
	// The refresh that was pasted is used up; the next run goes on with what was kept.
	await desk.close();
	floor.clock.advance(2_000_000);
	const next = await open(simulator, { ...jwt, secret }, floor.kept);
	expect(next.session.userName).toBe("2500@portal");
	expect(simulator.webTokens.refreshes).toBeGreaterThanOrEqual(2);
});

test("a JWT that holds no more", async () => {
	const simulator = await floor.simulator();
	const { text } = simulator.webTokens.grant(simulator.company.user("2500@portal"), "host").token;
	simulator.webTokens.expireAll();
	await expect(open(simulator, { method: "jwt", secret: text, userName: "" })).rejects.toMatchObject({
		error: { code: "auth.tokenRefused" },
	});
});

test("a JWT by name and password, with a code, renewed by its refresh", async () => {
	const simulator = await floor.simulator();
	withCode(simulator);
	await expect(open(simulator, { method: "jwt" })).rejects.toMatchObject({
		error: { code: "auth.codeNeeded" },
	});
	const desk = await floor.desk(simulator, { credentials: { method: "jwt", code: "123456" } });
	expect(simulator.journal.requests({ path: "/tokens" })).toEqual([]);
	simulator.webTokens.expireAccess();
	await desk.check();
	expect(simulator.webTokens.refreshes).toBe(1);
});

test("the server's address with the API's path is the same server", async () => {
	const simulator = await floor.simulator();
	for (const path of ["/ns-api", "/ns-api/v2", "/"])
		expect((await open(simulator, { server: simulator.origin + path })).session.userName).toBe(
			"2500@portal",
		);
});

test("nobody there, a server that fails, one that is no such system", async () => {
	const simulator = await floor.simulator();
	simulator.faults.next({ action: "status", status: 500, match: { path: "/tokens" } });
	await expect(open(simulator)).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 500 } },
	});
	simulator.faults.next({ action: "html", status: 404, times: 4 });
	await expect(open(simulator)).rejects.toMatchObject({ error: { code: "auth.notThisSystem" } });
	simulator.faults.clear();
	await simulator.network.cut("refuse");
	await expect(open(simulator)).rejects.toMatchObject({ error: { code: "network.refused" } });
});

test.each<[string, string]>([
	["another API that knows no such address", "404 {}"],
	["another API that says yes to everything", '200 {"ok":true}'],
	["a web page", "200 <html></html>"],
	["a web page that is not there", "404 <html></html>"],
	["an empty answer", "200 "],
	["a list", "200 [1,2,3]"],
	["no JSON", "200 {oh"],
])("%s is not this system, whatever one signs in with", async (_what, answer) => {
	const simulator = await floor.simulator();
	const user = simulator.company.user("2500@portal");
	const jwt = simulator.webTokens.grant(user, "host").token.text;
	for (const credentials of [
		{},
		{ method: "jwt", secret: jwt, userName: "" },
		key(simulator, { reach: "user", domain: "portal", user: "2500" }),
	] as const) {
		const [status, body] = [answer.slice(0, 3), answer.slice(4)];
		const fault = { action: "body", status: Number(status), body, processed: false, times: 20 } as const;
		simulator.faults.next(fault);
		await expect(open(simulator, credentials)).rejects.toMatchObject({
			error: { code: "auth.notThisSystem" },
		});
		simulator.faults.clear();
	}
});

test("an older server (44.x): everything that it has, and nothing that it has not", async () => {
	const simulator = await floor.simulator({ switches: { generation: 44 } });
	simulator.customers.customer(customer).write(own.picture, "hello");
	const desk = await floor.desk(simulator);
	desk.session.watch(["1123@portal"]);
	await desk.seconds(3);
	expect(desk.texts()).toEqual(["hello"]);
	const { contacts } = await desk.session.search("will", desk.signal);
	expect(contacts).toMatchObject([{ name: "Will Clark", presence: "unknown" }]);
	expect((await desk.send(smsKey, "hi")).kind).toBe("accepted");
	await desk.seconds(9);
	expect(desk.bubbles.states).toEqual(["sent"]);
	expect(desk.of("presence").at(-1)).toMatchObject({ peer: "1123@portal", presence: "unknown" });
	const asked = simulator.journal.requests({ path: "/presence/list" }).length;
	await desk.later(300_000);
	expect(simulator.journal.requests({ path: "/presence/list" })).toHaveLength(asked);
});

test("renewal goes wrong for a moment: nobody is signed out", async () => {
	const desk = await floor.both();
	desk.simulator.tokens.expireAccess();
	desk.simulator.faults.next({ action: "status", status: 500, match: { path: "/tokens" } });
	await desk.later(24_000);
	expect(desk.of("signedOut")).toEqual([]);
	expect(desk.of("connection").at(-1)?.state).toBe("reconnecting");
	desk.session.wake();
	await desk.later(1000);
	await desk.later(24_000);
	expect(desk.of("connection").at(-1)?.state).toBe("online");
	expect(desk.simulator.tokens.refreshes).toBe(1);
});
