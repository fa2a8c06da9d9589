import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectAccessible } from "../support/accessible.ts";
import {
	message,
	newMessageTo,
	openAccountPage,
	openConversation,
	openSignInForm,
	signIn,
	write,
} from "../support/forms.ts";
import { ann, startCentre } from "../support/simulator.ts";
import { type Scene, startScene } from "../support/story.ts";
import { maya, startDesk, until, writesByName, zoe } from "./support/desk.ts";

async function startWelcome(
	options: Parameters<typeof startScene>[0] = {},
): Promise<{ scene: Scene; page: Page; readonly resize: (width: number) => Promise<void> }> {
	const scene = await startScene(options);
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	return { scene, page, resize: (width) => resizeTo({ app, page }, width) };
}

async function resizeTo(
	{ app, page }: { app: Awaited<ReturnType<Scene["launch"]>>["app"]; page: Page },
	width: number,
): Promise<void> {
	await app.electron.evaluate(({ BrowserWindow }, wanted) => {
		BrowserWindow.getAllWindows()[0]?.setBounds({ width: wanted, height: 700 });
	}, width);
	await until(() => page.evaluate(() => window.innerWidth), width);
}

test("first run, choice of a system, sign-in with an error", async () => {
	const { page, resize } = await startWelcome({ keyring: "unlocked" });
	await expectAccessible(page, "first run");
	await page.getByRole("button", { name: "Add account" }).click();
	await expectAccessible(page, "choose a system");
	await page.getByRole("button", { name: "Genesys" }).click();
	await page.getByText("Advanced").click();
	await expectAccessible(page, "sign-in");
	await page.getByRole("textbox", { name: "Server" }).fill("http://127.0.0.1:9");
	await page.getByRole("textbox", { name: "User name" }).fill("ann.lee");
	await page.getByRole("textbox", { name: "Password" }).fill("whatever");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await page.getByRole("alert").waitFor();
	await expectAccessible(page, "sign-in with an error");
	await resize(320);
	await expectAccessible(page, "sign-in with an error, 320 px");
});

test("line question", async () => {
	const { scene, page } = await startWelcome({ keyring: "unlocked" });
	const devices = [{ phoneNumber: "5001" }, { phoneNumber: "5002" }];
	const centre = await startCentre({ agents: [{ ...ann, devices }] });
	scene.endsWithTest(() => centre.close());
	await signIn(page, { server: centre.origin });
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
	await expectAccessible(page, "line question");
});

test("keychain dialog", async () => {
	const { scene, page } = await startWelcome({ keyring: "absent" });
	const centre = await startCentre();
	scene.endsWithTest(() => centre.close());
	await signIn(page, { server: centre.origin });
	await page.getByRole("dialog", { name: "Keychain" }).waitFor();
	await expectAccessible(page, "keychain dialog");
});

test("inbox: empty, filled, a thread with every kind of message", async () => {
	const desk = await startDesk({ centre: { switches: { secondIncomingSession: true } } });
	const { page, centre } = desk;
	await expectAccessible(page, "inbox, empty");
	await writesByName(desk, maya, "Hello", "https://example.invalid/ is where to look");
	await writesByName(desk, zoe, "And me");
	await expectAccessible(page, "inbox, unread");
	await openConversation(page, maya.name);
	await write(page, "delivered text");
	await message(page, "delivered text", "delivered").waitFor();
	centre.faults.next({
		action: "status",
		status: 400,
		statusCode: 10,
		statusMessage: "Too long",
		match: { operationName: "SendMessage" },
	});
	await write(page, "failed text");
	await message(page, "failed text", "failed").waitFor();
	centre.switches.echo = false;
	centre.faults.next({ action: "resetAfter", match: { operationName: "SendMessage" } });
	await write(page, "doubtful text");
	await message(page, "doubtful text", "outcome unknown").waitFor();
	await page.getByRole("textbox", { name: "Message" }).fill("x".repeat(1200));
	await expectAccessible(page, "thread");
	await page.getByRole("textbox", { name: "Message" }).fill("");
	for (const width of [380, 320]) {
		await resizeTo(desk, width);
		await page.getByRole("button", { name: "Back to conversations" }).waitFor();
		await expectAccessible(page, `thread, ${String(width)} px`);
	}
	await page.getByRole("button", { name: "Back to conversations" }).click();
	await expectAccessible(page, "list, 320 px");
});

test("an alerting conversation", async () => {
	const desk = await startDesk({ centre: { switches: { autoAnswerMs: null, acceptReject: true } } });
	desk.centre.colleagues.get(maya.number).initiate("5001");
	await openConversation(desk.page, maya.name);
	await desk.page.getByRole("button", { name: "Accept" }).waitFor();
	await expectAccessible(desk.page, "alerting");
});

test("new message, go to, account page, settings, about, in practice and narrow", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const { app, page } = await scene.launch({ args: ["--practice"] });
	await page.getByRole("button", { name: "Leave practice" }).waitFor();
	await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Online" }).waitFor();
	await page.getByRole("button", { name: "New message" }).click();
	await page.getByRole("combobox", { name: "To" }).pressSequentially("an");
	await page.getByRole("listbox", { name: "To" }).getByRole("option").first().waitFor();
	await expectAccessible(page, "new message");
	await page.getByRole("combobox", { name: "To" }).fill("");
	await newMessageTo(page, "Priya", "Priya Raman");
	await page.keyboard.press("Control+k");
	await page.getByRole("dialog", { name: "Go to" }).waitFor();
	await expectAccessible(page, "go to");
	await page.keyboard.press("Escape");
	await openAccountPage(page);
	await expectAccessible(page, "account page");
	await page.getByRole("button", { name: "Settings" }).click();
	for (const width of [1100, 380, 320]) {
		await resizeTo({ app, page }, width);
		for (const tab of ["General", "Notifications", "Accounts", "About"]) {
			await page.getByRole("tab", { name: tab }).click();
			await expectAccessible(page, `settings ${tab}, ${String(width)} px`);
		}
	}
	await openAccountPage(page);
	await expectAccessible(page, "account page, 320 px");
});

test("forced colours: what is chosen and what is focused stays visible", async () => {
	const { page } = await startWelcome();
	await page.emulateMedia({ forcedColors: "active" });
	await openSignInForm(page);
	await page.getByRole("textbox", { name: "Server" }).focus();
	const ring = await page.getByRole("textbox", { name: "Server" }).evaluate((element) => {
		const { outlineStyle, outlineWidth, borderStyle } = getComputedStyle(element);
		return { outlined: outlineStyle !== "none" && outlineWidth !== "0px", border: borderStyle };
	});
	expect(ring).toEqual({ outlined: true, border: "solid" });
	const { violations } = await new AxeBuilder({ page })
		.setLegacyMode(true)
		.disableRules(["color-contrast"])
		.analyze();
	expect(violations).toEqual([]);
});
