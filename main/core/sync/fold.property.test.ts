import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ClientMessageId } from "../../../shared/ids.ts";
import type { Entry } from "../../../shared/model.ts";
import { arrivalOrder, type Order, orderTime, serverOrder } from "../../../shared/order.ts";
import { prepareDatabase } from "../../adapters/storage/database/open/prepare.ts";
import { openDatabase } from "../../adapters/storage/database/sqlite-driver.ts";
import { DatabaseStore } from "../../adapters/storage/database/sync-store.ts";
import { inThisThread, memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import type { ProviderEvent, RemoteFile } from "../ports/provider.ts";
import type { MessageStore } from "../ports/stores.ts";
import { account, OutboxWorld } from "../testing/outbox-world.ts";
import { SeededRandom, settle, VirtualClock } from "../testing/virtual-clock.ts";
import { applyBatch } from "./apply.ts";

/** What the timeline must be, worked out the plain way. */
interface Line {
	readonly key: string;
	readonly mine: boolean;
	order: Order;
	unread: boolean;
}

class Model {
	readonly lines = new Map<string, Line[]>();
	/** Of messages from elsewhere. */
	readonly states = new Map<string, "sent" | "failed">();
	readonly #sequences = new Map<string, number>();

	incoming(peer: string, id: string, at: number): void {
		if (this.#find(peer, id) === undefined)
			this.#add(peer, { key: id, mine: false, order: serverOrder(at, id), unread: true });
	}

	/** Ours, from another place; what the server said of it last counts. */
	elsewhere(peer: string, id: string, at: number, state: "sent" | "failed"): void {
		this.states.set(id, state);
		if (this.#find(peer, id) === undefined)
			this.#add(peer, { key: id, mine: true, order: serverOrder(at, id), unread: false });
	}

	written(peer: string, text: string, at: number): void {
		const sequence = (this.#sequences.get(peer) ?? 0) + 1;
		const order = arrivalOrder(at, sequence, this.of(peer).at(-1)?.order ?? null);
		this.#add(peer, { key: text, mine: true, order, unread: false });
	}

	/** The server has it, under this id and at this time. */
	known(peer: string, text: string, id: string, at: number): void {
		const line = this.#find(peer, text);
		if (line !== undefined) line.order = serverOrder(at, id);
	}

	read(peer: string, upTo: string): void {
		const place = this.#find(peer, upTo)?.order ?? "";
		for (const line of this.of(peer)) if (line.order <= place) line.unread = false;
	}

	readUntil(peer: string, at: number): void {
		for (const line of this.of(peer)) if (orderTime(line.order) <= at) line.unread = false;
	}

	unread(peer: string, from: string): void {
		const place = this.#find(peer, from)?.order ?? "~";
		for (const line of this.of(peer)) if (line.order >= place && !line.mine) line.unread = true;
	}

	/** In order. */
	of(peer: string): readonly Line[] {
		return [...(this.lines.get(peer) ?? [])].sort((one, other) => (one.order < other.order ? -1 : 1));
	}

	#find(peer: string, key: string): Line | undefined {
		return this.lines.get(peer)?.find((line) => line.key === key);
	}

	#add(peer: string, line: Line): void {
		this.#sequences.set(peer, (this.#sequences.get(peer) ?? 0) + 1);
		this.lines.set(peer, [...(this.lines.get(peer) ?? []), line]);
	}
}

const peers = ["5001", "5002"] as const;
const peer = fc.constantFrom(...peers);
const pick = fc.nat(1000);
/** A message that the server has; `pick` chooses among those there are, or makes one. */
const told = fc.record({
	what: fc.constantFrom("incoming", "incoming", "elsewhere", "echo", "echo", "fails"),
	peer,
	pick,
	named: fc.boolean(),
	at: fc.nat(60_000),
});
const step = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			do: fc.constant("hear" as const),
			batch: fc.array(told, { minLength: 1, maxLength: 5 }),
			crashAfter: fc.option(fc.nat(40), { nil: null, freq: 3 }),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("write" as const), peer }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("reply" as const), pick, lost: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const), peer, pick }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("unread" as const), peer, pick }) },
	{
		weight: 1,
		arbitrary: fc.record({ do: fc.constant("readElsewhere" as const), peer, pick, all: fc.boolean() }),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** A store that a process uses until it ends: what it asks for later, or has not heard by then, never comes. */
function until(ended: () => boolean, store: MessageStore): MessageStore {
	const never = new Promise<never>(() => undefined);
	return new Proxy(store, {
		get:
			(target, name: keyof MessageStore) =>
			async (...args: never[]) => {
				if (ended()) return await never;
				const answer: unknown = await (target[name] as (...all: never[]) => Promise<unknown>)(
					...args,
				);
				return ended() ? await never : answer;
			},
	});
}

interface Message {
	readonly event: ProviderEvent;
	/** What it means to the model. */
	readonly apply: () => void;
}

/** The app through its lives, and a server that tells everything until it is acknowledged. */
class Schedule {
	readonly model = new Model();
	readonly #clock = new VirtualClock(1_000_000);
	readonly #random = new SeededRandom();
	readonly #reopen: (before: MessageStore | null) => Promise<MessageStore>;
	#store: MessageStore | null = null;
	#world: OutboxWorld | null = null;
	#end: () => void = () => undefined;
	#made = 0;
	/** Messages that the server has told of. */
	readonly #messages: Message[] = [];
	/** Texts that were handed over, with what the server knows of them. */
	readonly #texts = new Map<string, { readonly peer: string; readonly id: string; readonly at: number }>();
	/** How often the person would have been told of each message. */
	readonly told = new Map<string, number>();

	constructor(reopen: (before: MessageStore | null) => Promise<MessageStore>) {
		this.#reopen = reopen;
	}

	get world(): OutboxWorld {
		if (this.#world === null) throw new Error("not begun");
		return this.#world;
	}

	get store(): MessageStore {
		if (this.#store === null) throw new Error("not begun");
		return this.#store;
	}

	async begin(): Promise<void> {
		const life = { over: false };
		this.#end = () => (life.over = true);
		this.#store = await this.#reopen(this.#store);
		this.#world = new OutboxWorld(
			until(() => life.over, this.#store),
			this.#clock,
			this.#random,
		);
		this.#world.onSend = ({ clientId, peer: to }) => {
			const id = `s ${clientId}`;
			if (!this.#texts.has(clientId))
				this.#texts.set(clientId, { peer: to, id, at: this.#clock.now() + 7 });
		};
		await this.#world.load();
	}

	async crash(): Promise<void> {
		this.#end();
		this.world.crash();
		await this.begin();
	}

	async take(one: Step): Promise<void> {
		switch (one.do) {
			case "hear":
				await this.#hear(one.batch, one.crashAfter);
				return;
			case "write": {
				const text = `t${String((this.#made += 1))}`;
				await this.world.write(one.peer, text);
				this.model.written(one.peer, text, this.#clock.now());
				await settle();
				return;
			}
			case "reply": {
				const flying = this.world.inFlight();
				const clientId = flying[one.pick % Math.max(1, flying.length)];
				const text = clientId === undefined ? undefined : this.#texts.get(clientId);
				if (clientId === undefined || text === undefined) return;
				if (!one.lost) this.model.known(text.peer, clientId, text.id, text.at);
				await this.world.answer(
					clientId,
					one.lost
						? { kind: "unknown", error: { code: "network.timeout" } }
						: { kind: "accepted", remoteId: text.id, at: text.at },
				);
				return;
			}
			case "read":
			case "unread": {
				const lines = this.model.of(one.peer);
				const line = lines[one.pick % Math.max(1, lines.length)];
				const record = this.world.book.byPeer(account.id, one.peer);
				if (line === undefined || record === null) return;
				const { entries } = await this.store.page(record.id, { kind: "newest" }, 1000);
				const entry = entries.find((other) => keyOf(other) === line.key);
				if (entry === undefined) throw new Error(`${line.key} is missing`);
				this.model[one.do](one.peer, line.key);
				await this.world.book.change(() =>
					one.do === "read"
						? { read: [{ id: record.id, upTo: entry.id }] }
						: { unread: [{ id: record.id, from: entry.id }] },
				);
				return;
			}
			case "readElsewhere": {
				const lines = this.model.of(one.peer).filter((line) => !line.mine);
				const line = lines[one.pick % Math.max(1, lines.length)];
				if (line === undefined) return;
				const upTo = one.all ? null : orderTime(line.order);
				this.model.readUntil(one.peer, upTo ?? Infinity);
				await this.#apply([{ type: "read", peer: one.peer, upTo }]);
				return;
			}
			case "crash":
				await this.crash();
				return;
		}
	}

	/** Told until it is stored: a process that ends in between is told again by the next one. */
	async #hear(batch: readonly Told[], crashAfter: number | null): Promise<void> {
		const messages = batch.flatMap((one) => this.#message(one) ?? []);
		const events = messages.map(({ event }) => event);
		const stored = { is: false };
		const hearing = this.#apply(events).then(() => (stored.is = true));
		if (crashAfter !== null) {
			await settle(crashAfter);
			await this.crash();
			if (!stored.is) await this.#apply(events);
		} else await hearing;
		for (const { apply } of messages) apply();
		await settle();
	}

	async #apply(events: readonly ProviderEvent[]): Promise<void> {
		const { clock, random, logger, book, outbox } = this.world;
		const { told: counts } = this;
		await applyBatch(
			{
				clock,
				random,
				logger,
				book,
				outbox,
				startedAt: () => 0,
				seen: () => false,
				listener: {
					incoming: ({ text }) => counts.set(text, (counts.get(text) ?? 0) + 1),
					begun: () => undefined,
					sendProblem: () => undefined,
				},
			},
			account,
			events,
		);
	}

	#message(one: Told): Message | null {
		const old = this.#messages[one.pick % (2 * this.#messages.length + 1)];
		if (old !== undefined) return old;
		const message = this.#new(one);
		if (message !== null) this.#messages.push(message);
		return message;
	}

	#new({ what, peer: from, pick: chosen, named, at: offset }: Told): Message | null {
		const { model } = this;
		if (what === "echo") {
			const [clientId, text] = [...this.#texts][chosen % Math.max(1, this.#texts.size)] ?? [];
			if (clientId === undefined || text === undefined) return null;
			const { peer: to, id: remoteId, at } = text;
			const mine = named ? { clientId: clientId as ClientMessageId } : {};
			return {
				event: { type: "ownMessage", peer: to, text: clientId, remoteId, stretch: null, at, ...mine },
				apply: () => model.known(to, clientId, remoteId, at),
			};
		}
		if (what === "fails") {
			const failing = this.#messages.flatMap(({ event }) =>
				event.type === "ownMessage" && event.remoteId?.startsWith("elsewhere") === true
					? [event]
					: [],
			);
			const event = failing[chosen % Math.max(1, failing.length)];
			if (event === undefined) return null;
			const { peer: to, remoteId: id, at } = event;
			return {
				event: { ...event, state: "failed", words: "Undelivered" },
				apply: () => model.elsewhere(to, id ?? "", at ?? 0, "failed"),
			};
		}
		const remoteId = `${what} ${String((this.#made += 1))}`;
		const at = this.#clock.now() - 30_000 + offset;
		const event = { peer: from, text: remoteId, remoteId, stretch: null, at };
		return what === "incoming"
			? {
					event: { ...event, type: "message", catchUp: named, files: named ? [photo] : [] },
					apply: () => model.incoming(from, remoteId, at),
				}
			: {
					event: { ...event, type: "ownMessage" },
					apply: () => model.elsewhere(from, remoteId, at, "sent"),
				};
	}
}

const photo: RemoteFile = {
	ref: "photo",
	type: "image/png",
	name: null,
	bytes: null,
	width: null,
	height: null,
};

function keyOf(entry: Entry): string {
	return entry.kind === "message" ? entry.text : entry.kind;
}

async function check(schedule: Schedule): Promise<void> {
	const { model, world, store, told: counts } = schedule;
	await settle();
	const records = await store.conversations();
	// What the book took over from its writes is what is stored.
	expect([...world.book.records()].sort(byId)).toEqual([...records].sort(byId));
	expect(world.book.unread).toBe(records.reduce((total, { unread }) => total + unread, 0));
	for (const record of records) {
		const lines = model.of(record.peer);
		const { entries } = await store.page(record.id, { kind: "newest" }, 1000);
		expect(entries.map((entry) => ({ key: keyOf(entry), order: entry.order }))).toEqual(
			lines.map(({ key, order }) => ({ key, order })),
		);
		for (const entry of entries) {
			if (entry.kind !== "message") continue;
			const state = model.states.get(entry.remoteId ?? "");
			if (state !== undefined) expect(entry.delivery?.state).toBe(state);
			// What a message names is what is kept for it.
			const named = (entry.details?.attachments ?? []).map(({ id }) => id);
			const kept = await store.mediaOf(entry.id);
			expect(kept.map(({ attachment }) => attachment.id)).toEqual(named);
		}
		const unread = lines.filter((line) => line.unread);
		const first = entries.find((entry) => keyOf(entry) === unread[0]?.key);
		expect([record.unread, record.firstUnread]).toEqual([unread.length, first?.id ?? null]);
		expect(record.preview?.text).toBe(lines.at(-1)?.key);
	}
	expect([...counts.values()].every((count) => count === 1)).toBe(true);
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
	return one.id < other.id ? -1 : 1;
}

async function run(
	steps: readonly Step[],
	reopen: (before: MessageStore | null) => Promise<MessageStore>,
): Promise<void> {
	const schedule = new Schedule(reopen);
	await schedule.begin();
	for (const one of steps) await schedule.take(one);
	await check(schedule);
	await schedule.crash();
	await check(schedule);
}

/** Runs of a longer campaign: FOLD_RUNS=5000. */
const runs = Number(process.env["FOLD_RUNS"] ?? 300);

test("any schedule of events, marks, replies and crashes ends as the plain model says", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
			const store = memoryStore();
			await run(steps, () => Promise.resolve(store));
		}),
		{ numRuns: runs },
	);
}, 1_200_000);

test("so it does on a file that is opened anew after every crash", async () => {
	const folder = mkdtempSync(join(tmpdir(), "fold-"));
	let files = 0;
	try {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
				const path = join(folder, `${String((files += 1))}.db`);
				await run(steps, async (before) => {
					await before?.close();
					const database = openDatabase({ path, access: "write" });
					prepareDatabase(database);
					return inThisThread(new DatabaseStore(database));
				});
			}),
			{ numRuns: Math.ceil(runs / 10) },
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}, 1_200_000);
