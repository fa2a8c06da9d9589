import { afterEach, expect, test } from "vitest";
import { practiceGenesys, type PracticeGenesysOptions } from "./practice.ts";
import { BayeuxClient } from "../testing/bayeux-client.ts";
import { Desk } from "../testing/desk.ts";
import { RestClient } from "../testing/rest-client.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

interface Room {
	readonly practice: Awaited<ReturnType<typeof practiceGenesys>>;
	readonly clock: VirtualClock;
	readonly desk: Desk;
}

/** Practice mode with somebody signed in to it, who has not been written to yet. */
async function enter(options: PracticeGenesysOptions = {}): Promise<Room> {
	const clock = virtualClock();
	const practice = await practiceGenesys({ clock, seed: 11, disturbances: false, ...options });
	closers.push(() => practice.simulator.close());
	practice.simulator.switches.notificationOrder = "after";
	const { account } = practice;
	const rest = new RestClient(account.server);
	await rest.signIn(account.userName, account.secret);
	const push = new BayeuxClient(rest);
	closers.unshift(() => push.close());
	await push.open("/v2/me/*");
	await rest.post("/me", { operationName: "StartContactCenterSession", channels: ["voice"] });
	const [device] = practice.simulator.agents.devices;
	if (device === undefined) throw new Error("no device");
	return { practice, clock, desk: new Desk(rest, push, device) };
}

/** Lets the colleague type and the texts arrive; returns the new ones. */
async function listen({ practice, clock, desk }: Room, milliseconds: number): Promise<string[]> {
	const before = practice.simulator.ledger.entries.length;
	clock.advance(milliseconds);
	const texts = practice.simulator.ledger.entries.slice(before).map((entry) => entry.text);
	const last = texts.at(-1);
	if (last !== undefined) await desk.heard(last);
	return texts;
}

const key = ({ practice }: Room): string => practice.simulator.exchange.sessions[0]?.key ?? "";

test("each run has its own secret, on loopback", async () => {
	const { practice } = await enter();
	const { account } = practice;
	expect(account.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	const other = await practiceGenesys({ seed: 11 });
	closers.push(() => other.simulator.close());
	expect(other.account.secret).not.toBe(account.secret);
});

test("a colleague writes within seconds of sign-in, answers each text, takes leave and ends", async () => {
	const room = await enter();
	const { practice, clock, desk } = room;
	clock.advance(2_999);
	expect(practice.simulator.exchange.sessions).toEqual([]);
	clock.advance(1);
	const session = await desk.reached("Talking");
	expect(session["participants"]).toMatchObject([{ phoneNumber: "6001" }]);
	expect((await listen(room, 15_000))[0]).toBe("Hi! Do you have a minute?");

	for (const [said, answers] of [
		["Sure, what is the order number?", 1],
		["Refund it please", 1],
		["Right away", 1],
		["Good luck", 1],
	] as const) {
		expect((await desk.say(key(room), "6001", said)).body["statusCode"]).toBe(0);
		expect(await listen(room, 15_000)).toHaveLength(answers);
	}
	await desk.reached("Completed");
	expect(practice.simulator.exchange.sessions).toEqual([]);

	desk.push.events.length = 0;
	clock.advance(25_000);
	expect((await desk.reached("Talking"))["participants"]).toMatchObject([{ phoneNumber: "6003" }]);
});

test("a goodbye ends the conversation early; silence brings one reminder", async () => {
	const room = await enter();
	await listen(room, 20_000);
	expect(await listen(room, 60_000)).toEqual(["No hurry, I can call her back if you are busy."]);
	expect(await listen(room, 600_000)).toEqual([]);
	await room.desk.say(key(room), "6001", "I have to go, bye!");
	expect(await listen(room, 10_000)).toEqual(["That was all. Thank you for the quick help!"]);
	room.clock.advance(10_000);
	await room.desk.reached("Completed");
});

test("two texts in a row get one answer, and lines come in order", async () => {
	const room = await enter();
	room.clock.advance(3_000);
	await room.desk.reached("Talking");
	await room.desk.say(key(room), "6001", "Yes?");
	await room.desk.say(key(room), "6001", "Go ahead");
	expect(await listen(room, 60_000)).toEqual([
		"Hi! Do you have a minute?",
		"I have a customer on hold who was charged twice for the same order.",
		"Thanks! The order is 48213, both charges are from Tuesday.",
	]);
});

test("the agent may end first or write to somebody; the story waits for its turn", async () => {
	const room = await enter();
	const { practice, clock, desk } = room;
	await listen(room, 10_000);
	await desk.operate(key(room), { operationName: "Complete" });
	desk.push.events.length = 0;
	await desk.initiate("6010");
	clock.advance(5_000);
	await desk.reached("Talking");
	await desk.say(key(room), "6010", "Hello Дмитрий");
	expect(await listen(room, 10_000)).toHaveLength(1);
	await desk.say(key(room), "6010", "Do you know the opening hours?");
	expect(await listen(room, 20_000)).toHaveLength(2);
	clock.advance(60_000);
	expect(practice.simulator.exchange.sessions).toHaveLength(1);
	await desk.operate(key(room), { operationName: "Complete" });
	clock.advance(10_000);
	expect(practice.simulator.exchange.sessions[0]?.initiator.phoneNumber).toBe("6003");
});

test("colleagues differ: lunch rings out, AuxWork refuses, AfterCallWork is busy, Offline is unreachable", async () => {
	const room = await enter({ firstAfterMs: 3_600_000 });
	const { practice, clock, desk } = room;
	const outcome = async (number: string): Promise<unknown> => {
		const answer = await desk.initiate(number);
		if (answer.body["statusCode"] !== 0) return answer.body["statusMessage"];
		for (let second = 0; second < 40; second += 1) {
			const [session] = practice.simulator.exchange.sessions;
			if (session === undefined) return `ended after ${String(second)} s`;
			if (session.initiator.state === "Talking") return "Talking";
			clock.advance(1_000);
		}
		return "ringing";
	};
	expect(await outcome("6009")).toBe("ended after 30 s");
	expect(await outcome("6014")).toMatch(/^ended after [1-4] s$/);
	expect(await outcome("6021")).toBe("ended after 0 s");
	expect(await outcome("6011")).toBe("Destination is not logged in");
	expect(await outcome("6013")).toBe("Talking");
});

test("nobody writes to an agent who is logged out or does not listen", async () => {
	const room = await enter();
	const { practice, clock, desk } = room;
	await desk.rest.post("/me", { operationName: "Offline" });
	clock.advance(600_000);
	expect(practice.simulator.exchange.sessions).toEqual([]);
	await desk.rest.post("/me", { operationName: "StartContactCenterSession", channels: ["voice"] });
	clock.advance(3_000);
	expect(practice.simulator.exchange.sessions).toHaveLength(1);
});

test("disturbances: a doubled message and an outage now and then, and the story goes on", async () => {
	const room = await enter({ disturbances: true });
	const { practice, clock, desk } = room;
	const { simulator: genesys } = practice;
	await listen(room, 15_000);
	await desk.operate(key(room), { operationName: "Complete" });
	await listen(room, 45_000);
	await desk.say(key(room), "6003", "Yes I do");
	clock.advance(500);
	expect(genesys.network.outage).toBe("refuse");
	// The network comes back with the clock, the socket with the event loop.
	clock.advance(4_000);
	await expect.poll(() => genesys.network.outage).toBeNull();
	genesys.colleagues.get("6003").complete();
	const again = new BayeuxClient(desk.rest);
	again.clientId = desk.push.clientId;
	await expect.poll(() => again.connect().catch(() => ({}))).toMatchObject({ successful: true });
	clock.advance(45_000);
	expect(genesys.exchange.sessions[0]?.initiator.phoneNumber).toBe("6008");
	await desk.say(key(room), "6008", "No label");
	expect(genesys.switches.notificationCopies).toBe(2);
	genesys.colleagues.get("6008").complete();
	expect(genesys.switches.notificationCopies).toBe(1);
});

test("presence in the directory moves", async () => {
	const { practice, clock } = await enter({ firstAfterMs: 86_400_000 });
	const picture = (): string =>
		practice.simulator.colleagues.all.map((colleague) => colleague.presence).join();
	const before = picture();
	clock.advance(300_000);
	expect(picture()).not.toBe(before);
});

test("the same seed tells the same story", async () => {
	const tell = async (seed: number): Promise<string[]> => {
		const room = await enter({ seed });
		const texts = await listen(room, 15_000);
		await room.desk.operate(key(room), { operationName: "Complete" });
		await room.desk.initiate("6010");
		room.clock.advance(5_000);
		for (const said of ["Hi", "Where is the form?", "ok", "fine"]) {
			await room.desk.say(key(room), "6010", said);
			texts.push(...(await listen(room, 20_000)));
		}
		return texts;
	};
	const first = await tell(3);
	expect(await tell(3)).toEqual(first);
	expect(await tell(4)).not.toEqual(first);
});

test("closing leaves no timer behind", async () => {
	const { practice, clock } = await enter();
	await practice.simulator.close();
	expect(clock.timers).toBe(0);
});
