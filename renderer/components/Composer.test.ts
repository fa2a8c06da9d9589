import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { asConversationId } from "../../shared/ids.ts";
import { ok } from "../../shared/errors.ts";
import { maria, numberTwo, paulo } from "../testing/samples-systems.ts";
import { button, close, combobox, says, show, textbox } from "../testing/window.ts";

afterEach(close);

const route = page.getByTestId("route");
const hint = (): string =>
	document.querySelector(".hint .count")?.textContent.replaceAll(/\s+/gu, " ").trim() ?? "";

describe("the route", () => {
	test("says medium, line, system, number and segments, as they are", async () => {
		await show("merged");
		await says(route, "SMS from +1 555 0100 (NetSapiens) to +1 555 0199");
		await textbox("Message").fill("x".repeat(161));
		await says(route, "SMS from +1 555 0100 (NetSapiens) to +1 555 0199, 2 segments");
		expect(hint()).toBe("145 left");
	});
	test("of a group names who is in it, and its medium", async () => {
		await show("group");
		await says(route, "Group SMS from +1 555 0100 (NetSapiens) to Yusuf, +1 555 0133");
	});
	test("with files it counts files: nothing is counted in segments then", async () => {
		await show("composerFiles");
		await says(route, "to +1 555 0199, with 2 files");
		expect(hint()).toBe("");
	});
	test("says which character costs, and grows by no line", async () => {
		await show("merged");
		await textbox("Message").fill("plain");
		const height = (): number => document.querySelector(".composer")?.clientHeight ?? 0;
		const before = height();
		await textbox("Message").fill("Olá");
		await expect.poll(hint).toBe("á needs Unicode, 70 a segment · 67 left");
		expect(height()).toBe(before);
		await textbox("Message").fill("a\u200bb");
		await expect.poll(hint).toMatch(/^U\+200B needs Unicode/u);
	});
	test("segments are said aloud at a boundary only", async () => {
		const app = await show("merged");
		await textbox("Message").fill("x".repeat(160));
		app.surroundings.advance(600);
		await app.settled();
		await expect.element(page.getByTestId("announcer")).toHaveTextContent("");
		await textbox("Message").fill("x".repeat(161));
		app.surroundings.advance(600);
		await app.settled();
		await says(page.getByTestId("announcer"), "2 segments");
	});
});

describe("answering from another line than the one that was written to", () => {
	test("asks first; staying changes nothing", async () => {
		const app = await show("merged");
		await combobox("Line").selectOptions("+1 555 0111");
		const dialog = page.getByRole("dialog", { name: "Answer from +1 555 0111?" });
		await says(dialog, "They wrote to +1 555 0100. Answer Maria Lopes from +1 555 0111?");
		await says(dialog, "This begins another conversation with them");
		await button("Cancel").click();
		await says(route, "SMS from +1 555 0100");
		await expect.element(combobox("Line")).toHaveDisplayValue("+1 555 0100");
		expect(app.bridge.inputsOf("conversations.start")).toEqual([]);
		expect(app.bridge.inputsOf("accounts.chooseLine")).toEqual([]);
	});
	test("begins another conversation, and the draft goes along", async () => {
		const app = await show("merged");
		const other = { ...maria, id: asConversationId("maria, other line"), unread: 0 };
		app.bridge.answer("conversations.start", () => {
			app.bridge.change({
				type: "conversation",
				conversation: {
					...other,
					thread: { ...other.thread, line: { id: numberTwo.id, label: numberTwo.label } },
				},
			});
			return ok({ conversationId: other.id });
		});
		await textbox("Message").fill("From the other one");
		await combobox("Line").selectOptions("+1 555 0111");
		await button("Answer from +1 555 0111").click();
		expect(app.bridge.inputsOf("conversations.start")).toEqual([
			{
				accountId: "ns",
				addresses: ["+1 555 0199"],
				name: "Maria Lopes",
				lineId: numberTwo.id,
				title: null,
			},
		]);
		await says(route, "SMS from +1 555 0111");
		await expect.element(textbox("Message")).toHaveValue("From the other one");
		expect(app.desk.drafts.text(maria.id)).toBe("");
	});
	test("a refusal is told in the question, and the draft stays", async () => {
		const app = await show("merged");
		app.bridge.fail("conversations.start", { code: "peer.badAddress" });
		await textbox("Message").fill("Hello");
		await combobox("Line").selectOptions("+1 555 0111");
		await button("Answer from +1 555 0111").click();
		await says(page.getByRole("alert"), "This number or address cannot be used");
		expect(app.desk.drafts.text(maria.id)).toBe("Hello");
	});
	test("a line of another kind is no choice", async () => {
		await show("merged");
		const select = document.querySelector<HTMLSelectElement>('select[aria-label="Line"]');
		expect([...(select?.options ?? [])].map((each) => each.label)).toEqual([
			"+1 555 0100",
			"+1 555 0111",
		]);
	});
});

describe("where nothing can be sent", () => {
	test("the reason stands there, the text stays, and no key sends", async () => {
		const app = await show("composerRefused");
		await expect
			.element(page.getByText("Gil Prado does not want messages from here", { exact: false }))
			.toBeVisible();
		await expect.element(textbox("Message")).toHaveValue("One more thing");
		await expect.element(textbox("Message")).toHaveAttribute("readonly");
		await expect
			.element(textbox("Message"))
			.toHaveAccessibleDescription(/^Gil Prado does not want messages from here/u);
		await textbox("Message").click();
		await userEvent.keyboard("{Enter}{Control>}{Enter}{/Control}/");
		await expect.element(button("Send")).toHaveAttribute("aria-disabled", "true");
		await expect.element(page.getByRole("listbox", { name: "Saved replies" })).not.toBeInTheDocument();
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
	});
	test("who is blocked can be unblocked from here", async () => {
		const app = await show("composerRefused");
		const blocked = app.bridge.snapshot.conversations.find(
			({ id }) => id === app.desk.thread.conversationId,
		);
		if (blocked === undefined) throw new Error("not open");
		app.bridge.change({
			type: "conversation",
			conversation: {
				...blocked,
				thread: { ...blocked.thread, refusal: { code: "peer.blocked" }, actions: ["unblock"] },
			},
		});
		await button("Unblock").click();
		expect(app.bridge.inputsOf("conversations.act")).toEqual([
			{ conversationId: blocked.id, action: "unblock" },
		]);
	});
});

describe("saved replies and templates", () => {
	const search = page.getByRole("combobox", { name: "Saved replies and templates" });
	test("open by / in the empty box, are found by typing, and only fill the text", async () => {
		const app = await show("merged");
		await textbox("Message").click();
		await userEvent.keyboard("/");
		await expect.element(search).toHaveFocus();
		await userEvent.keyboard("hours");
		app.surroundings.advance(200);
		await app.settled();
		await userEvent.keyboard("{Enter}");
		await expect.element(textbox("Message")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("We are there from 9 to 18, Monday to Friday.");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
		expect(app.bridge.inputsOf("replies.find").map(({ query }) => query)).toEqual(["", "hours"]);
	});
	test("go where the caret is, by Ctrl+'", async () => {
		await show("merged");
		await textbox("Message").fill("Hi!  Bye");
		document.querySelector("textarea")?.setSelectionRange(4, 4);
		await userEvent.keyboard("{Control>}'{/Control}");
		await expect.element(search).toHaveFocus();
		await page.getByRole("option", { name: /^Opening hours/u }).click();
		await expect
			.element(textbox("Message"))
			.toHaveValue("Hi! We are there from 9 to 18, Monday to Friday. Bye");
	});
	test("/ within a text is a character", async () => {
		await show("merged");
		await textbox("Message").fill("and");
		await userEvent.keyboard("/or");
		await expect.element(textbox("Message")).toHaveValue("and/or");
	});
	test("Escape gives the caret back and leaves the text as it was", async () => {
		await show("composerReplies");
		await expect.element(search).toHaveFocus();
		await userEvent.keyboard("{Escape}");
		await expect.element(textbox("Message")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("");
	});
	test("the system is told which of its replies it was, until the text is another one", async () => {
		const app = await show("composerSavedReply");
		await expect.element(page.getByText("Saved reply “Interview reminder”")).toBeVisible();
		await expect
			.element(textbox("Message"))
			.toHaveValue("Hi %{first_name}, your interview is tomorrow at 9.");
		await userEvent.keyboard(" See you!");
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")[0]).toMatchObject({ savedReply: "r1" });
	});
	test("a reply that was rewritten is a text of one's own", async () => {
		const app = await show("composerSavedReply");
		await textbox("Message").fill("Hi Paulo, tomorrow at 10 instead.");
		await expect.element(page.getByText("Saved reply “Interview reminder”")).not.toBeInTheDocument();
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")[0]).not.toHaveProperty("savedReply");
	});
});

describe("sending later", () => {
	test("is offered where the system can, and says when", async () => {
		const app = await show("composerLater");
		const time = page.getByLabelText("Time", { exact: true });
		await expect.element(time).toHaveFocus();
		await time.fill("2026-03-23T09:30");
		await button("Schedule").click();
		expect(app.bridge.inputsOf("messages.send")[0]).toMatchObject({
			conversationId: paulo.id,
			at: new Date("2026-03-23T09:30").getTime(),
		});
		await expect.element(textbox("Message")).toHaveValue("");
	});
	test("not in the past", async () => {
		const app = await show("composerLater");
		await page.getByLabelText("Time", { exact: true }).fill("2026-03-21T09:30");
		await button("Schedule").click();
		await says(page.getByRole("alert"), "already passed");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
	});
	test("is absent elsewhere", async () => {
		await show("merged");
		await expect.element(button("Send later")).not.toBeInTheDocument();
	});
});
