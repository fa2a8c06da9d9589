import { expect, test } from "vitest";
import { reservedNumbers } from "../../../practice/textus/deliveries.ts";
import { composer, conversationRow, message, openConversation, write } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import { startScene } from "../support/story.ts";
import {
	checkNow,
	routeLine,
	signInToTextus,
	startTextus,
	textusAnn,
	untilOnline,
} from "../support/systems.ts";
import { expectAccessible } from "../support/accessible.ts";

const { account } = textusAnn;
const flaky = { number: reservedNumbers.retrySucceeds, name: "(303) 555-0184" } as const;
const dana = { number: "+13035550121", name: "(303) 555-0121" } as const;
const gone = { number: "+13035550122", name: "(303) 555-0122" } as const;

test("TextUs: failed and tried again, opted out, a saved reply, scheduled, a file by its address", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const textus = await startTextus(scene);
	const ann = textus.users.get("ann@example.com");
	textus.savedReplies.add(ann, { title: "Opening hours", content: "We are there from 9 to 18." });
	textus.savedReplies.add(ann, { title: "Directions", content: "Take the second door on the left." });
	for (const { number } of [flaky, dana, gone]) textus.customer(number).write(account, "Hello?");
	textus.customer(gone.number).write(account, "STOP");
	const { page, complaints } = await scene.launch();
	await signInToTextus(page, textus.origin);
	await untilOnline(page);

	await openConversation(page, flaky.name);
	await write(page, "On its way.");
	const failed = message(page, "On its way.", "failed: ");
	await failed.waitFor();
	expect(await failed.getAttribute("aria-label")).toContain(
		"failed: The system could not deliver this text. (Message Failed: the carrier is temporarily unavailable)",
	);
	await expectAccessible(page, "failed message");
	await failed.getByRole("button", { name: "Retry" }).click();
	await message(page, "On its way.", "delivered").waitFor();
	expect(textus.ledger.entries.map(({ body, retryOf }) => [body, retryOf !== null])).toEqual([
		["On its way.", false],
		["On its way.", true],
	]);
	expect(textus.customer(flaky.number).received.map(({ body }) => body)).toEqual(["On its way."]);

	// Nobody is written to who asked not to be.
	await openConversation(page, gone.name);
	await page
		.getByText(/does not want messages from here \(opted out\)/)
		.first()
		.waitFor();
	expect(await composer(page).getAttribute("readonly")).not.toBeNull();
	expect(await page.getByRole("button", { name: "Send", exact: true }).getAttribute("aria-disabled")).toBe(
		"true",
	);
	await expectAccessible(page, "opted out");

	// "/" in the empty box; what is chosen can be changed before it goes.
	await openConversation(page, dana.name);
	await composer(page).press("/");
	const picker = page.getByRole("combobox", { name: "Saved replies and templates" });
	await picker.pressSequentially("hours");
	await page.getByRole("option", { name: /^Opening hours/ }).waitFor();
	await expectAccessible(page, "saved replies");
	await picker.press("Enter");
	await expect.poll(() => composer(page).inputValue()).toBe("We are there from 9 to 18.");
	await page.getByText("Saved reply “Opening hours”").waitFor();
	await composer(page).press("Enter");
	await message(page, "We are there from 9 to 18.", "delivered").waitFor();
	expect(textus.ledger.entries.at(-1)?.savedReply).toMatch(/^\/saved_replies\//);

	await composer(page).fill("Your table is ready.");
	await page.getByRole("button", { name: "Send later" }).click();
	await expectAccessible(page, "send later");
	await page.getByRole("button", { name: "Schedule" }).click();
	await message(page, "Your table is ready.", "scheduled for")
		.or(message(page, "Your table is ready.", "sent"))
		.waitFor();
	await expect
		.poll(() => textus.ledger.entries.at(-1)?.scheduledAt, { timeout: patienceMs })
		.not.toBeNull();
	expect(textus.ledger.entries.at(-1)?.body).toBe("Your table is ready.");

	await page.getByRole("button", { name: "Attach", exact: true }).click();
	await page
		.getByRole("textbox", { name: "Address of the file" })
		.fill("https://files.example.com/menu.pdf");
	await expectAccessible(page, "file by address");
	await page.getByRole("button", { name: "Attach file" }).click();
	await page.getByRole("list", { name: "Files that go along" }).getByText("menu.pdf").waitFor();
	expect(await routeLine(page)).toContain("with 1 file");
	await write(page, "Our menu.");
	await message(page, "Our menu.", "delivered").waitFor();
	expect(textus.ledger.entries.at(-1)).toMatchObject({
		body: "Our menu.",
		attachment: { url: "https://files.example.com/menu.pdf", contentType: "application/pdf" },
	});
	await checkNow(page);
	await conversationRow(page, dana.name).waitFor();
	for (const text of ["On its way.", "We are there from 9 to 18.", "Your table is ready.", "Our menu."]) {
		expect([text, textus.ledger.count(text)]).toEqual([text, 1]);
		expect(await message(page, text).count()).toBeLessThanOrEqual(1);
	}
	expect(complaints).toEqual([]);
});
