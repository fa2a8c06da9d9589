import { expect } from "vitest";
import type { Suite } from "../kit/suite.ts";

const longPast = Array.from({ length: 130 }, (_, index) => `line ${String(index + 1)}`);

/** What was there before, and reading back to the beginning. */
export function listAndPage({ spec, sample }: Suite): void {
	if (sample.facts.past) {
		spec("list: what was there is there once, in order, and does not ring", async ({ world, desk }) => {
			const [first, second] = world.people;
			await world.past(first, ["one", "two", "two"]);
			await world.past(second, ["eins"]);
			await desk.online();
			await desk.hears(first, "one");
			await desk.hears(second, "eins");
			await desk.rest();
			expect(await desk.heard(first)).toEqual(["one", "two", "two"]);
			expect(await desk.heard(second)).toEqual(["eins"]);
			// At most a silent word for each conversation that has something unread.
			const loud = desk.outside.notifier.shown.filter(({ content }) => !content.silent);
			expect([loud, desk.rung <= 2]).toEqual([[], true]);
			expect((await desk.snapshot()).conversations).toHaveLength(2);
		});

		spec("page: back to the beginning, in order, nothing twice", async ({ world, desk }) => {
			const [person] = world.people;
			await world.past(person, longPast);
			await desk.online();
			await desk.hears(person, "line 130");
			await desk.rest();
			const texts = (await desk.scrolled(person)).flatMap((entry) =>
				entry.kind === "message" ? [entry.text] : [],
			);
			expect(texts).toEqual(longPast);
			expect(await desk.heard(person)).toEqual(longPast);
		});
	} else {
		spec("list: a system without a past tells nothing of before", async ({ world, desk }) => {
			await world.past(world.people[0], ["one"]);
			await desk.online();
			await desk.rest();
			expect((await desk.snapshot()).conversations).toEqual([]);
			expect(world.provider.capabilities.history).toBe(false);
		});
	}

	spec("page: what came in this run is scrolled through without asking the server twice", async (run) => {
		const { world, desk } = run;
		const [person] = world.people;
		await desk.online();
		const texts = Array.from({ length: 70 }, (_, index) => `text ${String(index)}`);
		for (const text of texts) await world.write(person, text);
		await desk.hears(person, "text 69");
		await desk.rest();
		const shown = (await desk.scrolled(person)).flatMap((entry) =>
			entry.kind === "message" ? [entry.text] : [],
		);
		expect(shown).toEqual(texts);
		expect((await desk.conversation(person)).unread).toBe(70);
	});

	spec(
		"list: started again, nothing is doubled, and what came meanwhile is told",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "before");
			await desk.hears(person, "before");
			const entry = await desk.send(person, "answer");
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			const again = await desk.again();
			// Without a past only those are told who are there to hear it.
			if (!world.facts.past) await again.ready();
			await world.write(person, "meanwhile");
			await again.ready();
			await again.hears(person, "meanwhile");
			await again.rest();
			const shown = (await again.messages(person)).map(({ direction, text }) => `${direction} ${text}`);
			expect(shown).toEqual(["in before", "out answer", "in meanwhile"]);
			expect(world.accepted()).toEqual(["answer"]);
		},
	);
}
