import fc from "fast-check";
import { expect, test } from "vitest";
import { appError, AppFailure } from "../../../shared/errors.ts";
import { orderTime } from "../../../shared/order.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { BackfillRun, eventOf, HistoryServer, historyAccount } from "../testing/backfill-world.ts";
import { SeededRandom, settle, VirtualClock } from "../testing/virtual-clock.ts";
import { pageSize } from "./backfill-plan.ts";
import { PatienceFailure } from "./history-failure.ts";

function world(store = memoryStore()) {
	const clock = new VirtualClock();
	const random = new SeededRandom();
	const server = new HistoryServer(clock);
	const run = (): BackfillRun => new BackfillRun(store, { clock, random, server });
	/** The same again after a crash. */
	const restart = async (old: BackfillRun): Promise<BackfillRun> => {
		old.kill();
		const next = run();
		await next.book.load();
		return next;
	};
	return { clock, random, server, store, run: run(), restart };
}

async function say(server: HistoryServer, clock: VirtualClock, peer: string, count: number): Promise<void> {
	for (let each = 0; each < count; each += 1) {
		server.say(peer);
		await clock.advance(1000);
	}
}

/** Long enough for everything that can be done without another failure. */
const while_ = 120_000;

test("a new account: the newest page of every conversation, read and without news; older ones on demand", async () => {
	const { clock, server, run } = world();
	await say(server, clock, "5001", 250);
	await say(server, clock, "5002", 3);
	run.online();
	await clock.advance(while_);
	const all = server.said.filter(({ peer }) => peer === "5001").map(({ id }) => id);
	expect(await run.remoteIds("5001")).toEqual(all.slice(-pageSize));
	expect(await run.remoteIds("5002")).toHaveLength(3);
	expect(await run.markers("5001")).toEqual([]);
	expect(run.incoming).toEqual([]);
	expect(run.book.get(run.id("5001"))?.unread).toBe(0);
	const older = run.backfill.older(run.id("5001"));
	await clock.advance(100);
	await older;
	expect(await run.remoteIds("5001")).toEqual(all.slice(-2 * pageSize));
	for (let page = 0; page < 3; page += 1) {
		const more = run.backfill.older(run.id("5001"));
		await clock.advance(100);
		await more;
	}
	expect(await run.remoteIds("5001")).toEqual(all);
	expect(run.book.get(run.id("5001"))).toMatchObject({ unread: 0, olderCursor: null });
	expect(run.incoming).toEqual([]);
});

test("an outage: a marker from the list on until the messages are here, then none; unread and told as made up for", async () => {
	const { clock, server, run } = world();
	await say(server, clock, "5001", 5);
	run.online();
	await clock.advance(while_);
	run.offline();
	await say(server, clock, "5001", 3 * pageSize);
	run.online();
	await clock.advance(6);
	expect(await run.markers("5001")).toEqual([true]);
	expect(run.backfill.gaps(historyAccount.id)).toBe(1);
	await clock.advance(1000);
	expect(await run.markers("5001")).toEqual([]);
	expect(run.backfill.gaps(historyAccount.id)).toBe(0);
	expect(await run.remoteIds("5001")).toEqual(server.said.map(({ id }) => id));
	expect(run.book.get(run.id("5001"))?.unread).toBe(3 * pageSize);
	expect(run.incoming).toHaveLength(3 * pageSize);
	expect(run.incoming.every((message) => message.catchUp)).toBe(true);
	expect(server.mostAtOnce).toBe(1);
});

test("the conversation on screen comes first, then the newest", async () => {
	const { clock, server, run } = world();
	for (const peer of ["a", "b", "c"]) server.say(peer);
	run.online();
	await clock.advance(while_);
	run.offline();
	for (const peer of ["a", "b", "c"]) await say(server, clock, peer, 1);
	run.viewed = run.id("a");
	server.asked.length = 0;
	run.online();
	await clock.advance(while_);
	expect(server.asked.slice(1)).toEqual(["page a", "page c", "page b"]);
});

test("what comes live while a gap is open is stored at once, and the mark waits for the gap", async () => {
	const { clock, server, run } = world();
	server.say("5001");
	run.online();
	await clock.advance(while_);
	const before = run.book.get(run.id("5001"))?.syncedTo;
	run.offline();
	await say(server, clock, "5001", 2 * pageSize);
	run.online();
	await clock.advance(11);
	const live = server.say("5001");
	await run.tell(eventOf(live));
	expect(await run.remoteIds("5001")).toContain(live.id);
	expect(run.book.get(run.id("5001"))?.syncedTo).toBe(before);
	await clock.advance(while_);
	const next = server.say("5001");
	await run.tell(eventOf(next));
	expect(orderTime(run.book.get(run.id("5001"))?.syncedTo ?? "")).toBe(next.at);
	expect(await run.remoteIds("5001")).toEqual(server.said.map(({ id }) => id));
});

test("in order and without a loss the next run looks once, marks nothing and asks for no second page", async () => {
	const { clock, server, run, restart } = world();
	run.online();
	await clock.advance(while_);
	for (let each = 0; each < 3 * pageSize; each += 1) {
		await run.tell(eventOf(server.say("5001")));
		await clock.advance(1000);
	}
	server.asked.length = 0;
	const next = await restart(run);
	next.online();
	await clock.advance(6);
	expect(await next.markers("5001")).toEqual([]);
	await clock.advance(while_);
	expect(server.asked).toEqual(["heads 0", "page 5001"]);
	server.asked.length = 0;
	next.offline();
	next.online();
	await clock.advance(while_);
	expect(server.asked).toEqual(["heads 300"]);
});

test("a server that fails is asked again with growing pauses; Retry-After is obeyed by wishes too", async () => {
	const { clock, server, run } = world();
	await say(server, clock, "5001", 3 * pageSize);
	run.online();
	await clock.advance(while_);
	run.offline();
	server.say("5001");
	server.fails = (what) => (what.startsWith("page") ? new AppFailure(appError("http.status")) : null);
	run.online();
	await clock.advance(600_000);
	expect(await run.markers("5001")).toEqual([true]);
	const tries = server.asked.filter((what) => what === "page 5001").length;
	expect(tries).toBeGreaterThan(8);
	expect(tries).toBeLessThan(60);
	server.fails = () => new PatienceFailure(appError("http.overloaded"), 300_000);
	await clock.advance(120_000);
	server.asked.length = 0;
	server.fails = () => null;
	await expect(run.backfill.older(run.id("5001"))).rejects.toThrow("http.overloaded");
	await clock.advance(150_000);
	expect(server.asked).toEqual([]);
	await clock.advance(300_000);
	expect(await run.markers("5001")).toEqual([]);
});

test("a server that no longer has what was missed: the marker stays and says so", async () => {
	const { clock, server, run } = world();
	server.say("5001");
	run.online();
	await clock.advance(while_);
	run.offline();
	await clock.advance(3_600_000);
	await say(server, clock, "5001", 2);
	server.keptFrom = clock.now() - 1500;
	run.online();
	await clock.advance(while_);
	expect(await run.markers("5001")).toEqual([false]);
	expect(run.backfill.gaps(historyAccount.id)).toBe(0);
});

test("check answers when everything is here, or why not", async () => {
	const { clock, server, run } = world();
	expect((await run.backfill.check(historyAccount))?.code).toBe("account.offline");
	run.online();
	await clock.advance(while_);
	server.say("5001");
	const checked = run.backfill.check(historyAccount);
	await clock.advance(100);
	expect(await checked).toBeNull();
	expect(await run.remoteIds("5001")).toEqual(["m000001"]);
	server.fails = () => new AppFailure(appError("http.status"));
	const failing = run.backfill.check(historyAccount);
	await clock.advance(100);
	expect((await failing)?.code).toBe("http.status");
});

test("a text in doubt: the newest messages are asked for, or it is said that they cannot be", async () => {
	const { clock, server, run } = world();
	server.say("5001");
	run.online();
	await clock.advance(while_);
	const own = server.say("5001", true);
	const asked = run.backfill.conversation(run.id("5001"));
	await clock.advance(100);
	expect(await asked).toBe("asked");
	expect(await run.remoteIds("5001")).toContain(own.id);
	run.offline();
	await expect(run.backfill.conversation(run.id("5001"))).rejects.toThrow("account.offline");
});

const peers = ["5001", "5002", "5003"] as const;
type Step =
	| { readonly kind: "say"; readonly peer: number; readonly own: boolean; readonly count: number }
	| { readonly kind: "drop" | "cut" | "crash" | "fail" | "mend" | "flush" }
	| { readonly kind: "outage"; readonly peer: number; readonly lost: number; readonly live: number }
	| { readonly kind: "wait"; readonly ms: number };
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant("say" as const),
			peer: fc.nat(2),
			own: fc.boolean(),
			count: fc.integer({ min: 1, max: 130 }),
		}),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constantFrom(
				"drop" as const,
				"cut" as const,
				"crash" as const,
				"fail" as const,
				"mend" as const,
			),
		}),
	},
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant("outage" as const),
			peer: fc.nat(2),
			lost: fc.integer({ min: 0, max: 250 }),
			live: fc.nat(2),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant("wait" as const),
			ms: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(600_000)),
		}),
	},
);

test("whatever is lost, cut off, refused or killed in between: in the end it is the sorted unique set, no gap is open and unread is exact", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { maxLength: 60 }),
			fc.nat(),
			fc.integer({ min: 1, max: 3 }),
			async (steps, seed, headsPage) => {
				const { clock, server, restart, run: first } = world();
				server.headsPage = headsPage;
				const dice = new SeededRandom(seed);
				let run = first;
				/** On its way by push, in any order, some twice; lost with the connection. */
				let pushed: ReturnType<typeof server.say>[] = [];
				const flush = async (): Promise<void> => {
					const mixed = [...pushed, ...pushed.filter(() => dice.next() < 0.3)].sort(
						() => dice.next() - 0.5,
					);
					pushed = [];
					for (const said of mixed) void run.tell(eventOf(said));
					await settle();
				};
				for (const one of steps) {
					switch (one.kind) {
						case "say":
							for (let each = 0; each < one.count; each += 1) {
								const said = server.say(
									peers[one.peer] ?? "5001",
									one.own,
									clock.now() + Math.floor(dice.next() * 20),
								);
								if (run.isOnline) pushed.push(said);
							}
							break;
						case "flush":
							await flush();
							break;
						case "drop":
							// The server's queue is gone; the client hears of it and asks.
							pushed = [];
							run.offline();
							run.online();
							break;
						case "cut":
							pushed = [];
							run.offline();
							break;
						case "crash":
							pushed = [];
							run = await restart(run);
							if (dice.next() < 0.7) run.online();
							break;
						case "fail":
							server.fails = () =>
								dice.next() < 0.5 ? new AppFailure(appError("network.interrupted")) : null;
							break;
						case "mend":
							server.fails = () => null;
							break;
						case "outage": {
							const peer = peers[one.peer] ?? "5001";
							run.offline();
							pushed = [];
							await clock.advance(600_000);
							for (let each = 0; each < one.lost; each += 1) server.say(peer);
							await clock.advance(600_000);
							run.online();
							for (let each = 0; each < one.live; each += 1) pushed.push(server.say(peer));
							await flush();
							break;
						}
						case "wait":
							await clock.advance(one.ms);
					}
				}
				server.fails = () => null;
				await flush();
				run.offline();
				run.online();
				// Time does not wait for what takes many turns.
				for (let rounds = 0; rounds < 10; rounds += 1) {
					await run.book.idle();
					await clock.advance(while_);
				}
				expect(server.mostAtOnce).toBeLessThanOrEqual(1);
				expect(run.backfill.gaps(historyAccount.id)).toBe(0);
				expect(await run.book.store.openGaps(historyAccount.id)).toEqual([]);
				const news = Number((await run.book.store.cursors(historyAccount.id))["news"] ?? 0);
				for (const peer of peers) {
					for (
						let pages = 0;
						run.book.byPeer(historyAccount.id, peer)?.olderCursor != null && pages < 90;
						pages += 1
					) {
						const older = run.backfill.older(run.id(peer));
						await clock.advance(20);
						await older;
					}
					const there = server.said
						.filter((said) => said.peer === peer)
						.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
					expect(await run.remoteIds(peer)).toEqual(there.map(({ id }) => id));
					expect(await run.markers(peer)).toEqual([]);
					const record = run.book.byPeer(historyAccount.id, peer);
					const sure = there.filter((said) => !said.own && said.at > news).length;
					const most = there.filter((said) => !said.own).length;
					if (record !== null) {
						expect(record.unread).toBeGreaterThanOrEqual(sure);
						expect(record.unread).toBeLessThanOrEqual(most);
					}
				}
				run.kill();
			},
		),
		{
			numRuns: 150,
			examples: [
				[
					[
						{ kind: "drop" },
						{ kind: "wait", ms: 600_000 },
						{ kind: "outage", peer: 0, lost: 100, live: 1 },
						{ kind: "wait", ms: 10 },
						{ kind: "outage", peer: 0, lost: 0, live: 1 },
					],
					0,
					1,
				],
			],
		},
	);
}, 120_000);
