import { plainMessage } from "../../main/core/testing/plain.ts";
import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import { asClientMessageId } from "../../shared/ids.ts";
import type { MessageEntry } from "../../shared/model.ts";
import { AppWorld } from "../reference/app-world.ts";
import { EventLog, ReferenceWorld } from "../reference/testing.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";

/** R13: refusals of every kind in the middle of many sends. A round is one seed. */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const totals: Refusals = {
		texts: 0,
		failedWithRetry: 0,
		othersNotSent: 0,
		outOfOrder: 0,
		duplicates: 0,
		tooEarly: 0,
		renewalsWrong: 0,
		refusedByToken: 0,
		askedToWait: 0,
	};
	for (let round = 0; round < rounds; round += 1) {
		const result = await once(seed + round);
		for (const what of Object.keys(totals) as (keyof Refusals)[]) totals[what] += result[what];
		if ((round + 1) % 5 === 0) say(`${String(round + 1)} seeds: ${JSON.stringify(totals)}`);
	}
	return { figures: { ...totals }, pass: holds(totals) };
}

export interface Refusals {
	texts: number;
	/** Texts to the peer that the server refuses for ever: each failed, with its reason and with Retry. */
	failedWithRetry: number;
	/** Texts to others that were not sent, and refused ones that did not fail as they should. */
	othersNotSent: number;
	/** Places in a conversation where the server has a later text before an earlier one. */
	outOfOrder: number;
	duplicates: number;
	/** Requests that left although the server had asked to be left alone. */
	tooEarly: number;
	/** Rounds in which the token was not renewed exactly once. */
	renewalsWrong: number;
	/** Requests that met the token that had run out. */
	refusedByToken: number;
	/** Sends that were answered 429. */
	askedToWait: number;
}

export function holds(totals: Refusals): boolean {
	const wrong =
		totals.othersNotSent + totals.outOfOrder + totals.duplicates + totals.tooEarly + totals.renewalsWrong;
	return wrong === 0 && totals.failedWithRetry > 0 && totals.refusedByToken > 0 && totals.askedToWait > 0;
}

const parallel = 20;
const refusedPeer = "peer0";

/** All three in one seed. */
export async function once(seed: number): Promise<Refusals> {
	const [refused, renewed, direct, patient] = [
		await refusedForOne(seed),
		await tokenRunsOut(seed),
		await tokenRunsOutUnderTwenty(seed),
		await overloaded(seed),
	];
	const all = [refused, renewed, direct, patient];
	const sum = (what: keyof Refusals): number => all.reduce((total, one) => total + (one[what] ?? 0), 0);
	return {
		texts: sum("texts"),
		failedWithRetry: sum("failedWithRetry"),
		othersNotSent: sum("othersNotSent"),
		outOfOrder: sum("outOfOrder"),
		duplicates: sum("duplicates"),
		tooEarly: sum("tooEarly"),
		renewalsWrong: sum("renewalsWrong"),
		refusedByToken: sum("refusedByToken"),
		askedToWait: sum("askedToWait"),
	};
}

/** One peer is refused with a 4xx for ever, between texts to others. */
async function refusedForOne(seed: number): Promise<Partial<Refusals>> {
	const scene = await begin(seed);
	const random = seededRandom(seed);
	scene.world.server.switches.refusedPeers.set(refusedPeer, 403);
	for (let n = 0; n < 40; n += 1) await scene.send(`peer${String(Math.floor(random() * 4))}`);
	return await scene.end();
}

/** The token runs out while texts to twenty peers are on their way (the outbox lets eight go at a time). */
async function tokenRunsOut(seed: number): Promise<Partial<Refusals>> {
	const scene = await begin(seed);
	const { server } = scene.world;
	for (let n = 1; n <= parallel; n += 1) await scene.send(`peer${String(n)}`);
	server.tokens.expire();
	for (let n = 1; n <= parallel; n += 1) await scene.send(`peer${String(n)}`);
	const result = await scene.end();
	return {
		...result,
		renewalsWrong: server.tokens.given.refresh === 1 && server.tokens.given.signIn === 1 ? 0 : 1,
		refusedByToken: server.journal.entries.filter(({ status }) => status === 401).length,
	};
}

/** The same for twenty requests at exactly the same time, on a session without the app. */
async function tokenRunsOutUnderTwenty(seed: number): Promise<Partial<Refusals>> {
	const world = new ReferenceWorld({ seed, switches: { delayMs: [10, 200] } });
	const { server } = world;
	const session = await world.open(seed);
	const log = new EventLog(session);
	await world.clock.advance(1000);
	server.tokens.expire();
	const forever = new AbortController().signal;
	const sending = Array.from({ length: parallel }, async (_, n) => {
		const clientId = `00000000-0000-7000-9001-${String(n).padStart(12, "0")}`;
		return await session.send(plainMessage(clientId, `peer${String(n)}`, `text ${String(n)}`), forever);
	});
	await world.clock.advance(30_000);
	const outcomes = await Promise.all(sending);
	await log.stop();
	return {
		texts: parallel,
		othersNotSent: outcomes.filter(({ kind }) => kind !== "accepted").length,
		duplicates: server.ledger.messages.length - parallel,
		renewalsWrong: server.tokens.given.refresh === 1 && server.tokens.given.signIn === 1 ? 0 : 1,
		refusedByToken: server.journal.of("send").filter(({ status }) => status === 401).length,
	};
}

/** 429 with Retry-After while texts are on their way and more are written. */
async function overloaded(seed: number): Promise<Partial<Refusals>> {
	const scene = await begin(seed);
	const { server, clock } = scene.world;
	for (let n = 0; n < 12; n += 1) await scene.send(`peer${String(n % 6)}`);
	const readyAt = clock.monotonic() + 7300;
	server.overload(7300);
	for (let n = 0; n < 24; n += 1) {
		await scene.send(`peer${String(n % 6)}`);
		await clock.advance(150);
	}
	const result = await scene.end();
	const refused = server.journal.entries.filter(({ status }) => status === 429);
	const [first] = refused.map(({ ended }) => ended ?? Infinity).toSorted((one, other) => one - other);
	const heard = first ?? Infinity;
	const early = server.journal.entries.filter(
		({ what, monotonic }) =>
			(what === "send" || what === "page" || what === "heads") &&
			monotonic > heard &&
			monotonic < readyAt,
	);
	return {
		...result,
		tooEarly: early.length,
		askedToWait: refused.filter(({ what }) => what === "send").length,
	};
}

interface Scene {
	readonly world: AppWorld;
	/** Writes one more text. */
	send(peer: string): Promise<void>;
	/** Waits until nothing is on its way any more, and compares. */
	end(): Promise<Partial<Refusals>>;
}

async function begin(seed: number): Promise<Scene> {
	const world = new AppWorld({ store: memoryStore(), seed, switches: { delayMs: [20, 400] } });
	await world.start();
	const written: { readonly id: string; readonly peer: string }[] = [];
	return {
		world,
		send: async (peer) => {
			const id = `00000000-0000-7000-9000-${String(written.length).padStart(12, "0")}`;
			written.push({ id, peer });
			await world.send(peer, id, `text ${String(written.length)}`);
		},
		end: async () => {
			await world.until(
				async () => (await world.snapshot()).accounts.every(({ queued }) => queued === 0),
				600_000,
			);
			await world.clock.advance(60_000);
			const entries = await world.store.byClientIds(written.map(({ id }) => asClientMessageId(id)));
			const counts = compared(world, new Map(written.map(({ id, peer }) => [id, peer])), entries);
			await world.quit();
			return { texts: written.length, ...counts };
		},
	};
}

function compared(
	world: AppWorld,
	peers: ReadonlyMap<string, string>,
	entries: readonly MessageEntry[],
): Partial<Refusals> {
	const { ledger, switches } = world.server;
	const counts = { failedWithRetry: 0, othersNotSent: 0, outOfOrder: 0, duplicates: 0 };
	for (const { clientId, delivery } of entries) {
		const refused = switches.refusedPeers.has(peers.get(clientId ?? "") ?? "");
		const asItShould = refused
			? delivery?.state === "failed" &&
				delivery.retryAllowed &&
				delivery.problem?.code === "http.status"
			: delivery?.state === "sent" || delivery?.state === "delivered";
		if (!asItShould) counts.othersNotSent += 1;
		else if (refused) counts.failedWithRetry += 1;
	}
	counts.othersNotSent += peers.size - entries.length;
	const copies = Map.groupBy(ledger.messages, ({ key }) => key);
	for (const { length } of copies.values()) counts.duplicates += length - 1;
	for (const peer of ledger.peers()) {
		const keys = ledger.conversation(peer).map(({ key }) => key ?? "");
		counts.outOfOrder += keys.filter((key, index) => index > 0 && key < (keys[index - 1] ?? "")).length;
	}
	return counts;
}
