import { expect, test } from "vitest";
import { VirtualClock } from "../../../../core/testing/virtual-clock.ts";
import { IndexSchedule } from "./index-schedule.ts";

function world() {
	const clock = new VirtualClock();
	const steps: number[] = [];
	const failures: unknown[] = [];
	let left = 0;
	let fault: Error | null = null;
	const schedule = new IndexSchedule({
		step: () => {
			steps.push(clock.monotonic());
			if (fault !== null) throw fault;
			left = Math.max(0, left - 1);
			return left > 0;
		},
		monotonic: () => clock.monotonic(),
		after: (delayMs, run) => clock.after(delayMs, run),
		failed: (error) => failures.push(error),
	});
	return {
		clock,
		schedule,
		steps,
		failures,
		work: (count: number) => (left = count),
		fail: (error: Error | null) => (fault = error),
	};
}

test("the index is written when it is quiet for 50 ms, in steps with time for others between", async () => {
	const { clock, schedule, steps, work } = world();
	work(3);
	schedule.changed();
	await clock.advance(49);
	expect(steps).toEqual([]);
	await clock.advance(1000);
	expect(steps).toEqual([50, 54, 58]);
	expect(clock.pending).toBe(0);
});

test("it never waits longer than 250 ms after a commit, however many others follow", async () => {
	const { clock, schedule, steps, work } = world();
	for (let commit = 0; commit < 30; commit++) {
		work(1);
		schedule.changed();
		await clock.advance(20);
	}
	expect(steps[0]).toBe(250);
	expect(steps.length).toBeGreaterThanOrEqual(2);
});

test("a commit during the steps sets no second timer", async () => {
	const { clock, schedule, steps, work } = world();
	work(50);
	schedule.changed();
	await clock.advance(60);
	schedule.changed();
	schedule.changed();
	expect(clock.pending).toBe(1);
	await clock.advance(2000);
	expect(steps).toHaveLength(50);
});

test("a step that fails is told and tried again after 5 s", async () => {
	const { clock, schedule, steps, failures, work, fail } = world();
	work(1);
	fail(new Error("disk full"));
	schedule.changed();
	await clock.advance(60);
	expect(failures).toHaveLength(1);
	await clock.advance(4000);
	expect(steps).toHaveLength(1);
	fail(null);
	await clock.advance(2000);
	expect(steps).toHaveLength(2);
});

test("after stop nothing runs any more", async () => {
	const { clock, schedule, steps, work } = world();
	work(9);
	schedule.changed();
	await clock.advance(55);
	schedule.stop();
	schedule.changed();
	await clock.advance(5000);
	expect(steps).toHaveLength(2);
	expect(clock.pending).toBe(0);
});
