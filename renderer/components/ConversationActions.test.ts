import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import type { Conversation, ThreadAction } from "../../shared/model.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as systems from "../testing/samples-systems.ts";
import * as sample from "../testing/samples.ts";
import { changeable, closed, open } from "../testing/scenes-messages.ts";
import { button, combobox, says, textbox } from "../testing/window.ts";

const { paulo, team } = systems;
const dialog = page.getByRole("dialog");
const entry = (name: string): Locator => page.getByRole("menuitem", { name, exact: true });
let app: MountedApp;

afterEach(async () => {
	await app.close();
});

async function show(conversation: Conversation): Promise<void> {
	await page.viewport(1320, 820);
	app = await mountApp(
		open({ ...conversation, unread: 0 }, [sample.message(conversation, "Hi", sample.now)]),
	);
	await app.settled();
}
const withActions = (...actions: readonly ThreadAction[]): Conversation => ({
	...paulo,
	thread: { ...paulo.thread, actions },
});
async function choose(name: string): Promise<void> {
	await button("Conversation menu").click();
	await entry(name).click();
	await app.settled();
}
const offered = async (): Promise<string[]> => {
	await button("Conversation menu").click();
	return page
		.getByRole("menuitem")
		.elements()
		.map((element) => element.firstChild?.textContent?.trim() ?? "");
};
const acted = (): readonly unknown[] => app.bridge.inputsOf("conversations.act").map(({ action }) => action);
const said = async (): Promise<string> => {
	app.surroundings.advance(600);
	await app.settled();
	return page.getByTestId("announcer").element().textContent;
};

describe("the menu", () => {
	test("offers what the system says can be done now, and nothing else", async () => {
		await show(withActions());
		const usual = ["Search in this conversation", "Why didn’t it ring?", "Archive"];
		const exports = ["Export as text…", "Export as JSON…"];
		expect(await offered()).toEqual([...usual, ...exports]);
		await app.close();
		await show(withActions("close", "star", "block"));
		expect(await offered()).toEqual([...usual, "Close", "Star", "Block…", ...exports]);
		await app.close();
		await show(changeable);
		expect(await offered()).toEqual([
			...usual,
			"Rename…",
			"People…",
			"Leave group…",
			"Delete…",
			...exports,
		]);
		await app.close();
		await show(team);
		expect(await offered()).toEqual([...usual, ...exports]);
	});
	test("does at once what can be taken back, says so, and gives the focus back", async () => {
		await show(withActions("star"));
		await choose("Star");
		expect(app.bridge.inputsOf("conversations.act")).toEqual([
			{ conversationId: paulo.id, action: "star" },
		]);
		expect(await said()).toBe("Starred.");
		await expect.element(button("Conversation menu")).toHaveFocus();
	});
	test("says why it could not be done, above the composer", async () => {
		await show(withActions("close"));
		app.bridge.fail("conversations.act", { code: "action.refused", detail: "Not yours" });
		await choose("Close");
		await says(page.getByRole("alert"), "The system refused this. Nothing was changed. (Not yours)");
	});
	test("does one thing at a time", async () => {
		await show(withActions("star", "close"));
		let answer = (): void => undefined;
		app.bridge.answer(
			"conversations.act",
			() => new Promise((resolve) => (answer = () => resolve(ok(null)))),
		);
		await choose("Star");
		await button("Conversation menu").click();
		expect(entry("Close").element().getAttribute("aria-disabled")).toBe("true");
		entry("Close")
			.element()
			.dispatchEvent(new MouseEvent("click", { bubbles: true }));
		await app.settled();
		expect(acted()).toEqual(["star"]);
		answer();
		await app.settled();
		await choose("Close");
		expect(acted()).toEqual(["star", "close"]);
	});
	test("archives and takes back", async () => {
		await show(withActions());
		await choose("Archive");
		expect(app.bridge.inputsOf("conversations.setArchived")).toEqual([
			{ conversationId: paulo.id, archived: true },
		]);
	});
});

describe("what others notice, or what cannot be taken back, is asked about", () => {
	test.each([
		["Block…", "block", "Block", "Block Paulo Reis?", "nothing can be sent to them until you unblock"],
		[
			"Delete…",
			"delete",
			"Delete",
			"Delete the conversation with Paulo Reis?",
			"you only or for everybody",
		],
		["Leave group…", "leave", "Leave", "Leave Paulo Reis?", "add you again"],
	] as const)("%s", async (label, action, does, title, words) => {
		await show(withActions(action));
		await choose(label);
		await expect.element(page.getByRole("heading", { name: title })).toBeVisible();
		await says(dialog, words);
		await expect.element(button("Cancel")).toHaveFocus();
		await userEvent.keyboard("{Escape}");
		expect(acted()).toEqual([]);
		await expect.element(button("Conversation menu")).toHaveFocus();
		await choose(label);
		await dialog.getByRole("button", { name: does }).click();
		await app.settled();
		expect(acted()).toEqual([action]);
		await expect.element(dialog).not.toBeInTheDocument();
	});
	test("a refusal is told in the dialog, which stays while it waits", async () => {
		await show(withActions("delete"));
		let answer = (): void => undefined;
		app.bridge.answer(
			"conversations.act",
			() => new Promise((resolve) => (answer = () => resolve(failed({ code: "action.refused" })))),
		);
		await choose("Delete…");
		await dialog.getByRole("button", { name: "Delete" }).click();
		await userEvent.keyboard("{Escape}");
		await expect.element(dialog).toBeVisible();
		answer();
		await app.settled();
		await says(dialog.getByRole("alert"), "The system refused this.");
		await userEvent.keyboard("{Escape}");
		await expect.element(dialog).not.toBeInTheDocument();
		expect(app.desk.navigation.conversationId).toBe(paulo.id);
	});
	test("after deleting, the list has the focus", async () => {
		await show(withActions("delete"));
		await choose("Delete…");
		await dialog.getByRole("button", { name: "Delete" }).click();
		await app.settled();
		expect(app.desk.navigation.conversationId).toBeNull();
		await expect.element(page.getByRole("listbox", { name: "Conversations" })).toHaveFocus();
	});
});

describe("a group", () => {
	test("is renamed; the same name, or none, is nothing to do", async () => {
		await show(changeable);
		await choose("Rename…");
		await expect.element(textbox("Name")).toHaveFocus();
		await expect.element(textbox("Name")).toHaveValue("Dispatch");
		await userEvent.keyboard("{Enter}");
		await textbox("Name").fill("  ");
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("conversations.rename")).toEqual([]);
		await textbox("Name").fill(" Dispatch north ");
		await userEvent.keyboard("{Enter}");
		await app.settled();
		expect(app.bridge.inputsOf("conversations.rename")).toEqual([
			{ conversationId: changeable.id, title: "Dispatch north" },
		]);
		await expect.element(dialog).not.toBeInTheDocument();
		expect(await said()).toBe("The group is now called Dispatch north.");
	});
	test("people come from the directory or are typed, others go; the whole list is handed over", async () => {
		await show(changeable);
		app.bridge.answer("directory.search", () => ok({ contacts: sample.directory, more: false }));
		app.bridge.answer("numbers.check", ({ text }) => ok({ address: `+${text}`, formatted: `+${text}` }));
		await choose("People…");
		await button("Take Will Clark out").click();
		await combobox("Add").fill("an");
		app.surroundings.advance(250);
		await app.settled();
		await userEvent.keyboard("{Enter}");
		await app.settled();
		await combobox("Add").fill("104");
		app.surroundings.advance(250);
		await app.settled();
		await page.getByRole("option", { name: "Add 104" }).click();
		await app.settled();
		expect(app.bridge.inputsOf("numbers.check").at(-1)).toEqual({
			accountId: systems.netsapiens.id,
			lineId: systems.extension.id,
			text: "104",
		});
		await button("Change people").click();
		await app.settled();
		expect(app.bridge.inputsOf("conversations.setMembers")).toEqual([
			{ conversationId: changeable.id, addresses: ["103", "5044", "+104"] },
		]);
		await expect.element(dialog).not.toBeInTheDocument();
	});
	test("an address that cannot be is said so, and an empty group is nothing to hand over", async () => {
		await show(changeable);
		app.bridge.fail("numbers.check", { code: "peer.badAddress" });
		await choose("People…");
		await combobox("Add").fill("1");
		await app.settled();
		await userEvent.keyboard("{Enter}");
		await expect.element(page.getByText(/This number or address cannot be used/u)).toBeVisible();
		await button("Take Will Clark out").click();
		await button("Take Nadia Benali out").click();
		await expect.element(page.getByText(/Nobody is left/u)).toBeVisible();
		expect(button("Change people").element().getAttribute("aria-disabled")).toBe("true");
		button("Change people")
			.element()
			.dispatchEvent(new MouseEvent("click", { bubbles: true }));
		expect(app.bridge.inputsOf("conversations.setMembers")).toEqual([]);
	});
});

describe("a closed conversation", () => {
	test("says so above the composer and in the heading, and is opened again from there", async () => {
		await show(closed);
		await expect.element(page.getByText("This conversation is closed on TextUs.")).toBeVisible();
		expect(document.querySelector("header .who p")?.textContent).toContain("+1 555 0166 · closed");
		await expect.element(page.getByRole("img", { name: "starred" })).toBeVisible();
		await button("Reopen").click();
		await app.settled();
		expect(acted()).toEqual(["reopen"]);
		app.bridge.fail("conversations.act", { code: "account.offline" });
		await button("Reopen").click();
		await says(page.getByRole("alert"), "not connected at the moment");
	});
	test("that cannot be opened again offers nothing", async () => {
		await show({ ...closed, thread: { ...closed.thread, actions: [] } });
		await expect.element(page.getByText("This conversation is closed on TextUs.")).toBeVisible();
		await expect.element(button("Reopen")).not.toBeInTheDocument();
	});
});
