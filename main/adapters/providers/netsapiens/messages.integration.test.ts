import { afterEach, expect, test } from "vitest";
import { Floor, chatKey, customer, other, own, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("a text from outside: the conversation is told before its first message", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.later(20_000 * 1.2);
	const message = await desk.event("message");
	expect(message).toMatchObject({ peer: smsKey, text: "hello", catchUp: false, stretch: null });
	expect(message.remoteId).not.toBeNull();
	expect(message.at).not.toBeNull();
	const order = desk.events.map((event) => event.type);
	expect(order.indexOf("thread")).toBeLessThan(order.indexOf("message"));
	expect(desk.thread(smsKey)).toMatchObject({
		address: `+${customer}`,
		formatted: "(714) 555-0353",
		name: null,
		facts: {
			medium: "sms",
			line: { id: `sms:${own.picture}`, label: "(858) 555-0626" },
			group: null,
			attachments: { mostBytes: 600_000 },
			actions: ["delete"],
		},
	});
});

test("a text is sent: one bubble, the server's id, one message at the customer", async () => {
	const desk = await floor.both();
	expect(await desk.send(smsKey, "Good morning")).toEqual({ kind: "accepted", remoteId: null, at: null });
	await desk.seconds(1);
	expect(desk.simulator.customers.customer(customer).texts).toEqual(["Good morning"]);
	await desk.seconds(9);
	await desk.check();
	expect(desk.bubbles.all).toEqual([
		{
			clientId: "c1",
			remoteId: desk.simulator.ledger.entries[0]?.messageId,
			text: "Good morning",
			state: "sent",
		},
	]);
	expect(desk.of("ownMessage")).toHaveLength(1);
});

test("chat with a colleague, both ways", async () => {
	const desk = await floor.both();
	await desk.send(chatKey, "Lunch?");
	await desk.seconds(1);
	desk.simulator.customers.user("1123@portal").chat("2500", "At noon");
	await desk.check();
	expect(desk.texts(chatKey)).toEqual(["At noon"]);
	expect(desk.bubbles.states).toEqual(["sent"]);
	expect(desk.thread(chatKey)).toMatchObject({
		formatted: "1123",
		name: "Will Clark",
		facts: { medium: "chat" },
	});
	expect(desk.simulator.ledger.entries[0]?.destinations).toEqual(["1123"]);
});

test("a group of numbers", async () => {
	const desk = await floor.both();
	const key = `groupsms:${own.picture}:${[customer, other].sort().join(",")}`;
	await desk.send(key, "Hello both");
	await desk.seconds(3);
	expect(desk.simulator.customers.customer(other).texts).toEqual(["Hello both"]);
	desk.simulator.customers.customer(customer).groupText(own.picture, [other], "Hello all");
	await desk.check();
	expect(desk.texts(key)).toEqual(["Hello all"]);
	expect(desk.of("message")[0]?.author).toBe("(714) 555-0353");
	expect(desk.thread(key)?.facts).toMatchObject({ medium: "groupSms", group: { changeable: false } });
	expect(desk.bubbles.all).toHaveLength(1);
});
