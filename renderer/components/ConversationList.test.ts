import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import type { Conversation } from "../../shared/model.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as sample from "../testing/samples.ts";
import { activeConversation } from "../testing/window.ts";

let app: MountedApp;
afterEach(async () => {
	await app.close();
});

const person = (index: number, changes: Partial<Conversation> = {}): Conversation =>
	sample.conversation(`Person ${String(index).padStart(5, "0")}`, `9${String(index)}`, {
		lastActivity: sample.now - index * 1000,
		...changes,
	});
const option = (name: RegExp): Locator => page.getByRole("option", { name });
const scroller = (): HTMLElement => {
	const element = document.querySelector<HTMLElement>(".rows");
	if (element === null) throw new Error("no list");
	return element;
};
const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
const topOf = (index: number): number | undefined =>
	document.querySelector(`[data-conversation="with 9${String(index)}"]`)?.getBoundingClientRect().top;

async function open(count: number, size: readonly [number, number] = [1320, 820]): Promise<void> {
	await page.viewport(...size);
	const conversations = Array.from({ length: count }, (_, index) => person(index));
	app = await mountApp(new FakeBridge(sample.snapshot({ conversations })));
	await frame();
	await app.settled();
}
const focusList = (): void => document.querySelector<HTMLElement>('[role="listbox"]')?.focus();
const scrollTo = async (top: number): Promise<void> => {
	scroller().scrollTop = top;
	await frame();
	await app.settled();
};

describe("ten thousand conversations", () => {
	test("draw only what is on screen, and every row says its place and how many there are", async () => {
		await open(10_000);
		expect(document.querySelectorAll('[role="option"]').length).toBeLessThan(40);
		await scrollTo(300_000);
		const rows = [...document.querySelectorAll('[role="option"]')];
		expect(rows.length).toBeLessThan(40);
		const places = rows.map((row) => Number(row.getAttribute("aria-posinset")));
		expect(places).toEqual(places.toSorted((one, other) => one - other));
		expect(rows.every((row) => row.getAttribute("aria-setsize") === "10000")).toBe(true);
		const edge = scroller().getBoundingClientRect();
		const covered = rows.map((row) => row.getBoundingClientRect());
		// The active row stays in the page, far above: the others cover the list without a hole.
		const shown = covered.filter((row) => row.bottom > edge.top && row.top < edge.bottom);
		expect(Math.min(...shown.map((row) => row.top))).toBeLessThanOrEqual(edge.top + 2);
		expect(Math.max(...shown.map((row) => row.bottom))).toBeGreaterThanOrEqual(edge.bottom - 8);
	});
	test("are gone through by keys, with the active row always there and in sight", async () => {
		await open(10_000);
		focusList();
		await userEvent.keyboard("{End}");
		expect(activeConversation()).toMatch(/^Person 09999/u);
		await app.settled();
		await expect.element(option(/^Person 09999/u)).toBeInViewport();
		await userEvent.keyboard("{PageUp}{ArrowUp}");
		const name = activeConversation();
		expect(name).toMatch(/^Person 099[78]/u);
		await scrollTo(0);
		expect(activeConversation()).toBe(name);
		await userEvent.keyboard("{ArrowDown}");
		await app.settled();
		expect(scroller().scrollTop).toBeGreaterThan(500_000);
		await userEvent.keyboard("{Home}{Enter}");
		expect(app.desk.thread.conversationId).toBe("with 90");
	});
	test("keep the focus and what is looked at while others write", async () => {
		await open(10_000);
		focusList();
		for (let step = 0; step < 30; step += 1) await userEvent.keyboard("{ArrowDown}");
		await app.settled();
		const before = topOf(25);
		for (let index = 500; index < 520; index += 1)
			app.bridge.change({
				type: "conversation",
				conversation: person(index, { lastActivity: sample.now + index, unread: 1 }),
			});
		// The active one writes too, and goes to the top.
		app.bridge.change({
			type: "conversation",
			conversation: person(30, { lastActivity: sample.now + 1e6, unread: 1 }),
		});
		await frame();
		await app.settled();
		expect(topOf(25)).toBeCloseTo(before ?? NaN, 0);
		expect(activeConversation()).toMatch(/^Person 00030, 1 unread/u);
		await userEvent.keyboard("{ArrowDown}");
		await app.settled();
		expect(activeConversation()).toMatch(/^Person 00519/u);
	});
	test("at the top, who writes comes into sight", async () => {
		await open(10_000);
		app.bridge.change({
			type: "conversation",
			conversation: person(9000, { lastActivity: sample.now + 1, unread: 1 }),
		});
		await app.settled();
		expect(scroller().scrollTop).toBe(0);
		await expect.element(option(/^Person 09000/u)).toBeInViewport();
	});
	test("letters jump by name", async () => {
		await open(10_000);
		focusList();
		await userEvent.keyboard("person 01234");
		expect(activeConversation()).toMatch(/^Person 01234/u);
	});
});

test("the row after the one that went becomes active, and an empty list says so", async () => {
	await open(2);
	focusList();
	await userEvent.keyboard("{ArrowDown}");
	app.bridge.change({ type: "conversationRemoved", conversationId: person(1).id });
	await app.settled();
	expect(activeConversation()).toMatch(/^Person 00000/u);
	app.bridge.change({ type: "conversationRemoved", conversationId: person(0).id });
	await app.settled();
	await expect.element(page.getByText("No conversations yet")).toBeVisible();
});

test("Shift+U marks the active one unread", async () => {
	await open(3);
	focusList();
	await userEvent.keyboard("{ArrowDown}{Shift>}U{/Shift}");
	expect(app.bridge.inputsOf("conversations.markUnread")).toEqual([
		{ conversationId: "with 91", from: null },
	]);
});

test("a draft is shown in its row, also that of a conversation whose text was refused", async () => {
	await open(3);
	app.bridge.fail("messages.send", { code: "storage.full" });
	app.desk.openConversation(person(0).id);
	await app.settled();
	await page.getByRole("textbox", { name: "Message" }).fill("half a thought");
	await userEvent.keyboard("{Enter}");
	await app.settled();
	await option(/^Person 00001/u).click();
	await expect.element(option(/^Person 00000, .*Draft: half a thought/u)).toBeVisible();
});
