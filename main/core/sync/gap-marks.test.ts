import { expect, test } from "vitest";
import type { LiveStretch } from "../../../shared/model.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import { GapMarks, type MarkFacts } from "./gap-marks.ts";

const minute = 60_000;
const talking: LiveStretch = { id: null, phase: "talking", since: 0, canSend: true, actions: ["end"] };
const online: ProviderEvent = { type: "connection", state: "online", nextAttempt: null, problem: null };

function live(peer: string, is = true): ProviderEvent {
	return { type: "live", peer, live: is ? talking : null };
}

function gap(peer: string | null, from: number, to: number): ProviderEvent {
	return { type: "gap", peer, from: from * minute, to: to * minute };
}

function facts(now: number, receivedTo: number | null, ...lived: readonly string[]): MarkFacts {
	return {
		now: now * minute,
		receivedTo: receivedTo === null ? null : receivedTo * minute,
		records: [...lived.map((peer) => ({ peer, live: true })), { peer: "idle", live: false }],
	};
}

function gapsIn(batch: readonly ProviderEvent[]): readonly string[] {
	return batch.flatMap((event) =>
		event.type === "gap"
			? [`${String(event.peer)} ${String(event.from / minute)}-${String(event.to / minute)}`]
			: [],
	);
}

test("an outage marks what lives, once", () => {
	const marks = new GapMarks();
	marks.resolve([online], facts(0, 0));
	marks.resolve([live("5001"), live("5002"), live("5002", false)], facts(1, 0));
	expect(gapsIn(marks.resolve([gap(null, 2, 5)], facts(5, 0, "5001", "5003")))).toEqual([
		"5001 2-5",
		"5003 2-5",
	]);
});

test("a session that began with somebody who was marked already is the same hole", () => {
	const marks = new GapMarks();
	marks.resolve([online], facts(0, 0));
	const told = marks.resolve([gap(null, 2, 5), live("5001"), gap("5001", 2, 5.2)], facts(5, 0, "5001"));
	expect(gapsIn(told)).toEqual(["5001 2-5"]);
});

test("a restart marks from the last sign on: what still lives, what does not any more, and what is found alive", () => {
	const marks = new GapMarks();
	const found = marks.resolve([live("5001"), gap("5001", 60, 60), live("5009"), gap("5009", 60, 60)], {
		...facts(60, 10, "5001", "5002"),
	});
	expect(gapsIn(found)).toEqual(["5001 10-60", "5009 10-60"]);
	const settled = marks.resolve([online], facts(60.1, 10, "5001", "5002", "5009"));
	expect(gapsIn(settled)).toEqual(["5002 10-60.1"]);
	expect(settled.filter((event) => event.type === "live")).toEqual([live("5002", false)]);
	expect(settled.at(-1)).toEqual(online);
	// Later words of the same session are no second beginning.
	expect(gapsIn(marks.resolve([online], facts(61, 10, "5001")))).toEqual([]);
});

test("a first sign-in knows of no hole of its own", () => {
	const marks = new GapMarks();
	expect(gapsIn(marks.resolve([live("5001"), gap("5001", 7, 8), online], facts(8, null)))).toEqual([
		"5001 7-8",
	]);
});

test("two holes are two markers, and one that goes on is marked from where the mark ends", () => {
	const marks = new GapMarks();
	marks.resolve([online], facts(0, 0));
	expect(gapsIn(marks.resolve([gap(null, 2, 5)], facts(5, 0, "5001")))).toEqual(["5001 2-5"]);
	expect(gapsIn(marks.resolve([gap(null, 5, 5.1)], facts(5.1, 0, "5001")))).toEqual(["5001 5-5.1"]);
	expect(gapsIn(marks.resolve([gap(null, 4, 30)], facts(30, 0, "5001")))).toEqual(["5001 5.1-30"]);
});

test("a clock that was set back a day hides no hole, and no hole ends before it begins", () => {
	const marks = new GapMarks();
	marks.resolve([online], facts(0, 0));
	expect(gapsIn(marks.resolve([gap(null, 2000, 2010)], facts(2010, 0, "5001")))).toEqual([
		"5001 2000-2010",
	]);
	expect(gapsIn(marks.resolve([gap(null, 600, 605)], facts(605, 0, "5001")))).toEqual(["5001 600-605"]);
	expect(gapsIn(marks.resolve([gap(null, 900, 610)], facts(610, 0, "5001")))).toEqual(["5001 610-610"]);
});
