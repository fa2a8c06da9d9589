import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { withheldReasons } from "../../shared/model.ts";
import { ok } from "../../shared/errors.ts";
import * as sample from "../testing/samples.ts";
import { button, close, heading, show, says } from "../testing/window.ts";

afterEach(close);

const items = (): string[] =>
	[...document.querySelectorAll("ol li")].map((item) => item.textContent.replaceAll(/\s+/gu, " ").trim());

test("of one conversation, from its menu: when it came, what became of it and why; never its text", async () => {
	const app = await show("why");
	await expect.element(heading("Why didn’t it ring?")).toHaveFocus();
	expect(app.bridge.inputsOf("notifications.history")).toEqual([
		{ conversationId: sample.ana.id, before: null, limit: 50 },
	]);
	expect(items()[0]).toMatch(/^10:42 message Not shown: you were looking at this conversation\./u);
	expect(items()[1]).toMatch(/^10:29 message Not shown one by one:.*Decided 4 mins after it arrived\./u);
	for (const entry of sample.anaTimeline)
		if (entry.kind === "message") expect(document.body.textContent).not.toContain(entry.text);
});

test("each leads to its message, and Escape back to where one was", async () => {
	const app = await show("whyAll");
	expect(items()).toHaveLength(7);
	expect(items()[1]).toMatch(/^10:41 Will Clark message Shown, with a sound\./u);
	expect(items()[6]).toContain("Trunkline about an account");
	await userEvent.keyboard("{Escape}");
	await app.settled();
	expect(app.desk.navigation.view.name).toBe("settings");
	await button("Why didn’t it ring?").click();
	await button("Show message: Ana Martins, 10:42").click();
	await app.settled();
	expect(app.desk.navigation.view.name).toBe("inbox");
	expect(app.desk.thread.found).toBe(sample.anaTimeline.at(-1)?.id);
});

test("older ones come after, and a failure of theirs loses nothing", async () => {
	const app = await show("whyAll");
	app.bridge.fail("notifications.history", { code: "storage.failing" });
	await button("Older ones").click();
	await says(page.getByRole("alert"), "The disk reports errors.");
	expect(items()).toHaveLength(7);
	const record = sample.record(sample.message(sample.ana, "", sample.at(9, 0)), "storm");
	app.bridge.answer("notifications.history", () => ok({ records: [record], next: null }));
	await button("Try again").click();
	await expect.poll(items).toHaveLength(8);
	expect(app.bridge.inputsOf("notifications.history").at(-1)?.before).toBe("older");
	await expect.element(button("Older ones")).not.toBeInTheDocument();
});

test("every reason there is has words of its own", async () => {
	const app = await show("inbox");
	const records = withheldReasons.map((reason) =>
		sample.record(sample.message(sample.ana, "", sample.at(9, 0)), reason),
	);
	app.bridge.answer("notifications.history", () => ok({ records, next: null }));
	app.desk.navigation.go({ name: "why", conversationId: sample.ana.id });
	await expect.poll(() => new Set(items()).size).toBe(withheldReasons.length);
	for (const item of items()) expect(item).toContain("Not shown");
});
