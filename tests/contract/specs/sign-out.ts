import { expect } from "vitest";
import { orThrow } from "../kit/desk.ts";
import type { Suite } from "../kit/suite.ts";

/** Leaving: the server knows it, and is left alone from then on. */
export function signOut({ spec }: Suite): void {
	for (const history of ["keep", "wipe"] as const)
		spec(`sign-out: ${history}; nothing is asked afterwards`, async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			expect(world.signedInThere()).toBe(true);
			const { accountId } = desk;
			if (accountId === null) throw new Error("nobody is signed in");
			orThrow(await desk.passing(desk.core.handlers["accounts.signOut"]({ accountId, history })));
			expect(world.signedInThere()).toBe(world.facts.staysSignedIn);
			const asked = world.traffic.sent.length;
			const requests = world.server.journal.requests().length;
			await world.time.pass(world.facts.restMs * 10);
			expect(world.traffic.sent).toHaveLength(asked);
			expect(world.server.journal.requests()).toHaveLength(requests);
			expect(desk.outside.kept.secrets.items.size).toBe(0);
			const { accounts, conversations } = await desk.snapshot();
			if (history === "wipe") expect([accounts, conversations]).toEqual([[], []]);
			else {
				expect(accounts.map(({ connection }) => connection.state)).toEqual(["signedOut"]);
				expect(await desk.heard(person)).toEqual(["hello"]);
			}
		});

	spec("sign-out: and in again, what was there is there once", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		await world.write(person, "hello");
		await desk.hears(person, "hello");
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		orThrow(await desk.passing(desk.core.handlers["accounts.signOut"]({ accountId, history: "keep" })));
		await desk.online();
		expect(desk.accountId).toBe(accountId);
		await world.write(person, "you are back");
		await desk.hears(person, "you are back");
		await desk.rest();
		expect(await desk.heard(person)).toEqual(["hello", "you are back"]);
		expect((await desk.snapshot()).accounts).toHaveLength(1);
	});

	spec("sign-out: from a server that does not answer any more is over in time", async ({ world, desk }) => {
		await desk.online();
		await world.cut();
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		const begun = world.time.monotonic();
		orThrow(await desk.passing(desk.core.handlers["accounts.signOut"]({ accountId, history: "keep" })));
		expect(world.time.monotonic() - begun).toBeLessThan(10_000);
		expect((await desk.account()).connection.state).toBe("signedOut");
	});
}
