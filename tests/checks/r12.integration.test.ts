import { expect, test } from "vitest";
import { migrations } from "../../main/adapters/storage/database/schema/migrations.ts";
import { run } from "./r12.ts";

test("R12, every fifth statement: killed there, the schema is the old or the new one; a newer one stays untouched", async () => {
	const { figures, pass } = await run({ rounds: 5, seed: 1, say: () => undefined });
	expect(figures).toMatchObject({
		migrations: migrations.length,
		between: 0,
		notOpened: 0,
		rowsLost: 0,
		peopleLost: 0,
		newerFiles: 4,
		newerOpened: 0,
		newerTouched: 0,
	});
	// Each step ends with three more: its number twice, and its commit.
	const stops = migrations.map(({ statements }) => Math.ceil((statements.length + 3) / 5));
	expect(figures["kills"]).toBe(stops.reduce((one, other) => one + other));
	expect(figures["kills"]).toBeGreaterThanOrEqual(14);
	expect(pass).toBe(true);
}, 120_000);
