import fc from "fast-check";
import { expect, test } from "vitest";
import type { Random } from "../ports/runtime.ts";
import { backoffDelay } from "./backoff.ts";

const always = (value: number): Random => ({ next: () => value, uuid: () => "" });

test("the ceiling doubles from one second up to the cap", () => {
	const top = always(1);
	expect([1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => backoffDelay(attempt, top))).toEqual([
		1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
	]);
});

test("a wait is never negative and never above the cap, however many attempts failed", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -5, max: 1_000_000 }),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(attempt, value) => {
				const delay = backoffDelay(attempt, always(value));
				expect(delay).toBeGreaterThanOrEqual(0);
				expect(delay).toBeLessThanOrEqual(60_000);
			},
		),
	);
});

test("waits of many clients fill the interval instead of clustering", () => {
	let state = 42;
	const random: Random = {
		next: () => {
			state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
			return state / 2_147_483_648;
		},
		uuid: () => "",
	};
	const tenths = new Array<number>(10).fill(0);
	for (let client = 0; client < 10_000; client++) {
		const tenth = Math.min(9, Math.floor(backoffDelay(9, random) / 6000));
		tenths[tenth] = (tenths[tenth] ?? 0) + 1;
	}
	for (const count of tenths) {
		expect(count).toBeGreaterThan(850);
		expect(count).toBeLessThan(1150);
	}
});
