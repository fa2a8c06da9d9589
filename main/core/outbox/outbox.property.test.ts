import fc from "fast-check";
import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { accepted, account, calling, doubtful, OutboxWorld, rejected } from "../testing/outbox-world.ts";
import { SeededRandom, settle, VirtualClock } from "../testing/virtual-clock.ts";

/** What a text's life looks like from outside, with queued and waiting as one. */
type State = "queued" | "sending" | "sent" | "delivered" | "failed" | "final" | "unknown" | "gone";

interface Text {
	readonly id: string;
	readonly place: number;
	state: State;
	/** How often it may still be handed to the system: once, and once more whenever that was of no effect or is wished for. */
	permits: number;
	/** It may be taken back until then, and does not leave before; by the monotonic clock. */
	undoUntil: number;
}

/** The reference: one conversation as a list, with the one text that is on its way. */
class ModelQueue {
	readonly queue: Text[] = [];
	flight: Text | null = null;
	poked = false;
	unreachable = false;
	/** Until a poke. */
	hold = false;

	insert(text: Text): void {
		if (this.queue.includes(text)) return;
		this.queue.push(text);
		this.queue.sort((one, other) => one.place - other.place);
	}

	remove(text: Text): void {
		const index = this.queue.indexOf(text);
		if (index === -1) return;
		this.queue.splice(index, 1);
		if (index === 0 && this.flight === null) this.hold = false;
	}

	poke(): void {
		if (this.flight !== null) this.poked = true;
		this.hold = false;
	}

	pump(open: boolean, now: number): void {
		const [head] = this.queue;
		if (!open || this.flight !== null || this.hold || head === undefined || head.undoUntil > now) return;
		this.queue.shift();
		this.flight = head;
		[this.poked, this.unreachable] = [false, false];
		head.state = "sending";
	}
}

const peers = ["5001", "5002", "5003"] as const;
const peer = fc.constantFrom(...peers);
const pick = fc.nat(1000);
const undoMs = fc.constantFrom(0, 0, 5000);
const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ do: fc.constant("write" as const), peer, undoMs }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("writeAgain" as const), pick }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
	{
		weight: 6,
		arbitrary: fc.record({
			do: fc.constant("answer" as const),
			pick,
			outcome: fc.constantFrom("accepted", "doubtful", "calling", "byPerson", "automatic", "never"),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant("told" as const),
			pick,
			state: fc.constantFrom("sent", "delivered"),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("failedAfterAll" as const), pick }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("poke" as const), peer }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("gate" as const), open: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("unreachable" as const), peer }) },
	{
		weight: 2,
		arbitrary: fc.record({ do: fc.constant("advance" as const), ms: fc.constantFrom(100, 5000, 40_000) }),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constantFrom("retry" as const, "sendAgain" as const, "discard" as const, "undo" as const),
			pick,
		}),
	},
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const retryAfterMs = 4000;
/** Schedules of one run; TRUNKLINE_SCHEDULES for more. */
const schedules = Number(process.env["TRUNKLINE_SCHEDULES"] ?? 150);

class Play {
	readonly store = memoryStore();
	readonly clock = new VirtualClock();
	readonly random = new SeededRandom();
	world = new OutboxWorld(this.store, this.clock, this.random);
	readonly texts: Text[] = [];
	readonly queues = new Map(peers.map((name) => [name as string, new ModelQueue()]));
	readonly home = new Map<Text, ModelQueue>();
	open = true;
	/** Nothing leaves before (Retry-After). */
	pausedUntil = 0;
	#checkedSends = 0;

	async run(one: Step): Promise<void> {
		const { world } = this;
		switch (one.do) {
			case "write": {
				const text: Text = {
					id: `t${String(this.texts.length)}`,
					place: this.texts.length,
					state: "queued",
					permits: 1,
					undoUntil: one.undoMs === 0 ? 0 : this.clock.monotonic() + one.undoMs,
				};
				this.texts.push(text);
				this.home.set(text, this.queue(one.peer));
				this.queue(one.peer).insert(text);
				world.undoMs = one.undoMs;
				await world.write(one.peer, text.id);
				break;
			}
			case "writeAgain": {
				const text = this.any(one.pick);
				if (text === undefined || text.state === "gone") return;
				await world.write(this.peerOf(text), text.id);
				break;
			}
			case "crash":
				await this.crash();
				break;
			case "answer":
				await this.answer(one.pick, one.outcome);
				break;
			case "told": {
				const text = this.any(one.pick);
				if (text === undefined) return;
				if (text.state !== "gone" && text.state !== "delivered" && text.state !== one.state) {
					text.state = one.state;
					this.homeOf(text).remove(text);
				}
				await world.hear({
					type: "delivery",
					clientId: text.id as ClientMessageId,
					state: one.state,
					at: null,
				});
				break;
			}
			case "failedAfterAll": {
				const text = this.any(one.pick);
				if (text === undefined) return;
				if (["sending", "sent", "unknown"].includes(text.state)) text.state = "failed";
				await world.hear({
					type: "deliveryFailed",
					clientId: text.id as ClientMessageId,
					error: appError("peer.unreachable"),
				});
				break;
			}
			case "poke":
				this.queue(one.peer).poke();
				await world.hear({ type: "sendable", peer: one.peer });
				break;
			case "gate":
				this.open = one.open;
				if (one.open) for (const queue of this.queues.values()) queue.poke();
				world.gate(one.open ? null : "offline");
				break;
			case "unreachable": {
				const queue = this.queue(one.peer);
				if (queue.flight !== null) queue.unreachable = true;
				for (const text of [...queue.queue]) {
					queue.remove(text);
					text.state = "failed";
				}
				await world.hear({
					type: "unreachable",
					peer: one.peer,
					error: appError("peer.unreachable"),
				});
				break;
			}
			case "advance":
				await world.clock.advance(one.ms);
				break;
			case "retry":
			case "sendAgain":
			case "discard":
			case "undo":
				await this.person(one.do, this.any(one.pick));
				break;
		}
		const now = this.clock.monotonic();
		for (const queue of this.queues.values()) queue.pump(this.open && now >= this.pausedUntil, now);
		await settle(800);
	}

	async answer(which: number, outcome: string): Promise<void> {
		const flights = this.world.inFlight();
		const id = flights[which % Math.max(1, flights.length)];
		const text = this.texts.find((other) => other.id === id);
		if (id === undefined || text === undefined) return;
		const queue = this.homeOf(text);
		expect(queue.flight).toBe(text);
		queue.flight = null;
		const again = outcome === "calling" || outcome === "automatic";
		if (again && !queue.unreachable) {
			text.permits += 1;
			if (text.state === "sending") text.state = "queued";
			if (text.state === "queued") {
				queue.insert(text);
				if (outcome === "calling") queue.hold = !queue.poked;
				else this.pausedUntil = this.clock.monotonic() + retryAfterMs;
			}
		} else if (text.state === "sending") {
			if (outcome === "accepted") text.state = "sent";
			else if (outcome === "doubtful") text.state = "unknown";
			else text.state = outcome === "never" ? "final" : "failed";
		}
		const outcomes = {
			accepted,
			doubtful,
			calling,
			byPerson: rejected("byPerson"),
			never: rejected("never"),
			automatic: rejected("automatic", retryAfterMs),
		};
		await this.world.answer(id, outcomes[outcome as keyof typeof outcomes]);
	}

	/** The process ends; another one finds what is on disk. */
	async crash(): Promise<void> {
		this.world.crash();
		for (const queue of this.queues.values()) {
			if (queue.flight?.state === "sending") queue.flight.state = "unknown";
			[queue.flight, queue.hold] = [null, false];
		}
		this.pausedUntil = 0;
		this.world = new OutboxWorld(this.store, this.clock, this.random);
		this.world.closedFor = this.open ? null : "offline";
		this.#checkedSends = 0;
		await this.world.load();
	}

	async person(wish: "retry" | "sendAgain" | "discard" | "undo", text: Text | undefined): Promise<void> {
		if (text === undefined || text.state === "gone") return;
		const entryId = await this.world.id(text.id);
		if (wish === "undo") {
			const may = text.state === "queued";
			expect((await this.world.undo(text.id)).ok).toBe(may);
			if (!may) return;
			text.state = "gone";
			this.homeOf(text).remove(text);
			return;
		}
		if (wish === "discard") {
			if (!["queued", "failed", "final", "unknown"].includes(text.state)) return;
			text.state = "gone";
			this.homeOf(text).remove(text);
			await this.world.book.change(() => ({ removed: [entryId] }));
			this.world.outbox.withdraw(this.conversationOf(text), entryId);
			return;
		}
		const may = text.state === (wish === "retry" ? "failed" : "unknown");
		if (may) {
			text.state = "queued";
			text.permits += 1;
			text.undoUntil = 0;
			this.homeOf(text).insert(text);
		}
		expect(await this.world.outbox.requeue(entryId, wish)).toBe(may);
	}

	async check(): Promise<void> {
		const { world } = this;
		for (const text of this.texts) {
			const entry = await world.entry(text.id);
			const state = entry?.delivery?.state ?? "gone";
			const retryable = entry?.delivery?.retryAllowed ?? false;
			const shown = state === "waiting" ? "queued" : state === "failed" && !retryable ? "final" : state;
			expect(`${text.id} ${shown}`).toBe(`${text.id} ${text.state}`);
		}
		const flying = [...this.queues.values()].flatMap((queue) =>
			queue.flight === null ? [] : [queue.flight.id],
		);
		expect(world.inFlight()).toEqual(flying.sort());
		for (const message of world.sent.slice(this.#checkedSends)) {
			const text = this.texts.find((other) => other.id === message.clientId);
			if (text === undefined) throw new Error("something that nobody wrote was sent");
			text.permits -= 1;
			expect(text.permits, `${text.id} was sent without leave`).toBeGreaterThanOrEqual(0);
		}
		this.#checkedSends = world.sent.length;
	}

	/** Everything goes well from here on: nothing may be left behind. */
	async finish(): Promise<void> {
		await this.run({ do: "gate", open: true });
		await this.check();
		for (let round = 0; round < 200; round += 1) {
			if (this.world.inFlight().length > 0)
				await this.run({ do: "answer", pick: round, outcome: "accepted" });
			else if ([...this.queues.values()].every((queue) => queue.queue.length === 0)) break;
			else await this.run({ do: "advance", ms: 5000 });
			for (const name of peers) await this.run({ do: "poke", peer: name });
			await this.check();
		}
		for (const text of this.texts) expect(["queued", "sending"]).not.toContain(text.state);
		expect(this.world.outbox.queuedOfAccount(account.id)).toBe(0);
	}

	queue(name: string): ModelQueue {
		const queue = this.queues.get(name);
		if (queue === undefined) throw new Error("unknown peer");
		return queue;
	}

	any(which: number): Text | undefined {
		return this.texts[which % Math.max(1, this.texts.length)];
	}

	homeOf(text: Text): ModelQueue {
		const queue = this.home.get(text);
		if (queue === undefined) throw new Error("a text without a conversation");
		return queue;
	}

	peerOf(text: Text): string {
		return [...this.queues].find(([, queue]) => queue === this.home.get(text))?.[0] ?? "";
	}

	conversationOf(text: Text): ConversationId {
		return `conversation ${this.peerOf(text)}` as ConversationId;
	}
}

test("whatever happens, the outbox does what a simple list would: nothing lost, nothing twice, order kept", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
			const play = new Play();
			for (const one of steps) {
				await play.run(one);
				await play.check();
			}
			await play.finish();
		}),
		{ numRuns: schedules },
	);
}, 600_000);
