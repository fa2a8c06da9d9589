import { expect, test } from "vitest";
import { run } from "./r10.ts";

test("R10, every 40th call: full, read-only and failing disks are lived through, and nothing is lost or called sent", async () => {
	const { figures, pass } = await run({ rounds: 40, seed: 1, say: () => undefined });
	expect(figures).toMatchObject({
		mountFaults: 0,
		lost: 0,
		falseSent: 0,
		outboxLost: 0,
		notRecovered: 0,
		notReopened: 0,
		wrongErrors: 0,
		crashed: 0,
	});
	expect(figures["messagesOnFullDisk"]).toBeGreaterThan(100);
	expect(figures["callIndexes"]).toBeGreaterThan(20);
	expect(pass).toBe(true);
}, 120_000);
