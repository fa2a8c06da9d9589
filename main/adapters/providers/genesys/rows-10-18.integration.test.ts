import { afterEach, expect, test } from "vitest";
import { Floor } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("row 10: after a restart the session is there again, what was said before is not, and a gap says so", async () => {
	const simulator = await floor.simulator();
	const before = await floor.desk(simulator);
	await before.deliver("6001", "said before");
	await before.close();
	const desk = await floor.desk(simulator);
	expect((await desk.event("live")).live).toMatchObject({ phase: "talking" });
	expect(await desk.event("gap")).toMatchObject({ peer: "6001" });
	expect(desk.texts()).toEqual([]);
	expect(await desk.send("6001", "said after")).toMatchObject({ kind: "accepted" });
});

test("row 11: the server's time where it is given, else none", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const maya = simulator.colleagues.get("6001");
	maya.initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "talking");
	const earliest = simulator.clock.now();
	maya.say("with time");
	const timed = await desk.event("message", (event) => event.text === "with time");
	expect(timed.at).toBeGreaterThanOrEqual(earliest);
	simulator.switches.metricsOnIm = false;
	maya.say("without");
	expect((await desk.event("message", (event) => event.text === "without")).at).toBeNull();
});

test("row 12: channels are voice alone by default, and partial success with voice is success with a warning", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const [start] = simulator.journal.requests({ operationName: "StartContactCenterSession" });
	expect(start?.body).toMatchObject({ channels: ["voice"], devicePath: desk.line });
	expect(desk.started).toBe(true);

	const other = await floor.simulator();
	const partial = await floor.desk(other, { provider: { channels: ["voice", "chat"] } });
	expect(partial.started).toBe(true);
	expect(partial.warnings).toEqual([
		{ code: "genesys.partial", detail: "multimedia: Interaction server connection is not opened" },
	]);
	expect((await partial.event("warnings")).warnings).toEqual(partial.warnings);
});

test("row 12: partial success without voice is a failure in the words of the voice channel", async () => {
	const simulator = await floor.simulator({
		switches: { startOutcome: "voiceFails", multimediaService: "open" },
	});
	const desk = await floor.desk(simulator, { provider: { channels: ["voice", "chat"] }, settle: false });
	desk.read();
	const [line] = await desk.session.lines(desk.signal);
	await expect(desk.session.useLine(line?.id ?? ("" as never), desk.signal)).rejects.toMatchObject({
		error: { code: "genesys.serverError", detail: "Agent login was refused by the switch" },
	});
});

const threePhones = [
	{ phoneNumber: "5001", multimedia: false },
	{ phoneNumber: "5002", sipSignallingChat: "any" },
	{ phoneNumber: "5003" },
];

test("row 13: of several devices the one whose annex allows messages is suggested, and named in each request", async () => {
	const ann = {
		userName: "ann.lee",
		password: "secret",
		firstName: "Ann",
		lastName: "Lee",
		devices: threePhones,
	};
	const simulator = await floor.simulator({ agents: [ann] });
	const desk = await floor.desk(simulator);
	const lines = await desk.session.lines(desk.signal);
	expect(lines.map((line) => [line.address, line.canMessage])).toEqual([
		["5001", false],
		["5002", false],
		["5003", true],
	]);
	expect(lines.find((line) => line.id === desk.line)?.address).toBe("5003");
	await desk.deliver("6001", "hi");
	for (const operationName of ["InitiateIMSession", "SendMessage"])
		expect(simulator.journal.requests({ operationName })[0]?.body).toMatchObject({
			devicePath: desk.line,
		});
});

test.each(["404", "403"] as const)(
	"row 13: annexes that answer %s are ignored, and a choice is still possible",
	async (tserverSettings) => {
		const ann = {
			userName: "ann.lee",
			password: "secret",
			firstName: "Ann",
			lastName: "Lee",
			devices: threePhones,
		};
		const simulator = await floor.simulator({ agents: [ann], switches: { tserverSettings } });
		const desk = await floor.desk(simulator, { settle: false });
		desk.read();
		const lines = await desk.session.lines(desk.signal);
		expect(lines.map((line) => line.canMessage)).toEqual([null, null, null]);
		const [, , third] = lines;
		expect(desk.session.suggestLine(lines, third?.id ?? null)).toBe(third?.id);
		expect(desk.session.suggestLine(lines, null)).not.toBeNull();
	},
);

test("row 13: a single device that cannot carry messages is used with a warning", async () => {
	const devices = [{ phoneNumber: "5001", multimedia: false }];
	const ann = { userName: "ann.lee", password: "secret", firstName: "Ann", lastName: "Lee", devices };
	const simulator = await floor.simulator({ agents: [ann] });
	const desk = await floor.desk(simulator, { settle: false });
	desk.read();
	const [line] = await desk.session.lines(desk.signal);
	if (line === undefined) throw new Error("no line");
	await desk.session.useLine(line.id, desk.signal);
	const { warnings } = await desk.event("warnings");
	expect(warnings).toEqual([{ code: "genesys.deviceCannotMessage", params: { device: "5001" } }]);
});

test.each([
	["fields", "fields=*"],
	["subresources", "subresources=availability"],
] as const)("row 14: availability by %s is found out once and kept", async (availability, query) => {
	const simulator = await floor.simulator({ switches: { availability } });
	simulator.colleagues.get("6002").presence = "NotReady";
	const desk = await floor.desk(simulator);
	desk.session.watch(["6001", "6002", "7777"]);
	expect(await desk.event("presence", (event) => event.peer === "6001")).toMatchObject({
		presence: "available",
		label: "Ready",
	});
	expect(await desk.event("presence", (event) => event.peer === "6002")).toMatchObject({
		presence: "away",
	});
	expect(await desk.event("presence", (event) => event.peer === "7777")).toMatchObject({
		presence: "unknown",
	});
	simulator.journal.clear();
	simulator.colleagues.get("6001").presence = "Offline";
	const from = desk.events.length;
	desk.clock.advance(30_000);
	await desk.event("presence", (event) => event.peer === "6001" && event.presence === "offline", from);
	const polls = simulator.journal.requests({ path: "/contacts" });
	expect(polls).toHaveLength(1);
	expect(polls[0]?.query).toContain(query);
	// Nobody on screen, nobody asked for.
	desk.session.watch([]);
	simulator.journal.clear();
	desk.clock.advance(120_000);
	await desk.quiet();
	expect(simulator.journal.requests({ path: "/contacts" })).toEqual([]);
});

test("row 14: without availability presence is unknown and sending is still possible", async () => {
	const simulator = await floor.simulator({ switches: { availability: "never" } });
	const desk = await floor.desk(simulator);
	desk.session.watch(["6001"]);
	expect(await desk.event("presence")).toMatchObject({ presence: "unknown", label: null });
	expect(await desk.deliver("6001", "hi")).toMatchObject({ kind: "accepted" });
});

test("row 15: after lost events the list decides: a session that began is opened with a gap, one that ended is ended", async () => {
	const simulator = await floor.simulator({ switches: { secondIncomingSession: true } });
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "before");
	const from = desk.events.length;
	await simulator.network.cut("refuse");
	simulator.restart();
	simulator.colleagues.get("6001").complete();
	simulator.colleagues.get("6002").initiate("5001");
	await simulator.network.restore();
	desk.session.wake();
	desk.wire.advance(6000);
	await desk.event("stretch", (event) => event.peer === "6001" && event.what === "ended", from);
	await desk.event("live", (event) => event.peer === "6002" && event.live?.phase === "talking", from);
	await desk.event("connection", (event) => event.state === "online", from);
	const gaps = desk.of("gap", from).map((event) => event.peer);
	expect(gaps).toContain(null);
	expect(gaps).toContain("6002");
});

test("row 16: the advice sets the timers, the cookie may have any name, and polls follow each other", async () => {
	const simulator = await floor.simulator({
		switches: { cometdTimeoutMs: 1000, cometdCookieName: "GWS_PUSH", cometdMaxIntervalMs: 3000 },
	});
	const desk = await floor.desk(simulator);
	const polls = (): number => simulator.journal.requests({ channel: "/meta/connect" }).length;
	const before = polls();
	await simulator.journal.waitFor(() => polls() >= before + 3, AbortSignal.timeout(10_000));
	simulator.colleagues.get("6001").initiate("5001");
	await desk.event("live");
	expect(simulator.journal.requests({ channel: "/meta/handshake" })).toHaveLength(1);
	expect(desk.of("gap")).toEqual([]);
});

test.each(["401", "403", "403-handshake"] as const)(
	"row 17: an expired session seen as %s is one silent sign-in, and things go on",
	async (expiredSession) => {
		const simulator = await floor.simulator({ switches: { expiredSession } });
		const desk = await floor.desk(simulator);
		simulator.journal.clear();
		const from = desk.events.length;
		simulator.httpSessions.expire();
		desk.wire.advance(6000);
		await desk.event("connection", (event) => event.state === "online", from);
		expect(await desk.deliver("6001", "still here")).toMatchObject({ kind: "accepted" });
		expect(
			simulator.journal.requests().filter((request) => request.credentials === "basic"),
		).toHaveLength(1);
		expect(desk.of("signedOut")).toEqual([]);
	},
);

test.each(["401", "403", "403-handshake"] as const)(
	"row 17: when the password no longer holds it is tried once, and then asked for (%s)",
	async (expiredSession) => {
		const simulator = await floor.simulator({ switches: { expiredSession } });
		const desk = await floor.desk(simulator);
		simulator.journal.clear();
		simulator.agents.get("ann.lee").password = "changed";
		simulator.httpSessions.expire();
		desk.wire.advance(6000);
		expect((await desk.event("signedOut")).error.code).toBe("auth.wrongPassword");
		await desk.end();
		for (let minutes = 0; minutes < 30; minutes += 5) desk.clock.advance(300_000);
		expect(
			simulator.journal.requests().filter((request) => request.credentials === "basic"),
		).toHaveLength(1);
	},
);

test("row 17: with a secret for one sign-in only, an expired session asks at once", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator, { forgetSecret: true });
	simulator.journal.clear();
	simulator.httpSessions.expire();
	desk.wire.advance(6000);
	expect((await desk.event("signedOut")).error.code).toBe("auth.sessionExpired");
	expect(simulator.journal.requests().filter((request) => request.credentials === "basic")).toEqual([]);
});

test("row 18: a light GET /me keeps the session alive, every 5 to 10 minutes", async () => {
	const simulator = await floor.simulator({ switches: { cometdKeepsHttpSession: false } });
	const desk = await floor.desk(simulator);
	await desk.quiet();
	simulator.journal.clear();
	const alive = (): number => simulator.journal.requests({ method: "GET", path: "/api/v2/me" }).length;
	desk.clock.advance(299_000);
	await desk.quiet();
	expect(alive()).toBe(0);
	desk.clock.advance(301_000);
	await simulator.journal.waitFor(() => alive() === 1, AbortSignal.timeout(5000));
	await desk.quiet();
	desk.clock.advance(600_000);
	await simulator.journal.waitFor(() => alive() === 2, AbortSignal.timeout(5000));
});
