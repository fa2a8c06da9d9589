import fc from "fast-check";
import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import { MemoryMessageStore } from "../../adapters/storage/memory-message-store.ts";
import { accepted, account, calling, doubtful, OutboxWorld, rejected } from "../testing/outbox-world.ts";
import { settle } from "../testing/virtual-clock.ts";

/** What a text's life looks like from outside, with queued and waiting as one. */
type State = "queued" | "sending" | "sent" | "delivered" | "failed" | "final" | "unknown" | "gone";

interface Text {
	readonly id: string;
	readonly place: number;
	state: State;
	/** How often it may still be handed to the system: once, and once more whenever that was of no effect or is wished for. */
	permits: number;
}

/** The reference: one conversation as a list, with the one text that is on its way. */
class ModelQueue {
	readonly queue: Text[] = [];
	flight: Text | null = null;
	poked = false;
	unreachable = false;
	hold: { readonly until: number | null } | null = null;

	insert(text: Text): void {
		if (this.queue.includes(text)) return;
		this.queue.push(text);
		this.queue.sort((one, other) => one.place - other.place);
		if (this.queue[0] === text && this.flight === null && this.hold !== null && this.hold.until !== null)
			this.hold = null;
	}

	remove(text: Text): void {
		const index = this.queue.indexOf(text);
		if (index === -1) return;
		this.queue.splice(index, 1);
		if (index === 0 && this.flight === null) this.hold = null;
	}

	poke(): void {
		if (this.flight !== null) this.poked = true;
		if (this.hold?.until === null) this.hold = null;
	}

	pump(open: boolean): void {
		const [head] = this.queue;
		if (!open || this.flight !== null || this.hold !== null || head === undefined) return;
		this.queue.shift();
		this.flight = head;
		[this.poked, this.unreachable] = [false, false];
		head.state = "sending";
	}
}

const peers = ["5001", "5002", "5003"] as const;
const peer = fc.constantFrom(...peers);
const pick = fc.nat(1000);
const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ do: fc.constant("write" as const), peer }) },
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
			do: fc.constantFrom("retry" as const, "sendAgain" as const, "discard" as const),
			pick,
		}),
	},
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const retryAfterMs = 4000;

class Play {
	readonly world = new OutboxWorld(new MemoryMessageStore());
	readonly texts: Text[] = [];
	readonly queues = new Map(peers.map((name) => [name as string, new ModelQueue()]));
	readonly home = new Map<Text, ModelQueue>();
	open = true;
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
				};
				this.texts.push(text);
				this.home.set(text, this.queue(one.peer));
				this.queue(one.peer).insert(text);
				await world.write(one.peer, text.id);
				break;
			}
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
				for (const queue of this.queues.values()) {
					if (
						queue.hold !== null &&
						queue.hold.until !== null &&
						queue.hold.until <= world.clock.monotonic()
					)
						queue.hold = null;
				}
				break;
			case "retry":
			case "sendAgain":
			case "discard":
				await this.person(one.do, this.any(one.pick));
				break;
		}
		for (const queue of this.queues.values()) queue.pump(this.open);
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
				const until = outcome === "calling" ? null : this.world.clock.monotonic() + retryAfterMs;
				queue.hold = outcome === "calling" && queue.poked ? null : { until };
				// A text before it is the head now, and nobody has refused that one yet.
				if (outcome === "automatic" && queue.queue[0] !== text) queue.hold = null;
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

	async person(wish: "retry" | "sendAgain" | "discard", text: Text | undefined): Promise<void> {
		if (text === undefined) return;
		const entryId = `entry ${text.id}` as EntryId;
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

	conversationOf(text: Text): ConversationId {
		const name = [...this.queues].find(([, queue]) => queue === this.home.get(text))?.[0] ?? "";
		return `conversation ${name}` as ConversationId;
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
		{ numRuns: 300 },
	);
}, 60_000);
