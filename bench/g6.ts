/**
 * G6: a conversation of 100 000 messages is opened as quickly as one of 100 of the same million: from the key to the
 * frame after its newest messages are there, and from the store alone (g6-store.ts). On the built app, no server.
 * Linux, needs `npm run build`.
 */
import type { Page } from "playwright-core";
import { launchApp } from "../tests/support/launch.ts";
import { startSession } from "../tests/support/session.ts";
import { profileWith } from "./app/profile.ts";
import { compare, interleave, percentile, report, type Variant } from "./harness.ts";

const times = 12;

/** From Enter in the switcher to the frame after the conversation's messages stand there, ms. */
async function open(page: Page, name: string): Promise<number> {
	await page.keyboard.press("Control+k");
	const box = page.getByRole("dialog", { name: "Go to" }).getByRole("combobox");
	await box.fill(name);
	await page.getByRole("dialog", { name: "Go to" }).getByRole("option").first().getByText(name).waitFor();
	const took = page.evaluate(
		(wanted) =>
			new Promise<number>((resolve) => {
				let from = 0;
				const key = (event: KeyboardEvent): void => {
					if (event.key !== "Enter") return;
					from = performance.now();
					removeEventListener("keydown", key, true);
					requestAnimationFrame(look);
				};
				const look = (): void => {
					const title = document.querySelector("section.thread h1")?.textContent.trim();
					const there = document.querySelectorAll("[aria-label=Messages] [data-place]").length > 0;
					if (title === wanted && there) requestAnimationFrame((now) => resolve(now - from));
					else requestAnimationFrame(look);
				};
				addEventListener("keydown", key, true);
			}),
		name,
	);
	await page.keyboard.press("Enter");
	return await took;
}

function opening(page: Page, name: string, title: string): Variant {
	return {
		name,
		async round() {
			const all: number[] = [];
			for (let time = 0; time < times; time++) {
				// From another one each time: what is open already is not opened.
				await open(page, "Person 2 of Team 2");
				all.push(await open(page, title));
			}
			return { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
		},
	};
}

const session = await startSession({ keyring: "unlocked" });
try {
	const { profile, data } = await profileWith(session, 1_000_000);
	await using running = await launchApp({ session, profile });
	const page = await running.window();
	await page.getByRole("listbox", { name: "Conversations" }).getByRole("option").first().waitFor();
	const results = await interleave(
		opening(page, `${String(data.messages / 10)} messages`, "+15551000000"),
		opening(page, "100 messages", "Person 1 of Team 1"),
		{ rounds: 9 },
	);
	const about = { comparator: "100 messages", unit: "ms" };
	const met = report("Opening a conversation, key to painted", [
		compare("G6", "p50", results, { ...about, goal: 1.1 }),
		compare("G6-p95", "p95", results, { ...about, goal: null }),
	]);
	process.exitCode = met ? 0 : 1;
} finally {
	await session.stop();
}
