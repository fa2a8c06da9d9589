import { expect } from "vitest";
import { seededRandom } from "../../../practice/random.ts";
import type { FaultAction } from "../../../practice/server/faults.ts";
import type { Desk } from "../kit/desk.ts";
import type { Suite } from "../kit/suite.ts";

const seeds = [1, 2, 3];
const sendsOfOneRun = 24;

/** What happens to one send. */
const allFates: readonly (FaultAction | null)[] = [
	null,
	null,
	null,
	{ action: "resetAfter" },
	{ action: "resetBefore" },
	{ action: "malformed" },
	{ action: "hangAfter" },
	{ action: "status", status: 500 },
	{ action: "status", status: 503, headers: { "Retry-After": "1" } },
];

/** Many sends and many faults, as the seed says: duplicates 0, lost 0. */
export function storm({ spec }: Suite): void {
	for (const seed of seeds)
		spec(
			`storm ${String(seed)}: ${String(sendsOfOneRun)} sends with faults, duplicates 0, lost 0`,
			async (run) => {
				const { world, desk } = run;
				const random = seededRandom(seed);
				const [person] = world.people;
				// Where sockets keep to real time, a reply that never comes is waited for in it: that has its own spec.
				const fates = allFates.filter((fate) => world.facts.past || fate?.action !== "hangAfter");
				await desk.online();
				await world.write(person, "hello");
				await desk.hears(person, "hello");
				const written: string[] = [];
				const heard = ["hello"];
				for (let index = 0; index < sendsOfOneRun; index += 1) {
					const fate = fates[Math.floor(random.next() * fates.length)] ?? null;
					if (fate !== null) world.server.faults.next({ ...fate, match: world.sends });
					const text = `send ${String(index)}`;
					written.push(text);
					const entry = await desk.send(person, text);
					if (random.next() < 0.3) {
						heard.push(`news ${String(index)}`);
						await world.write(person, `news ${String(index)}`);
					}
					await settled(desk, entry.id);
				}
				world.server.faults.clear();
				const last = heard.at(-1) ?? "";
				await desk.hears(person, last);
				await desk.rest();
				const counts = new Map<string, number>();
				for (const text of world.accepted()) counts.set(text, (counts.get(text) ?? 0) + 1);
				const doubled = [...counts].filter(([, count]) => count > 1);
				const lost = written.filter((text) => !counts.has(text));
				expect({ doubled, lost }).toEqual({ doubled: [], lost: [] });
				expect(await desk.heard(person)).toEqual(heard);
				const out = (await desk.messages(person)).filter(({ direction }) => direction === "out");
				expect(out.map(({ text }) => text).sort()).toEqual([...written].sort());
				expect(
					out.filter(({ delivery }) => !/^(?:sent|delivered)$/.test(delivery?.state ?? "")),
				).toEqual([]);
			},
		);
}

/** As a person would: what is in doubt and did not arrive is sent again, what failed is tried again. */
async function settled(desk: Desk, id: Awaited<ReturnType<Desk["send"]>>["id"]): Promise<void> {
	const { handlers } = desk.core;
	for (let tries = 0; tries < 6; tries += 1) {
		const { delivery, text } = await desk.settles({ id }, "sent", "delivered", "unknown", "failed");
		if (delivery?.state === "sent" || delivery?.state === "delivered") return;
		if (delivery?.state === "unknown") {
			await desk.rest();
			const { delivery: now } = await desk.entry({ id });
			if (now?.state !== "unknown") continue;
			// The app may only say that it does not know what the server does not tell.
			expect(desk.world.accepted()).not.toContain(text);
			await desk.passing(handlers["messages.sendAgain"]({ entryId: id }));
		} else await desk.passing(handlers["messages.retry"]({ entryId: id }));
	}
	throw new Error("it does not leave");
}
