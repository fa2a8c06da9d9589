import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import type { StoreWrite, StoreWritten } from "../../main/core/ports/stores.ts";
import { AppWorld } from "../reference/app-world.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";

/**
 * R5: the next `/meta/connect` tells the server that the batch before is taken care of. The app dies between receipt
 * and commit, and between commit and the next poll; no poll may ever leave after a batch that is not on the disk, and
 * after the restart everything is there once. A round is one death.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const figures = {
		deaths: 0,
		beforeCommit: 0,
		afterCommit: 0,
		polls: 0,
		earlyAcks: 0,
		lost: 0,
		duplicated: 0,
	};
	for (let round = 0; round < rounds; round++) {
		const result = await once(seed + round, round % 2 === 0 ? "before" : "after");
		figures.deaths += result.died ? 1 : 0;
		if (result.died) figures[round % 2 === 0 ? "beforeCommit" : "afterCommit"] += 1;
		figures.polls += result.polls;
		figures.earlyAcks += result.earlyAcks;
		figures.lost += result.lost;
		figures.duplicated += result.duplicated;
		if ((round + 1) % 50 === 0)
			say(`${String(round + 1)} deaths, ${String(figures.earlyAcks)} early acks`);
	}
	const { deaths, earlyAcks, lost, duplicated } = figures;
	return { figures, pass: deaths === rounds && earlyAcks + lost + duplicated === 0 };
}

interface Outcome {
	readonly died: boolean;
	/** Polls that were looked at. */
	readonly polls: number;
	/** Polls that left while a batch of their session was not on the disk. */
	readonly earlyAcks: number;
	readonly lost: number;
	readonly duplicated: number;
}

/** One death at a random batch, before or after its commit. */
export async function once(seed: number, where: "before" | "after"): Promise<Outcome> {
	const random = seededRandom(seed);
	const committed = new Set<string>();
	const death = { at: 2 + Math.floor(random() * 12), batches: 0, armed: true };
	const world = new AppWorld({
		store: memoryStore(),
		seed,
		hooks: {
			at(when, write) {
				if (when !== where || !death.armed || !carriesMessages(write)) return false;
				death.batches += 1;
				if (death.batches < death.at) return false;
				death.armed = false;
				return true;
			},
			committed: (_write: StoreWrite, written: StoreWritten) => {
				for (const entry of written.entries)
					if (entry.kind === "message" && entry.remoteId !== null) committed.add(entry.remoteId);
			},
		},
	});
	const watch = watchPolls(world, committed);
	await world.start();
	const { mortal } = world.life;
	for (let made = 0; made < 200 && !mortal.dead; made++) {
		world.server.receive(`peer${String(Math.floor(random() * 5))}`, `message ${String(made)}`);
		// Sometimes several in one answer, sometimes each in its own.
		if (random() < 0.6) await world.clock.advance(Math.floor(random() * 50));
	}
	await world.clock.advance(1000);
	const died = mortal.dead;
	world.kill();
	// Longer than the server keeps what was not fetched, in half of the rounds.
	await world.clock.advance(random() < 0.5 ? 1000 : 15_000);
	world.server.receive("peer0", "while it was dead");
	await world.start();
	await world.clock.advance(30_000);
	const { lost, duplicated } = await compare(world);
	world.kill();
	return { died, ...watch(), lost, duplicated };
}

function carriesMessages(write: StoreWrite): boolean {
	return write.entries?.some((entry) => entry.kind === "message") ?? false;
}

/** Looks at each poll as it arrives: everything that earlier answers of its session held must be on the disk. */
function watchPolls(
	world: AppWorld,
	committed: ReadonlySet<string>,
): () => { readonly polls: number; readonly earlyAcks: number } {
	const { journal } = world.server;
	const handle = world.server.handle.bind(world.server);
	let polls = 0;
	let earlyAcks = 0;
	world.server.handle = (request) => {
		const answered = handle(request);
		const entry = journal.entries.at(-1);
		if (entry?.what === "connect" && entry.session !== null) {
			polls += 1;
			const handed = journal.entries.filter(
				({ what, session, index }) =>
					what === "connect" && session === entry.session && index < entry.index,
			);
			if (handed.some(({ ids }) => ids.some((id) => !committed.has(id)))) earlyAcks += 1;
		}
		return answered;
	};
	return () => ({ polls, earlyAcks });
}

async function compare(world: AppWorld): Promise<{ readonly lost: number; readonly duplicated: number }> {
	const seen = new Map<string, number>();
	for (const { id } of await world.store.conversations(world.accountId))
		for (const { remoteId } of await world.storedMessages(id))
			seen.set(remoteId ?? "", (seen.get(remoteId ?? "") ?? 0) + 1);
	const all = world.server.ledger.messages;
	return {
		lost: all.filter(({ id }) => !seen.has(id)).length,
		duplicated: [...seen.values()].filter((count) => count > 1).length,
	};
}
