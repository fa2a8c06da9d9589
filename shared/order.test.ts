import fc from "fast-check";
import { expect, test } from "vitest";
import { arrivalOrder, compareOrder, orderStart, orderTime, serverOrder } from "./order.ts";

test("server entries sort by time, then by id", () => {
	const sorted = [
		serverOrder(5, "b"),
		serverOrder(5, "a"),
		serverOrder(1000, "a"),
		serverOrder(40, "z"),
	].sort(compareOrder);
	expect(sorted.map(orderTime)).toEqual([5, 5, 40, 1000]);
	expect(sorted[0]).toBe(serverOrder(5, "a"));
});

test("what arrives stands after everything that is there, whatever the clock says", () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.integer(), fc.boolean(), fc.string()), { maxLength: 30 }),
			(events) => {
				let newest: string | null = null;
				for (const [index, [at, fromServer, id]] of events.entries()) {
					const order: string = fromServer ? serverOrder(at, id) : arrivalOrder(at, index, newest);
					if (!fromServer && newest !== null) expect(order > newest).toBe(true);
					if (newest === null || order > newest) newest = order;
					expect(order > orderStart).toBe(true);
				}
			},
		),
	);
});

/** Every UTF-16 unit, halves of pairs too. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units));

test("two ids are never one, and only ASCII is in it", () => {
	fc.assert(
		fc.property(anyText, anyText, (one, other) => {
			expect(serverOrder(1, one) === serverOrder(1, other)).toBe(one === other);
			expect(serverOrder(1, one)).toMatch(/^[!-~]*$/u);
		}),
	);
});

test("times that make no sense are taken in hand", () => {
	for (const at of [Number.NaN, -1, Infinity, 1.5, 1e300])
		expect(serverOrder(at, "x")).toMatch(/^\d{13}sx$/u);
});
