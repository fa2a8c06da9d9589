import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import { AppWorld } from "../reference/app-world.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";
import { compareWithLedger, untilFilled, type Wholeness } from "./whole.ts";

/** Five seconds, more than the server keeps, minutes, a day. */
export const outages = [5000, 11_000, 600_000, 86_400_000] as const;
/** "refused": nobody listens. "hole": what is sent vanishes, and no socket says so. "restart": the app is away meanwhile. */
export const kinds = ["refused", "hole", "restart"] as const;

/**
 * R6: outages of four lengths and three kinds, with messages in them. While a conversation lacks something that the
 * server has listed, its timeline says so; in the end everything is there once and in order, and no gap is open. A round
 * is all twelve outages of one seed, on one profile.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const totals: Record<string, number> = { outages: 0, missed: 0, looks: 0, markersSeen: 0, unmarked: 0 };
	let wrong = 0;
	for (let round = 0; round < rounds; round++) {
		for (const kind of kinds)
			for (const ms of outages) {
				const result = await once(seed + round, ms, kind);
				const { missed, looks, markersSeen, unmarked, ...compared } = result;
				totals["outages"] = (totals["outages"] ?? 0) + 1;
				for (const [name, count] of Object.entries({
					missed,
					looks,
					markersSeen,
					unmarked,
					...compared,
				}))
					totals[name] = (totals[name] ?? 0) + count;
				wrong += unmarked + Object.values(compared).reduce((sum, count) => sum + count, 0);
			}
		say(`seed ${String(seed + round)}: ${String(totals["missed"])} missed, ${String(wrong)} wrong`);
	}
	return { figures: totals, pass: wrong === 0 && (totals["markersSeen"] ?? 0) > 0 };
}

export type Outcome = Wholeness & {
	/** Messages that came while nobody could hear of them. */
	readonly missed: number;
	/** How often conversations were looked at while something was missing in them. */
	readonly looks: number;
	/** In which of them the marker was seen. */
	readonly markersSeen: number;
	/** In which something was missing that the server had listed, without a marker. */
	readonly unmarked: number;
};

export async function once(seed: number, ms: number, kind: (typeof kinds)[number]): Promise<Outcome> {
	const random = seededRandom(seed * 31 + ms);
	const world = new AppWorld({ store: memoryStore(), seed });
	await world.start();
	const talk = async (count: number, spanMs: number): Promise<void> => {
		for (let made = 0; made < count; made++) {
			world.server.receive(
				`peer${String(Math.floor(random() * random() * 8))}`,
				`message ${String(made)}`,
			);
			await world.clock.advance(Math.floor(spanMs / count));
		}
	};
	await talk(40, 20_000);
	await untilFilled(world);
	const before = world.server.ledger.sequence;
	if (kind === "restart") world.kill();
	else world.network.set(kind);
	await talk(300, ms);
	world.server.switches.delayMs = [200, 400];
	const listed = world.server.journal.of("heads").length;
	if (kind === "restart") await world.start({ untilOnline: false });
	else world.network.set("up");
	const missed = world.server.ledger.sequence - before;
	const watched = await watchMarkers(world, listed);
	world.server.switches.delayMs = [0, 0];
	await talk(20, 2000);
	await untilFilled(world);
	const compared = await compareWithLedger(world);
	world.kill();
	return { ...compared, ...watched, missed };
}

/**
 * Looks at every conversation again and again until nothing is missing. What the last answered list named, and is not
 * there yet, must be marked.
 */
async function watchMarkers(
	world: AppWorld,
	listedBefore: number,
): Promise<Pick<Outcome, "looks" | "markersSeen" | "unmarked">> {
	let [looks, markersSeen, unmarked] = [0, 0, 0];
	for (let passed = 0; passed < 180_000; passed += 50) {
		await world.clock.advance(50);
		const lists = world.server.journal.of("heads").slice(listedBefore);
		const answered = lists.findLast(({ status, ended }) => status === 200 && ended !== null);
		if (answered === undefined) continue;
		let missing = 0;
		for (const record of await world.store.conversations(world.accountId)) {
			const entries = await world.stored(record.id);
			const there = new Set(entries.map((entry) => (entry.kind === "message" ? entry.remoteId : null)));
			// Before the list was made.
			const lacks = world.server.ledger
				.conversation(record.address)
				.some(({ id, at }) => at < answered.at && !there.has(id));
			if (!lacks) continue;
			missing += 1;
			looks += 1;
			const marked = entries.some((entry) => entry.kind === "gap" && entry.filling);
			markersSeen += marked ? 1 : 0;
			// A moment may pass between the answer on the wire and the transaction.
			if (!marked && world.clock.monotonic() - (answered.ended ?? 0) > 50) unmarked += 1;
		}
		if (missing === 0) break;
	}
	return { looks, markersSeen, unmarked };
}
