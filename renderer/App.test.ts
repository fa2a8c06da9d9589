import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../shared/errors.ts";
import { english } from "../shared/i18n/catalog.ts";
import { asAccountId } from "../shared/ids.ts";
import * as sample from "./testing/samples.ts";
import { activeConversation, button, close, combobox, heading, show, textbox } from "./testing/window.ts";

afterEach(close);

const { ana, message } = sample;
const option = (name: RegExp): Locator => page.getByRole("option", { name });
const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
/** Waits until an element says this: somewhere in its text, or as the whole of it. */
async function says(locator: Locator, words: string, whole = false): Promise<void> {
	const text = (): string => locator.element().textContent.replaceAll(/\s+/gu, " ").trim();
	if (whole) await expect.poll(text).toBe(words);
	else await expect.poll(text).toContain(words);
}
const active = (): string =>
	document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName ?? "";

describe("first run and sign-in", () => {
	test("welcomes, and practice mode starts without a question", async () => {
		const app = await show("firstRun");
		await expect.element(heading("Welcome to Trunkline")).toBeVisible();
		await button("Try practice mode").click();
		expect(app.bridge.inputsOf("practice.start")).toHaveLength(1);
	});
	test("every system that main can talk to is offered, each with a sentence about it", async () => {
		await show("chooseSystem");
		for (const { name, summary } of sample.snapshot().systems) {
			await expect.element(button(name)).toBeEnabled();
			await expect
				.element(button(name))
				.toHaveAccessibleDescription(english[summary as keyof typeof english]);
		}
	});
	test("a wrong password is told where one looks, and every field is kept", async () => {
		const app = await show("signInFailed");
		const alert = page.getByRole("alert");
		await says(alert, "did not accept this user name and password");
		await says(alert, "(Access denied)");
		await expect.element(alert).toHaveFocus();
		await expect.element(textbox("Server")).toHaveValue("https://gws.example:8090");
		await expect.element(page.getByLabelText("Password", { exact: true })).toHaveValue("wrong");
		app.bridge.answer("accounts.signIn", () => ok({ accountId: asAccountId("agent1") }));
		await button("Sign in").click();
		expect(app.bridge.inputsOf("accounts.signIn")).toHaveLength(2);
	});
	test("empty fields are named, and nothing is asked of the server", async () => {
		const app = await show("signIn");
		await textbox("Server").fill("gws.example");
		await button("Sign in").click();
		await expect.element(textbox("User name")).toHaveFocus();
		await expect.element(textbox("User name")).toHaveAttribute("aria-invalid", "true");
		expect(app.bridge.inputsOf("accounts.signIn")).toEqual([]);
	});
	test("the advanced fields go along", async () => {
		const app = await show("signIn");
		await textbox("Server").fill("gws.example");
		await textbox("User name").fill("agent1");
		await page.getByLabelText("Password", { exact: true }).fill("secret");
		await textbox("Place").fill("Place5001");
		await textbox("Login code").fill("4711");
		await textbox("Queue").fill("8000");
		await textbox("Notifications path").fill("/notifications");
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("accounts.signIn")[0]).toMatchObject({
			system: "genesys",
			method: "password",
			code: null,
			allowUnencrypted: false,
			options: {
				place: "Place5001",
				loginCode: "4711",
				queue: "8000",
				notificationsPath: "/notifications",
			},
		});
	});
	test("a connection without encryption needs a yes that names the risk", async () => {
		const app = await show("signInUnencrypted");
		await says(page.getByRole("alert"), "anyone on the network between could read your password");
		await button("Sign in without encryption").click();
		expect(app.bridge.inputsOf("accounts.signIn").map((input) => input.allowUnencrypted)).toEqual([
			false,
			true,
		]);
	});
});

describe("questions of an account", () => {
	test("Enter accepts the suggested line", async () => {
		const app = await show("lineQuestion");
		await expect.element(heading("Which line is on this desk?")).toBeVisible();
		await expect.element(combobox("Line")).toHaveFocus();
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("accounts.chooseLine")).toEqual([
			{ accountId: "agent1", lineId: sample.deskPhone },
		]);
	});
	test("another line can be chosen; a refusal is told", async () => {
		const app = await show("lineQuestion");
		app.bridge.fail("accounts.chooseLine", {
			code: "genesys.deviceTaken",
			params: { device: "Softphone 5002" },
		});
		await combobox("Line").selectOptions("Softphone 5002");
		await button("Use this line").click();
		await says(page.getByRole("alert"), "Softphone 5002 is in use by somebody else");
		expect(app.bridge.inputsOf("accounts.chooseLine")[0]?.lineId).toBe(sample.softphone);
	});
	test("a lost session asks for the password, and keeps it until it was right", async () => {
		const app = await show("needsPassword");
		const password = page.getByLabelText("Password", { exact: true });
		app.bridge.fail("accounts.enterSecret", { code: "auth.wrongPassword" });
		await password.fill("wrong");
		await button("Sign in").click();
		await expect.element(page.getByRole("alert")).toBeVisible();
		await expect.element(password).toHaveValue("wrong");
		app.bridge.answer("accounts.enterSecret", () => ok(null));
		await button("Sign in").click();
		await expect.element(password).toHaveValue("");
	});
	test("the keychain question leaves the window usable and takes no focus while it only waits", async () => {
		const app = await show("keychain");
		await says(page.getByRole("dialog", { name: "Keychain" }), "Waiting for the keychain");
		expect(active()).toBe("Message");
		await button("Ask each time").click();
		await expect.element(button("Keep for this run only")).toBeVisible();
		expect(app.bridge.inputsOf("keychain.choose")).toEqual([
			{ accountId: "agent1", choice: "askEachTime" },
		]);
	});
});

describe("the inbox", () => {
	test("rows are named by peer, with the unread count in words, failures and drafts", async () => {
		await show("inbox");
		await expect.element(page.getByRole("listbox", { name: "Conversations" })).toBeVisible();
		await expect.element(option(/^Will Clark, 3 unread/u)).toBeVisible();
		await expect.element(option(/^Liam O’Neil, .*Not delivered:/u)).toBeVisible();
		await expect.element(option(/^\+1 555 0142, .*Draft: Your order has been/u)).toBeVisible();
		await expect.element(option(/^Ana Martins/u)).toHaveAttribute("aria-selected", "true");
	});
	test("opening a conversation puts the caret into the composer", async () => {
		await show("inboxNothingOpen");
		await option(/^Will Clark/u).click();
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("arrows move in the list without opening; Enter opens", async () => {
		const app = await show("inboxNothingOpen");
		document.querySelector<HTMLElement>('[role="listbox"]')?.focus();
		await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
		await expect.poll(activeConversation).toMatch(/^Will Clark/u);
		expect(app.bridge.inputsOf("conversations.open")).toEqual([]);
		await userEvent.keyboard("{End}{Home}li");
		await expect.poll(activeConversation).toMatch(/^Liam/u);
		await userEvent.keyboard("{Enter}");
		await expect.element(textbox("Message")).toHaveFocus();
		expect(app.desk.thread.conversationId).toBe("with 5061");
	});
	test("Alt and arrows go from conversation to conversation, with Shift between unread ones", async () => {
		const app = await show("inbox");
		await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
		expect(app.desk.navigation.conversationId).toBe("with 5017");
		await userEvent.keyboard("{Alt>}{Shift>}{ArrowDown}{/Shift}{/Alt}");
		expect(app.desk.navigation.conversationId).toBe("with 5029");
		await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}{Alt>}{ArrowUp}{/Alt}");
		expect(app.desk.navigation.conversationId).toBe(ana.id);
	});
	test("F6 goes round the regions and back", async () => {
		await show("inbox");
		const regionOf = (): string =>
			document.activeElement?.closest("[data-region]")?.getAttribute("data-region") ?? "";
		expect(regionOf()).toBe("composer");
		const seen: string[] = [];
		for (let step = 0; step < 6; step += 1) {
			await userEvent.keyboard("{F6}");
			seen.push(regionOf());
		}
		expect(seen).toEqual(["details", "strip", "rail", "list", "header", "messages"]);
		await userEvent.keyboard("{Shift>}{F6}{/Shift}{Shift>}{F6}{/Shift}");
		expect(regionOf()).toBe("list");
		await expect.poll(activeConversation).toMatch(/^Ana Martins/u);
	});
	test("a long list mounts only what is on screen and still says its size", async () => {
		const app = await show("inboxNothingOpen");
		const many = Array.from({ length: 2000 }, (_, index) => ({
			type: "conversation" as const,
			conversation: sample.conversation(`Person ${String(index)}`, `9${String(index)}`, {
				lastActivity: sample.now - index * 1000,
			}),
		}));
		app.bridge.change(...many);
		await app.settled();
		await app.settled();
		expect(document.querySelectorAll('[role="option"]').length).toBeLessThan(60);
		await expect.element(option(/^Person 0/u).first()).toHaveAttribute("aria-setsize", "2009");
		document.querySelector<HTMLElement>('[role="listbox"]')?.focus();
		await userEvent.keyboard("{End}");
		await expect.poll(activeConversation).toMatch(/^Rosa Santos/u);
	});
	test("Ctrl+K goes to a conversation by its name, Escape gives the focus back", async () => {
		const app = await show("inbox");
		await userEvent.keyboard("{Control>}k{/Control}");
		await expect.element(page.getByRole("dialog", { name: "Go to" })).toBeVisible();
		await userEvent.keyboard("{Escape}");
		await expect.element(textbox("Message")).toHaveFocus();
		await userEvent.keyboard("{Control>}k{/Control}");
		await userEvent.keyboard("zoë{Enter}");
		expect(app.desk.navigation.conversationId).toBe("with 5008");
		await expect.element(textbox("Message")).toHaveFocus();
	});
});

describe("the focus", () => {
	test("new message begins at “To”, Escape closes the list and then the page, and the draft stays", async () => {
		const app = await show("inbox");
		await textbox("Message").fill("for Ana");
		await userEvent.keyboard("{Control>}n{/Control}");
		await app.settled();
		await expect.element(combobox("To")).toHaveFocus();
		await combobox("To").fill("an");
		app.surroundings.advance(250);
		await app.settled();
		await expect.element(option(/^Anabela Costa/u)).toBeVisible();
		await userEvent.keyboard("{Escape}");
		await expect.element(heading("New message")).toBeVisible();
		await userEvent.keyboard("{Escape}");
		await expect.element(textbox("Message")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("for Ana");
	});
	test("Escape leaves the settings, back to the composer", async () => {
		await show("settingsGeneral");
		await userEvent.keyboard("{Escape}");
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("goes to the page that took the place of another", async () => {
		await show("chooseSystem");
		await expect.element(heading("Add account")).toHaveFocus();
		await button("Back").click();
		await expect.element(heading("Welcome to Trunkline")).toHaveFocus();
	});
	test("goes back to the composer when the keychain question was answered", async () => {
		const app = await show("keychain");
		await button("Ask each time").click();
		app.bridge.change({ type: "keychain", keychain: sample.snapshot().keychain, questions: [] });
		await app.settled();
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("goes to the list when the line was chosen", async () => {
		const app = await show("lineQuestion");
		app.bridge.change(
			{ type: "conversation", conversation: ana },
			{ type: "account", account: sample.account() },
		);
		await app.settled();
		await expect.poll(activeConversation).toMatch(/^Ana Martins/u);
	});
	test("goes to the first line of an inbox in which nobody has written yet", async () => {
		await show("inboxEmpty");
		await expect.element(heading("All quiet")).toHaveFocus();
	});
	test("stays where the person is, whatever arrives", async () => {
		const app = await show("inbox");
		await textbox("Message").fill("half a sen");
		document.querySelector("textarea")?.setSelectionRange(4, 4);
		app.bridge.change(
			{ type: "entries", conversationId: ana.id, entries: [message(ana, "Hello?", sample.now)] },
			{
				type: "account",
				account: sample.account({ connection: sample.connection({ state: "needsSignIn" }) }),
			},
		);
		await app.settled();
		await expect.element(textbox("Message")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("half a sen");
		expect(document.querySelector("textarea")?.selectionStart).toBe(4);
	});
});

describe("messages", () => {
	test("are named by author, text, time and delivery state", async () => {
		await show("inbox");
		const list = page.getByRole("list", { name: "Messages" });
		await expect.element(list).toBeVisible();
		await expect.element(item(/^Ana Martins, It is 77-4021-B, 10:33$/u)).toBeVisible();
		await expect
			.element(item(/^You, Could you tell me the order number\?, 10:04, delivered$/u))
			.toBeVisible();
		await expect.element(item(/^You, Found it\..*, 10:36, outcome unknown: No answer/u)).toBeVisible();
	});
	test("a doubtful one offers what helps", async () => {
		const app = await show("inbox");
		await button("Check again").click();
		await button("Send again").click();
		await button("Discard").click();
		expect(
			app.bridge.calls.map((call) => call.command).filter((name) => name.startsWith("messages.")),
		).toEqual(["messages.checkAgain", "messages.sendAgain", "messages.discard"]);
	});
	test("a failed one offers Retry; a refusal of that is told", async () => {
		const app = await show("threadFailed");
		await expect
			.element(item(/^You, I will call you back.*, failed: Liam O’Neil cannot be reached/u))
			.toBeVisible();
		app.bridge.fail("messages.retry", { code: "message.alreadySettled" });
		await button("Retry").click();
		await says(page.getByRole("alert"), "already known what happened");
	});
	test("a failed one can be taken back into the composer, behind what stands there", async () => {
		const app = await show("threadFailed");
		await textbox("Message").fill("And:");
		await button("Edit").click();
		await expect.element(textbox("Message")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("And:\nI will call you back this afternoon");
		const order = app.bridge.calls
			.map((call) => call.command)
			.filter((name) => name === "conversations.setDraft" || name === "messages.discard");
		expect(order.slice(-2)).toEqual(["conversations.setDraft", "messages.discard"]);
	});
	test("waiting texts say why, and the conversation in the way can be ended from here", async () => {
		const app = await show("threadQueued");
		await expect
			.element(item(/^You, Yes: it is ready.*, waiting: you are in a conversation with Ana Martins$/u))
			.toBeVisible();
		await button("End conversation").click();
		expect(app.bridge.inputsOf("stretch.act")).toEqual([{ conversationId: ana.id, action: "end" }]);
	});
	test("an alerting conversation can be accepted or rejected", async () => {
		const app = await show("alerting");
		await button("Accept").click();
		await expect.element(textbox("Message")).toHaveFocus();
		await button("Reject").click();
		expect(app.bridge.inputsOf("stretch.act").map((input) => input.action)).toEqual(["accept", "reject"]);
	});
	test("markup in a message is text, a link opens outside by main", async () => {
		const app = await show("inbox");
		app.bridge.change({
			type: "entries",
			conversationId: ana.id,
			entries: [message(ana, "<img src=x onerror=alert(1)> https://a.example/", sample.now)],
		});
		await app.settled();
		expect(document.querySelector(".log img")).toBeNull();
		await page.getByRole("link", { name: "https://a.example/" }).click();
		expect(app.bridge.inputsOf("links.open")).toEqual([{ url: "https://a.example/" }]);
	});
});

describe("the composer", () => {
	test("the route says line, system and peer; the line can be chosen beside it", async () => {
		const app = await show("inbox");
		await says(page.getByTestId("route"), "IM from Desk phone 5001 (Genesys) to Ana Martins");
		await combobox("Line").selectOptions("Softphone 5002");
		expect(app.bridge.inputsOf("accounts.chooseLine")).toEqual([
			{ accountId: "agent1", lineId: sample.softphone },
		]);
	});
	test("Enter sends, Shift+Enter breaks the line", async () => {
		const app = await show("inbox");
		await textbox("Message").click();
		await userEvent.keyboard("one{Shift>}{Enter}{/Shift}two");
		await expect.element(textbox("Message")).toHaveValue("one\ntwo");
		await userEvent.keyboard("{Enter}");
		await expect.element(textbox("Message")).toHaveValue("");
		expect(app.bridge.inputsOf("messages.send")[0]?.parts.map((part) => part.text)).toEqual(["one\ntwo"]);
		await expect.element(item(/^You, one\s+two, .*, queued$/u)).toBeVisible();
	});
	test("Enter of an input method never sends", async () => {
		const app = await show("inbox");
		await textbox("Message").fill("かんじ");
		const box = document.querySelector("textarea");
		box?.dispatchEvent(
			new KeyboardEvent("keydown", {
				key: "Enter",
				isComposing: true,
				bubbles: true,
				cancelable: true,
			}),
		);
		box?.dispatchEvent(
			new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }),
		);
		await app.settled();
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
	});
	test("by choice Ctrl+Enter sends and Enter breaks the line", async () => {
		const app = await show("inbox");
		app.bridge.change({
			type: "settings",
			settings: { ...sample.settings, sendKey: "ctrlEnter" },
			locale: "en",
		});
		await textbox("Message").click();
		await userEvent.keyboard("one{Enter}two");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
		await userEvent.keyboard("{Control>}{Enter}{/Control}");
		expect(app.bridge.inputsOf("messages.send")[0]?.parts[0]?.text).toBe("one\ntwo");
	});
	test("blank text is not sent", async () => {
		const app = await show("inbox");
		await textbox("Message").fill("  \n ");
		await expect.element(button("Send")).toHaveAttribute("aria-disabled", "true");
		document.querySelector<HTMLElement>(".send")?.click();
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
	});
	test("a refused text is kept, with the reason above it", async () => {
		const app = await show("inbox");
		app.bridge.answer("messages.send", () => failed({ code: "message.tooLong" }));
		await textbox("Message").fill("keep me");
		await button("Send").click();
		await says(page.getByRole("alert"), "does not take a text as long as this one");
		await expect.element(textbox("Message")).toHaveValue("keep me");
	});
	test("over the limit nothing goes before the person chose how", async () => {
		const app = await show("tooLong");
		await textbox("Message").click();
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
		await expect.element(button("Send as 2 messages")).toHaveFocus();
		await userEvent.keyboard("{Enter}");
		const parts = app.bridge.inputsOf("messages.send")[0]?.parts ?? [];
		expect(parts).toHaveLength(2);
		expect(parts.every((part) => part.text.length <= 80)).toBe(true);
		await expect.element(textbox("Message")).toHaveValue("");
	});
	test("each conversation keeps its own draft", async () => {
		await show("inbox");
		await textbox("Message").fill("for Ana");
		await option(/^\+1 555 0142/u).click();
		await expect.element(textbox("Message")).toHaveValue("Your order has been");
		await expect.element(option(/^Ana Martins, .*Draft: for Ana/u)).toBeVisible();
		await option(/^Ana Martins/u).click();
		await expect.element(textbox("Message")).toHaveValue("for Ana");
	});
});

describe("new message", () => {
	test("searches as one types and writes to the one chosen", async () => {
		const app = await show("newMessage");
		app.bridge.answer("conversations.start", () => ok({ conversationId: ana.id }));
		await expect.element(option(/^Ana Martins, 5044, Logistics, Ready$/u)).toBeVisible();
		await expect
			.element(option(/^Anton Weiss, not reachable now/u))
			.toHaveAttribute("aria-disabled", "true");
		await combobox("To").click();
		await userEvent.keyboard("{ArrowDown}{ArrowUp}{Enter}");
		expect(app.bridge.inputsOf("conversations.start")).toEqual([
			{ accountId: "agent1", addresses: ["5044"], name: "Ana Martins", lineId: null },
		]);
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("a number is used as it was typed, the text sent at once", async () => {
		const app = await show("newMessage");
		app.bridge.answer("conversations.start", () => ok({ conversationId: ana.id }));
		await combobox("To").fill("5099");
		await textbox("Message").fill("hello");
		await userEvent.keyboard("{Enter}");
		await app.settled();
		expect(app.bridge.inputsOf("conversations.start")[0]).toMatchObject({
			addresses: ["5099"],
			name: null,
		});
		expect(app.bridge.inputsOf("messages.send")[0]?.parts[0]?.text).toBe("hello");
	});
	test("without a person the text stays and the box says what is missing", async () => {
		const app = await show("inbox");
		await userEvent.keyboard("{Control>}n{/Control}");
		await textbox("Message").fill("to whom?");
		await button("Send").click();
		await says(page.getByRole("alert"), "Choose a person");
		await expect.element(combobox("To")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("to whom?");
		expect(app.bridge.inputsOf("conversations.start")).toEqual([]);
	});
});

describe("connection, account and settings", () => {
	test("the status holds state words only; names and ages stand beside it", async () => {
		const app = await show("inbox");
		const status = page.getByRole("status", { name: "Connection" });
		await says(status, "Online", true);
		app.bridge.change({
			type: "account",
			account: sample.account({
				connection: sample.connection({ state: "reconnecting", nextAttempt: sample.now + 6000 }),
			}),
		});
		await app.settled();
		await says(status, "Reconnecting", true);
		await expect.element(page.getByText("next try in", { exact: false })).toBeVisible();
	});
	test("what was heard a moment ago was heard just now; older signs have an age", async () => {
		const app = await show("inbox");
		await expect.element(page.getByText("heard just now", { exact: false })).toBeVisible();
		app.surroundings.advance(8000);
		await app.settled();
		await expect.element(page.getByText("heard 10 secs ago", { exact: false })).toBeVisible();
	});
	test("a narrow window has one word for all and a way back to the list", async () => {
		const app = await show("inbox", [380, 720]);
		await says(page.getByRole("status", { name: "Connection" }), "Online", true);
		await button("Back to conversations").click();
		await expect.poll(activeConversation).toMatch(/^Ana Martins/u);
		expect(app.desk.thread.conversationId).toBeNull();
	});
	test("the account page has its line, state and what can be done", async () => {
		const app = await show("accounts");
		await expect.element(combobox("Account")).toBeVisible();
		await combobox("Agent state").selectOptions("Not Ready");
		await button("Check now").click();
		await expect.element(page.getByText("Checked with the server at", { exact: false })).toBeVisible();
		await button("Reconnect now").click();
		await combobox("Account").selectOptions("ann.lee · gws.porto.example");
		await expect.element(page.getByText("Not encrypted (http)", { exact: false })).toBeVisible();
		app.bridge.change({
			type: "account",
			account: sample.account({ server: "http://localhost:8090", encrypted: false }),
		});
		await combobox("Account").selectOptions("agent1 · gws.example");
		await expect.element(page.getByText("On this computer only")).toBeVisible();
		await combobox("Account").selectOptions("ann.lee · gws.porto.example");
		await button("Sign out").click();
		await says(page.getByRole("dialog"), "2 texts are not sent yet.");
		await button("Keep messages").click();
		expect(
			app.bridge.calls.map((call) => call.command).filter((name) => name.startsWith("accounts.")),
		).toEqual(["accounts.setAgentState", "accounts.check", "accounts.reconnect", "accounts.signOut"]);
	});
	test("the agent state is at hand in the rail; a refusal goes back to the true one", async () => {
		const app = await show("inbox");
		app.bridge.fail("accounts.setAgentState", { code: "genesys.noPermission" });
		await combobox("Agent state").selectOptions("Not Ready");
		await app.settled();
		await expect.element(combobox("Agent state")).toHaveValue("Ready");
		app.surroundings.advance(600);
		await app.settled();
		await says(page.getByTestId("announcer"), "Your user may not do this");
	});
	test("practice mode says so and can be left", async () => {
		const app = await show("practice");
		await expect.element(page.getByText(/^Practice mode/u)).toBeVisible();
		await button("Leave practice").click();
		expect(app.bridge.inputsOf("practice.leave")).toHaveLength(1);
	});
	test("settings: tabs by arrows, choices are kept", async () => {
		const app = await show("inbox");
		await userEvent.keyboard("{Control>},{/Control}");
		await expect.element(heading("Settings")).toHaveFocus();
		await page.getByRole("radio", { name: "Dark" }).click();
		await page.getByRole("tab", { name: "General" }).click();
		await userEvent.keyboard("{ArrowRight}");
		await expect.element(page.getByRole("tab", { name: "Notifications" })).toHaveFocus();
		await page.getByRole("radio", { name: /^Neither/u }).click();
		await userEvent.keyboard("{ArrowUp}");
		expect(app.bridge.inputsOf("settings.patch").slice(0, 2)).toEqual([
			{ theme: "dark" },
			{ notificationContent: "hidden" },
		]);
	});
	test("about says versions and the development host", async () => {
		await show("about");
		await expect.element(heading("About Trunkline")).toBeVisible();
		await expect.element(page.getByText("45.4.1")).toBeVisible();
		await expect.element(page.getByText("development host", { exact: false })).toBeVisible();
	});
});

test("a new message is announced once, off screen", async () => {
	const app = await show("inbox");
	app.bridge.change({
		type: "entries",
		conversationId: ana.id,
		entries: [message(ana, "Are you there?", sample.now)],
	});
	app.surroundings.advance(600);
	await app.settled();
	await says(page.getByTestId("announcer"), "Ana Martins: Are you there?");
	await expect.element(page.getByTestId("announcer")).toHaveAttribute("aria-live", "polite");
});

test("when the start fails the page says so and tries again", async () => {
	const app = await show("failedStart");
	await expect.element(heading("The window could not be shown")).toBeVisible();
	app.bridge.answer("app.snapshot", () => ok(app.bridge.snapshot));
	await button("Try again").click();
	await expect.element(page.getByRole("listbox", { name: "Conversations" })).toBeVisible();
});

test("a notice is put away in main, so that it stays away", async () => {
	const app = await show("practice");
	await expect.element(button("Dismiss")).toBeVisible();
	await button("Dismiss").click();
	expect(app.bridge.inputsOf("notices.dismiss")).toEqual([
		{ code: "notifications.unavailable", detail: null },
	]);
	app.bridge.change({ type: "notices", notices: [] });
	await expect.element(button("Dismiss")).not.toBeInTheDocument();
});
