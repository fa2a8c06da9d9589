import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { startTrayHost } from "../../support/tray.ts";
import { composer, conversationRow, message } from "../support/forms.ts";
import { startScene } from "../support/story.ts";
import {
	maya,
	startDesk,
	until,
	untilComposing,
	untilConversation,
	writesByName,
	zoe,
} from "./support/desk.ts";

/** Presses a key until something has the focus, or is the active one of the list that has it; at most so often. */
async function press(page: Page, key: string, wanted: Locator, times = 12): Promise<void> {
	const reached = (): Promise<boolean> =>
		wanted.evaluate((element) => {
			const active = document.activeElement;
			const row = active?.getAttribute("aria-activedescendant") ?? null;
			return element === active || (row !== null && element.id === row);
		});
	for (let count = 0; count < times && !(await reached()); count += 1) await page.keyboard.press(key);
	expect(await reached()).toBe(true);
}

test("the practice story by keyboard alone", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const { page, complaints } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await press(page, "Tab", page.getByRole("button", { name: "Try practice mode" }));
	await page.keyboard.press("Enter");
	await conversationRow(page, maya.name).filter({ hasText: "Hi! Do you have a minute?" }).waitFor();

	await press(page, "F6", conversationRow(page, maya.name));
	await page.keyboard.press("Enter");
	await untilConversation(page, maya.name);
	await untilComposing(page);
	await page.keyboard.type("One");
	await page.keyboard.press("Shift+Enter");
	await page.keyboard.type("moment");
	expect(await composer(page).inputValue()).toBe("One\nmoment");
	await page.keyboard.press("Enter");
	await message(page, "moment", "delivered").waitFor();
	await untilComposing(page);

	await page.keyboard.press("Control+n");
	await until(
		() =>
			page
				.getByRole("combobox", { name: "To" })
				.evaluate((element) => element === document.activeElement),
		true,
	);
	await page.keyboard.type("pri");
	await page.getByRole("option", { name: /^Priya Raman/ }).waitFor();
	await page.keyboard.press("Enter");
	await untilConversation(page, "Priya Raman");
	await untilComposing(page);

	await page.keyboard.press("Control+k");
	await page.getByRole("dialog", { name: "Go to" }).waitFor();
	await page.keyboard.type("maya");
	await page.keyboard.press("Enter");
	await untilConversation(page, maya.name);
	await untilComposing(page);

	await page.keyboard.press("Control+,");
	await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
	await press(page, "Tab", page.getByRole("tab", { name: "General" }));
	await page.keyboard.press("ArrowRight");
	await page.getByRole("tabpanel", { name: "Notifications" }).waitFor();
	await press(page, "F6", page.getByRole("button", { name: "Leave practice" }));
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	expect(complaints).toEqual([]);
});

test("F6 goes round the regions, both ways", async () => {
	const desk = await startDesk();
	await writesByName(desk, maya, "hello");
	await conversationRow(desk.page, maya.name).click();
	await untilComposing(desk.page);
	const regionOfFocus = () =>
		desk.page.evaluate(
			() => document.activeElement?.closest("[data-region]")?.getAttribute("data-region") ?? "none",
		);
	const round: string[] = [];
	for (let count = 0; count < 12; count += 1) {
		await desk.page.keyboard.press("F6");
		const region = await regionOfFocus();
		if (region === round[0]) break;
		round.push(region);
	}
	expect(round).toEqual(expect.arrayContaining(["rail", "list", "composer"]));
	expect(new Set(round).size).toBe(round.length);
	const back: string[] = [];
	for (let count = 0; count < round.length; count += 1) {
		await desk.page.keyboard.press("Shift+F6");
		back.push(await regionOfFocus());
	}
	expect(back.toSorted()).toEqual(round.toSorted());
});

test("Alt and the arrows go from conversation to conversation, with Shift to the unread ones", async () => {
	const desk = await startDesk({ centre: { switches: { secondIncomingSession: true } } });
	const { page } = desk;
	await writesByName(desk, maya, "first");
	await writesByName(desk, zoe, "second");
	await page.keyboard.press("Alt+ArrowDown");
	await untilConversation(page, zoe.name);
	await page.keyboard.press("Alt+ArrowDown");
	await untilConversation(page, maya.name);
	await page.keyboard.press("Alt+ArrowUp");
	await untilConversation(page, zoe.name);
	await page.keyboard.press("Alt+Shift+ArrowDown");
	await untilConversation(page, zoe.name);
	await writesByName(desk, maya, "again");
	await conversationRow(page, `${maya.name}, 1 unread`).waitFor();
	await page.keyboard.press("Alt+Shift+ArrowUp");
	await untilConversation(page, maya.name);
});

test("receiving moves neither focus nor caret", async () => {
	const desk = await startDesk({ centre: { switches: { secondIncomingSession: true } } });
	await writesByName(desk, maya, "hello");
	await conversationRow(desk.page, maya.name).click();
	await untilComposing(desk.page);
	await desk.page.keyboard.type("half a sent");
	await desk.page.keyboard.press("ArrowLeft");
	await writesByName(desk, maya, "in this conversation");
	await writesByName(desk, zoe, "in another one");
	await message(desk.page, "in this conversation").waitFor();
	await conversationRow(desk.page, zoe.name).waitFor();
	await desk.page.keyboard.type("|");
	expect(await composer(desk.page).inputValue()).toBe("half a sen|t");
	await untilConversation(desk.page, maya.name);
});

test("Enter during the composition of an input method does not send", async () => {
	const desk = await startDesk();
	await writesByName(desk, maya, "hello");
	await conversationRow(desk.page, maya.name).click();
	await untilComposing(desk.page);
	await desk.page.keyboard.type("nihon");
	await composer(desk.page).dispatchEvent("keydown", {
		key: "Enter",
		keyCode: 229,
		isComposing: true,
		bubbles: true,
		cancelable: true,
	});
	expect(await composer(desk.page).inputValue()).toBe("nihon");
	await desk.page.keyboard.press("Enter");
	await message(desk.page, "nihon", "delivered").waitFor();
});

test("zoom keys come from the application menu", async () => {
	const scene = await startScene();
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	const zoom = () =>
		app.electron.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getZoomLevel());
	const keys = await app.electron.evaluate(({ Menu }) => {
		const roles: string[] = [];
		const walk = (menu: Electron.Menu | null | undefined): void => {
			for (const item of menu?.items ?? []) {
				if (item.role !== undefined) roles.push(item.role.toLowerCase());
				walk(item.submenu);
			}
		};
		walk(Menu.getApplicationMenu());
		return roles;
	});
	expect(keys).toEqual(
		expect.arrayContaining([
			"zoomin",
			"zoomout",
			"resetzoom",
			"undo",
			"cut",
			"copy",
			"paste",
			"selectall",
		]),
	);
	expect(await zoom()).toBe(0);
	await scene.session.run("xdotool", "key", "ctrl+equal");
	await until(async () => ((await zoom()) ?? 0) > 0, true);
	await scene.session.run("xdotool", "key", "ctrl+0");
	await until(zoom, 0);
	await scene.session.run("xdotool", "key", "ctrl+minus");
	await until(async () => ((await zoom()) ?? 0) < 0, true);
});

test("Ctrl+Q quits, Ctrl+W puts the window away", async () => {
	const scene = await startScene();
	const panel = await startTrayHost(scene.session);
	scene.endsWithTest(() => panel.stop());
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	const tray = await panel.item();
	const state = () =>
		app.electron.evaluate(({ BrowserWindow }) => ({
			visible: BrowserWindow.getAllWindows()[0]?.isVisible(),
			focused: BrowserWindow.getAllWindows()[0]?.isFocused(),
		}));
	await until(state, { visible: true, focused: true });
	await scene.session.run("xdotool", "key", "ctrl+w");
	await until(state, { visible: false, focused: false });
	await tray.click();
	await until(state, { visible: true, focused: true });
	await scene.session.run("xdotool", "key", "ctrl+q");
	expect(await app.ended).toBe(0);
});

test("the context menu of the composer has cut, copy, paste and select all", async () => {
	const desk = await startDesk();
	await writesByName(desk, maya, "see https://example.invalid/page");
	await conversationRow(desk.page, maya.name).click();
	await untilComposing(desk.page);
	await desk.app.electron.evaluate(({ Menu }) => {
		const shown: string[][] = [];
		Object.assign(globalThis, { shownMenus: shown });
		const build = Menu.buildFromTemplate.bind(Menu);
		Menu.buildFromTemplate = (template) => {
			const menu = build(template);
			shown.push(menu.items.map(({ label }) => label));
			menu.popup = () => undefined;
			return menu;
		};
	});
	const shown = () =>
		desk.app.electron.evaluate(
			() => (globalThis as unknown as { shownMenus: string[][] }).shownMenus.at(-1) ?? [],
		);
	await desk.page.keyboard.type("some text");
	await composer(desk.page).click({ button: "right" });
	await expect
		.poll(shown, { timeout: 10_000 })
		.toEqual(expect.arrayContaining(["Cut", "Copy", "Paste", "Paste as plain text", "Select all"]));
	await desk.page.getByRole("link", { name: "https://example.invalid/page" }).click({ button: "right" });
	await expect.poll(shown, { timeout: 10_000 }).toEqual(expect.arrayContaining(["Copy link"]));
});
