import { afterEach, expect, test } from "vitest";
import { EvoFloor } from "./testing/evo-world.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";
import { EvoVoiceProvider } from "./provider.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { asLineId } from "../../../../shared/ids.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";
const me = "agent@example.com";

test("what was there before is told as threads first, and does not ring; what comes then does", async () => {
	const { simulator, agent, main } = await floor.desk({}, (before, line) => {
		before.outside.person(jane).write(line, "old");
		before.outside.person("+15556660000").write(line, "older");
	});
	const kinds = agent.events.slice(0, 4).map(({ type }) => type);
	expect(kinds).toEqual(["connection", "lines", "thread", "thread"]);
	simulator.outside.person(jane).write(main, "new");
	simulator.outside.person("+15556660001").write(main, "somebody new");
	await agent.look();
	expect(
		agent
			.of("message")
			.map(({ text, catchUp }) => [text, catchUp])
			.sort(),
	).toEqual([
		["new", false],
		["old", true],
		["older", true],
		["somebody new", false],
	]);
	const thread = agent.events.findIndex(
		(event) => event.type === "thread" && event.address === "+15556660001",
	);
	const message = agent.events.findIndex(
		(event) => event.type === "message" && event.text === "somebody new",
	);
	expect(thread).toBeGreaterThan(-1);
	expect(thread).toBeLessThan(message);
	expect(agent.of("gap")).toEqual([]);
});

test("polls bring news by themselves, and the server's clock may be wrong", async () => {
	const clock = new WarpClock();
	const simulator = await floor.simulator({ clock });
	const [line] = simulator.endpoints;
	const own = new WarpClock();
	// Half an hour apart.
	own.advance(1_800_000);
	const agent = await floor.agent(simulator, own);
	for (const text of ["one", "two"]) {
		simulator.outside.person(jane).write(line?.id ?? "", text);
		while (!agent.texts().includes(text)) {
			own.advance(10_000);
			await agent.session.history?.heads(null, null, agent.signal);
		}
	}
	expect(agent.of("message").map(({ text, catchUp }) => [text, catchUp])).toEqual([
		["one", false],
		["two", false],
	]);
});

test("an outage: told, then everything that came meanwhile, once and without ringing", async () => {
	const { simulator, agent, clock, main } = await floor.desk();
	await simulator.network.cut("refuse");
	await agent.look().catch(() => undefined);
	const lost = await agent.event("connection", ({ state }) => state === "reconnecting");
	expect(lost.problem?.code).toMatch(/^network\./);
	expect(lost.nextAttempt).not.toBeNull();
	simulator.outside.person(jane).write(main, "meanwhile");
	clock.advance(61_000);
	await simulator.network.restore();
	agent.session.wake();
	await agent.event("connection", ({ state }) => state === "online", agent.events.indexOf(lost));
	expect(agent.of("message").map(({ text, catchUp }) => [text, catchUp])).toEqual([["meanwhile", true]]);
	simulator.outside.person(jane).write(main, "live again");
	await agent.look();
	expect(agent.of("message").at(-1)).toMatchObject({ text: "live again", catchUp: false });
	expect(agent.of("sendable").length).toBeGreaterThan(0);
});

test("a hiccup is no outage: what came meanwhile rings", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({ action: "html", status: 502, match: { path: "/messages" } });
	await expect(agent.look()).rejects.toThrow();
	simulator.outside.person(jane).write(main, "just now");
	agent.session.wake();
	const told = await agent.event("message");
	expect(told).toMatchObject({ text: "just now", catchUp: false });
});

test("a message that no poll shows is found by the list of conversations, and a gap is told", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.outside.person(jane).write(main, "first");
	await agent.look();
	// Far below the newest: listed late, with an early time.
	const person = simulator.outside.person("+15556660000");
	const late = person.write(main, "late");
	Object.assign(late, { at: simulator.clock.now() - 3_600_000 });
	await agent.look();
	expect(agent.texts()).toEqual(["first", "late"]);
	expect(agent.of("gap").map(({ peer }) => peer)).toEqual([agent.peer(main, "+15556660000")]);
});

test("the next question waits until what was found is stored", async () => {
	const { simulator, agent, clock, main } = await floor.desk();
	const stored = Promise.withResolvers<undefined>();
	agent.storing = stored.promise;
	simulator.outside.person(jane).write(main, "slow disk");
	const looking = agent.look();
	await agent.event("message");
	simulator.journal.clear();
	clock.advance(120_000);
	expect(simulator.journal.requests({ path: "/messages" })).toEqual([]);
	stored.resolve(undefined);
	await looking;
	expect(agent.texts()).toEqual(["slow disk"]);
});

test("own messages from elsewhere are ours; a colleague's carry his name", async () => {
	for (const senderForm of ["address", "name"] as const) {
		const { simulator, agent, main } = await floor.desk({ senderForm });
		const endpoint = simulator.company.endpoint(main);
		const write = (senderAddress: string, senderName: string, text: string) =>
			simulator.messages.add({
				endpoint,
				direction: "Outgoing",
				otherAddress: jane,
				senderAddress,
				senderName,
				text,
				sessionId: null,
				media: null,
			});
		write(me, "Alex Moss", "from the portal");
		write("pat@example.com", "Pat Kim", "from a colleague");
		await agent.look();
		const told = agent.of("ownMessage").map(({ text, sender }) => [text, sender ?? null]);
		expect(told.sort()).toEqual([
			["from a colleague", senderForm === "name" ? "Pat Kim" : "pat@example.com"],
			["from the portal", null],
		]);
	}
});

test("heads: what is new since the cursor, newest first; history goes on from there", async () => {
	const { simulator, agent, clock, main, support } = await floor.desk({}, (before, line) => {
		before.outside.person(jane).write(line, "before");
	});
	const { history } = agent.session;
	const first = await history?.heads(null, null, agent.signal);
	expect(first?.heads.map(({ peer }) => peer)).toEqual([agent.peer(main, jane)]);
	clock.advance(600_000);
	simulator.outside.person("+15556660000").write(support, "later");
	const next = await history?.heads(first?.cursor ?? null, null, agent.signal);
	// Two minutes are asked for again: what was known is there once more.
	expect(next?.heads.map(({ peer }) => peer)).toEqual([
		agent.peer(support, "+15556660000"),
		agent.peer(main, jane),
	]);
	expect(next?.heads[0]?.thread?.facts.line).toEqual({ id: support, label: "Support line" });
	const last = await history?.heads(next?.cursor ?? null, null, agent.signal);
	expect(last?.heads.map(({ peer }) => peer)).toEqual([agent.peer(support, "+15556660000")]);
});

test("heads of an account without a message have no cursor: the next list is whole, whatever the clocks say", async () => {
	const { simulator, agent, main } = await floor.desk();
	const { history } = agent.session;
	expect(await history?.heads(null, null, agent.signal)).toEqual({ heads: [], cursor: null, next: null });
	simulator.outside.person(jane).write(main, "the first");
	await agent.look();
	const next = await history?.heads(null, null, agent.signal);
	expect(next?.heads.map(({ peer }) => peer)).toEqual([agent.peer(main, jane)]);
});

test("history of a key that is none, of a cursor that is none, and of somebody nobody wrote to", async () => {
	const { agent, main } = await floor.desk();
	const { history } = agent.session;
	await expect(history?.page("nothing", null, 10, agent.signal)).rejects.toMatchObject({
		error: { code: "conversation.notFound" },
	});
	await expect(history?.page(agent.peer(main, jane), "junk", 10, agent.signal)).rejects.toMatchObject({
		error: { code: "conversation.notFound" },
	});
	expect(await agent.past(agent.peer(main, "+15550000009"))).toEqual([]);
});

test("contacts: found by every word, name or digits, and only where they can be written to; names in the inbox", async () => {
	const { agent } = await floor.desk({}, (before, line) => {
		before.company.addContact({ displayName: "Jane Roe", address: jane, customerName: "Acme" });
		before.company.addContact({ displayName: "Jane Doe", address: "+15556660000", canChat: false });
		before.company.addContact({ displayName: "Pat Kim", address: "pat@example.com", type: "User" });
		before.outside.person(jane).write(line, "hello");
	});
	const search = async (query: string) =>
		(await agent.session.search(query, agent.signal)).contacts.map(({ name }) => name);
	expect(await search("jane")).toEqual(["Jane Roe"]);
	expect(await search("acme roe")).toEqual(["Jane Roe"]);
	expect(await search("666-7777")).toEqual(["Jane Roe"]);
	expect(await search("")).toEqual(["Jane Roe", "Pat Kim"]);
	expect(await search("nobody")).toEqual([]);
	expect(agent.of("thread").map(({ name }) => name)).toEqual(["Jane Roe"]);
});

test("a new conversation has the key that the server's will have", async () => {
	const { simulator, agent, main } = await floor.desk({}, (before) => {
		const [user] = before.users;
		if (user !== undefined) user.roles = ["User", "Manager"];
	});
	const provider = new EvoVoiceProvider();
	const context = { numbers: createPhoneNumbers(), random: { next: () => 0.5, uuid: () => "" } };
	const [line = null] = await agent.session.lines(agent.signal);
	const begin = (...addresses: string[]) => provider.begin({ addresses, line, title: null }, context);
	const thread = begin("+1 (555) 666-7777");
	expect(thread).toMatchObject({ peer: agent.peer(main, jane), address: jane });
	expect(await agent.send(thread.peer, "first")).toMatchObject({ kind: "accepted" });
	simulator.outside.person(jane).write(main, "answer");
	await agent.look();
	expect(agent.of("message").at(-1)?.peer).toBe(thread.peer);
	expect(begin("+1 555 0199").address).toBe("+15550199");
	expect(begin("Pat@Example.com").address).toBe("pat@example.com");
	expect(() => begin("nobody")).toThrow(
		expect.objectContaining({ error: { code: "peer.badAddress", detail: "nobody" } }),
	);
	expect(() => begin(jane, "+15556660000")).toThrow(/peer.tooMany/);
	expect(() => provider.begin({ addresses: [jane], line: null, title: null }, context)).toThrow(
		/line.none/,
	);
	await expect(agent.session.useLine(asLineId("gone"), agent.signal)).rejects.toMatchObject({
		error: { code: "line.unknown" },
	});
	expect(await agent.session.useLine(asLineId(main), agent.signal)).toEqual({
		started: false,
		warnings: [],
	});
});

test("a quiet hour costs little", async () => {
	const { simulator, agent, clock } = await floor.desk();
	simulator.journal.clear();
	for (let minute = 0; minute < 60; minute += 1) {
		for (let step = 0; step < 6; step += 1) {
			clock.advance(10_000);
			await agent.session.history?.heads(null, null, agent.signal);
		}
	}
	const asked = simulator.journal.requests().filter(({ path }) => !path.endsWith("/conversations"));
	const perMinute = asked.length / 60;
	expect(perMinute).toBeLessThan(3.5);
	expect(perMinute).toBeGreaterThan(1);
});
