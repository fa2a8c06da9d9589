import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Settings } from "../../../shared/settings.ts";
import { changeSettings, until } from "../desktop/support/desk.ts";

const themes = ["light", "dark"] as const satisfies readonly Settings["theme"][];

/** No violation of axe's rules on what is shown now, in both themes, and nothing wider than the window. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
	for (const theme of themes) {
		await changeSettings(page, { theme });
		await until(
			() => page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches),
			theme === "dark",
		);
		// Colours that are still on their way are no fault.
		await page.evaluate(() =>
			Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
		);
		const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
		const found = violations.map(
			({ id, nodes }) =>
				`${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary ?? ""})`).join("; ")}`,
		);
		expect({ screen, theme, found }).toEqual({ screen, theme, found: [] });
	}
	expect({
		screen,
		overflow: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
	}).toEqual({ screen, overflow: 0 });
}
