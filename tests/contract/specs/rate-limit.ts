import { expect } from "vitest";
import type { Suite } from "../kit/suite.ts";

/** A server that takes so many requests and no more. */
export function rateLimit({ spec }: Suite): void {
	spec(
		"rate limit: nothing is lost or doubled, and the time to wait is kept to",
		async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			await desk.look(person);
			world.limit(true);
			const texts = ["one", "two", "three", "four", "five", "six"];
			const entries = [];
			for (const text of texts) entries.push(await desk.send(person, text));
			for (const text of ["a", "b", "c"]) await world.write(person, text);
			for (const entry of entries) await desk.settles(entry, "sent", "delivered");
			await desk.hears(person, "c");
			await desk.rest();
			world.limit(false);
			await desk.rest();
			expect(world.accepted()).toEqual(texts);
			expect(await desk.heard(person)).toEqual(["hello", "a", "b", "c"]);
			expect((await desk.messages(person)).filter(({ direction }) => direction === "out")).toHaveLength(
				6,
			);
			expect((await desk.account()).connection.state).toBe("online");
			const { sent, rushed } = world.traffic;
			expect(sent.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
			expect(rushed.filter((what) => !what.includes("/notifications/"))).toEqual([]);
		},
	);
}
