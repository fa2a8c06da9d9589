import { afterEach, expect, test } from "vitest";
import { EvovoiceBench } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";

const bench = new EvovoiceBench();
afterEach(() => bench.close());

const basic = (userName: string, password: string): string =>
	`Basic ${Buffer.from(`${userName}:${password}`).toString("base64")}`;

test("signing in sets three cookies, names the session, and tells who it is", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	const answer = await client.signIn();
	expect(answer.status).toBe(200);
	const attributes = "path=/; secure; samesite=lax; httponly";
	const date = "expires=[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} 2043 [\\d:]{8} GMT";
	expect(answer.setCookies).toEqual([
		expect.stringMatching(new RegExp(`^ss-opt=perm; ${date}; ${attributes}$`)),
		expect.stringMatching(new RegExp(`^ss-pid=[A-Za-z0-9]{20}; ${date}; ${attributes}$`)),
		expect.stringMatching(new RegExp(`^ss-id=[A-Za-z0-9]{20}; ${attributes}$`)),
	]);
	expect(answer.body).toEqual({
		userId: simulator.users[0]?.id,
		sessionId: client.cookies.get("ss-pid"),
		userName: "agent@example.com",
		displayName: "Alex Moss",
		roles: ["User"],
		permissions: [],
	});
	expect((await client.get("/auth/status")).body).toMatchObject({
		isAuthenticated: true,
		name: "Alex Moss",
		accountNames: ["Acme Corp"],
	});
	expect((await client.get("/auth")).body).toMatchObject({ userName: "agent@example.com" });
	expect(simulator.httpSessions.signIns).toBe(1);
	expect(simulator.httpSessions.count("agent@example.com")).toBe(1);
});

test("ss-opt says which of the two ids counts; alone each is worth nothing", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	await client.signIn();
	const { "ss-id": temporary = "", "ss-pid": permanent = "" } = Object.fromEntries(client.cookies);
	const status = async (cookie: string): Promise<number> => {
		const answer = await new EvovoiceClient(simulator.origin).get("/messages", { cookie });
		return answer.status;
	};
	expect(await status(`ss-opt=perm; ss-pid=${permanent}; ss-id=${temporary}`)).toBe(200);
	expect(await status(`ss-id=${temporary}; ss-pid=${permanent}`)).toBe(401);
	expect(await status(`ss-opt=temp; ss-id=${temporary}; ss-pid=${permanent}`)).toBe(401);
	const brief = new EvovoiceClient(simulator.origin);
	const answer = await brief.signIn("agent@example.com", "secret", false);
	expect(answer.body["sessionId"]).toBe(brief.cookies.get("ss-id"));
	expect(brief.cookies.get("ss-opt")).toBe("temp");
	expect((await brief.get("/messages")).status).toBe(200);
});

test("headers may stand for cookies", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	await client.signIn();
	const headers = Object.fromEntries([...client.cookies].map(([name, value]) => [`x-${name}`, value]));
	const other = new EvovoiceClient(simulator.origin);
	expect((await other.get("/messages", headers)).status).toBe(200);
	expect((await other.get("/messages", { "x-ss-pid": headers["x-ss-pid"] ?? "" })).status).toBe(401);
});

test("signing in again brings new ids, and the old ones are over", async () => {
	const { client, simulator } = await bench.desk();
	const before = new Map(client.cookies);
	await client.signIn();
	for (const name of ["ss-id", "ss-pid"]) expect(client.cookies.get(name)).not.toBe(before.get(name));
	const cookie = [...before].map(([name, value]) => `${name}=${value}`).join("; ");
	expect((await new EvovoiceClient(simulator.origin).get("/messages", { cookie })).status).toBe(401);
	expect((await client.get("/messages")).status).toBe(200);
	expect(simulator.httpSessions.signIns).toBe(2);
});

test("Basic on every request gives the same rights and is no sign-in", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	const authorization = basic("Agent@Example.com", "secret");
	expect((await client.get("/messages", { authorization })).status).toBe(200);
	expect((await client.get("/auth/status", { authorization })).body["isAuthenticated"]).toBe(true);
	const refused = await client.get("/messages", { authorization: basic("agent@example.com", "no") });
	expect([refused.status, refused.text]).toEqual([401, ""]);
	expect(simulator.httpSessions.signIns).toBe(0);
	expect(
		simulator.journal.requests({ path: "/messages" }).map(({ credentials, user }) => [credentials, user]),
	).toEqual([
		["basic", "agent@example.com"],
		["basic", undefined],
	]);
});

test("what can be wrong with a sign-in, each in its own words", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	const wrong = await client.signIn("agent@example.com", "guess");
	expect([wrong.status, wrong.reason]).toEqual([401, "Unauthorized"]);
	expect(wrong.body).toEqual({
		responseStatus: { errorCode: "Unauthorized", message: "Invalid Username or Password", errors: [] },
	});
	const empty = await client.signIn("", "");
	expect(empty.status).toBe(400);
	expect(empty.body["responseStatus"]).toEqual({
		errorCode: "ValidationException",
		message: "'User Name' must not be empty.",
		errors: [
			{ errorCode: "NotEmpty", fieldName: "UserName", message: "'User Name' must not be empty." },
			{ errorCode: "NotEmpty", fieldName: "Password", message: "'Password' must not be empty." },
		],
	});
	const unknown = await client.post("/auth/foo", { userName: "a", password: "b" });
	expect(unknown.status).toBe(404);
	expect(unknown.text).toContain("No configuration was added for OAuth provider 'foo'");
	simulator.company.user("agent@example.com").locked = true;
	expect((await client.signIn()).text).toContain("This account has been locked");
	const byGet = await client.get("/auth/credentials?userName=agent@example.com&password=secret");
	expect(byGet.status).toBe(405);
	expect(byGet.text).toContain("GET Authenticate requests are disabled");
	expect(client.cookies.has("ss-opt")).toBe(false);
});

test("the journal keeps no password, wherever it was written", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	await client.signIn("agent@example.com", "hunter2");
	await client.post("/auth/credentials", { UserName: "x", PassWord: "hunter2" });
	await client.get("/auth/credentials?userName=x&Password=hunter2");
	await client.postXml(
		"/auth/credentials",
		`<Authenticate xmlns="http://schemas.servicestack.net/types"><provider>credentials</provider><UserName>agent@example.com</UserName><Password>hunter2</Password></Authenticate>`,
	);
	const kept = JSON.stringify(simulator.journal.entries);
	expect(simulator.journal.requests({ path: "/credentials" })).toHaveLength(4);
	expect(kept).toContain("(removed)");
	expect(kept).not.toContain("hunter2");
});

test("forms and XML sign in as well", async () => {
	const simulator = await bench.start();
	const form = await new EvovoiceClient(simulator.origin).request(
		"POST",
		"/auth/credentials",
		"userName=agent%40example.com&password=secret",
		{ "content-type": "application/x-www-form-urlencoded" },
	);
	expect(form.status).toBe(200);
	const client = new EvovoiceClient(simulator.origin);
	const xml = await client.postXml(
		"/auth/credentials",
		`<Authenticate xmlns="http://schemas.servicestack.net/types"><provider>credentials</provider><UserName>agent@example.com</UserName><Password>secret</Password><RememberMe>true</RememberMe></Authenticate>`,
	);
	expect(xml.text).toMatch(
		/^<\?xml version="1.0" encoding="utf-8"\?><AuthenticateResponse [^>]*xmlns="http:\/\/schemas.servicestack.net\/types"><UserId>[0-9a-f]{24}<\/UserId><SessionId>/,
	);
	expect(client.cookies.get("ss-opt")).toBe("perm");
});

test("without a session: 401 without a body; the provider is named; strangers get cookies that prove nothing", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	const answer = await client.get("/messages");
	expect([answer.status, answer.text]).toEqual([401, ""]);
	expect(answer.headers.get("www-authenticate")).toBe('basic realm="/auth/basic"');
	expect([...client.cookies.keys()].sort()).toEqual(["ss-id", "ss-pid"]);
	expect((await client.get("/messages")).status).toBe(401);
	expect((await client.get("/auth/status")).body).toEqual({ isAuthenticated: false });
	expect((await client.get("/auth")).status).toBe(401);
	const page = await client.get("/messages?x=1", { accept: "text/html,application/json" });
	expect(page.status).toBe(302);
	expect(page.headers.get("location")).toBe(`${simulator.origin}/login?redirect=%2Fmessages%3Fx%3D1`);
	expect((await client.get("/login")).headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test("signing out ends the session and deletes the cookies; by GET too", async () => {
	const { client, simulator } = await bench.desk();
	const copy = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	const answer = await client.post("/auth/logout", {});
	expect([answer.status, answer.body]).toEqual([200, {}]);
	expect(client.cookies.size).toBe(0);
	expect((await new EvovoiceClient(simulator.origin).get("/messages", { cookie: copy })).status).toBe(401);
	await client.signIn();
	expect((await client.get("/auth/logout")).status).toBe(200);
	expect(simulator.httpSessions.count()).toBe(0);
});

test("expireAll: the next request is a 401", async () => {
	const { client, simulator } = await bench.desk();
	simulator.httpSessions.expireAll();
	expect((await client.get("/messages")).status).toBe(401);
	expect(simulator.httpSessions.count()).toBe(0);
});

test("roles: sending wants User, lists of the portal want more, an administrator sees every account", async () => {
	const simulator = await bench.start({
		users: [
			{ emailAddress: "agent@example.com", password: "secret" },
			{ emailAddress: "lead@example.com", password: "secret", roles: ["Manager"] },
			{
				emailAddress: "root@example.com",
				password: "secret",
				roles: ["SystemAdministrator"],
				accounts: ["Head office"],
			},
		],
	});
	const lead = new EvovoiceClient(simulator.origin);
	await lead.signIn("lead@example.com");
	const [line] = simulator.endpoints;
	const refused = await lead.post("/messages", { endpointId: line?.id, toAddress: "+15550142", body: "x" });
	expect([refused.status, refused.reason, refused.headers.get("content-type")]).toEqual([
		403,
		"Invalid Role",
		"text/plain",
	]);
	expect(refused.text).toBe(
		"Forbidden\n\nRequest.HttpMethod: POST\nRequest.PathInfo: /messages\nRequest.QueryString: \n",
	);
	expect((await lead.get("/auth/token")).body).toHaveProperty("authToken");
	expect((await lead.get("/endpoints")).status).toBe(200);
	expect((await lead.get("/accounts")).status).toBe(403);
	const root = new EvovoiceClient(simulator.origin);
	await root.signIn("root@example.com");
	expect((await root.get("/auth/status")).body["accountNames"]).toEqual(["Acme Corp", "Head office"]);
	expect((await root.get("/accounts")).items.map(({ name }) => name)).toEqual(["Acme Corp", "Head office"]);
});
