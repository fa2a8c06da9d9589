import { afterEach, expect, test } from "vitest";
import { redactFields } from "../../logging/redact.ts";
import { Floor, logged } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("row 19: the CSRF header goes with every POST, CometD included", async () => {
	const simulator = await floor.simulator({ switches: { csrf: true, csrfOnCometd: true } });
	const desk = await floor.desk(simulator);
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
	const posts = simulator.journal.requests({ method: "POST" });
	expect(posts.length).toBeGreaterThan(4);
	expect(posts.filter((request) => !request.csrfHeader)).toEqual([]);
	expect(posts.filter((request) => request.status === 403)).toEqual([]);
});

test.each(["imSessionPath", "errorMessage", "bare"] as const)(
	"row 20: an asynchronous error of shape %s fails the call it must be about",
	async (asyncErrorShape) => {
		const simulator = await floor.simulator({
			switches: { unreachablePeer: "asyncError", asyncErrorShape },
		});
		simulator.colleagues.get("6001").behaviour.answer = "unreachable";
		const desk = await floor.desk(simulator);
		expect(await desk.deliver("6001", "hi")).toMatchObject({
			kind: "rejected",
			error: { code: "peer.unreachable" },
			retry: "byPerson",
		});
		await desk.event("live", (event) => event.live === null);
	},
);

test.each([
	["imSessionPath", "/v2/me/im-sessions"],
	["errorMessage", "/v2/me/im-sessions"],
	["bare", "/v2/me/devices"],
] as const)(
	"row 20: an asynchronous error of shape %s on %s fails the text it must be about",
	async (shape, topic) => {
		const simulator = await floor.simulator({
			switches: { asyncErrorShape: shape, asyncErrorTopic: topic },
		});
		const desk = await floor.desk(simulator);
		await desk.deliver("6001", "arrives", "one");
		await desk.event("delivery");
		simulator.switches.sendFailsAsync = true;
		simulator.switches.notificationOrder = "after";
		simulator.journal.clear();
		expect(await desk.send("6001", "fails", "two")).toMatchObject({ kind: "accepted" });
		expect(await desk.event("deliveryFailed")).toMatchObject({
			clientId: "two",
			error: { code: "genesys.serverError" },
		});
		// State is read again.
		await simulator.journal.waitFor(
			() => simulator.journal.requests({ method: "GET", path: "/me/im-sessions" }).length > 0,
			AbortSignal.timeout(5000),
		);
		// Before its reply: the outcome itself says it.
		simulator.switches.notificationOrder = "before";
		expect(await desk.send("6001", "fails too", "three")).toMatchObject({
			kind: "rejected",
			error: { code: "genesys.serverError" },
		});
	},
);

test("row 21: a session that also shows as a call is shown once", async () => {
	const simulator = await floor.simulator({ switches: { imOnCallsTopic: true } });
	const desk = await floor.desk(simulator);
	simulator.colleagues.get("6001").initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "talking");
	const ann = simulator.agents.get("ann.lee");
	expect(simulator.hears(ann, "/v2/me/calls")).toBe(false);
	await desk.quiet();
	expect(desk.of("stretch").map((event) => event.what)).toEqual(["started"]);
});

test.each([2, 6])(
	"row 22: Complete is sent once, and statusCode %d means it has ended",
	async (completedSessionCode) => {
		const simulator = await floor.simulator({ switches: { completedSessionCode } });
		const desk = await floor.desk(simulator);
		await desk.deliver("6001", "hi");
		// It ends without our hearing of it.
		const ann = simulator.agents.get("ann.lee");
		const [session] = simulator.exchange.sessions;
		if (session === undefined) throw new Error("no session");
		session.initiator.state = "Completed";
		expect(simulator.agents.isLoggedIn(ann)).toBe(true);
		simulator.journal.clear();
		await Promise.all([
			desk.session.act("6001", "end", desk.signal),
			desk.session.act("6001", "end", desk.signal),
		]);
		expect(await desk.event("stretch", (event) => event.what === "ended")).toMatchObject({
			peer: "6001",
		});
		expect(desk.of("live").at(-1)?.live).toBeNull();
		expect(simulator.journal.requests({ operationName: "Complete" })).toHaveLength(1);
	},
);

test("row 22: when the peer completes, it is ended here without a Complete of ours", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "hi");
	simulator.colleagues.get("6001").complete();
	await desk.event("stretch", (event) => event.what === "ended");
	await desk.event("sendable", (event) => event.peer === null, desk.events.length - 2);
	expect(simulator.journal.requests({ operationName: "Complete" })).toEqual([]);
});

test("row 23: Not Ready sends, logged out waits", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const states = await desk.session.agentStates(desk.signal);
	expect(states.map((state) => state.kind)).toContain("aux");
	expect(states.some((state) => state.kind === "loggedOut")).toBe(false);
	await desk.session.setAgentState("NotReady", desk.signal);
	await desk.event("agentState", (event) => event.state?.kind === "notReady");
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
	await desk.session.act("6001", "end", desk.signal);
	await desk.event("stretch", (event) => event.what === "ended");
	const [device] = simulator.agents.devicesOf(simulator.agents.get("ann.lee"));
	if (device === undefined) throw new Error("no device");
	device.state = "Offline";
	await desk.session.check(desk.signal);
	expect(await desk.send("6001", "later")).toEqual({ kind: "notYet", reason: "loggedOut" });
});

test("row 25: never more than five requests in a second, and one SendMessage at a time", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator, { provider: { requestsPerSecond: 5 } });
	await desk.deliver("6001", "first");
	simulator.journal.clear();
	const sends = Array.from({ length: 4 }, (_, index) => desk.send("6001", `text ${String(index)}`));
	const searches = Array.from({ length: 6 }, () => desk.session.search("m", desk.signal));
	for (const outcome of await Promise.all(sends)) expect(outcome.kind).toBe("accepted");
	await Promise.all(searches);
	expect(simulator.colleagues.get("6001").received).toEqual([
		"first",
		"text 0",
		"text 1",
		"text 2",
		"text 3",
	]);
	const times = simulator.journal
		.requests()
		.filter((request) => !request.path.includes("/notifications"))
		.map((request) => request.at);
	for (const [index, time] of times.entries()) {
		const fifth = times[index + 5];
		// Sent at least a second apart; the way to the server may take a little more or less.
		if (fifth !== undefined) expect(fifth - time).toBeGreaterThan(900);
	}
});

test("row 25: an overload is waited out, a read repeats itself, a text says when to try again", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "first");
	await desk.quiet();
	simulator.faults.next({
		action: "status",
		status: 503,
		headers: { "Retry-After": "1" },
		match: { path: "/contacts" },
	});
	const found = await desk.session.search("maya", desk.signal);
	expect(found.contacts.map((contact) => contact.address)).toEqual(["6001"]);
	simulator.faults.next({
		action: "status",
		status: 429,
		headers: { "Retry-After": "7" },
		match: { operationName: "SendMessage" },
	});
	expect(await desk.send("6001", "second", "s")).toMatchObject({
		kind: "rejected",
		error: { code: "http.overloaded" },
		retry: "automatic",
		retryAfterMs: 7000,
	});
	simulator.faults.next({
		action: "status",
		status: 500,
		statusCode: 4,
		statusMessage: "T-Server is away",
		match: { operationName: "SendMessage" },
		times: 2,
	});
	expect(await desk.send("6001", "second", "s")).toMatchObject({
		retry: "automatic",
		error: { code: "genesys.serverError", detail: "T-Server is away" },
	});
	expect(await desk.send("6001", "second", "s")).toMatchObject({ kind: "rejected", retry: "byPerson" });
	expect(await desk.send("6001", "second", "s")).toMatchObject({ kind: "accepted" });
});

test.each([false, true])(
	"row 26: attached data: attach, update, delete, one key a call (replacing server: %s)",
	async (updateReplacesUserData) => {
		const simulator = await floor.simulator({ switches: { updateReplacesUserData } });
		const desk = await floor.desk(simulator);
		await desk.deliver("6001", "hi");
		const has = (expected: Record<string, unknown>) => async (): Promise<void> => {
			const signal = AbortSignal.timeout(5000);
			while (JSON.stringify(desk.session.attached.of("6001")) !== JSON.stringify(expected)) {
				signal.throwIfAborted();
				await desk.quiet();
			}
		};
		await desk.session.attached.set("6001", "bestNumber", "3", desk.signal);
		await has({ bestNumber: "3" })();
		await desk.session.attached.set("6001", "colour", "blue", desk.signal);
		await has({ bestNumber: "3", colour: "blue" })();
		await desk.session.attached.set("6001", "bestNumber", "5", desk.signal);
		await has(updateReplacesUserData ? { bestNumber: "5" } : { bestNumber: "5", colour: "blue" })();
		await desk.session.attached.delete("6001", "bestNumber", desk.signal);
		await has(updateReplacesUserData ? {} : { colour: "blue" })();
		const bodies = simulator.journal.requests({ path: /im-sessions\/.+/ }).map((request) => request.body);
		expect(bodies).toContainEqual({ operationName: "AttachUserData", userData: { bestNumber: "3" } });
		expect(bodies).toContainEqual({ operationName: "UpdateUserData", userData: { bestNumber: "5" } });
		expect(bodies).toContainEqual({ operationName: "DeleteUserData", key: "bestNumber" });
	},
);

test("row 27: unknown message types, notification types and states are logged without content and change nothing", async () => {
	const simulator = await floor.simulator({
		switches: { unknownNotifications: true, leadingBlankInState: true, idDiffersFromPath: true },
	});
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "hi");
	await desk.event("delivery");
	const ann = simulator.agents.get("ann.lee");
	const [session] = simulator.exchange.sessions;
	const path = `/im-sessions/${session?.key ?? ""}`;
	simulator.inject(ann, "/v2/me/im-sessions", {
		messageType: "IMSessionStateChangeMessage",
		notificationType: "Unheard",
		imSession: { path, state: "Dreaming", capabilities: ["Complete"] },
	});
	for (const text of ["do-not-log-this", "nor do-not-log-this"])
		simulator.inject(ann, "/v2/me/im-sessions", { messageType: "HouseMessage", text });
	await desk.event("live", (event) => event.live?.phase === "talking" && !event.live.canSend);
	await desk.quiet();
	expect(desk.of("live").filter((event) => event.peer !== "6001")).toEqual([]);
	expect(desk.texts()).toEqual([]);
	// At a level that is written, under a name that redaction lets through, and once.
	const fields = { channel: "/v2/me/im-sessions", type: "HouseMessage" };
	expect(redactFields(fields)).toEqual(fields);
	expect(logged.filter((line) => line.includes("HouseMessage"))).toEqual([
		`info notification ignored ${JSON.stringify(fields)}`,
	]);
	expect(logged.some((line) => line.includes("do-not-log-this"))).toBe(false);
});

test("row 28: the uri of another host is never followed", async () => {
	const simulator = await floor.simulator({
		switches: { externalApiUrl: "https://elsewhere.invalid/cloud-web/api/v2" },
	});
	const desk = await floor.desk(simulator);
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
	await desk.event("delivery");
	await desk.session.act("6001", "end", desk.signal);
	await desk.event("stretch", (event) => event.what === "ended");
	const paths = simulator.journal.requests().map((request) => request.path);
	expect(paths.filter((path) => !path.startsWith("/api/v2/"))).toEqual([]);
});
