import { describe, expect, test } from "vitest";
import * as sample from "../testing/samples.ts";
import { Formats } from "./format.ts";
import { firstUnreadEntry, timelineRows, type TimelineRow } from "./timeline.ts";

const formats = new Formats("en-GB", "Europe/Lisbon");
const rowsOf = (
	entries: Parameters<typeof timelineRows>[0],
	unread: Parameters<typeof timelineRows>[1] = null,
): TimelineRow[] => timelineRows(entries, unread, (at) => formats.dayKey(at));
const shape = (rows: readonly TimelineRow[]): string[] =>
	rows.map((row) =>
		row.kind === "message"
			? `${row.first ? "<" : ""}m${row.last ? ">" : ""}${row.caption ? "*" : ""}`
			: row.kind,
	);
const { ana, at, message } = sample;

describe("rows", () => {
	test("groups one sender within five minutes, one caption a group", () => {
		const entries = [
			message(ana, "a", at(10, 0)),
			message(ana, "b", at(10, 4)),
			message(ana, "c", at(10, 20)),
			message(ana, "d", at(10, 21), "delivered"),
		];
		expect(shape(rowsOf(entries))).toEqual(["day", "<m", "m>*", "<m>*", "<m>*"]);
	});
	test("a group says its state again where it changes, and failures stand alone", () => {
		const entries = [
			message(ana, "a", at(10, 0), "delivered"),
			message(ana, "b", at(10, 1), "sent"),
			message(ana, "c", at(10, 2), "failed"),
			message(ana, "d", at(10, 3), "sent"),
		];
		expect(shape(rowsOf(entries))).toEqual(["day", "<m*", "m>*", "<m>*", "<m>*"]);
	});
	test("a new day has a separator and breaks the group", () => {
		const entries = [message(ana, "a", at(23, 59, 1)), message(ana, "b", at(0, 1))];
		expect(shape(rowsOf(entries))).toEqual(["day", "<m>*", "day", "<m>*"]);
	});
	test("lines that are no messages break a group", () => {
		const entries = [
			message(ana, "a", at(10, 0)),
			sample.stretch(ana, "ended", at(10, 1)),
			message(ana, "b", at(10, 2)),
		];
		expect(shape(rowsOf(entries))).toEqual(["day", "<m>*", "line", "<m>*"]);
	});
	test("the unread divider stands before its entry and breaks the group", () => {
		const entries = [message(ana, "a", at(10, 0)), message(ana, "b", at(10, 1))];
		expect(shape(rowsOf(entries, entries[1]?.id ?? null))).toEqual(["day", "<m>*", "unread", "<m>*"]);
	});
	test("keys are unique and stay when older entries come", () => {
		const older = [message(ana, "a", at(9, 0, 1))];
		const newer = [message(ana, "b", at(10, 0)), message(ana, "c", at(10, 1))];
		const before = rowsOf(newer).map((row) => row.key);
		const after = rowsOf([...older, ...newer]).map((row) => row.key);
		expect(new Set(after).size).toBe(after.length);
		expect(after.slice(-before.length)).toEqual(before);
	});
});

describe("the first unread entry", () => {
	const entries = [
		message(ana, "a", at(10, 0)),
		message(ana, "mine", at(10, 1), "sent"),
		message(ana, "b", at(10, 2)),
		sample.stretch(ana, "ended", at(10, 3)),
	];
	test("counts incoming messages from the end", () => {
		expect(firstUnreadEntry(entries, 1)).toBe(entries[2]?.id);
		expect(firstUnreadEntry(entries, 2)).toBe(entries[0]?.id);
	});
	test("is none when nothing is unread or it is not on the page", () => {
		expect(firstUnreadEntry(entries, 0)).toBeNull();
		expect(firstUnreadEntry(entries, 3)).toBeNull();
	});
});
