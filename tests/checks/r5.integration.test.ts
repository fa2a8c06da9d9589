import { expect, test } from "vitest";
import { run } from "./r5.ts";

test("R5, 20 deaths: no poll leaves after a batch that is not on the disk, and nothing is lost or doubled", async () => {
	const { figures, pass } = await run({ rounds: 20, seed: 1, say: () => undefined });
	expect(figures).toMatchObject({
		deaths: 20,
		beforeCommit: 10,
		afterCommit: 10,
		earlyAcks: 0,
		lost: 0,
		duplicated: 0,
	});
	expect(figures["polls"]).toBeGreaterThan(40);
	expect(pass).toBe(true);
});
