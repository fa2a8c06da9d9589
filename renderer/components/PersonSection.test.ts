import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import type { Conversation } from "../../shared/model.ts";
import type { FakeBridge } from "../testing/fake-bridge.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as systems from "../testing/samples-systems.ts";
import * as sample from "../testing/samples.ts";
import { open } from "../testing/scenes-messages.ts";
import { linked, maria, mariaByEvoVoice, mariaByTextUs, withCard } from "../testing/scenes-person.ts";
import { button, says, textbox } from "../testing/window.ts";

const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
const whole = page.getByRole("checkbox", { name: "Show everything with this person" });
const dialog = page.getByRole("dialog");
let app: MountedApp;

afterEach(async () => {
	await app.close();
});

async function show(bridge: FakeBridge, size: readonly [number, number] = [1320, 820]): Promise<void> {
	await page.viewport(...size);
	app = await mountApp(bridge);
	await app.settled();
}
const persons = (): (string | null)[] =>
	[maria, mariaByTextUs, mariaByEvoVoice].map(({ id }) => app.desk.conversations.get(id)?.personId ?? null);
const route = (): string => page.getByTestId("route").element().textContent.replaceAll(/\s+/gu, " ").trim();
/** What stands in the timeline, by the first word of each message. */
const texts = (): string[] =>
	[...document.querySelectorAll(".message .text")].map(
		(text) => text.textContent.trim().split(" ")[0] ?? "",
	);

async function link(name: RegExp): Promise<void> {
	await button("Same person as…").click();
	await dialog.getByRole("checkbox", { name }).click();
	await button("Link").click();
	await app.settled();
}

describe("linking", () => {
	test("is chosen from a list that is looked through; Undo is at hand and takes back only what was added", async () => {
		await show(linked());
		await button("Same person as…").click();
		await expect.element(textbox("Find a conversation").or(page.getByRole("searchbox"))).toHaveFocus();
		expect(button("Link").element().getAttribute("aria-disabled")).toBe("true");
		await page.getByRole("searchbox").fill("lopes");
		await userEvent.keyboard("{Enter}");
		const rows = page.getByRole("dialog").getByRole("checkbox");
		expect(rows.elements()).toHaveLength(1);
		await rows.click();
		await page.getByRole("searchbox").fill("nobody of this name");
		// What was chosen stays in sight.
		expect(rows.elements()).toHaveLength(1);
		await button("Link").click();
		await app.settled();
		expect(app.bridge.inputsOf("people.link")).toEqual([
			{ conversationIds: [maria.id, mariaByEvoVoice.id] },
		]);
		expect(new Set(persons()).size).toBe(1);
		await expect.element(button("Same person as…")).toHaveFocus();
		await expect.element(page.getByText("Linked with M. Lopes.").first()).toBeVisible();
		await button("Undo").click();
		await app.settled();
		expect(app.bridge.inputsOf("people.unlink")).toEqual([{ conversationId: mariaByEvoVoice.id }]);
		expect(persons()[0]).toBe(persons()[1]);
		expect(persons()[2]).toBeNull();
		await expect.element(button("Undo")).not.toBeInTheDocument();
		app.surroundings.advance(600);
		await app.settled();
		await says(page.getByTestId("announcer"), "The link is undone.");
	});
	test("with somebody who is linked brings the others along, and Undo gives them back to each other", async () => {
		const { conversations } = linked().snapshot;
		const free = conversations.map((one) => (one.id === maria.id ? { ...one, personId: null } : one));
		const pair = free.map((one) =>
			one.id === mariaByEvoVoice.id ? { ...one, personId: maria.personId } : one,
		);
		const bridge = linked();
		bridge.snapshot = { ...bridge.snapshot, conversations: pair };
		await show(bridge);
		await link(/^Maria Lopes ?TextUs/u);
		expect(new Set(persons()).size).toBe(1);
		await button("Undo").click();
		await app.settled();
		const [own, textUs, evoVoice] = persons();
		expect(own).toBeNull();
		expect(textUs).not.toBeNull();
		expect(textUs).toBe(evoVoice);
	});
	test("that is refused says why where it was asked, and nothing is linked", async () => {
		await show(linked());
		app.bridge.answer("people.link", () => failed({ code: "storage.full" }));
		await link(/^M\. Lopes/u);
		await says(dialog.getByRole("alert"), "The disk is full");
		await userEvent.keyboard("{Escape}");
		expect(document.querySelector("aside [role=alert]")).toBeNull();
		await expect.element(button("Undo")).not.toBeInTheDocument();
	});
	test("groups are no person", async () => {
		await show(open(systems.team, []));
		await expect.element(button("Same person as…")).not.toBeInTheDocument();
	});
});

describe("unlinking", () => {
	test("takes one out; Undo has the focus and links them again", async () => {
		await show(linked());
		await button("Unlink TextUs +1 555 0187").click();
		await app.settled();
		expect(app.bridge.inputsOf("people.unlink")).toEqual([{ conversationId: mariaByTextUs.id }]);
		expect(persons()).toEqual([null, null, null]);
		await expect.element(button("Undo")).toHaveFocus();
		await userEvent.keyboard("{Enter}");
		await app.settled();
		expect(persons()[0]).toBe(persons()[1]);
		expect(persons()[0]).not.toBeNull();
		await expect.element(button("Same person as…")).toHaveFocus();
	});
	test("that fails says why, and everything is as it was", async () => {
		await show(linked());
		app.bridge.fail("people.unlink", { code: "storage.failing" });
		await button("Unlink TextUs +1 555 0187").click();
		await says(page.getByRole("complementary").getByRole("alert"), "The disk reports errors.");
		await expect.element(button("Unlink TextUs +1 555 0187")).toBeVisible();
	});
});

describe("everything with a person", () => {
	test("is one timeline, each message with its origin; the answer still goes where it went", async () => {
		await show(linked());
		const before = route();
		await whole.click();
		await app.settled();
		expect(app.bridge.inputsOf("conversations.open").at(-1)).toEqual({
			conversationId: maria.id,
			around: null,
			wholePerson: true,
		});
		expect(texts()).toEqual(["Hello,", "Interview", "It", "Can", "After", "This"]);
		await expect
			.element(item(/^Maria Lopes, After five is best, by TextUs \+1 555 0177, 10:21$/u))
			.toBeVisible();
		await expect
			.element(item(/^You, It is\. .*, by NetSapiens \+1 555 0100, 10:05, delivered$/u))
			.toBeVisible();
		// By sender and by route: two texts of hers from one number are one group.
		expect(document.querySelectorAll(".message .caption")).toHaveLength(5);
		expect(route()).toBe(before);
		await whole.click();
		await app.settled();
		expect(texts()).toEqual(["Hello,", "It", "This"]);
	});
	test("another of the person's conversations is answered with a draft of its own, in the same view", async () => {
		await show(linked());
		await whole.click();
		await textbox("Message").fill("about the parcel");
		await button("Answer by TextUs +1 555 0177").click();
		await app.settled();
		expect(app.desk.navigation.conversationId).toBe(mariaByTextUs.id);
		expect(route()).toContain("(TextUs) to +1 555 0187");
		await expect.element(textbox("Message")).toHaveValue("");
		await expect.element(textbox("Message")).toHaveFocus();
		expect(app.desk.thread.wholePerson).toBe(true);
		expect(texts()).toHaveLength(6);
		await button("Answer by NetSapiens +1 555 0100").last().click();
		await app.settled();
		await expect.element(textbox("Message")).toHaveValue("about the parcel");
	});
	test("follows news of each of its conversations, and reads only the one that is open", async () => {
		await show(linked());
		await whole.click();
		await app.settled();
		const news = sample.message(mariaByTextUs, "Are you there?", sample.now);
		app.bridge.change(
			{ type: "conversation", conversation: { ...mariaByTextUs, unread: 1, firstUnread: news.id } },
			{ type: "entries", conversationId: mariaByTextUs.id, entries: [news] },
		);
		await app.settled();
		expect(texts().at(-1)).toBe("Are");
		app.surroundings.advance(1000);
		await app.settled();
		expect(app.bridge.inputsOf("conversations.markRead")).toEqual([]);
		const own = sample.message(maria, "Hello?", sample.now - 1000);
		app.bridge.change(
			{ type: "conversation", conversation: { ...maria, unread: 1, firstUnread: own.id } },
			{ type: "entries", conversationId: maria.id, entries: [own] },
		);
		await app.settled();
		expect(app.bridge.inputsOf("conversations.markRead")).toEqual([
			{ conversationId: maria.id, upTo: own.id },
		]);
	});
	test("asks for further pages of all of them", async () => {
		const bridge = linked();
		const long = Array.from({ length: 90 }, (_, index) =>
			sample.message(mariaByTextUs, `line ${String(index)}`, sample.at(7, 0) + index * 30_000),
		);
		bridge.timelines.set(mariaByTextUs.id, long);
		await show(bridge);
		await whole.click();
		await app.settled();
		await app.desk.thread.page("older");
		expect(app.bridge.inputsOf("conversations.page").at(-1)).toMatchObject({
			conversationId: maria.id,
			direction: "older",
			wholePerson: true,
		});
		expect(app.desk.thread.entries).toHaveLength(93);
	});
	test("ends when they are linked no longer, and where another person is opened", async () => {
		await show(linked());
		await whole.click();
		await app.settled();
		await button("Unlink TextUs +1 555 0187").click();
		await app.settled();
		expect(app.desk.thread.wholePerson).toBe(false);
		expect(texts()).toEqual(["Hello,", "It", "This"]);
		await button("Undo").click();
		await app.settled();
		await whole.click();
		await app.settled();
		app.desk.openConversation(systems.paulo.id);
		await app.settled();
		expect(app.desk.thread.wholePerson).toBe(false);
	});
	test("takes in a conversation that is linked meanwhile", async () => {
		const bridge = linked();
		bridge.timelines.set(mariaByEvoVoice.id, [
			sample.message(mariaByEvoVoice, "Obrigada!", sample.at(9, 0)),
		]);
		await show(bridge);
		await whole.click();
		await app.settled();
		await link(/^M\. Lopes/u);
		await expect.poll(() => texts()[0]).toBe("Obrigada!");
	});
	test("a failure elsewhere is told here", async () => {
		const bridge = linked();
		bridge.timelines.set(mariaByTextUs.id, [
			sample.message(mariaByTextUs, "Hello", sample.at(10, 30), "failed"),
		]);
		bridge.fail("messages.retry", { code: "account.offline" });
		await show(bridge);
		await whole.click();
		await button("Retry").click();
		await says(page.getByRole("alert"), "not connected at the moment");
	});
});

describe("by what a person was in touch", () => {
	test("lists other lines of the same number too, and opens them", async () => {
		const other: Conversation = {
			...maria,
			id: mariaByTextUs.id,
			personId: null,
			thread: systems.facts({ line: { id: systems.numberTwo.id, label: systems.numberTwo.label } }),
			lastActivity: sample.at(9, 0, 3),
		};
		await show(open({ ...maria, personId: null }, [], [other]));
		await button("+1 555 0199 SMS · +1 555 0111 Thu").click();
		await app.settled();
		expect(app.desk.navigation.conversationId).toBe(other.id);
		await expect.element(button("+1 555 0199 SMS · +1 555 0100 10:43")).toBeVisible();
	});
});

describe("the contact of a number", () => {
	test("is shown as the system names things; another is assigned after a question", async () => {
		await show(withCard());
		await says(page.getByRole("complementary"), "Candidate number 4021-B");
		await button("Assign Paula Reis").click();
		await says(dialog, "TextUs then keeps the conversation with Paulo Reis under Paula Reis");
		await dialog.getByRole("button", { name: "Assign" }).click();
		await app.settled();
		expect(app.bridge.inputsOf("contacts.assign")).toEqual([
			{ conversationId: systems.paulo.id, contactId: "c2" },
		]);
		expect(app.bridge.inputsOf("contacts.card")).toHaveLength(2);
		await expect.element(dialog).not.toBeInTheDocument();
		app.bridge.fail("contacts.assign", { code: "action.refused" });
		await button("Assign Paula Reis").click();
		await dialog.getByRole("button", { name: "Assign" }).click();
		await says(dialog.getByRole("alert"), "The system refused this.");
	});
	test("that cannot be had says why, and is asked for again", async () => {
		const bridge = withCard();
		bridge.answer("contacts.card", () => failed({ code: "account.offline" }));
		await show(bridge);
		await expect.element(page.getByText(/not connected at the moment/u)).toBeVisible();
		bridge.answer("contacts.card", () => ok(null));
		await button("Try again").click();
		await expect.element(page.getByText("The system has no contact for this number.")).toBeVisible();
	});
	test("is asked for only where a system keeps contacts", async () => {
		await show(linked());
		expect(app.bridge.inputsOf("contacts.card")).toEqual([]);
	});
});

describe("on a narrow window", () => {
	test("the details are a sheet; Escape closes it and nothing else", async () => {
		await show(linked(), [380, 700]);
		expect(document.querySelector("aside")).toBeNull();
		await button("Details").click();
		await expect.element(button("Close")).toHaveFocus();
		await expect.element(page.getByRole("heading", { name: "Reaches us on" })).toBeVisible();
		await button("Same person as…").click();
		await userEvent.keyboard("{Escape}");
		await expect.element(button("Same person as…")).toHaveFocus();
		await userEvent.keyboard("{Escape}");
		await expect.element(button("Details")).toHaveFocus();
		expect(app.desk.navigation.conversationId).toBe(maria.id);
	});
	test("going to another conversation from there shows it", async () => {
		await show(linked(), [380, 700]);
		await button("Details").click();
		await page.getByRole("button", { name: /^\+1 555 0187/u }).click();
		await app.settled();
		expect(app.desk.navigation.conversationId).toBe(mariaByTextUs.id);
		await expect.element(button("Close")).not.toBeInTheDocument();
	});
});
