import { afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, sessionId } from "../testing/netsapiens-client.ts";

const bench = new PortalBench();
afterEach(() => bench.close());

const pixel = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	"base64",
);
const picture = { data: pixel.toString("base64"), "mime-type": "image/png", size: pixel.length };
const sms = { type: "sms", "from-number": lines.picture, destination: lines.customer };
const userAgent = (value: string): Record<string, string> => ({ "user-agent": value });

test("an SMS from outside: the owner's session is unread, the row is as the vendor writes it", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.customers.customer(lines.customer).write(lines.picture, "hello");
	const [session] = (await ann.sessions()).rows;
	expect(session).toMatchObject({
		user: "2500",
		domain: "portal",
		"messagesession-remote": 17145550353,
		"messagesession-sms-number": 18585550626,
		"messagesession-last-timestamp": "2023-11-14 22:13:20",
		"messagesession-start-timestamp": "2023-11-14 22:13:20",
		"messagesession-last-message": "hello",
		"messagesession-last-sender": 17145550353,
		"messagesession-last-status": "unread",
		"messagesession-muted": "no",
		"messagesession-last-email-reminder-timestamp": null,
		"messagesession-reciever-hostname": simulator.origin.slice("http://".length),
		"messagesession-queue-termination": null,
		"messagesession-last-type": "sms",
		"messagesession-last-media-type": "",
		"messagesession-last-media-size": 0,
		"messagesession-type": "",
		"messagesession-name": "",
		"messagesession-participants": "",
	});
	const id = field(session, "messagesession-id");
	expect(id).toMatch(/^[0-9a-f]{32}$/);
	expect((await ann.messages(id)).rows).toEqual([
		{
			id: expect.any(String) as unknown,
			timestamp: "2023-11-14 22:13:20",
			type: "sms",
			domain: "portal",
			direction: "orig",
			dialed: 18585550626,
			text: "hello",
			status: "",
			"messagesession-reciever-hostname": simulator.origin.slice("http://".length),
			"from-number": 17145550353,
			"from-user-id": "",
			"from-video-attendee-id": null,
			"from-user-agent": "",
			"terminating-user-id": "2500@portal",
			"terminating-number": "",
			"messagesession-id": id,
			"video-instance-id": null,
			"media-type": "",
			"media-size": 0,
			"messagesession-participants": null,
			"deleted-timestamp": "",
		},
	]);
	expect((await ann.own(`/messagesessions/${id}`)).json).toEqual([session]);
});

test("an SMS sent: 202 at once, visible after the delay, direction term, in the ledger", async () => {
	const { simulator, clock, ann } = await bench.desk({
		switches: { effectDelayMs: { least: 200, most: 2_000 } },
	});
	const id = sessionId("a");
	const answer = await ann.send(
		id,
		{ ...sms, message: "Your appointment is at 3." },
		userAgent("Trunkline/1.0 (a name that is longer than sixty-four characters, for the cut)"),
	);
	expect([answer.status, answer.json]).toEqual([202, { code: 202, message: "Accepted" }]);
	expect((await ann.sessions()).json).toEqual([]);
	clock.advance(199);
	expect((await ann.sessions()).json).toEqual([]);
	clock.advance(1_801);
	const [session] = (await ann.sessions()).rows;
	expect(session).toMatchObject({
		"messagesession-id": id,
		"messagesession-last-status": "read",
		"messagesession-last-sender": "2500@portal",
	});
	expect((await ann.messages(id)).rows).toMatchObject([
		{
			direction: "term",
			type: "sms",
			text: "Your appointment is at 3.",
			"from-user-id": "2500@portal",
			"from-number": 18585550626,
			dialed: 17145550353,
			status: "sending",
			"from-user-agent": "Trunkline/1.0 (a name that is longer than sixty-four characters,",
		},
	]);
	expect(simulator.customers.customer(lines.customer).texts).toEqual(["Your appointment is at 3."]);
	expect(simulator.ledger.entries).toEqual([
		{
			sequence: 0,
			at: 1_700_000_000_000,
			messageId: expect.any(String) as unknown,
			sessionId: id,
			sender: "2500@portal",
			fromNumber: lines.picture,
			destinations: [lines.customer],
			type: "sms",
			text: "Your appointment is at 3.",
			mediaBytes: 0,
		},
	]);
});

test("effects keep the order of their requests", async () => {
	const { clock, ann } = await bench.desk({ switches: { effectDelayMs: { least: 0, most: 2_000 } } });
	const id = sessionId("a");
	const texts = Array.from({ length: 12 }, (_, index) => `text ${String(index)}`);
	for (const message of texts) await ann.send(id, { ...sms, message });
	clock.advance(2_000);
	expect((await ann.messages(id)).rows.map((row) => row["text"])).toEqual([...texts].reverse());
});

test("a customer answers in the session that the agent began", async () => {
	const { simulator, clock, ann } = await bench.desk();
	const customer = simulator.customers.customer(lines.customer);
	customer.reply = ({ message }) => [
		{ text: `You said ${message.text}`, afterMs: 1_000 },
		{ text: "Thanks", afterMs: 500 },
	];
	const id = sessionId("b");
	await ann.send(id, { ...sms, message: "Hi" });
	clock.advance(1_500);
	expect((await ann.messages(id)).rows.map((row) => row["text"])).toEqual(["Thanks", "You said Hi", "Hi"]);
	expect((await ann.sessions()).rows).toMatchObject([{ "messagesession-last-status": "unread" }]);
	customer.write(lines.picture, "One more");
	expect((await ann.sessions()).rows).toHaveLength(1);
	customer.write(lines.plain, "Other number");
	expect((await ann.sessions()).rows).toHaveLength(2);
});

test("chat: a row for each side, each with its own remote, unread only for the recipient", async () => {
	const { simulator, ann } = await bench.desk();
	const will = await bench.client(simulator, "1123@portal");
	const id = sessionId("c");
	expect((await ann.send(id, { type: "chat", message: "hi", destination: "1123" })).status).toBe(202);
	expect((await ann.sessions()).rows).toMatchObject([
		{
			"messagesession-id": id,
			"messagesession-remote": "1123@portal",
			"messagesession-sms-number": "",
			"messagesession-start-timestamp": null,
			"messagesession-last-status": "read",
			"messagesession-type": "",
			"messagesession-participants": "",
		},
	]);
	expect((await will.sessions()).rows).toMatchObject([
		{
			"messagesession-id": id,
			"messagesession-remote": "2500@portal",
			"messagesession-last-status": "unread",
		},
	]);
	expect((await will.messages(id)).rows).toMatchObject([
		{
			direction: "",
			dialed: "",
			"from-number": "",
			"from-user-id": "2500@portal",
			"terminating-user-id": "1123@portal",
			status: "sending",
		},
	]);
	simulator.customers.user("1123@portal").chat("2500", "hello yourself");
	expect((await ann.messages(id)).rows.map((row) => row["text"])).toEqual(["hello yourself", "hi"]);
	await will.send(id, { type: "chat", message: "read by writing", destination: "2500" });
	expect((await will.sessions()).rows).toMatchObject([{ "messagesession-last-status": "read" }]);
});

test("a colleague who writes first uses the portal's own id, always the same", async () => {
	const { simulator, ann } = await bench.desk();
	const will = simulator.customers.user("1123@portal");
	will.chat("2500", "one");
	will.chat("2500", "two");
	const rows = (await ann.sessions()).rows;
	expect(rows).toHaveLength(1);
	expect(rows[0]?.["messagesession-id"]).toMatch(/^[0-9a-f]{32}$/);
});

test("group chat: participants with self, remote without, comma lists in the message", async () => {
	const { simulator, ann } = await bench.desk();
	const id = sessionId("d");
	await ann.send(id, { type: "chat", message: "Hi all", destination: ["1123", "1004"] });
	expect((await ann.sessions()).rows).toMatchObject([
		{
			"messagesession-type": "group-chat",
			"messagesession-remote": "1123@portal,1004@portal",
			"messagesession-participants": "2500@portal,1123@portal,1004@portal",
		},
	]);
	expect((await ann.messages(id)).rows).toMatchObject([
		{
			"terminating-user-id": "1123@portal,1004@portal",
			"messagesession-participants": expect.any(String) as unknown,
		},
	]);
	expect(simulator.customers.user("1004@portal").texts).toEqual(["Hi all"]);
});

test("media: MMS and chat-media, with an address that works without a bearer", async () => {
	const { simulator, ann } = await bench.desk();
	await ann.send(sessionId("e"), { ...sms, type: "mms", message: "media", ...picture });
	const [row] = (await ann.messages(sessionId("e"))).rows;
	expect(row).toMatchObject({ type: "mms", "media-type": "image/png", "media-size": pixel.length });
	const url = new URL(field(row, "file-access-url "));
	expect(url.searchParams.get("auth")).toMatch(/^[0-9a-f]{32}$/);
	expect(url.searchParams.get("time")).toBe("20231114221320");
	ann.bearer = "";
	const loaded = await fetch(url);
	expect(loaded.headers.get("content-type")).toBe("image/png");
	expect(Buffer.from(await loaded.arrayBuffer()).equals(pixel)).toBe(true);
	url.searchParams.set("id", "other");
	expect((await fetch(url)).status).toBe(403);
	expect(simulator.ledger.entries[0]?.mediaBytes).toBe(pixel.length);
	expect(simulator.journal.requests({ path: "/ns-api/" })[0]?.query).toContain("auth=%28removed%29");
});

test("group MMS: one session with all numbers, answers come to it", async () => {
	const { simulator, ann } = await bench.desk();
	const id = sessionId("f");
	await ann.send(id, {
		...sms,
		message: "To both",
		destination: ["17145550353", "12285559476"],
	});
	expect((await ann.sessions()).rows).toMatchObject([
		{
			"messagesession-remote": "17145550353,12285559476",
			"messagesession-participants": "18585550626,17145550353,12285559476",
			"messagesession-type": "",
		},
	]);
	simulator.customers.customer("12285559476").received[0]?.answer("Me too");
	expect((await ann.messages(id)).rows).toMatchObject([
		{ text: "Me too", direction: "orig", type: "mms", "from-number": 12285559476 },
		{ text: "To both", dialed: "17145550353,12285559476" },
	]);
	simulator.customers.customer("14425553974").groupText(lines.picture, [lines.customer], "New group", {
		mimeType: "image/png",
		bytes: pixel,
	});
	expect((await ann.sessions()).rows).toHaveLength(2);
});

test("start without an id: 200 with accepted, goes on in the session that is there", async () => {
	const { ann } = await bench.desk();
	const first = await ann.start({ ...sms, message: "one" });
	expect([first.status, first.json]).toEqual([200, { code: 202, message: "Accepted" }]);
	await ann.start({ ...sms, message: "two" });
	expect((await ann.sessions()).rows).toMatchObject([{ "messagesession-last-message": "two" }]);
});

test.each([
	["type is required", { message: "x", destination: "1123" }],
	["type fax is not known", { type: "fax", message: "x", destination: "1123" }],
	["message is required", { type: "chat", destination: "1123" }],
	["message is required", { type: "chat", message: "", destination: "1123" }],
	["destination is required", { type: "chat", message: "x" }],
	["destination is required", { type: "chat", message: "x", destination: [] }],
	["destination is not a number", { ...sms, message: "x", destination: "somebody" }],
	["from-number is required", { type: "sms", message: "x", destination: lines.customer }],
	["data is required", { type: "chat-media", message: "x", destination: "1123" }],
	["data does not go with type sms", { ...sms, message: "x", ...picture }],
	["mime-type is required", { ...sms, ...picture, type: "mms", message: "x", "mime-type": null }],
	[
		"data is not base64",
		{ ...sms, type: "mms", message: "x", ...picture, data: "data:image/png;base64,AA==" },
	],
	["size is not the size", { ...sms, type: "mms", message: "x", ...picture, size: 69 }],
	["not mms-capable", { ...sms, ...picture, type: "mms", message: "x", "from-number": lines.plain }],
])("400: %s", async (words, body) => {
	const { simulator, ann } = await bench.desk();
	const answer = await ann.send(sessionId("a"), body);
	expect(answer.status).toBe(400);
	expect(answer.body["code"]).toBe(400);
	expect(answer.body["message"]).toContain(words);
	expect(simulator.ledger.entries).toEqual([]);
	expect((await ann.sessions()).json).toEqual([]);
});

test("a session id has 32 characters, and a session is not used for others", async () => {
	const { simulator, ann } = await bench.desk();
	expect((await ann.send("short", { ...sms, message: "x" })).status).toBe(400);
	expect((await ann.send("a".repeat(31) + "-", { ...sms, message: "x" })).status).toBe(400);
	await ann.send(sessionId("a"), { ...sms, message: "x" });
	const other = { ...sms, message: "y", destination: "12285559476" };
	expect((await ann.send(sessionId("a"), other)).status).toBe(400);
	const chat = { type: "chat", message: "y", destination: "1123" };
	expect((await ann.send(sessionId("a"), chat)).status).toBe(400);
	await ann.send(sessionId("b"), chat);
	expect((await ann.send(sessionId("b"), { ...chat, destination: "1004" })).status).toBe(400);
	const nora = await bench.client(simulator, "1004@portal");
	expect((await nora.send(sessionId("b"), { ...chat, message: "z" })).status).toBe(403);
	expect(simulator.ledger.texts()).toEqual(["x", "y"]);
});

test("hostile text passes untouched", async () => {
	const { simulator, ann } = await bench.desk();
	const hostile = '<img src=x onerror="alert(1)">\u202e\u0000 "quotes" \\ \ud83d\ude00 {{name}}';
	simulator.customers.customer(lines.customer).write(lines.picture, hostile);
	const [session] = (await ann.sessions()).rows;
	expect(session?.["messagesession-last-message"]).toBe(hostile);
	const id = field(session, "messagesession-id");
	await ann.send(id, { ...sms, message: hostile });
	expect((await ann.messages(id)).rows.map((row) => row["text"])).toEqual([hostile, hostile]);
});

test("the journal does not hold pictures, and nothing but loopback is listened on", async () => {
	const { simulator, ann } = await bench.desk();
	const bytes = Buffer.alloc(60_000, 1);
	const film = { data: bytes.toString("base64"), "mime-type": "video/mp4", size: bytes.length };
	await ann.send(sessionId("a"), { type: "chat-media", message: "media", destination: "1123", ...film });
	expect(simulator.ledger.entries[0]?.mediaBytes).toBe(60_000);
	expect(simulator.journal.requests({ method: "POST", path: "/messages" })[0]?.body).toMatchObject({
		message: "media",
		data: "(80000 characters)",
	});
	await expect(bench.start({ host: "0.0.0.0" })).rejects.toThrow("127.0.0.1 only");
});
