import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { changeSettings, lookAway, untilComposing, untilWindow } from "../desktop/support/desk.ts";
import { type Desk, startSignedIn } from "../support/desk.ts";
import { composer, message, openConversation, unreadRow, write } from "../support/forms.ts";

/** What only the built app can show: real frames, a real wheel, main's own idea of the focus, the real history. */

const maya = { number: "6001", name: "Maya Fernandez" };
const tom = { number: "6002", name: "Tom Becker" };

const line = (index: number): string => `line ${String(index)} ${"word ".repeat((index * 7) % 40)}`.trim();
const lines = (from: number, to: number): string[] =>
	Array.from({ length: to - from }, (_, index) => line(from + index));

/** The conversation with Maya, after she wrote so much, with everything on screen that came. */
async function afterManyLines(count: number): Promise<Desk> {
	const desk = await startSignedIn();
	await desk.centre.writesToAnn(maya.number, line(0));
	await openConversation(desk.page, maya.name);
	await desk.centre.writesToAnn(maya.number, ...lines(1, count));
	await message(desk.page, `line ${String(count - 1)} `)
		.last()
		.waitFor();
	return desk;
}

const reading = (page: Page): Promise<{ fromEnd: number; fromStart: number; rows: number }> =>
	page.evaluate(() => {
		const log = document.querySelector(".log");
		if (log === null) throw new Error("no log");
		return {
			fromEnd: log.scrollHeight - log.scrollTop - log.clientHeight,
			fromStart: log.scrollTop,
			rows: log.querySelectorAll('[role="listitem"]').length,
		};
	});

test("years are read by the wheel in a window of limited size, and the way back ends at the newest", async () => {
	const { page, centre, complaints } = await afterManyLines(420);
	expect((await reading(page)).fromEnd).toBeLessThan(2);
	await page.mouse.move(700, 400);
	const first = message(page, "line 0").first();
	await expect
		.poll(
			async () => {
				await page.mouse.wheel(0, -700);
				expect((await reading(page)).rows).toBeLessThanOrEqual(190);
				return await first.isVisible();
			},
			{ timeout: 60_000, interval: 30 },
		)
		.toBe(true);
	await centre.writesToAnn(maya.number, "the very last");
	await page.getByRole("button", { name: "Jump to newest 1 new message" }).click();
	await message(page, "the very last").waitFor();
	await expect.poll(async () => (await reading(page)).fromEnd).toBeLessThan(2);
	expect(complaints).toEqual([]);
});

test("while one reads further up, what arrives moves nothing, frame by frame", async () => {
	const { page, centre } = await afterManyLines(150);
	await page.mouse.move(700, 400);
	await page.mouse.wheel(0, -1500);
	await expect.poll(async () => (await reading(page)).fromEnd).toBeGreaterThan(1000);
	const moved = page.evaluate(async () => {
		const log = document.querySelector(".log");
		const edge = log?.getBoundingClientRect().top ?? 0;
		const row = [...document.querySelectorAll('[role="listitem"]')].find(
			(each) => each.getBoundingClientRect().top >= edge + 40,
		);
		if (row === undefined) throw new Error("nothing is read");
		const start = row.getBoundingClientRect().top;
		let most = 0;
		for (let frame = 0; frame < 150; frame += 1) {
			await new Promise((resolve) => requestAnimationFrame(resolve));
			most = Math.max(most, Math.abs(row.getBoundingClientRect().top - start));
		}
		return most;
	});
	await centre.writesToAnn(maya.number, ...lines(1000, 1040));
	expect(await moved).toBeLessThanOrEqual(1);
	await page.getByRole("button", { name: "Jump to newest 40 new messages" }).waitFor();
});

test("a text within its time comes back by Ctrl+Z, and nobody ever got it", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Are you there?");
	await openConversation(page, maya.name);
	await changeSettings(page, { undoSendSeconds: 30 });
	await write(page, "I am not sure");
	await message(page, "I am not sure", "queued").waitFor();
	await page.getByText(/^.*Leaves in \d+ seconds/).waitFor();
	await untilComposing(page);
	await page.keyboard.press("Control+z");
	await expect.poll(() => composer(page).inputValue()).toBe("I am not sure");
	await expect.poll(() => message(page, "I am not sure").count()).toBe(0);
	await page.keyboard.type(" yet");
	await changeSettings(page, { undoSendSeconds: 0 });
	await page.keyboard.press("Enter");
	await message(page, "I am not sure yet", "delivered").waitFor();
	expect(centre.colleagues.get(maya.number).received).toEqual(["I am not sure yet"]);
});

test("marked unread it stays unread, in front and after looking away, until one comes back to it", async () => {
	const desk = await startSignedIn({ centre: { switches: { secondIncomingSession: true } } });
	const { page, centre, app, scene } = desk;
	await centre.writesToAnn(maya.number, "one", "two", "three");
	await centre.writesToAnn(tom.number, "Hello");
	await openConversation(page, maya.name);
	await message(page, "three").waitFor();
	await message(page, "two").click();
	await page.keyboard.press("Shift+U");
	await unreadRow(page, maya.name, 2).waitFor();
	await lookAway({ app, session: scene.session });
	await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
	await untilWindow(app, { focused: true });
	await unreadRow(page, maya.name, 2).waitFor();
	await openConversation(page, tom.name);
	await openConversation(page, maya.name);
	await expect.poll(() => unreadRow(page, maya.name).count()).toBe(0);
});

test("what comes while the window is not in front is unread until it is", async () => {
	const { page, centre, app, scene } = await startSignedIn();
	await centre.writesToAnn(maya.number, "seen");
	await openConversation(page, maya.name);
	await message(page, "seen").waitFor();
	await expect.poll(() => unreadRow(page, maya.name).count()).toBe(0);
	await lookAway({ app, session: scene.session });
	await centre.writesToAnn(maya.number, "came meanwhile");
	await unreadRow(page, maya.name, 1).waitFor();
	await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
	await expect.poll(() => unreadRow(page, maya.name).count()).toBe(0);
});
