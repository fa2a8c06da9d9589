import { expect } from "vitest";
import type { JournalRequest } from "../../../practice/server/journal.ts";
import type { Suite } from "../kit/suite.ts";

/** A server that takes so many requests and no more. */
export function rateLimit({ spec }: Suite): void {
	spec("rate limit: nothing is lost or doubled, and the time to wait is kept to", async ({ world, desk }) => {
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
		expect((await desk.messages(person)).filter(({ direction }) => direction === "out")).toHaveLength(6);
		expect((await desk.account()).connection.state).toBe("online");
		const asked = world.server.journal.requests().filter(world.limited);
		const turnedAway = asked.filter(({ status }) => status === 429);
		expect(turnedAway.length).toBeGreaterThan(0);
		expect(rushed(asked, world.facts.retryAfterSeconds * 1000)).toEqual([]);
	});
}

/** Requests that came before the time was over that an answer had asked for; some may be under way just then. */
function rushed(asked: readonly JournalRequest[], waitMs: number): readonly string[] {
	const underWay = 3;
	return asked.flatMap((refused, index) => {
		if (refused.status !== 429) return [];
		const early = asked.slice(index + 1).filter(({ at }) => at > refused.at && at - refused.at < waitMs * 0.95);
		return early.length > underWay ? [`${String(early.length)} after ${refused.method} ${refused.path}`] : [];
	});
}
