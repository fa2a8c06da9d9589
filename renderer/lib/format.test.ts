import { describe, expect, test } from "vitest";
import { Formats } from "./format.ts";

const lisbon = new Formats("en-GB", "Europe/Lisbon");
const auckland = new Formats("en-GB", "Pacific/Auckland");
const now = Date.UTC(2026, 2, 22, 10, 45);

describe("days", () => {
	test("today, yesterday, this year, another year", () => {
		expect(lisbon.day(now, now)).toBe("Today");
		expect(lisbon.day(now - 86_400_000, now)).toBe("Yesterday");
		expect(lisbon.day(Date.UTC(2026, 1, 3), now)).toMatch(/^Tuesday,? 3 February$/u);
		expect(lisbon.day(Date.UTC(2025, 1, 3), now)).toMatch(/^Monday,? 3 February 2025$/u);
	});
	test("a day begins at local midnight", () => {
		const lateEvening = Date.UTC(2026, 2, 21, 23, 30);
		expect(lisbon.day(lateEvening, now)).toBe("Yesterday");
		expect(auckland.day(lateEvening, now)).toBe("Today");
	});
	test("the day the clocks change has no 25th hour", () => {
		const before = Date.UTC(2026, 2, 28, 12);
		const after = Date.UTC(2026, 2, 29, 12);
		expect(lisbon.daysBetween(before, after)).toBe(1);
	});
});

test("a time is written as its region writes it", () => {
	expect(lisbon.time(Date.UTC(2026, 2, 22, 9, 5))).toBe("09:05");
	expect(new Formats("en-US", "UTC").time(Date.UTC(2026, 2, 22, 9, 5))).toMatch(/^9:05\sAM$/u);
});

test("list rows: time today, weekday this week, then the date", () => {
	expect(lisbon.listTime(now, now)).toBe("10:45");
	expect(lisbon.listTime(now - 2 * 86_400_000, now)).toBe("Fri");
	expect(lisbon.listTime(Date.UTC(2026, 1, 3), now)).toBe("3 Feb");
	expect(lisbon.listTime(now + 60_000, now)).toBe("10:46");
});

test("durations in the largest unit, never negative", () => {
	expect(lisbon.duration(2000)).toBe("2 secs");
	expect(lisbon.duration(6 * 60_000)).toBe("6 mins");
	expect(lisbon.duration(-5000)).toBe("0 secs");
	expect(lisbon.duration(3 * 86_400_000)).toBe("3 days");
});
