import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import type { Conversation, MessageEntry } from "../../shared/model.ts";
import { serverOrder } from "../../shared/order.ts";
import { AppWorld, orThrow } from "../reference/app-world.ts";
import type { ServerMessage } from "../reference/ledger.ts";
import { shuffled } from "../reference/server.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";

/**
 * R3: events that come one to four times, in any order within a window, by push, poll and backfill at once, leave the
 * same state behind as the sorted set of them. A round is one seed.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const totals = {
		events: 0,
		deliveries: 0,
		byHistoryOnly: 0,
		differences: 0,
		unreadWrong: 0,
		gapsLeft: 0,
	};
	let firstProblem = "none";
	for (let round = 0; round < rounds; round++) {
		const result = await once(seed + round, eventsOfRound);
		totals.events += result.events;
		totals.deliveries += result.deliveries;
		totals.byHistoryOnly += result.byHistoryOnly;
		totals.differences += result.differences.length;
		totals.unreadWrong += result.unreadWrong;
		totals.gapsLeft += result.gapsLeft;
		const [problem] = result.differences;
		if (problem !== undefined && firstProblem === "none")
			firstProblem = `seed ${String(seed + round)}: ${problem}`;
		if ((round + 1) % 10 === 0)
			say(`${String(round + 1)} seeds, ${String(totals.differences)} differences`);
	}
	const pass = totals.differences + totals.unreadWrong + totals.gapsLeft === 0 && totals.events > 0;
	return { figures: { ...totals, firstProblem }, pass };
}

const eventsOfRound = 10_000;
const peers = 25;
const windowSize = 100;

export interface RoundResult {
	readonly events: number;
	/** By push and poll; history not counted. */
	readonly deliveries: number;
	readonly byHistoryOnly: number;
	/** In words, the first few. */
	readonly differences: readonly string[];
	readonly unreadWrong: number;
	readonly gapsLeft: number;
}

/** One seed with so many events. */
export async function once(seed: number, events: number): Promise<RoundResult> {
	const random = seededRandom(seed);
	const world = new AppWorld({
		store: memoryStore(),
		seed,
		provider: { pollMs: 700 },
		switches: { maxIntervalMs: 10_000 },
	});
	await world.start();
	const window = follow(world);
	const counts = { deliveries: 0, byHistoryOnly: 0 };
	for (let made = 0; made < events; made += windowSize) {
		const fresh = Array.from({ length: Math.min(windowSize, events - made) }, (_, n) =>
			eventOf(world, random, made + n),
		);
		const copies = { push: [] as ServerMessage[], poll: [] as ServerMessage[] };
		for (const message of fresh) {
			const times = 1 + Math.floor(random() * 4);
			const told = Array.from({ length: times }, () => random()).filter((where) => where < 0.85);
			if (told.length === 0) counts.byHistoryOnly += 1;
			counts.deliveries += told.length;
			for (const where of told) (where < 0.5 ? copies.push : copies.poll).push(message);
		}
		world.server.offer(shuffled(copies.poll, random));
		world.server.push(shuffled(copies.push, random));
		await world.clock.advance(Math.floor(random() * 400));
		// Now and then the session is gone: a gap, and what history has is asked for.
		if (random() < 0.1) world.server.forgetSessions();
	}
	// What nobody told must come without anybody's doing more than asking.
	world.server.forgetSessions();
	await world.clock.advance(20_000);
	await settled(world);
	// Everything once more, in any order: nothing may change.
	world.server.push(shuffled(world.server.ledger.messages, random).slice(0, 2000));
	await world.clock.advance(2000);
	const result = await compare(world, window);
	world.kill();
	return { events: world.server.ledger.sequence, ...counts, ...result };
}

function eventOf(world: AppWorld, random: () => number, number: number): ServerMessage {
	const peer = `peer${String(Math.floor(random() * random() * peers))}`;
	const text = `message ${String(number)}`;
	// Several may have the same time: their ids decide.
	const at = world.server.now() - Math.floor(random() * 3);
	return random() < 0.15
		? world.server.sendElsewhere(peer, text, { tell: false })
		: world.server.receive(peer, text, { tell: false, at });
}

/** Until no gap is being filled. */
async function settled(world: AppWorld): Promise<void> {
	await world.until(async () => {
		const { accounts } = await world.snapshot();
		return accounts.every(({ gapsFilling }) => gapsFilling === 0);
	}, 300_000);
}

/** The conversations as a window knows them that applies one change after the other. */
function follow(world: AppWorld): ReadonlyMap<string, Conversation> {
	const shown = new Map<string, Conversation>();
	world.core.subscribe(({ changes }) => {
		for (const change of changes) {
			if (change.type === "conversation") shown.set(change.conversation.id, change.conversation);
			if (change.type === "conversationRemoved") shown.delete(change.conversationId);
		}
	});
	return shown;
}

async function compare(
	world: AppWorld,
	window: ReadonlyMap<string, Conversation>,
): Promise<Pick<RoundResult, "differences" | "unreadWrong" | "gapsLeft">> {
	const differences: string[] = [];
	let unreadWrong = 0;
	const { ledger } = world.server;
	const snapshot = await world.snapshot();
	const gaps = await world.store.openGaps(world.accountId);
	const known = new Set(snapshot.conversations.map((one) => one.peer.address));
	for (const peer of ledger.peers()) if (!known.has(peer)) differences.push(`${peer}: no conversation`);
	for (const conversation of snapshot.conversations) {
		const peer = conversation.peer.address;
		const expected = ledger.conversation(peer);
		const entries = await world.stored(conversation.id);
		const kept = entries.filter((entry): entry is MessageEntry => entry.kind === "message");
		if (entries.length !== kept.length)
			differences.push(`${peer}: ${String(entries.length - kept.length)} entries are no messages`);
		differences.push(...differing(peer, expected, kept));
		// What the window is given, page by page, is what is stored.
		const shown = orThrow(
			await world.core.handlers["conversations.open"]({
				conversationId: conversation.id,
				around: null,
				wholePerson: false,
			}),
		).entries.map(({ id }) => id);
		if (
			!consecutive(
				shown,
				entries.map(({ id }) => id),
			)
		)
			differences.push(`${peer}: another page is shown`);
		if (JSON.stringify(window.get(conversation.id)) !== JSON.stringify(conversation))
			differences.push(`${peer}: the window was told something else`);
		const newest = expected.at(-1);
		if (conversation.preview?.text !== newest?.text) differences.push(`${peer}: another preview`);
		if (conversation.lastActivity !== newest?.at) differences.push(`${peer}: another last activity`);
		const unread = expected.filter(({ direction }) => direction === "in").length;
		if (conversation.unread !== unread) unreadWrong += 1;
	}
	return { differences: differences.slice(0, 20), unreadWrong, gapsLeft: gaps.length };
}

function differing(
	peer: string,
	expected: readonly ServerMessage[],
	kept: readonly MessageEntry[],
): readonly string[] {
	const differences: string[] = [];
	if (expected.length !== kept.length)
		differences.push(`${peer}: ${String(kept.length)} messages in place of ${String(expected.length)}`);
	for (const [index, message] of expected.entries()) {
		const entry = kept[index];
		const same =
			entry?.remoteId === message.id &&
			entry.text === message.text &&
			entry.direction === message.direction &&
			entry.at === message.at &&
			entry.order === serverOrder(message.at, message.id);
		if (!same) {
			differences.push(
				`${peer}: ${message.id} expected at ${String(index)}, found ${String(entry?.remoteId)}`,
			);
			break;
		}
	}
	return differences;
}

/** Whether `part` stands in `whole` without a hole. */
function consecutive(part: readonly string[], whole: readonly string[]): boolean {
	const start = whole.indexOf(part[0] ?? "");
	return part.length > 0 && part.every((id, index) => whole[start + index] === id);
}
