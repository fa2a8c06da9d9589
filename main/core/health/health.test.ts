import { expect, test } from "vitest";
import { RecordingLogger, VirtualClock } from "../testing/virtual-clock.ts";
import { HealthWatch } from "./health-watch.ts";
import { graceMs, SilenceWatch } from "./silence-watch.ts";

const dayMs = 86_400_000;

function set() {
	const clock = new VirtualClock();
	const counts = { looks: 0, wakes: 0 };
	const watch = new HealthWatch({
		clock,
		logger: new RecordingLogger(),
		look: () => void (counts.looks += 1),
		woke: () => void (counts.wakes += 1),
	});
	watch.start();
	return { clock, counts, watch };
}

test("looks once a second, and an hour in order is no wake", async () => {
	const { clock, counts } = set();
	await clock.advance(3_600_000);
	expect(counts).toEqual({ looks: 3600, wakes: 0 });
});

test.each([
	["a process stopped for 30 s", 30_000, 0],
	["a night", 8 * 3_600_000, 0],
	["a sleep during which the monotonic clock stood still", 0, 3_600_000],
	["a clock set a day on", 0, dayMs],
])("%s is noticed within a second, once", async (_what, sleptMs, jumpMs) => {
	const { clock, counts } = set();
	await clock.advance(10_000);
	clock.jump(jumpMs);
	await clock.sleep(sleptMs);
	await clock.advance(1000);
	expect(counts.wakes).toBe(1);
	await clock.advance(600_000);
	expect(counts.wakes).toBe(1);
	expect(counts.looks).toBeLessThanOrEqual(612);
});

test.each([
	["set a day back", -dayMs],
	["set back for winter time", -3_600_000],
	["corrected by four seconds", 4000],
])("a clock %s is no wake", async (_what, jumpMs) => {
	const { clock, counts } = set();
	clock.jump(jumpMs);
	await clock.advance(10_000);
	expect(counts.wakes).toBe(0);
});

test("what the system reports is not told twice, whoever comes first", async () => {
	const { clock, counts, watch } = set();
	watch.sleep();
	await clock.advance(2000);
	expect(counts.looks).toBe(0);
	await clock.sleep(3_600_000);
	expect(counts.wakes).toBe(1);
	expect(watch.wake()).toBe(false);
	await clock.advance(60_000);
	watch.sleep();
	// Reported before the next tick.
	clock.jump(3_600_000);
	expect(watch.wake()).toBe(true);
	await clock.advance(10_000);
	expect(counts.wakes).toBe(1);
});

test("a sleep that never comes ends by itself", async () => {
	const { clock, counts, watch } = set();
	watch.sleep();
	await clock.advance(29_000);
	expect(counts).toEqual({ looks: 0, wakes: 0 });
	await clock.advance(5000);
	expect(counts.wakes).toBe(1);
	expect(counts.looks).toBeGreaterThan(0);
});

/** Seconds until a link counts as silent, after a sign at every second that `signs` names. */
async function silentAfter(
	seconds: number,
	signs: (second: number) => boolean,
	jump: (second: number) => number = () => 0,
): Promise<number | null> {
	const clock = new VirtualClock();
	const watch = new SilenceWatch(clock);
	let sign = clock.now();
	watch.look(sign, 30_000);
	for (let second = 1; second <= seconds; second += 1) {
		await clock.advance(1000);
		clock.jump(jump(second));
		if (signs(second)) sign = clock.now();
		if (watch.look(sign, 30_000)) return second;
	}
	return null;
}

test("a link is silent after the permitted time and the grace, and not before", async () => {
	expect(await silentAfter(600, () => false)).toBe((30_000 + graceMs) / 1000);
	expect(await silentAfter(600, (second) => second % 30 === 0)).toBeNull();
	expect(await silentAfter(600, (second) => second <= 100)).toBe(100 + (30_000 + graceMs) / 1000);
	expect(graceMs + 1000).toBeLessThan(15_000);
});

test.each([dayMs, -dayMs, 3_600_000, -3_600_000])(
	"setting the clock by %i ms neither makes a link silent nor hides that it is",
	async (ms) => {
		const jump = (second: number): number => (second === 20 ? ms : 0);
		expect(await silentAfter(600, (second) => second % 25 === 0, jump)).toBeNull();
		const noticed = await silentAfter(600, () => false, jump);
		expect(noticed).toBe((30_000 + graceMs) / 1000);
	},
);

test("a server whose permitted silence is not known is never silent", async () => {
	const clock = new VirtualClock();
	const watch = new SilenceWatch(clock);
	await clock.advance(dayMs);
	expect(watch.look(null, 0)).toBe(false);
});
