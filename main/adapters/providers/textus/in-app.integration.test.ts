import { afterEach, describe, expect, test } from "vitest";
import { reservedNumbers } from "../../../../practice/textus/deliveries.ts";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { closeApps, openApp } from "./testing/app.spec.ts";
import { dana } from "./testing/office.spec.ts";

afterEach(closeApps);

test("what was there is in the timeline once, and what comes is unread once", async () => {
	const app = await openApp({
		switches: { pageSize: 4 },
		before: (simulator) => {
			for (let text = 0; text < 9; text += 1)
				simulator.customer(dana).write("my_account", `old ${String(text)}`);
		},
	});
	const { id } = await app.conversation(dana);
	app.simulator.customer(dana).write("my_account", "new");
	await app.until(async () => (await app.shown(id)).includes("new: in"));
	await app.pass(30_000);
	const texts = (await app.shown(id)).filter((text) => text.startsWith("new"));
	expect(texts).toEqual(["new: in"]);
	expect((await app.conversation(dana)).unread).toBeGreaterThanOrEqual(1);
	expect(new Set(await app.shown(id)).size).toBe((await app.shown(id)).length);
	expect((await app.snapshot()).accounts[0]).toMatchObject({
		userName: "ann@example.com",
		lines: [{ id: "my_account" }],
		folders: [{ id: "my_account/all" }, { id: "my_account/you" }, { id: "my_account/active" }],
	});
});

describe("a text is one bubble, delivered, whatever the reply was", () => {
	test.each<[string, Partial<TextusSwitches>]>([
		["with the message", {}],
		["empty", { singleReply: "empty" }],
		["accepted", { singleReply: "accepted" }],
		["changed by the server", { textChange: "straightQuotes" }],
		["empty, and changed by the server", { textChange: "straightQuotes", singleReply: "empty" }],
	])("%s", async (_name, switches) => {
		const app = await openApp({ switches });
		const id = await app.begin(dana);
		await app.send(id, "c1", "“hello”");
		await app.until(async () => (await app.messages(id))[0]?.delivery?.state === "delivered");
		await app.pass(60_000);
		const said = switches.textChange === undefined ? "“hello”" : '"hello"';
		expect(await app.shown(id)).toEqual([`${said}: delivered`]);
		expect((await app.messages(id))[0]?.details).toMatchObject({ deliveryWords: "Message Delivered" });
		expect(app.simulator.ledger.entries).toHaveLength(1);
	});

	test("lost: found in the history", async () => {
		const app = await openApp();
		const id = await app.begin(dana);
		app.simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
		await app.send(id, "c1", "hello");
		await app.until(async () => (await app.messages(id))[0]?.delivery?.state === "delivered");
		await app.pass(60_000);
		expect(await app.shown(id)).toEqual(["hello: delivered"]);
		expect(app.simulator.ledger.count("hello")).toBe(1);
	});

	test("lost, and nothing arrived: the person is asked, and decides", async () => {
		const app = await openApp();
		const id = await app.begin(dana);
		app.simulator.faults.next({ action: "resetBefore", match: { method: "POST" } });
		await app.send(id, "c1", "hello");
		await app.until(
			async () => (await app.messages(id))[0]?.delivery?.problem?.code === "network.interrupted",
		);
		const [entry] = await app.messages(id);
		if (entry === undefined) throw new Error("no entry");
		await app.core.handlers["messages.sendAgain"]({ entryId: entry.id });
		await app.until(async () => (await app.messages(id))[0]?.delivery?.state === "delivered");
		expect(await app.shown(id)).toEqual(["hello: delivered"]);
		expect(app.simulator.ledger.count("hello")).toBe(1);
	});

	test("two equal texts in a row, without ids", async () => {
		const app = await openApp({ switches: { singleReply: "accepted" } });
		const id = await app.begin(dana);
		await app.send(id, "c1", "same");
		await app.send(id, "c2", "same");
		await app.until(async () => (await app.shown(id)).join() === "same: delivered,same: delivered");
		await app.pass(60_000);
		expect(await app.shown(id)).toEqual(["same: delivered", "same: delivered"]);
		expect(app.simulator.ledger.count("same")).toBe(2);
	});

	test.each(["reuse", "new"] as const)("failed and tried again: %s", async (retryIdentity) => {
		const app = await openApp({ switches: { retryIdentity } });
		const id = await app.begin(reservedNumbers.retrySucceeds);
		await app.send(id, "c1", "hello");
		await app.until(async () => (await app.messages(id))[0]?.delivery?.state === "failed");
		const [entry] = await app.messages(id);
		if (entry === undefined) throw new Error("no entry");
		expect(entry.delivery).toMatchObject({
			retryAllowed: true,
			problem: { code: "message.deliveryFailed" },
		});
		await app.core.handlers["messages.retry"]({ entryId: entry.id });
		await app.until(async () => (await app.messages(id))[0]?.delivery?.state === "delivered");
		await app.pass(60_000);
		expect(await app.shown(id)).toEqual(["hello: delivered"]);
	});

	test("to several people: one bubble for all, one in the conversation with each", async () => {
		const app = await openApp();
		const all = await app.begin(dana, "+13035550122");
		await app.send(all, "c1", "closing early");
		await app.until(async () => (await app.messages(all))[0]?.delivery?.state === "delivered");
		await app.pass(30_000);
		expect(await app.shown(all)).toEqual(["closing early: delivered"]);
		for (const number of [dana, "+13035550122"])
			expect(await app.shown((await app.conversation(number)).id)).toEqual([
				"closing early: delivered",
			]);
	});
});
