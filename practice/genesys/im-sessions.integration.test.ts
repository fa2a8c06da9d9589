import { afterEach, expect, test } from "vitest";
import { imSessionOf, keyOf, TestBench } from "../testing/desk.ts";
import { virtualClock } from "../testing/virtual-clock.ts";

const bench = new TestBench();
afterEach(() => bench.close());

test("two agents: initiate, both Talking, texts to both, Completed for both, gone from the list", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	const will = await bench.desk(simulator, "will.clark");

	const answer = await ann.initiate("5002", { userData: { favColor: "blue" } });
	expect(answer.status).toBe(200);
	expect(answer.body).toEqual({ statusCode: 0 });
	const mine = await ann.reached("Talking");
	const theirs = await will.reached("Talking");
	const key = keyOf(mine);
	expect(mine).toEqual({
		state: "Talking",
		userData: { favColor: "blue" },
		id: key,
		uri: `${simulator.origin}/api/v2/im-sessions/${key}`,
		path: `/im-sessions/${key}`,
		participants: [
			{ digits: "5002", e164Number: "5002", formattedPhoneNumber: "5002", phoneNumber: "5002" },
		],
		capabilities: ["Complete", "AttachUserData", "DeleteUserData", "UpdateUserData", "SendMessage"],
	});
	expect(key).toMatch(/^[0-9A-Z]{32}$/);
	expect(keyOf(theirs)).toBe(key);
	expect(theirs["participants"]).toMatchObject([{ phoneNumber: "5001" }]);

	expect((await ann.say(key, "5002", "Hello 👋 שלום")).body).toEqual({ statusCode: 0 });
	const echo = await ann.heard("Hello 👋 שלום");
	const arrived = await will.heard("Hello 👋 שלום");
	expect(echo.channel).toBe("/v2/me/im-sessions");
	expect(echo.data).toEqual({
		messageType: "IMLogUpdateMessage",
		notificationType: "NewMessage",
		imSessionPath: `/im-sessions/${key}`,
		message: "Hello 👋 שלום",
		metrics: { eventProcessing: expect.objectContaining({ serverProcessingTimeTotalMs: -1 }) as unknown },
	});
	expect(arrived.data["messageType"]).toBe("IMLogUpdateMessage");
	expect(simulator.ledger.entries).toMatchObject([{ sessionKey: key, sender: "5001", recipient: "5002" }]);

	const list = await ann.rest.get("/me/im-sessions?fields=*");
	expect(Object.keys(list.body)).toEqual(["imSessions", "statusCode"]);
	expect(list.body["imSessions"]).toMatchObject([{ id: key, state: "Talking" }]);
	expect((await ann.rest.get("/me/im-sessions")).body).toEqual({ statusCode: 0, uris: [mine["uri"]] });
	expect((await ann.rest.get(`/me/im-sessions/${key}`)).body).toMatchObject({ imSession: { id: key } });

	await will.operate(key, { operationName: "Complete" });
	await ann.reached("Completed");
	await will.reached("Completed");
	expect((await ann.rest.get("/me/im-sessions?fields=*")).body).toEqual({ imSessions: [], statusCode: 0 });
	const states = ann.push.events
		.map((event) => imSessionOf(event)["state"])
		.filter((state) => state !== undefined);
	expect(states).toEqual(["Initiating", "Talking", "Completed"]);
});

test("user data: attach, update, delete reach both sides; capabilities follow", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	const will = await bench.desk(simulator, "will.clark");
	const key = await ann.talkTo("5002");
	const bare = (await ann.rest.get(`/me/im-sessions/${key}`)).body["imSession"];
	expect(bare).not.toHaveProperty("userData");
	expect(bare).toHaveProperty("capabilities", ["Complete", "AttachUserData", "SendMessage"]);
	const changed = async (desk: typeof ann, userData: object): Promise<void> => {
		await desk.push.event(
			(event) =>
				event.data["notificationType"] === "AttachedDataChanged" &&
				JSON.stringify(imSessionOf(event)["userData"]) === JSON.stringify(userData),
		);
	};
	await ann.operate(key, {
		operationName: "AttachUserData",
		userData: { bestNumber: "3", note: { deep: 1 } },
	});
	await changed(ann, { bestNumber: "3", note: { deep: 1 } });
	await changed(will, { bestNumber: "3", note: { deep: 1 } });
	await will.operate(key, { operationName: "UpdateUserData", userData: { bestNumber: "5" } });
	await changed(ann, { bestNumber: "5", note: { deep: 1 } });
	await ann.operate(key, { operationName: "DeleteUserData", key: "note" });
	await changed(will, { bestNumber: "5" });
	for (const [body, statusCode] of [
		[{ operationName: "DeleteUserData" }, 1],
		[{ operationName: "DeleteUserData", key: "toString" }, 6],
		[{ operationName: "AttachUserData" }, 1],
		[{ operationName: "UpdateUserData", userData: {} }, 1],
		[{ operationName: "AttachUserData", userData: "text" }, 1],
	] as const) {
		expect((await ann.operate(key, body)).body["statusCode"]).toBe(statusCode);
	}
});

test("a second Initiate: Invalid state, code 2, and nothing changes", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	const answer = await ann.initiate("6002");
	expect(answer.status).toBe(400);
	expect(answer.body).toEqual({ statusCode: 2, statusMessage: "Invalid state" });
	expect(simulator.exchange.sessions.map((session) => session.key)).toEqual([key]);
});

test("missing parameters are code 1, unknown sessions and devices code 6", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const initiate = { operationName: "InitiateIMSession" };
	const destination = { phoneNumber: "6001" };
	const { devicePath } = ann;
	const code = async (path: string, body: object): Promise<unknown> =>
		(await ann.rest.post(path, body)).body["statusCode"];
	expect(await code("/me/im-sessions", {})).toBe(1);
	expect(await code("/me/im-sessions", { operationName: "Sing" })).toBe(3);
	expect(await code("/me/im-sessions", initiate)).toBe(1);
	expect(await code("/me/im-sessions", { ...initiate, destination: {} })).toBe(1);
	expect(await code("/me/im-sessions", { ...initiate, destination, devicePath: "/devices/x" })).toBe(6);
	expect(await code("/me/im-sessions", { ...initiate, destination, userData: [1] })).toBe(10);
	expect(await code("/me/im-sessions", { ...initiate, destination: { phoneNumber: "5001" } })).toBe(2);
	const key = await ann.talkTo("6001");
	const send = { operationName: "SendMessage", text: "hi", destination, devicePath };
	expect(await code(`/me/im-sessions/${key}`, {})).toBe(1);
	for (const missing of ["text", "destination", "devicePath"]) {
		const rest = Object.fromEntries(Object.entries(send).filter(([name]) => name !== missing));
		expect(await code(`/me/im-sessions/${key}`, rest)).toBe(1);
	}
	expect(await code(`/me/im-sessions/${key}`, { ...send, text: "" })).toBe(1);
	expect(await code(`/me/im-sessions/${key}`, { ...send, destination: { phoneNumber: "6002" } })).toBe(2);
	expect(await code(`/me/im-sessions/${key}`, { ...send, devicePath: "/devices/x" })).toBe(6);
	expect(await code(`/me/im-sessions/${key}`, { operationName: "Accept" })).toBe(3);
	expect(await code("/me/im-sessions/UNKNOWN", send)).toBe(6);
	expect(await code(`/me/im-sessions/${key}`, send)).toBe(0);
	expect(simulator.ledger.texts()).toEqual(["hi"]);
});

test("a session is nobody else's", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	const will = await bench.desk(simulator, "will.clark");
	const key = await ann.talkTo("6001");
	expect((await will.operate(key, { operationName: "Complete" })).body["statusCode"]).toBe(6);
	expect((await will.rest.get("/me/im-sessions?fields=*")).body["imSessions"]).toEqual([]);
});

test("which device: only one can do IM, several can, none can, not logged in", async () => {
	const simulator = await bench.start({
		agents: [
			{
				userName: "ann.lee",
				password: "secret",
				firstName: "Ann",
				lastName: "Lee",
				devices: [
					{ phoneNumber: "5001" },
					{ phoneNumber: "5003", type: "Extension", multimedia: false },
					{ phoneNumber: "5004", type: "Extension", sipSignallingChat: "full" },
				],
			},
		],
	});
	const ann = await bench.desk(simulator);
	const initiate = (more: object = {}): ReturnType<typeof ann.rest.post> =>
		ann.rest.post("/me/im-sessions", {
			operationName: "InitiateIMSession",
			destination: { phoneNumber: "6001" },
			...more,
		});
	const [able, deaf, signalling] = simulator.agents.devices;
	if (able === undefined || deaf === undefined || signalling === undefined) throw new Error("devices");
	for (const device of [deaf, signalling]) {
		expect((await initiate({ devicePath: `/devices/${device.id}` })).body["statusCode"]).toBe(4);
	}
	expect((await initiate()).body["statusCode"]).toBe(0);
	await ann.operate(keyOf(await ann.reached("Talking")), { operationName: "Complete" });
	deaf.multimedia = true;
	expect((await initiate()).body["statusCode"]).toBe(1);
	expect((await initiate({ devicePath: `/devices/${deaf.id}` })).body["statusCode"]).toBe(2);
	deaf.multimedia = false;
	able.sipSignallingChat = "session";
	expect((await initiate()).body["statusCode"]).toBe(4);
});

test("both agents must be logged in on a device that can do IM", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	expect((await ann.initiate("5002")).body).toEqual({
		statusCode: 4,
		statusMessage: "Destination is not logged in",
	});
	const will = await bench.desk(simulator, "will.clark");
	will.device.multimedia = false;
	expect((await ann.initiate("5002")).body["statusCode"]).toBe(4);
	will.device.multimedia = true;
	will.device.registered = false;
	expect((await ann.initiate("5002")).body["statusCode"]).toBe(4);
	expect((await ann.initiate("0000")).body["statusCode"]).toBe(4);
	expect((await ann.initiate("8001")).body["statusCode"]).toBe(4);
});

test("a colleague opens a session: Alerting, Talking, its texts, its end", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const colleague = simulator.colleagues.get("6008");
	const session = colleague.initiate("5001", { subject: "forms" });
	expect(keyOf(await ann.reached("Alerting"))).toBe(session?.key);
	const talking = await ann.reached("Talking");
	expect(talking).toMatchObject({
		participants: [{ phoneNumber: "6008" }],
		userData: { subject: "forms" },
	});
	colleague.say("مرحبا 👋");
	await ann.heard("مرحبا 👋");
	await ann.say(keyOf(talking), "6008", "hello");
	expect(colleague.received).toEqual(["hello"]);
	colleague.complete();
	await ann.reached("Completed");
	expect(() => {
		colleague.say("too late");
	}).toThrow("no session");
});

test("notifications of one agent never overtake each other, whatever their order to the reply", async () => {
	const simulator = await bench.start({ switches: { notificationOrder: "random" } });
	const ann = await bench.desk(simulator);
	const key = await ann.talkTo("6001");
	const colleague = simulator.colleagues.get("6001");
	colleague.behaviour.reply = null;
	colleague.events = {
		received: (_colleague, text) => {
			colleague.say(`re ${text}`);
		},
	};
	const texts = Array.from({ length: 20 }, (_, index) => `text ${String(index)}`);
	for (const text of texts) await ann.say(key, "6001", text);
	await ann.heard("re text 19");
	expect(ann.texts).toEqual(texts.flatMap((text) => [text, `re ${text}`]));
	expect(simulator.ledger.texts({ sessionKey: key, sender: "5001" })).toEqual(texts);
});

test("what a colleague was still typing when the session ended is never said in the next one", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const ann = await bench.desk(simulator);
	const colleague = simulator.colleagues.get("6001");
	colleague.initiate("5001");
	colleague.type([
		{ text: "one", afterMs: 1_000 },
		{ text: "two", afterMs: 1_000 },
		{ text: "not yet begun", afterMs: 1_000 },
	]);
	clock.advance(1_000);
	await ann.heard("one");
	colleague.complete();
	colleague.initiate("5001");
	colleague.type([{ text: "three", afterMs: 500 }]);
	clock.advance(60_000);
	expect(simulator.ledger.texts()).toEqual(["one", "three"]);
	expect(clock.timers).toBe(0);
});
