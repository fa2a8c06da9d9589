import { test } from "vitest";
import { Desk } from "./kit/desk.ts";
import { textus } from "./worlds/textus.ts";
import { seededRandom } from "../../practice/random.ts";
const kinds = [
	null, null, null,
	{ action: "resetAfter" },
	{ action: "resetBefore" },
	{ action: "malformed" },
	{ action: "hangAfter" },
	{ action: "status", status: 500 },
	{ action: "status", status: 503, headers: { "Retry-After": "1" } },
] as const;
for (const seed of [1, 2]) test(`s ${seed}`, async () => {
	const world = await textus.start();
	const desk = await new Desk(world).start();
	const random = seededRandom(seed);
	await desk.online();
	const [person] = world.people;
	await world.write(person, "hello"); await desk.hears(person, "hello");
	const out: string[] = [];
	for (let i = 0; i < 24; i++) {
		const kind = kinds[Math.floor(random.next() * kinds.length)] ?? null;
		if (kind) world.server.faults.next({ ...kind, match: world.sends });
		const e = await desk.send(person, `s${i}`);
		if (random.next() < 0.3) await world.write(person, `news ${i}`);
		let trail = "";
		for (let t = 0; t < 6; t++) {
			const { delivery } = await desk.settles(e, "sent", "delivered", "unknown", "failed");
			trail += ` ${delivery?.state}@${world.time.monotonic() | 0}`;
			if (delivery?.state === "sent" || delivery?.state === "delivered") break;
			if (delivery?.state === "unknown") { await desk.rest(); trail += ` rested ${(await desk.entry(e)).delivery?.state}`; if ((await desk.entry(e)).delivery?.state !== "unknown") continue; await desk.passing(desk.core.handlers["messages.sendAgain"]({ entryId: e.id })); trail += " again"; }
			else { await desk.passing(desk.core.handlers["messages.retry"]({ entryId: e.id })); trail += " retry"; }
		}
		out.push(`${i} ${JSON.stringify(kind)} ${trail} accepted ${world.accepted().includes(`s${i}`)}`);
	}
	await desk.rest();
	console.log(out.join("\n"));
	console.log(JSON.stringify((await desk.messages(person)).map(m => [m.text, m.delivery?.state, m.remoteId])));
	await desk.stop(); await world.close();
});
