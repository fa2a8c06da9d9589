import { expect } from "vitest";
import type { FaultAction } from "../../../practice/server/faults.ts";
import type { Suite } from "../kit/suite.ts";

/** Sends of which nobody knows at first whether they arrived: never twice on the server, never two bubbles. */
export function unknownOutcome({ spec }: Suite): void {
	const arrived: readonly (readonly [string, FaultAction])[] = [
		["the connection breaks in place of the reply", { action: "resetAfter" }],
		["the reply never comes", { action: "hangAfter" }],
		["the reply breaks off in its middle", { action: "malformed" }],
		[
			"a page of a proxy comes in place of the reply",
			{ action: "body", body: "<html>", contentType: "text/html", status: 502 },
		],
	];
	for (const [name, fault] of arrived)
		spec(`unknown outcome: ${name}; it arrived, and is settled by what the server tells`, async (run) => {
			const { world, desk } = run;
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			world.server.faults.next({ ...fault, match: world.sends });
			const entry = await desk.send(person, "did it arrive?");
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.accepted()).toEqual(["did it arrive?"]);
			const shown = await desk.messages(person);
			expect(shown.map(({ text }) => text)).toEqual(["hello", "did it arrive?"]);
			expect(shown[1]?.id).toBe(entry.id);
		});

	spec("unknown outcome: two equal texts, the reply to the first is lost", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		await world.write(person, "hello");
		await desk.hears(person, "hello");
		world.server.faults.next({ action: "resetAfter", match: world.sends });
		const first = await desk.send(person, "same");
		const second = await desk.send(person, "same");
		await desk.settles(first, "sent", "delivered");
		await desk.settles(second, "sent", "delivered");
		await desk.rest();
		expect(world.accepted()).toEqual(["same", "same"]);
		expect((await desk.messages(person)).map(({ text }) => text)).toEqual(["hello", "same", "same"]);
	});

	spec(
		"unknown outcome: it did not arrive; the person decides, and then it goes once",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			world.server.faults.next({ action: "resetBefore", match: world.sends });
			const entry = await desk.send(person, "lost on the way");
			const { delivery } = await desk.settles(entry, "unknown");
			expect(delivery?.problem).not.toBe(null);
			await desk.rest();
			expect(world.accepted()).toEqual([]);
			expect((await desk.entry(entry)).delivery?.state).toBe("unknown");
			const again = desk.core.handlers["messages.sendAgain"]({ entryId: entry.id });
			expect(await desk.passing(again)).toMatchObject({ ok: true });
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.accepted()).toEqual(["lost on the way"]);
			expect((await desk.messages(person)).map(({ text }) => text)).toEqual([
				"hello",
				"lost on the way",
			]);
		},
	);

	spec(
		"unknown outcome: a failing server that did nothing; nothing is sent twice",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			world.server.faults.next({ action: "status", status: 500, match: world.sends });
			const entry = await desk.send(person, "500");
			const { delivery } = await desk.settles(entry, "unknown", "failed", "sent", "delivered");
			await desk.rest();
			if (delivery?.state === "unknown" || delivery?.state === "failed") {
				expect(world.accepted()).toEqual([]);
				const { handlers } = desk.core;
				const input = { entryId: entry.id };
				const again =
					delivery.state === "failed" ? handlers["messages.retry"] : handlers["messages.sendAgain"];
				expect(await desk.passing(again(input))).toMatchObject({ ok: true });
				await desk.settles(entry, "sent", "delivered");
			}
			await desk.rest();
			expect(world.accepted()).toEqual(["500"]);
			expect((await desk.messages(person)).map(({ text }) => text)).toEqual(["hello", "500"]);
		},
	);

	spec("echo: the message is in the news before its reply; one bubble", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		await world.write(person, "hello");
		await desk.hears(person, "hello");
		world.echoFirst();
		await desk.look(person);
		const entry = await desk.send(person, "echoed");
		await desk.settles(entry, "sent", "delivered");
		await desk.rest();
		expect(world.accepted()).toEqual(["echoed"]);
		const shown = await desk.messages(person);
		expect(shown.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
			"in hello",
			"out echoed",
		]);
		expect(shown[1]?.id).toBe(entry.id);
		expect((await desk.entry(entry)).delivery?.state).toMatch(/^(?:sent|delivered)$/);
	});

	spec("echo: the same words from elsewhere are another message", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		await world.write(person, "hello");
		await desk.hears(person, "hello");
		const entry = await desk.send(person, "same words");
		await desk.settles(entry, "sent", "delivered");
		await desk.rest();
		await world.writeElsewhere(person, "same words");
		await desk.must("both are here", async () => (await desk.messages(person)).length === 3);
		await desk.rest();
		expect((await desk.messages(person)).map(({ text }) => text)).toEqual([
			"hello",
			"same words",
			"same words",
		]);
	});
}
