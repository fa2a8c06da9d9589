import { expect, test } from "vitest";
import { VirtualClock } from "../../../core/testing/virtual-clock.ts";
import { IdleWork } from "./idle-work.ts";

function make(): { idle: IdleWork; clock: VirtualClock; done: string[]; journal: { due: boolean } } {
	const clock = new VirtualClock();
	const done: string[] = [];
	const journal = { due: false };
	const idle = new IdleWork(
		{
			checkpoint: () => void done.push("checkpoint"),
			checkpointDue: () => journal.due,
			check: () => void done.push("check"),
		},
		clock,
	);
	return { idle, clock, done, journal };
}

test("the journal is put away once nothing was asked for a second, and only after a commit", async () => {
	const { idle, clock, done } = make();
	idle.called();
	await clock.advance(5000);
	expect(done).toEqual([]);
	idle.committed();
	await clock.advance(900);
	idle.called();
	await clock.advance(900);
	expect(done).toEqual([]);
	await clock.advance(200);
	expect(done).toEqual(["checkpoint"]);
	await clock.advance(10_000);
	expect(done).toEqual(["checkpoint"]);
});

test("a journal that has grown long is put away at once", () => {
	const { idle, done, journal } = make();
	journal.due = true;
	idle.committed();
	expect(done).toEqual(["checkpoint"]);
});

test("the check waits for a quiet minute, and is made once", async () => {
	const { idle, clock, done } = make();
	for (let second = 0; second < 90; second++) {
		idle.called();
		await clock.advance(1000);
	}
	expect(done).toEqual([]);
	await clock.advance(60_000);
	idle.called();
	await clock.advance(60_000);
	expect(done).toEqual(["check"]);
});

test("stopped: nothing more", async () => {
	const { idle, clock, done } = make();
	idle.called();
	idle.committed();
	idle.stop();
	idle.called();
	idle.committed();
	await clock.advance(60_000);
	expect(done).toEqual([]);
});
