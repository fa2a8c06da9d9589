import { afterEach, describe, expect, test } from "vitest";
import { page, type Locator } from "vitest/browser";
import type { Conversation, Delivery, DeliveryState, Entry, MessageDetails } from "../../shared/model.ts";
import { mountApp, type MountedApp } from "../testing/mount.ts";
import * as systems from "../testing/samples-systems.ts";
import * as sample from "../testing/samples.ts";
import { notice, open, withDetails } from "../testing/scenes-messages.ts";
import { button } from "../testing/window.ts";

const { paulo, team } = systems;
const { at, delivery, message } = sample;
const item = (name: RegExp): Locator => page.getByRole("listitem", { name });
let app: MountedApp;

afterEach(async () => {
	await app.close();
});

async function show(conversation: Conversation, ...timeline: Entry[]): Promise<void> {
	await page.viewport(1320, 820);
	app = await mountApp(open({ ...conversation, unread: 0 }, timeline));
	await app.settled();
}
const ours = (state: DeliveryState | Delivery, changes: Partial<MessageDetails>): Entry =>
	withDetails(message(paulo, "Hello", at(10, 40), state), changes);
const caption = (): string => document.querySelector(".caption .words")?.textContent.trim() ?? "";

describe("the system's own words", () => {
	test("stand beside ours", async () => {
		await show(paulo, ours("delivered", { deliveryWords: "Message Delivered" }));
		await expect.element(item(/^You, Hello, 10:40, delivered \(“Message Delivered”\)$/u)).toBeVisible();
		expect(caption()).toBe("10:40 · Delivered (“Message Delivered”)");
	});
	test("are left out where ours say the same, and before the system has it", async () => {
		await show(paulo, ours("sent", { deliveryWords: "Sent" }));
		expect(caption()).toBe("10:40 · Sent");
		await app.close();
		await show(paulo, ours("queued", { deliveryWords: "Draft" }));
		expect(caption()).toBe("10:40 · Queued");
	});
	test("follow the reason of a failure; Retry only where it is allowed", async () => {
		const problem = { code: "message.deliveryFailed" } as const;
		const refused = delivery("failed", { problem, retryAllowed: false });
		await show(paulo, ours(refused, { deliveryWords: "Carrier rejected" }));
		await expect
			.element(item(/failed: The system could not deliver this text\. \(“Carrier rejected”\)$/u))
			.toBeVisible();
		await expect.element(button("Discard")).toBeVisible();
		await expect.element(button("Retry")).not.toBeInTheDocument();
		await app.close();
		await show(paulo, ours({ ...refused, retryAllowed: true }, {}));
		await button("Retry").click();
		expect(app.bridge.inputsOf("messages.retry")).toHaveLength(1);
	});
	test("that the reason holds already are not said twice", async () => {
		const problem = { code: "message.deliveryFailed", detail: "Landline number" } as const;
		await show(paulo, ours(delivery("failed", { problem }), { deliveryWords: "landline number" }));
		expect(caption()).toMatch(/^10:40 · Failed: .*\(Landline number\)$/u);
	});
});

describe("a message for later", () => {
	const scheduledAt = Date.UTC(2026, 2, 24, 14, 0);
	test("says when, instead of that it is sent", async () => {
		await show(paulo, ours("sent", { scheduledAt }));
		await expect.element(item(/^You, Hello, 10:40, scheduled for Tue 24 Mar, 14:00$/u)).toBeVisible();
		expect(caption()).toBe("10:40 · Scheduled for Tue 24 Mar, 14:00");
	});
	test("that the system does not have yet says both", async () => {
		await show(paulo, ours(delivery("waiting", { queueReason: "offline" }), { scheduledAt }));
		expect(caption()).toBe("10:40 · Not sent yet: not connected · Scheduled for Tue 24 Mar, 14:00");
	});
	test("is sent like any other once its time has come, and failed with its reason", async () => {
		await show(paulo, ours("sent", { scheduledAt: sample.now - 60_000 }));
		expect(caption()).toBe("10:40 · Sent");
		await app.close();
		await show(paulo, ours(delivery("failed", { problem: { code: "schedule.past" } }), { scheduledAt }));
		expect(caption()).toMatch(/^10:40 · Failed: /u);
	});
});

test("another agent at the same number is named, for the eye and for the ear", async () => {
	await show(
		paulo,
		withDetails(message(paulo, "Yes, at ten.", at(10, 40), "sent"), { sender: "Kim Tan" }),
		message(paulo, "Bring your papers.", at(10, 41), "sent"),
	);
	await expect.element(item(/^Kim Tan, Yes, at ten\., 10:40, sent$/u)).toBeVisible();
	expect(caption()).toBe("10:40 · Kim Tan answered · Sent");
	await expect.element(item(/^You, Bring your papers\., 10:41, sent$/u)).toBeVisible();
});

describe("a group", () => {
	test("says who wrote, once for each of them in a row", async () => {
		await show(
			team,
			{ ...message(team, "Van 3 is back", at(10, 8)), author: "Yusuf" },
			{ ...message(team, "The lift gate is stuck", at(10, 9)), author: "Yusuf" },
			{ ...message(team, "I can look at it", at(10, 10)), author: "+1 555 0133" },
			message(team, "Thanks", at(10, 11), "sent"),
		);
		expect([...document.querySelectorAll(".author")].map((author) => author.textContent)).toEqual([
			"Yusuf",
			"+1 555 0133",
		]);
		await expect.element(item(/^Yusuf, The lift gate is stuck, 10:09$/u)).toBeVisible();
	});
	test("says in its heading who is in it, instead of a presence", async () => {
		await show(team, message(team, "Hello", at(10, 8)));
		const heading = document.querySelector("header .who p")?.textContent;
		expect(heading?.trim()).toBe("Group SMS · Yusuf and +1 555 0133");
	});
});

test("a notice is a quiet line with its own text, whatever is in it", async () => {
	const text = "<b>Ana</b> joined {peer} https://bad.example";
	await show(team, message(team, "Hello", at(10, 8)), notice(team, text, at(10, 11)));
	const line = page.getByRole("listitem").filter({ hasText: "joined" });
	await expect.element(line).toHaveTextContent(`${text} · 10:11`);
	expect(line.element().querySelector("a, b, svg")).toBeNull();
	document.querySelector<HTMLElement>('[role="listitem"][tabindex="0"]')?.focus();
	expect(document.activeElement).toBe(line.element());
});
