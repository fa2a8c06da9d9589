import { afterEach, expect, test } from "vitest";
import type { Fault } from "../../../../practice/server/faults.ts";
import { Floor } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

/** Replies of a request that was carried out, in every way of being no answer. */
const spoilt: readonly (readonly [name: string, fault: Fault])[] = [
	["cut in the middle", { action: "malformed" }],
	["a page", { action: "body", body: "<html><body>Sign in here</body></html>", contentType: "text/html" }],
	["empty", { action: "body", body: "" }],
	["a list", { action: "body", body: "[]" }],
	["without statusCode", { action: "body", body: '{"status":"ok"}' }],
];

test.each(spoilt)("GET /diagnostics/version: %s does not stop the sign-in", async (_name, fault) => {
	const simulator = await floor.simulator();
	simulator.faults.next({ ...fault, match: { path: "/diagnostics/version" } });
	const desk = await floor.desk(simulator, { settle: false });
	expect(await desk.session.lines(desk.signal)).toHaveLength(1);
});

test.each(spoilt)("GET /me: %s ends the sign-in in words", async (_name, fault) => {
	const simulator = await floor.simulator();
	simulator.faults.next({ ...fault, match: { path: "/api/v2/me" } });
	await expect(floor.desk(simulator, { settle: false })).rejects.toMatchObject({
		error: { code: "http.malformed" },
	});
});

test("GET /me with fields of the wrong type: what can be read is read", async () => {
	const simulator = await floor.simulator();
	const user = {
		id: 7,
		userName: null,
		devices: [null, "x", { id: "d1", phoneNumber: 5001, userState: "Ready", deviceState: { a: 1 } }],
		features: [{ id: "api-voice-instant-messaging" }, 3],
	};
	simulator.faults.next({
		action: "body",
		body: JSON.stringify({ statusCode: "0", user }),
		match: { path: "/api/v2/me" },
	});
	const desk = await floor.desk(simulator, { settle: false });
	expect(await desk.session.lines(desk.signal)).toMatchObject([
		{ id: "/devices/d1", address: "5001", loggedIn: null },
	]);
});

test.each(spoilt)("every later read: %s is said in words and changes nothing", async (_name, fault) => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "hi");
	await desk.quiet();
	const from = desk.events.length;
	for (const path of ["/me/im-sessions", "/me/devices", "/services"]) {
		// The reads of the check before have all come back.
		await desk.quiet();
		simulator.faults.next({ ...fault, match: { method: "GET", path } });
		await expect(desk.session.check(desk.signal)).rejects.toMatchObject({
			error: { code: "http.malformed" },
		});
	}
	simulator.faults.next({ ...fault, match: { path: "/contacts" } });
	await expect(desk.session.search("maya", desk.signal)).rejects.toMatchObject({
		error: { code: "http.malformed" },
	});
	simulator.faults.next({ ...fault, match: { path: "/settings/agent-states" } });
	expect((await desk.session.agentStates(desk.signal)).map((state) => state.id)).toContain("Ready");
	expect(desk.of("live", from)).toEqual([]);
	expect(desk.of("stretch", from)).toEqual([]);
	expect(await desk.send("6001", "still")).toMatchObject({ kind: "accepted" });
});

test.each(spoilt)(
	"POSTs that were carried out: %s is doubt for a text, and pushes tell the rest",
	async (_name, fault) => {
		const simulator = await floor.simulator({ switches: { notificationOrder: "after" } });
		const desk = await floor.desk(simulator, { settle: false });
		desk.read();
		const [line] = await desk.session.lines(desk.signal);
		if (line === undefined) throw new Error("no line");
		simulator.faults.next({ ...fault, match: { operationName: "StartContactCenterSession" } });
		await expect(desk.session.useLine(line.id, desk.signal)).rejects.toMatchObject({
			error: { code: "http.malformed" },
		});
		await desk.event("agentState", (event) => event.state !== null);
		await desk.event("connection", (event) => event.state === "online");

		simulator.faults.next({ ...fault, match: { operationName: "NotReady" } });
		await expect(desk.session.setAgentState("NotReady", desk.signal)).rejects.toMatchObject({
			error: { code: "http.malformed" },
		});

		simulator.faults.next({ ...fault, match: { operationName: "InitiateIMSession" } });
		const sending = desk.send("6001", "hi", "one");
		simulator.faults.next({ ...fault, match: { operationName: "SendMessage" } });
		const first = await sending;
		const outcome = first.kind === "notYet" ? await desk.deliver("6001", "hi", "one") : first;
		expect(outcome).toMatchObject({ kind: "unknown", error: { code: "message.outcomeUnknown" } });
		expect(await desk.event("delivery")).toMatchObject({ clientId: "one", state: "delivered" });
		expect(simulator.colleagues.get("6001").received).toEqual(["hi"]);

		simulator.faults.next({ ...fault, match: { operationName: "Complete" } });
		await expect(desk.session.act("6001", "end", desk.signal)).rejects.toMatchObject({
			error: { code: "http.malformed" },
		});
		await desk.event("stretch", (event) => event.what === "ended");
	},
);

test("notifications with fields of the wrong type are ignored and their neighbours kept", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "hi");
	const ann = simulator.agents.get("ann.lee");
	const topic = "/v2/me/im-sessions";
	for (const data of [
		{ messageType: 5 },
		{ messageType: "IMSessionStateChangeMessage" },
		{ messageType: "IMSessionStateChangeMessage", imSession: { path: 3, state: {} } },
		{ messageType: "IMLogUpdateMessage", message: "lost" },
		{ messageType: "IMLogUpdateMessage", imSessionPath: "/im-sessions/x", message: { a: 1 } },
		{ messageType: "DeviceStateChangeMessage", devices: "none" },
	])
		simulator.inject(ann, topic, data);
	simulator.colleagues.get("6001").say("kept");
	await desk.event("message", (event) => event.text === "kept");
	expect(desk.texts()).toEqual(["kept"]);
});

test("a poll that is no Bayeux at all is a problem in words, and what follows still comes", async () => {
	const simulator = await floor.simulator({ switches: { cometdTimeoutMs: 1000 } });
	const desk = await floor.desk(simulator);
	const from = desk.events.length;
	simulator.faults.next({ action: "malformed", match: { channel: "/meta/connect" } });
	await desk.event("problem", (event) => event.error.code === "bayeux.malformed", from);
	desk.wire.advance(2000);
	await desk.event("connection", (event) => event.state === "online", from);
	simulator.colleagues.get("6001").initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "talking", from);
});

test("a text of a session that no list knows is shown all the same", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	simulator.inject(simulator.agents.get("ann.lee"), "/v2/me/im-sessions", {
		messageType: "IMLogUpdateMessage",
		notificationType: "NewMessage",
		imSessionPath: "/im-sessions/NOBODYKNOWS",
		message: "from somewhere",
	});
	expect(await desk.event("message")).toMatchObject({ peer: "NOBODYKNOWS", text: "from somewhere" });
});
