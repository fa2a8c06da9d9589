import { afterEach, expect, test } from "vitest";
import { Floor, logged } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("a wrong password is said at once, tried once, and is not in the log", async () => {
	const simulator = await floor.simulator();
	await expect(floor.desk(simulator, { secret: "wr0ng-pa55" })).rejects.toMatchObject({
		error: { code: "auth.wrongPassword" },
	});
	expect(simulator.journal.requests().filter((request) => request.credentials === "basic")).toHaveLength(1);
	expect(logged.some((line) => line.includes("wr0ng-pa55"))).toBe(false);
});

test.each([401, 403])("a wrong password by HTTP %d", async (wrongPasswordHttpStatus) => {
	const simulator = await floor.simulator({ switches: { wrongPasswordHttpStatus } });
	await expect(floor.desk(simulator, { secret: "no" })).rejects.toMatchObject({
		error: { code: "auth.wrongPassword" },
	});
});

test("a demanded password change is named", async () => {
	const ann = {
		userName: "ann.lee",
		password: "secret",
		firstName: "Ann",
		lastName: "Lee",
		mustChangePassword: true,
	};
	const simulator = await floor.simulator({ agents: [ann] });
	await expect(floor.desk(simulator)).rejects.toMatchObject({
		error: { code: "auth.passwordChangeRequired" },
	});
});

test("a password beyond ASCII signs in where the server reads ISO-8859-1", async () => {
	const zoe = { userName: "zoe", password: "schlüssel", firstName: "Zoë", lastName: "Müller" };
	const simulator = await floor.simulator({
		agents: [zoe],
		switches: { credentialEncoding: "iso-8859-1" },
	});
	const desk = await floor.desk(simulator, { userName: "zoe", secret: "schlüssel" });
	expect(desk.line).not.toBeNull();
});

test.each(["json", "html", "empty"] as const)(
	"a missing IM feature is named (404 body: %s)",
	async (missingFeatureBody) => {
		const simulator = await floor.simulator({ switches: { imFeature: false, missingFeatureBody } });
		await expect(floor.desk(simulator)).rejects.toMatchObject({
			error: { code: "genesys.featureMissing" },
		});
	},
);

test("a server that is something else is named", async () => {
	const simulator = await floor.simulator();
	simulator.faults.next({ action: "html", status: 404, match: { path: "/diagnostics/version" } });
	simulator.faults.next({ action: "html", status: 404, match: { path: "/me" } });
	await expect(floor.desk(simulator)).rejects.toMatchObject({ error: { code: "genesys.notGenesys" } });
});

test("a version page that is hidden does not stop the sign-in", async () => {
	const simulator = await floor.simulator();
	simulator.faults.next({ action: "html", status: 404, match: { path: "/diagnostics/version" } });
	const desk = await floor.desk(simulator);
	expect(desk.line).not.toBeNull();
});

test.each(["text", "json", "html"] as const)(
	"a refused CSRF token (%s) is renewed and the request repeated once",
	async (csrfRefusal) => {
		const simulator = await floor.simulator({ switches: { csrf: true, csrfRefusal } });
		const desk = await floor.desk(simulator);
		await desk.deliver("6001", "first");
		simulator.faults.next({
			action: "body",
			status: 403,
			contentType: "text/plain",
			body: "Missing or invalid Csrf token",
			processed: false,
			match: { operationName: "SendMessage" },
		});
		simulator.journal.clear();
		expect(await desk.send("6001", "second")).toMatchObject({ kind: "accepted" });
		expect(simulator.journal.requests({ operationName: "SendMessage" })).toHaveLength(2);
		expect(simulator.journal.requests({ method: "GET", path: "/api/v2/me" })).toHaveLength(1);
		expect(simulator.colleagues.get("6001").received).toEqual(["first", "second"]);
	},
);

test("a CSRF token that is refused twice fails the text with the server's words", async () => {
	const simulator = await floor.simulator({ switches: { csrf: true } });
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first");
	simulator.faults.next({
		action: "body",
		status: 403,
		contentType: "text/plain",
		body: "Missing or invalid Csrf token",
		processed: false,
		match: { operationName: "SendMessage" },
		times: 2,
	});
	expect(await desk.send("6001", "second")).toMatchObject({
		kind: "rejected",
		error: { code: "genesys.forbidden", detail: "Missing or invalid Csrf token" },
		retry: "byPerson",
	});
});

test("CSRF switched on while signed in: the first refusal brings the token", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	simulator.switches.csrf = true;
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
});

test("an unknown line is refused", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator, { settle: false });
	desk.read();
	await expect(desk.session.useLine("/devices/none" as never, desk.signal)).rejects.toMatchObject({
		error: { code: "line.unknown" },
	});
});

test.each([4, 16, 19])(
	"a device of somebody else (code %d) is named with the server's words",
	async (deviceTakenCode) => {
		const simulator = await floor.simulator({ switches: { deviceTakenCode } });
		simulator.agents.addPlace({ name: "Shared", devices: [{ phoneNumber: "5900" }] });
		const [shared] = simulator.agents.place("Shared")?.devices ?? [];
		if (shared === undefined) throw new Error("no device");
		shared.assignedTo = simulator.agents.get("will.clark").id;
		const desk = await floor.desk(simulator, { settle: false, genesys: { place: "Shared" } });
		desk.read();
		const [line] = await desk.session.lines(desk.signal);
		if (line === undefined) throw new Error("no line");
		await expect(desk.session.useLine(line.id, desk.signal)).rejects.toMatchObject({
			error: { code: "genesys.deviceTaken", detail: "Device '5900' is assigned to another user" },
		});
	},
);

test("an unregistered telephone is named, on log-in and on a change of state", async () => {
	const devices = [{ phoneNumber: "5001", registered: false }];
	const ann = { userName: "ann.lee", password: "secret", firstName: "Ann", lastName: "Lee", devices };
	const simulator = await floor.simulator({ agents: [ann] });
	const desk = await floor.desk(simulator, { settle: false });
	desk.read();
	const [line] = await desk.session.lines(desk.signal);
	if (line === undefined) throw new Error("no line");
	await expect(desk.session.useLine(line.id, desk.signal)).rejects.toMatchObject({
		error: { code: "genesys.deviceUnregistered", params: { device: "5001" } },
	});
	const [device] = simulator.agents.devicesOf(simulator.agents.get("ann.lee"));
	if (device === undefined) throw new Error("no device");
	device.state = "NotReady";
	await expect(desk.session.setAgentState("Ready", desk.signal)).rejects.toMatchObject({
		error: { code: "genesys.deviceUnregistered", detail: "Device '5001' is not registered." },
	});
});

test("a device that cannot do IM is named when it is tried", async () => {
	const devices = [{ phoneNumber: "5001", multimedia: false }];
	const ann = { userName: "ann.lee", password: "secret", firstName: "Ann", lastName: "Lee", devices };
	const simulator = await floor.simulator({ agents: [ann] });
	const desk = await floor.desk(simulator, { settle: false });
	desk.read();
	const [line] = await desk.session.lines(desk.signal);
	if (line === undefined) throw new Error("no line");
	await desk.session.useLine(line.id, desk.signal);
	expect(await desk.deliver("6001", "hi")).toMatchObject({
		kind: "rejected",
		error: { code: "genesys.deviceCannotMessage", params: { device: "5001" } },
	});
});

test.each(["reply", "completed"] as const)(
	"a peer who cannot be reached (%s) is named and the text kept",
	async (unreachablePeer) => {
		const simulator = await floor.simulator({ switches: { unreachablePeer } });
		simulator.colleagues.get("6001").behaviour.answer = "unreachable";
		const desk = await floor.desk(simulator);
		const outcome = await desk.deliver("6001", "hi");
		expect(outcome).toMatchObject({
			kind: "rejected",
			error: { code: "peer.unreachable", params: { peer: "6001" } },
			retry: "byPerson",
		});
		expect(desk.of("live").at(-1)?.live).toBeNull();
	},
);

test("a colleague who declines is not reached, and the session is free again", async () => {
	const simulator = await floor.simulator();
	simulator.colleagues.get("6001").behaviour.answer = "reject";
	const desk = await floor.desk(simulator);
	expect(await desk.deliver("6001", "hi")).toMatchObject({
		kind: "rejected",
		error: { code: "peer.unreachable" },
	});
	expect(await desk.deliver("6002", "hi")).toMatchObject({ kind: "accepted" });
});

test("a second session is refused: the text waits, says with whom, and goes when that one has ended", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first");
	expect(await desk.send("6002", "second", "w")).toEqual({
		kind: "notYet",
		reason: "busy",
		busyPeer: "6001",
	});
	const going = desk.deliver("6002", "second", "w");
	await desk.session.act("6001", "end", desk.signal);
	expect(await going).toMatchObject({ kind: "accepted" });
	expect(simulator.journal.requests({ operationName: "Complete" })).toHaveLength(1);
});

test("a text typed while the session ends is kept, and Retry begins a new one", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first");
	// It ended on the server, and the push is not here yet.
	const [session] = simulator.exchange.sessions;
	if (session === undefined) throw new Error("no session");
	session.initiator.state = "Completed";
	session.target.state = "Completed";
	expect(await desk.send("6001", "kept", "k")).toEqual({
		kind: "rejected",
		error: { code: "message.sessionEnded" },
		retry: "byPerson",
	});
	await desk.event("stretch", (event) => event.what === "ended");
	expect(await desk.deliver("6001", "kept", "k")).toMatchObject({ kind: "accepted" });
	expect(simulator.colleagues.get("6001").received).toEqual(["first", "kept"]);
});

test("the server gone after it took the text: unknown, and the echo settles it", async () => {
	const simulator = await floor.simulator({ switches: { notificationOrder: "after" } });
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first", "one");
	await desk.event("delivery", (event) => event.clientId === "one");
	simulator.faults.next({ action: "resetAfter", match: { operationName: "SendMessage" } });
	expect(await desk.send("6001", "second", "two")).toEqual({
		kind: "unknown",
		error: { code: "message.outcomeUnknown" },
	});
	expect(await desk.event("delivery", (event) => event.clientId === "two")).toMatchObject({
		state: "delivered",
	});
	expect(desk.texts()).toEqual([]);
});

test("the server gone before it took the text: unknown, and it stays so", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first", "one");
	simulator.faults.next({ action: "resetBefore", match: { operationName: "SendMessage" } });
	expect(await desk.send("6001", "second", "two")).toMatchObject({ kind: "unknown" });
	await desk.quiet();
	expect(desk.of("delivery").map((event) => event.clientId)).toEqual(["one"]);
	expect(simulator.colleagues.get("6001").received).toEqual(["first"]);
});

test("nobody listens: certainly not reached, tried again by itself", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first");
	await simulator.network.cut("refuse");
	// Connections that were open are known to be gone; new ones are refused.
	await expect(desk.session.check(desk.signal)).rejects.toThrow(/^network\./);
	await expect(desk.session.check(desk.signal)).rejects.toThrow("network.refused");
	const outcome = await desk.send("6001", "second");
	// Either the loss was noticed first, or the connection was refused: never "unknown", never lost.
	expect(
		outcome.kind === "notYet"
			? outcome.reason
			: outcome.kind === "rejected"
				? outcome.retry
				: outcome.kind,
	).toMatch(/^(?:offline|automatic)$/);
	await simulator.network.restore();
	desk.session.wake();
	desk.wire.advance(6000);
	expect(await desk.deliver("6001", "third")).toMatchObject({ kind: "accepted" });
});

test("an untouched connection breaks while calling: the text has not left, the call shows by its push", async () => {
	const simulator = await floor.simulator({ switches: { notificationOrder: "after" } });
	const desk = await floor.desk(simulator);
	simulator.faults.next({ action: "resetAfter", match: { operationName: "InitiateIMSession" } });
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
	expect(simulator.colleagues.get("6001").received).toEqual(["hi"]);
});

test("an inactive voice service is a standing warning, and its return takes it away", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	simulator.setVoiceService("Inactive");
	expect((await desk.event("warnings")).warnings).toEqual([{ code: "genesys.voiceInactive" }]);
	simulator.setVoiceService("Active");
	await desk.event("warnings", (event) => event.warnings.length === 0);
});
