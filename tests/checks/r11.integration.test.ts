import { expect, test } from "vitest";
import { run } from "./r11.ts";

test("R11, 40 damages: opens or sets aside, keeps what waits to be sent, and never a start loop", async () => {
	const { figures, pass } = await run({ rounds: 40, seed: 1, say: () => undefined });
	expect(figures).toMatchObject({
		rounds: 40,
		crashed: 0,
		notOpened: 0,
		startLoops: 0,
		wrongErrors: 0,
		originalsLost: 0,
		filesUnusable: 0,
		filesUnsaid: 0,
	});
	expect(figures["restored"]).toBeGreaterThan(3);
	expect(figures["unsentIntact"]).toBeGreaterThan(100);
	expect(figures["unsentKept"]).toBe(figures["unsentIntact"]);
	expect(figures["filesIntact"]).toBeGreaterThan(100);
	expect(figures["filesKept"]).toBe(figures["filesIntact"]);
	expect(pass).toBe(true);
}, 120_000);
