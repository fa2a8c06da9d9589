import { afterEach, expect, test } from "vitest";
import { EvovoiceBench, type EvovoiceDesk } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";
import type { Chat } from "./outside.ts";
import { png } from "../server/png.ts";
import { wheelPicture } from "./picture.ts";

const bench = new EvovoiceBench();
afterEach(() => bench.close());

const dayMs = 86_400_000;

/** The default agent in a chat with a visitor. */
async function chatDesk(): Promise<EvovoiceDesk & { readonly chat: Chat }> {
	const desk = await bench.desk();
	const chat = desk.simulator.outside
		.person("visitor-1", "Visitor")
		.startChat("Support line", ["agent@example.com"]);
	return { ...desk, chat };
}

interface Row {
	readonly id: string;
	readonly [member: string]: unknown;
}

test("sending into a chat: by path or by body, whatever endpoint and address say", async () => {
	const { simulator, client, chat, main, support } = await chatDesk();
	const { id } = chat.session;
	const byPath = await client.post(`/sessions/${id}/messages`, { body: "one", sessionId: "other" });
	expect([byPath.status, byPath.body]).toEqual([
		200,
		expect.objectContaining({ endpointId: support, otherAddress: "visitor-1", text: "one" }),
	]);
	const byBody = { sessionId: id, endpointId: main, toAddress: "+1", body: "two" };
	expect((await client.post("/messages", byBody)).body["endpointId"]).toBe(support);
	expect(
		simulator.ledger.entries.map(({ sessionId, text, address }) => [sessionId, text, address]),
	).toEqual([
		[id, "one", "visitor-1"],
		[id, "two", "visitor-1"],
	]);
	expect(simulator.outside.person("visitor-1").received.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("lists of sessions: filters, archive after 15 days, log only in the list", async () => {
	const { simulator, client, clock, chat, support } = await chatDesk();
	const rows = async (query: string): Promise<readonly Row[]> =>
		(await client.get(`/sessions${query}`)).items as readonly Row[];
	const [row] = await rows("");
	expect(row).toMatchObject({
		id: chat.session.id,
		channel: "Chat",
		ended: false,
		endpointId: support,
		endpointName: "Support line",
		fromAddress: "visitor-1",
		accountName: "Acme Corp",
		log: [{ message: "Session started" }],
	});
	const single = (await client.get(`/sessions/${chat.session.id}`)).body;
	expect(single).toMatchObject({ id: chat.session.id, log: [] });
	const today = new Date(clock.now()).toISOString().slice(0, 10);
	const found = async (query: string): Promise<number> => (await rows(query)).length;
	expect(
		await found(`?endpointIds=${support}&from=visitor&to=0101&startDate=${today}&endDate=${today}`),
	).toBe(1);
	expect(await found("?from=nobody")).toBe(0);
	expect(await found("?to=0100")).toBe(0);
	expect(await found("?startDate=2030-01-01")).toBe(0);
	expect(await found("?endDate=2020-01-01")).toBe(0);
	expect(await found("?endpointIds=none")).toBe(0);
	expect(await found("?customerIds=none")).toBe(0);
	expect((await client.get("/sessions?startDate=2026-1-1")).status).toBe(400);
	clock.advance(16 * dayMs);
	await client.signIn();
	expect(await found("")).toBe(0);
	expect(await found("?searchArchive=true")).toBe(1);
	expect(simulator.sessions.all).toHaveLength(1);
});

test("my sessions, active sessions, calls; what ends, and what was changed", async () => {
	const { simulator, client, chat } = await chatDesk();
	const call = simulator.outside.person("+15550142").startChat("Main line", [], "Voice");
	const active = async (): Promise<readonly Row[]> =>
		JSON.parse((await client.get("/sessions/active")).text) as readonly Row[];
	expect((await active()).map(({ id }) => id)).toEqual([chat.session.id]);
	expect((await client.get("/sessions/my")).body["sessions"]).toHaveLength(1);
	const calls = JSON.parse((await client.get("/calls/active")).text) as readonly Row[];
	expect(calls.map(({ id }) => id)).toEqual([call.session.id]);
	expect((await client.get("/calls/active?accountId=foreign")).text).toBe("[]");
	const change = JSON.stringify({ consoleData: "note", holdReason: "Transferring" });
	const patched = await client.request("PATCH", `/sessions/${chat.session.id}`, change);
	expect(patched.body).toMatchObject({ consoleData: "note", holdReason: "Transferring" });
	const ended = await client.request("DELETE", `/sessions/${chat.session.id}`);
	expect([ended.status, ended.text]).toEqual([204, ""]);
	expect(await active()).toEqual([]);
	expect((await client.get(`/sessions/${chat.session.id}`)).body).toMatchObject({
		ended: true,
		callState: "Disconnected",
	});
	expect((await client.post(`/sessions/${call.session.id}/messages`, { body: "x" })).status).toBe(400);
	expect((await client.get("/sessions/none/transcript")).status).toBe(404);
});

test("the transcript shows media; the picture is for signed-in people", async () => {
	const { simulator, client, chat, clock } = await chatDesk();
	chat.write("look:", wheelPicture());
	await client.post(`/sessions/${chat.session.id}/messages`, { body: "I see" });
	const answer = await client.get(`/sessions/${chat.session.id}/transcript`);
	const [picture, reply] = answer.body["messages"] as readonly Record<string, string>[];
	expect(picture).toEqual({
		date: new Date(clock.now()).toISOString(),
		from: "visitor-1",
		body: "look:",
		mediaUri: expect.stringMatching(`^${simulator.origin}/media/`) as string,
		mediaContentType: "image/png",
	});
	expect(reply).toEqual({ date: picture?.["date"], from: "agent@example.com", body: "I see" });
	const path = (picture?.["mediaUri"] ?? "").slice(simulator.origin.length);
	const media = await client.get(path);
	expect([media.status, media.headers.get("content-type")]).toEqual([200, "image/png"]);
	expect(media.bytes.equals(wheelPicture().bytes)).toBe(true);
	expect((await new EvovoiceClient(simulator.origin).get(path)).status).toBe(401);
	expect((await client.get("/media/none")).status).toBe(404);
	// Lists of messages have no member for it.
	expect((await client.get("/messages")).text).not.toContain("media");
});

test("a picture by text message: an empty text, and nothing that says why", async () => {
	const { simulator, client } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", "", wheelPicture());
	const [row] = (await client.get("/messages")).items;
	expect(row?.["text"]).toBe("");
	expect(Object.keys(row ?? {})).not.toContain("mediaUri");
});

test("history of a transcript: earlier chats of the same visitor, from the cut-off on", async () => {
	const { simulator, client, clock, chat } = await chatDesk();
	chat.write("long ago");
	chat.end();
	clock.advance(40 * dayMs);
	const visitor = simulator.outside.person("visitor-1");
	const second = visitor.startChat("Support line", ["agent@example.com"]);
	second.write("last month");
	second.end();
	clock.advance(30 * dayMs);
	const third = visitor.startChat("Support line", ["agent@example.com"]);
	third.write("today");
	await client.signIn();
	const bodies = async (query: string): Promise<unknown[]> => {
		const answer = await client.get(`/sessions/${third.session.id}/transcript${query}`);
		return (answer.body["messages"] as readonly Row[]).map(({ body }) => body);
	};
	expect(await bodies("")).toEqual(["today"]);
	expect(await bodies("?includeHistorical=true")).toEqual(["long ago", "last month", "today"]);
	const cutOff = new Date(clock.now() - 35 * dayMs).toISOString();
	expect(await bodies(`?includeHistorical=true&historicalCutOffDate=${cutOff}`)).toEqual([
		"last month",
		"today",
	]);
	clock.advance(170 * dayMs);
	await client.signIn();
	expect(await bodies("?includeHistorical=true")).toEqual(["today"]);
	const refused = await client.get(
		`/sessions/${third.session.id}/transcript?includeHistorical=true&historicalCutOffDate=soon`,
	);
	// An error in the shape of the reply: the status alone tells.
	expect([refused.status, refused.body]).toEqual([400, { messages: [] }]);
});

test("own endpoint and agent state from the app config; a foreign endpoint is not found", async () => {
	const { simulator, client, main } = await bench.desk();
	const own = simulator.company.endpoint("agent@example.com");
	own.agentState = "NotReady";
	own.agentStateReason = "MissedCall";
	const config = await client.get(`/endpoints/app/config?endpointId=${own.id}&deviceType=Web`);
	expect(config.body).toMatchObject({
		endpointId: own.id,
		emailAddress: "agent@example.com",
		agentState: "NotReady",
		agentStateReason: "MissedCall",
		userInfo: { firstName: "Alex", lastName: "Moss", name: "Alex Moss" },
	});
	expect((await client.get("/endpoints/app/config?endpointEmailAddress=AGENT@example.com")).status).toBe(
		200,
	);
	expect((await client.get(`/endpoints/app/config?endpointId=${main}`)).status).toBe(404);
});

test("contacts: all of them, without ids", async () => {
	const { simulator, client } = await bench.desk();
	simulator.company.addContact({ displayName: "Jane Roe", address: "+15550142", customerName: "Acme" });
	simulator.company.addContact({
		displayName: "No chat",
		address: "+15550143",
		type: "Team",
		canChat: false,
	});
	simulator.company.addContact({ displayName: "Foreign", address: "+15550144" }, "Other tenant");
	expect((await client.get("/app/contacts")).body["contacts"]).toEqual([
		{
			displayName: "Jane Roe",
			address: "+15550142",
			type: "Contact",
			customerName: "Acme",
			canCall: true,
			canChat: true,
		},
		{ displayName: "No chat", address: "+15550143", type: "Team", canCall: true, canChat: false },
	]);
});

test("endpoints, customers, accounts, users: filters and single ones", async () => {
	const { simulator, client, main } = await bench.desk({
		users: [{ emailAddress: "agent@example.com", password: "secret", roles: ["User", "Manager"] }],
		endpoints: [
			{ displayName: "Main line", address: "+15550100", customer: "Smith" },
			{ displayName: "Fax", address: "+15550101", type: "Fax" },
			{ displayName: "Foreign", address: "+15550102", account: "Other tenant" },
		],
	});
	const names = async (path: string, member = "displayName"): Promise<unknown[]> =>
		(await client.get(path)).items.map((row) => row[member]);
	expect(await names("/endpoints?types=PhoneNumber,Fax")).toEqual(["Main line", "Fax"]);
	expect(await names("/endpoints?type=User", "phoneNumber")).toEqual(["agent@example.com"]);
	expect(await names("/endpoints?nameFilter=MAIN")).toEqual(["Main line"]);
	expect(await names("/endpoints?phoneNumberFilter=0101")).toEqual(["Fax"]);
	const [customer] = simulator.customers;
	expect(await names(`/endpoints?customerIds=${customer?.id ?? ""}`)).toEqual(["Main line"]);
	expect((await client.get(`/endpoints/${main}`)).body).toMatchObject({
		phoneNumber: "+15550100",
		disableSms: false,
		customerName: "Smith",
		customerBreadcrumb: [{ name: "Smith" }],
	});
	expect((await client.get(`/endpoints/${simulator.company.endpoint("Foreign").id}`)).status).toBe(404);
	expect(await names("/customers?nameFilter=smi", "name")).toEqual(["Smith"]);
	expect((await client.get(`/customers/${customer?.id ?? ""}`)).body["name"]).toBe("Smith");
	expect((await client.get("/customers/none")).status).toBe(404);
	const [own, foreign] = simulator.accounts;
	expect((await client.get(`/accounts/${own?.id ?? ""}`)).body["name"]).toBe("Acme Corp");
	expect((await client.get(`/accounts/${foreign?.id ?? ""}`)).status).toBe(404);
	expect(await names("/users?emailFilter=agent", "emailAddress")).toEqual(["agent@example.com"]);
});

test("an endpoint without SMS refuses to send", async () => {
	const { simulator, client, main } = await bench.desk();
	simulator.company.endpoint(main).disableSms = true;
	const answer = await client.post("/messages", { endpointId: main, toAddress: "+15550142", body: "x" });
	expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("SMS is disabled")]);
});

test("a picture made in code is a PNG of the right size", () => {
	const { bytes } = wheelPicture();
	expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
	expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([320, 240]);
	// One red pixel, checksums and all.
	expect(png(1, 1, () => [255, 0, 0]).toString("hex")).toBe(
		"89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de" +
			"0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082",
	);
});

test("setting up twice the same user, or asking for what is not there, is a mistake of the test", async () => {
	const simulator = await bench.start();
	const { company } = simulator;
	expect(() => company.addUser({ emailAddress: "AGENT@example.com", password: "x" })).toThrow("exists");
	expect(() => company.user("nobody")).toThrow("no user");
	expect(() => company.endpoint("nowhere")).toThrow("no endpoint");
	await expect(bench.start({ host: "0.0.0.0" })).rejects.toThrow("127.0.0.1 only");
});
