import { memoryStore } from "../../main/adapters/storage/database/testing/memory-store.ts";
import type { MessageStore } from "../../main/core/ports/stores.ts";
import { asClientMessageId } from "../../shared/ids.ts";
import type { MessageEntry } from "../../shared/model.ts";
import { AppWorld } from "../reference/app-world.ts";
import { type CheckOptions, type CheckResult, seededRandom } from "./check.ts";

/**
 * R2: the server has a text and its reply never comes. A round is one send; every kind of server gets all of them.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const figures: Record<string, number | string> = {};
	let pass = true;
	for (const kind of serverKinds) {
		const result = await once(seed, rounds, kind);
		say(`${kind.name}: ${JSON.stringify(result)}`);
		for (const [what, value] of Object.entries({ ...result })) figures[`${kind.name}: ${what}`] = value;
		pass &&= holds(kind, result);
	}
	return { figures, pass };
}

export interface ServerKind {
	readonly name: string;
	/** It knows a repeated send by its key. */
	readonly keys: boolean;
	/** It tells of our own messages by push; by history. */
	readonly echo: boolean;
	readonly history: boolean;
	/** Every text is another one; else only two words are ever sent, and which message is whose cannot always be told. */
	readonly distinct: boolean;
}

export const serverKinds: readonly ServerKind[] = [
	{ name: "keys", keys: true, echo: true, history: true, distinct: true },
	{ name: "keys only", keys: true, echo: false, history: false, distinct: true },
	{ name: "echo", keys: false, echo: true, history: false, distinct: true },
	{ name: "history", keys: false, echo: false, history: true, distinct: true },
	{ name: "history, same words", keys: false, echo: true, history: true, distinct: false },
	{ name: "nothing", keys: false, echo: false, history: false, distinct: true },
];

export interface DroppedReplies {
	readonly sends: number;
	readonly repliesDropped: number;
	/** Messages of one text beyond the first. */
	readonly duplicates: number;
	/** Texts that the server does not have. */
	readonly lost: number;
	/** Texts of which not all requests carried the same key. */
	readonly otherKeys: number;
	/** Texts that were shown as unknown while the program was finding out. */
	readonly shownChecking: number;
	readonly sent: number;
	readonly unknown: number;
	/** Neither sent nor unknown in the end. */
	readonly otherwise: number;
	/** Texts that say they are another message than the one they are, or that none of the server's. */
	readonly wrongMessage: number;
}

/** What must be true of the figures on a server of this kind. */
export function holds(kind: ServerKind, result: DroppedReplies): boolean {
	const { sends, repliesDropped, duplicates, lost, otherKeys, shownChecking, sent, unknown } = result;
	const never = duplicates + lost + otherKeys + result.otherwise + result.wrongMessage;
	if (never > 0 || repliesDropped === 0 || sent + unknown !== sends) return false;
	if (kind.name === "nothing") return unknown === repliesDropped && shownChecking === 0;
	if (kind.name === "echo") return unknown === 0;
	return shownChecking > 0 && (unknown === 0 || !kind.distinct);
}

const peers = 20;

export async function once(seed: number, sends: number, kind: ServerKind): Promise<DroppedReplies> {
	const random = seededRandom(seed);
	const checking = new Set<string>();
	const { keys, echo, history } = kind;
	const world = new AppWorld({
		store: watched(memoryStore(), checking),
		seed,
		provider: { history, idempotentSend: keys },
		// The echo takes its time: the text is in doubt before it comes.
		switches: { keys, echo, history, dropReplyShare: 0.3, delayMs: [0, 120], pushDelayMs: [0, 2500] },
	});
	await world.start();
	const texts = new Map<string, { readonly peer: string; readonly text: string }>();
	for (let sent = 0; sent < sends; sent += 1) {
		const clientId = `00000000-0000-7000-9000-${String(sent).padStart(12, "0")}`;
		const peer = `peer${String(Math.floor(random() * peers))}`;
		const word = random() < 0.5 ? "yes" : "no";
		const text = kind.distinct ? `text ${String(sent)}` : word;
		texts.set(clientId, { peer, text });
		await world.send(peer, clientId, text);
		if (random() < 0.5) await world.clock.advance(Math.floor(random() * 400));
	}
	await world.until(async () => {
		const waiting = (await world.snapshot()).accounts.some(({ queued }) => queued > 0);
		return !waiting;
	}, 600_000);
	// Whatever the program would still do by itself it has done by now.
	await world.clock.advance(600_000);
	const entries = await world.store.byClientIds([...texts.keys()].map(asClientMessageId));
	const result = { ...counted(world, entries), ...ledgerOf(world, texts), shownChecking: checking.size };
	await world.quit();
	return { sends, ...result };
}

function ledgerOf(
	world: AppWorld,
	texts: ReadonlyMap<string, { readonly peer: string; readonly text: string }>,
): Pick<DroppedReplies, "repliesDropped" | "duplicates" | "lost" | "otherKeys"> {
	const { messages, attempts } = world.server.ledger;
	const copies = Map.groupBy(messages, ({ key }) => key ?? "");
	const duplicates = [...copies.values()].reduce((sum, { length }) => sum + length - 1, 0);
	const lost = [...texts.keys()].filter((clientId) => !copies.has(clientId)).length;
	// The reference client always says the key; whether the server cares is another matter.
	const otherKeys = attempts.filter(({ key, text, peer }) => {
		const meant = texts.get(key ?? "");
		return meant?.text !== text || meant.peer !== peer;
	}).length;
	const dropped = new Set(attempts.filter(({ replied }) => !replied).map(({ key }) => key));
	return { repliesDropped: dropped.size, duplicates, lost, otherKeys };
}

function counted(
	world: AppWorld,
	entries: readonly MessageEntry[],
): Pick<DroppedReplies, "sent" | "unknown" | "otherwise" | "wrongMessage"> {
	const byId = new Map(world.server.ledger.messages.map((message) => [message.id, message]));
	const counts = { sent: 0, unknown: 0, otherwise: 0, wrongMessage: 0 };
	for (const { delivery, remoteId, text } of entries) {
		if (delivery?.state === "unknown") {
			counts.unknown += 1;
			continue;
		}
		if (delivery?.state !== "sent" && delivery?.state !== "delivered") {
			counts.otherwise += 1;
			continue;
		}
		counts.sent += 1;
		if (remoteId === null || byId.get(remoteId)?.text !== text) counts.wrongMessage += 1;
	}
	return counts;
}

/** A store that tells which texts were stored as being checked. */
function watched(inner: MessageStore, checking: Set<string>): MessageStore {
	return {
		...inner,
		write: (write) => {
			for (const { id, delivery } of write.deliveries ?? [])
				if (delivery.problem?.code === "message.checking") checking.add(id);
			return inner.write(write);
		},
	};
}
