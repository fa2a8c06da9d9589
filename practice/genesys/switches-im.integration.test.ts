import { afterAll, afterEach, expect, test } from "vitest";
import { keyOf } from "../testing/desk.ts";
import { imSwitches, settled, statesOf, SwitchBench } from "../testing/switch-bench.ts";
import { virtualClock } from "../testing/virtual-clock.ts";

const bench = new SwitchBench(imSwitches);
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

test("echo: off, the sender hears nothing of its own", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { echo: false });
	const key = await ann.talkTo("6001");
	simulator.colleagues.get("6001").behaviour.reply = () => [{ text: "hello", afterMs: 0 }];
	expect((await ann.say(key, "6001", "hi")).body).toEqual({ statusCode: 0 });
	// An echo would have come before the answer.
	await ann.heard("hello");
	expect(ann.texts).toEqual(["hello"]);
	expect(simulator.ledger.count("hi")).toBe(1);
});

test("leadingBlankInState", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { leadingBlankInState: true });
	await ann.initiate("6001");
	await ann.reached(" Talking");
	expect((await ann.rest.get("/me/im-sessions?fields=*")).body).toMatchObject({
		imSessions: [{ state: " Talking" }],
	});
});

test("pushInitiatingAndAlerting: off, the first news is Talking", async () => {
	const { simulator, ann, will } = await bench.twoDesks();
	bench.turn(simulator, { pushInitiatingAndAlerting: false });
	await ann.talkTo("5002");
	await will.reached("Talking");
	expect([...statesOf(ann), ...statesOf(will)]).toEqual(["Talking", "Talking"]);
});

test("autoAnswerMs: after a while, never; ringTimeoutMs ends what nobody takes", async () => {
	const clock = virtualClock();
	const simulator = await bench.start({ clock });
	const ann = await bench.desk(simulator);
	const colleague = simulator.colleagues.get("6001");
	bench.turn(simulator, { autoAnswerMs: 4_000 });
	colleague.initiate("5001");
	await ann.reached("Alerting");
	clock.advance(3_999);
	expect(colleague.session?.target.state).toBe("Alerting");
	clock.advance(1);
	expect(colleague.session?.target.state).toBe("Talking");
	colleague.complete();

	bench.turn(simulator, { autoAnswerMs: null, ringTimeoutMs: 20_000 });
	const key = colleague.initiate("5001")?.key ?? "";
	expect((await ann.say(key, "6001", "early")).body["statusCode"]).toBe(2);
	clock.advance(19_999);
	expect(colleague.session?.target.state).toBe("Alerting");
	clock.advance(1);
	expect(colleague.session).toBeNull();
	await ann.reached("Completed");
});

test("acceptReject: capabilities and operations of an alerting session", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { acceptReject: true, autoAnswerMs: null });
	const colleague = simulator.colleagues.get("6001");
	const key = colleague.initiate("5001")?.key ?? "";
	expect((await ann.reached("Alerting"))["capabilities"]).toEqual(["Complete", "Accept", "Reject"]);
	expect((await ann.operate(key, { operationName: "Accept" })).body).toEqual({ statusCode: 0 });
	await ann.reached("Talking");
	expect((await ann.operate(key, { operationName: "Reject" })).body["statusCode"]).toBe(2);
	colleague.complete();
	const second = colleague.initiate("5001")?.key ?? "";
	expect((await ann.operate(second, { operationName: "Reject" })).body).toEqual({ statusCode: 0 });
	expect(colleague.session).toBeNull();
});

test("notificationOrder and notificationLeadMs: the echo before or after the HTTP reply", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { notificationOrder: "before", notificationLeadMs: 80 });
	await ann.initiate("6001");
	expect(statesOf(ann)).toEqual(["Initiating", "Talking"]);
	const key = simulator.exchange.sessions[0]?.key ?? "";
	bench.turn(simulator, { notificationOrder: "after" });
	await ann.say(key, "6001", "late echo");
	expect(ann.texts).toEqual([]);
	await ann.heard("late echo");
});

test("idDiffersFromPath: the path keeps working", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { idDiffersFromPath: true });
	await ann.initiate("6001");
	const session = await ann.reached("Talking");
	expect(session["id"]).not.toBe(keyOf(session));
	expect((await ann.say(keyOf(session), "6001", "hi")).body).toEqual({ statusCode: 0 });
});

test("metricsOnIm: off", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { metricsOnIm: false });
	await ann.talkTo("6001");
	const [im] = ann.push.events.filter((event) => event.channel === "/v2/me/im-sessions");
	expect(Object.keys(im?.data ?? {})).toEqual(["messageType", "notificationType", "imSession"]);
});

test("participants: digits only, strings, with the own number", async () => {
	const { simulator, ann } = await bench.office();
	await ann.talkTo("6001");
	const list = async (): Promise<unknown> => (await ann.rest.get("/me/im-sessions?fields=*")).body;
	bench.turn(simulator, { participants: "digitsOnly" });
	expect(await list()).toMatchObject({
		imSessions: [{ participants: [{ digits: "6001", e164Number: "" }] }],
	});
	bench.turn(simulator, { participants: "strings" });
	expect(await list()).toMatchObject({ imSessions: [{ participants: ["6001"] }] });
	bench.turn(simulator, { participants: "withSelf" });
	expect(await list()).toMatchObject({
		imSessions: [{ participants: [{ digits: "5001" }, { digits: "6001" }] }],
	});
});

test("completedKeepsCapabilities: on as documented, off", async () => {
	const { simulator, ann } = await bench.office();
	let key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.reached("Completed"))["capabilities"]).toContain("SendMessage");
	bench.turn(simulator, { completedKeepsCapabilities: false });
	ann.push.events.length = 0;
	key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.reached("Completed"))["capabilities"]).toEqual([]);
});

test("notificationCopies: everything arrives twice", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { notificationCopies: 2 });
	await ann.talkTo("6001");
	await settled(simulator, ann);
	expect(statesOf(ann)).toEqual(["Initiating", "Initiating", "Talking", "Talking"]);
});

test("unknownNotifications: strangers between the known ones", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { unknownNotifications: true });
	await ann.talkTo("6001");
	await ann.reached("Dreaming");
	expect(ann.push.events.map(({ data }) => data["messageType"])).toContain("SomethingNewMessage");
});

test("imOnCallsTopic: the session appears as a call with the same id", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { imOnCallsTopic: true });
	const key = await ann.talkTo("6001");
	const call = await ann.push.event(
		({ channel, data }) => channel === "/v2/me/calls" && JSON.stringify(data).includes("Established"),
	);
	expect(call.data).toMatchObject({
		messageType: "CallStateChangeMessage",
		phoneNumber: "5001",
		call: { id: key },
	});
});

test("invalidStateCode and httpStatus", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { invalidStateCode: 3, httpStatus: { 0: 201, 3: 409 } });
	expect((await ann.initiate("6001")).status).toBe(201);
	const answer = await ann.initiate("6002");
	expect(answer.status).toBe(409);
	expect(answer.body).toEqual({ statusCode: 3, statusMessage: "Invalid state" });
	expect((await ann.rest.get("/nothing")).status).toBe(500);
});

test("completedSessionCode", async () => {
	const { simulator, ann } = await bench.office();
	const key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "Complete" });
	expect((await ann.say(key, "6001", "x")).body["statusCode"]).toBe(6);
	bench.turn(simulator, { completedSessionCode: 2 });
	expect((await ann.say(key, "6001", "x")).body).toEqual({ statusCode: 2, statusMessage: "Invalid state" });
});

test("secondIncomingSession and busyPeer", async () => {
	const { simulator, ann } = await bench.office();
	simulator.colleagues.get("6001").initiate("5001");
	const second = simulator.colleagues.get("6002");
	second.initiate("5001");
	expect(second.session).toBeNull();
	bench.turn(simulator, { busyPeer: "reply" });
	expect(() => second.initiate("5001")).toThrow("Destination busy");
	bench.turn(simulator, { secondIncomingSession: true });
	second.initiate("5001");
	expect((await ann.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(2);
});

test("sendBeforeTalking", async () => {
	const { simulator, ann } = await bench.office();
	simulator.colleagues.get("6001").behaviour.answer = "never";
	await ann.initiate("6001");
	const session = await ann.reached("Initiating");
	expect(session["capabilities"]).not.toContain("SendMessage");
	expect((await ann.say(keyOf(session), "6001", "early")).body["statusCode"]).toBe(2);
	bench.turn(simulator, { sendBeforeTalking: true });
	expect((await ann.say(keyOf(session), "6001", "early")).body["statusCode"]).toBe(0);
});

test("messageLengthLimit", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { messageLengthLimit: 5 });
	const key = await ann.talkTo("6001");
	expect((await ann.say(key, "6001", "12345")).body["statusCode"]).toBe(0);
	const long = await ann.say(key, "6001", "123456");
	expect(long.status).toBe(400);
	expect(long.body["statusCode"]).toBe(10);
	expect(simulator.ledger.texts()).toEqual(["12345"]);
});

test("completeFromBothSides: each side ends for itself", async () => {
	const { simulator, ann, will } = await bench.twoDesks();
	bench.turn(simulator, { completeFromBothSides: true });
	const key = await ann.talkTo("5002");
	await ann.operate(key, { operationName: "Complete" });
	await ann.reached("Completed");
	await settled(simulator, will, "will.clark");
	expect(statesOf(will)).not.toContain("Completed");
	expect((await will.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(1);
	expect((await ann.rest.get("/me/im-sessions")).body["uris"]).toHaveLength(0);
	await will.operate(key, { operationName: "Complete" });
	await will.reached("Completed");
	expect(simulator.exchange.sessions).toEqual([]);
});

test("imRequiresReady", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { imRequiresReady: true });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(2);
	await ann.rest.post("/me/channels/voice", { operationName: "Ready" });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(0);
});

test("updateReplacesUserData", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { updateReplacesUserData: true });
	const key = await ann.talkTo("6001");
	await ann.operate(key, { operationName: "AttachUserData", userData: { a: "1", b: "2" } });
	await ann.operate(key, { operationName: "UpdateUserData", userData: { a: "3" } });
	expect(simulator.exchange.sessions[0]?.userData).toEqual({ a: "3" });
});

test("unreachablePeer: completed, silence, and an asynchronous error of each shape on its topic", async () => {
	const { simulator, ann } = await bench.office();
	bench.turn(simulator, { unreachablePeer: "completed" });
	expect((await ann.initiate("0000")).body).toEqual({ statusCode: 0 });
	await ann.reached("Completed");
	expect(statesOf(ann)).toEqual(["Initiating", "Completed"]);

	bench.turn(simulator, { unreachablePeer: "silence" });
	expect((await ann.initiate("0000")).body).toEqual({ statusCode: 0 });
	await settled(simulator, ann);
	expect(statesOf(ann)).toHaveLength(2);

	const error = async (): Promise<object> => {
		await ann.initiate("0000");
		const { channel, data } = await ann.push.event(
			(event) => event.data["messageType"] === "ErrorMessage",
		);
		ann.push.events.length = 0;
		const { metrics, ...rest } = data;
		return { channel, hasMetrics: metrics !== undefined, ...rest };
	};
	bench.turn(simulator, { unreachablePeer: "asyncError" });
	const common = { channel: "/v2/me/im-sessions", hasMetrics: true, messageType: "ErrorMessage" };
	expect(await error()).toEqual({ ...common, errorMessage: "Invalid destination" });
	bench.turn(simulator, { asyncErrorShape: "bare", asyncErrorTopic: "/v2/me/devices" });
	expect(await error()).toEqual({ ...common, channel: "/v2/me/devices" });
	bench.turn(simulator, { asyncErrorShape: "imSessionPath" });
	expect(await error()).toHaveProperty("imSessionPath");
});

test("sendFailsAsync: accepted, then an ErrorMessage, and never delivered", async () => {
	const { simulator, ann } = await bench.office();
	const key = await ann.talkTo("6001");
	bench.turn(simulator, { sendFailsAsync: true });
	expect((await ann.say(key, "6001", "lost")).body).toEqual({ statusCode: 0 });
	await ann.push.event(({ data }) => data["errorMessage"] === "Message was not delivered");
	expect(simulator.ledger.count("lost")).toBe(0);
});

test("incapableDeviceCode", async () => {
	const { simulator, ann } = await bench.office();
	ann.device.multimedia = false;
	bench.turn(simulator, { incapableDeviceCode: 2 });
	expect((await ann.initiate("6001")).body["statusCode"]).toBe(2);
});
