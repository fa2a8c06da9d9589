import { afterEach, expect, test } from "vitest";
import { WarpClock } from "../testing/warp-clock.spec.ts";
import { EvoFloor } from "./testing/evo-world.spec.ts";
import { EvoVoiceProvider } from "./provider.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";

test("row 19: on 429 the server is left alone as long as it asks, and a text waits with it", async () => {
	const { simulator, agent, clock, main } = await floor.desk();
	simulator.faults.next({
		action: "status",
		status: 429,
		headers: { "Retry-After": "40" },
		match: { path: "/messages", method: "GET" },
	});
	await expect(agent.look()).rejects.toMatchObject({ error: { code: "http.overloaded" } });
	await agent.event("connection", ({ state }) => state === "reconnecting");
	simulator.journal.clear();
	const outcome = await agent.send(agent.peer(main, jane), "patience");
	expect(outcome).toMatchObject({
		kind: "rejected",
		retry: "automatic",
		error: { code: "http.overloaded" },
	});
	expect(outcome.kind === "rejected" && (outcome.retryAfterMs ?? 0)).toBeGreaterThan(30_000);
	clock.advance(30_000);
	expect(simulator.journal.requests()).toEqual([]);
	clock.advance(15_000);
	await agent.event("connection", ({ state }) => state === "online", agent.events.length);
	expect(await agent.send(agent.peer(main, jane), "patience")).toMatchObject({ kind: "accepted" });
	expect(simulator.ledger.count("patience")).toBe(1);
});

test("row 19: a limit of one a second is kept on average", async () => {
	const { simulator, agent, clock } = await floor.desk();
	agent.session.attend({ focused: true, peer: null });
	simulator.journal.clear();
	for (let second = 0; second < 300; second += 5) {
		clock.advance(5000);
		await agent.session.history?.heads(null, null, agent.signal);
	}
	expect(simulator.journal.requests().length).toBeLessThan(300);
});

test("row 19: with its own budget used up a text is not sent, and told to wait", async () => {
	const { agent, main } = await floor.desk({}, undefined, {
		provider: new EvoVoiceProvider({ budget: { requests: 20, windowMs: 60_000, reserve: 2 } }),
	});
	let outcome = await agent.send(agent.peer(main, jane), "1");
	for (let n = 2; n < 25 && outcome.kind === "accepted"; n += 1)
		outcome = await agent.send(agent.peer(main, jane), String(n));
	expect(outcome).toMatchObject({
		kind: "rejected",
		retry: "automatic",
		error: { code: "http.overloaded" },
	});
});

test.each(["zero", "absent"] as const)(
	"row 20: pages that are shorter than asked for are followed by the server's flags (%s)",
	async (simplifiedTotals) => {
		const { simulator, agent, main } = await floor.desk({ mostCountPerPage: 7, simplifiedTotals });
		for (let n = 0; n < 40; n += 1) simulator.outside.person(jane).write(main, `m${String(n)}`);
		await agent.look();
		expect([...agent.texts()].sort()).toEqual(
			Array.from({ length: 40 }, (_, n) => `m${String(n)}`).sort(),
		);
		const past = await agent.past(agent.peer(main, jane));
		expect(past).toHaveLength(40);
		for (const { query } of simulator.journal.requests({ method: "GET", path: "/messages" }))
			expect(Number(new URLSearchParams(query).get("countPerPage"))).toBeLessThanOrEqual(100);
	},
);

test("row 20: doubled rows are told once, in polls and in history", async () => {
	const { simulator, agent, main } = await floor.desk({ rowCopies: 2, mostCountPerPage: 5 });
	for (let n = 0; n < 12; n += 1) simulator.outside.person(jane).write(main, `m${String(n)}`);
	await agent.look();
	expect(new Set(agent.texts()).size).toBe(12);
	expect(agent.texts()).toHaveLength(12);
	const past = await agent.past(agent.peer(main, jane));
	expect(new Set(past.map(({ remoteId }) => remoteId)).size).toBe(12);
});

test("row 21: the agent's state is shown as the server has it, and cannot be set", async () => {
	const { simulator, agent } = await floor.desk();
	const [user] = simulator.users;
	const own = user === undefined ? undefined : simulator.company.userEndpoint(user);
	expect((await agent.event("agentState")).state).toEqual({ id: "Ready", label: "Ready", kind: "ready" });
	for (const [state, kind] of [
		["WrapUp", "afterWork"],
		["Outgoing", "other"],
		["SomethingNew", "other"],
		["Unknown", null],
	] as const) {
		if (own !== undefined) own.agentState = state as typeof own.agentState;
		await agent.look();
		expect(agent.of("agentState").at(-1)?.state?.kind ?? null).toBe(kind);
	}
	expect(await agent.session.agentStates(agent.signal)).toEqual([]);
	await expect(agent.session.setAgentState("Ready", agent.signal)).rejects.toMatchObject({
		error: { code: "action.notOffered" },
	});
});

test.each(["array", "sessions"] as const)(
	"row 22: active sessions as %s, with members nobody has described; no session is ever created",
	async (activeSessionsShape) => {
		const { simulator, agent, main } = await floor.desk({ activeSessionsShape, extraMembers: true });
		const chat = simulator.outside.person("visitor-7", "Vi").startChat(main, ["agent@example.com"]);
		chat.write("hello");
		await agent.look();
		const peer = agent.peer(main, "visitor-7");
		expect(agent.of("thread").at(-1)).toMatchObject({
			peer,
			name: "Vi",
			facts: { medium: "chat", closed: false },
		});
		expect(await agent.send(peer, "hi")).toMatchObject({ kind: "accepted" });
		expect(simulator.ledger.entries[0]?.sessionId).toBe(chat.session.id);
		const posts = simulator.journal.requests({ method: "POST" }).map(({ path }) => path);
		expect(posts).not.toContain("/sessions");
	},
);

test("row 23: values that nobody knows yet: a direction is shown, a channel and a type are hidden", async () => {
	const { simulator, agent, main } = await floor.desk({ unknownEnums: true }, (before, line) => {
		const [user] = before.users;
		if (user !== undefined) user.roles = ["User", "Manager"];
		before.company.addContact({ displayName: "Robot", address: "robot", type: "Robot" });
		before.company.addContact({ displayName: "Rita", address: "+15556660001" });
		before.outside.person(jane).startChat(line, ["agent@example.com"], "Voice");
	});
	simulator.outside.person(jane).write(main, "forwarded");
	await agent.look();
	expect(agent.texts()).toEqual(["forwarded"]);
	const lines = await agent.session.lines(agent.signal);
	expect(lines.map(({ label }) => label)).toEqual(["Main line", "Support line"]);
	const { contacts } = await agent.session.search("r", agent.signal);
	expect(contacts.map(({ name }) => name)).toEqual(["Rita"]);
	expect(agent.of("thread").map(({ facts }) => facts.medium)).toEqual(["sms"]);
});

test.each([true, false])(
	"row 24: secure cookies come back over http on this computer (secure: %s)",
	async (secureCookies) => {
		const { simulator, agent } = await floor.desk({ secureCookies });
		expect(agent.of("connection").map(({ state }) => state)).toEqual(["online"]);
		expect(simulator.httpSessions.signIns).toBe(1);
		expect(
			simulator.journal
				.requests({ path: "/messages" })
				.every(({ credentials }) => credentials === "cookie"),
		).toBe(true);
	},
);

test("row 24: where the cookies do not come back, Basic is used", async () => {
	const simulator = await floor.simulator({ switches: { anonymousCookies: false } });
	// A name that the cookies are not for: what a proxy or plain http to another computer comes to.
	simulator.httpSessions.signIn = (user) => ({ id: user.id, setCookies: [] });
	const agent = await floor.agent(simulator, new WarpClock());
	await agent.look();
	expect(
		simulator.journal.requests({ path: "/messages" }).every(({ credentials }) => credentials === "basic"),
	).toBe(true);
});

test.each(["NotEmpty", "ValidationException"] as const)(
	"row 25: a sign-in that lacks something is told by the field, whatever the code (%s)",
	async (validationCode) => {
		const simulator = await floor.simulator({ switches: { validationCode } });
		await expect(floor.agent(simulator, new WarpClock(), { secret: "" })).rejects.toMatchObject({
			error: { code: "auth.wrongPassword", detail: "'Password' must not be empty." },
		});
	},
);

test("row 26: the address is the agent's, with a default; cookies of one server are not sent to another", async () => {
	const provider = new EvoVoiceProvider();
	expect(provider.description.signIn.server).toBe("https://evovoice.io");
	const one = await floor.desk();
	const other = await floor.simulator();
	const agent = await floor.agent(other, new WarpClock());
	await agent.look();
	await one.agent.look();
	expect(other.journal.requests({ path: "/auth/credentials" })).toHaveLength(1);
	expect(other.journal.requests()[0]?.credentials).toBe("none");
});
