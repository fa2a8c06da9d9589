import { describe, expect, test } from "vitest";
import { rowsMoved, rowWindow, topShowing } from "./row-window.ts";

describe("the rows drawn", () => {
	test("are those on screen and a few beyond, within the list", () => {
		expect(rowWindow(0, 580, 58, 10_000)).toEqual({ first: 0, end: 18 });
		expect(rowWindow(58_000, 580, 58, 10_000)).toEqual({ first: 992, end: 1018 });
		expect(rowWindow(579_420, 580, 58, 10_000)).toEqual({ first: 9982, end: 10_000 });
	});
	test("are none of an empty list, also when the place is beyond a list that became short", () => {
		expect(rowWindow(0, 580, 58, 0)).toEqual({ first: 0, end: 0 });
		expect(rowWindow(58_000, 580, 58, 10)).toEqual({ first: 10, end: 10 });
	});
});

test("a row is brought on screen by the shortest way", () => {
	expect(topShowing(3, 580, 580, 58)).toBe(174);
	expect(topShowing(12, 580, 580, 58)).toBe(580);
	expect(topShowing(20, 580, 580, 58)).toBe(638);
});

describe("how far what is on screen was moved", () => {
	const before = [
		{ key: "a", index: 5 },
		{ key: "b", index: 6 },
		{ key: "c", index: 7 },
	];
	test("is what most of it says", () => {
		const now = new Map([
			["a", 0],
			["b", 6],
			["c", 7],
		]);
		expect(rowsMoved(before, (key) => now.get(key) ?? -1)).toBe(0);
		const shifted = new Map([
			["a", 6],
			["b", 7],
			["c", 8],
		]);
		expect(rowsMoved(before, (key) => shifted.get(key) ?? -1)).toBe(1);
	});
	test("is nothing when all of it is gone", () => {
		expect(rowsMoved(before, () => -1)).toBe(0);
	});
});
