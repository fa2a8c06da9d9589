import { expect, test } from "vitest";
import { pause } from "../ports/runtime.ts";
import { SeededRandom, VirtualClock } from "./virtual-clock.ts";

test("timers run in order of time, then of making, and see the time they were set for", async () => {
	const clock = new VirtualClock(1000);
	const seen: string[] = [];
	const note = (name: string) => () =>
		void seen.push(`${name} ${String(clock.monotonic())} ${String(clock.now())}`);
	clock.after(20, note("late"));
	clock.after(10, note("first"));
	clock.after(10, note("second"));
	const cancel = clock.after(15, note("never"));
	cancel();
	await clock.advance(20);
	expect(seen).toEqual(["first 10 1010", "second 10 1010", "late 20 1020"]);
	expect(clock.pending).toBe(0);
});

test("what a timer sets off, timers included, happens before later timers", async () => {
	const clock = new VirtualClock();
	const seen: string[] = [];
	clock.after(10, () => {
		void (async () => {
			await pause(clock, 5);
			seen.push("after the pause");
		})();
	});
	clock.after(16, () => void seen.push("later"));
	await clock.advance(100);
	expect(seen).toEqual(["after the pause", "later"]);
});

test("a sleep makes timers late and never turns time back; a set clock moves the wall only", async () => {
	const clock = new VirtualClock(0);
	let ran = -1;
	clock.after(10, () => (ran = clock.monotonic()));
	await clock.sleep(500);
	expect(ran).toBe(500);
	clock.jump(-400);
	expect([clock.now(), clock.monotonic()]).toEqual([100, 500]);
});

test("seeded randomness is the same in every run and lies in [0, 1)", () => {
	const one = new SeededRandom(7);
	const other = new SeededRandom(7);
	const numbers = Array.from({ length: 1000 }, () => one.next());
	expect(numbers).toEqual(Array.from({ length: 1000 }, () => other.next()));
	expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
	expect(new Set(numbers).size).toBeGreaterThan(990);
});
