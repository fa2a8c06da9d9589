import { crc32, inflateSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { field, PortalClient, sessionId } from "../testing/netsapiens-client.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { insuranceCard } from "./picture.ts";
import { practiceNetsapiens, type PracticeNetsapiensOptions } from "./practice-company.ts";
import { billingNumber, deskNumber, practiceAgent } from "./practice-names.ts";
import type { NetsapiensSimulator } from "./simulator.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

interface Room {
	readonly simulator: NetsapiensSimulator;
	readonly clock: VirtualClock;
	readonly sam: PortalClient;
}

const grace = "16195550112";

/** The practice company with somebody signed in, who has looked at the sessions once. */
async function enter(options: PracticeNetsapiensOptions = {}): Promise<Room> {
	const clock = virtualClock();
	const { simulator, account } = await practiceNetsapiens({
		clock,
		seed: 11,
		disturbances: false,
		switches: {
			effectDelayMs: { least: 0, most: 0 },
			numericStrings: "never",
			sessionOrder: "newestFirst",
		},
		...options,
	});
	closers.push(() => simulator.close());
	const sam = new PortalClient(account.server, account.userName);
	await sam.signIn(account.secret, { client_id: account.clientId, client_secret: account.clientSecret });
	await sam.sessions();
	return { simulator, clock, sam };
}

/** What the agent reads with this number or person, oldest first. */
async function read({ sam }: Room, remote: string): Promise<string[]> {
	const session = (await sam.sessions()).rows.find((row) => row["messagesession-remote"] === remote);
	if (session === undefined) return [];
	const { rows } = await sam.messages(field(session, "messagesession-id"));
	return rows.map((row) => field(row, "text")).reverse();
}

async function say({ sam }: Room, remote: string, from: string, message: string): Promise<void> {
	const session = (await sam.sessions()).rows.find((row) => row["messagesession-remote"] === remote);
	const id = session === undefined ? sessionId("a") : field(session, "messagesession-id");
	const answer = await sam.send(id, { type: "sms", message, destination: remote, "from-number": from });
	expect(answer.status).toBe(202);
}

test("each run has its own secret, on loopback; the agent's things are there", async () => {
	const { simulator, sam } = await enter();
	const other = await practiceNetsapiens({ seed: 11 });
	closers.push(() => other.simulator.close());
	expect(other.account.secret).not.toBe(simulator.company.user(practiceAgent).password);
	expect(other.account.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	const numbers = (await sam.own("/smsnumbers")).rows;
	expect(numbers).toMatchObject([
		{ number: deskNumber, "mms-capable": true, "group-mms-capable": false },
		{ number: billingNumber, "mms-capable": true, "group-mms-capable": true },
	]);
	expect((await sam.own("/contacts?includeDomain=yes")).rows).toHaveLength(9);
	expect((await sam.own("/devices")).rows).toHaveLength(2);
	expect((await sam.call("GET", "/domains/harbordental/presence/list")).rows).toHaveLength(6);
});

test("the first customer texts soon after the first look, answers each text and takes leave", async () => {
	const room = await enter();
	const { clock, sam } = room;
	clock.advance(3_999);
	expect((await sam.sessions()).rows).toEqual([]);
	clock.advance(1);
	expect(await read(room, grace)).toEqual(["Good morning, this is Grace Whitfield."]);
	clock.advance(15_000);
	expect(await read(room, grace)).toHaveLength(2);
	for (const [said, answer] of [
		["Sure, what time?", "Any time after 2 pm works for me."],
		["3 pm is free", "Great, then I'll take that one. Is it still with Tessa?"],
		["Yes, with Tessa", "Perfect, see you Thursday. Thank you!"],
	] as const) {
		await say(room, grace, deskNumber, said);
		clock.advance(20_000);
		expect((await read(room, grace)).at(-1)).toBe(answer);
	}
	await say(room, grace, deskNumber, "Have a nice day");
	clock.advance(20_000);
	expect(["You too!", "Bye 👋", "See you then."]).toContain((await read(room, grace)).at(-1));
});

test("silence brings one reminder", async () => {
	const room = await enter({ pauseMs: 3_600_000 });
	room.clock.advance(70_000);
	expect((await read(room, grace)).at(-1)).toBe("No rush, I can also call after lunch if that is easier.");
	room.clock.advance(600_000);
	expect(await read(room, grace)).toHaveLength(3);
});

test("colleagues talk in a group with a name; one of them answers each line", async () => {
	const room = await enter();
	const { clock, sam } = room;
	clock.advance(60_000);
	const group = (await sam.sessions()).rows.find((row) => row["messagesession-type"] === "group-chat");
	expect(group).toMatchObject({
		"messagesession-name": "Front desk",
		"messagesession-participants": "2500@harbordental,2501@harbordental,2502@harbordental",
		"messagesession-last-status": "unread",
	});
	const id = field(group, "messagesession-id");
	const senders = async (): Promise<string[]> =>
		(await sam.messages(id)).rows.map((row) => field(row, "from-user-id").slice(0, 4)).reverse();
	expect(await senders()).toEqual(["2501", "2502"]);
	for (let turn = 0; turn < 2; turn += 1) {
		await sam.send(id, { type: "chat", message: "Good to know", destination: ["2501", "2502"] });
		clock.advance(15_000);
	}
	expect(await senders()).toEqual(["2501", "2502", "2500", "2501", "2500", "2502"]);
});

test("a customer sends a picture, to the other number: a PNG as any reader takes it", async () => {
	const room = await enter({ pauseMs: 10_000 });
	const { clock, sam } = room;
	const marcus = "16195550127";
	clock.advance(40_000);
	expect((await read(room, marcus))[0]).toContain("Marcus Bell");
	await say(room, marcus, billingNumber, "Do you have a new plan?");
	clock.advance(20_000);
	await say(room, marcus, billingNumber, "Please send the card");
	clock.advance(20_000);
	const session = (await sam.sessions()).rows.find((row) => row["messagesession-remote"] === marcus);
	expect(session).toMatchObject({
		"messagesession-sms-number": billingNumber,
		"messagesession-last-type": "mms",
		"messagesession-last-media-type": "image/png",
	});
	const [newest] = (await sam.messages(field(session, "messagesession-id"))).rows;
	const loaded = await fetch(field(newest, "file-access-url "));
	expect(Buffer.from(await loaded.arrayBuffer()).equals(insuranceCard())).toBe(true);
});

test("the picture's chunks are whole and its pixels are all there", () => {
	const file = insuranceCard();
	expect(file.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
	const chunks = new Map<string, Buffer>();
	for (let at = 8; at < file.length;) {
		const length = file.readUInt32BE(at);
		const named = file.subarray(at + 4, at + 8 + length);
		expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(named));
		chunks.set(named.toString("latin1", 0, 4), named.subarray(4));
		at += length + 12;
	}
	expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
	const header = chunks.get("IHDR");
	expect([header?.readUInt32BE(0), header?.readUInt32BE(4)]).toEqual([480, 320]);
	expect(inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0)).length).toBe(320 * (1 + 480 * 3));
	expect(file.length).toBeLessThan(300_000);
});

test("whoever the agent writes to answers: a new number, a group, a colleague", async () => {
	const room = await enter({ firstAfterMs: 3_600_000 });
	const { clock, sam } = room;
	await say(room, "12065550155", deskNumber, "Hello from Harbor Dental");
	clock.advance(20_000);
	expect(await read(room, "12065550155")).toHaveLength(2);
	await sam.send(sessionId("b"), {
		type: "sms",
		message: "Closed on Monday",
		"from-number": billingNumber,
		destination: ["12065550155", "12065550156"],
	});
	clock.advance(20_000);
	expect(await read(room, "12065550155,12065550156")).toHaveLength(3);
	await sam.send(sessionId("c"), { type: "chat", message: "Is room 2 free?", destination: "2503" });
	clock.advance(20_000);
	expect(await read(room, "2503@harbordental")).toHaveLength(2);
});

test("disturbances: a doubled row and a short outage, and the story goes on", async () => {
	const room = await enter({ disturbances: true, pauseMs: 10_000 });
	const { simulator, clock, sam } = room;
	clock.advance(15_000);
	await say(room, grace, deskNumber, "Of course");
	clock.advance(20_000);
	const twice = await read(room, grace);
	expect(twice.slice(-2)).toEqual([
		"Any time after 2 pm works for me.",
		"Any time after 2 pm works for me.",
	]);
	await say(room, grace, deskNumber, "3 pm?");
	clock.advance(20_000);
	expect((await read(room, grace)).filter((text) => text.startsWith("Great"))).toHaveLength(1);

	await say(room, "16195550127", billingNumber, "Let me look");
	clock.advance(500);
	expect(simulator.network.outage).toBe("refuse");
	clock.advance(4_000);
	// The network comes back with the clock, the socket with the event loop.
	await expect.poll(() => simulator.network.outage).toBeNull();
	await expect.poll(async () => (await sam.sessions().catch(() => null))?.status).toBe(200);
});

test("presence moves", async () => {
	const { simulator, clock } = await enter({ firstAfterMs: 86_400_000 });
	const picture = (): string => simulator.company.users.map(({ presence }) => presence).join();
	const before = picture();
	const seen = new Set<string>();
	for (let minute = 0; minute < 10; minute += 1) {
		clock.advance(60_000);
		seen.add(picture());
	}
	expect(seen.size).toBeGreaterThan(1);
	expect([...seen].some((later) => later !== before)).toBe(true);
	expect(simulator.company.user(practiceAgent).presence).toBe("open");
});

test("the same seed tells the same story", async () => {
	const tell = async (seed: number): Promise<unknown> => {
		const room = await enter({ seed });
		room.clock.advance(300_000);
		await say(room, "12065550155", deskNumber, "Hello");
		room.clock.advance(20_000);
		return room.simulator.conversations.all.map(({ id, messages }) => [
			id,
			messages.map(({ at, text, id: messageId }) => [at, text, messageId]),
		]);
	};
	const first = await tell(3);
	expect(await tell(3)).toEqual(first);
	expect(await tell(4)).not.toEqual(first);
});

test("closing leaves no timer behind", async () => {
	const { simulator, clock, sam } = await enter();
	clock.advance(60_000);
	await sam.sessions();
	await simulator.close();
	expect(clock.timers).toBe(0);
});
