import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { failed } from "../../shared/errors.ts";
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
