import { afterAll, afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, type PortalClient, sessionId } from "../testing/netsapiens-client.ts";
import { answerSwitches } from "../testing/netsapiens-switches.ts";
import type { NetsapiensSimulator } from "./simulator.ts";

const bench = new PortalBench(answerSwitches);
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const sms = { type: "sms", "from-number": lines.picture, destination: lines.customer };
const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
const texts = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row["text"]);

/** A customer's texts, one a second; the session's id. */
async function conversation(
	{ simulator, clock, ann }: Awaited<ReturnType<PortalBench["desk"]>>,
	...said: readonly string[]
): Promise<string> {
	for (const text of said) {
		simulator.customers.customer(lines.customer).write(lines.picture, text);
		clock.advance(1_000);
	}
	return field((await ann.sessions()).rows[0], "messagesession-id");
}

test("numericStrings: as they are, as numbers, and with the loss of zeros", async () => {
	const desk = await bench.desk();
	const id = await conversation(desk, "007", "5", "123456789012345678", "1.50", "1e3", "+1", "5 apples");
	const read = async (): Promise<string[]> => {
		const { text } = await desk.ann.messages(id);
		return [...text.matchAll(/"text":("[^"]*"|[^,]*)/g)].map((match) => match[1] ?? "").reverse();
	};
	expect(await read()).toEqual([
		'"007"',
		"5",
		"123456789012345678",
		'"1.50"',
		'"1e3"',
		'"+1"',
		'"5 apples"',
	]);
	bench.turn(desk.simulator, { numericStrings: "never" });
	expect((await read()).every((text) => text.startsWith('"'))).toBe(true);
	expect((await desk.ann.sessions()).rows[0]?.["messagesession-remote"]).toBe(lines.customer);
	bench.turn(desk.simulator, { numericStrings: "lossy" });
	expect(await read()).toEqual(["7", "5", "123456789012345678", "1.5", "1000", "1", '"5 apples"']);
	expect((await desk.ann.sessions()).rows[0]).toMatchObject({ user: 2500 });
	// The extension 0010 is hardly to be known again (Q24).
	const omar = await desk.ann.call("GET", "/domains/portal/users/0010");
	expect(omar.status).toBe(403);
	const list = await desk.ann.call("GET", "/domains/portal/users/list");
	expect(list.rows.map((row) => row["user"])).toEqual([2500, 1123, 1004, 10]);
});

test("a session id of digits alone comes as a number too (1.5(1))", async () => {
	const desk = await bench.desk();
	const digits = `1${"0".repeat(31)}`;
	await desk.ann.send(digits, { ...sms, message: "x" });
	expect((await desk.ann.sessions()).rows[0]?.["messagesession-id"]).toBe(digits);
	bench.turn(desk.simulator, { numericStrings: "lossy" });
	expect((await desk.ann.sessions()).rows[0]?.["messagesession-id"]).toBe(1e31);
});

test("timeNames, timeFormat, timeZoneMinutes", async () => {
	const desk = await bench.desk();
	const id = await conversation(desk, "x");
	const last = async (name: string): Promise<unknown> =>
		(await desk.ann.sessions()).rows[0]?.[`messagesession-last-${name}`];
	bench.turn(desk.simulator, { timeNames: "datetime" });
	expect(await last("timestamp")).toBeUndefined();
	expect(await last("datetime")).toBe("2023-11-14 22:13:20");
	expect((await desk.ann.messages(id)).rows[0]).toHaveProperty("deleted-datetime");
	for (const [timeFormat, written] of [
		["offset", "2023-11-14T22:13:20+00:00"],
		["fraction", "2023-11-14T22:13:20.00Z"],
	] as const) {
		bench.turn(desk.simulator, { timeFormat });
		expect(await last("datetime")).toBe(written);
		expect((await desk.ann.messages(id)).rows[0]?.["timestamp"]).toBe(written);
	}
	bench.turn(desk.simulator, { timeFormat: "space", timeZoneMinutes: -480 });
	expect(await last("datetime")).toBe("2023-11-14 14:13:20");
});

test("spaceAfterMediaKey", async () => {
	const desk = await bench.desk();
	desk.simulator.customers
		.customer(lines.customer)
		.write(lines.picture, "look", { mimeType: "image/gif", bytes: Buffer.from("GIF89a") });
	const id = field((await desk.ann.sessions()).rows[0], "messagesession-id");
	expect((await desk.ann.messages(id)).rows[0]).toHaveProperty(["file-access-url "]);
	bench.turn(desk.simulator, { spaceAfterMediaKey: false });
	const [row] = (await desk.ann.messages(id)).rows;
	expect(row).toHaveProperty(["file-access-url"]);
	expect(row).not.toHaveProperty(["file-access-url "]);
	expect(row).toMatchObject({ type: "mms", "media-type": "image/gif", "media-size": 6 });
});

test("emptyValue: null, empty text, or no key", async () => {
	const desk = await bench.desk();
	await conversation(desk, "x");
	const row = async (): Promise<unknown[]> => {
		const [session] = (await desk.ann.sessions()).rows;
		return [session?.["messagesession-queue-status"], session?.["messagesession-name"]];
	};
	expect(await row()).toEqual([null, ""]);
	bench.turn(desk.simulator, { emptyValue: "null" });
	expect(await row()).toEqual([null, null]);
	bench.turn(desk.simulator, { emptyValue: "text" });
	expect(await row()).toEqual(["", ""]);
	bench.turn(desk.simulator, { emptyValue: "missing" });
	expect(await row()).toEqual([undefined, undefined]);
});

test("singleRowAsObject: one row alone, two rows in a list", async () => {
	const desk = await bench.desk();
	bench.turn(desk.simulator, { singleRowAsObject: true });
	const id = await conversation(desk, "one");
	expect((await desk.ann.sessions()).json).toMatchObject({ "messagesession-id": id });
	expect((await desk.ann.messages(id)).json).toMatchObject({ text: "one" });
	expect((await desk.ann.own(`/messagesessions/${id}`)).json).toMatchObject({ user: "2500" });
	expect((await desk.ann.own("/devices?limit=1")).json).toMatchObject({ device: "2500" });
	expect((await desk.ann.own("/devices")).json).toMatchObject([{ device: "2500" }, { device: "2500wp" }]);
});

test("listErrorsWith200: the error object in place of the list, but not for a missing token", async () => {
	const desk = await bench.desk();
	expect((await desk.ann.messages(sessionId("0"))).status).toBe(404);
	bench.turn(desk.simulator, { listErrorsWith200: true });
	const answer = await desk.ann.messages(sessionId("0"));
	expect([answer.status, answer.json]).toEqual([200, { code: 404, message: "Record not found" }]);
	desk.simulator.tokens.expireAccess();
	expect((await desk.ann.sessions()).status).toBe(401);
});

test("emptyList: [], null, {} and 404", async () => {
	const { simulator, ann } = await bench.desk();
	expect((await ann.sessions()).text).toBe("[]");
	bench.turn(simulator, { emptyList: "null" });
	expect((await ann.sessions()).text).toBe("null");
	bench.turn(simulator, { emptyList: "object" });
	expect((await ann.sessions()).text).toBe("{}");
	bench.turn(simulator, { emptyList: "404" });
	const answer = await ann.sessions();
	expect([answer.status, answer.json]).toEqual([404, { code: 404, message: "Record not found" }]);
});

test("booleans: true, yes, 1, and 1 as a text", async () => {
	const { simulator, ann } = await bench.desk();
	const flags = async (): Promise<unknown[]> =>
		(await ann.own("/smsnumbers")).rows.map((row) => row["group-mms-capable"]);
	expect(await flags()).toEqual([true, false]);
	for (const [booleans, written] of [
		["yesNo", ["yes", "no"]],
		["number", [1, 0]],
		["numberText", ["1", "0"]],
	] as const) {
		bench.turn(simulator, { booleans });
		expect(await flags()).toEqual(written);
	}
});

test("messageIds: every form, and none twice", async () => {
	const desk = await bench.desk();
	const ids = async (id: string): Promise<string[]> =>
		(await desk.ann.messages(id)).rows.map((row) => field(row, "id")).reverse();
	const id = await conversation(desk, ...letters);
	const forms = [/^[0-9a-f]{32}$/, /^\d{11}$/, /^m-[0-9a-f]{13}$/, /^[0-9a-f]{8}-[0-9a-f]{4}-4/];
	const mixed = await ids(id);
	expect(new Set(mixed).size).toBe(8);
	for (const [index, written] of mixed.entries()) expect(written).toMatch(forms[index % 4] ?? /^$/);
	for (const [index, messageIds] of (["hex", "integer", "prefixed", "uuid"] as const).entries()) {
		bench.turn(desk.simulator, { messageIds });
		await conversation(desk, "x", "y");
		for (const written of (await ids(id)).slice(-2)) expect(written).toMatch(forms[index] ?? /^$/);
	}
});

test("messageOrder: what a page has and how it is sorted", async () => {
	const desk = await bench.desk();
	const id = await conversation(desk, ...letters);
	const page = async (query: string): Promise<string> =>
		texts((await desk.ann.messages(id, query)).rows).join("");
	expect(await page("?limit=3")).toBe("hgf");
	bench.turn(desk.simulator, { messageOrder: "oldestFirst" });
	expect(await page("?limit=3")).toBe("abc");
	bench.turn(desk.simulator, { messageOrder: "newestPageOldestFirst" });
	expect(await page("?limit=3")).toBe("fgh");
	bench.turn(desk.simulator, { messageOrder: "unsorted" });
	const unsorted = await page("?limit=6");
	expect([...unsorted].sort().join("")).toBe("cdefgh");
	expect(["cdefgh", "hgfedc"]).not.toContain(unsorted);
});

test("sessionOrder", async () => {
	const { simulator, clock, ann } = await bench.desk();
	for (const number of "1234567") {
		simulator.customers.customer(`1714555035${number}`).write(lines.picture, number);
		clock.advance(1_000);
	}
	const page = async (): Promise<string> =>
		(await ann.sessions("?limit=5")).rows
			.map((row) => field(row, "messagesession-last-message"))
			.join("");
	const unsorted = await page();
	expect([...unsorted].sort().join("")).toBe("34567");
	expect(["34567", "76543"]).not.toContain(unsorted);
	for (const [sessionOrder, written] of [
		["newestFirst", "76543"],
		["oldestFirst", "12345"],
		["newestPageOldestFirst", "34567"],
	] as const) {
		bench.turn(simulator, { sessionOrder });
		expect(await page()).toBe(written);
	}
});

test("limit is 1 to 1000, default 100; start counts from 0, from 1, or not at all", async () => {
	const desk = await bench.desk();
	const id = await conversation(desk, ...Array.from({ length: 120 }, (_, index) => String(index)));
	const count = async (query: string): Promise<number> => (await desk.ann.messages(id, query)).rows.length;
	expect(await count("")).toBe(100);
	expect(await count("?limit=1000")).toBe(120);
	expect(await count("?limit=5000")).toBe(120);
	expect(await count("?limit=0")).toBe(100);
	expect(await count("?limit=1")).toBe(1);
	const first = async (start: number): Promise<unknown> =>
		(await desk.ann.messages(id, `?start=${String(start)}&limit=2`)).rows[0]?.["text"];
	expect([await first(0), await first(1), await first(2)]).toEqual([119, 118, 117]);
	expect(await count("?start=120")).toBe(0);
	bench.turn(desk.simulator, { start: "oneBased" });
	expect([await first(0), await first(1), await first(2)]).toEqual([119, 119, 118]);
	bench.turn(desk.simulator, { start: "ignored" });
	expect([await first(0), await first(50)]).toEqual([119, 119]);
});

test("messageCopies: a row that is listed twice has one id", async () => {
	const desk = await bench.desk();
	bench.turn(desk.simulator, { messageCopies: 2 });
	const id = await conversation(desk, "twice");
	bench.turn(desk.simulator, { messageCopies: 1 });
	await conversation(desk, "once");
	const { rows } = await desk.ann.messages(id);
	expect(texts(rows)).toEqual(["once", "twice", "twice"]);
	expect(new Set(rows.map((row) => field(row, "id"))).size).toBe(2);
});

test("replication: the session tells of a message that is not listed yet", async () => {
	const desk = await bench.desk();
	bench.turn(desk.simulator, { replication: { everyNth: 2, delayMs: 30_000 } });
	const id = await conversation(desk, "a", "b", "c");
	const listed = async (client: PortalClient): Promise<unknown[]> =>
		texts((await client.messages(id)).rows);
	expect((await desk.ann.sessions()).rows[0]?.["messagesession-last-message"]).toBe("c");
	expect(await listed(desk.ann)).toEqual(["c", "a"]);
	desk.clock.advance(30_000);
	expect(await listed(desk.ann)).toEqual(["c", "b", "a"]);
});

test("muted, queue, reminder and meeting rows; video lines and a line that its host deleted", async () => {
	const { simulator, ann }: { simulator: NetsapiensSimulator; ann: PortalClient } = await bench.desk();
	simulator.company.addNumber({
		number: "18585550009",
		domain: "portal",
		application: "callqueue",
		dest: "9001",
	});
	simulator.company.setQueue("portal", "9001", ["2500", "1123"]);
	simulator.customers.customer(lines.customer).write("18585550009", "to the queue");
	const [queued] = (await ann.sessions()).rows;
	expect(queued).toMatchObject({
		"messagesession-queue-termination": "9001",
		"messagesession-queue-status": "active",
		"messagesession-queue-session-id": expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
		"messagesession-last-status": "unread",
	});
	const id = field(queued, "messagesession-id");
	const row = simulator.conversations.row("2500@portal", id);
	if (row === undefined) throw new Error("no row");
	row.muted = true;
	row.reminderAt = simulator.clock.now();
	expect((await ann.sessions()).rows[0]).toMatchObject({
		"messagesession-muted": "yes",
		"messagesession-last-email-reminder-timestamp": "2023-11-14 22:13:20",
	});
	// Another agent of the queue answers: our side, though not us (sheet, 2.2).
	simulator.customers.user("1123@portal").textFrom("18585550009", lines.customer, "I take it");
	expect((await ann.messages(id)).rows[0]).toMatchObject({
		direction: "term",
		"from-user-id": "1123@portal",
		"from-number": 18585550009,
	});
	const nora = simulator.customers.user("1004@portal");
	nora.startMeeting(["2500"], "https://video.example.invalid/room/7");
	nora.chat("2500", "Join me", { type: "chat-video-invite", attendee: "4711", videoInstance: "88" });
	nora.chat("2500", "gone", { type: "chat-video", deletedAt: simulator.clock.now() });
	const rows = (await ann.sessions()).rows;
	const meeting = rows.find((each) => field(each, "messagesession-id").includes("meeting"));
	expect(meeting?.["messagesession-last-type"]).toBe("chat-video");
	const chat = rows.find((each) => each["messagesession-last-message"] === "gone");
	expect((await ann.messages(field(chat, "messagesession-id"))).rows).toMatchObject([
		{ "deleted-timestamp": "2023-11-14 22:13:20" },
		{ type: "chat-video-invite", "from-video-attendee-id": "4711", "video-instance-id": "88" },
	]);
});
