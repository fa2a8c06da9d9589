import { afterEach, expect, test } from "vitest";
import { type Desk, Floor, chatKey, customer, other, own, pixel, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

const lists = { path: "/messagesessions" };

function write(desk: Desk, text: string, from = customer): void {
	desk.simulator.customers.customer(from).write(own.picture, text);
}

test("what was there before does not ring: threads, and the newest unread message as made up for", async () => {
	const simulator = await floor.simulator();
	const person = simulator.customers.customer(customer);
	for (const text of ["one", "two"]) {
		person.write(own.picture, text);
		floor.clock.advance(2000);
	}
	simulator.customers.customer(other).write(own.picture, "read already");
	for (const { conversation, row } of simulator.conversations.rowsOf(simulator.company.user("2500@portal")))
		if (conversation.remotes[0] === other) row.status = "read";
	const desk = await floor.desk(simulator);
	expect(desk.events.find(({ type }) => type !== "warnings")?.type).toBe("connection");
	expect(new Set(desk.of("thread").map(({ peer }) => peer))).toEqual(
		new Set([smsKey, `sms:${own.picture}:${other}`]),
	);
	expect(desk.of("message").map(({ text, catchUp }) => [text, catchUp])).toEqual([["two", true]]);
	expect(desk.of("read")).toMatchObject([{ peer: `sms:${own.picture}:${other}` }]);
	expect(desk.of("gap")).toEqual([]);
	write(desk, "three");
	await desk.check();
	expect(desk.of("message").at(-1)).toMatchObject({ text: "three", catchUp: false });
});

test("an outage: reconnecting, and what came meanwhile is there and does not ring", async () => {
	const desk = await floor.both();
	await desk.simulator.network.cut("reset");
	await desk.later(24_000);
	expect(desk.of("connection").at(-1)).toMatchObject({ state: "reconnecting" });
	expect(desk.of("connection").at(-1)?.nextAttempt).not.toBeNull();
	write(desk, "meanwhile");
	await desk.simulator.network.restore();
	desk.session.wake();
	await desk.event("connection", ({ state }) => state === "online", desk.events.length - 1);
	expect(await desk.event("message")).toMatchObject({ text: "meanwhile", catchUp: true });
	await desk.quiet();
	floor.clock.advance(2000);
	write(desk, "live again");
	await desk.check();
	expect(desk.of("message").at(-1)).toMatchObject({ text: "live again", catchUp: false });
});

test("more came than a poll reads: a longer list is read, and nothing is missing", async () => {
	const desk = await floor.both();
	write(desk, "before");
	await desk.check();
	const texts = Array.from({ length: 70 }, (_, number) => String(number));
	for (const [index, text] of texts.entries()) {
		if (index % 7 === 0) floor.clock.advance(1000);
		write(desk, text);
	}
	await desk.check();
	expect(desk.texts(smsKey)).toEqual(["before", ...texts]);
	expect(desk.of("gap")).toEqual([]);
	const times = desk.of("message").map(({ at }) => at ?? 0);
	expect(times).toEqual([...times].sort((one, other) => one - other));
	expect(new Set(times).size).toBe(times.length);
});

test("more came than a list brings: a gap of that conversation, and history has the rest", async () => {
	const desk = await floor.both();
	write(desk, "before");
	await desk.check();
	const { at } = await desk.event("message");
	for (let number = 0; number < 10_100; number += 1) {
		if (number % 100 === 0) floor.clock.advance(1000);
		write(desk, String(number));
	}
	await desk.check();
	expect(await desk.event("gap")).toMatchObject({ peer: smsKey, from: at });
	const { heads, cursor } = await desk.session.history.heads(null, null, desk.signal);
	expect(heads).toMatchObject([{ peer: smsKey, name: null }]);
	expect((await desk.session.history.heads(cursor, null, desk.signal)).heads).toHaveLength(1);
	floor.clock.advance(3_600_000);
	write(desk, "another", other);
	const later = await desk.session.history.heads(cursor, null, desk.signal);
	// The newest of the list before is asked about again: more may have come within its minute.
	expect(later.heads.map(({ peer }) => peer)).toEqual([`sms:${own.picture}:${other}`, smsKey]);
});

test("texts of ours within one second keep the order in which they were written", async () => {
	const desk = await floor.both();
	const texts = ["one", "two", "three", "three", "four"];
	for (const text of texts) await desk.send(smsKey, text);
	await desk.seconds(9);
	const told = desk.of("ownMessage").map(({ text, at }) => [at ?? 0, text] as const);
	expect([...told].sort(([one], [other]) => one - other).map(([, text]) => text)).toEqual(texts);
	const next = await floor.desk(desk.simulator);
	const { messages } = await next.session.history.page(smsKey, null, 100, next.signal);
	const past = messages.map(({ text, at }) => [at ?? 0, text] as const);
	expect([...past].sort(([one], [other]) => one - other).map(([, text]) => text)).toEqual(texts);
});

test("what comes in while somebody reads the past rings all the same", async () => {
	const desk = await floor.both();
	write(desk, "first");
	await desk.check();
	floor.clock.advance(2000);
	write(desk, "second");
	write(desk, "new person", other);
	const { messages } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	await desk.session.history.heads(null, null, desk.signal);
	await desk.quiet();
	await desk.later(0);
	expect(messages.map(({ text }) => text)).toEqual(["first"]);
	expect(desk.of("message").map(({ text, catchUp }) => [text, catchUp])).toEqual([
		["first", false],
		["second", false],
		["new person", false],
	]);
});

test("rows that come later than the list speaks of them, and out of order: none is missed", async () => {
	const desk = await floor.both({ switches: { replication: { everyNth: 2, delayMs: 15_000 } } });
	desk.session.attend({ focused: true, peer: null });
	for (const text of ["a", "b", "c", "d"]) {
		write(desk, text);
		await desk.seconds(3);
	}
	await desk.seconds(30);
	expect([...desk.texts()].sort()).toEqual(["a", "b", "c", "d"]);
});

test("twin rows are one message", async () => {
	const desk = await floor.both({ switches: { messageCopies: 3 } });
	write(desk, "once");
	await desk.check();
	await desk.send(smsKey, "mine");
	await desk.seconds(9);
	expect(desk.texts()).toEqual(["once"]);
	expect(desk.bubbles.all).toHaveLength(1);
});

test("two equal texts within one second are two messages", async () => {
	const desk = await floor.both();
	write(desk, "ok");
	await desk.check();
	write(desk, "ok");
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	await desk.session.threads.markRead(smsKey, true, desk.signal);
	expect(listed).toBeDefined();
	await desk.check();
	write(desk, "ok");
	await desk.check();
	expect(desk.texts()).toEqual(["ok", "ok", "ok"]);
});

test("the open conversation is asked for more often while it is looked at", async () => {
	const desk = await floor.both();
	write(desk, "hello");
	await desk.check();
	const count = (path: string): number => desk.simulator.journal.requests({ path }).length;
	desk.session.attend({ focused: true, peer: smsKey });
	await desk.quiet();
	const [open, list] = [count("/messages"), count("/messagesessions")];
	await desk.seconds(40);
	expect(count("/messages") - open).toBeGreaterThanOrEqual(7);
	expect(count("/messagesessions") - list).toBeLessThanOrEqual(7);
	desk.session.attend({ focused: false, peer: smsKey });
	await desk.quiet();
	const background = count("/messages");
	await desk.seconds(60);
	expect(count("/messages")).toBe(background);
	write(desk, "while away");
	await desk.later(24_000);
	expect(desk.texts()).toEqual(["hello", "while away"]);
});

test("idle: one request a minute, and a short one where the server lists the newest first", async () => {
	const simulator = await floor.simulator();
	for (let number = 0; number < 60; number += 1) {
		simulator.customers.customer(`1714555${String(1000 + number)}`).write(own.picture, "hello");
		floor.clock.advance(1000);
	}
	for (const { row } of simulator.conversations.rowsOf(simulator.company.user("2500@portal")))
		row.status = "read";
	const desk = await floor.desk(simulator);
	await desk.later(300_001);
	await desk.later(60_000);
	const before = simulator.journal.requests().length;
	for (let minute = 0; minute < 5; minute += 1) await desk.later(60_000);
	const asked = simulator.journal.requests().slice(before);
	expect(asked.length).toBeLessThanOrEqual(6);
	expect(asked.every(({ path }) => path.endsWith("/messagesessions"))).toBe(true);
	expect(
		asked.filter(({ query }) => query === "?limit=20" || query === "limit=20").length,
	).toBeGreaterThanOrEqual(3);
	expect(desk.session.quietMs()).toBeGreaterThanOrEqual(60_000);
	// An old conversation comes back to the top.
	simulator.customers.customer("17145551000").write(own.picture, "me again");
	await desk.later(72_000);
	expect(desk.texts()).toContain("me again");
	simulator.customers.customer("17145559999").write(own.picture, "never here before");
	await desk.later(72_000);
	expect(desk.texts()).toContain("never here before");
});

test.each(["newestFirst", "oldestFirst", "unsorted"] as const)(
	"more conversations than a list gives by default, %s: old and new ones are heard of",
	async (sessionOrder) => {
		const simulator = await floor.simulator({ switches: { sessionOrder } });
		for (let number = 0; number < 130; number += 1) {
			simulator.customers.customer(`1714555${String(1000 + number)}`).write(own.picture, "hello");
			floor.clock.advance(1000);
		}
		for (const { row } of simulator.conversations.rowsOf(simulator.company.user("2500@portal")))
			row.status = "read";
		const desk = await floor.desk(simulator);
		expect(desk.of("thread")).toHaveLength(130);
		expect(desk.texts()).toEqual([]);
		simulator.customers.customer("17145551000").write(own.picture, "old one");
		simulator.customers.customer("17145559999").write(own.picture, "new one");
		await desk.later(24_000);
		expect([...desk.texts()].sort()).toEqual(["new one", "old one"]);
		expect((await desk.session.history.heads(null, null, desk.signal)).heads).toHaveLength(131);
	},
);

test("a list that fails for a moment is no reason to think that everything is gone", async () => {
	const desk = await floor.both();
	write(desk, "hello");
	await desk.check();
	desk.simulator.faults.next({ action: "body", body: "[]", match: lists });
	await desk.check();
	await desk.check();
	expect(desk.of("threadGone")).toEqual([]);
});

test("groups: renamed, members changed, left; each is told as it comes into effect", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 500, most: 500 } } });
	desk.simulator.customers.user("1123@portal").chat(["2500", "1004"], "hello");
	await desk.check();
	const key = desk.of("thread").find(({ facts }) => facts.medium === "groupChat")?.peer ?? "";
	const { threads } = desk.session;
	await threads.rename(key, " Team ", desk.signal);
	await desk.seconds(3);
	expect(desk.thread(key)).toMatchObject({
		name: "Team",
		facts: { group: { title: "Team", changeable: true } },
	});
	await threads.setMembers(key, ["1123", "0010@portal"], desk.signal);
	await desk.seconds(3);
	expect(
		desk
			.thread(key)
			?.facts.group?.members.map(({ address }) => address)
			.sort(),
	).toEqual(["0010@portal", "1123@portal"]);
	const put = desk.simulator.journal.requests({ method: "PUT" }).at(-1);
	expect(put?.body).toEqual({ participants: "1123@portal,0010@portal,2500@portal" });
	expect(desk.of("notice").map(({ text }) => text)).toEqual([
		"name change: Team",
		"participant add: 0010@portal",
		"participant remove: 1004@portal",
	]);
	await expect(threads.setMembers(key, ["9999"], desk.signal)).rejects.toMatchObject({
		error: { code: "action.refused", detail: "User 9999 does not exist in domain portal" },
	});
	await expect(threads.setMembers(key, [], desk.signal)).rejects.toMatchObject({
		error: { code: "peer.badAddress" },
	});
	await threads.act(key, "leave", desk.signal);
	await desk.seconds(4);
	await desk.check();
	expect(desk.of("threadGone")).toEqual([{ type: "threadGone", peer: key }]);
	await expect(threads.act(key, "leave", desk.signal)).rejects.toMatchObject({
		error: { code: "action.notOffered" },
	});
});

test("groups of numbers and chats of two have no name and no other members", async () => {
	const desk = await floor.both();
	write(desk, "hello");
	desk.simulator.customers.user("1123@portal").chat("2500", "hello");
	await desk.check();
	const { threads } = desk.session;
	for (const peer of [smsKey, chatKey]) {
		await expect(threads.rename(peer, "x", desk.signal)).rejects.toMatchObject({
			error: { code: "group.notChangeable" },
		});
		await expect(threads.act(peer, "leave", desk.signal)).rejects.toMatchObject({
			error: { code: "action.notOffered" },
		});
	}
	await expect(threads.act(smsKey, "star", desk.signal)).rejects.toMatchObject({
		error: { code: "action.notOffered" },
	});
});

test("names of contacts by number, ten digits or eleven; colleagues with their presence", async () => {
	const simulator = await floor.simulator({
		contacts: [
			{
				domain: "portal",
				owner: "2500",
				firstName: "Grace",
				lastName: "Hill",
				cell: "7145550353",
				company: "Hill Ltd",
			},
			{ domain: "portal", owner: "2500", company: "Lab", work: "+1 (619) 555-0188" },
		],
	});
	simulator.customers.customer(customer).write(own.picture, "hello");
	const desk = await floor.desk(simulator);
	await desk.check();
	expect(desk.thread(smsKey)?.name).toBe("Grace Hill");
	const search = async (query: string): Promise<unknown[]> =>
		(await desk.session.search(query, desk.signal)).contacts.map(({ name, address }) => [name, address]);
	expect(await search("grace")).toEqual([["Grace Hill", "+17145550353"]]);
	expect(await search("555-0353")).toEqual([["Grace Hill", "+17145550353"]]);
	expect(await search("lab")).toEqual([["Lab", "+16195550188"]]);
	expect(await search("service will")).toEqual([["Will Clark", "1123@portal"]]);
	expect(await search("2500")).toEqual([]);
	expect(await search("  ")).toEqual([]);
	simulator.company.user("1123@portal").presence = "inuse";
	desk.session.watch(["1123@portal", `+${customer}`]);
	await desk.later(120_000 * 1.2);
	expect(desk.of("presence").at(-1)).toEqual({
		type: "presence",
		peer: "1123@portal",
		presence: "busy",
		label: null,
	});
	Object.assign(simulator.company.user("1123@portal"), { presence: "closed", statusMessage: "Lunch" });
	await desk.later(120_000 * 1.2);
	expect(desk.of("presence").at(-1)).toMatchObject({ presence: "away", label: "Lunch" });
});

test("a picture in a group names who sent it", async () => {
	const desk = await floor.both();
	const media = { mimeType: "image/png", bytes: pixel };
	desk.simulator.customers.user("1123@portal").chat(["2500", "1004"], "media", { media });
	await desk.check();
	expect(await desk.event("message")).toMatchObject({
		author: "Will Clark",
		files: [{ type: "image/png" }],
	});
});

test("lines that change are told", async () => {
	const desk = await floor.both();
	desk.simulator.company.addNumber({
		number: "442079460001",
		domain: "portal",
		application: "user",
		dest: "2500",
	});
	await desk.check();
	const { lines } = await desk.event("lines");
	expect(lines.map(({ address }) => address)).toContain("+442079460001");
	await expect(desk.session.useLine(lines[0]?.id ?? ("" as never))).resolves.toEqual({
		started: false,
		warnings: [],
	});
	await expect(desk.session.useLine("nothing" as never)).rejects.toMatchObject({
		error: { code: "line.unknown" },
	});
	await expect(desk.session.setAgentState()).rejects.toMatchObject({
		error: { code: "action.notOffered" },
	});
	await expect(desk.session.act()).rejects.toMatchObject({ error: { code: "action.notOffered" } });
	expect(await desk.session.agentStates()).toEqual([]);
});

test("closing ends the events, the polls and the renewals", async () => {
	const desk = await floor.both();
	await desk.session.close({ deadlineMs: 1000 });
	await desk.end();
	const asked = desk.simulator.journal.requests().length;
	await desk.later(4_000_000);
	expect(desk.simulator.journal.requests()).toHaveLength(asked);
});
