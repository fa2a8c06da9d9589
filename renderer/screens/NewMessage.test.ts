import { afterEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ok } from "../../shared/errors.ts";
import { extension, maria, netsapiens } from "../testing/samples-systems.ts";
import { button, close, combobox, says, show, textbox } from "../testing/window.ts";

afterEach(close);

const route = page.getByTestId("route");

describe("several recipients", () => {
	test("where they see each other, it is said, and the group may have a name", async () => {
		const app = await show("newMessageMany");
		await says(page.getByRole("list", { name: "People" }), "+1 555 0199");
		await expect
			.element(page.getByText("One conversation with 2 people, which all of them see."))
			.toBeVisible();
		await says(route, "Group SMS from +1 555 0100 (NetSapiens) to +1 555 0199 and +1 555 0133");
		await textbox("Group name").fill("Van 3");
		app.bridge.answer("conversations.start", () => ok({ conversationId: maria.id }));
		await textbox("Message").fill("Where are you?");
		await button("Send").click();
		expect(app.bridge.inputsOf("conversations.start")).toEqual([
			{
				accountId: "ns",
				addresses: ["+15550199", "+15550133"],
				name: null,
				lineId: null,
				title: "Van 3",
			},
		]);
		expect(app.bridge.inputsOf("messages.send")[0]?.parts[0]?.text).toBe("Where are you?");
	});
	test("where they do not, each gets a message of their own", async () => {
		await show("newMessageSeparate");
		await expect.element(page.getByText("2 people will each get a message of their own.")).toBeVisible();
		await expect.element(textbox("Group name")).not.toBeInTheDocument();
	});
	test("are taken out again, and nobody is there twice", async () => {
		const app = await show("newMessageMany");
		await combobox("To").fill("555-0133");
		await userEvent.keyboard("{Enter}");
		await app.settled();
		const people = page.getByRole("list", { name: "People" }).getByRole("listitem");
		expect(people.elements()).toHaveLength(2);
		await button("Take +1 555 0199 out").click();
		await expect.poll(() => people.elements().length).toBe(1);
		await expect.element(combobox("To")).toHaveFocus();
	});
	test("what stands in the box still counts when one sends", async () => {
		const app = await show("newMessageMany");
		app.bridge.answer("conversations.start", () => ok({ conversationId: maria.id }));
		await combobox("To").fill("555 0177");
		await textbox("Message").fill("hello");
		await userEvent.keyboard("{Enter}");
		await app.settled();
		expect(app.bridge.inputsOf("conversations.start")[0]?.addresses).toEqual([
			"+15550199",
			"+15550133",
			"+15550177",
		]);
	});
});

describe("a typed number", () => {
	test("that cannot be used says why before anything begins", async () => {
		const app = await show("newMessageWrongNumber");
		await says(page.getByRole("alert"), "This number or address cannot be used");
		expect(app.bridge.inputsOf("numbers.check")).toEqual([{ accountId: "ns", lineId: null, text: "12" }]);
		expect(app.bridge.inputsOf("conversations.start")).toEqual([]);
		await textbox("Message").fill("hello");
		await button("Send").click();
		await says(page.getByRole("alert"), "This number or address cannot be used");
		await expect.element(combobox("To")).toHaveFocus();
		await expect.element(textbox("Message")).toHaveValue("hello");
	});
});

describe("the line", () => {
	test("is chosen for this message, and the route says it", async () => {
		const app = await show("newMessageMany");
		await combobox("Line").selectOptions("Extension 101");
		await says(route, "Group chat from Extension 101 (NetSapiens)");
		app.bridge.answer("conversations.start", () => ok({ conversationId: maria.id }));
		await button("Open conversation").click();
		expect(app.bridge.inputsOf("conversations.start")[0]?.lineId).toBe(extension.id);
		expect(app.bridge.inputsOf("accounts.chooseLine")).toEqual([]);
	});
	test("begins with the account of the conversation one was in", async () => {
		await show("newMessageSeparate");
		await expect.element(combobox("Account")).toHaveDisplayValue("Porto desk · TextUs");
	});
});

test("where numbers are not typed, only people of the directory are offered", async () => {
	const app = await show("merged");
	app.bridge.change({
		type: "account",
		account: { ...netsapiens, can: { ...netsapiens.can, typedNumbers: false } },
	});
	await userEvent.keyboard("{Control>}n{/Control}");
	await combobox("To").fill("555 0199");
	app.surroundings.advance(250);
	await app.settled();
	await expect.element(page.getByRole("option", { name: /^Write to/u })).not.toBeInTheDocument();
	await textbox("Message").fill("hello");
	await button("Send").click();
	await says(page.getByRole("alert"), "Choose somebody from the list");
	expect(app.bridge.inputsOf("numbers.check")).toEqual([]);
});
