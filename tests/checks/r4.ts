import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import { AppWorld } from "../reference/app-world.ts";
import type { JournalEntry } from "../reference/journal.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";
import { compareWithLedger, untilFilled } from "./whole.ts";

/** How long a round lasts, ms. */
const roundMs = 300_000;
const forgetEveryMs = 20_000;
const handshakeSpacingMs = 5000;

/**
 * R4: the server forgets its sessions every 20 s, and is away now and then. Each time: a handshake, every subscription
 * once, then the list of what is new, in this order; nothing is lost, and never more than one handshake in 5 s. A
 * round is five minutes of one seed.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const figures = {
		messages: 0,
		handshakes: 0,
		lost: 0,
		duplicated: 0,
		tooCloseHandshakes: 0,
		doubleSubscriptions: 0,
		listsOutOfOrder: 0,
		sessionsWithoutList: 0,
		gapsLeft: 0,
	};
	for (let round = 0; round < rounds; round++) {
		const result = await once(seed + round, roundMs);
		for (const name of Object.keys(figures) as (keyof typeof figures)[]) figures[name] += result[name];
		say(
			`seed ${String(seed + round)}: ${String(result.handshakes)} handshakes, ${String(result.lost)} lost`,
		);
	}
	const { messages, handshakes, ...wrong } = figures;
	const none = Object.values(wrong).every((count) => count === 0);
	return { figures, pass: none && messages > 0 && handshakes > rounds };
}

export type Outcome = Readonly<
	Record<
		| "messages"
		| "handshakes"
		| "lost"
		| "duplicated"
		| "tooCloseHandshakes"
		| "doubleSubscriptions"
		| "listsOutOfOrder"
		| "sessionsWithoutList"
		| "gapsLeft",
		number
	>
>;

export async function once(seed: number, lastsMs: number): Promise<Outcome> {
	const random = seededRandom(seed);
	const world = new AppWorld({
		store: memoryStore(),
		seed,
		switches: { unknownSessionEveryMs: forgetEveryMs },
	});
	await world.start();
	const began = world.clock.monotonic();
	for (let made = 0; world.clock.monotonic() - began < lastsMs; made++) {
		const peer = `peer${String(Math.floor(random() * 6))}`;
		if (random() < 0.15)
			await world.send(peer, `c${String(seed)}-${String(made)}`, `own ${String(made)}`);
		else world.server.receive(peer, `message ${String(made)}`);
		if (random() < 0.01) {
			// The server is restarted: nobody listens for a while, and its sessions are gone.
			world.network.set("refused");
			world.server.forgetSessions();
			await world.clock.advance(1000 + Math.floor(random() * 8000));
			world.network.set("up");
		}
		await world.clock.advance(Math.floor(random() * 500));
	}
	world.server.forgetSessionsEvery(null);
	await untilFilled(world);
	const compared = await compareWithLedger(world);
	const journal = world.server.journal.entries;
	world.kill();
	return {
		messages: world.server.ledger.sequence,
		lost: compared.lost,
		duplicated: compared.duplicated,
		gapsLeft: compared.gapsLeft + compared.markersLeft,
		...sequenceOf(journal),
	};
}

/** What the journal says about each handshake and what followed it. */
function sequenceOf(
	journal: readonly JournalEntry[],
): Pick<
	Outcome,
	"handshakes" | "tooCloseHandshakes" | "doubleSubscriptions" | "listsOutOfOrder" | "sessionsWithoutList"
> {
	const figures = {
		handshakes: 0,
		tooCloseHandshakes: 0,
		doubleSubscriptions: 0,
		listsOutOfOrder: 0,
		sessionsWithoutList: 0,
	};
	const subscribed = new Map<string, number>();
	let last = -Infinity;
	/** Of the newest handshake: what has followed it so far. */
	let stage: "shaken" | "subscribed" | "polled" | "listed" = "listed";
	for (const { what, session, monotonic, status } of journal) {
		if (what === "handshake") {
			figures.handshakes += 1;
			if (monotonic - last < handshakeSpacingMs) figures.tooCloseHandshakes += 1;
			// It lived and polled, and yet nobody asked what was missed before.
			if (stage === "polled") figures.sessionsWithoutList += 1;
			last = monotonic;
			stage = "shaken";
		} else if (what === "subscribe" && status === 200) {
			const times = (subscribed.get(session ?? "") ?? 0) + 1;
			subscribed.set(session ?? "", times);
			if (times > 1) figures.doubleSubscriptions += 1;
			if (stage === "shaken") stage = "subscribed";
		} else if (what === "connect" && stage === "subscribed") stage = "polled";
		else if (what === "heads") {
			if (stage === "shaken") figures.listsOutOfOrder += 1;
			else stage = "listed";
		}
	}
	return figures;
}
