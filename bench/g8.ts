/**
 * G8: from starting the executable to the last conversation's text on the screen, against a blank window of the same
 * host (C4); and with 1 000 000 messages against one with a thousand. Each start is a process of its own on a profile
 * that was used before. Linux, needs `npm run build`.
 */
import { join } from "node:path";
import { launchApp } from "../tests/support/launch.ts";
import { startSession } from "../tests/support/session.ts";
import { profileWith } from "./app/profile.ts";
import { type Variant, compare, interleave, report } from "./harness.ts";

const session = await startSession({ keyring: "unlocked" });

async function ours(name: string, messages: number): Promise<Variant> {
	const { profile } = await profileWith(session, messages);
	return {
		name,
		async round() {
			const from = performance.now();
			await using running = await launchApp({ session, profile });
			const page = await running.window();
			const rows = page.getByRole("listbox", { name: "Conversations" }).getByRole("option");
			await rows.first().waitFor();
			return { text: performance.now() - from };
		},
	};
}

const blank: Variant = {
	name: "C4",
	async round() {
		const from = performance.now();
		await using running = await launchApp({
			session,
			app: join(import.meta.dirname, "comparators", "c4"),
		});
		const page = await running.window();
		await page.getByRole("heading", { name: "Blank" }).waitFor();
		return { text: performance.now() - from };
	},
};

try {
	const few = await ours("1 000 messages", 1000);
	const many = await ours("1 000 000 messages", 1_000_000);
	const againstBlank = await interleave(few, blank, { rounds: 11 });
	const againstFew = await interleave(many, few, { rounds: 11 });
	const met = report("Start to the last conversation's text", [
		compare("G8", "text", againstBlank, { goal: 1.35, comparator: "C4", unit: "ms" }),
		compare("G8-million", "text", againstFew, { goal: 1.05, comparator: "1 000 messages", unit: "ms" }),
	]);
	process.exitCode = met ? 0 : 1;
} finally {
	await session.stop();
}
