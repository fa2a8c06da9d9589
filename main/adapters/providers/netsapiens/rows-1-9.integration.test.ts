import { afterEach, expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { sessionId } from "../../../../practice/testing/netsapiens-client.ts";
import { Floor, chatKey, customer, own, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test.each([null, 3, 4] as const)(
	"row 1 and row 2: polling is the truth; a portal socket of version %s is not touched and nothing is missed",
	async (socketVersion) => {
		const desk = await floor.both({ switches: { socketVersion, socketChatEvent: "surprise" } });
		desk.simulator.customers.customer(customer).write(own.picture, "by poll");
		await desk.later(24_000);
		expect(desk.texts()).toEqual(["by poll"]);
		expect(desk.simulator.journal.requests({ path: /jwt|socket/ })).toEqual([]);
	},
);

test.each(["newestFirst", "oldestFirst", "newestPageOldestFirst", "unsorted"] as const)(
	"row 3: rows listed %s, with more messages than a poll reads: the newest are told, none twice",
	async (order) => {
		const simulator = await floor.simulator({ switches: { messageOrder: order, sessionOrder: order } });
		const ann = simulator.customers.customer(customer);
		for (let number = 0; number < 45; number += 1) {
			ann.write(own.picture, `old ${String(number)}`);
			floor.clock.advance(1000);
		}
		const desk = await floor.desk(simulator);
		for (const text of ["one", "two"]) {
			floor.clock.advance(2000);
			ann.write(own.picture, text);
		}
		await desk.check();
		await desk.check();
		expect(desk.texts().filter((text) => !text.startsWith("old"))).toEqual(["one", "two"]);
		expect(desk.texts().filter((text) => text.startsWith("old"))).toEqual(["old 44"]);
		expect(desk.of("gap")).toEqual([]);
	},
);

test.each(["zeroBased", "oneBased", "ignored"] as const)(
	"row 3: %s start: pages of the past overlap, nothing twice and nothing left out that the server gives",
	async (start) => {
		const simulator = await floor.simulator({ switches: { start, messageIds: "hex" } });
		const ann = simulator.customers.customer(customer);
		const count = 1150;
		for (let number = 0; number < count; number += 1) {
			if (number % 3 === 0) floor.clock.advance(1000);
			ann.write(own.picture, `text ${String(number)}`);
		}
		const desk = await floor.desk(simulator);
		const read: string[] = [];
		let from: string | null = null;
		let pages = 0;
		do {
			const page: Awaited<ReturnType<typeof desk.session.history.page>> =
				await desk.session.history.page(smsKey, from, 200, desk.signal);
			read.push(...page.messages.flatMap((one) => (one.type === "message" ? [one.text] : [])));
			from = page.next;
			pages += 1;
		} while (from !== null && pages < 30);
		expect(from).toBeNull();
		expect(new Set(read).size).toBe(read.length);
		expect(read).toHaveLength(start === "ignored" ? 1000 : count);
		expect(read[0]).toMatch(/^text 114\d$/);
	},
);

test.each(["200accepted", "200message", "202accepted", "missing"] as const)(
	"row 4: POST U/messages answers %s: a text goes into a session with an id made here",
	async (startSession) => {
		const desk = await floor.both({ switches: { startSession } });
		const outcome = await desk.send(smsKey, "hello");
		expect(outcome.kind).toBe("accepted");
		await desk.seconds(9);
		expect(desk.simulator.ledger.count("hello")).toBe(1);
		expect(desk.simulator.journal.requests({ method: "POST", path: "/users/2500/messages" })).toEqual([]);
		expect(desk.bubbles.states).toEqual(["sent"]);
		expect(desk.bubbles.remoteIds).toEqual([desk.simulator.ledger.entries[0]?.messageId]);
	},
);

test.each(["200accepted", "200message", "202accepted"] as const)(
	"row 4: a session that answers 404 is gone: the server finds one, answering %s, and the text is found again",
	async (startSession) => {
		const desk = await floor.both({ switches: { startSession } });
		desk.simulator.faults.next({
			action: "status",
			status: 404,
			match: { method: "POST", path: /messagesessions\/[^/]+\/messages$/ },
		});
		const outcome = await desk.send(smsKey, "hello");
		expect(outcome.kind).toBe("accepted");
		await desk.seconds(9);
		expect(desk.simulator.ledger.count("hello")).toBe(1);
		expect(desk.bubbles.all).toHaveLength(1);
		expect(desk.bubbles.remoteIds).toEqual([desk.simulator.ledger.entries[0]?.messageId]);
	},
);

test("row 4: neither way is there: refused in the server's words, nothing is left in doubt", async () => {
	const desk = await floor.both({ switches: { startSession: "missing" } });
	desk.simulator.faults.next({
		action: "status",
		status: 404,
		match: { method: "POST", path: /messagesessions\/[^/]+\/messages$/ },
	});
	expect(await desk.send(smsKey, "hello")).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.refused", detail: "No Route Found [92]" },
	});
	expect(desk.simulator.ledger.entries).toEqual([]);
});

test.each(["kept", "replaced"] as const)(
	"row 5: an id made here is %s by the server: one conversation, and further texts go where the first went",
	async (clientSessionId) => {
		const desk = await floor.both({ switches: { clientSessionId } });
		await desk.send(smsKey, "first");
		await desk.send(smsKey, "second");
		await desk.seconds(9);
		desk.simulator.customers.customer(customer).write(own.picture, "answer");
		await desk.check();
		await desk.send(smsKey, "third");
		await desk.seconds(9);
		expect(new Set(desk.simulator.ledger.entries.map((entry) => entry.sessionId)).size).toBe(1);
		expect(desk.bubbles.texts).toEqual(["first", "second", "third"]);
		expect(desk.bubbles.states).toEqual(["sent", "sent", "sent"]);
		expect(desk.texts(smsKey)).toEqual(["answer"]);
		expect(new Set(desk.of("thread").map((event) => event.peer))).toEqual(new Set([smsKey]));
	},
);

test("row 5: two sessions with one customer are one conversation, read and written as such", async () => {
	const simulator = await floor.simulator();
	const number = simulator.company.number(own.picture);
	if (number === undefined) throw new Error("no number");
	const parties = {
		domain: "portal",
		kind: "sms" as const,
		smsNumber: own.picture,
		remotes: [customer],
		members: ["2500@portal"],
	};
	for (const letter of ["a", "b"]) {
		simulator.conversations.create(sessionId(letter), parties);
		simulator.exchange.receive({
			from: customer,
			to: own.picture,
			text: `in ${letter}`,
			sessionId: sessionId(letter),
		});
		floor.clock.advance(2000);
	}
	const desk = await floor.desk(simulator);
	const { heads } = await desk.session.history.heads(null, null, desk.signal);
	expect(heads.map((head) => head.peer)).toEqual([smsKey]);
	const { messages } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	expect(messages.map((one) => one.text)).toEqual(["in b", "in a"]);
	await desk.send(smsKey, "reply");
	await desk.seconds(3);
	// Into the one that was used last.
	expect(simulator.ledger.entries[0]?.sessionId).toBe(sessionId("b"));
	simulator.exchange.receive({
		from: customer,
		to: own.picture,
		text: "late a",
		sessionId: sessionId("a"),
	});
	await desk.check();
	expect(desk.texts(smsKey)).toContain("late a");
	expect(desk.of("threadGone")).toEqual([]);
});

test.each(["kept", "replaced"] as const)(
	"row 5: a new group whose id is %s: what is answered comes into the same conversation, also in the next run",
	async (clientSessionId) => {
		const desk = await floor.both({ switches: { clientSessionId } });
		const line = (await desk.session.lines(desk.signal)).find(({ medium }) => medium === "chat") ?? null;
		const thread = floor.provider.begin(
			{ addresses: ["1123", "1004"], line, title: "Team" },
			{
				random: { next: () => 0.3, uuid: () => "00000000-0000-4000-8000-00000000aaaa" },
				numbers: floor.numbers,
			},
		);
		await desk.send(thread.peer, "Hello team", { thread });
		await desk.seconds(9);
		const [entry] = desk.simulator.ledger.entries;
		expect(entry?.destinations).toEqual(["1123", "1004"]);
		desk.simulator.customers.user("1004@portal").chatIn(entry?.sessionId ?? "", "Hello Ann");
		await desk.check();
		expect(desk.texts(thread.peer)).toEqual(["Hello Ann"]);
		expect(desk.bubbles.all).toHaveLength(1);
		await desk.seconds(4);
		expect(desk.thread(thread.peer)?.facts.group?.title).toBe("Team");
		await desk.send(thread.peer, "Again");
		expect(desk.simulator.ledger.entries[1]?.sessionId).toBe(entry?.sessionId);
		const next = await floor.desk(desk.simulator, { kept: floor.kept });
		const { heads } = await next.session.history.heads(null, null, next.signal);
		expect(heads.map((head) => head.peer)).toEqual([thread.peer]);
	},
);

test("row 5: a new group can be renamed before it was listed, and its first name does not come back", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 500, most: 500 } } });
	const line = (await desk.session.lines(desk.signal)).find(({ medium }) => medium === "chat") ?? null;
	const thread = floor.provider.begin(
		{ addresses: ["1123", "1004"], line, title: "Team" },
		{
			random: { next: () => 0.3, uuid: () => "00000000-0000-4000-8000-00000000aaaa" },
			numbers: floor.numbers,
		},
	);
	await desk.send(thread.peer, "Hello team", { thread });
	const { threads } = desk.session;
	// Not even the server has it yet.
	await expect(threads.rename(thread.peer, "Crew", desk.signal)).rejects.toMatchObject({
		error: { code: "action.notOffered" },
	});
	await desk.until(() => desk.simulator.conversations.all.some(({ rows }) => rows.has("1004@portal")));
	await threads.rename(thread.peer, "Crew", desk.signal);
	await desk.seconds(12);
	expect(desk.thread(thread.peer)?.facts.group?.title).toBe("Crew");
	expect(desk.simulator.conversations.all.map(({ name }) => name)).toContain("Crew");
});

test("row 5: a new group that the server puts into one that is there: the text is found, further ones follow", async () => {
	const simulator = await floor.simulator({ switches: { clientSessionId: "replaced" } });
	simulator.customers.user("1123@portal").chat(["2500", "1004"], "We were here");
	const desk = await floor.desk(simulator);
	const known = desk.of("thread").find(({ facts }) => facts.medium === "groupChat");
	if (known === undefined) throw new Error("no group");
	const key = `group:${"f".repeat(32)}`;
	const thread = { ...known, peer: key };
	await desk.send(key, "New group", { thread });
	await desk.seconds(9);
	await desk.send(key, "And more", { thread });
	await desk.seconds(9);
	expect(desk.bubbles.all.map(({ state, clientId }) => [clientId, state])).toEqual([
		["c1", "sent"],
		["c2", "sent"],
	]);
	expect(new Set(simulator.ledger.entries.map((entry) => entry.sessionId)).size).toBe(1);
});

test.each([
	["sending", "sent"],
	["", "sent"],
	["queued", "sent"],
	["delivered", "delivered"],
	["undelivered", "sent"],
	["failed: rejected by carrier", "failed"],
	["ERROR 30006", "failed"],
] as const)("row 6: a status of %j is shown as %s", async (outboundStatus, state) => {
	const desk = await floor.both({ switches: { outboundStatus } });
	await desk.send(smsKey, "hello");
	await desk.seconds(9);
	expect(desk.bubbles.states).toEqual([state]);
	if (state === "failed")
		expect(desk.of("ownMessage")[0]?.problem).toEqual({
			code: "message.deliveryFailed",
			detail: outboundStatus,
		});
});

test("row 6: a status that changes later is told once, whatever was said before", async () => {
	const desk = await floor.both({
		switches: { laterStatus: { status: "failed: not a mobile number", afterMs: 20_000 } },
	});
	desk.session.attend({ focused: true, peer: smsKey });
	await desk.send(smsKey, "hello");
	await desk.seconds(10);
	expect(desk.bubbles.states).toEqual(["sent"]);
	await desk.later(20_000);
	await desk.seconds(6);
	expect(desk.bubbles.states).toEqual(["failed"]);
	expect(desk.of("ownMessage").filter((event) => event.state === "failed")).toHaveLength(1);
	expect(desk.bubbles.all).toHaveLength(1);
});

test.each(["works", "refused", "ignored"] as const)(
	"row 7: marking as read %s: best effort, never an error, and our own mark is no news",
	async (markRead) => {
		const desk = await floor.both({ switches: { markRead } });
		desk.simulator.customers.customer(customer).write(own.picture, "hello");
		await desk.check();
		await desk.session.threads.markRead(smsKey, true, desk.signal);
		await desk.check();
		expect(desk.of("read")).toEqual([]);
		const status = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"))[0]?.row
			.status;
		expect(status).toBe(markRead === "works" ? "read" : "unread");
		await desk.session.threads.markRead(smsKey, false, desk.signal);
		await desk.check();
		expect(desk.of("unread")).toEqual([]);
	},
);

test("row 7: what is read or marked unread on another device is heard of, with its time", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.check();
	const { at } = await desk.event("message");
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	if (listed === undefined) throw new Error("no row");
	listed.row.status = "read";
	await desk.check();
	expect(desk.of("read")).toEqual([{ type: "read", peer: smsKey, upTo: (at ?? 0) + 999 }]);
	listed.row.status = "unread";
	await desk.check();
	expect(desk.of("unread")).toEqual([{ type: "unread", peer: smsKey }]);
});

test("row 7: what was read elsewhere before it came here does not ring", async () => {
	const desk = await floor.both();
	const person = desk.simulator.customers.customer(customer);
	person.write(own.picture, "first");
	await desk.check();
	floor.clock.advance(2000);
	person.write(own.picture, "second");
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	if (listed !== undefined) listed.row.status = "read";
	await desk.check();
	expect(desk.of("message").map(({ text, read = false }) => [text, read])).toEqual([
		["first", false],
		["second", true],
	]);
});

test("row 8: mute is this computer's; the server's own is honoured as a fact of the conversation", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.check();
	expect(desk.thread(smsKey)?.facts.mutedThere).toBe(false);
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	if (listed !== undefined) listed.row.muted = true;
	await desk.check();
	expect(desk.thread(smsKey)?.facts.mutedThere).toBe(true);
	expect(desk.thread(smsKey)?.facts.actions).not.toContain("mute");
	desk.simulator.customers.customer(customer).write(own.picture, "still here");
	await desk.check();
	expect(desk.texts(smsKey)).toEqual(["hello", "still here"]);
});

test.each(["own", "everyone"] as const)(
	"row 9: deleting a chat removes the rows of %s: it is an action of one conversation, and then it is gone here",
	async (deleteScope) => {
		const desk = await floor.both({ switches: { deleteScope } });
		desk.simulator.customers.user("1123@portal").chat("2500", "hello");
		await desk.check();
		expect(desk.thread(chatKey)?.facts.actions).toEqual(["delete"]);
		await desk.session.threads.act(chatKey, "delete", desk.signal);
		await desk.check();
		await desk.check();
		expect(desk.of("threadGone")).toEqual([{ type: "threadGone", peer: chatKey }]);
		desk.simulator.customers.user("1123@portal").chat("2500", "are you there?");
		await desk.check();
		expect(desk.texts(chatKey)).toEqual(["hello", "are you there?"]);
		expect(desk.events.at(-1)?.type).toBe("message");
		expect(desk.thread(chatKey)?.facts.actions).toEqual(["delete"]);
	},
);

test("row 4 and row 5: a text that is sent again by the person is a second one", async () => {
	const desk = await floor.both();
	const clientId = asClientMessageId("mine");
	desk.simulator.faults.next({ action: "resetBefore", match: { method: "POST", path: /\/messages$/ } });
	expect((await desk.send(smsKey, "hello", { clientId })).kind).toBe("unknown");
	await desk.seconds(9);
	expect(desk.bubbles.states).toEqual(["unknown"]);
	expect((await desk.send(smsKey, "hello", { clientId })).kind).toBe("accepted");
	await desk.seconds(9);
	expect(desk.simulator.ledger.count("hello")).toBe(1);
	expect(desk.bubbles.all).toHaveLength(1);
	expect(desk.bubbles.states).toEqual(["sent"]);
});
