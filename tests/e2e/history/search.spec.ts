import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { startSignedIn } from "../support/desk.ts";
import { composer, message, openConversation, unreadRow } from "../support/forms.ts";

const maya = { number: "6001", name: "Maya Fernandez" };
const tom = { number: "6002", name: "Tom Becker" };

const box = (page: Page): Locator => page.getByRole("searchbox", { name: "Search", exact: true });
const results = (page: Page): Locator =>
	page.getByRole("listbox", { name: "Search results" }).getByRole("option");
const hasFocus = (locator: Locator): Promise<boolean> =>
	locator.evaluate((element) => element === document.activeElement);

test("by keyboard alone: what somebody wrote is found as it is typed, by any piece of it, and opened in its place", async () => {
	const { page, centre, complaints } = await startSignedIn();
	await centre.writesToAnn(
		maya.number,
		"The Crème brûlée order 48213-77 is late",
		"call +1 (555) 010-4477 please 👍🏽",
		'NEAR("a b") OR * -c: "unclosed',
		"合同已经寄出了",
	);
	await unreadRow(page, maya.name, 4).waitFor();
	centre.colleagues.get(maya.number).complete();
	await centre.writesToAnn(tom.number, "Which order do you mean?");
	await unreadRow(page, tom.name, 1).waitFor();

	await page.keyboard.press("Control+Shift+F");
	await expect.poll(() => hasFocus(box(page))).toBe(true);
	const finds = async (typed: string, ...texts: string[]): Promise<void> => {
		await box(page).fill("");
		await page.keyboard.type(typed);
		await expect
			.poll(async () => await results(page).allInnerTexts(), { timeout: 20_000 })
			.toEqual(texts.map((text): unknown => expect.stringContaining(text)));
	};
	// Newest conversation first; the index may lag behind what arrived by a moment.
	await finds("order", "Which order do you mean?", "The Crème brûlée order");
	await finds("creme bru", "The Crème brûlée order");
	await finds("48213", "The Crème brûlée order");
	await finds("5550104477", "call +1 (555) 010-4477");
	await finds('NEAR("a', 'NEAR("a b") OR');
	// No word and no number: nothing to look for, and no mistake.
	await finds('"*"');
	await finds("寄出", "合同已经寄出了");
	await finds("👍", "call +1 (555) 010-4477");
	await finds("fernandez", maya.name);
	expect(await results(page).locator("mark").allInnerTexts()).toEqual(["Fernandez"]);
	await finds("crème", "The Crème brûlée order");
	expect(await results(page).locator("mark").allInnerTexts()).toEqual(["Crème"]);

	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: maya.name, level: 1 }).waitFor();
	await message(page, "The Crème brûlée order 48213-77 is late").waitFor();

	await page.keyboard.press("Control+f");
	await page.getByRole("button", { name: "This conversation", pressed: true }).waitFor();
	await finds("order", "The Crème brûlée order");
	await page.keyboard.press("Escape");
	await page.getByRole("heading", { name: maya.name, level: 1 }).waitFor();
	await expect.poll(() => hasFocus(composer(page))).toBe(true);
	expect(complaints).toEqual([]);
});

test("a message far back is opened among its neighbours", async () => {
	const { page, centre } = await startSignedIn();
	const texts = Array.from({ length: 150 }, (_, index) => `line ${String(index).padStart(3, "0")}`);
	texts[20] = "line 020 with the needle";
	await centre.writesToAnn(maya.number, ...texts);
	await unreadRow(page, maya.name, 150).waitFor();
	await openConversation(page, maya.name);
	await page.keyboard.press("Control+Shift+F");
	await page.keyboard.type("needle");
	await results(page).filter({ hasText: "with the needle" }).click();
	const found = message(page, "line 020 with the needle");
	await found.waitFor();
	for (const neighbour of ["line 019", "line 021"]) await message(page, neighbour).waitFor();
	const height = await page.evaluate(() => window.innerHeight);
	await expect
		.poll(async () => (await found.boundingBox())?.y ?? -1)
		.toSatisfy((top: number) => top > 0 && top < height);
});
