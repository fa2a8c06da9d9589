import { afterAll, afterEach, expect, test } from "vitest";
import { EvovoiceBench } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";
import { wheelPicture } from "./picture.ts";
import type { EvovoiceSwitches } from "./switches.ts";

const bench = new EvovoiceBench();
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const dayMs = 86_400_000;

test("secureCookies, anonymousCookies", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { secureCookies: false, anonymousCookies: false });
	const client = new EvovoiceClient(simulator.origin);
	expect((await client.get("/messages")).setCookies).toEqual([]);
	const { setCookies } = await client.signIn();
	expect(setCookies).toHaveLength(3);
	for (const line of setCookies) expect(line).not.toContain("secure");
});

test("wrongPasswordMessage, validationCode, firstProvider", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, {
		wrongPasswordMessage: "Nope.",
		validationCode: "NotEmpty",
		firstProvider: "credentials",
	});
	const client = new EvovoiceClient(simulator.origin);
	expect((await client.signIn("agent@example.com", "x")).body["responseStatus"]).toMatchObject({
		message: "Nope.",
	});
	expect((await client.signIn("", "x")).body["responseStatus"]).toMatchObject({
		errorCode: "NotEmpty",
		errors: [{ fieldName: "UserName" }],
	});
	expect((await client.get("/messages")).headers.get("www-authenticate")).toBe(
		'credentials realm="/auth/credentials"',
	);
});

test("signIn: by redirect, by page, or with a body that says nothing; none of them signs in (Q17)", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { signIn: "redirect" });
	const client = new EvovoiceClient(simulator.origin);
	const redirect = await client.signIn();
	expect([redirect.status, redirect.headers.get("location")]).toEqual([
		302,
		`${simulator.otherOrigin}/sso/authorize?client_id=evovoice`,
	]);
	bench.turn(simulator, { signIn: "loginPage" });
	const page = await client.signIn();
	expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
	bench.turn(simulator, { signIn: "unknownBody" });
	expect((await client.signIn()).body).toEqual({ mfaRequired: true, challenge: "sms" });
	expect(client.cookies.has("ss-opt")).toBe(false);
	expect(simulator.httpSessions.signIns).toBe(0);
});

test("bearerTokenInReply (Q16)", async () => {
	const simulator = await bench.start();
	bench.turn(simulator, { bearerTokenInReply: true });
	const { body } = await new EvovoiceClient(simulator.origin).signIn();
	expect(body["bearerToken"]).toMatch(/^eyJ/);
	expect(body["refreshToken"]).toMatch(/^eyJ/);
	const headers = { authorization: `Bearer ${body["bearerToken"] as string}` };
	expect((await new EvovoiceClient(simulator.origin).get("/messages", headers)).status).toBe(401);
});

test("statusSignedOut: null, 204, or nothing (Q15)", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	const shape = async (): Promise<unknown[]> => {
		const { status, text } = await client.get("/auth/status");
		return [status, text];
	};
	bench.turn(simulator, { statusSignedOut: "null" });
	expect(await shape()).toEqual([200, "null"]);
	expect((await client.get("/auth/status?format=xml")).text).toContain('i:nil="true"/>');
	bench.turn(simulator, { statusSignedOut: "noContent" });
	expect(await shape()).toEqual([204, ""]);
	bench.turn(simulator, { statusSignedOut: "empty" });
	expect(await shape()).toEqual([200, ""]);
});

test("signedOut: a redirect, or the login page with 200 (Q14)", async () => {
	const simulator = await bench.start();
	const client = new EvovoiceClient(simulator.origin);
	bench.turn(simulator, { signedOut: "redirect" });
	const redirect = await client.get("/messages");
	expect([redirect.status, redirect.headers.get("location")]).toEqual([
		302,
		`${simulator.origin}/login?redirect=%2Fmessages`,
	]);
	bench.turn(simulator, { signedOut: "loginPage" });
	const page = await client.get("/messages");
	expect([page.status, page.text]).toEqual([200, expect.stringContaining('name="password"')]);
});

test("sessionLifetimeMs, slidingSessions: by ss-opt, fixed or sliding (Q13)", async () => {
	const { simulator, clock, client } = await bench.desk();
	bench.turn(simulator, { sessionLifetimeMs: { temporary: 1_000, permanent: 10_000 } });
	await client.signIn("agent@example.com", "secret", false);
	clock.advance(999);
	expect((await client.get("/messages")).status).toBe(200);
	clock.advance(1);
	expect((await client.get("/messages")).status).toBe(401);
	await client.signIn();
	clock.advance(9_000);
	expect((await client.get("/messages")).status).toBe(200);
	clock.advance(9_000);
	expect((await client.get("/messages")).status).toBe(401);
	bench.turn(simulator, { slidingSessions: true });
	await client.signIn();
	for (let round = 0; round < 3; round += 1) {
		clock.advance(9_000);
		expect((await client.get("/messages")).status).toBe(200);
	}
});

test("refuseCurl: curl and nobody in particular", async () => {
	const { simulator, client } = await bench.desk();
	bench.turn(simulator, { refuseCurl: true });
	const status = async (agent: string): Promise<number> =>
		(await client.get("/messages", { "user-agent": agent })).status;
	expect([await status("curl/8.5.0"), await status(""), await status("Trunkline/1")]).toEqual([
		403, 403, 200,
	]);
});

test("rateLimit: 429 with and without Retry-After (Q19)", async () => {
	const { simulator, clock, client } = await bench.desk();
	bench.turn(simulator, { rateLimit: { requests: 2, windowMs: 1_000 } });
	const statuses = async (count: number): Promise<number[]> => {
		const seen: number[] = [];
		for (let index = 0; index < count; index += 1) seen.push((await client.get("/messages")).status);
		return seen;
	};
	expect(await statuses(3)).toEqual([200, 200, 429]);
	bench.turn(simulator, { rateLimit: { requests: 2, windowMs: 1_000, retryAfterSeconds: 7 } });
	const refused = await client.get("/messages");
	expect([refused.status, refused.headers.get("retry-after"), refused.text]).toEqual([
		429,
		"7",
		"Too Many Requests",
	]);
	clock.advance(1_000);
	expect(await statuses(3)).toEqual([200, 200, 429]);
});

test("insistsOnXml: 406, or XML whatever was asked for", async () => {
	const { simulator, client } = await bench.desk();
	bench.turn(simulator, { insistsOnXml: "notAcceptable" });
	expect((await client.get("/messages")).status).toBe(406);
	for (const [path, accept] of [
		["/messages", "application/xml"],
		["/messages.xml", "*/*"],
		["/messages?format=xml", "*/*"],
	] as const)
		expect((await client.get(path, { accept })).status).toBe(200);
	bench.turn(simulator, { insistsOnXml: "always" });
	const answer = await client.get("/messages?callback=f");
	expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/xml"]);
	expect((await client.post("/messages", {})).text).toContain("<ErrorResponse ");
});

test("xmlNulls: omitted", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "x");
	bench.turn(simulator, { xmlNulls: "omitted" });
	const { text } = await client.get("/messages.xml");
	expect(text).not.toContain("nil=");
	expect(text).not.toContain("CustomerId");
});

test("responseTypeErrors: {} or a responseStatus after all; debugMode; errorsAs200", async () => {
	const { simulator, client } = await bench.desk();
	const failed = async (): Promise<unknown[]> => {
		simulator.failures.next({ operation: "ListConversations", status: 500 });
		const { status, body } = await client.get("/conversations");
		return [status, body];
	};
	bench.turn(simulator, { responseTypeErrors: "emptyObject" });
	expect(await failed()).toEqual([500, {}]);
	bench.turn(simulator, { responseTypeErrors: "responseStatus" });
	expect(await failed()).toEqual([
		500,
		{ responseStatus: expect.objectContaining({ errorCode: "Exception" }) as unknown },
	]);
	bench.turn(simulator, { debugMode: true });
	expect(JSON.stringify(await failed())).toContain("stackTrace");
	bench.turn(simulator, { errorsAs200: true });
	expect(await failed()).toEqual([200, { responseStatus: expect.anything() as unknown }]);
	const wrong = await client.signIn("agent@example.com", "x");
	expect([wrong.status, wrong.body["responseStatus"]]).toEqual([200, expect.anything()]);
});

test("extraMembers: in every object of a reply", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "x");
	bench.turn(simulator, { extraMembers: true });
	const { body, items } = await client.get("/messages");
	expect(body).toHaveProperty("futureMember");
	expect(items[0]).toHaveProperty("futureMember");
	expect((await client.get("/messages.xml")).text).not.toContain("utureMember");
});

test("dateFormat: every form (Q1)", async () => {
	const { simulator, clock, client } = await bench.desk();
	clock.advance(123);
	simulator.outside.person("+15550142").write("Main line", "x");
	const forms: Readonly<Record<EvovoiceSwitches["dateFormat"], string>> = {
		isoMilliseconds: "2023-11-14T22:13:20.123Z",
		isoSeconds: "2023-11-14T22:13:20Z",
		isoOffset: "2023-11-15T00:13:20.123+02:00",
		isoLocal: "2023-11-14T22:13:20.123",
		isoSevenDigits: "2023-11-14T22:13:20.1230000Z",
		milliseconds: "/Date(1700000000123)/",
		millisecondsOffset: "/Date(1700000000123+0200)/",
		garbage: "il y a 20 s",
	};
	for (const [dateFormat, expected] of Object.entries(forms)) {
		bench.turn(simulator, { dateFormat: dateFormat as EvovoiceSwitches["dateFormat"] });
		expect((await client.get("/messages")).items[0]?.["date"]).toBe(expected);
	}
});

test("afterDateFormat, afterDateInclusive (Q2)", async () => {
	const { simulator, clock, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "x");
	const iso = new Date(clock.now()).toISOString();
	const answer = async (date: string): Promise<unknown[]> => {
		const { status, items } = await client.get(`/messages?afterDate=${encodeURIComponent(date)}`);
		return [status, items.length];
	};
	expect(await answer(iso)).toEqual([200, 0]);
	bench.turn(simulator, { afterDateInclusive: true });
	expect(await answer(iso)).toEqual([200, 1]);
	expect(await answer(iso.replace("Z", "+00:00"))).toEqual([200, 1]);
	expect(await answer(iso.replace("Z", "0000"))).toEqual([200, 1]);
	bench.turn(simulator, { afterDateFormat: "dateOnly" });
	expect(await answer(iso)).toEqual([400, 0]);
	expect(await answer("2023-11-14")).toEqual([200, 1]);
	expect(await answer("2023-11-15")).toEqual([200, 0]);
	expect(await answer("2023-13-45")).toEqual([400, 0]);
	expect((await client.get(`/conversations?afterDate=${iso}`)).status).toBe(400);
});

test("messageOrder: ascending, unsorted but the same on every page (Q3)", async () => {
	const { simulator, clock, client } = await bench.desk();
	for (let index = 0; index < 8; index += 1) {
		clock.advance(1_000);
		simulator.outside.person("+15550142").write("Main line", String(index));
	}
	const order = async (): Promise<string> => {
		let seen = "";
		for (let page = 0; page < 4; page += 1)
			for (const { text } of (await client.get(`/messages?countPerPage=2&page=${String(page)}`)).items)
				seen += text as string;
		return seen;
	};
	expect(await order()).toBe("76543210");
	bench.turn(simulator, { messageOrder: "ascending" });
	expect(await order()).toBe("01234567");
	bench.turn(simulator, { messageOrder: "unsorted" });
	const unsorted = await order();
	expect([...unsorted].sort().join("")).toBe("01234567");
	expect(["01234567", "76543210"]).not.toContain(unsorted);
	expect(await order()).toBe(unsorted);
});

test("mostCountPerPage, simplifiedTotals, rowCopies (Q20)", async () => {
	const { simulator, client } = await bench.desk();
	for (let index = 0; index < 5; index += 1)
		simulator.outside.person("+15550142").write("Main line", String(index));
	bench.turn(simulator, { mostCountPerPage: 2 });
	expect((await client.get("/messages?countPerPage=100")).body).toMatchObject({
		items: [expect.anything(), expect.anything()],
		totalCount: 5,
		totalPages: 3,
	});
	bench.turn(simulator, { simplifiedTotals: "absent" });
	const { body } = await client.get("/messages?countPerPage=100&simplifiedPaging=true");
	expect(Object.keys(body).sort()).toEqual(["hasMorePages", "items"]);
	bench.turn(simulator, { rowCopies: 2 });
	const ids = (await client.get("/messages")).items.map(({ id }) => id);
	expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
	expect(simulator.messages.all).toHaveLength(5);
});

test("conversationIds: another in each answer, or good for nothing (Q4)", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "x");
	const shown = async (): Promise<string> =>
		((await client.get("/conversations")).body["conversations"] as readonly { id: string }[])[0]?.id ??
		"";
	const found = async (id: string): Promise<number> =>
		(await client.get(`/messages?conversationIds=${id}`)).items.length;
	expect(await shown()).toBe(await shown());
	bench.turn(simulator, { conversationIds: "changing" });
	const [first, second] = [await shown(), await shown()];
	expect(first).not.toBe(second);
	expect([await found(first), await found(second)]).toEqual([1, 1]);
	bench.turn(simulator, { conversationIds: "useless" });
	expect(await found(await shown())).toBe(0);
});

test("listLagMs: accepted, and only later in the list (Q10)", async () => {
	const { simulator, clock, client, main } = await bench.desk();
	bench.turn(simulator, { listLagMs: 3_000 });
	await client.post("/messages", { endpointId: main, toAddress: "+15550142", body: "x" });
	const count = async (): Promise<unknown> => (await client.get("/messages")).body["totalCount"];
	expect([simulator.ledger.count("x"), await count()]).toEqual([1, 0]);
	clock.advance(3_000);
	expect(await count()).toBe(1);
});

test("sessionMessagesListed, senderForm", async () => {
	const { simulator, client, main } = await bench.desk();
	const chat = simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	chat.write("from the chat");
	bench.turn(simulator, { sessionMessagesListed: false, senderForm: "name" });
	await client.post("/messages", { endpointId: main, toAddress: "+15550142", body: "x" });
	expect((await client.get("/messages")).items.map(({ text, sender }) => [text, sender])).toEqual([
		["x", "Alex Moss"],
	]);
	expect((await client.get("/conversations")).body["conversations"]).toHaveLength(1);
	expect((await client.get(`/sessions/${chat.session.id}/transcript`)).text).toContain("from the chat");
});

test("unread: until listed, always, never (Q5)", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "x");
	const unread = async (): Promise<unknown> => (await client.get("/messages")).items[0]?.["isUnread"];
	expect((await client.get("/conversations")).text).toContain('"isUnread":true');
	expect([await unread(), await unread()]).toEqual([true, false]);
	bench.turn(simulator, { unread: "always" });
	expect([await unread(), await unread()]).toEqual([true, true]);
	bench.turn(simulator, { unread: "never" });
	expect(await unread()).toBe(false);
});

test("unknownEnums: a direction, a channel and a type that nobody knows yet (Q23)", async () => {
	const { simulator, client } = await bench.desk({
		users: [{ emailAddress: "agent@example.com", password: "secret", roles: ["User", "Manager"] }],
	});
	simulator.outside.person("+15550142").write("Main line", "x");
	simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	bench.turn(simulator, { unknownEnums: true });
	const values = async (path: string, member: string): Promise<unknown[]> =>
		(await client.get(path)).items.map((row) => row[member]);
	expect(await values("/messages", "direction")).toEqual(["Forwarded"]);
	expect(await values("/sessions", "channel")).toEqual(["Chat", "Hologram"]);
	expect(await values("/endpoints", "type")).toEqual([
		"PhoneNumber",
		"PhoneNumber",
		"User",
		"SmartSpeaker",
	]);
});

test("plainUserMayList, userSees, sendNeedsUserEndpoint (Q7)", async () => {
	const { simulator, client, main } = await bench.desk({
		users: [
			{
				emailAddress: "agent@example.com",
				password: "secret",
				endpoint: false,
				ownEndpoints: ["Main line"],
			},
		],
	});
	expect((await client.get("/endpoints")).status).toBe(403);
	bench.turn(simulator, { plainUserMayList: true });
	expect((await client.get("/endpoints")).items).toHaveLength(2);
	expect((await client.get("/customers")).status).toBe(200);
	expect((await client.get("/users")).status).toBe(403);
	simulator.outside.person("+15550142").write("Main line", "mine");
	simulator.outside.person("+15550142").write("Support line", "theirs");
	bench.turn(simulator, { userSees: "ownEndpoints" });
	expect((await client.get("/messages")).items.map(({ text }) => text)).toEqual(["mine"]);
	expect((await client.get("/sessions/active")).status).toBe(404);
	const message = { endpointId: main, toAddress: "+15550142", body: "x" };
	expect((await client.post("/messages", message)).status).toBe(200);
	bench.turn(simulator, { sendNeedsUserEndpoint: true });
	expect((await client.post("/messages", message)).text).toContain("You do not have a phone user endpoint");
});

test("badRecipient, optedOut, endedSession, missingEndpoint, emptyText, longestText (Q8, Q11)", async () => {
	const { simulator, client, main } = await bench.desk();
	const visitor = simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	visitor.end();
	simulator.outside.person("+15550166").optedOut = true;
	const to = (toAddress: string, body = "x", endpointId = main): Promise<[number, unknown]> =>
		client
			.post("/messages", { endpointId, toAddress, body })
			.then(({ status, body: reply }) => [status, reply]);
	const session = (id: string): Promise<number> =>
		client.post(`/sessions/${id}/messages`, { body: "x" }).then(({ status }) => status);
	const statuses = async (): Promise<number[]> => [
		(await to("not a number"))[0],
		(await to("+15550166"))[0],
		await session(visitor.session.id),
		(await to("+15550142", "x", "none"))[0],
		await session("none"),
		(await to("+15550142", ""))[0],
	];
	expect(await statuses()).toEqual([400, 400, 400, 404, 404, 400]);
	expect((await to("", "x"))[1]).toMatchObject({
		responseStatus: { errors: [{ fieldName: "ToAddress" }] },
	});
	bench.turn(simulator, {
		badRecipient: 500,
		optedOut: 403,
		endedSession: 409,
		missingEndpoint: 405,
		emptyText: 422,
	});
	expect(await statuses()).toEqual([500, 403, 409, 405, 405, 422]);
	expect((await to("+15550166"))[1]).toMatchObject({
		responseStatus: {
			errorCode: "UnauthorizedAccessException",
			message: "+15550166 has opted out of messages",
		},
	});
	expect(simulator.ledger.entries).toEqual([]);
	const accepted = "accepted";
	bench.turn(simulator, {
		badRecipient: accepted,
		optedOut: accepted,
		endedSession: accepted,
		missingEndpoint: accepted,
		emptyText: accepted,
	});
	expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
	// For an endpoint that is not there nothing was sent, whatever the 200 says.
	expect((await to("+15550142", "x", "none"))[1]).toEqual({ direction: "Incoming", isUnread: false });
	expect(simulator.ledger.entries).toHaveLength(4);
	simulator.outside.person("+15550166").optedOut = false;
	bench.turn(simulator, { optedOut: 400, longestText: 160 });
	expect((await to("+15550166", "y".repeat(160)))[0]).toBe(200);
	expect((await to("+15550166", "y".repeat(161)))[0]).toBe(400);
});

test("activeSessionsShape: wrapped (Q22)", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	bench.turn(simulator, { activeSessionsShape: "sessions" });
	expect((await client.get("/sessions/active")).body["sessions"]).toHaveLength(1);
	expect((await client.get("/sessions/active.xml")).text).toContain("<GetActiveSessionsResponse ");
});

test("numberMember: address, or nowhere (7.2)", async () => {
	const { simulator, client } = await bench.desk();
	bench.turn(simulator, { plainUserMayList: true, numberMember: "address" });
	const [first] = (await client.get("/endpoints")).items;
	expect([first?.["address"], first?.["phoneNumber"]]).toEqual(["+15550100", undefined]);
	bench.turn(simulator, { numberMember: "absent" });
	expect((await client.get("/endpoints")).text).not.toContain("+15550100");
});

test("mediaHost: a foreign host serves the picture to anybody and would see any cookie (Q12)", async () => {
	const { simulator, client } = await bench.desk();
	const chat = simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	chat.write("", wheelPicture());
	bench.turn(simulator, { mediaHost: "other" });
	const { body } = await client.get(`/sessions/${chat.session.id}/transcript`);
	const uri = (body["messages"] as readonly { mediaUri: string }[])[0]?.mediaUri ?? "";
	expect(uri.startsWith(`${simulator.otherOrigin}/media/`)).toBe(true);
	const other = new EvovoiceClient(simulator.otherOrigin);
	const path = uri.slice(simulator.otherOrigin.length);
	expect((await other.get(path)).bytes.equals(wheelPicture().bytes)).toBe(true);
	await other.get(path, { cookie: "ss-id=leaked" });
	expect(simulator.otherJournal.requests().map(({ credentials }) => credentials)).toEqual([
		"none",
		"cookie",
	]);
	expect((await other.get("/messages")).status).toBe(404);
});

test("earlyCutOff: refused (5.4); archiveAfterDays (7.1)", async () => {
	const { simulator, clock, client } = await bench.desk();
	const chat = simulator.outside.person("visitor-1").startChat("Support line", ["agent@example.com"]);
	const path = `/sessions/${chat.session.id}/transcript?includeHistorical=true&historicalCutOffDate=2020-01-01`;
	expect((await client.get(path)).status).toBe(200);
	bench.turn(simulator, { earlyCutOff: "refused" });
	expect((await client.get(path)).status).toBe(400);
	bench.turn(simulator, { archiveAfterDays: 1 });
	clock.advance(2 * dayMs);
	expect((await client.get("/sessions")).items).toEqual([]);
	expect((await client.get("/sessions?searchArchive=true")).items).toHaveLength(1);
});
