import { test } from "vitest";
import type { SystemId } from "../../../shared/model.ts";

const passed = new Map<SystemId, number>();

/** One spec of one system: a test that counts once it has held. */
export function spec(system: SystemId, name: string, run: () => Promise<void>): void {
	passed.set(system, passed.get(system) ?? 0);
	test(name, async () => {
		await run();
		passed.set(system, (passed.get(system) ?? 0) + 1);
	});
}

/** "contract: genesys 100, netsapiens 120". */
export function summary(): string {
	return `contract: ${[...passed].map(([system, count]) => `${system} ${String(count)}`).join(", ")}`;
}
