import { expect, test } from "vitest";
import { blows, once, stopProcess } from "./r9.ts";

test.each(blows.map((blow) => [blow.name, blow] as const))(
	"R9, %s: tried at once, nothing twice, nothing failed, the order kept",
	async (_name, blow) => {
		const { triedAfterMs, burst, ...wrong } = await once(1, blow);
		expect(triedAfterMs ?? 0).toBeLessThanOrEqual(1000);
		expect(burst).toBeLessThanOrEqual(3);
		expect(wrong).toEqual({
			moved: 0,
			lost: 0,
			duplicated: 0,
			disordered: 0,
			unreadWrong: 0,
			gapsLeft: 0,
			markersLeft: 0,
			troubled: 0,
		});
	},
);

test("R9, a real process stopped for 8 s goes on by itself", async () => {
	const { burst, wrong } = await stopProcess(1, 8000);
	expect(wrong).toBe(0);
	expect(burst).toBeLessThanOrEqual(3);
}, 90_000);
