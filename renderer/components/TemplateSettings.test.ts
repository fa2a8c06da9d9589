import { afterEach, expect, test } from "vitest";
import { page } from "vitest/browser";
import { button, close, says, show, textbox } from "../testing/window.ts";

afterEach(close);

test("a template is written, with fields put in where the caret is", async () => {
	const app = await show("settingsTemplates");
	await button("Cancel").click();
	await expect.element(button("New template")).toHaveFocus();
	await button("New template").click();
	await expect.element(textbox("Title")).toHaveFocus();
	await button("Save template").click();
	expect(app.bridge.inputsOf("settings.patch")).toEqual([]);
	await expect.element(textbox("Title")).toHaveAttribute("aria-invalid", "true");
	await textbox("Title").fill("Greeting");
	await textbox("Text").fill("Hello , from ");
	document.querySelector("textarea")?.setSelectionRange(6, 6);
	await button("Insert {name}").click();
	await button("Save template").click();
	const templates = app.bridge.inputsOf("settings.patch")[0]?.templates ?? [];
	expect(templates.map(({ title, text }) => [title, text])).toEqual([
		["On its way", "Hello {name}, your parcel is on its way."],
		["Opening hours", "We are there from 9 to 18."],
		["Greeting", "Hello {name}, from "],
	]);
	expect(new Set(templates.map(({ id }) => id)).size).toBe(3);
});

test("one is changed and keeps its place; what is no field is said", async () => {
	const app = await show("settingsTemplates");
	await textbox("Text").fill("Hello {firstname} and %{first_name}");
	await expect
		.element(page.getByText("{firstname} is no field and will be sent as it stands."))
		.toBeVisible();
	await button("Save template").click();
	expect(app.bridge.inputsOf("settings.patch")[0]?.templates?.map(({ id }) => id)).toEqual(["t1", "t2"]);
});

test("one is deleted, and comes back by undo", async () => {
	const app = await show("settingsTemplates");
	await button("Delete Opening hours").click();
	await says(page.getByRole("status").filter({ hasText: "Deleted" }), "Deleted: Opening hours");
	await button("Undo").click();
	expect(app.bridge.inputsOf("settings.patch").map((patch) => patch.templates?.length)).toEqual([1, 2]);
});
