import { afterEach, expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { type Desk, Floor, chatKey, customer, own, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

const posts = { method: "POST", path: /\/messages$/ };
const agent = "Mozilla/5.0 (portal)";

/** Somebody signed in as the same agent writes from the portal. */
function fromPortal(desk: Desk, text: string): void {
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	if (listed === undefined) throw new Error("no conversation");
	desk.simulator.exchange.say(desk.simulator.company.user("2500@portal"), listed.conversation, {
		type: "sms",
		text,
		direction: "term",
		fromNumber: own.picture,
		dialed: customer,
		recipientNumber: customer,
		fromAgent: agent,
	});
}

async function inTalk(desk: Desk): Promise<void> {
	desk.simulator.customers.customer(customer).write(own.picture, "hi");
	await desk.check();
	floor.clock.advance(2000);
}

test("the effect comes late: found by the re-reads, one bubble", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 6000, most: 6000 } } });
	await desk.send(smsKey, "slow");
	await desk.seconds(4);
	expect(desk.bubbles.remoteIds).toEqual([null]);
	await desk.seconds(6);
	expect(desk.bubbles.remoteIds).toEqual([desk.simulator.ledger.entries[0]?.messageId]);
	expect(desk.bubbles.all).toHaveLength(1);
});

test("the effect comes after all re-reads: found by the poll, one bubble", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 60_000, most: 60_000 } } });
	await desk.send(smsKey, "very slow");
	await desk.seconds(10);
	await desk.later(60_000);
	await desk.check();
	expect(desk.bubbles.all).toMatchObject([
		{ clientId: "c1", remoteId: desk.simulator.ledger.entries[0]?.messageId, state: "sent" },
	]);
});

test("the reply is lost: unknown, and then found where the server has it", async () => {
	const desk = await floor.both();
	desk.simulator.faults.next({ action: "resetAfter", match: posts });
	expect((await desk.send(smsKey, "hello")).kind).toBe("unknown");
	await desk.seconds(2);
	expect(desk.bubbles.all).toMatchObject([
		{ clientId: "c1", remoteId: desk.simulator.ledger.entries[0]?.messageId, state: "sent" },
	]);
	expect(desk.simulator.ledger.count("hello")).toBe(1);
});

test("the reply is lost and core asks the past: the message there says whose it is", async () => {
	const desk = await floor.both();
	await inTalk(desk);
	desk.simulator.faults.next({ action: "resetAfter", match: posts });
	expect((await desk.send(smsKey, "007")).kind).toBe("unknown");
	const { messages } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	expect(messages[0]).toMatchObject({ type: "ownMessage", text: "007", clientId: "c1" });
});

test("unknown and not there: it stays unknown, and nothing is sent by itself", async () => {
	const desk = await floor.both();
	desk.simulator.faults.next({ action: "resetBefore", match: posts });
	expect((await desk.send(smsKey, "hello")).kind).toBe("unknown");
	await desk.seconds(10);
	await desk.check();
	expect(desk.bubbles.states).toEqual(["unknown"]);
	expect(desk.simulator.ledger.entries).toEqual([]);
});

test.each([500, 502, 504])("HTTP %i: nobody knows", async (status) => {
	const desk = await floor.both();
	desk.simulator.faults.next({ action: "status", status, match: posts });
	expect((await desk.send(smsKey, "hello")).kind).toBe("unknown");
});

test("a page of a proxy with status 200 is no yes", async () => {
	const desk = await floor.both();
	desk.simulator.faults.next({
		action: "body",
		body: "<html>Please sign in</html>",
		contentType: "text/html",
		processed: false,
		match: posts,
	});
	expect((await desk.send(smsKey, "hello")).kind).toBe("unknown");
});

test("an empty 200 is a yes; an error object with 200 is a no", async () => {
	const desk = await floor.both();
	desk.simulator.faults.next({ action: "body", body: "", match: posts });
	expect((await desk.send(smsKey, "one")).kind).toBe("accepted");
	desk.simulator.faults.next({
		action: "body",
		body: '{"code":403,"message":"Permission Denied"}',
		processed: false,
		match: posts,
	});
	expect(await desk.send(smsKey, "two")).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: "Permission Denied" },
	});
});

test("nobody listens: certainly not sent, to be tried again by itself", async () => {
	const desk = await floor.both();
	await desk.simulator.network.cut("refuse");
	expect(await desk.send(smsKey, "hello")).toMatchObject({ kind: "rejected", retry: "automatic" });
});

test("the poll sees the message before the reply comes: one bubble, accepted with its id", async () => {
	const desk = await floor.both();
	await inTalk(desk);
	desk.simulator.faults.next({ action: "slow", chunkBytes: 1, everyMs: 20, match: posts });
	const sending = desk.send(smsKey, "hello");
	await desk.simulator.journal.waitFor(
		(entry) => entry.kind === "request" && entry.method === "POST" && entry.path.endsWith("/messages"),
	);
	await desk.session.check(desk.signal);
	await desk.event("ownMessage", ({ text }) => text === "hello");
	const outcome = await sending;
	expect(outcome).toMatchObject({
		kind: "accepted",
		remoteId: desk.simulator.ledger.entries[0]?.messageId,
	});
	await desk.seconds(9);
	expect(desk.bubbles.all).toMatchObject([{ clientId: "c1", state: "sent" }]);
});

test("two equal texts: two bubbles, two messages, each its own", async () => {
	const desk = await floor.both();
	await desk.send(smsKey, "ok");
	await desk.send(smsKey, "ok");
	await desk.seconds(9);
	const ids = desk.simulator.ledger.entries.map(({ messageId }) => messageId);
	expect(ids).toHaveLength(2);
	expect(new Set(desk.bubbles.remoteIds)).toEqual(new Set(ids));
	expect(desk.bubbles.all).toHaveLength(2);
});

test("the same text to two people is told apart", async () => {
	const desk = await floor.both();
	await desk.send(smsKey, "ok");
	await desk.send(chatKey, "ok");
	await desk.seconds(9);
	const [first, second] = desk.simulator.ledger.entries;
	expect(desk.bubbles.remoteIds).toEqual([first?.messageId, second?.messageId]);
});

test("the same text from the portal before ours: each bubble gets its own", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 2000, most: 2000 } } });
	await inTalk(desk);
	await desk.send(smsKey, "ok");
	fromPortal(desk, "ok");
	await desk.seconds(12);
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	const rows = listed?.conversation.messages.filter(({ text }) => text === "ok") ?? [];
	expect(rows).toHaveLength(2);
	const ours = rows.find(({ fromAgent }) => fromAgent !== agent)?.id;
	const theirs = rows.find(({ fromAgent }) => fromAgent === agent)?.id;
	expect(desk.bubbles.all.map(({ clientId, remoteId }) => [clientId, remoteId])).toEqual([
		["c1", ours],
		[null, theirs],
	]);
});

test("the same text from the portal while ours is in doubt and lost: the doubt stays one", async () => {
	const desk = await floor.both();
	await inTalk(desk);
	desk.simulator.faults.next({ action: "resetBefore", match: posts });
	await desk.send(smsKey, "ok");
	fromPortal(desk, "ok");
	await desk.seconds(10);
	await desk.check();
	expect(desk.bubbles.all.map(({ clientId, state }) => [clientId, state])).toEqual([
		["c1", "unknown"],
		[null, "sent"],
	]);
});

test("a text in doubt that was lost, and an equal one that arrived: the doubt stays one", async () => {
	const desk = await floor.both();
	await inTalk(desk);
	desk.simulator.faults.next({ action: "resetBefore", match: posts });
	await desk.send(smsKey, "ok");
	await desk.send(smsKey, "ok");
	await desk.seconds(10);
	expect(desk.bubbles.states).toEqual(["unknown", "sent"]);
	expect(desk.simulator.ledger.count("ok")).toBe(1);
});

test("a server that does not keep our name: found all the same, when nothing better has come", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 500, most: 500 } } });
	await inTalk(desk);
	await desk.send(smsKey, "ok");
	await desk.later(600);
	const [listed] = desk.simulator.conversations.rowsOf(desk.simulator.company.user("2500@portal"));
	const message = listed?.conversation.messages.at(-1);
	if (message === undefined) throw new Error("no message");
	Object.assign(message, { fromAgent: "ns-api gateway" });
	await desk.seconds(10);
	expect(desk.bubbles.all).toMatchObject([{ clientId: "c1", remoteId: message.id, state: "sent" }]);
});

test("an equal text of yesterday is not the one that was sent just now", async () => {
	const simulator = await floor.simulator();
	const first = await floor.desk(simulator);
	await inTalk(first);
	await first.send(smsKey, "ok");
	await first.seconds(9);
	floor.clock.advance(3_600_000);
	const desk = await floor.desk(simulator);
	simulator.faults.next({ action: "resetBefore", match: posts });
	await desk.send(smsKey, "ok", { clientId: asClientMessageId("today") });
	await desk.seconds(10);
	await desk.check();
	const { messages } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	expect(messages.map((one) => ("clientId" in one ? one.clientId : null))).toEqual([null, null]);
	expect(desk.bubbles.all.find(({ clientId }) => clientId === "today")?.state).toBe("unknown");
});

test("what was written on the portal is ours too, once", async () => {
	const desk = await floor.both();
	await inTalk(desk);
	fromPortal(desk, "from my telephone");
	await desk.check();
	await desk.check();
	expect(desk.of("ownMessage")).toMatchObject([{ text: "from my telephone", state: "sent" }]);
	expect(desk.of("ownMessage")[0]).not.toHaveProperty("clientId");
});

test("a text for a time to come is refused; so is one before the account is online", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator, { settle: false });
	expect(await desk.send(smsKey, "hello")).toEqual({ kind: "notYet", reason: "offline" });
	expect(await desk.send(smsKey, "hello", { at: 1 })).toMatchObject({
		error: { code: "schedule.notOffered" },
	});
	expect(simulator.ledger.entries).toEqual([]);
});

test("a token that runs out in mid-flight: many requests, one renewal, every text once", async () => {
	const desk = await floor.both();
	desk.simulator.tokens.expireAccess();
	const outcomes = await Promise.all([
		desk.send(smsKey, "one"),
		desk.send(chatKey, "two"),
		desk.session.check(desk.signal),
		desk.session.search("will", desk.signal),
	]);
	expect(outcomes.slice(0, 2)).toMatchObject([{ kind: "accepted" }, { kind: "accepted" }]);
	expect(desk.simulator.tokens.refreshes).toBe(1);
	expect(desk.simulator.ledger.texts().sort()).toEqual(["one", "two"]);
});

test("the app is left right after a send: the text gets its id before the end", async () => {
	const desk = await floor.both({ switches: { effectDelayMs: { least: 300, most: 300 } } });
	await desk.send(smsKey, "bye");
	await desk.session.close({ deadlineMs: 3000 });
	await desk.end();
	expect(desk.bubbles.all).toMatchObject([
		{ clientId: "c1", remoteId: desk.simulator.ledger.entries[0]?.messageId, state: "sent" },
	]);
	expect(await desk.send(smsKey, "too late")).toEqual({ kind: "notYet", reason: "offline" });
});

test("the app is left while the server says nothing: within the deadline", async () => {
	const desk = await floor.both();
	desk.simulator.faults.next({ action: "hang", times: 50, match: { method: "GET" } });
	await desk.send(smsKey, "bye");
	const begun = performance.now();
	await desk.session.close({ deadlineMs: 500 });
	await desk.end();
	expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
	desk.simulator.faults.clear();
});
