import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent, type Locator } from "vitest/browser";
import { failed, ok } from "../../shared/errors.ts";
import type { Conversation, Entry, MessageEntry } from "../../shared/model.ts";
import { arrivalOrder } from "../../shared/order.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as sample from "../testing/samples.ts";
import { button, textbox } from "../testing/window.ts";

const { ana, message } = sample;
const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
let app: MountedApp;

afterEach(async () => {
	await app.close();
});

/** Mixed heights: from one line to many. */
const lines = (count: number, from = sample.at(8, 0)): MessageEntry[] =>
	Array.from({ length: count }, (_, index) =>
		message(ana, `line ${String(index)} ${"word ".repeat((index * 7) % 60)}`, from + index * 20_000),
	);

async function open(
	timeline: readonly Entry[],
	changes: Partial<Conversation> = {},
	size: readonly [number, number] = [1320, 820],
): Promise<void> {
	await page.viewport(...size);
	const people = sample.people.map((person) => (person.id === ana.id ? { ...ana, ...changes } : person));
	const bridge = new FakeBridge(sample.snapshot({ conversations: people, openConversation: ana.id }));
	bridge.timelines.set(ana.id, timeline);
	app = await mountApp(bridge);
	await app.settled();
}

const arrives = (...entries: Entry[]): void =>
	app.bridge.change({ type: "entries", conversationId: ana.id, entries });

const log = (): HTMLElement => {
	const element = document.querySelector<HTMLElement>(".log");
	if (element === null) throw new Error("no log");
	return element;
};
const fromEnd = (): number => log().scrollHeight - log().scrollTop - log().clientHeight;
const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
/** Scrolls as a wheel does: the event for it comes with the next frame. */
async function scrollTo(top: number): Promise<void> {
	log().scrollTop = top;
	await frame();
	await app.settled();
}
const rowOf = (key: string): HTMLElement | null =>
	document.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
/** The topmost message of which something is on screen, and where: what comes below it may push what follows. */
function reading(): { readonly key: string; readonly top: number } {
	const edge = log().getBoundingClientRect().top;
	const row = [...document.querySelectorAll<HTMLElement>(".message")].find(
		(each) => each.getBoundingClientRect().bottom > edge + 0.5,
	);
	return { key: row?.dataset["row"] ?? "", top: row?.getBoundingClientRect().top ?? 0 };
}
const drift = (from: ReturnType<typeof reading>): number =>
	Math.abs((rowOf(from.key)?.getBoundingClientRect().top ?? Infinity) - from.top);

describe("at the end", () => {
	test("it follows new messages, also a hundred of them", async () => {
		await open(lines(150));
		expect(fromEnd()).toBeLessThan(2);
		for (let count = 0; count < 100; count += 1) arrives(...lines(1, sample.now + count * 1000));
		await app.settled();
		expect(fromEnd()).toBeLessThan(2);
		expect(app.desk.thread.entries.length).toBeLessThanOrEqual(180);
	});
	test("it stays there when something above grows, and when the window changes its size", async () => {
		await open(lines(60));
		const row = document.querySelector<HTMLElement>(".message");
		row?.style.setProperty("padding-bottom", "200px");
		await frame();
		await frame();
		expect(fromEnd()).toBeLessThan(2);
		await page.viewport(700, 500);
		await frame();
		await app.settled();
		expect(fromEnd()).toBeLessThan(2);
	});
	test("content that grows is not taken for a reader who scrolls away", async () => {
		await open(lines(60));
		const rows = document.querySelectorAll<HTMLElement>(".message");
		rows[rows.length - 1]?.style.setProperty("padding-bottom", "200px");
		// The event of an earlier scrolling comes before the new size is told.
		log().dispatchEvent(new Event("scroll"));
		expect(app.desk.thread.atEnd).toBe(true);
		await frame();
		await frame();
		expect(fromEnd()).toBeLessThan(2);
	});
	test("who scrolls up a little is not pulled back", async () => {
		await open(lines(60));
		await scrollTo(log().scrollTop - 60);
		const before = reading();
		arrives(...lines(2, sample.now));
		await app.settled();
		expect(drift(before)).toBeLessThanOrEqual(1);
	});
});

describe("further up", () => {
	test("it stays, and a button leads to the new ones", async () => {
		await open(lines(150));
		await scrollTo(log().scrollHeight / 2);
		const before = reading();
		arrives(...lines(2, sample.now));
		await app.settled();
		expect(drift(before)).toBeLessThanOrEqual(1);
		await page.getByRole("button", { name: "Jump to newest 2 new messages" }).click();
		await app.settled();
		expect(fromEnd()).toBeLessThan(2);
		await expect.element(page.getByRole("button", { name: /^Jump to newest/u })).not.toBeInTheDocument();
	});
	test("pages come on the way up, a window of limited size goes along, and nothing jumps", async () => {
		await open(lines(500));
		let reached = 0;
		for (let step = 0; step < 400 && app.desk.thread.hasOlder; step += 1) {
			await scrollTo(Math.max(0, log().scrollTop - 500));
			const before = reading();
			await app.settled();
			expect(drift(before)).toBeLessThanOrEqual(1);
			expect(document.querySelectorAll(".message").length).toBeLessThanOrEqual(180);
			reached = step;
		}
		expect(reached).toBeGreaterThan(20);
		expect(app.desk.thread.entries[0]).toMatchObject({
			text: expect.stringContaining("line 0 ") as string,
		});
		expect(app.desk.thread.hasNewer).toBe(true);
		for (let step = 0; step < 400 && app.desk.thread.hasNewer; step += 1) {
			await scrollTo(log().scrollTop + 500);
			const before = reading();
			await app.settled();
			expect(drift(before)).toBeLessThanOrEqual(1);
		}
		expect(app.desk.thread.hasNewer).toBe(false);
	}, 60_000);
	test("from far back the way to the newest ends at the very end", async () => {
		const timeline = lines(1000);
		await open(timeline, { unread: 900, firstUnread: timeline[100]?.id ?? null });
		expect(app.desk.thread.hasNewer).toBe(true);
		arrives(message(ana, "the very last", sample.now + 9e6));
		await page.getByRole("button", { name: "Jump to newest 1 new message" }).click();
		await app.settled();
		expect(fromEnd()).toBeLessThan(2);
		await expect.element(item(/the very last/u)).toBeVisible();
	});
	test("what arrives in the very moment of scrolling does not take it back, also from the end", async () => {
		await open(lines(100));
		for (const by of [300, 200]) {
			log().scrollTop -= by;
			const before = reading();
			// No frame between: the event for the scrolling has not come yet.
			arrives(...lines(2, sample.now + by));
			await app.settled();
			expect(drift(before)).toBeLessThanOrEqual(1);
			expect(app.desk.thread.atEnd).toBe(false);
		}
	});
	test("a text of ours that is given the server's time moves without the reader", async () => {
		const timeline = lines(80);
		const mine = message(ana, "mine", timeline[70]?.at ?? 0, "sending");
		await open([...timeline, mine]);
		const above = (rowOf(mine.id)?.getBoundingClientRect().top ?? 0) - log().getBoundingClientRect().top;
		await scrollTo(log().scrollTop + above + 4);
		const next = rowOf(mine.id)?.nextElementSibling;
		const top = next?.getBoundingClientRect().top ?? 0;
		arrives({ ...mine, order: arrivalOrder(sample.now, 1, null), delivery: sample.delivery("sent") });
		await app.settled();
		expect(Math.abs((next?.getBoundingClientRect().top ?? 0) - top)).toBeLessThanOrEqual(1);
	});
	test("the focus stays in the list when its row is let go of", async () => {
		await open(lines(1000));
		document.querySelector<HTMLElement>('[role="listitem"][tabindex="0"]')?.focus();
		for (let step = 0; step < 80 && !app.desk.thread.hasNewer; step += 1)
			await scrollTo(Math.max(0, log().scrollTop - 600));
		expect(app.desk.thread.hasNewer).toBe(true);
		await app.settled();
		expect(document.activeElement?.getAttribute("role")).toBe("listitem");
	});
});

test("whatever comes, goes or grows, what is read stays where it is", async () => {
	await open(lines(700));
	const step = fc.oneof(
		fc.record({ kind: fc.constant("arrive" as const), count: fc.integer({ min: 1, max: 30 }) }),
		fc.record({ kind: fc.constant("older" as const) }),
		fc.record({ kind: fc.constant("newer" as const) }),
		fc.record({ kind: fc.constant("grow" as const), by: fc.integer({ min: 1, max: 400 }) }),
		fc.record({ kind: fc.constant("remove" as const) }),
		fc.record({ kind: fc.constant("between" as const) }),
		fc.record({ kind: fc.constant("scroll" as const), by: fc.integer({ min: -900, max: 900 }) }),
	);
	let clock = sample.now;
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
			await scrollTo(log().scrollHeight / 2);
			for (const one of steps) {
				if (one.kind === "scroll")
					await scrollTo(Math.min(log().scrollTop + one.by, log().scrollHeight / 2));
				const { thread } = app.desk;
				const pinned = thread.atEnd;
				const before = reading();
				const [above] = thread.entries;
				const below = thread.entries.at(-1);
				if (one.kind === "arrive") arrives(...lines(one.count, (clock += 1_000_000)));
				else if (one.kind === "older" || one.kind === "newer") await thread.page(one.kind);
				else if (one.kind === "grow") {
					const rows = [...document.querySelectorAll<HTMLElement>(".message")];
					const index = rows.findIndex((row) => row.dataset["row"] === before.key);
					rows[Math.max(0, index - 3)]?.style.setProperty("padding-top", `${String(one.by)}px`);
				} else if (one.kind === "remove" && above !== undefined && above.id !== before.key)
					app.bridge.change({ type: "entryRemoved", conversationId: ana.id, entryId: above.id });
				else if (one.kind === "between" && below !== undefined)
					arrives({ ...message(ana, "late", below.at), order: `${below.order.slice(0, 13)}a` });
				await frame();
				await app.settled();
				expect(thread.atEnd).toBe(pinned);
				if (pinned) expect(fromEnd()).toBeLessThan(2);
				// What grew is above: only a row that grew itself ends elsewhere.
				else expect(drift(before)).toBeLessThanOrEqual(1);
			}
		}),
		{ numRuns: 12 },
	);
}, 120_000);

describe("opening", () => {
	const divider = (): HTMLElement | null => document.querySelector("[data-unread-divider]");
	test("shows the first unread message near the upper edge, far back too, and the divider stays there", async () => {
		const timeline = lines(300);
		await open(timeline, { unread: 200, firstUnread: timeline[100]?.id ?? null });
		const offset = (divider()?.getBoundingClientRect().top ?? 0) - log().getBoundingClientRect().top;
		expect(offset).toBeGreaterThan(30);
		expect(offset).toBeLessThan(60);
		expect(divider()?.nextElementSibling?.getAttribute("aria-label")).toContain("line 100");
		arrives(message(ana, "one more", sample.now));
		app.bridge.change({ type: "conversation", conversation: { ...ana, unread: 0 } });
		await app.settled();
		expect(divider()?.nextElementSibling?.getAttribute("aria-label")).toContain("line 100");
	});
	test("goes to the end when the unread ones fit there", async () => {
		const timeline = lines(100);
		await open(timeline, { unread: 1, firstUnread: timeline[99]?.id ?? null });
		expect(fromEnd()).toBeLessThan(2);
		expect(divider()).not.toBeNull();
	});
	test("a message that was looked for is on screen, marked, and has the focus", async () => {
		const timeline = lines(500);
		await open(timeline);
		const wanted = timeline[123];
		app.desk.openConversation(ana.id, wanted?.id ?? null);
		await app.settled();
		await app.settled();
		await expect.element(item(/line 123 .*, found$/u)).toHaveFocus();
		const row = rowOf(wanted?.id ?? "")?.getBoundingClientRect();
		const { top, bottom } = log().getBoundingClientRect();
		expect(row?.top).toBeGreaterThan(top);
		expect(row?.bottom).toBeLessThan(bottom);
	});
	test("coming back from another page finds the place again", async () => {
		await open(lines(100));
		await scrollTo(log().scrollHeight / 2);
		const before = reading();
		app.desk.navigation.go({ name: "accounts" });
		await app.settled();
		app.desk.navigation.go({ name: "inbox" });
		await app.settled();
		expect(drift(before)).toBeLessThanOrEqual(1);
	});
});

test("coming back to the end is coming to the end, not to where the unread ones began", async () => {
	const timeline = lines(100);
	await open(timeline, { unread: 40, firstUnread: timeline[60]?.id ?? null });
	expect(fromEnd()).toBeGreaterThan(100);
	await scrollTo(log().scrollHeight);
	app.desk.navigation.go({ name: "accounts" });
	await app.settled();
	arrives(...lines(3, sample.now));
	app.desk.navigation.go({ name: "inbox" });
	await app.settled();
	expect(fromEnd()).toBeLessThan(2);
});

describe("the keyboard", () => {
	test("arrows go from message to message, over gaps, and into what is older", async () => {
		const timeline = lines(100);
		const gap = sample.gap(ana, timeline[97]?.at ?? 0, (timeline[97]?.at ?? 0) + 1000);
		await open([...timeline.slice(0, 98), gap, ...timeline.slice(98)]);
		const timelineOf = app.bridge.timelines.get(ana.id)?.length;
		expect(timelineOf).toBe(101);
		document.querySelector<HTMLElement>('[role="listitem"][tabindex="0"]')?.focus();
		const first = app.desk.thread.entries[0]?.id;
		await userEvent.keyboard("{Home}");
		expect(document.activeElement?.getAttribute("data-row")).toBe(first);
		await userEvent.keyboard("{ArrowUp}");
		await app.settled();
		await expect.poll(() => document.activeElement?.getAttribute("data-row")).not.toBe(first);
		await userEvent.keyboard("{End}{ArrowUp}{ArrowUp}");
		await app.settled();
		await expect.poll(() => document.activeElement?.textContent).toMatch(/may be missing/u);
	});
	test("Shift+U marks unread from the message on, and the menu does the same", async () => {
		const timeline = lines(20);
		await open(timeline);
		document.querySelector<HTMLElement>('[role="listitem"][tabindex="0"]')?.focus();
		await userEvent.keyboard("{ArrowUp}{Shift>}U{/Shift}");
		expect(app.bridge.inputsOf("conversations.markUnread")).toEqual([
			{ conversationId: ana.id, from: timeline[18]?.id },
		]);
		await item(/line 17 /u).click({ button: "right" });
		await expect
			.element(page.getByRole("menuitem", { name: /^Mark as unread from here/u }))
			.toHaveFocus();
		await userEvent.keyboard("{Escape}");
		await expect.element(page.getByRole("menu")).not.toBeInTheDocument();
		await item(/line 17 /u).click({ button: "right" });
		await page.getByRole("menuitem").click();
		expect(app.bridge.inputsOf("conversations.markUnread").at(-1)?.from).toBe(timeline[17]?.id);
		await app.settled();
		expect(document.querySelector("[data-unread-divider]")?.nextElementSibling?.textContent).toContain(
			"line 17",
		);
	});
});

describe("what may be missing", () => {
	test("is said in words, with the day where there are several", async () => {
		await open([
			message(ana, "before", sample.at(10, 0)),
			sample.gap(ana, sample.at(10, 2), sample.at(10, 14), true),
			sample.gap(ana, sample.at(22, 15, 1), sample.at(10, 20)),
		]);
		await expect.element(page.getByText("Messages from 10:02 to 10:14 are being fetched")).toBeVisible();
		await expect
			.element(
				page.getByText(
					"Messages between Yesterday, 22:15 and 10:20 may be missing: Genesys cannot be asked for them",
				),
			)
			.toBeVisible();
	});
	test("an older page that could not be had says why, and is asked for again by the person", async () => {
		await open(lines(100));
		app.bridge.answer("conversations.page", () => failed({ code: "network.timeout" }));
		await scrollTo(0);
		await expect.element(page.getByText(/no answer came in time/u)).toBeVisible();
		const asked = app.bridge.inputsOf("conversations.page").length;
		await scrollTo(40);
		expect(app.bridge.inputsOf("conversations.page")).toHaveLength(asked);
		app.bridge.answer("conversations.page", () =>
			ok({ entries: lines(5, sample.at(6, 0)), hasOlder: false, hasNewer: true, problem: null }),
		);
		await button("Try again").click();
		await expect.element(page.getByText("Beginning of this conversation")).toBeInTheDocument();
	});
});

test("receiving moves no focus, neither into the composer nor out of it", async () => {
	await open(lines(60));
	await textbox("Message").fill("typing");
	arrives(...lines(2, sample.now));
	await app.settled();
	await expect.element(textbox("Message")).toHaveFocus();
	document.querySelector<HTMLElement>(".new")?.focus();
	arrives(...lines(1, sample.now + 1e6));
	app.bridge.change({
		type: "conversation",
		conversation: { ...ana, peer: { ...ana.peer, presence: "busy" } },
	});
	await app.settled();
	await expect.element(button("New message")).toHaveFocus();
});
