import { expect } from "vitest";
import type { Suite } from "../kit/suite.ts";

/** Sending: once, in order, and the truth about what became of it. */
export function send({ spec }: Suite): void {
	spec("send: arrives once, and is shown once, as sent", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		const entry = await desk.send(person, "Good morning");
		const sent = await desk.settles(entry, "sent", "delivered");
		await desk.rest();
		expect(world.accepted()).toEqual(["Good morning"]);
		expect((await desk.messages(person)).map(({ id, direction }) => [id, direction])).toEqual([
			[entry.id, "out"],
		]);
		expect(sent.delivery?.problem).toBe(null);
		expect((await desk.entry(entry)).remoteId === null).toBe(!world.facts.remoteIds);
		expect((await desk.conversation(person)).unread).toBe(0);
		expect(desk.rung).toBe(0);
	});

	spec("send: several at once leave in the order in which they were written", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		const texts = ["one", "two", "three", "three", "four"];
		const entries = [];
		for (const text of texts) entries.push(await desk.send(person, text));
		for (const entry of entries) await desk.settles(entry, "sent", "delivered");
		await desk.rest();
		expect(world.accepted()).toEqual(texts);
		expect((await desk.messages(person)).map(({ text }) => text)).toEqual(texts);
		expect((await desk.messages(person)).map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
	});

	spec("send: to two people, each their own", async ({ world, desk }) => {
		const [first, second] = world.people;
		await desk.online();
		const one = await desk.send(first, "to the first");
		await desk.settles(one, "sent", "delivered");
		await world.write(second, "I am the second");
		await desk.hears(second, "I am the second");
		const two = await desk.send(second, "to the second");
		await desk.settles(two, "sent", "delivered");
		await desk.rest();
		expect(world.accepted()).toEqual(["to the first", "to the second"]);
		expect((await desk.messages(first)).map(({ text }) => text)).toEqual(["to the first"]);
		expect((await desk.messages(second)).map(({ text }) => text)).toEqual([
			"I am the second",
			"to the second",
		]);
	});

	spec(
		"send: what the server refuses failed, in its words, and goes when it is tried again",
		async (run) => {
			const { world, desk } = run;
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			const { status, body, contentType } = world.facts.refusal;
			const fault = {
				action: "body",
				status,
				body,
				processed: false,
				...(contentType === undefined ? {} : { contentType }),
			} as const;
			world.server.faults.next({ ...fault, match: world.sends });
			const entry = await desk.send(person, "try me");
			const { delivery } = await desk.settles(entry, "failed");
			expect(delivery?.problem).not.toBe(null);
			expect(delivery?.retryAllowed).toBe(true);
			await desk.rest();
			expect(world.accepted()).toEqual([]);
			expect(
				await desk.passing(desk.core.handlers["messages.retry"]({ entryId: entry.id })),
			).toMatchObject({
				ok: true,
			});
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.accepted()).toEqual(["try me"]);
			expect((await desk.messages(person)).map(({ text }) => text)).toEqual(["hello", "try me"]);
		},
	);

	spec(
		"send: during an outage it waits, and leaves once when there is a way again",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			await world.cut();
			const entry = await desk.send(person, "are you there?");
			await world.time.pass(world.facts.outageMs);
			expect((await desk.entry(entry)).delivery?.state).toMatch(/^(?:queued|waiting)$/);
			expect(world.accepted()).toEqual([]);
			await world.restore();
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.accepted()).toEqual(["are you there?"]);
			expect((await desk.messages(person)).map(({ text }) => text)).toEqual([
				"hello",
				"are you there?",
			]);
		},
	);

	spec("send: nothing to say is not sent", async ({ world, desk }) => {
		await desk.online();
		const refused = await desk.trySending(world.people[0], "  \n ");
		expect(refused).toMatchObject({ ok: false, error: { code: "message.empty" } });
		await desk.rest();
		expect(world.accepted()).toEqual([]);
	});
}
