import { expect } from "vitest";
import type { Desk } from "../kit/desk.ts";
import type { Suite } from "../kit/suite.ts";
import type { Variation } from "../kit/world.ts";

/** The core path under every value of every switch: signs in, receives, pages, sends, and knows what became of it. */
export function everySwitch({ spec, listed }: Suite): void {
	const { variations, switches } = listed;
	for (const { name } of variations)
		spec(`every switch: ${name}`, async ({ world, desk }) => {
			const variation = world.variations().find((one) => one.name === name);
			if (variation === undefined) throw new Error("the list of variations changes");
			await world.past(world.people[1], ["long ago", "before"]);
			if (variation.onlySending !== true) variation.turn();
			const typed = await desk.signIn();
			if (variation.signInFails !== undefined) {
				expect(typed).toMatchObject({ ok: false, error: { code: variation.signInFails } });
				return;
			}
			expect(typed).toMatchObject({ ok: true });
			if (variation.noLine !== undefined) {
				await warned(desk, variation.noLine);
				return;
			}
			await desk.ready();
			if (!(await receives(desk, variation))) return;
			await pages(desk, variation);
			if (variation.onlySending === true) variation.turn();
			await sends(desk, variation);
		});
	spec("every switch: each has a variation", () => {
		const turned = new Set(variations.map(({ of }) => of));
		expect(switches.filter((name) => !turned.has(name))).toEqual([]);
		return Promise.resolve();
	});
}

async function warned(desk: Desk, code: string): Promise<void> {
	await desk.must(`${code} is shown`, async () =>
		(await desk.account()).warnings.some((warning) => warning.code === code),
	);
	const { connection, lineId } = await desk.account();
	expect([connection.state, lineId]).toEqual(["online", null]);
	// What is written waits, and does not leave by a way that is not there.
	const [person] = desk.world.people;
	const entry = await desk.send(person, "good morning");
	await desk.rest();
	expect((await desk.entry(entry)).delivery?.state).toMatch(/^(?:queued|waiting)$/);
	expect(desk.world.accepted()).toEqual([]);
}

/** False: nothing can be read, and the window says why. */
async function receives(desk: Desk, { copies = 1, unreadable }: Variation): Promise<boolean> {
	const { world } = desk;
	const [person] = world.people;
	await world.write(person, "hello");
	if (unreadable !== undefined) {
		await desk.must(`${unreadable} is shown`, async () =>
			(await desk.stored(person)).some(
				(entry) => entry.kind === "problem" && entry.problem.code === unreadable,
			),
		);
		return false;
	}
	await desk.hears(person, "hello");
	await desk.must("it is unread", async () => (await desk.conversation(person)).unread === copies);
	return true;
}

async function pages(desk: Desk, { noPast }: Variation): Promise<void> {
	if (!desk.world.facts.past || noPast === true) return;
	const [, other] = desk.world.people;
	// Scrolling asks for what is missing; a server that asks for patience gives it later.
	await desk.scrolled(other);
	await desk.must("the past is here", async () => (await desk.heard(other)).length >= 2);
	expect(await desk.heard(other)).toEqual(["long ago", "before"]);
}

async function sends(desk: Desk, { sendFails, sendDoubtful, copies = 1 }: Variation): Promise<void> {
	const { world } = desk;
	const [person] = world.people;
	const entry = await desk.send(person, "good morning");
	if (sendFails !== undefined) {
		const { delivery } = await desk.settles(entry, "failed");
		expect(delivery?.problem?.code).toBe(sendFails);
		return;
	}
	if (sendDoubtful === true) await desk.settles(entry, "unknown");
	else await desk.settles(entry, "sent", "delivered");
	await world.write(person, "and you?");
	await desk.hears(person, "and you?");
	await desk.rest();
	expect(world.accepted()).toEqual(["good morning"]);
	const shown = (await desk.messages(person)).map(({ direction, text }) => `${direction} ${text}`);
	const told = (text: string): string[] => Array.from({ length: copies }, () => text);
	// Without senders and ids an echo that comes again cannot be told from the same words of the other side.
	const again = told("in good morning").slice(1);
	expect(shown).toEqual([...told("in hello"), "out good morning", ...again, ...told("in and you?")]);
}
