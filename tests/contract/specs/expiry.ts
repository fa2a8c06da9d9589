import { expect } from "vitest";
import { orThrow } from "../kit/desk.ts";
import type { Suite } from "../kit/suite.ts";

/** The server forgets who the client is, in the middle of everything. */
export function expiry({ spec, sample }: Suite): void {
	if (sample.facts.expiry === "proves") {
		spec("expiry: one proof for many requests that wait, and nobody notices", async ({ world, desk }) => {
			const [first, second] = world.people;
			await desk.online();
			await world.write(first, "hello");
			await desk.hears(first, "hello");
			await desk.rest();
			const proofs = world.proofs();
			world.expire();
			const { accountId } = desk;
			if (accountId === null) throw new Error("nobody is signed in");
			const { handlers } = desk.core;
			const entry = await desk.core.handlers["conversations.start"]({
				accountId,
				addresses: [first],
				name: null,
				lineId: null,
				title: null,
			}).then(() => desk.send(first, "through it"));
			const checks = [1, 2, 3, 4].map(() => handlers["accounts.check"]({ accountId }));
			for (const check of checks) expect(await desk.passing(check)).toMatchObject({ ok: true });
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.proofs() - proofs).toBe(1);
			expect(world.accepted()).toEqual(["through it"]);
			await world.write(first, "still there?");
			await desk.hears(first, "still there?");
			await world.write(second, "me too");
			await desk.hears(second, "me too");
			await desk.rest();
			expect(await desk.heard(first)).toEqual(["hello", "still there?"]);
			expect((await desk.account()).connection.state).toBe("online");
		});

		spec("expiry: again and again, each time one proof", async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			for (const round of [1, 2, 3]) {
				await desk.rest();
				const proofs = world.proofs();
				world.expire();
				await world.write(person, `round ${String(round)}`);
				await desk.hears(person, `round ${String(round)}`);
				const entry = await desk.send(person, `answer ${String(round)}`);
				await desk.settles(entry, "sent", "delivered");
				expect(world.proofs() - proofs).toBe(1);
			}
			await desk.rest();
			expect(await desk.heard(person)).toEqual(["round 1", "round 2", "round 3"]);
			expect(world.accepted()).toEqual(["answer 1", "answer 2", "answer 3"]);
		});
		return;
	}

	spec(
		"expiry: nothing renews it: the person is asked, the server is left alone, nothing is lost",
		async (run) => {
			const { world, desk } = run;
			const [person] = world.people;
			await desk.online();
			await world.write(person, "hello");
			await desk.hears(person, "hello");
			const proofs = world.proofs();
			world.expire();
			await desk.must("the person is asked", async () => {
				return (await desk.account()).connection.state === "needsSignIn";
			});
			const { problem } = (await desk.account()).connection;
			expect(["auth.tokenRefused", "auth.sessionExpired"]).toContain(problem?.code);
			const entry = await desk.send(person, "later then");
			await world.write(person, "anybody?");
			const asked = world.traffic.sent.length;
			await world.time.pass(600_000);
			expect(world.traffic.sent).toHaveLength(asked);
			expect((await desk.entry(entry)).delivery?.state).toMatch(/^(?:queued|waiting)$/);
			world.expire();
			const { accountId } = desk;
			if (accountId === null) throw new Error("nobody is signed in");
			world.allow();
			const { secret } = world.signIn;
			orThrow(
				await desk.passing(
					desk.core.handlers["accounts.enterSecret"]({
						accountId,
						secret,
						code: null,
						options: {},
					}),
				),
			);
			await desk.settles(entry, "sent", "delivered");
			await desk.hears(person, "anybody?");
			await desk.rest();
			expect(world.accepted()).toEqual(["later then"]);
			expect(await desk.heard(person)).toEqual(["hello", "anybody?"]);
			expect(world.proofs()).toBeGreaterThanOrEqual(proofs);
		},
	);
}
