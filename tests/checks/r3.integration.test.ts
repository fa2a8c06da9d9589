import { expect, test } from "vitest";
import { once } from "./r3.ts";

test.each([1, 2, 3])(
	"R3, 600 events of seed %d: the same as the sorted set, whatever way and order they came",
	async (seed) => {
		const result = await once(seed, 600);
		expect(result).toMatchObject({ events: 600, differences: [], unreadWrong: 0, gapsLeft: 0 });
		expect(result.byHistoryOnly).toBeGreaterThan(0);
		expect(result.deliveries).toBeGreaterThan(result.events);
	},
);
