import { afterEach, expect, test } from "vitest";
import type { DateFormat } from "../../../../practice/evovoice/wire/dates.ts";
import type { EvovoiceSimulator } from "../../../../practice/evovoice/simulator.ts";
import { EvoFloor } from "./testing/evo-world.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";

/** So many messages of one person, a second apart, the last one just now. */
function wrote(simulator: EvovoiceSimulator, line: string, count: number): void {
	const endpoint = simulator.company.endpoint(line);
	const now = simulator.clock.now();
	for (let n = 1; n <= count; n += 1)
		simulator.messages.add(
			{
				endpoint,
				direction: "Incoming",
				otherAddress: jane,
				senderAddress: jane,
				senderName: "Jane",
				text: `m${String(n)}`,
				sessionId: null,
				media: null,
			},
			now - (count - n) * 1000,
		);
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${String(count - n)}`);

const readable: readonly DateFormat[] = [
	"isoMilliseconds",
	"isoSeconds",
	"isoOffset",
	"isoLocal",
	"isoSevenDigits",
	"milliseconds",
	"millisecondsOffset",
];

test.each(readable)("row 1: a date written as %s is the moment it means", async (dateFormat) => {
	const { simulator, agent, main } = await floor.desk({ dateFormat });
	const written = simulator.outside.person(jane).write(main, "when?");
	await agent.look();
	const [told] = agent.of("message");
	const precision = dateFormat === "isoSeconds" ? 1000 : 1;
	expect(told?.at).toBe(Math.floor(written.at / precision) * precision);
	const [past] = await agent.past(agent.peer(main, jane));
	expect(past?.at).toBe(told?.at);
});

test.each(["ascending", "descending"] as const)(
	"row 1: with dates that nobody can read the server's order is kept, and nothing is told twice (%s)",
	async (messageOrder) => {
		const { simulator, agent, main } = await floor.desk(
			{ dateFormat: "garbage", messageOrder },
			(before, line) => {
				wrote(before, line, 3);
			},
		);
		simulator.outside.person(jane).write(main, "m4");
		await agent.look();
		simulator.outside.person(jane).write(main, "m5");
		await agent.look();
		await agent.look();
		expect(agent.texts().filter((text) => text > "m3")).toEqual(["m4", "m5"]);
		expect(
			agent
				.of("message")
				.filter(({ text }) => text > "m3")
				.map(({ catchUp }) => catchUp),
		).toEqual([false, false]);
		const past = await agent.past(agent.peer(main, jane));
		expect(past.map(({ text }) => text)).toEqual(texts(5));
		const times = past.map(({ at }) => at ?? 0);
		expect(times).toEqual([...times].sort((one, other) => other - one));
		expect(new Set(times).size).toBe(5);
		const again = await agent.past(agent.peer(main, jane));
		expect(again.map(({ at }) => at)).toEqual(times);
	},
);

test("row 2: the date has seconds and Z, two minutes back, and what is listed again is told once", async () => {
	const { simulator, agent, main } = await floor.desk({ afterDateInclusive: true });
	simulator.outside.person(jane).write(main, "one");
	await agent.look();
	await agent.look();
	const asked = simulator.journal
		.requests({ method: "GET", path: "/messages" })
		.map(({ query }) => new URLSearchParams(query).get("afterDate") ?? "");
	for (const date of asked) expect(date).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
	expect(agent.texts()).toEqual(["one"]);
	const [message] = simulator.messages.all;
	const last = Date.parse(asked.at(-1) ?? "");
	expect((message?.at ?? 0) - last).toBeGreaterThanOrEqual(120_000);
	expect((message?.at ?? 0) - last).toBeLessThan(122_000);
});

test("row 2: a server that takes days only is asked for days from then on, and nothing is missed", async () => {
	const { simulator, agent, main } = await floor.desk({ afterDateFormat: "dateOnly" }, (before, line) => {
		before.outside.person(jane).write(line, "before");
	});
	simulator.outside.person(jane).write(main, "after");
	await agent.look();
	expect(agent.texts()).toEqual(["before", "after"]);
	const refused = simulator.journal.requests({ path: "/messages" }).filter(({ status }) => status === 400);
	expect(refused.length).toBeLessThanOrEqual(1);
	simulator.journal.clear();
	await agent.look();
	const asked = simulator.journal.requests({ path: "/messages" });
	expect(asked.map(({ status }) => status)).toEqual([200]);
	expect(new URLSearchParams(asked[0]?.query).get("afterDate")).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test.each(["ascending", "descending", "unsorted"] as const)(
	"row 3: history is newest first whichever end the server begins with (%s)",
	async (messageOrder) => {
		const { simulator, agent, main } = await floor.desk({ messageOrder }, (before, line) => {
			wrote(before, line, 95);
		});
		const peer = agent.peer(main, jane);
		const { history } = agent.session;
		const newest = await history?.page(peer, null, 20, agent.signal);
		const first = newest?.messages.map(({ text }) => text) ?? [];
		expect(first).toEqual(texts(95).slice(0, first.length));
		expect(first.length).toBeGreaterThan(0);
		expect((await agent.past(peer, 20)).map(({ text }) => text)).toEqual(texts(95));
		expect(
			simulator.journal.requests({ path: "/messages" }).some(({ query }) => query.includes("sort")),
		).toBe(false);
	},
);

test("row 3: which end is the newest is looked at once", async () => {
	const { simulator, agent, main } = await floor.desk({ messageOrder: "descending" }, (before, line) => {
		wrote(before, line, 50);
	});
	const { history } = agent.session;
	await history?.page(agent.peer(main, jane), null, 20, agent.signal);
	simulator.journal.clear();
	await history?.page(agent.peer(main, jane), null, 20, agent.signal);
	expect(simulator.journal.requests({ path: "/messages" })).toHaveLength(1);
});

test.each(["changing", "useless"] as const)(
	"row 4: a conversation is the same whatever its id on the server is (%s)",
	async (conversationIds) => {
		const { simulator, agent, main } = await floor.desk({ conversationIds }, (before, line) => {
			wrote(before, line, 45);
			before.outside.person("+15556660000").write(line, "somebody else");
		});
		const peer = agent.peer(main, jane);
		expect((await agent.past(peer, 10)).map(({ text }) => text)).toEqual(texts(45));
		await agent.look();
		await agent.look();
		expect(agent.of("thread").filter((thread) => thread.peer === peer)).toHaveLength(1);
		simulator.outside.person(jane).write(main, "more");
		await agent.look();
		expect(agent.of("message").at(-1)).toMatchObject({ peer, text: "more" });
	},
);

test("row 5: what the server calls read before is told as read; nothing is ever asked that could mark something", async () => {
	const { simulator, agent, main } = await floor.desk({ unread: "never" }, (before, line) => {
		wrote(before, line, 2);
	});
	expect(agent.session.threads).toBeNull();
	const past = await agent.past(agent.peer(main, jane));
	expect(past.map((message) => message.type === "message" && message.read)).toEqual([true, true]);
	// A live one rings: a colleague's client may have listed it first.
	simulator.outside.person(jane).write(main, "live");
	await agent.look();
	expect(agent.of("message").at(-1)).toMatchObject({ text: "live", catchUp: false });
	expect(agent.of("message").at(-1)).not.toHaveProperty("read");
	const writes = simulator.journal
		.requests()
		.filter(({ method, path }) => method !== "GET" && !path.startsWith("/auth"));
	expect(writes).toEqual([]);
});

test("row 5: unread stays unread though listing it has cleared the server's mark", async () => {
	const { agent, main } = await floor.desk({ unread: "untilListed" }, (before, line) =>
		wrote(before, line, 2),
	);
	const heads = await agent.session.history?.heads(null, null, agent.signal);
	expect(heads?.heads).toHaveLength(1);
	const past = await agent.past(agent.peer(main, jane));
	expect(past.map((message) => message.type === "message" && (message.read ?? false))).toEqual([
		false,
		false,
	]);
});

test("row 6: nothing is pushed: messages are asked for, one question at a time, more often when somebody looks", async () => {
	const { simulator, agent, clock } = await floor.desk();
	expect(agent.session.quietMs()).toBeGreaterThan(0);
	const count = (): number => simulator.journal.requests({ method: "GET", path: "/messages" }).length;
	const during = async (): Promise<number> => {
		const before = count();
		for (let step = 0; step < 60; step += 1) {
			clock.advance(1000);
			await agent.session.history?.heads(null, null, agent.signal);
		}
		return count() - before;
	};
	const hidden = await during();
	agent.session.attend({ focused: true, peer: null });
	const looking = await during();
	expect(hidden).toBeGreaterThanOrEqual(1);
	expect(hidden).toBeLessThanOrEqual(3);
	expect(looking).toBeGreaterThanOrEqual(5);
	expect(looking).toBeLessThanOrEqual(13);
	expect(simulator.journal.requests({ path: /event-stream|app\/tokens/ })).toEqual([]);
});

test("row 7: an agent who may list nothing has the lines that conversations show, silently", async () => {
	const { simulator, agent, main, support } = await floor.desk({}, (before, line) => {
		before.outside.person(jane).write(line, "hello");
	});
	const lines = await agent.session.lines(agent.signal);
	expect(lines.map(({ id, label }) => [id, label])).toEqual([[main, "Main line"]]);
	expect(agent.session.suggestLine(lines, null)).toBe(main);
	expect(agent.of("problem")).toEqual([]);
	expect(agent.of("connection").map(({ state }) => state)).toEqual(["online"]);
	simulator.journal.clear();
	simulator.outside.person(jane).write(support, "and here");
	await agent.look();
	expect(
		agent
			.of("lines")
			.at(-1)
			?.lines.map(({ label }) => label),
	).toEqual(["Main line", "Support line"]);
	expect(simulator.journal.requests({ path: "/endpoints" })).toEqual([]);
});

test("row 7: an endpoint that was entered at sign-in is a line where none can be listed", async () => {
	const simulator = await floor.simulator();
	const [main] = simulator.endpoints;
	const agent = await floor.agent(simulator, new WarpClock(), {
		options: { endpointIds: ` ${main?.id ?? ""} ` },
	});
	const [line] = await agent.session.lines(agent.signal);
	expect(line?.id).toBe(main?.id);
	expect(await agent.send(agent.peer(main?.id ?? "", jane), "entered")).toMatchObject({ kind: "accepted" });
});

test("row 7: without the role User there are no contacts, chats and states, and no fuss", async () => {
	const { simulator, agent } = await floor.desk({}, (before) => {
		const [user] = before.users;
		if (user !== undefined) user.roles = ["Manager"];
	});
	expect(await agent.session.search("a", agent.signal)).toEqual({ contacts: [], more: false });
	simulator.journal.clear();
	await agent.look();
	expect(simulator.journal.requests().map(({ status }) => status)).not.toContain(403);
	expect(agent.of("connection")).toHaveLength(1);
});

test.each([
	["a bad recipient", { badRecipient: 400 }, "visitor 7", "'visitor 7' is not a valid address"],
	["a bad recipient", { badRecipient: 409 }, "visitor 7", "'visitor 7' is not a valid address"],
	["an opt-out", { optedOut: 403 }, jane, `${jane} has opted out of messages`],
	["an opt-out", { optedOut: 500 }, jane, `${jane} has opted out of messages`],
] as const)("row 8: %s is not sent, whatever the status (%o)", async (_what, switches, address, words) => {
	const { simulator, agent, main } = await floor.desk(switches);
	simulator.outside.person(jane).optedOut = true;
	const outcome = await agent.send(agent.peer(main, address), "hello");
	expect(outcome).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.refused", detail: words },
	});
	expect(simulator.ledger.entries).toEqual([]);
	expect(simulator.journal.requests({ method: "POST", path: "/messages" })).toHaveLength(1);
});

test("row 8: an endpoint that is gone, and a role that is missing", async () => {
	const { simulator, agent, main } = await floor.desk({ missingEndpoint: 404 });
	expect(await agent.send(agent.peer("nowhere", jane), "hello")).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: "Endpoint nowhere was not found" },
	});
	const [user] = simulator.users;
	if (user !== undefined) user.roles = ["Manager"];
	expect(await agent.send(agent.peer(main, jane), "hello")).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.refused", detail: "Forbidden" },
	});
});

test("row 9: sent is all that is ever claimed", async () => {
	const { agent, main } = await floor.desk();
	await agent.send(agent.peer(main, jane), "hello");
	await agent.look();
	expect(agent.of("delivery")).toEqual([]);
	const past = await agent.past(agent.peer(main, jane));
	expect(past.map((message) => message.type === "ownMessage" && message.state)).toEqual(["sent"]);
});
