import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { failed } from "../../shared/errors.ts";
import * as sample from "../testing/samples.ts";
import { button, close, show, says } from "../testing/window.ts";

afterEach(close);
const dialog = page.getByRole("dialog");

describe("signing out", () => {
	test("asks what happens to the messages, and says what is not sent yet", async () => {
		const app = await show("signOut");
		await expect.element(dialog).toHaveAccessibleName("Sign out of agent1 · gws.example?");
		await says(dialog, "2 texts are not sent yet.");
		expect(app.bridge.inputsOf("accounts.signOut")).toEqual([]);
		await button("Keep messages").click();
		expect(app.bridge.inputsOf("accounts.signOut")).toEqual([{ accountId: "agent1", history: "keep" }]);
		await expect.element(dialog).not.toBeInTheDocument();
	});
	test("wiping is a choice of its own", async () => {
		const app = await show("signOut");
		await button("Wipe messages").click();
		expect(app.bridge.inputsOf("accounts.signOut")).toEqual([{ accountId: "agent1", history: "wipe" }]);
	});
	test("Escape and Cancel leave everything as it is, with the focus where it was", async () => {
		const app = await show("signOut");
		await userEvent.keyboard("{Escape}");
		await expect.element(dialog).not.toBeInTheDocument();
		await expect.element(button("Sign out")).toHaveFocus();
		await button("Sign out").click();
		await button("Cancel").click();
		await expect.element(dialog).not.toBeInTheDocument();
		expect(app.bridge.inputsOf("accounts.signOut")).toEqual([]);
	});
	test("while the account leaves, what was asked stays as it was", async () => {
		const app = await show("signOut");
		app.bridge.answer("accounts.signOut", () => new Promise(() => undefined));
		await button("Keep messages").click();
		app.bridge.change({
			type: "account",
			account: sample.account({ connection: sample.connection({ state: "signedOut", mode: null }) }),
		});
		await app.settled();
		await expect.element(dialog).toHaveAccessibleName("Sign out of agent1 · gws.example?");
		await says(dialog, "Signing out…");
	});
	test("two presses are one; a refusal stays to be read", async () => {
		const app = await show("signOut");
		app.bridge.answer("accounts.signOut", () => new Promise(() => undefined));
		await button("Wipe messages").click();
		await userEvent.keyboard("{Enter}");
		await userEvent.keyboard("{Escape}");
		await expect.element(dialog).toBeVisible();
		expect(app.bridge.inputsOf("accounts.signOut")).toHaveLength(1);
		await close();
		const other = await show("signOut");
		other.bridge.answer("accounts.signOut", () => failed({ code: "storage.failing" }));
		await button("Wipe messages").click();
		await says(page.getByRole("alert"), "The disk reports errors.");
		await expect.element(dialog).toBeVisible();
	});
});

describe("an account that was left", () => {
	test("can be signed in to again, with the caret in the password", async () => {
		const app = await show("signedOut");
		await expect
			.element(page.getByText("Signed out. The messages of this account can be", { exact: false }))
			.toBeVisible();
		await expect.element(button("Check now")).not.toBeInTheDocument();
		await button("Sign in").click();
		await expect.element(page.getByLabelText("Password", { exact: true })).toHaveFocus();
		await userEvent.keyboard("secret{Enter}");
		await app.settled();
		expect(app.bridge.inputsOf("accounts.enterSecret")).toEqual([
			{ accountId: "agent1", secret: "secret", code: null, options: {} },
		]);
	});
	test("can be removed with everything it left, and only that is asked", async () => {
		const app = await show("wipe");
		await expect.element(button("Keep messages")).not.toBeInTheDocument();
		await button("Wipe messages").click();
		expect(app.bridge.inputsOf("accounts.signOut")).toEqual([{ accountId: "agent1", history: "wipe" }]);
	});
	test("its conversations are still there to be read, and nothing nags", async () => {
		const app = await show("inboxNothingOpen");
		app.bridge.change({
			type: "account",
			account: sample.account({ connection: sample.connection({ state: "signedOut", mode: null }) }),
		});
		await app.settled();
		await expect.element(page.getByRole("option", { name: /^Ana Martins/u })).toBeVisible();
		await expect.element(page.getByLabelText("Password", { exact: true })).not.toBeInTheDocument();
		await expect.element(button("Accounts")).toBeVisible();
	});
});
