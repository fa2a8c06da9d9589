import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import * as sample from "../testing/samples.ts";
import { button, close, says, show } from "../testing/window.ts";

afterEach(close);

const alert = page.getByRole("alert");

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
