import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import { AppWorld } from "../reference/app-world.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";
import { conversationWith, HeadlessDesk, sendText, until, untilOnline } from "./headless-desk.ts";
import { compareWithLedger, untilFilled, type Wholeness } from "./whole.ts";

const dayMs = 86_400_000;
/** A try has to begin so soon after the app goes on, ms. */
const beginsWithinMs = 1000;
/** Requests of one kind within two seconds of going on: more would be a burst of what was missed. */
const mostOfAKind = 3;

/** What happens to the app: it is stopped for so long, the computer's clock is set, or both. */
export const blows = [
	{ name: "stopped 30 s", stoppedMs: 30_000, jumpMs: 0 },
	{ name: "stopped 10 min", stoppedMs: 600_000, jumpMs: 0 },
	{ name: "clock a day on", stoppedMs: 0, jumpMs: dayMs },
	{ name: "clock a day back", stoppedMs: 0, jumpMs: -dayMs },
	{ name: "summer time", stoppedMs: 0, jumpMs: 3_600_000 },
	{ name: "winter time", stoppedMs: 0, jumpMs: -3_600_000 },
	{ name: "stopped 10 min, clock a day back", stoppedMs: 600_000, jumpMs: -dayMs },
] as const;

/**
 * R9: a process that is stopped and goes on, and clocks that are set. It tries again within a second, runs nothing that
 * it missed more than once, keeps the order, and fails no message. A round is every blow on one seed, in virtual time;
 * besides, a real process is stopped for 30 s and for 10 min (rounds under 5: for 8 s).
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const figures: Record<string, number> = { blows: 0, latestTryMs: 0, mostOfAKind: 0, moved: 0 };
	let wrong = 0;
	for (let round = 0; round < rounds; round++) {
		for (const blow of blows) {
			const { triedAfterMs, burst, moved, ...compared } = await once(seed + round, blow);
			figures["blows"] = (figures["blows"] ?? 0) + 1;
			figures["latestTryMs"] = Math.max(figures["latestTryMs"] ?? 0, triedAfterMs ?? 0);
			figures["mostOfAKind"] = Math.max(figures["mostOfAKind"] ?? 0, burst);
			figures["moved"] = (figures["moved"] ?? 0) + moved;
			for (const [name, count] of Object.entries(compared))
				figures[name] = (figures[name] ?? 0) + count;
			wrong += moved + Object.values(compared).reduce((sum, count) => sum + count, 0);
		}
		say(`seed ${String(seed + round)}: ${String(wrong)} wrong`);
	}
	for (const stoppedMs of rounds < 5 ? [8000] : [30_000, 600_000]) {
		const real = await stopProcess(seed, stoppedMs);
		say(
			`process stopped ${String(stoppedMs / 1000)} s: tried after ${String(Math.round(real.triedAfterMs))} ms`,
		);
		figures[`processTriedAfterMs${String(stoppedMs / 1000)}s`] = Math.round(real.triedAfterMs);
		figures["processMostOfAKind"] = Math.max(figures["processMostOfAKind"] ?? 0, real.burst);
		wrong += real.wrong + (real.triedAfterMs > beginsWithinMs || real.burst > mostOfAKind ? 1 : 0);
	}
	const inTime = (figures["latestTryMs"] ?? 0) <= beginsWithinMs;
	return { figures, pass: wrong === 0 && inTime && (figures["mostOfAKind"] ?? 0) <= mostOfAKind };
}

export type Outcome = Wholeness & {
	/** When the first request came after it went on; null: none is needed. */
	readonly triedAfterMs: number | null;
	/** Most requests of one kind within 2 s of going on. */
	readonly burst: number;
	/** Entries whose place is another than before. */
	readonly moved: number;
};

/** One blow in virtual time. */
export async function once(
	seed: number,
	blow: { readonly stoppedMs: number; readonly jumpMs: number },
): Promise<Outcome> {
	const random = seededRandom(seed);
	const world = new AppWorld({ store: memoryStore(), seed });
	await world.start();
	for (let made = 0; made < 60; made++) {
		world.server.receive(`peer${String(Math.floor(random() * 4))}`, `message ${String(made)}`);
		if (made % 6 === 0) await world.send("peer0", `c${String(made)}`, `own ${String(made)}`);
		await world.clock.advance(Math.floor(random() * 2000));
	}
	await untilFilled(world);
	// A text is on its way while it happens, and one waits.
	world.server.switches.delayMs = [400, 400];
	await world.send("peer1", "under-way", "under way");
	const before = await placesOf(world);
	const { clock, server } = world;
	// The server's own clock is right: what is set is this computer's.
	clock.jump(blow.jumpMs);
	server.switches.skewMs = -blow.jumpMs;
	const from = server.journal.entries.length;
	const went = clock.monotonic() + blow.stoppedMs;
	if (blow.stoppedMs > 0) {
		const sleeping = clock.sleep(blow.stoppedMs);
		server.receive("peer2", "while it was stopped");
		await sleeping;
	}
	await clock.advance(2000);
	const after = server.journal.entries.slice(from).filter(({ monotonic }) => monotonic >= went);
	server.switches.delayMs = [0, 0];
	await world.send("peer3", "after", "after it");
	await clock.advance(60_000);
	await untilFilled(world);
	const compared = await compareWithLedger(world);
	const places = await placesOf(world);
	const moved = [...before].filter(([id, order]) => places.get(id) !== order).length;
	world.kill();
	const sleptLong = blow.stoppedMs > 0 || blow.jumpMs > 0;
	const first = after[0];
	return {
		...compared,
		triedAfterMs: sleptLong ? (first === undefined ? Infinity : first.monotonic - went) : null,
		burst: burstOf(after.map(({ what }) => what)),
		moved,
	};
}

/** A real process on real time is stopped for so long. */
export async function stopProcess(
	seed: number,
	stoppedMs: number,
): Promise<{ readonly triedAfterMs: number; readonly burst: number; readonly wrong: number }> {
	const desk = await HeadlessDesk.start({ seed });
	try {
		const app = await desk.launch();
		await desk.signIn(app);
		await untilOnline(app);
		const { server } = desk.site;
		for (let made = 0; made < 20; made++) server.receive("peer0", `message ${String(made)}`);
		const conversation = await conversationWith(app, "peer0");
		await sendText(app, conversation, "before", "before");
		await sleep(1500);
		process.kill(app.pid, "SIGSTOP");
		await sleep(stoppedMs / 2);
		server.receive("peer0", "while it was stopped");
		await sleep(stoppedMs / 2);
		const from = server.journal.entries.length;
		const went = performance.now();
		process.kill(app.pid, "SIGCONT");
		await until(() => server.journal.entries.length > from, 30_000);
		const first = server.journal.entries[from];
		const triedAfterMs = first === undefined ? Infinity : Math.max(0, first.monotonic - went);
		await sleep(2000);
		const burst = burstOf(server.journal.entries.slice(from).map(({ what }) => what));
		await sendText(app, conversation, "after", "after");
		const all = async (): Promise<boolean> => {
			const opened = await app.invoke("conversations.open", { conversationId: conversation });
			const texts = opened?.ok === true ? opened.value.entries : [];
			const sound = texts.every(
				(entry) =>
					entry.kind !== "gap" &&
					(entry.kind !== "message" ||
						!["failed", "unknown"].includes(entry.delivery?.state ?? "")),
			);
			return (
				sound && texts.length === server.ledger.conversation("peer0").length && texts.length === 23
			);
		};
		const whole = await until(all, 30_000);
		await app.stop();
		return { triedAfterMs, burst, wrong: whole ? 0 : 1 };
	} finally {
		await desk.close();
	}
}

function burstOf(kinds: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const what of kinds) counts.set(what, (counts.get(what) ?? 0) + 1);
	return Math.max(0, ...counts.values());
}

async function placesOf(world: AppWorld): Promise<ReadonlyMap<string, string>> {
	const places = new Map<string, string>();
	for (const { id } of await world.store.conversations(world.accountId))
		for (const entry of await world.storedMessages(id))
			if (entry.remoteId !== null) places.set(entry.id, entry.order);
	return places;
}
