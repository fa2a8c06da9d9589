import { afterEach, expect, test } from "vitest";
import { EvovoiceBench, type EvovoiceDesk } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";

const bench = new EvovoiceBench();
afterEach(() => bench.close());

/** So many messages from one person, a second apart, oldest first. */
function pour({ simulator, clock }: EvovoiceDesk, count: number, address = "+15550142"): void {
	for (let index = 0; index < count; index += 1) {
		clock.advance(1_000);
		simulator.outside.person(address).write("Main line", `text ${String(index)}`);
	}
}

const texts = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] => rows.map(({ text }) => text);

test("sending to an address: 200, the message as it was taken, in the ledger and with the person", async () => {
	const { simulator, client, clock, main } = await bench.desk();
	const answer = await client.post("/messages", {
		endpointId: main,
		toAddress: "+15550142",
		body: "Hello",
	});
	expect(answer.status).toBe(200);
	expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
	expect(answer.headers.get("vary")).toBe("Accept");
	expect(answer.headers.get("x-powered-by")).toMatch(/^ServiceStack\/6/);
	expect(answer.body).toEqual({
		id: simulator.messages.all[0]?.id,
		accountId: simulator.accounts[0]?.id,
		endpointId: main,
		endpointDisplayName: "Main line",
		date: new Date(clock.now()).toISOString(),
		direction: "Outgoing",
		otherAddress: "+15550142",
		sender: "agent@example.com",
		text: "Hello",
		isUnread: false,
	});
	expect(simulator.ledger.entries).toEqual([
		{
			sequence: 0,
			at: clock.now(),
			id: answer.body["id"],
			endpointId: main,
			address: "+15550142",
			sender: "agent@example.com",
			sessionId: null,
			text: "Hello",
		},
	]);
	expect(simulator.outside.person("+15550142").received).toHaveLength(1);
});

test("names of members in any case, unknown ones ignored; path and query beat the body", async () => {
	const desk = await bench.desk();
	const { simulator, client, main } = desk;
	const body = { EndpointID: main, TOADDRESS: "+15550142", bOdY: "from the body", colour: "red" };
	expect((await client.post("/messages", body)).status).toBe(200);
	expect((await client.post("/messages?body=from%20the%20query", body)).body["text"]).toBe(
		"from the query",
	);
	expect(simulator.ledger.texts("+15550142")).toEqual(["from the body", "from the query"]);
});

test("every verb but GET on /messages sends", async () => {
	const { simulator, client, main } = await bench.desk();
	const body = JSON.stringify({ endpointId: main, toAddress: "+15550142", body: "again" });
	for (const verb of ["POST", "PUT", "PATCH", "DELETE"])
		expect((await client.request(verb, "/messages", body)).status).toBe(200);
	expect(simulator.ledger.count("again")).toBe(4);
	expect((await client.get("/messages")).body["totalCount"]).toBe(4);
});

test("a reply that is lost after acceptance: the message is there all the same", async () => {
	const { simulator, client, main } = await bench.desk();
	simulator.faults.next({ action: "resetAfter", match: { method: "POST", path: "/messages" } });
	const sent = client.post("/messages", { endpointId: main, toAddress: "+15550142", body: "once" });
	await expect(sent).rejects.toThrow();
	expect(simulator.ledger.count("once")).toBe(1);
	expect(texts((await client.get(`/messages?endpointIds=${main}`)).items)).toEqual(["once"]);
	simulator.faults.next({ action: "html", status: 503, match: { method: "POST" } });
	const proxy = await client.post("/messages", { endpointId: main, toAddress: "+15550142", body: "never" });
	expect(proxy.status).toBe(503);
	expect(simulator.ledger.count("never")).toBe(0);
});

test("pages: from 0, 25 rows, totals; simplified paging without totals", async () => {
	const desk = await bench.desk();
	pour(desk, 60);
	const first = await desk.client.get("/messages");
	expect(first.items).toHaveLength(25);
	expect(first.body).toMatchObject({ totalCount: 60, totalPages: 3, hasMorePages: false });
	expect(texts(first.items)[0]).toBe("text 59");
	const last = await desk.client.get("/messages?page=2");
	expect(texts(last.items).at(-1)).toBe("text 0");
	expect((await desk.client.get("/messages?page=3")).items).toEqual([]);
	expect((await desk.client.get("/messages?all=true")).items).toHaveLength(60);
	const ids = first.items.slice(0, 2).map(({ id }) => id as string);
	expect((await desk.client.get(`/messages?specificIds=${ids.join("%2C")}`)).items).toHaveLength(2);
	expect((await desk.client.get(`/messages?specificIds=${ids.join("&specificIds=")}`)).items).toHaveLength(
		2,
	);
	const simple = await desk.client.get("/messages?simplifiedPaging=true&countPerPage=50");
	expect(simple.body).toMatchObject({ totalCount: 0, totalPages: 0, hasMorePages: true });
	const end = await desk.client.get("/messages?simplifiedPaging=true&countPerPage=50&page=1");
	expect([end.items.length, end.body["hasMorePages"]]).toEqual([10, false]);
	const sorted = await desk.client.get("/messages?sortField=date&sortOrder=Ascend&countPerPage=1");
	expect(texts(sorted.items)).toEqual(["text 0"]);
	for (const query of ["page=x", "page=-1", "all=perhaps", "sortOrder=Up", "sortField=nonsense"])
		expect((await desk.client.get(`/messages?${query}`)).status).toBe(400);
});

test("filters: account, endpoint, customer, conversation, date", async () => {
	const desk = await bench.desk({
		endpoints: [
			{ displayName: "Main line", address: "+15550100", customer: "Smith Ltd" },
			{ displayName: "Support line", address: "+15550101" },
			{ displayName: "Foreign", address: "+15550102", account: "Other tenant" },
		],
	});
	const { simulator, client, clock, main, support } = desk;
	simulator.outside.person("+15550142").write("Main line", "one");
	clock.advance(60_000);
	const between = new Date(clock.now()).toISOString();
	clock.advance(60_000);
	simulator.outside.person("+15550142").write("Support line", "two");
	simulator.outside.person("+15550143").write("Main line", "three");
	simulator.outside.person("+15550143").write("Foreign", "not ours");
	const found = async (query: string): Promise<unknown[]> =>
		texts((await client.get(`/messages?${query}`)).items);
	expect(await found("")).toEqual(["three", "two", "one"]);
	expect(await found(`accountIds=${simulator.accounts[1]?.id ?? ""}`)).toEqual([]);
	expect(await found(`endpointIds=${support}`)).toEqual(["two"]);
	expect(await found(`endpointIds=${main},${support}`)).toHaveLength(3);
	expect(await found(`customerIds=${simulator.customers[0]?.id ?? ""}`)).toEqual(["three", "one"]);
	expect(await found(`afterDate=${between}`)).toEqual(["three", "two"]);
	const conversations = (await client.get("/conversations")).body["conversations"] as {
		id: string;
		endpointId: string;
		otherAddress: string;
		mostRecentMessage: { text: string };
	}[];
	expect(conversations.map(({ mostRecentMessage }) => mostRecentMessage.text)).toEqual([
		"three",
		"two",
		"one",
	]);
	expect(conversations[0]).toMatchObject({ endpointId: main, otherAddress: "+15550143" });
	expect(await found(`conversationIds=${conversations[2]?.id ?? ""}`)).toEqual(["one"]);
	const after = await client.get(`/conversations?afterDate=${between}&endpointIds=${main}`);
	expect(after.body["conversations"]).toHaveLength(1);
	expect((await client.get("/messages?afterDate=yesterday")).status).toBe(400);
});

test("text passes as it was written, hostile or not", async () => {
	const { simulator, client, main } = await bench.desk();
	const hostile = [
		"<script>alert(1)</script>",
		"'; DROP TABLE messages; --",
		"\u202Eevil\u202C \u0000\u0001\u001B[31m \uFEFF\uFFFF",
		"{{7*7}} ${x} %n %s",
		"\uD83D alone, and 👩‍👩‍👧‍👦 together",
		"x".repeat(20_000),
	];
	for (const text of hostile) simulator.outside.person("<b>+1\"'&").write("Main line", text);
	const listed = await client.get("/messages?all=true&sortField=date");
	expect(texts(listed.items)).toEqual(hostile);
	expect(listed.items[0]?.["otherAddress"]).toBe("<b>+1\"'&");
	const sent = await client.post("/messages", {
		endpointId: main,
		toAddress: "+15550142",
		body: hostile[2],
	});
	expect(sent.body["text"]).toBe(hostile[2]);
	expect(simulator.ledger.entries[0]?.text).toBe(hostile[2]);
});

test("after an outage the server answers on the same port again", async () => {
	const { simulator, client } = await bench.desk();
	await simulator.network.cut("reset");
	await expect(client.get("/messages")).rejects.toThrow();
	await simulator.network.restore();
	expect((await client.get("/messages")).status).toBe(200);
});

test("nothing pushes: no event stream, and a push token is kept without use", async () => {
	const { simulator, client } = await bench.desk();
	expect((await client.get("/event-stream?channels=home")).status).toBe(404);
	const token = { deviceType: "Web", token: "abc" };
	expect((await client.post("/app/tokens", token)).body).toEqual(token);
	expect(simulator.deviceTokens.get("agent@example.com")).toBe(1);
	expect(JSON.stringify(simulator.journal.entries)).not.toContain("abc");
});

test("two hosts have nothing in common: a session of one is a stranger to the other", async () => {
	const { client } = await bench.desk();
	const other = await bench.start();
	const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	expect((await new EvovoiceClient(other.origin).get("/messages", { cookie })).status).toBe(401);
});
