import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import type { Attachment, Entry, MessageEntry } from "../../shared/model.ts";
import { browser } from "../lib/surroundings.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as systems from "../testing/samples-systems.ts";
import * as sample from "../testing/samples.ts";
import { file, open, withDetails } from "../testing/scenes-messages.ts";
import { button, says } from "../testing/window.ts";

const { maria } = systems;
const { at, message } = sample;
const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
const dialog = page.getByRole("dialog");
let app: MountedApp | null = null;

afterEach(async () => {
	await app?.close();
	app = null;
});

const sent = (attachments: readonly Attachment[], text = "", when = at(10, 41)): MessageEntry =>
	withDetails(message(maria, text, when), { attachments });

async function show(...timeline: Entry[]): Promise<MountedApp> {
	await page.viewport(1320, 820);
	const bridge = open({ ...maria, unread: 0 }, timeline);
	// Nothing is fetched before a test says so.
	bridge.answer("attachments.fetch", () => new Promise(() => undefined));
	app = await mountApp(bridge);
	await app.settled();
	return app;
}
const publish = (entry: MessageEntry): void =>
	app?.bridge.change({ type: "entries", conversationId: maria.id, entries: [entry] });
const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
const fetches = (): readonly string[] =>
	app?.bridge.inputsOf("attachments.fetch").map(({ attachmentId }) => attachmentId) ?? [];

test("bytes are beside the page, whatever an id looks like", () => {
	expect(browser.media(file("a b/c").id)).toBe("media/a%20b%2Fc");
});

describe("a picture", () => {
	test("that is all of a message has a name in words", async () => {
		await show(sent([file("one", { name: "label.jpg" })]));
		await expect.element(item(/^Maria Lopes, Picture label\.jpg, 184 kB, 10:41$/u)).toBeVisible();
		await expect.element(page.getByRole("img", { name: "Picture label.jpg, 184 kB" })).toBeVisible();
	});
	test("with words keeps them, on their own lines", async () => {
		await show(sent([file("one", { name: null, bytes: null })], "two\nlines"));
		await expect.element(item(/^Maria Lopes, Picture, two\s+lines, 10:41$/u)).toBeVisible();
	});
	test("opens larger by press and by Enter on its message; Escape gives the focus back", async () => {
		const entry = sent([file("one", { name: "label.jpg" })]);
		const app = await show(entry);
		await button("Picture label.jpg, 184 kB").click();
		await expect.element(dialog).toBeVisible();
		expect(dialog.element().getAttribute("aria-label")).toBe("Picture label.jpg, 184 kB");
		await expect.element(button("Close")).toHaveFocus();
		await userEvent.keyboard("{Escape}");
		await expect.element(dialog).not.toBeInTheDocument();
		await expect.element(button("Picture label.jpg, 184 kB")).toHaveFocus();
		expect(app.desk.navigation.conversationId).toBe(maria.id);
		document.querySelector<HTMLElement>('.message[tabindex="0"]')?.focus();
		await userEvent.keyboard("{Enter}");
		await expect.element(dialog).toBeVisible();
		await button("Close").click();
		await expect.element(item(/label\.jpg/u)).toHaveFocus();
	});
	test("is saved from there, and what came of it is said there", async () => {
		const entry = sent([file("one", { name: "label.jpg" })]);
		const app = await show(entry);
		await button("Picture label.jpg, 184 kB").click();
		await button("Save").click();
		expect(app.bridge.inputsOf("attachments.save")).toEqual([{ entryId: entry.id, attachmentId: "one" }]);
		await expect.element(dialog.getByRole("status")).toHaveTextContent("Saved.");
		app.bridge.fail("attachments.save", { code: "attachment.gone" });
		await button("Save").click();
		await says(dialog.getByRole("alert"), "This file is no longer there.");
	});
	test("that cannot be drawn can still be saved", async () => {
		const app = await show(sent([file("one", { name: "label.jpg" })]));
		document.querySelector(".picture img")?.dispatchEvent(new Event("error"));
		await app.settled();
		await expect.element(page.getByText("This picture cannot be shown.", { exact: false })).toBeVisible();
		await expect.element(button("Save label.jpg")).toBeVisible();
	});
	test("is one stop of Tab: of the message the arrow keys are at", async () => {
		await show(
			sent([file("one", { name: "a.jpg" })], "", at(10, 30)),
			sent([file("two", { name: "b.jpg" })], "", at(10, 40)),
		);
		const stops = (): (string | null | undefined)[] =>
			[...document.querySelectorAll(".picture")].map((picture) => picture.getAttribute("tabindex"));
		expect(stops()).toEqual(["-1", "0"]);
		document.querySelector<HTMLElement>('.message[tabindex="0"]')?.focus();
		await userEvent.keyboard("{ArrowUp}");
		expect(stops()).toEqual(["0", "-1"]);
	});
});

describe("fetching", () => {
	const far = (): MessageEntry[] =>
		Array.from({ length: 40 }, (_, index) => message(maria, `line ${String(index)}`, at(9, index)));
	const waiting = (id: string): Attachment => file(id, { name: `${id}.jpg`, state: "there" });

	test("begins on screen, one at a time, and goes on with the next when one is there", async () => {
		const above = sent([waiting("above")], "", at(8, 0));
		await page.viewport(1320, 820);
		const bridge = open({ ...maria, unread: 0 }, [
			above,
			...far(),
			sent([waiting("one"), waiting("two")], "", at(10, 41)),
		]);
		const answers: (() => void)[] = [];
		bridge.answer(
			"attachments.fetch",
			() => new Promise((resolve) => answers.push(() => resolve(ok(null)))),
		);
		app = await mountApp(bridge);
		await expect.poll(fetches).toHaveLength(1);
		await frame();
		expect(fetches()).toHaveLength(1);
		answers[0]?.();
		await expect.poll(() => fetches().toSorted()).toEqual(["one", "two"]);
		const log = document.querySelector(".log");
		log?.scrollTo(0, 0);
		await expect.poll(() => document.querySelector(".log")?.scrollTop).toBe(0);
		await frame();
		answers[1]?.();
		await expect.poll(() => fetches()[2]).toBe("above");
	});
	test("keeps the room of a picture when it comes, also when its size was not known", async () => {
		const unknown = { width: null, height: null };
		const entry = sent([file("one", { ...unknown, state: "there" })]);
		const app = await show(entry);
		const room = (): DOMRect | undefined => document.querySelector(".room")?.getBoundingClientRect();
		const before = room();
		expect(before?.width).toBe(240);
		publish({ ...entry, details: { ...(entry.details ?? failing()), attachments: [file("one")] } });
		await app.settled();
		await expect.element(page.getByRole("img", { name: /label\.jpg/u })).toBeVisible();
		expect([room()?.width, room()?.height]).toEqual([before?.width, before?.height]);
	});
	test("does not move what is read", async () => {
		const pictured = [30, 31, 32].map((minute) =>
			sent(
				[file(`p${String(minute)}`, { width: 300, height: 400, state: "there" })],
				"",
				at(8, minute),
			),
		);
		const app = await show(...pictured, ...far());
		const log = document.querySelector<HTMLElement>(".log");
		if (log === null) throw new Error("no log");
		log.scrollTop = 500;
		await frame();
		await app.settled();
		const edge = log.getBoundingClientRect().top;
		const row = [...document.querySelectorAll<HTMLElement>(".message")].find(
			(each) => each.getBoundingClientRect().top >= edge,
		);
		const top = row?.getBoundingClientRect().top ?? 0;
		for (const entry of pictured)
			publish({
				...entry,
				details: {
					...(entry.details ?? failing()),
					attachments: (entry.details?.attachments ?? []).map((one) => ({
						...one,
						state: "here" as const,
						width: 900,
						height: 200,
					})),
				},
			});
		await app.settled();
		await frame();
		expect(document.querySelectorAll(".picture img").length).toBe(3);
		expect(Math.abs((row?.getBoundingClientRect().top ?? 0) - top)).toBeLessThanOrEqual(1);
	});
	test("that failed says why, is not repeated by itself, and is tried again by the person", async () => {
		const problem = { code: "network.timeout", params: { host: "media.example" } } as const;
		const entry = sent([file("one", { name: "a.jpg", state: "there", problem })]);
		await show(entry);
		await frame();
		expect(fetches()).toEqual([]);
		await expect.element(page.getByText(/waited for media\.example/u)).toBeVisible();
		await button("Try again: Picture a.jpg, 184 kB").click();
		expect(fetches()).toEqual(["one"]);
	});
	test("that main refuses says why in its place", async () => {
		await page.viewport(1320, 820);
		const bridge = open({ ...maria, unread: 0 }, [sent([waiting("one")])]);
		bridge.answer("attachments.fetch", () => failed({ code: "account.offline" }));
		app = await mountApp(bridge);
		await expect.element(page.getByText(/not connected at the moment/u)).toBeVisible();
		await frame();
		expect(fetches()).toEqual(["one"]);
		bridge.answer("attachments.fetch", () => ok(null));
		await button("Try again: Picture one.jpg, 184 kB").click();
		await expect.element(page.getByText(/not connected at the moment/u)).not.toBeInTheDocument();
	});
});

describe("another file", () => {
	const pdf = (changes: Partial<Attachment> = {}): Attachment =>
		file("pdf", { name: "form.pdf", type: "application/pdf", bytes: 88_000, state: "file", ...changes });

	test("says what it is and how large, and is saved", async () => {
		const entry = sent([pdf()]);
		const app = await show(entry);
		await expect.element(item(/^Maria Lopes, PDF document form\.pdf, 88 kB, 10:41$/u)).toBeVisible();
		await expect.element(page.getByText("PDF document · 88 kB")).toBeVisible();
		await button("Save form.pdf").click();
		expect(app.bridge.inputsOf("attachments.save")).toEqual([{ entryId: entry.id, attachmentId: "pdf" }]);
		await expect.element(page.getByText("Saved.")).toBeVisible();
	});
	test("that was not saved after all says nothing", async () => {
		const app = await show(sent([pdf()]));
		app.bridge.answer("attachments.save", () => ok({ saved: false }));
		await button("Save form.pdf").click();
		await app.settled();
		expect(document.querySelector(".file [role=status]")).toBeNull();
	});
	test("that is gone says so and offers nothing", async () => {
		await show(sent([pdf({ state: "gone", problem: { code: "attachment.gone" } })]));
		await expect.element(page.getByText("This file is no longer there.")).toBeVisible();
		expect(document.querySelector(".file button")).toBeNull();
	});
	test("that is not what it says is no picture, and can be saved", async () => {
		const unsafe = file("x", { name: "x.jpg", state: "file", problem: { code: "attachment.unsafe" } });
		await show(sent([unsafe]));
		await expect.element(page.getByText(/is not what it says it is/u)).toBeVisible();
		await expect.element(button("Save x.jpg")).toBeVisible();
		expect(document.querySelector(".file img")).toBeNull();
	});
	test("is fetched when it is on screen too", async () => {
		await show(sent([pdf({ state: "there" })]));
		await expect.poll(fetches).toEqual(["pdf"]);
		await expect.element(page.getByText("Being fetched…")).toBeVisible();
	});
});

function failing(): never {
	throw new Error("the sample has details");
}
