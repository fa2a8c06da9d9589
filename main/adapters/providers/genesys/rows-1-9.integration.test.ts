import { afterEach, expect, test } from "vitest";
import { Floor } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("row 1: the own text comes back as its echo and settles the send; the same text of the peer is shown", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	expect(await desk.deliver("6001", "ok", "mine")).toMatchObject({ kind: "accepted", remoteId: null });
	const delivered = await desk.event("delivery");
	expect(delivered).toMatchObject({ clientId: "mine", state: "delivered" });
	expect(desk.texts()).toEqual([]);
	simulator.colleagues.get("6001").say("ok");
	simulator.colleagues.get("6001").say("and more");
	await desk.event("message", (event) => event.text === "and more");
	expect(desk.texts("6001")).toEqual(["ok", "and more"]);
	expect(desk.of("delivery")).toHaveLength(1);
});

test("row 1: without echoes a text stays sent, and after the window an equal text is the peer's", async () => {
	const simulator = await floor.simulator({ switches: { echo: false } });
	const desk = await floor.desk(simulator);
	expect(await desk.deliver("6001", "ok")).toMatchObject({ kind: "accepted" });
	desk.clock.advance(10_500);
	simulator.colleagues.get("6001").say("ok");
	await desk.event("message", (event) => event.text === "ok");
	expect(desk.of("delivery")).toEqual([]);
});

test("row 1: a notification before its HTTP reply: delivered first, and the outcome is accepted", async () => {
	const simulator = await floor.simulator({
		switches: { notificationOrder: "before", notificationLeadMs: 40 },
	});
	const desk = await floor.desk(simulator);
	// The session's own push precedes the reply of InitiateIMSession: the text goes without a second attempt.
	const sending = desk.send("6001", "early", "e1");
	expect((await desk.event("delivery")).clientId).toBe("e1");
	expect(await sending).toMatchObject({ kind: "accepted" });
	expect(desk.texts()).toEqual([]);
});

test("row 2: without Accept in the capabilities, Accept is local and Reject completes", async () => {
	const simulator = await floor.simulator({ switches: { autoAnswerMs: null } });
	const desk = await floor.desk(simulator);
	simulator.colleagues.get("6001").initiate("5001");
	const ringing = await desk.event("live", (event) => event.live?.phase === "alerting");
	expect(ringing.live?.actions).toEqual(["accept", "reject"]);
	simulator.journal.clear();
	await desk.session.act("6001", "accept", desk.signal);
	await desk.event("live", (event) => event.live?.actions.join() === "end");
	expect(simulator.journal.requests({ method: "POST", path: /im-sessions/ })).toEqual([]);
	await desk.session.act("6001", "reject", desk.signal);
	expect((await desk.event("stretch", (event) => event.what !== "calling")).what).toBe("rejected");
	expect(simulator.journal.requests({ operationName: "Complete" })).toHaveLength(1);
});

test("row 2: Accept and Reject are sent by name where the server lists them", async () => {
	const simulator = await floor.simulator({ switches: { autoAnswerMs: null, acceptReject: true } });
	const desk = await floor.desk(simulator);
	const maya = simulator.colleagues.get("6001");
	maya.initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "alerting");
	await desk.session.act("6001", "accept", desk.signal);
	await desk.event("live", (event) => event.live?.phase === "talking");
	expect(simulator.journal.requests({ operationName: "Accept" })).toHaveLength(1);
	maya.complete();
	const from = desk.events.length;
	await desk.event("stretch", (event) => event.what === "ended");
	maya.initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "alerting", from);
	await desk.session.act("6001", "reject", desk.signal);
	await desk.event("stretch", (event) => event.what === "rejected");
	expect(simulator.journal.requests({ operationName: "Reject" })).toHaveLength(1);
	expect(simulator.journal.requests({ operationName: "Complete" })).toHaveLength(0);
});

test("row 2: a session that is Talking from the start is shown as such", async () => {
	const simulator = await floor.simulator({ switches: { pushInitiatingAndAlerting: false } });
	const desk = await floor.desk(simulator);
	simulator.colleagues.get("6001").initiate("5001");
	const live = await desk.event("live", (event) => event.live !== null);
	expect(live.live).toMatchObject({ phase: "talking", canSend: true, actions: ["end"] });
	expect((await desk.event("stretch")).what).toBe("started");
});

test("row 3: calling begins with the POST; after 60 s of silence the list is read and the call given up", async () => {
	const simulator = await floor.simulator({ switches: { unreachablePeer: "silence" } });
	simulator.colleagues.get("6001").behaviour.answer = "unreachable";
	const desk = await floor.desk(simulator);
	expect(await desk.send("6001", "hello?")).toEqual({ kind: "notYet", reason: "calling" });
	expect((await desk.event("live")).live).toMatchObject({ phase: "calling", id: null });
	simulator.journal.clear();
	desk.clock.advance(59_000);
	expect(desk.of("unreachable")).toEqual([]);
	desk.clock.advance(2000);
	expect(await desk.event("unreachable")).toMatchObject({
		peer: "6001",
		error: { code: "genesys.noAnswer" },
	});
	expect(simulator.journal.requests({ method: "GET", path: "/me/im-sessions" }).length).toBeGreaterThan(0);
	expect(desk.of("stretch").map((event) => event.what)).toEqual(["calling", "unanswered"]);
});

test.each([2, 4, 5])(
	"row 4: on Invalid state (code %d) the list is read and the existing session named",
	async (invalidStateCode) => {
		const simulator = await floor.simulator({
			switches: { invalidStateCode, pushInitiatingAndAlerting: false, autoAnswerMs: null },
		});
		const desk = await floor.desk(simulator);
		// Tom rings, and nothing is pushed: this client does not know.
		simulator.colleagues.get("6002").initiate("5001");
		expect(await desk.send("6001", "second")).toEqual({
			kind: "notYet",
			reason: "busy",
			busyPeer: "6002",
		});
		await desk.event("live", (event) => event.peer === "6002" && event.live?.phase === "alerting");
		expect(desk.of("live").at(-1)).toMatchObject({ peer: "6002" });
		// Ended by the person, never by the app; then the text may go.
		const from = desk.events.length;
		simulator.switches.autoAnswerMs = 0;
		simulator.switches.pushInitiatingAndAlerting = true;
		await desk.session.act("6002", "end", desk.signal);
		await desk.event("sendable", (event) => event.peer === null || event.peer === "6001", from);
		expect(await desk.deliver("6001", "second")).toMatchObject({ kind: "accepted" });
	},
);

test("row 4: an Invalid state without any session to be found is said in words", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	simulator.faults.next({
		action: "status",
		status: 500,
		statusCode: 3,
		statusMessage: "Invalid state",
		match: { operationName: "InitiateIMSession" },
	});
	expect(await desk.send("6001", "hi")).toEqual({
		kind: "rejected",
		error: { code: "genesys.sessionBusy", detail: "Invalid state" },
		retry: "byPerson",
	});
	expect(desk.of("live").at(-1)?.live).toBeNull();
});

test("row 5: a second incoming session is a conversation of its own", async () => {
	const simulator = await floor.simulator({ switches: { secondIncomingSession: true } });
	const desk = await floor.desk(simulator);
	const [maya, tom] = [simulator.colleagues.get("6001"), simulator.colleagues.get("6002")];
	maya.initiate("5001");
	tom.initiate("5001");
	await desk.event("live", (event) => event.peer === "6001" && event.live?.phase === "talking");
	await desk.event("live", (event) => event.peer === "6002" && event.live?.phase === "talking");
	maya.say("from Maya");
	tom.say("from Tom");
	await desk.event("message", (event) => event.peer === "6002");
	await desk.event("message", (event) => event.peer === "6001");
	expect(desk.texts("6001")).toEqual(["from Maya"]);
	expect(desk.texts("6002")).toEqual(["from Tom"]);
	expect(await desk.send("6001", "to Maya")).toMatchObject({ kind: "accepted" });
	expect(await desk.send("6002", "to Tom")).toMatchObject({ kind: "accepted" });
	expect(maya.received).toEqual(["to Maya"]);
	expect(tom.received).toEqual(["to Tom"]);
});

test("row 6: nothing is sent before Talking, even where the server would take it", async () => {
	const simulator = await floor.simulator({ switches: { sendBeforeTalking: true } });
	const maya = simulator.colleagues.get("6001");
	maya.behaviour.answer = "never";
	const desk = await floor.desk(simulator);
	expect(await desk.send("6001", "wait")).toEqual({ kind: "notYet", reason: "calling" });
	await desk.event("live", (event) => event.live?.phase === "calling" && event.live.id !== null);
	expect(await desk.send("6001", "wait")).toEqual({ kind: "notYet", reason: "calling" });
	expect(simulator.journal.requests({ operationName: "SendMessage" })).toEqual([]);
	maya.answer();
	await desk.event("sendable", (event) => event.peer === "6001");
	expect(await desk.send("6001", "now")).toMatchObject({ kind: "accepted" });
	expect(maya.received).toEqual(["now"]);
});

test.each(["full", "digitsOnly", "strings", "withSelf"] as const)(
	"row 7: the destination is the peer's number with participants %s",
	async (participants) => {
		const simulator = await floor.simulator({ switches: { participants } });
		const desk = await floor.desk(simulator);
		simulator.colleagues.get("6001").initiate("5001");
		const live = await desk.event("live", (event) => event.live?.phase === "talking");
		expect(live.peer).toBe("6001");
		expect(await desk.send("6001", "hi")).toMatchObject({ kind: "accepted" });
		const [request] = simulator.journal.requests({ operationName: "SendMessage" });
		expect(request?.body).toMatchObject({ destination: { phoneNumber: "6001" }, devicePath: desk.line });
	},
);

test("row 8: plain UTF-8 goes and comes unchanged; too long is said in words", async () => {
	const simulator = await floor.simulator({ switches: { messageLengthLimit: 60 } });
	const desk = await floor.desk(simulator);
	const text = "<b>no mark-up</b> & “quotes”\nsecond line 👩‍👩‍👧 שלום";
	expect(await desk.deliver("6001", text)).toMatchObject({ kind: "accepted" });
	expect((await desk.event("delivery")).state).toBe("delivered");
	expect(simulator.colleagues.get("6001").received).toEqual([text]);
	simulator.colleagues.get("6001").say(text);
	expect((await desk.event("message")).text).toBe(text);
	expect(await desk.send("6001", "x".repeat(61))).toMatchObject({
		kind: "rejected",
		error: { code: "message.tooLong", params: { length: 61 } },
	});
});

test("row 9: order of arrival is kept and equal texts of the peer are never merged", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const maya = simulator.colleagues.get("6001");
	maya.initiate("5001");
	const said = ["a", "a", "b", "a", "b", "b"];
	for (const text of said) maya.say(text);
	maya.say("end");
	await desk.event("message", (event) => event.text === "end");
	expect(desk.texts("6001")).toEqual([...said, "end"]);
});
