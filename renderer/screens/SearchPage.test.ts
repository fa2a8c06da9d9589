import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ok } from "../../shared/errors.ts";
import type { SearchHit } from "../../shared/model.ts";
import * as sample from "../testing/samples.ts";
import { searchPage } from "../testing/scenes-history.ts";
import { button, close, show, says, textbox } from "../testing/window.ts";

afterEach(close);

const box = page.getByRole("searchbox", { name: "Search", exact: true });
const results = page.getByRole("listbox", { name: "Search results" });
const active = (): string => document.activeElement?.getAttribute("aria-label") ?? "";
/** The result that the box says is the active one. */
function pointedAt(): string {
	const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
	return document.getElementById(id)?.textContent.replaceAll(/\s+/gu, " ").trim() ?? "";
}
const groups = (): string[] =>
	[...document.querySelectorAll("[role=listbox][aria-label='Search results'] [role=group]")].map(
		(group) =>
			document.getElementById(group.getAttribute("aria-labelledby") ?? "")?.textContent.trim() ?? "",
	);

describe("search by keyboard alone", () => {
	test("Ctrl+Shift+F, type, arrows, Enter: the conversation is open at that message", async () => {
		const app = await show("searchEmpty");
		await expect.element(box).toHaveFocus();
		await userEvent.keyboard("lab");
		await app.settled();
		expect(app.bridge.inputsOf("search.messages").at(-1)).toEqual({
			query: "lab",
			conversationId: null,
			before: null,
			limit: 50,
		});
		expect(groups()).toEqual(
			["People", "Ana Martins", "Will Clark", "Zoë Krüger"].map(
				(name) => expect.stringContaining(name) as string,
			),
		);
		expect([...document.querySelectorAll("mark")].map((mark) => mark.textContent)).toHaveLength(8);
		await userEvent.keyboard("{ArrowDown}");
		await expect.poll(pointedAt).toContain("Dispatch team");
		await userEvent.keyboard("{ArrowDown}{ArrowDown}");
		await expect
			.poll(pointedAt)
			.toMatch(/^You: Hello Ana, yes, that was us\. The label came off in transit\. 10:03$/u);
		expect(active()).toBe("Search");
		await userEvent.keyboard("{Enter}");
		await app.settled();
		const hit = searchPage.hits[2];
		expect(app.desk.navigation.view.name).toBe("inbox");
		expect(app.desk.thread.found).toBe(hit?.entryId);
	});
	test("a hit in another conversation opens it around that message", async () => {
		const app = await show("search");
		await page.getByRole("option", { name: /ask for Yusuf/u }).click();
		await app.settled();
		const hit = searchPage.hits[1];
		expect(app.bridge.inputsOf("conversations.open").at(-1)).toEqual({
			conversationId: hit?.conversationId,
			around: hit?.entryId,
		});
		expect(app.desk.navigation.conversationId).toBe(hit?.conversationId);
	});
	test("a person opens with the caret in the composer", async () => {
		const app = await show("search");
		await page.getByRole("option", { name: /Dispatch team/u }).click();
		await app.settled();
		expect(app.desk.navigation.conversationId).toBe(sample.people[4]?.id);
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("Enter alone opens the newest hit; not while it is of a text that was typed over", async () => {
		const app = await show("searchNothing");
		app.bridge.answer("search.messages", () => ok({ ...searchPage, people: [] }));
		await userEvent.keyboard("x");
		await app.settled();
		app.bridge.answer("search.messages", () => new Promise(() => undefined));
		await userEvent.keyboard("y{Enter}");
		await app.settled();
		expect(app.desk.navigation.view.name).toBe("search");
	});
	test("Escape goes back to where one was, and what was typed is there to be typed over", async () => {
		const app = await show("search");
		await userEvent.keyboard("{Escape}");
		await app.settled();
		expect(app.desk.navigation.conversationId).toBe(sample.ana.id);
		await expect.element(textbox("Message")).toHaveFocus();
		await userEvent.keyboard("{Control>}{Shift>}f{/Shift}{/Control}");
		await app.settled();
		await expect.element(box).toHaveValue("lab");
		await expect.element(results).toBeVisible();
		await userEvent.keyboard("v");
		await expect.element(box).toHaveValue("v");
	});
	test("Escape from search over the settings leads to the settings", async () => {
		const app = await show("settingsHistory");
		await userEvent.keyboard("{Control>}{Shift>}f{/Shift}{/Control}");
		await app.settled();
		await userEvent.keyboard("{Escape}");
		await app.settled();
		expect(app.desk.navigation.view.name).toBe("settings");
	});
	test("letters of an input method are left to it", async () => {
		const app = await show("search");
		box.element().dispatchEvent(
			new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }),
		);
		await app.settled();
		expect(app.desk.navigation.view.name).toBe("search");
	});
});

test("a hit far back in the conversation that was being read is on screen, with the focus, and said", async () => {
	const app = await show("inboxNothingOpen");
	const timeline = Array.from({ length: 40 }, (_, index) =>
		sample.message(sample.ana, `line ${String(index)}\n.\n.`, sample.at(9, index)),
	);
	const wanted = timeline[3] ?? sample.message(sample.ana, "", sample.at(9, 0));
	app.bridge.timelines.set(sample.ana.id, timeline);
	app.desk.openConversation(sample.ana.id);
	await app.settled();
	// Somewhere in the middle, where one is to be found again after a look at another page.
	const log = document.querySelector(".log");
	if (log !== null) log.scrollTop = log.scrollHeight / 2;
	await expect.poll(() => app.desk.thread.atEnd).toBe(false);
	app.bridge.answer("search.messages", () =>
		ok({ ...searchPage, people: [], hits: [sample.hit(wanted, "*line 3*")] }),
	);
	await userEvent.keyboard("{Control>}{Shift>}f{/Shift}{/Control}");
	await app.settled();
	await userEvent.keyboard("line 3");
	await app.settled();
	await userEvent.keyboard("{Enter}");
	const row = page.getByRole("listitem", { name: /line 3 / });
	await expect.element(row).toHaveFocus();
	await expect.element(row).toBeInViewport();
});

describe("what is looked in", () => {
	test("Ctrl+F looks in the open conversation; one press looks everywhere", async () => {
		const app = await show("searchNothing");
		expect(app.bridge.inputsOf("search.messages").at(-1)?.conversationId).toBe(sample.ana.id);
		await expect.element(button("This conversation")).toHaveAttribute("aria-pressed", "true");
		await button("Search everywhere").click();
		await app.settled();
		expect(app.bridge.inputsOf("search.messages").at(-1)).toMatchObject({
			query: "zebra",
			conversationId: null,
		});
		await expect.element(button("Everywhere")).toHaveAttribute("aria-pressed", "true");
	});
});

describe("what is said", () => {
	test("how many there are, that there is nothing, that some may be missing", async () => {
		await show("search");
		await expect.element(page.getByRole("status").filter({ hasText: "5 messages" })).toBeInTheDocument();
		await close();
		await show("searchNothing");
		await expect
			.element(page.getByRole("status").filter({ hasText: "Nothing found for “zebra”" }))
			.toBeVisible();
		await close();
		await show("searchNotIndexed");
		await expect
			.element(page.getByText("1,240 messages are not in the index yet", { exact: false }))
			.toBeVisible();
	});
	test("a failure in words, and once more", async () => {
		const app = await show("searchFailed");
		await says(page.getByRole("alert"), "The disk reports errors.");
		app.bridge.answer("search.messages", () => ok(searchPage));
		await button("Try again").click();
		await expect.element(results).toBeVisible();
		expect(document.querySelector("[role=alert]")).toBeNull();
	});
});

test("a text is text: nothing in a snippet becomes part of the page", async () => {
	const app = await show("searchEmpty");
	const markup = "<img src=x onerror=alert(1)>";
	const hit: SearchHit = {
		...sample.hit(sample.message(sample.ana, markup, sample.at(9, 0)), ""),
		snippet: [
			{ text: "<b>", hit: false },
			{ text: markup, hit: true },
		],
	};
	app.bridge.answer("search.messages", () => ok({ ...searchPage, people: [], hits: [hit] }));
	await userEvent.keyboard("img");
	await app.settled();
	expect(document.querySelector("mark")?.textContent).toBe(markup);
	expect(document.querySelector("[role=option] img, [role=option] b")).toBeNull();
});

test("further pages come when the end is in sight, and what is looked at stays where it is", async () => {
	const app = await show("searchEmpty");
	let pages = 0;
	app.bridge.answer("search.messages", ({ before }) => {
		pages += 1;
		const from = before === null ? 0 : Number(before);
		const hits = Array.from({ length: 50 }, (_, index) => {
			const of = sample.people[(from + index) % 3] ?? sample.ana;
			return sample.hit(
				sample.message(of, "x", sample.at(10, 0) - (from + index) * 60_000),
				`hit ${String(from + index)} *x*`,
			);
		});
		return ok({ people: [], hits, next: from < 100 ? String(from + 50) : null, notIndexed: 0 });
	});
	await userEvent.keyboard("x");
	await app.settled();
	expect(pages).toBe(1);
	const list = results.element();
	list.scrollTop = list.scrollHeight;
	await expect.poll(() => pages).toBe(2);
	await expect.poll(() => list.querySelectorAll("[role=option]").length).toBe(100);
	await userEvent.keyboard("{ArrowUp}");
	await expect.poll(pointedAt).toContain("hit");
	await userEvent.keyboard("{ArrowDown}");
	await expect.poll(() => pages).toBe(3);
	expect(document.activeElement?.getAttribute("aria-label")).toBe("Search");
});
