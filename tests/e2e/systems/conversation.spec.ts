import { expect, test } from "vitest";
import { png } from "../../../practice/server/png.ts";
import { composer, conversationRow, message, openConversation, write } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import { startScene } from "../support/story.ts";
import {
	checkNow,
	chooseInMenu,
	decodedWidth,
	netsapiensAnn,
	routeLine,
	signInToNetsapiens,
	startNetsapiens,
	untilOnline,
} from "../support/systems.ts";
import { expectAccessible } from "../support/accessible.ts";

const { pictures, plain } = netsapiensAnn;
const grace = { number: "16195550112", name: "Grace Hopper" } as const;

test("a picture arrives, is answered by the number it was sent to, and another number asks first; groups", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const netsapiens = await startNetsapiens(scene);
	const { page, complaints } = await scene.launch();
	await signInToNetsapiens(page, netsapiens.origin);
	await untilOnline(page);

	const customer = netsapiens.customers.customer(grace.number);
	const bytes = png(64, 48, (x, y) => [x * 3, y * 4, 160]);
	customer.write(pictures.number, "Is this the right plug?", { mimeType: "image/png", bytes });
	await checkNow(page);
	await conversationRow(page, grace.name).waitFor();
	await openConversation(page, grace.name);
	const asked = message(page, "Is this the right plug?");
	await asked.waitFor();
	await expect.poll(() => decodedWidth(asked), { timeout: patienceMs }).toBe(64);
	expect(await routeLine(page)).toBe(`SMS from ${pictures.shown} (NetSapiens) to (619) 555-0112`);
	// One character outside of the SMS alphabet makes the segments shorter; the sentence says so before sending.
	await composer(page).fill("x".repeat(161));
	expect(await routeLine(page)).toBe(
		`SMS from ${pictures.shown} (NetSapiens) to (619) 555-0112, 2 segments`,
	);
	await write(page, "Yes, that one.");
	await message(page, "Yes, that one.", "sent")
		.or(message(page, "Yes, that one.", "delivered"))
		.waitFor();
	expect(netsapiens.ledger.entries.map(({ text, fromNumber, type }) => [text, fromNumber, type])).toEqual([
		["Yes, that one.", pictures.number, "sms"],
	]);
	await expect.poll(() => customer.texts).toEqual(["Yes, that one."]);

	// Another line is another conversation: it is asked about, and nothing leaves before.
	await composer(page).fill("And by the other number?");
	await page.getByRole("combobox", { name: "Line" }).selectOption({ label: plain.shown });
	const guard = page.getByRole("dialog", { name: `Answer from ${plain.shown}?` });
	await guard.getByText(`They wrote to ${pictures.shown}.`).waitFor();
	await expectAccessible(page, "guard");
	await guard.getByRole("button", { name: "Cancel" }).click();
	expect(await routeLine(page)).toContain(`SMS from ${pictures.shown}`);
	await page.getByRole("combobox", { name: "Line" }).selectOption({ label: plain.shown });
	await guard.getByRole("button", { name: `Answer from ${plain.shown}` }).click();
	await expect.poll(() => routeLine(page)).toContain(`SMS from ${plain.shown} (NetSapiens)`);
	expect(await composer(page).inputValue()).toBe("And by the other number?");
	expect(netsapiens.ledger.entries).toHaveLength(1);
	await composer(page).press("Enter");
	await expect
		.poll(() => netsapiens.ledger.entries.map(({ fromNumber }) => fromNumber), { timeout: patienceMs })
		.toEqual([pictures.number, plain.number]);

	// A group of colleagues: made with a name, renamed, left.
	await page.keyboard.press("Control+n");
	await page.getByRole("combobox", { name: "Line" }).first().selectOption({ label: "2500" });
	for (const colleague of ["Will Clark", "Nora Diaz"]) {
		await page.getByRole("combobox", { name: "To" }).pressSequentially(colleague.slice(0, 4));
		await page.getByRole("option", { name: new RegExp(`^${colleague}`) }).click();
	}
	await page.getByText("One conversation with 2 people, which all of them see.").waitFor();
	await page.getByRole("textbox", { name: "Group name" }).fill("Plugs");
	await composer(page).fill("Which plugs do we have?");
	await expectAccessible(page, "new message to several");
	await composer(page).press("Enter");
	await page.getByRole("heading", { name: "Plugs", level: 1 }).waitFor();
	await message(page, "Which plugs do we have?", "sent")
		.or(message(page, "Which plugs do we have?", "delivered"))
		.waitFor();
	const group = netsapiens.conversations.all.find(({ kind }) => kind === "group-chat");
	expect(group?.members.toSorted()).toEqual(["1004@portal", "1123@portal", "2500@portal"]);
	await chooseInMenu(page, "Rename…");
	await page.getByRole("textbox", { name: "Name" }).fill("Plugs and cables");
	await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
	await page.getByRole("heading", { name: "Plugs and cables", level: 1 }).waitFor();
	await expect.poll(() => group?.name).toBe("Plugs and cables");
	await chooseInMenu(page, "Leave group…");
	await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
	await expect.poll(() => group?.members.includes("2500@portal"), { timeout: patienceMs }).toBe(false);
	expect(netsapiens.ledger.entries).toHaveLength(3);
	expect(complaints).toEqual([]);
});
