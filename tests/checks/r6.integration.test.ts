import { expect, test } from "vitest";
import { kinds, once, outages } from "./r6.ts";

const right = {
	unmarked: 0,
	lost: 0,
	duplicated: 0,
	disordered: 0,
	unreadWrong: 0,
	gapsLeft: 0,
	markersLeft: 0,
	troubled: 0,
};

test.each(outages.slice(0, 3).flatMap((ms) => kinds.map((kind) => [ms, kind] as const)))(
	"R6, %i ms (%s): marked while something is missing, whole in the end",
	async (ms, kind) => {
		expect(await once(1, ms, kind)).toMatchObject(right);
	},
);

test("R6, a day in a hole: marked while something is missing, whole in the end", async () => {
	const outcome = await once(2, 86_400_000, "hole");
	expect(outcome).toMatchObject(right);
	expect(outcome.markersSeen).toBeGreaterThan(0);
}, 60_000);
