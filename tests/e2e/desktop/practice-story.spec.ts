import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startTrayHost } from "../../support/tray.ts";
import { composer, conversationRow, message, messages, unreadRow } from "../support/forms.ts";
import { startScene } from "../support/story.ts";
import {
	lookAway,
	maya,
	startDesk,
	until,
	untilComposing,
	untilConversation,
	watch,
	writesByName,
} from "./support/desk.ts";

const practiceBanner = "Practice mode: everybody here is simulated.";

test("practice: from the welcome to an answer that arrived, by notification and tray", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const notifications = await watch(scene.session);
	const panel = await startTrayHost(scene.session);
	const { app, page, complaints } = await scene.launch();

	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	const tray = await panel.item();
	const quiet = await tray.icon();
	await page.getByRole("button", { name: "Try practice mode" }).click();
	await page.getByText(practiceBanner).waitFor();
	await lookAway({ app, session: scene.session });

	const shown = await notifications.waitFor(({ body }) => body === "Hi! Do you have a minute?");
	expect(shown).toMatchObject({ title: `Practice: ${maya.name}`, replaces: 0 });
	// Customers write on the other systems too: the tray counts what the rows of all of them say together.
	await until(async () => {
		const unread = await unreadInRows(page);
		return unread > 0 && (await tray.toolTip()) === `Trunkline (practice): ${String(unread)} unread`;
	}, true);
	expect((await tray.icon())?.bytes.equals(quiet?.bytes ?? Buffer.alloc(0))).toBe(false);
	await unreadRow(page, maya.name).waitFor();

	await notifications.click(shown);
	await untilConversation(page, maya.name);
	await untilComposing(page);
	await message(page, "Hi! Do you have a minute?").waitFor();

	const states = watchStates(page, "Of course, tell me.");
	await page.keyboard.type("Of course, tell me.");
	await page.keyboard.press("Enter");
	await message(page, "Of course, tell me.", "delivered").waitFor();
	const seen = await states();
	expect(["queued", "sending", "sent", "delivered"].filter((state) => seen.includes(state))).toEqual(seen);
	expect(seen.at(-1)).toBe("delivered");
	await message(page, "Thanks! The order is 48213").waitFor();
	expect(await composer(page).inputValue()).toBe("");
	expect(complaints).toEqual([]);
});

test("--practice starts in practice mode, and leaving it removes everything", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const { app, page } = await scene.launch({ args: ["--practice"] });
	await page.getByText(practiceBanner).waitFor();
	await conversationRow(page, maya.name).click();
	await messages(page).first().waitFor();

	await page.getByRole("button", { name: "Leave practice" }).click();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	expect(await page.getByText(practiceBanner).count()).toBe(0);
	expect(await page.getByRole("listbox", { name: "Conversations" }).count()).toBe(0);
	expect(await page.title()).toBe("Trunkline");
	const left = await page.evaluate(async () => {
		const snapshot = await window.app.invoke("app.snapshot", null);
		if (!snapshot.ok) throw new Error(snapshot.error.code);
		const { accounts, conversations, practice } = snapshot.value;
		return { accounts, conversations, practice };
	});
	expect(left).toEqual({ accounts: [], conversations: [], practice: false });

	await app.close();
	expect(await filesWith(app.profile, /sam\.rivera|Maya|Do you have a minute/)).toEqual([]);
});

test("coming back from another page shows the newest message, not the place where the unread ones began", async () => {
	const desk = await startDesk();
	const { page } = desk;
	const texts = Array.from({ length: 30 }, (_, index) => `line ${String(index + 1)}`);
	await writesByName(desk, maya, ...texts);
	await conversationRow(page, `${maya.name}, 30 unread`).click();
	await message(page, "line 1").first().waitFor();
	await page.keyboard.press("End");
	await page.getByRole("list", { name: "Messages" }).hover();
	await page.mouse.wheel(0, 20_000);
	const newestInView = () =>
		message(page, "line 30").evaluate(
			(row) =>
				row.getBoundingClientRect().bottom <= window.innerHeight &&
				row.getBoundingClientRect().top > 0,
		);
	await until(newestInView, true);
	await page.keyboard.press("Control+,");
	await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
	await page.getByRole("button", { name: "Inbox" }).click();
	await message(page, "line 30").waitFor();
	await until(newestInView, true);
	expect(desk.complaints).toEqual([]);
});

test("practice can be started again after leaving it", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const { page } = await scene.launch({ args: ["--practice"] });
	for (let round = 0; round < 2; round++) {
		await page.getByText(practiceBanner).waitFor();
		await conversationRow(page, maya.name).waitFor();
		await page.getByRole("button", { name: "Leave practice" }).click();
		await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
		if (round === 0) await page.getByRole("button", { name: "Try practice mode" }).click();
	}
	await until(() => page.getByRole("listbox").count(), 0);
});

/** How many unread messages the rows of the list tell of. */
async function unreadInRows(page: Page): Promise<number> {
	return await page
		.getByRole("listbox", { name: "Conversations" })
		.getByRole("option")
		.evaluateAll((rows) =>
			rows.reduce(
				(sum, row) =>
					sum + Number(/, (\d+) unread,/.exec(row.ariaLabel ?? row.textContent)?.[1] ?? 0),
				0,
			),
		);
}

/** Follows the delivery words of a message from now on; the answer is what was seen, in order. */
function watchStates(page: Page, text: string): () => Promise<string[]> {
	const seen = page.evaluate((wanted) => {
		const states: string[] = [];
		const look = (): void => {
			const item = [...document.querySelectorAll('[role="listitem"]')].find((each) =>
				each.getAttribute("aria-label")?.includes(wanted),
			);
			const state = /(queued|waiting|sending|sent|delivered|failed|outcome unknown)[^,]*$/.exec(
				item?.getAttribute("aria-label") ?? "",
			)?.[1];
			if (state !== undefined && state !== states.at(-1)) states.push(state);
		};
		new MutationObserver(look).observe(document.body, {
			subtree: true,
			childList: true,
			attributes: true,
		});
		Object.assign(globalThis, { seenStates: states });
	}, text);
	return async () => {
		await seen;
		return await page.evaluate(() => (globalThis as unknown as { seenStates: string[] }).seenStates);
	};
}

/** Files of a profile that hold such a text; Chromium's own included. */
async function filesWith(folder: string, text: RegExp): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		if (text.test((await readFile(file)).toString("latin1"))) found.push(path.relative(folder, file));
	}
	return found;
}
