/**
 * From starting the executable to the first heading on the screen, against a blank window of the same host (C4).
 * The goal of G8 belongs to the store's issue: here only the figure is of interest. Linux, needs `npm run build`.
 */
import { join } from "node:path";
import { launchApp } from "../tests/support/launch.ts";
import { startSession } from "../tests/support/session.ts";
import { compare, interleave, report, type Variant } from "./harness.ts";

const session = await startSession({ keyring: "unlocked" });

function launching(name: string, heading: string, app?: string): Variant {
	return {
		name,
		async round() {
			const from = performance.now();
			await using running = await launchApp({ session, ...(app === undefined ? {} : { app }) });
			const page = await running.window();
			await page.getByRole("heading", { name: heading }).waitFor();
			return { firstHeading: performance.now() - from };
		},
	};
}

try {
	const results = await interleave(
		launching("Trunkline", "Welcome to Trunkline"),
		launching("C4", "Blank", join(import.meta.dirname, "comparators", "c4")),
	);
	report("Launch to first window (empty profile)", [
		compare("launch-first-window", "firstHeading", results, { goal: null, comparator: "C4", unit: "ms" }),
	]);
} finally {
	await session.stop();
}
