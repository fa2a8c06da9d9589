import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import { dispatch, ines, maria, optedOut, paulo } from "../testing/samples-systems.ts";
import { activeConversation, button, close, combobox, says, show } from "../testing/window.ts";

afterEach(close);

const option = (name: RegExp): Locator => page.getByRole("option", { name });
const names = (): string[] =>
	[...document.querySelectorAll("[data-conversation] > .visually-hidden")].map(
		(name) => name.textContent.split(",")[0] ?? "",
	);
const focusList = (): void =>
	document.querySelector<HTMLElement>('[role="listbox"][aria-label="Conversations"]')?.focus();

describe("rows of several systems", () => {
	test("say their system; groups their title or who is in them; a picture is a word", async () => {
		await show("merged");
		await expect.element(option(/^Maria Lopes, 1 unread, NetSapiens, Picture or file/u)).toBeVisible();
		await expect.element(option(/^Dispatch, NetSapiens, You: I will ask/u)).toBeVisible();
		await expect.element(option(/^Yusuf, \+1 555 0133, NetSapiens/u)).toBeVisible();
		await expect.element(option(/^Paulo Reis, TextUs, Not delivered:/u)).toBeVisible();
	});
	test("say their account where two share a system", async () => {
		await show("mergedTwoOfOne");
		await expect.element(option(/^Maria Lopes, 1 unread, NetSapiens, 101@porto\.example/u)).toBeVisible();
		await expect.element(option(/^Paulo Reis, TextUs, Not delivered/u)).toBeVisible();
	});
});

describe("filters", () => {
	test("by account, and back", async () => {
		const app = await show("merged");
		await combobox("More filters").selectOptions("ann · evo.example");
		await expect.poll(names).toEqual(["+351 912 555 010"]);
		expect(app.desk.navigation.conversationId).toBe(maria.id);
		await button("All").click();
		await expect.poll(() => names().length).toBe(10);
	});
	test("by the keyboard, said aloud", async () => {
		const app = await show("merged");
		await userEvent.keyboard("{Control>}2{/Control}");
		await expect.poll(names).toEqual(["Maria Lopes", "Will Clark", "Nadia Benali"]);
		await expect.element(button("Unread 3")).toHaveAttribute("aria-pressed", "true");
		app.surroundings.advance(600);
		await app.settled();
		await says(page.getByTestId("announcer"), "Showing: Unread 3");
	});
	test("one with nothing in it says so", async () => {
		await show("mergedEmptyFilter");
		await expect.element(page.getByText("No conversations yet")).toBeVisible();
	});
});

describe("folders of a system", () => {
	test("are paged as one scrolls", async () => {
		const app = await show("mergedFolder");
		await expect.element(combobox("More filters")).toHaveDisplayValue("Open (12 unread)");
		await expect.poll(names).toEqual(["Paulo Reis", "Gil Prado"]);
		expect(app.bridge.inputsOf("folders.page").map(({ folderId, next }) => [folderId, next])).toEqual([
			["open", null],
			["open", "2"],
		]);
	});
	test("that cannot be had say why, and are asked for again", async () => {
		const app = await show("merged");
		app.bridge.fail("folders.page", { code: "http.overloaded" });
		await combobox("More filters").selectOptions("Assigned to me (3 unread)");
		await says(page.getByRole("alert"), "too busy");
		app.bridge.answer("folders.page", () => ok({ conversationIds: [paulo.id], next: null }));
		await button("Try again").click();
		await expect.poll(names).toEqual(["Paulo Reis"]);
	});
	test("an answer for a folder that was left is dropped", async () => {
		const app = await show("merged");
		let answer: (() => void) | undefined;
		app.bridge.answer(
			"folders.page",
			() =>
				new Promise((resolve) => {
					answer = () => resolve(ok({ conversationIds: [optedOut.id], next: null }));
				}),
		);
		await combobox("More filters").selectOptions("Scheduled");
		await expect.element(page.getByText("The folder is being fetched…")).toBeVisible();
		await button("All").click();
		answer?.();
		await app.settled();
		expect(names()).toHaveLength(10);
		expect(app.desk.conversations.inFolder.size).toBe(0);
	});
});

describe("archiving", () => {
	test("from the row's menu, with undo", async () => {
		const app = await show("merged");
		await option(/^Dispatch/u).click({ button: "right" });
		await page.getByRole("menuitem", { name: "Archive" }).click();
		await expect.element(option(/^Dispatch/u)).not.toBeInTheDocument();
		await says(page.getByRole("status").filter({ hasText: "Archived" }), "Archived: Dispatch");
		await button("Undo").click();
		await expect.element(option(/^Dispatch/u)).toBeVisible();
		expect(app.bridge.inputsOf("conversations.setArchived")).toEqual([
			{ conversationId: dispatch.id, archived: true },
			{ conversationId: dispatch.id, archived: false },
		]);
	});
	test("by Ctrl+Shift+A: the row the arrows are at, else the open conversation", async () => {
		const app = await show("merged");
		await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
		focusList();
		await userEvent.keyboard("{End}");
		await expect.poll(activeConversation).toMatch(/^Gil Prado/u);
		await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
		expect(app.bridge.inputsOf("conversations.setArchived").map((input) => input.conversationId)).toEqual(
			[maria.id, optedOut.id],
		);
	});
	test("what is archived is found under its filter, and goes back from there", async () => {
		const app = await show("mergedArchived");
		await expect.poll(names).toHaveLength(5);
		focusList();
		await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
		await app.settled();
		expect(names()).toHaveLength(4);
		app.bridge.change({ type: "conversation", conversation: { ...ines, archived: false, unread: 1 } });
		await app.settled();
		expect(names()).toHaveLength(3);
	});
	test("a refusal is told", async () => {
		const app = await show("merged");
		app.bridge.answer("conversations.setArchived", () => failed({ code: "storage.full" }));
		await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
		await says(page.getByRole("alert"), "The disk is full");
	});
});
