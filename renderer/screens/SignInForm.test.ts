import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ok } from "../../shared/errors.ts";
import { asAccountId } from "../../shared/ids.ts";
import { button, close, says, show, textbox } from "../testing/window.ts";
import * as sample from "../testing/samples.ts";

afterEach(close);

const radio = (name: string) => page.getByRole("radio", { name, exact: true });
const secret = (): HTMLInputElement | null =>
	document.querySelector('input[autocomplete="current-password"]');

describe("a system that can be signed in to in several ways", () => {
	test("asks how, and names the field after it", async () => {
		const app = await show("signInMethods");
		await expect.element(page.getByRole("radiogroup", { name: "Sign in with" })).toBeVisible();
		await expect.element(radio("Password")).toBeChecked();
		await radio("API key").click();
		expect(secret()?.labels?.[0]?.textContent).toBe("API key");
		// Fields of the other way are gone, and who one is the key says by itself.
		await expect.element(page.getByText("Advanced")).not.toBeInTheDocument();
		await expect.element(textbox("User name")).toHaveAccessibleDescription("optional");
		await textbox("Server").fill("api.example");
		await page.elementLocator(secret() ?? document.body).fill("key-1");
		await button("Sign in").click();
		expect(app.bridge.inputsOf("accounts.signIn")).toEqual([
			{
				system: "netsapiens",
				server: "api.example",
				userName: "",
				secret: "key-1",
				method: "apiKey",
				code: null,
				options: {},
				allowUnencrypted: false,
			},
		]);
	});
	test("a secret that was typed does not go along to another way", async () => {
		await show("signInMethods");
		await page.elementLocator(secret() ?? document.body).fill("my password");
		await radio("JWT").click();
		expect(secret()?.value).toBe("");
	});
	test("the advanced fields go along by their names, secret ones unseen", async () => {
		const app = await show("signInMethods");
		await textbox("Server").fill("api.example");
		await textbox("User name").fill("101@porto.example");
		await page.elementLocator(secret() ?? document.body).fill("secret");
		await textbox("Client ID").fill("client");
		const client = page.getByLabelText("Client secret", { exact: true });
		await expect.element(client).toHaveAttribute("type", "password");
		await client.fill("hidden");
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("accounts.signIn")[0]).toMatchObject({
			method: "password",
			options: { clientId: "client", clientSecret: "hidden" },
		});
	});
});

test("a system with one way asks no question, and fills in the server it has", async () => {
	await show("signInToken");
	await expect.element(page.getByRole("radiogroup")).not.toBeInTheDocument();
	await expect.element(textbox("Server")).toHaveValue("https://next.textus.example");
	expect(secret()?.labels?.[0]?.textContent).toBe("Access token");
});

describe("a second factor", () => {
	test("is asked for beside what was typed, which stays; a wrong code too", async () => {
		const app = await show("signInCode");
		await expect.element(textbox("Code")).toHaveFocus();
		await expect.element(textbox("User name")).toHaveValue("101@porto.example");
		expect(secret()?.value).toBe("secret");
		app.bridge.fail("accounts.signIn", { code: "auth.codeWrong" });
		await userEvent.keyboard("111111{Enter}");
		await says(page.getByRole("alert"), "did not accept this code");
		await expect.element(textbox("Code")).toHaveFocus();
		app.bridge.answer("accounts.signIn", () => ok({ accountId: asAccountId("ns") }));
		await userEvent.keyboard("222222{Enter}");
		expect(
			app.bridge.inputsOf("accounts.signIn").map(({ code, secret: typed }) => [code, typed]),
		).toEqual([
			[null, "secret"],
			["111111", "secret"],
			["222222", "secret"],
		]);
	});
	test("is asked for again where the password is", async () => {
		const app = await show("needsPassword");
		app.bridge.fail("accounts.enterSecret", { code: "auth.codeNeeded" });
		await page.getByLabelText("Password", { exact: true }).fill("secret");
		await button("Sign in").click();
		await expect.element(textbox("Code")).toHaveFocus();
		app.bridge.answer("accounts.enterSecret", () => ok(null));
		await userEvent.keyboard("123456{Enter}");
		expect(app.bridge.inputsOf("accounts.enterSecret")).toEqual([
			{ accountId: sample.account().id, secret: "secret", code: null, options: {} },
			{ accountId: sample.account().id, secret: "secret", code: "123456", options: {} },
		]);
		await expect.element(textbox("Code")).not.toBeInTheDocument();
	});
});
