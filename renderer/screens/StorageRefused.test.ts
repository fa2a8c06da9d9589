import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import * as sample from "../testing/samples.ts";
import { button, close, heading, show, says } from "../testing/window.ts";

afterEach(close);
const alert = page.getByRole("alert");

describe("a history that was not opened", () => {
	test("is the whole window: why, quit, or practice", async () => {
		const app = await show("storageRefused");
		await expect.element(heading("The message history was not opened")).toHaveFocus();
		await says(alert, "written by a newer Trunkline (its format is 9");
		await button("Quit Trunkline").click();
		expect(app.bridge.inputsOf("app.quit")).toHaveLength(1);
		await userEvent.keyboard("{Control>}n{/Control}");
		await expect.element(heading("New message")).not.toBeInTheDocument();
		await button("Try practice mode").click();
		expect(app.bridge.inputsOf("practice.start")).toHaveLength(1);
		app.bridge.change(
			{ type: "practice", practice: true },
			{ type: "account", account: sample.account({ practice: true, secretKeeping: "practice" }) },
		);
		await app.settled();
		await expect.element(heading("All quiet")).toBeVisible();
		expect(document.querySelector("[role=alert]")).toBeNull();
	});
	test("practice that cannot start is told", async () => {
		const app = await show("storageRefused");
		app.bridge.answer("practice.start", () => failed({ code: "practice.failed" }));
		await button("Try practice mode").click();
		await expect.poll(() => document.querySelectorAll("[role=alert]").length).toBe(2);
	});
});

describe("a disk that takes nothing", () => {
	test("is said over everything, can be tried now, and the sentence goes when it works again", async () => {
		const app = await show("storageFull");
		await says(alert, "The disk is full.");
		await button("Try again").click();
		expect(app.bridge.inputsOf("storage.retry")).toHaveLength(1);
		for (const code of ["storage.readOnly", "storage.failing"] as const) {
			const state = code === "storage.readOnly" ? "readOnly" : "failing";
			app.bridge.change({ type: "storage", storage: { state, problem: { code }, since: 0 } });
			await app.settled();
			await says(alert, "nothing can be sent");
		}
		app.bridge.change({ type: "storage", storage: sample.working });
		await app.settled();
		await expect.element(alert).not.toBeInTheDocument();
	});
	test("what was done to a damaged history is told once, with numbers and the file", async () => {
		const app = await show("storageRestored");
		await expect
			.element(
				page.getByText("took over what could be read: 48,211 messages, 2 of them", { exact: false }),
			)
			.toBeVisible();
		await button("Dismiss").click();
		expect(app.bridge.inputsOf("notices.dismiss")).toEqual([{ code: "storage.restored", detail: null }]);
	});
});

describe("export", () => {
	test("from the conversation's menu, by keyboard; what came of it is said", async () => {
		const app = await show("conversationMenu");
		app.bridge.answer("conversations.export", () => ok({ saved: true, entries: 10 }));
		await userEvent.keyboard("{End}{Enter}");
		await app.settled();
		expect(app.bridge.inputsOf("conversations.export")).toEqual([
			{ conversationId: sample.ana.id, format: "json" },
		]);
		await expect
			.element(page.getByRole("status").filter({ hasText: "Exported: 10 entries." }))
			.toBeVisible();
		app.surroundings.advance(10_000);
		await app.settled();
		await expect.element(page.getByText("Exported: 10 entries.")).not.toBeInTheDocument();
		await expect.element(button("Conversation menu")).toHaveFocus();
	});
	test("a change of mind says nothing, a failure says why", async () => {
		const app = await show("conversationMenu");
		app.bridge.answer("conversations.export", () => ok({ saved: false, entries: 0 }));
		await page.getByRole("menuitem", { name: "Export as text…" }).click();
		await app.settled();
		expect(app.bridge.inputsOf("conversations.export").at(-1)?.format).toBe("text");
		expect(document.querySelector("[role=alert]")).toBeNull();
		app.bridge.answer("conversations.export", () => failed({ code: "export.failed" }));
		await button("Conversation menu").click();
		await page.getByRole("menuitem", { name: "Export as text…" }).click();
		await says(alert, "could not be written to that file");
	});
	test("Escape closes the menu and nothing else", async () => {
		const app = await show("conversationMenu");
		await expect
			.element(page.getByRole("menuitem", { name: "Search in this conversation" }))
			.toHaveFocus();
		await userEvent.keyboard("{Escape}");
		await app.settled();
		await expect.element(button("Conversation menu")).toHaveFocus();
		expect(app.desk.navigation.conversationId).toBe(sample.ana.id);
	});
});

describe("settings of what is kept", () => {
	test("how long, with what it means", async () => {
		const app = await show("settingsHistory");
		const keep = page.getByRole("combobox", { name: "Keep messages" });
		await expect.element(keep).toHaveAccessibleDescription("Nothing is removed by itself.");
		await keep.selectOptions("90 days");
		await app.settled();
		await keep.selectOptions("Only until quit");
		await app.settled();
		await keep.selectOptions("For ever");
		await app.settled();
		expect(app.bridge.inputsOf("settings.patch")).toEqual([
			{ keepHistoryDays: 90 },
			{ keepHistoryDays: 0 },
			{ keepHistoryDays: null },
		]);
		await expect
			.element(page.getByText("Trunkline does not encrypt them.", { exact: false }))
			.toBeVisible();
	});
	test("how long a text may be taken back", async () => {
		const app = await show("settingsGeneral");
		await page.getByRole("combobox", { name: "Take back after sending" }).selectOptions("10 secs");
		await app.settled();
		expect(app.bridge.inputsOf("settings.patch")).toEqual([{ undoSendSeconds: 10 }]);
	});
});
