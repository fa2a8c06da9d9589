import type { Page } from "playwright-core";
import type { RunningApp } from "../support/launch.ts";
import type { NotificationDriver } from "../support/notifications.ts";
import type { DesktopSession } from "../support/session.ts";
import type { TrayHost } from "../support/tray.ts";
import { playSystems } from "./systems.ts";

/** Where the tour is played. */
export interface Stage {
	readonly app: RunningApp;
	readonly page: Page;
	readonly session: DesktopSession;
	readonly notifications: NotificationDriver;
	readonly panel: TrayHost;
	/** Takes a picture of the window and says what it shows. */
	readonly step: (name: string, words: string) => Promise<void>;
	/** Takes a picture of the whole display. */
	readonly display: (name: string, words: string) => Promise<void>;
}

const colleague = "Maya Fernandez";

/** The main job, end to end, in practice mode; then the other pages. */
export async function playStory(stage: Stage): Promise<void> {
	await answerColleague(stage);
	await writeToSomebody(stage);
	await findAgain(stage);
	await checkReception(stage);
	await visitPages(stage);
	await makeNarrow(stage);
	await leave(stage);
	await stage.page.getByRole("button", { name: "Back", exact: true }).click();
	await stage.page.getByRole("button", { name: "Back", exact: true }).click();
	await playSystems(stage);
}

async function answerColleague({ page, session, notifications, panel, step, display }: Stage): Promise<void> {
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await step("welcome", "The window opens on “Welcome to Trunkline”.");

	await page.getByRole("button", { name: "Try practice mode" }).click();
	await page.getByRole("button", { name: "Leave practice" }).waitFor();
	await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Online" }).waitFor();
	await step("quiet", "Practice mode is signed in; nobody has written yet.");

	// Something else comes to the front, so that the message is told by a notification.
	session.start("display", [
		"-size",
		"240x160",
		"-title",
		"Other work",
		"-geometry",
		"240x160+500+400",
		"xc:gray",
	]);
	await session.run(
		"xdotool",
		"search",
		"--sync",
		"--onlyvisible",
		"--name",
		"^Other work$",
		"windowactivate",
	);
	await session.run("xdotool", "search", "--onlyvisible", "--name", "Trunkline", "windowraise");
	const shown = await notifications.waitFor(({ title }) => title === `Practice: ${colleague}`);
	await notifications.waitUntil((open) => open.some(({ body }) => body.startsWith("I have a customer")));
	const latest = notifications.open().at(-1) ?? shown;
	const tray = await panel.item();
	await tray.until(async (item) => / [2-9] unread$/.test(await item.toolTip()));
	await page.getByRole("option", { name: new RegExp(`^${colleague}, 2 unread`) }).waitFor();
	await page.mouse.move(600, 5);
	await display(
		"notification",
		`A colleague wrote: “${latest.body}” The tray says “${await tray.toolTip()}”.`,
	);
	await step("unread", "The list shows two unread messages.");

	// A real click with the mouse, on the middle of the topmost notification.
	await session.run("xdotool", "mousemove", "1086", "56", "click", "1");
	await page.getByRole("heading", { name: colleague, level: 1 }).waitFor();
	await page.getByRole("listitem", { name: /charged twice/ }).waitFor();
	await step("opened", "A click on it opened the conversation, with the caret in the composer.");

	await page.keyboard.type("Of course, I have a minute. Which order is it?");
	await step("typing", "The answer is typed.");
	await page.keyboard.press("Enter");
	await page.getByRole("listitem", { name: /Which order is it\?.*delivered/ }).waitFor();
	await step("delivered", "Sent with Enter: delivered.");
	await page.getByRole("listitem", { name: /48213/ }).waitFor();
	await step("answer", "The colleague answered back.");

	await page.keyboard.type("Found it. I cancel the second charge now, she will have it back by Thursday.");
	await page.keyboard.press("Enter");
	await page.getByRole("listitem", { name: /refund the second one|Good to know/ }).waitFor();
	await step("conversation", "The conversation goes on.");
}

async function writeToSomebody({ page, step }: Stage): Promise<void> {
	await page.keyboard.type("One more thing before I close the case:");
	await page.keyboard.press("Control+n");
	await page.getByRole("option", { name: /Draft: One more thing/ }).waitFor();
	await page.getByRole("combobox", { name: "To" }).pressSequentially("an");
	await page.getByRole("listbox", { name: "To" }).getByRole("option").nth(3).waitFor();
	await step("new-message", "Ctrl+N: the directory is searched as you type; the list keeps the draft.");
	await page.keyboard.press("Escape");
	await page.getByRole("combobox", { name: "To" }).fill("");
	await page.getByRole("button", { name: "Back", exact: true }).click();
	await page.keyboard.press("Control+k");
	await page.getByRole("dialog", { name: "Go to" }).waitFor();
	await step("go-to", "Ctrl+K: any conversation by a few letters.");
	await page.keyboard.press("Escape");
}

async function findAgain({ page, step }: Stage): Promise<void> {
	await page.keyboard.press("Control+Shift+f");
	await page.getByRole("searchbox", { name: "Search", exact: true }).pressSequentially("charge");
	const hits = page.getByRole("listbox", { name: "Search results" }).getByRole("option");
	await hits.nth(1).waitFor();
	await step("search", "Ctrl+Shift+F: every message is searched as you type.");
	await hits.filter({ hasText: "charged twice" }).click();
	await page.getByRole("heading", { name: colleague, level: 1 }).waitFor();
	await page.getByRole("listitem", { name: /charged twice.*found/ }).waitFor();
	await step("found", "A hit opens where it was said; the draft is still in the composer.");

	await page.getByRole("button", { name: "Conversation menu" }).click();
	await page.getByRole("menuitem", { name: "Why didn’t it ring?" }).click();
	await page.getByRole("list", { name: "Why didn’t it ring?" }).getByRole("listitem").first().waitFor();
	await step("why", "“Why didn’t it ring?”: shown or not, and why, for each message.");
	await page.getByRole("button", { name: "Back", exact: true }).click();
	await page.getByRole("heading", { name: colleague, level: 1 }).waitFor();
}

async function checkReception({ page, step }: Stage): Promise<void> {
	await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Online" }).waitFor();
	await page.getByRole("button", { name: "Check now" }).click();
	await page
		.getByText(/^Checked with the server at/)
		.first()
		.waitFor();
	await step("check-now", "The strip says when the server was last heard; “Check now” asks it.");
}

async function visitPages({ page, step }: Stage): Promise<void> {
	await page.getByRole("button", { name: /^Accounts/ }).click();
	await page.getByRole("heading", { name: "Accounts", level: 1 }).waitFor();
	await step("account", "The account: line, agent state, connection.");
	await page.keyboard.press("Control+,");
	for (const tab of ["General", "Notifications", "History", "Accounts", "About"]) {
		await page.getByRole("tab", { name: tab }).click();
		await page.getByRole("tabpanel", { name: tab }).waitFor();
		await step(`settings-${tab.toLowerCase()}`, `Settings: ${tab}.`);
	}
	await page.getByRole("button", { name: "Inbox" }).click();
}

async function makeNarrow({ app, page, step }: Stage): Promise<void> {
	await app.electron.evaluate(({ BrowserWindow }) => {
		BrowserWindow.getAllWindows()[0]?.setBounds({ width: 400, height: 720 });
	});
	await page.getByRole("button", { name: "Back to conversations" }).waitFor();
	await step("narrow", "As narrow as a telephone: one pane.");
	await page.getByRole("button", { name: "Back to conversations" }).click();
	await page.getByRole("listbox", { name: "Conversations" }).waitFor();
	await step("narrow-list", "And the way back to the list.");
	await app.electron.evaluate(({ BrowserWindow }) => {
		BrowserWindow.getAllWindows()[0]?.setBounds({ width: 1100, height: 740 });
	});
	await page.getByRole("button", { name: "Leave practice" }).waitFor();
}

async function leave({ page, step }: Stage): Promise<void> {
	await page.getByRole("button", { name: "Leave practice" }).click();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await page.getByRole("button", { name: "Add account" }).click();
	await step("choose-system", "“Add account” asks which system it is.");
	await page.getByRole("button", { name: "Genesys" }).click();
	await page.getByRole("textbox", { name: "Server" }).fill("http://127.0.0.1:9");
	await page.getByRole("textbox", { name: "User name" }).fill("ann.lee");
	await page.getByRole("textbox", { name: "Password" }).fill("a long password");
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await page.getByRole("alert").waitFor();
	await step("sign-in-error", "A server that does not answer is told in plain words.");
}
