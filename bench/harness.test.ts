import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, interleave, median, percentile, seeded } from "./harness.ts";

const rounds = (values: readonly number[]) => values.map((value) => ({ p50: value }));
const about = { goal: 2, comparator: "C1", unit: "ms" };

test("medians and percentiles", () => {
	expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
	expect([percentile([5, 1, 4, 2, 3], 0.5), percentile([1, 2, 3], 0.99), percentile([7], 0)]).toEqual([
		3, 3, 7,
	]);
});

test("rounds alternate and the first two are not counted", async () => {
	const order: string[] = [];
	const variant = (name: string) => ({
		name,
		round: () => {
			order.push(name);
			return Promise.resolve({ p50: order.length });
		},
	});
	const results = await interleave(variant("A"), variant("B"));
	expect(order.join("")).toBe("AB".repeat(9));
	expect(results.ours).toHaveLength(7);
	expect(results.ours[0]).toEqual({ p50: 5 });
});

test("the worse end of the interval decides", () => {
	const theirs = rounds([1, 1, 1, 1, 1, 1, 1]);
	const steady = compare("x", "p50", { ours: rounds([1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]), theirs }, about);
	expect(steady).toMatchObject({ figure: 1.5, ci: [1.5, 1.5], pass: true });
	const unsteady = compare("x", "p50", { ours: rounds([1, 1, 1, 1.5, 9, 9, 9]), theirs }, about);
	expect(unsteady).toMatchObject({ figure: 1.5, pass: false });
});

test("the ratio lies within its interval", () => {
	const samples = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 7, maxLength: 7 });
	fc.assert(
		fc.property(samples, samples, (ours, theirs) => {
			const { figure, ci } = compare("x", "p50", { ours: rounds(ours), theirs: rounds(theirs) }, about);
			expect(ci[0]).toBeLessThanOrEqual(figure * 1.001);
			expect(ci[1]).toBeGreaterThanOrEqual(figure * 0.999);
		}),
		{ numRuns: 20 },
	);
});

test("a seed gives the same numbers again, within [0, 1)", () => {
	const take = (seed: number): number[] => {
		const next = seeded(seed);
		return Array.from({ length: 1000 }, () => next());
	};
	expect(take(7)).toEqual(take(7));
	expect(take(7)).not.toEqual(take(8));
	expect(take(7).every((value) => value >= 0 && value < 1)).toBe(true);
});
