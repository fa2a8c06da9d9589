import { describe, expect, test } from "vitest";
import * as sample from "../testing/samples.ts";
import { Formats } from "./format.ts";
import { rememberedDays, rowReuse, takesFocus, timelineRows, type TimelineRow } from "./timeline.ts";

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

test("rows that say the same stay the same objects", () => {
	const [one, two] = [message(ana, "a", at(10, 0)), message(ana, "b", at(10, 20))];
	const reused = rowReuse();
	const before = reused(rowsOf([one, two]));
	const after = reused(rowsOf([one, two, message(ana, "c", at(10, 21))]));
	expect(after.map((row, index) => row === before[index])).toEqual([true, true, false, false]);
	const changed = reused(rowsOf([{ ...one, text: "other" }, two]));
	expect(changed.map((row, index) => row === after[index])).toEqual([true, false, false]);
});

test("the arrow keys stop at messages, gaps and problems, not at days and calls", () => {
	const entries = [
		sample.stretch(ana, "started", at(10, 0)),
		message(ana, "a", at(10, 1)),
		sample.gap(ana, at(10, 2), at(10, 3)),
	];
	expect(
		rowsOf(entries)
			.filter(takesFocus)
			.map((row) => row.kind),
	).toEqual(["message", "line"]);
});

test("days are remembered a quarter of an hour at a time, also around midnight", () => {
	let asked = 0;
	const dayOf = rememberedDays((moment) => {
		asked += 1;
		return formats.dayKey(moment);
	});
	for (let minute = 0; minute < 120; minute += 1) {
		const moment = at(23, 0, 1) + minute * 60_000;
		expect(dayOf(moment)).toBe(formats.dayKey(moment));
	}
	expect(asked).toBe(8);
});
