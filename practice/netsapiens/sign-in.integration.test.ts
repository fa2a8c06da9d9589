import { afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, PortalClient, sessionId } from "../testing/netsapiens-client.ts";
import type { KeyReach } from "./api-keys.ts";

const bench = new PortalBench();
afterEach(() => bench.close());

const expired = { code: 401, message: "The access token provided has expired" };
const factor = {
	grant_type: "mfa",
	mfa_vendor: "google",
	mfa_type: "authenticator",
	ns_id_type: "subscriber",
	passcode: "123456",
};

test("password: the whole AccessToken, and who one is", async () => {
	const { simulator, ann } = await bench.desk();
	const answer = await ann.signIn();
	expect(answer.json).toEqual({
		username: "2500@portal",
		user: "2500",
		territory: "Practice",
		domain: "portal",
		site: "",
		group: null,
		department: "Service",
		uid: "2500@portal",
		login: "2500@portal",
		scope: "Basic User",
		user_email: "2500@portal.example.invalid",
		displayName: "Ann Lee",
		access_token: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
		expires_in: 3600,
		token_type: "Bearer",
		refresh_token: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
		client_id: "trunkline",
		apiversion: "Version: 45.0.1",
	});
	expect((await ann.call("GET", "/domains/~/users/~")).json).toMatchObject({
		user: "2500",
		domain: "portal",
		"user-scope": "Basic User",
		"user-presence-status": "open",
	});
	expect(simulator.tokens.signIns).toBe(2);
	await ann.sessions();
	expect(simulator.journal.requests({ path: "/messagesessions" }).at(-1)).toMatchObject({
		user: "2500@portal",
		credentials: "bearer",
	});
	expect(JSON.stringify(simulator.journal.entries)).not.toContain(ann.bearer);
});

test("all five fields are required, other grants are not known, a login name of one's own works", async () => {
	const simulator = await bench.start();
	simulator.company.user("2500@portal").login = "ann.lee";
	const client = new PortalClient(simulator.origin, "2500@portal");
	for (const name of ["client_id", "client_secret", "username", "password"]) {
		const answer = await client.signIn("secret", { [name]: "" });
		expect([answer.status, answer.body["message"]]).toEqual([400, `Bad Request: ${name} is required`]);
	}
	expect((await client.signIn("secret", { grant_type: "magic" })).status).toBe(400);
	expect((await client.signIn("secret", { username: "Ann.Lee" })).status).toBe(200);
	expect((await client.signIn("secret", { username: "nobody@portal" })).status).toBe(401);
});

test("no bearer, a wrong one, an expired one", async () => {
	const { simulator, ann } = await bench.desk();
	const good = ann.bearer;
	ann.bearer = "";
	expect((await ann.sessions()).json).toEqual({ code: 401, message: "Authentication Required" });
	ann.bearer = "0".repeat(32);
	expect((await ann.sessions()).json).toEqual(expired);
	ann.bearer = good;
	simulator.tokens.expireAccess();
	expect((await ann.sessions()).json).toEqual(expired);
	simulator.tokens.refuseRefresh = true;
	expect((await ann.refresh()).status).toBe(401);
	simulator.tokens.refuseRefresh = false;
	expect((await ann.refresh()).status).toBe(200);
	simulator.tokens.expireAll("1123@portal");
	expect((await ann.sessions()).status).toBe(200);
	simulator.tokens.expireAll();
	expect((await ann.sessions()).status).toBe(401);
	expect((await ann.refresh()).status).toBe(401);
	expect((await ann.signIn()).status).toBe(200);
});

test("MFA: the first token is for the code only", async () => {
	const simulator = await bench.start();
	simulator.company.user("2500@portal").passcode = "123456";
	const client = new PortalClient(simulator.origin, "2500@portal");
	const first = await client.signIn();
	expect(first.body).toMatchObject({
		scope: "mfa_required",
		mfa_type: "authenticator",
		mfa_vendor: "google",
	});
	expect((await client.sessions()).status).toBe(401);
	expect((await client.refresh()).status).toBe(401);
	const access = { access_token: field(first.body, "access_token") };
	expect((await client.signIn("secret", { ...factor, ...access, passcode: "000000" })).status).toBe(401);
	expect((await client.signIn("secret", { ...factor, access_token: "other" })).status).toBe(401);
	expect((await client.signIn("secret", { ...factor, ...access })).body["scope"]).toBe("Basic User");
	expect((await client.sessions()).status).toBe(200);
	expect(simulator.tokens.signIns).toBe(1);
	expect(JSON.stringify(simulator.journal.entries)).not.toContain("123456");
});

test("JWT: claims, MFA, revocation", async () => {
	const { simulator, ann } = await bench.desk();
	const body = {
		grant_type: "password",
		client_id: "trunkline",
		client_secret: "client-secret",
		username: "2500@portal",
		password: "secret",
	};
	const { body: pair } = await ann.call("POST", "/jwt", body);
	ann.bearer = field(pair, "token");
	const [header = "", payload = "", signature] = ann.bearer.split(".");
	expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "HS256", typ: "JWT" });
	const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
	expect(claims).toMatchObject({
		aud: "ns",
		iat: 1_700_000_000,
		exp: 1_700_086_400,
		sub: "2500@portal",
		time_out: 86_400_000,
		user: "2500",
		domain: "portal",
		user_scope: "Basic User",
		displayName: "Ann Lee",
	});
	expect(claims["jti"]).toMatch(/^[0-9a-f]{40}$/);
	expect(signature).toBeTruthy();
	expect((await ann.call("GET", "/jwt")).json).toEqual(claims);
	expect((await ann.call("GET", "/jwt/2500@portal")).json).toEqual([claims]);
	expect((await ann.call("GET", `/jwt/${String(claims["jti"])}`)).json).toEqual([claims]);
	expect((await ann.call("GET", "/jwt/1123@portal")).status).toBe(403);
	expect((await ann.call("DELETE", "/jwt")).status).toBe(202);
	expect((await ann.sessions()).json).toEqual(expired);

	simulator.company.user("2500@portal").passcode = "123456";
	const first = field((await ann.call("POST", "/jwt", body)).body, "token");
	ann.bearer = first;
	expect((await ann.sessions()).status).toBe(401);
	const second = await ann.call("POST", "/jwt", { ...body, ...factor, access_token: first });
	ann.bearer = field(second.body, "token");
	expect((await ann.sessions()).status).toBe(200);
	expect((await ann.call("DELETE", "/jwt/2500@portal")).status).toBe(202);
	expect((await ann.sessions()).status).toBe(401);
	simulator.webTokens.refuseRefresh = true;
	expect((await ann.call("POST", "/jwt", { refresh: second.body["refresh"] })).status).toBe(403);
	simulator.webTokens.refuseRefresh = false;
	simulator.webTokens.expireAll();
	expect((await ann.call("POST", "/jwt", { refresh: second.body["refresh"] })).status).toBe(403);
});

test("API keys: 60 characters, what they reach, and what `~` means to them", async () => {
	const simulator = await bench.start();
	const client = new PortalClient(simulator.origin, "2500@portal");
	const use = async (reach: KeyReach, user?: string): Promise<number[]> => {
		const key = simulator.apiKeys.add({
			reach,
			...(reach === "user" || reach === "domain" ? { domain: "portal" } : {}),
			...(user === undefined ? {} : { user }),
		});
		expect(key.key).toMatch(/^ns[srdu]_[0-9a-z]{56}$/);
		expect(key.keyId).toBe(key.key.slice(0, 12));
		client.bearer = key.key;
		return [
			(await client.call("GET", "/domains/~/users/~/messagesessions")).status,
			(await client.sessions()).status,
			(await client.call("GET", "/domains/portal/users/1123/messagesessions")).status,
			(await client.call("GET", "/domains/portal/messagesessions")).status,
		];
	};
	expect(await use("user", "2500")).toEqual([200, 200, 403, 403]);
	expect(await use("domain")).toEqual([404, 200, 200, 200]);
	expect(await use("reseller")).toEqual([404, 200, 200, 200]);
	expect(await use("super")).toEqual([404, 200, 200, 200]);
	expect((await client.call("GET", "/domains/nowhere/messagesessions")).json).toEqual({
		code: 404,
		message: "Domain nowhere does not exist",
	});
});

test("API keys: readonly, models, address, description, revocation, delegated JWT", async () => {
	const simulator = await bench.start();
	const client = new PortalClient(simulator.origin, "2500@portal");
	const own = { reach: "user", domain: "portal", user: "2500" } as const;
	const readonly = simulator.apiKeys.add({ ...own, readonly: true, allowedModels: ["messagesession"] });
	client.bearer = readonly.key;
	expect((await client.call("GET", "/apikeys/~")).json).toEqual({
		description: "",
		"key-id": readonly.keyId,
		reseller: "Practice",
		domain: "portal",
		user: "2500",
		"user-scope": "Basic User",
		"ip-address": "*",
		readonly: "yes",
		"can-create-keys": "no",
		"allowed-models": ["messagesession"],
	});
	expect((await client.sessions()).status).toBe(200);
	expect((await client.own("/smsnumbers")).json).toEqual({ code: 403, message: "Permission Denied" });
	const text = { type: "sms", message: "x", "from-number": lines.picture, destination: lines.customer };
	expect((await client.send(sessionId("a"), text)).status).toBe(403);
	client.bearer = simulator.apiKeys.add({ ...own, ipAddress: "192.0.2.1" }).key;
	expect((await client.sessions()).status).toBe(403);
	const here = simulator.apiKeys.add({ ...own, ipAddress: "127.0.0.1" });
	client.bearer = here.key;
	expect((await client.sessions()).status).toBe(200);
	const jwt = await client.call("POST", "/jwt", { user: "2500", domain: "portal" });
	expect(jwt.status).toBe(200);
	expect((await client.call("POST", "/jwt", { user: "1123", domain: "portal" })).status).toBe(403);
	here.revoked = true;
	expect((await client.sessions()).status).toBe(401);
	client.bearer = field(jwt.body, "token");
	expect((await client.sessions()).status).toBe(200);
	expect((await client.call("GET", "/apikeys/~")).status).toBe(403);
});

test("other people's things: domain, user, scope", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.company.addUser({ user: "100", domain: "elsewhere", firstName: "Eve", lastName: "Far" });
	expect((await ann.call("GET", "/domains/elsewhere/users/100/messagesessions")).json).toEqual({
		code: 403,
		message: "Domain not found or access denied",
	});
	expect((await ann.call("GET", "/domains/portal/users/7777/messagesessions")).json).toEqual({
		code: 404,
		message: "User 7777 does not exist in domain portal",
	});
	expect((await ann.call("GET", "/domains/portal/users/1123/messagesessions")).json).toEqual({
		code: 403,
		message: "Permission Denied",
	});
	expect((await ann.call("GET", "/domains/portal/messagesessions")).status).toBe(403);
	await ann.send(sessionId("a"), { type: "chat", message: "x", destination: "1123" });
	const nora = await bench.client(simulator, "1004@portal");
	const all = await nora.call("GET", "/domains/portal/messagesessions");
	// Once for each of the two who have it (sheet, 2.1).
	expect(all.rows.map((row) => row["user"]).sort()).toEqual(["1123", "2500"]);
});
