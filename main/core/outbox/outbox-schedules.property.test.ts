import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { type Fate, OutboxSchedule, type Written } from "../testing/outbox-schedule.ts";
import { settle } from "../testing/virtual-clock.ts";

/** Steps of a schedule; `turns` is how far what was set off gets before the next step comes. */
const pick = fc.nat(1000);
const peers = ["5001", "5002", "5003"] as const;
const peer = fc.constantFrom(...peers);
const fate = fc.constantFrom<Fate[]>(
	"accepted",
	"accepted",
	"replyLost",
	"replyLost",
	"requestLost",
	"refused",
	"unreachable",
	"overloaded",
	"overloadedFor",
	"calling",
);
const action = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant("write" as const),
			peer,
			undoMs: fc.constantFrom(0, 0, 4000),
			file: fc.constantFrom(false, false, true),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("repeat" as const), pick }) },
	{
		weight: 8,
		arbitrary: fc.record({ do: fc.constant("answer" as const), pick, fate, echoFirst: fc.boolean() }),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("echo" as const), pick }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("poke" as const) }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("gate" as const), open: fc.boolean() }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const), arrived: fc.boolean() }) },
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant("disk" as const),
			refusal: fc.constantFrom("storage.full" as const, "storage.failing" as const, null, null),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("lostAnswer" as const) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("unreachable" as const), peer }) },
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constant("advance" as const),
			ms: fc.constantFrom(10, 900, 6000, 40_000),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constant("ask" as const),
			pick,
			wish: fc.constantFrom(
				"retry" as const,
				"sendAgain" as const,
				"checkAgain" as const,
				"discard" as const,
				"undo" as const,
			),
		}),
	},
);
const step = fc.record({ action, turns: fc.constantFrom(0, 1, 3, 9, 30, 300) });
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function play(it: OutboxSchedule, { action: one, turns }: Step): Promise<void> {
	const text = (which: number): Written | undefined => it.texts[which % Math.max(1, it.texts.length)];
	switch (one.do) {
		case "write":
			it.write(one.peer, one.undoMs, one.file);
			break;
		case "repeat": {
			const known = text(one.pick);
			if (known !== undefined) it.repeat(known);
			break;
		}
		case "answer":
			it.answer(one.pick, one.fate, one.echoFirst);
			break;
		case "echo":
			it.echo(one.pick);
			break;
		case "poke":
			it.hear({ type: "sendable", peer: null });
			break;
		case "gate":
			it.gate(one.open);
			break;
		case "crash":
			await it.crash(one.arrived);
			break;
		case "disk":
			it.disk.refusal = one.refusal;
			break;
		case "lostAnswer":
			it.disk.lostAnswer = it.disk.writes + 1;
			break;
		case "unreachable":
			it.hear({ type: "unreachable", peer: one.peer, error: { code: "peer.unreachable" } });
			break;
		case "advance":
			await it.clock.advance(one.ms);
			break;
		case "ask": {
			const known = text(one.pick);
			if (known !== undefined) await it.ask(known, one.wish);
			break;
		}
	}
	await settle(turns);
}

/** What holds at every moment, whatever happened. */
function holds(it: OutboxSchedule, idempotent: boolean): void {
	expect(it.faults).toEqual([]);
	for (const text of it.texts) {
		const copies = it.copies(text);
		const most = idempotent ? Math.min(1, text.asked) : text.asked;
		expect(copies, `${text.id}: messages on the server, at most`).toBeLessThanOrEqual(most);
		if (text.takenBack || text.refused) expect(copies, `${text.id} was never to leave`).toBe(0);
	}
	for (const name of peers) {
		// What the person asked for once arrives in the order written.
		const once = new Set(
			it.texts.filter(({ asked, stray }) => asked === 1 && !stray).map(({ id }) => id),
		);
		const order = it.ledger
			.filter(({ peer: to, clientId }) => to === name && once.has(clientId))
			.map(({ clientId }) => Number(clientId.slice("text ".length)));
		expect(order).toEqual(order.toSorted((one, other) => one - other));
	}
}

/** What must be true once everything has gone well for a while. */
async function ends(it: OutboxSchedule, idempotent: boolean): Promise<void> {
	for (const text of it.texts) {
		const entry = await it.stored(text);
		if (text.stored && !text.dismissed) expect(entry, `${text.id} is still there`).not.toBeNull();
		// One that was taken away and is told of again comes as the server tells of it.
		if (entry !== null && !text.dismissed)
			expect(await it.filesOf(text), `files of ${text.id}`).toBe(text.hasFile ? 1 : 0);
		const state = entry?.delivery?.state;
		if (state === undefined || text.stray) continue;
		const final = ["sent", "delivered", "failed", ...(idempotent ? [] : ["unknown"])];
		expect(final, `${text.id} ended`).toContain(state);
		if (state === "sent" || state === "delivered")
			expect(it.copies(text), `${text.id} is on the server, as it says`).toBeGreaterThan(0);
		if (state === "unknown") expect(entry?.delivery?.problem?.code).not.toBe("message.checking");
	}
}

/** Schedules of one run; TRUNKLINE_SCHEDULES for more. */
const schedules = Number(process.env["TRUNKLINE_SCHEDULES"] ?? 150);

for (const [name, remedies] of [
	["neither history nor keys (Genesys)", { history: false, idempotentSend: false }],
	["history", { history: true, idempotentSend: false }],
	["keys", { history: false, idempotentSend: true }],
	["history and keys", { history: true, idempotentSend: true }],
] as const) {
	test(`crashes, refusing disks, lost replies in any order, on a server with ${name}: nothing lost, nothing twice, no false “sent”`, async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 60, size: "max" }),
				fc.boolean(),
				async (steps, named) => {
					const it = new OutboxSchedule(memoryStore(), remedies, named);
					await it.meet(...peers);
					for (const one of steps) {
						await play(it, one);
						holds(it, remedies.idempotentSend);
					}
					await it.finish();
					holds(it, remedies.idempotentSend);
					await ends(it, remedies.idempotentSend);
				},
			),
			{ numRuns: schedules },
		);
	}, 600_000);
}
