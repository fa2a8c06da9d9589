import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { ok } from "../../shared/errors.ts";
import type { Entry, MessageEntry } from "../../shared/model.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as sample from "../testing/samples.ts";
import { button, textbox } from "../testing/window.ts";

const { ana, at, delivery, message } = sample;
const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
let app: MountedApp;

afterEach(async () => {
	await app.close();
});

async function open(...timeline: Entry[]): Promise<void> {
	await page.viewport(1320, 820);
	const bridge = new FakeBridge(sample.snapshot({ openConversation: ana.id }));
	bridge.timelines.set(ana.id, timeline);
	app = await mountApp(bridge);
	await app.settled();
}
const text = (locator: Locator): string => locator.element().textContent.replaceAll(/\s+/gu, " ").trim();
const shown = (words: string): Locator => page.getByText(words, { exact: false });
const wait = async (milliseconds: number): Promise<void> => {
	app.surroundings.advance(milliseconds);
	await app.settled();
};

describe("a text that may still be taken back", () => {
	const undoing = (changes: Partial<MessageEntry> = {}): MessageEntry => ({
		...message(
			ana,
			"See you at noon",
			at(10, 45),
			delivery("queued", { queueReason: "undo", undoUntil: sample.now + 8000 }),
		),
		...changes,
	});
	const undone = (): void => app.bridge.answer("messages.undo", () => ok({ text: "See you at noon" }));

	test("counts the seconds for the eye only, and offers Undo until they are over", async () => {
		await open(undoing());
		await expect.element(shown("Leaves in 8 seconds")).toBeVisible();
		await expect.element(item(/, queued: it can still be taken back$/u)).toBeVisible();
		await wait(5000);
		await expect.element(shown("Leaves in 3 seconds")).toBeVisible();
		await wait(4000);
		await expect.element(shown("Leaving…")).toBeVisible();
		await expect.element(button("Undo")).not.toBeInTheDocument();
	});
	test("is back in the composer with the caret, before what was written since", async () => {
		const entry = undoing();
		await open(entry);
		undone();
		await textbox("Message").fill("or later");
		await button("Undo").click();
		await app.settled();
		expect(app.bridge.inputsOf("messages.undo")).toEqual([{ entryId: entry.id }]);
		await expect.element(textbox("Message")).toHaveValue("See you at noon\nor later");
		await expect.element(textbox("Message")).toHaveFocus();
		expect(app.bridge.inputsOf("conversations.setDraft").at(-1)?.text).toBe("See you at noon\nor later");
		await wait(600);
		expect(text(page.getByTestId("announcer"))).toBe("Taken back. The text is in the message box again.");
	});
	test("comes back by Ctrl+Z in an empty composer, and only there", async () => {
		await open(undoing());
		undone();
		await textbox("Message").fill("x");
		await userEvent.keyboard("{Control>}z{/Control}");
		expect(app.bridge.inputsOf("messages.undo")).toEqual([]);
		await textbox("Message").fill("");
		await expect.element(shown("takes it back")).toBeVisible();
		await userEvent.keyboard("{Control>}z{/Control}");
		await app.settled();
		expect(app.bridge.inputsOf("messages.undo")).toHaveLength(1);
		await expect.element(textbox("Message")).toHaveValue("See you at noon");
	});
	test("is not left twice when it had left already", async () => {
		await open(undoing());
		app.bridge.fail("messages.undo", { code: "message.tooLateToUndo" });
		await textbox("Message").fill("next");
		await button("Undo").click();
		await app.settled();
		await expect.element(textbox("Message")).toHaveValue("next");
		expect(text(page.getByRole("alert"))).toContain("already left");
	});
	test("cannot be sent once more while main still decides", async () => {
		await open(undoing());
		let decide = (): void => undefined;
		app.bridge.answer(
			"messages.undo",
			() => new Promise((resolve) => (decide = () => resolve(ok({ text: "See you at noon" })))),
		);
		await textbox("Message").click();
		await userEvent.keyboard("{Control>}z{/Control}");
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")).toEqual([]);
		decide();
		await app.settled();
		await userEvent.keyboard("{Enter}");
		expect(app.bridge.inputsOf("messages.send")).toHaveLength(1);
	});
});

describe("why a text is still here", () => {
	test.each([
		["retrying", /, waiting: the server asked for patience; it is tried again by itself$/u],
		["signedOut", /, waiting: you are signed out of this account$/u],
		["order", /, waiting: after the text before it$/u],
		["calling", /, waiting: calling Ana Martins…$/u],
	] as const)("%s", async (queueReason, name) => {
		await open(message(ana, "Hello", at(10, 40), delivery("waiting", { queueReason })));
		await expect.element(item(name)).toBeVisible();
		await expect.element(page.getByText(/Not sent yet: /u)).toBeVisible();
	});
	test("after half a minute without an answer it is not sent yet", async () => {
		await open(message(ana, "Hello", at(10, 45), "sending"));
		await expect.element(shown("10:45 · Sending…")).toBeVisible();
		await wait(31_000);
		await expect.element(shown("10:45 · Not sent yet: no answer from the server so far")).toBeVisible();
	});
});

describe("a doubtful text", () => {
	test("says that the server is being asked, once, and that it could not say", async () => {
		const doubt = delivery("unknown", { problem: { code: "message.interrupted" } });
		await open(message(ana, "Hello", at(10, 40), doubt));
		let answer = (): void => undefined;
		app.bridge.answer(
			"messages.checkAgain",
			() => new Promise((resolve) => (answer = () => resolve(ok(null)))),
		);
		await button("Check again").click();
		await expect
			.element(item(/outcome unknown: the server is being asked whether it has this text/u))
			.toBeVisible();
		document.querySelector<HTMLElement>('.message [aria-disabled="true"]')?.click();
		expect(app.bridge.inputsOf("messages.checkAgain")).toHaveLength(1);
		answer();
		await app.settled();
		await expect.element(item(/Asked at 10:45: the server could not say\.$/u)).toBeVisible();
		for (const name of ["Check again", "Send again", "Discard"])
			await expect.element(button(name)).toBeVisible();
	});
});
