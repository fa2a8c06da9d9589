import { expect, test } from "vitest";
import type { AccountId } from "../../../shared/ids.ts";
import type { ConnectionState } from "../../../shared/model.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { OutageWatch } from "./outage.ts";

interface Scene {
	readonly clock: VirtualClock;
	readonly now: { state: ConnectionState; lastSign: number | null; quietMs: number };
	readonly told: string[];
	/** Lets seconds pass, with a sign of life in each of them that `signs` names. */
	readonly pass: (seconds: number, signs?: (second: number) => boolean) => Promise<void>;
}

function set(): Scene {
	const clock = new VirtualClock();
	const now: Scene["now"] = { state: "online", lastSign: 1, quietMs: 0 };
	const told: string[] = [];
	const watch = new OutageWatch({
		clock,
		accounts: () => ["one" as AccountId],
		reception: () => ({ ...now }),
		began: (_id, reason) => told.push(reason),
		ended: () => told.push("back"),
		changed: () => undefined,
	});
	watch.look();
	watch.start();
	const pass: Scene["pass"] = async (seconds, signs = () => false) => {
		for (let second = 1; second <= seconds; second++) {
			await clock.advance(1000);
			if (signs(second)) now.lastSign = (now.lastSign ?? 0) + 1;
		}
	};
	return { clock, now, told, pass };
}

test("silence is an outage after 60 s, told once, and so is the return", async () => {
	const { now, told, pass } = set();
	await pass(59);
	expect(told).toEqual([]);
	await pass(120);
	expect(told).toEqual(["silent"]);
	now.lastSign = 2;
	await pass(5);
	expect(told).toEqual(["silent", "back"]);
});

test.each([60, 90])("a quiet account whose polls are held for %i s is no outage", async (held) => {
	const { now, told, pass } = set();
	now.quietMs = held * 1000;
	await pass(10 * held, (second) => second % held === 0);
	expect(told).toEqual([]);
});

test("a poll that is not back in its time is an outage, however long it may be held", async () => {
	const { now, told, pass } = set();
	now.quietMs = 85_000;
	await pass(99);
	expect(told).toEqual([]);
	await pass(6);
	expect(told).toEqual(["silent"]);
});

test("a long hold is no excuse while the connection is down", async () => {
	const { now, told, pass } = set();
	now.quietMs = 610_000;
	now.state = "reconnecting";
	await pass(65);
	expect(told).toEqual(["silent"]);
});

test("a server that answers requests, but from which nothing is received, is out", async () => {
	const { now, told, pass } = set();
	now.state = "reconnecting";
	await pass(65, () => true);
	expect(told).toEqual(["silent"]);
	now.state = "online";
	await pass(5);
	expect(told).toEqual(["silent", "back"]);
});
