import { afterAll, afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, sessionId } from "../testing/netsapiens-client.ts";
import { writingSwitches } from "../testing/netsapiens-switches.ts";

const bench = new PortalBench(writingSwitches);
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const sms = { type: "sms", message: "x", "from-number": lines.picture, destination: lines.customer };
const chat = { type: "chat", message: "x", destination: "1123" };
const both = [lines.customer, "12285559476"];
const bytes = Buffer.from("GIF89a, nearly");
const media = { data: bytes.toString("base64"), "mime-type": "image/gif", size: bytes.length };
const mms = { ...sms, type: "mms", ...media };

test("effectDelayMs", async () => {
	const { simulator, clock, ann } = await bench.desk();
	bench.turn(simulator, { effectDelayMs: { least: 700, most: 700 } });
	await ann.send(sessionId("a"), sms);
	clock.advance(699);
	expect((await ann.messages(sessionId("a"))).status).toBe(404);
	expect(simulator.effects.pending).toBe(1);
	clock.advance(1);
	expect((await ann.messages(sessionId("a"))).rows).toHaveLength(1);
});

test("startSession: 200 with the message, 202, and not there at all", async () => {
	const { simulator, ann } = await bench.desk();
	bench.turn(simulator, { startSession: "200message" });
	const answer = await ann.start(sms);
	expect(answer.status).toBe(200);
	const [session] = (await ann.sessions()).rows;
	expect(answer.body["messagesession-id"]).toBe(session?.["messagesession-id"]);
	expect(field(answer.body, "id")).toBe(simulator.ledger.entries[0]?.messageId);
	bench.turn(simulator, { startSession: "202accepted" });
	expect((await ann.start(sms)).status).toBe(202);
	bench.turn(simulator, { startSession: "missing" });
	const missing = await ann.start(sms);
	expect([missing.status, missing.json]).toEqual([404, { code: 404, message: "No Route Found [92]" }]);
	expect(simulator.ledger.entries).toHaveLength(2);
});

test("startSessionJoins: off, the text is stranded in a session of its own", async () => {
	const { simulator, ann } = await bench.desk();
	await ann.send(sessionId("a"), sms);
	bench.turn(simulator, { startSessionJoins: false });
	await ann.start(sms);
	expect((await ann.sessions()).rows).toHaveLength(2);
});

test("clientSessionId: the server takes its own, or the one that is there", async () => {
	const { simulator, ann } = await bench.desk();
	bench.turn(simulator, { clientSessionId: "replaced" });
	await ann.send(sessionId("a"), sms);
	const id = field((await ann.sessions()).rows[0], "messagesession-id");
	expect(id).not.toBe(sessionId("a"));
	expect((await ann.messages(sessionId("a"))).status).toBe(404);
	await ann.send(sessionId("b"), { ...sms, message: "y" });
	expect((await ann.messages(id)).rows.map((row) => row["text"])).toEqual(["y", "x"]);
	expect(simulator.ledger.entries.map((entry) => entry.sessionId)).toEqual([id, id]);
});

test("outboundStatus and laterStatus", async () => {
	const { simulator, clock, ann } = await bench.desk();
	bench.turn(simulator, {
		outboundStatus: "queued",
		laterStatus: { status: "failed: rejected by carrier", afterMs: 5_000 },
	});
	await ann.send(sessionId("a"), sms);
	const status = async (): Promise<unknown> => (await ann.messages(sessionId("a"))).rows[0]?.["status"];
	expect(await status()).toBe("queued");
	clock.advance(5_000);
	expect(await status()).toBe("failed: rejected by carrier");
	bench.turn(simulator, { laterStatus: { status: "delivered", afterMs: 1 } });
	await ann.send(sessionId("a"), sms);
	clock.advance(1);
	expect(await status()).toBe("delivered");
});

test("wrongFromNumberStatus: 403 and 400", async () => {
	const { simulator, ann } = await bench.desk();
	const foreign = { ...sms, "from-number": "18585559999" };
	expect((await ann.send(sessionId("a"), foreign)).status).toBe(403);
	bench.turn(simulator, { wrongFromNumberStatus: 400 });
	expect((await ann.send(sessionId("a"), foreign)).status).toBe(400);
});

test("plusInDestination; ten digits are taken either way", async () => {
	const { simulator, ann } = await bench.desk();
	expect((await ann.send(sessionId("a"), { ...sms, destination: `+${lines.customer}` })).status).toBe(202);
	expect((await ann.send(sessionId("a"), { ...sms, destination: lines.customer.slice(1) })).status).toBe(
		202,
	);
	expect((await ann.sessions()).rows).toMatchObject([{ "messagesession-remote": 17145550353 }]);
	bench.turn(simulator, { plusInDestination: "refused" });
	expect((await ann.send(sessionId("a"), { ...sms, destination: `+${lines.customer}` })).status).toBe(400);
});

test("chatDestination: extension, uid, either", async () => {
	const { simulator, ann } = await bench.desk();
	const both = async (): Promise<number[]> => [
		(await ann.send(sessionId("a"), chat)).status,
		(await ann.send(sessionId("a"), { ...chat, destination: "1123@portal" })).status,
	];
	expect(await both()).toEqual([202, 404]);
	bench.turn(simulator, { chatDestination: "uid" });
	expect(await both()).toEqual([404, 202]);
	bench.turn(simulator, { chatDestination: "either" });
	expect(await both()).toEqual([202, 202]);
	const unknown = await ann.send(sessionId("a"), { ...chat, destination: "9999" });
	expect(unknown.json).toEqual({ code: 404, message: "User 9999 does not exist in domain portal" });
});

test("groupDestination: a follow-up reaches all members, or those it lists", async () => {
	const { simulator, ann } = await bench.desk();
	await ann.send(sessionId("a"), { ...chat, destination: ["1123", "1004"] });
	await ann.send(sessionId("a"), { ...chat, message: "all" });
	bench.turn(simulator, { groupDestination: "listedOnly" });
	await ann.send(sessionId("a"), { ...chat, message: "one" });
	expect(simulator.customers.user("1123@portal").texts).toEqual(["x", "all", "one"]);
	expect(simulator.customers.user("1004@portal").texts).toEqual(["x", "all"]);
});

test("groupWithoutCapability: refused, or one text for each", async () => {
	const { simulator, ann } = await bench.desk();
	const group = { ...sms, "from-number": lines.plain, destination: both };
	expect((await ann.send(sessionId("a"), group)).body["message"]).toContain("not group-mms-capable");
	bench.turn(simulator, { groupWithoutCapability: "split" });
	expect((await ann.send(sessionId("a"), group)).status).toBe(202);
	expect((await ann.sessions()).rows.map((row) => row["messagesession-remote"]).sort()).toEqual([
		12285559476, 17145550353,
	]);
	expect(simulator.ledger.count("x")).toBe(2);
});

test("groupSmsType, groupSmsReplies, ownNumberInGroupMms", async () => {
	const { simulator, ann } = await bench.desk();
	bench.turn(simulator, { groupSmsType: "sms", groupSmsReplies: "single", ownNumberInGroupMms: false });
	await ann.send(sessionId("a"), { ...sms, destination: both });
	expect((await ann.messages(sessionId("a"))).rows[0]?.["type"]).toBe("sms");
	const [group] = (await ann.sessions()).rows;
	expect(group?.["messagesession-participants"]).toBe(both.join());
	simulator.customers.customer(lines.customer).received[0]?.answer("only to you");
	const rows = (await ann.sessions()).rows;
	expect(rows.find((row) => row["messagesession-last-message"] === "only to you")).toMatchObject({
		"messagesession-remote": 17145550353,
		"messagesession-last-type": "sms",
	});
	bench.turn(simulator, { groupSmsType: "mms" });
	await ann.send(sessionId("a"), { ...sms, destination: both });
	expect((await ann.messages(sessionId("a"))).rows[0]?.["type"]).toBe("mms");
});

test("emptyMessageWithMedia, mostMediaBytes, mediaTooLargeStatus, mediaTypes; size may be a text", async () => {
	const { simulator, ann } = await bench.desk();
	const status = async (change: object): Promise<number> =>
		(await ann.send(sessionId("a"), { ...mms, ...change })).status;
	expect(await status({ message: "", size: String(bytes.length) })).toBe(202);
	bench.turn(simulator, { emptyMessageWithMedia: "refused" });
	expect(await status({ message: "" })).toBe(400);
	bench.turn(simulator, { mostMediaBytes: bytes.length - 1 });
	expect(await status({})).toBe(413);
	bench.turn(simulator, { mediaTooLargeStatus: 400 });
	expect(await status({})).toBe(400);
	bench.turn(simulator, { mostMediaBytes: bytes.length, mediaTypes: ["image/jpeg"] });
	const refused = await ann.send(sessionId("a"), mms);
	expect([refused.status, refused.body["message"]]).toEqual([
		400,
		"Bad Request: Message failed to send because file type is not supported by carrier!",
	]);
	bench.turn(simulator, { mediaTypes: ["image/gif"] });
	expect(await status({})).toBe(202);
});

test("markRead: works, is refused, is ignored", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.customers.customer(lines.customer).write(lines.picture, "hello");
	const id = field((await ann.sessions()).rows[0], "messagesession-id");
	const mark = async (status: string): Promise<unknown[]> => {
		const answer = await ann.put(`/messagesessions/${id}`, { "messagesession-last-status": status });
		return [answer.status, (await ann.sessions()).rows[0]?.["messagesession-last-status"]];
	};
	expect(await mark("read")).toEqual([202, "read"]);
	expect(await mark("unread")).toEqual([202, "unread"]);
	expect(await mark("perhaps")).toEqual([400, "unread"]);
	bench.turn(simulator, { markRead: "refused" });
	expect(await mark("read")).toEqual([400, "unread"]);
	bench.turn(simulator, { markRead: "ignored" });
	expect(await mark("read")).toEqual([202, "unread"]);
});

test("deleteScope: the own row, or everybody's; a later message brings the own row back without history", async () => {
	const { simulator, ann } = await bench.desk();
	const will = await bench.client(simulator, "1123@portal");
	await ann.send(sessionId("a"), chat);
	expect((await ann.delete(`/messagesessions/${sessionId("a")}`)).status).toBe(202);
	expect((await ann.sessions()).rows).toEqual([]);
	expect((await will.sessions()).rows).toHaveLength(1);
	simulator.customers.user("1123@portal").chatIn(sessionId("a"), "still there?");
	expect((await ann.messages(sessionId("a"))).rows).toMatchObject([{ text: "still there?" }]);
	expect((await will.messages(sessionId("a"))).rows).toHaveLength(2);
	bench.turn(simulator, { deleteScope: "everyone" });
	await ann.delete(`/messagesessions/${sessionId("a")}`);
	expect((await will.sessions()).rows).toEqual([]);
	expect((await ann.delete(`/messagesessions/${sessionId("a")}`)).status).toBe(404);
});

test("tildeInWrites: fine in reads, in writes only where the switch says so", async () => {
	const { simulator, ann } = await bench.desk();
	expect((await ann.call("GET", "/domains/~/users/~/messagesessions")).status).toBe(200);
	const path = `/domains/~/users/~/messagesessions/${sessionId("a")}/messages`;
	expect((await ann.call("POST", path, sms)).status).toBe(404);
	expect((await ann.call("POST", path.replace("domains/~", "domains/portal"), sms)).json).toEqual({
		code: 404,
		message: "User ~ does not exist in domain portal",
	});
	bench.turn(simulator, { tildeInWrites: true });
	expect((await ann.call("POST", path, sms)).status).toBe(202);
});

test("mediaHost, mediaAuthentication, mediaUrlLifetimeMs", async () => {
	const { simulator, clock, ann } = await bench.desk();
	await ann.send(sessionId("a"), mms);
	const url = async (): Promise<URL> =>
		new URL(field((await ann.messages(sessionId("a"))).rows[0], "file-access-url "));
	expect((await url()).origin).toBe(simulator.origin);
	bench.turn(simulator, { mediaHost: "localhost" });
	const foreign = await url();
	expect(foreign.hostname).toBe("localhost");
	expect((await ann.sessions()).rows[0]?.["messagesession-reciever-hostname"]).toBe("localhost");
	expect((await fetch(foreign)).status).toBe(200);
	expect(simulator.mediaUrls.bearersSeen).toEqual([]);
	bench.turn(simulator, { mediaAuthentication: "bearer" });
	expect((await fetch(foreign)).status).toBe(401);
	const headers = { authorization: `Bearer ${ann.bearer}` };
	expect((await fetch(foreign, { headers })).status).toBe(200);
	expect(simulator.mediaUrls.bearersSeen).toEqual([foreign.host]);
	bench.turn(simulator, { mediaAuthentication: "signature", mediaUrlLifetimeMs: 60_000 });
	clock.advance(61_000);
	expect((await fetch(foreign)).status).toBe(403);
	expect((await fetch(await url())).status).toBe(200);
	const gone = await url();
	gone.searchParams.delete("auth");
	expect((await fetch(gone)).status).toBe(403);
});
