import { afterEach, expect, test } from "vitest";
import type { NetsapiensSwitches } from "../../../../practice/netsapiens/switches.ts";
import { type Desk, Floor, chatKey, customer, other, own, pixel, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

/** A day of work, whatever way the server writes: the same comes of it. */
async function aDay(desk: Desk): Promise<unknown> {
	const { customers } = desk.simulator;
	customers.customer(customer).write(own.picture, "hello");
	await desk.check();
	floor.clock.advance(2000);
	customers.customer(customer).write(own.picture, "5", { mimeType: "image/png", bytes: pixel });
	customers.user("1123@portal").chat("2500", "lunch?");
	customers.user("1123@portal").chat(["2500", "1004"], "team");
	customers.customer(customer).groupText(own.picture, [other], "both");
	await desk.check();
	await desk.send(smsKey, "good morning");
	await desk.send(chatKey, "yes");
	await desk.seconds(9);
	await desk.check();
	const { messages } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	return {
		in: desk
			.of("message")
			.map(({ peer, text, files }) => [peer.replace(/^group:.*/, "group"), text, files?.length ?? 0])
			.sort((one, two) => String(one).localeCompare(String(two))),
		out: desk.bubbles.all.map(({ text, state, remoteId }) => [text, state, remoteId !== null]),
		past: messages.map(({ text }) => text).sort(),
		lines: (await desk.session.lines(desk.signal)).map(({ id, recipients }) => [id, recipients]),
		names: [desk.thread(chatKey)?.name],
	};
}

const usual = {
	in: [
		[chatKey, "lunch?", 0],
		["group", "team", 0],
		[`groupsms:${own.picture}:${other},${customer}`, "both", 0],
		[smsKey, "5", 1],
		[smsKey, "hello", 0],
	],
	out: [
		["good morning", "sent", true],
		["yes", "sent", true],
	],
	past: ["5", "good morning", "hello"],
	lines: [
		[`sms:${own.picture}`, "group"],
		[`sms:${own.plain}`, "one"],
		["ext:2500@portal", "group"],
	],
	names: ["Will Clark"],
};

test.each<[string, Partial<NetsapiensSwitches>]>([
	["the vendor's examples", {}],
	["1.5(1): numbers as texts", { numericStrings: "never" }],
	["1.5(1): texts as numbers wherever that can be", { numericStrings: "lossy" }],
	["1.5(2): one row alone", { singleRowAsObject: true }],
	["1.5(2): errors with 200", { listErrorsWith200: true, emptyList: "404" }],
	["1.5(3): null", { emptyValue: "null" }],
	["1.5(3): empty texts", { emptyValue: "text" }],
	["1.5(3): missing keys", { emptyValue: "missing" }],
	["1.5(4): the schema's time names", { timeNames: "datetime" }],
	["1.5(5): times with an offset", { timeFormat: "offset" }],
	["1.5(5): times with a fraction", { timeFormat: "fraction" }],
	["1.5(6): the media key without its space", { spaceAfterMediaKey: false }],
	["2.2: ids as integers", { messageIds: "integer" }],
	["2.2: ids as UUIDs", { messageIds: "uuid" }],
	["3.1: an empty mailbox is null", { emptyList: "null" }],
	["3.1: an empty mailbox is an object", { emptyList: "object" }],
	["3.1: an empty mailbox is 404", { emptyList: "404" }],
	["6.1: flags as words", { booleans: "yesNo" }],
	["6.1: flags as numbers", { booleans: "number" }],
	["6.1: flags as digits", { booleans: "numberText" }],
	["44.x", { generation: 44, timeNames: "datetime" }],
	["1.2: routes that are not there, as a text", { generation: 44, noRoute: "text" }],
	["1.2: routes that are not there, with 200", { generation: 44, noRoute: "text200" }],
	[
		"everything at once",
		{
			numericStrings: "lossy",
			singleRowAsObject: true,
			emptyValue: "missing",
			timeNames: "datetime",
			timeFormat: "offset",
			booleans: "numberText",
			emptyList: "null",
			messageOrder: "unsorted",
			messageCopies: 2,
			clientSessionId: "replaced",
			generation: 44,
		},
	],
])("a day with %s", async (_what, switches) => {
	const desk = await floor.both({ switches });
	expect(await aDay(desk)).toEqual(usual);
	expect(desk.of("connection").map(({ state }) => state)).toEqual(["online"]);
	expect(desk.of("threadGone")).toEqual([]);
	expect(desk.mostReads).toBeLessThanOrEqual(2);
});

const naughty = [
	"<script>alert(1)</script>",
	"__proto__",
	"constructor",
	"\u202e\u0000\ud800 lone",
	"😀".repeat(2000),
	"' OR 1=1 --",
	"%s%n",
	"null",
	"true",
	"[]",
	"{}",
	"1e400",
	"",
];

test("hostile texts, in and out: nothing crashes and none is lost", async () => {
	const desk = await floor.both({ switches: { numericStrings: "lossy" } });
	const person = desk.simulator.customers.customer(customer);
	for (const text of naughty) {
		floor.clock.advance(1000);
		person.write(own.picture, text);
	}
	await desk.check();
	expect(desk.texts()).toHaveLength(naughty.length);
	const sent = naughty.filter((text) => text !== "");
	for (const text of sent) expect((await desk.send(smsKey, text)).kind).toBe("accepted");
	await desk.seconds(9);
	expect(desk.bubbles.states).toEqual(sent.map(() => "sent"));
	expect(desk.bubbles.remoteIds.every((id) => id !== null)).toBe(true);
});

const oddRows = JSON.stringify([
	null,
	5,
	"row",
	[],
	{},
	{ "messagesession-id": null },
	{ "messagesession-id": { a: 1 } },
	{ "messagesession-id": "x".repeat(32), __proto__: { a: 1 }, constructor: 1 },
	{ "messagesession-id": "a1", "messagesession-remote": [], "messagesession-last-datetime": "yesterday" },
	{ "messagesession-id": 1e30, "messagesession-remote": "17140000000", "messagesession-sms-number": true },
	{
		"messagesession-id": "../../users/1004",
		"messagesession-remote": "1123@portal",
		"messagesession-last-status": "unread",
		"messagesession-last-datetime": "2023-10-05 17:35:15",
	},
]).replace('"constructor":1', '"constructor":1,"__proto__":{"polluted":true}');

test("rows that make no sense are left out, and the others stay", async () => {
	const desk = await floor.both();
	const path = { path: "/messagesessions" };
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.check();
	desk.simulator.faults.next({ action: "body", body: oddRows, match: path });
	await desk.session.check(desk.signal).catch(() => undefined);
	await desk.quiet();
	expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
	// An id is a part of a path and no way out of it.
	const asked = desk.simulator.journal.requests().map((request) => request.path);
	expect(asked.filter((one) => /users\/1004\/messages|\.\./.test(one))).toEqual([]);
	desk.simulator.customers.customer(customer).write(own.picture, "still here");
	await desk.check();
	await desk.check();
	expect(desk.texts(smsKey)).toEqual(["hello", "still here"]);
});

test.each(["not json", "<html></html>", '{"a":', "[".repeat(100_000), `{"a":"${"x".repeat(9_000_000)}"}`])(
	"an answer that is none (%#) is an outage of the list, and then all is well",
	async (body) => {
		const desk = await floor.both();
		desk.simulator.customers.customer(customer).write(own.picture, "hello");
		desk.simulator.faults.next({ action: "body", body, match: { path: "/messagesessions" } });
		await expect(desk.session.check(desk.signal)).rejects.toMatchObject({
			error: { code: expect.stringMatching(/^http\.malformed$|^network\.tooLarge$/) as unknown },
		});
		await desk.check();
		expect(desk.texts()).toEqual(["hello"]);
		expect(desk.of("connection").at(-1)?.state).toBe("online");
	},
);

test("a session that cannot be read does not keep the others from being read", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	desk.simulator.customers.customer(other).write(own.picture, "hello too");
	desk.simulator.faults.next({
		action: "status",
		status: 404,
		match: { method: "GET", path: "/messages" },
	});
	await desk.check();
	expect(desk.texts()).toHaveLength(1);
});

test("message rows without id or time are told once", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	const row = { type: "sms", direction: "orig", text: "bare", "from-number": 17145550353 };
	const body = JSON.stringify([row, { ...row, text: 12.5, timestamp: "never" }, row]);
	desk.simulator.faults.next({
		action: "body",
		body,
		times: 2,
		match: { method: "GET", path: "/messages" },
	});
	await desk.check();
	await desk.check();
	const bare = desk.of("message").filter(({ text }) => text !== "hello");
	expect(bare.map(({ text }) => text).sort()).toEqual(["12.5", "bare"]);
	for (const { remoteId, at } of bare) {
		expect(remoteId).not.toBeNull();
		expect(at).not.toBeNull();
	}
});
