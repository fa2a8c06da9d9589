import fc from "fast-check";
import { expect, test } from "vitest";
import { appError } from "../../../../shared/errors.ts";
import { TransportFailure, pause } from "../../../core/ports/runtime.ts";
import { SeededRandom, VirtualClock } from "../../../core/testing/virtual-clock.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import type { Attention, Rhythm } from "./pace.ts";
import { type PollResult, type PollTask, type PollerOptions, createPoller } from "./poller.ts";

interface Run {
	readonly name: string;
	readonly begun: number;
	ended: number | null;
}

const every = (ms: number): Rhythm => ({ focused: ms, background: ms, idle: ms });
const level: Rhythm = { focused: 1000, background: 10_000, idle: null };
const middle = { next: () => 0.5, uuid: () => "" };
const network = new TransportFailure(appError("network.timeout"), "maybe");
const refusedWith = (status: number) =>
	new RestFailure(appError("http.status", { params: { status } }), { status });
const overload = (retryAfterMs: number | null) =>
	new RestFailure(appError("http.overloaded"), { status: 429, retryAfterMs, executed: "no" });

/** Tasks that take `takesMs` of the clock and answer what `answer` says. */
class Bench {
	readonly clock = new VirtualClock();
	readonly runs: Run[] = [];
	readonly told: unknown[] = [];
	answer: (name: string) => PollResult = () => "same";
	takesMs: (name: string) => number = () => 0;
	most = 0;
	#under = 0;

	task(name: string, everyMs: Rhythm): PollTask {
		return { name, everyMs, run: (signal) => this.#run(name, signal) };
	}

	poller(tasks: readonly PollTask[], options: Partial<PollerOptions> = {}) {
		return createPoller({
			clock: this.clock,
			random: middle,
			tasks,
			answered: (name, result) => this.told.push([name, result]),
			failed: (name, { code }, next) =>
				this.told.push([name, code, next === null ? null : next - this.clock.now()]),
			...options,
		});
	}

	begun(name?: string): number[] {
		return this.runs.filter((run) => name === undefined || run.name === name).map(({ begun }) => begun);
	}

	async #run(name: string, signal: AbortSignal): Promise<PollResult> {
		const run: Run = { name, begun: this.clock.monotonic(), ended: null };
		this.runs.push(run);
		this.#under += 1;
		this.most = Math.max(this.most, this.#under);
		try {
			const ms = this.takesMs(name);
			if (ms > 0) await pause(this.clock, ms, signal);
			return this.answer(name);
		} finally {
			this.#under -= 1;
			run.ended = this.clock.monotonic();
		}
	}
}

test("a first round of all tasks, in their order, then each in its rhythm", async () => {
	const bench = new Bench();
	bench.poller([bench.task("a", every(4000)), bench.task("b", every(10_000))]).start();
	await bench.clock.advance(12_000);
	expect(bench.runs.map(({ name, begun }) => [name, begun])).toEqual([
		["a", 0],
		["b", 0],
		["a", 4000],
		["a", 8000],
		["b", 10_000],
		["a", 12_000],
	]);
	expect(bench.told[0]).toEqual(["a", "same"]);
});

test("attention sets the rhythm, counted from the last run; what is not asked then rests", async () => {
	const bench = new Bench();
	const poller = bench.poller([bench.task("a", level)]);
	poller.start();
	await bench.clock.advance(3000);
	poller.attention("focused");
	await bench.clock.advance(1500);
	expect(bench.begun()).toEqual([0, 3000, 4000]);
	poller.attention("background");
	// What was planned stays so.
	await bench.clock.advance(10_000);
	expect(bench.begun()).toEqual([0, 3000, 4000, 5000]);
	poller.attention("idle");
	expect(poller.quietMs()).toBe(0);
	await bench.clock.advance(100_000);
	expect(bench.begun()).toHaveLength(4);
	poller.attention("focused");
	await bench.clock.advance(0);
	expect(bench.begun()).toHaveLength(5);
});

test("faster for a while after a change, slower by steps up to a limit while nothing changes", async () => {
	const bench = new Bench();
	bench.poller([bench.task("a", every(1000))], { quick: 0.5, quickForMs: 2000, slowest: 2 }).start();
	await bench.clock.advance(60_000);
	const gaps = (): number[] =>
		bench.begun().map((at, index, all) => Math.round(at - (all[index - 1] ?? 0)));
	expect(gaps().slice(0, 11)).toEqual([0, 1000, 1000, 1000, 1000, 1000, 1250, 1563, 1953, 2000, 2000]);
	expect(new Set(gaps().slice(11))).toEqual(new Set([2000]));
	bench.answer = () => "changed";
	await bench.clock.advance(2000);
	bench.answer = () => "same";
	bench.runs.length = 0;
	await bench.clock.advance(4000);
	expect(gaps().slice(1)).toEqual([500, 500, 500, 1000, 1000]);
});

test("jitter is a fifth, and a stretched pause is longer", async () => {
	const gap = async (next: number, stretch: number): Promise<number> => {
		const bench = new Bench();
		const random = { next: () => next, uuid: () => "" };
		bench.poller([bench.task("a", every(1000))], { random, stretch: () => stretch }).start();
		await bench.clock.advance(5000);
		return bench.begun()[1] ?? NaN;
	};
	expect(await gap(0, 1)).toBe(800);
	expect(await gap(0.5, 1)).toBe(1000);
	expect(await gap(0.999_999, 1)).toBeCloseTo(1200, 2);
	expect(await gap(0.5, 2)).toBe(2000);
	expect(await gap(0.5, 0)).toBe(1000);
});

test("a failure of the account holds back everything, twice as long each time up to five minutes; one task tries", async () => {
	const bench = new Bench();
	bench.answer = () => {
		throw network;
	};
	const poller = bench.poller([bench.task("a", every(10_000)), bench.task("b", every(10_000))]);
	poller.start();
	await bench.clock.advance(1_500_000);
	const gaps = bench.begun().map((at, index, all) => at - (all[index - 1] ?? 0));
	expect(gaps.slice(0, 9)).toEqual([
		0, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000, 300_000,
	]);
	// In turn: no task is tried only.
	expect(bench.runs.slice(0, 4).map(({ name }) => name)).toEqual(["a", "b", "a", "b"]);
	expect(bench.told[1]).toEqual(["b", "network.timeout", 40_000]);
	bench.answer = () => "same";
	await bench.clock.advance(310_000);
	const back = bench.runs.slice(gaps.length).map(({ begun }) => begun);
	// The first answer lets the others out at once.
	expect(back[1]).toBe(back[0]);
	expect(Number(back[2]) - Number(back[0])).toBe(10_000);
});

test("a failure of one task holds back that one only", async () => {
	const bench = new Bench();
	bench.answer = (name) => {
		if (name === "a") throw refusedWith(403);
		return "same";
	};
	bench.poller([bench.task("a", every(1000)), bench.task("b", every(1000))]).start();
	await bench.clock.advance(7000);
	expect(bench.begun("a")).toEqual([0, 2000, 6000]);
	expect(bench.begun("b").slice(0, 6)).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
	bench.answer = () => "same";
	await bench.clock.advance(20_000);
	expect(bench.begun("a").slice(3, 5)).toEqual([14_000, 15_000]);
});

test("Retry-After is kept to, by what is asked for too", async () => {
	const bench = new Bench();
	bench.answer = () => {
		throw overload(45_000);
	};
	const poller = bench.poller([bench.task("a", every(1000)), bench.task("b", every(1000))]);
	poller.start();
	await bench.clock.advance(0);
	expect(bench.told).toEqual([["a", "http.overloaded", 45_000]]);
	expect(poller.quietMs()).toBe(75_000);
	bench.answer = () => "same";
	await expect(poller.now("a")).rejects.toMatchObject({ error: { code: "http.overloaded" } });
	poller.wake();
	poller.soon("b");
	await bench.clock.advance(44_999);
	expect(bench.begun()).toEqual([0]);
	await bench.clock.advance(1);
	expect(bench.begun()).toEqual([0, 45_000, 45_000]);
	await expect(poller.now("a")).resolves.toBe("same");
});

test("Retry-After that comes to a run refuses who asked for the next", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	bench.answer = () => {
		throw overload(5000);
	};
	const poller = bench.poller([bench.task("a", every(1000)), bench.task("b", every(1000))]);
	const both = Promise.allSettled([poller.now("a"), poller.now("b")]);
	await bench.clock.advance(100);
	expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
	expect(bench.begun()).toEqual([0]);
});

test("an overload without Retry-After backs off as any failure", async () => {
	const bench = new Bench();
	bench.answer = () => {
		throw overload(null);
	};
	bench.poller([bench.task("a", every(1000))]).start();
	await bench.clock.advance(14_000);
	expect(bench.begun()).toEqual([0, 2000, 6000, 14_000]);
});

test("now: one run, shared by all who ask, with its result or its failure; without a name all", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	const poller = bench.poller([bench.task("a", every(10_000)), bench.task("b", every(10_000))]);
	poller.start();
	await bench.clock.advance(150);
	// "b" is under way: it is joined; "a" runs once for both.
	bench.answer = (name) => (name === "a" ? "changed" : "same");
	const asked = [poller.now("b"), poller.now("a"), poller.now("a")];
	await bench.clock.advance(200);
	expect(await Promise.all(asked)).toEqual(["same", "changed", "changed"]);
	expect(bench.runs.map(({ name }) => name)).toEqual(["a", "b", "a"]);
	const all = poller.now();
	await bench.clock.advance(200);
	expect(await all).toBe("changed");
	bench.answer = (name) => {
		if (name === "b") throw network;
		return "same";
	};
	const failing = expect(poller.now()).rejects.toBe(network);
	await bench.clock.advance(200);
	await failing;
	// Back-off does not hold up who asks.
	bench.answer = () => "same";
	const again = poller.now("a");
	await bench.clock.advance(100);
	expect(await again).toBe("same");
	await expect(poller.now("nothing")).rejects.toThrow(/nothing/);
	expect(bench.most).toBe(1);
});

test("those who ask all the time do not keep the others out", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	const tasks = ["a", "b", "c"].map((name) => bench.task(name, every(1000)));
	const poller = bench.poller(tasks, { slowest: 1 });
	poller.start();
	const asking = ["a", "b"].map(async (name) => {
		while (bench.clock.monotonic() < 20_000) await poller.now(name).catch(() => undefined);
	});
	await bench.clock.advance(30_000);
	await Promise.all(asking);
	// The first round, then every 1000 ms, at most one run of each other later, and its own 100.
	const begun = bench.begun("c").filter((at) => at < 20_000);
	expect(begun.length).toBeGreaterThanOrEqual(14);
});

test("soon makes a task due, once more where it is under way", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	const poller = bench.poller([bench.task("a", every(10_000))]);
	poller.start();
	await bench.clock.advance(50);
	poller.soon("a");
	await bench.clock.advance(1000);
	expect(bench.begun()).toEqual([0, 100]);
	poller.soon("a");
	poller.soon("a");
	await bench.clock.advance(1000);
	expect(bench.begun()).toEqual([0, 100, 1050]);
});

test("waking forgets the back-off and tries once", async () => {
	const bench = new Bench();
	bench.answer = () => {
		throw network;
	};
	const poller = bench.poller([bench.task("a", every(10_000)), bench.task("b", every(10_000))]);
	poller.wake();
	expect(bench.runs).toEqual([]);
	poller.start();
	await bench.clock.advance(320_000);
	const before = bench.runs.length;
	poller.wake();
	await bench.clock.advance(0);
	expect(bench.runs).toHaveLength(before + 1);
	expect(bench.told.at(-1)).toMatchObject([expect.any(String), "network.timeout", 20_000]);
});

test("after sleep everything due runs once, and waking adds one attempt", async () => {
	const bench = new Bench();
	const poller = bench.poller([bench.task("a", every(1000)), bench.task("b", every(3000))]);
	poller.start();
	await bench.clock.advance(500);
	await bench.clock.sleep(8 * 3_600_000);
	expect(bench.runs.slice(2).map(({ name }) => name)).toEqual(["a", "b"]);
	poller.wake();
	await bench.clock.advance(0);
	expect(bench.runs.slice(4).map(({ name }) => name)).toEqual(["a"]);
});

test("a task that is added is asked at once, one that is removed is called off and not asked again", async () => {
	const bench = new Bench();
	const poller = bench.poller([bench.task("a", every(10_000))]);
	poller.start();
	await bench.clock.advance(1000);
	bench.takesMs = () => 500;
	poller.add(bench.task("open", every(2000)));
	const waiting = expect(poller.now("open")).rejects.toMatchObject({ error: { code: "cancelled" } });
	await bench.clock.advance(100);
	poller.remove("open");
	await waiting;
	await bench.clock.advance(20_000);
	expect(bench.begun("open")).toEqual([1000]);
	expect(bench.begun("a")).toEqual([0, 10_000, 20_500]);
});

test("nothing runs after stop, and who waits is told", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	const stop = new AbortController();
	const poller = bench.poller([bench.task("a", every(1000)), bench.task("b", every(1000))]);
	poller.start(stop.signal);
	await bench.clock.advance(50);
	const waiting = Promise.allSettled([poller.now("a"), poller.now("b")]);
	stop.abort();
	for (const result of await waiting)
		expect(result).toMatchObject({ status: "rejected", reason: { error: { code: "cancelled" } } });
	await bench.clock.advance(1_000_000);
	expect(bench.runs).toHaveLength(1);
	expect(bench.told).toEqual([]);
	expect(bench.clock.pending).toBe(0);
	poller.wake();
	poller.start();
	poller.add(bench.task("c", every(1)));
	poller.attention("focused");
	await expect(poller.now()).rejects.toMatchObject({ error: { code: "cancelled" } });
	await bench.clock.advance(1_000_000);
	expect(bench.runs).toHaveLength(1);
	expect(poller.quietMs()).toBe(0);
	bench.poller([bench.task("d", every(1))]).start(stop.signal);
	await bench.clock.advance(10);
	expect(bench.runs).toHaveLength(1);
});

test("how long silence is normal: the planned pause and the time of a request", async () => {
	const bench = new Bench();
	bench.takesMs = () => 100;
	const poller = bench.poller([bench.task("a", every(8000)), bench.task("b", every(300_000))], {
		requestTimeoutMs: 20_000,
	});
	poller.start();
	await bench.clock.advance(5000);
	expect(poller.quietMs()).toBe(28_000);
	// While it runs, what was planned for it still counts.
	await bench.clock.advance(3110);
	expect(poller.quietMs()).toBe(28_000);
	bench.answer = () => {
		throw network;
	};
	await bench.clock.advance(1000);
	expect(poller.quietMs()).toBe(36_000);
});

test("a fault of a task is a failure of that task, not of the poller", async () => {
	const bench = new Bench();
	const faulty: PollTask = {
		name: "faulty",
		everyMs: every(1000),
		run: () => {
			throw new TypeError("a fault of ours");
		},
	};
	bench.poller([faulty, bench.task("a", every(1000))]).start();
	await bench.clock.advance(1000);
	expect(bench.told.slice(0, 2)).toEqual([
		["faulty", "internal", 0],
		["a", "same"],
	]);
});

test("property: one at a time, never more often than allowed, jitter within bounds, none starves, none after stop", async () => {
	const rhythm = fc.record({
		focused: fc.integer({ min: 500, max: 20_000 }),
		background: fc.option(fc.integer({ min: 500, max: 60_000 })),
		idle: fc.option(fc.integer({ min: 500, max: 120_000 })),
	});
	const deed = fc.record({
		afterMs: fc.integer({ min: 0, max: 20_000 }),
		what: fc.constantFrom<Attention | "wake" | "none">("focused", "background", "idle", "none"),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(rhythm, { minLength: 1, maxLength: 5 }),
			fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 7 }),
			fc.array(fc.constantFrom("same", "changed", "network", "403"), { minLength: 1, maxLength: 9 }),
			fc.array(deed, { maxLength: 25 }),
			fc.integer(),
			async (rhythms, times, answers, deeds, seed) => {
				const bench = new Bench();
				let asked = 0;
				bench.takesMs = () => times[asked % times.length] ?? 0;
				bench.answer = () => {
					const answer = answers[asked++ % answers.length];
					if (answer === "network") throw network;
					if (answer === "403") throw refusedWith(403);
					return answer === "changed" ? "changed" : "same";
				};
				const tasks = rhythms.map((one, index) => bench.task(String(index), one));
				const poller = bench.poller(tasks, {
					random: new SeededRandom(seed),
					quick: 0.5,
					slowest: 2,
				});
				poller.start();
				for (const { afterMs, what } of deeds) {
					await bench.clock.advance(afterMs);
					if (what === "wake") poller.wake();
					else if (what !== "none") poller.attention(what);
				}
				poller.stop();
				const stoppedAt = bench.clock.monotonic();
				await bench.clock.advance(400_000);

				expect(bench.most).toBeLessThanOrEqual(1);
				expect(bench.begun().every((begun) => begun <= stoppedAt)).toBe(true);
				for (const [index, one] of rhythms.entries()) {
					const runs = bench.runs.filter(({ name }) => name === String(index));
					const shortest = Math.min(...Object.values(one).filter((ms) => ms !== null)) * 0.5 * 0.8;
					for (const [at, run] of runs.entries()) {
						const last = runs[at - 1]?.ended;
						if (last != null) expect(run.begun - last).toBeGreaterThanOrEqual(shortest - 1e-6);
					}
				}
			},
		),
		{ numRuns: 150 },
	);
});

test("property: while all goes well, jittered pauses stay within a fifth, and a due task waits for one run of each other at most", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 100, max: 5000 }), { minLength: 1, maxLength: 6 }),
			fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 7 }),
			fc.boolean(),
			fc.integer(),
			async (intervals, times, hammered, seed) => {
				const bench = new Bench();
				let asked = 0;
				bench.takesMs = () => times[asked++ % times.length] ?? 0;
				const tasks = intervals.map((ms, index) => bench.task(String(index), every(ms)));
				const poller = bench.poller(tasks, { random: new SeededRandom(seed), slowest: 1 });
				poller.start();
				let over = false;
				const hammer = async (): Promise<void> => {
					while (!over) {
						await poller.now("0").catch(() => undefined);
						await pause(bench.clock, 1);
					}
				};
				if (hammered) void hammer();
				await bench.clock.advance(60_000);
				over = true;
				poller.stop();
				await bench.clock.advance(10);

				for (const [index, ms] of intervals.entries()) {
					if (hammered && index === 0) continue;
					const name = String(index);
					const runs = bench.runs.filter((run) => run.name === name);
					// The end of the watch is one more run that must not have been waited for too long.
					for (const [at, { begun }] of [...runs, { begun: 60_000 }].entries()) {
						const last = runs[at - 1]?.ended ?? null;
						if (last !== null && at < runs.length)
							expect(begun - last).toBeGreaterThanOrEqual(ms * 0.8 - 1e-6);
						// Due at the latest then; from then on others begin once each, and asked-for runs in between.
						const due = last === null ? 0 : last + ms * 1.2 + 1e-6;
						const others = bench.runs.filter(
							(other) => other.name !== name && other.begun > due && other.begun < begun,
						);
						const scheduled = others.filter(({ name: other }) => !hammered || other !== "0");
						expect(new Set(scheduled.map(({ name: other }) => other)).size).toBe(
							scheduled.length,
						);
						expect(others.length - scheduled.length).toBeLessThanOrEqual(intervals.length + 1);
						if (intervals.length === 1 && at < runs.length)
							expect(begun).toBeLessThanOrEqual(due);
					}
				}
				expect(bench.most).toBe(1);
			},
		),
		{ numRuns: 100 },
	);
});
