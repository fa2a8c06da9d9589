import { expect } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { mountApp, type MountedApp } from "./mount.ts";
import type { Scene } from "./scene.ts";
import { scenes, type SceneName } from "./scenes.ts";

const role =
	(name: Parameters<typeof page.getByRole>[0]) =>
	(text: string): Locator =>
		page.getByRole(name, { name: text, exact: true });
export const button = role("button");
export const combobox = role("combobox");
export const heading = role("heading");
export const textbox = role("textbox");

/** The row the arrow keys are at, by its name; empty while the list of conversations does not have the focus. */
export function activeConversation(): string {
	const list = document.querySelector('[role="listbox"][aria-label="Conversations"]');
	if (list === null || document.activeElement !== list) return "";
	const row = document.getElementById(list.getAttribute("aria-activedescendant") ?? "");
	return row?.querySelector(".visually-hidden")?.textContent ?? "";
}

let mounted: MountedApp | null = null;

/** Mounts a scene at desk size and goes through its steps. */
export async function show(
	name: SceneName,
	size: readonly [number, number] | null = null,
): Promise<MountedApp> {
	const scene: Scene = scenes[name];
	await page.viewport(...(size ?? scene.size ?? [1320, 820]));
	const app = await mountApp(scene.bridge());
	mounted = app;
	for (const step of scene.steps ?? []) {
		if ("press" in step)
			await (
				step.press === "Advanced" ? page.getByText("Advanced") : button(step.press).first()
			).click();
		else if ("see" in step) {
			const { conversationId } = app.desk.thread;
			if (conversationId !== null) app.desk.openConversation(conversationId, step.see);
		} else if ("type" in step) await fieldNamed(step.into).fill(step.type);
		else if ("check" in step) await page.getByRole("checkbox", { name: step.check }).click();
		else if ("choose" in step) await page.getByRole("menuitem", { name: step.choose }).click();
		else if ("tab" in step) await page.getByRole("tab", { name: step.tab }).click();
		else await userEvent.keyboard(step.key === "Control+k" ? "{Control>}k{/Control}" : step.key);
		app.surroundings.advance(250);
		await app.settled();
	}
	return app;
}

/** A box to type into; a radio button may have the same name. */
function fieldNamed(name: string): Locator {
	if (name === "To") return combobox(name);
	const found = page.getByLabelText(name, { exact: true });
	const index = found.elements().findIndex((element) => element.getAttribute("type") !== "radio");
	return found.nth(Math.max(0, index));
}

/** Takes the window down again; call after each test. */
export async function close(): Promise<void> {
	await mounted?.close();
	mounted = null;
	document.documentElement.style.colorScheme = "";
}

/** Waits until an element says this: somewhere in its text. */
export async function says(locator: Locator, words: string): Promise<void> {
	await expect.poll(() => locator.element().textContent.replaceAll(/\s+/gu, " ").trim()).toContain(words);
}
