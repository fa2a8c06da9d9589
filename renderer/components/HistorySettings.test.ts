import { afterEach, describe, expect, test } from "vitest";
import { page } from "vitest/browser";
import { close, show } from "../testing/window.ts";

afterEach(close);

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
