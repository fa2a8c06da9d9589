import { expect } from "vitest";
import type { Desk } from "../kit/desk.ts";
import type { Suite } from "../kit/suite.ts";

/** What is told twice, and what could not be told. */
export function duplicatesAndGaps({ spec, sample }: Suite): void {
	spec(
		"duplicates: what is told twice is one message, where messages have ids",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			world.double();
			await world.write(person, "doubled");
			await desk.hears(person, "doubled");
			await desk.rest();
			const times = world.facts.remoteIds ? 1 : 2;
			expect(await desk.heard(person)).toEqual(Array.from({ length: times }, () => "doubled"));
			expect((await desk.conversation(person)).unread).toBe(times);
		},
	);

	spec("duplicates: the same words written twice are two messages", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		for (const text of ["again", "again", "again"]) await world.write(person, text);
		await desk.must("all three", async () => (await desk.heard(person)).length === 3);
		await desk.rest();
		expect(await desk.heard(person)).toEqual(["again", "again", "again"]);
		expect((await desk.conversation(person)).unread).toBe(3);
	});

	spec("unread: counts what was not looked at, and nothing else", async ({ world, desk }) => {
		const [first, second] = world.people;
		await desk.online();
		await world.write(first, "one");
		await world.write(first, "two");
		await desk.hears(first, "two");
		await desk.must("both rang or were gathered", () => desk.rung > 0);
		expect((await desk.conversation(first)).unread).toBe(2);
		await desk.look(first);
		const last = (await desk.stored(first)).at(-1);
		if (last === undefined) throw new Error("nothing is here");
		const { id: conversationId } = await desk.conversation(first);
		await desk.passing(desk.core.handlers["conversations.markRead"]({ conversationId, upTo: last.id }));
		expect((await desk.conversation(first)).unread).toBe(0);
		await desk.look(null);
		await world.write(second, "three");
		await desk.hears(second, "three");
		await desk.rest();
		expect((await desk.conversation(first)).unread).toBe(0);
		expect((await desk.conversation(second)).unread).toBe(1);
	});

	if (sample.facts.past)
		spec(
			"gap: what was written during an outage is all here afterwards, once",
			async ({ world, desk }) => {
				const [first, second] = world.people;
				await duringOutage(desk, async () => {
					for (const text of ["two", "three", "three"]) await world.write(first, text);
					await world.write(second, "zwei");
				});
				await desk.hears(second, "zwei");
				await desk.must("all of it", async () => (await desk.heard(first)).length === 4);
				await desk.rest();
				expect(await desk.heard(first)).toEqual(["one", "two", "three", "three"]);
				expect(await desk.heard(second)).toEqual(["zwei"]);
				await desk.must("no gap is left", async () =>
					(await desk.stored(first)).every(({ kind }) => kind !== "gap"),
				);
			},
		);
	else
		spec(
			"gap: what was told to nobody is marked, and what comes then is here",
			async ({ world, desk }) => {
				const [first] = world.people;
				await duringOutage(desk, async () => {
					await world.write(first, "told to nobody");
				});
				await world.write(first, "three");
				await desk.hears(first, "three");
				await desk.rest();
				expect(await desk.heard(first)).toEqual(["one", "three"]);
				const gaps = (await desk.stored(first)).filter(({ kind }) => kind === "gap");
				expect(gaps).toMatchObject([{ filling: false }]);
			},
		);

	spec("gap: an outage in which nothing was written leaves nothing behind", async ({ world, desk }) => {
		const [first] = world.people;
		await duringOutage(desk, () => Promise.resolve(), false);
		await world.write(first, "two");
		await desk.hears(first, "two");
		await desk.rest();
		expect(await desk.heard(first)).toEqual(["one", "two"]);
		const gaps = async (): Promise<readonly unknown[]> =>
			(await desk.stored(first)).filter(({ kind }) => kind === "gap");
		if (world.facts.past) await desk.must("no gap is left", async () => (await gaps()).length === 0);
		// Nobody can know that nothing was written: it is marked, and nothing is asked for.
		else expect(await gaps()).toMatchObject([{ filling: false }]);
	});
}

/** "one" comes, then there is no way to the server for a while; ends when it is found again. */
async function duringOutage(desk: Desk, happens: () => Promise<void>, forgets = true): Promise<void> {
	const { world } = desk;
	const [first] = world.people;
	await desk.online();
	await world.write(first, "one");
	await desk.hears(first, "one");
	await desk.rest();
	await world.cut();
	await desk.must("the window says so", async () => {
		const { connection } = await desk.account();
		const away = connection.state === "reconnecting" || connection.state === "offline";
		return away && connection.problem !== null;
	});
	await happens();
	await world.time.pass(world.facts.outageMs);
	await world.restore(forgets);
	await desk.ready();
}
