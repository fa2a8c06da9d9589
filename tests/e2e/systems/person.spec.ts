import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { png } from "../../../practice/server/png.ts";
import { composer, conversationRow, message, openConversation, write } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import { startScene } from "../support/story.ts";
import {
	checkNow,
	decodedWidth,
	netsapiensAnn,
	signInToNetsapiens,
	signInToTextus,
	startNetsapiens,
	startTextus,
	textusAnn,
} from "../support/systems.ts";
import { expectAccessible } from "../support/accessible.ts";
import { filesWith } from "../support/traces.ts";

const grace = { number: "16195550112", name: "Grace Hopper" } as const;
const own = { number: "+13035550121", name: "(303) 555-0121" } as const;
const { pictures } = netsapiensAnn;

test("one person over two systems, taken apart and put together; all of it survives a kill, drafts with files too", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const [netsapiens, textus] = await Promise.all([startNetsapiens(scene), startTextus(scene)]);
	const { app, page, complaints } = await scene.launch();
	await signInToNetsapiens(page, netsapiens.origin);
	await signInToTextus(page, textus.origin);
	await page.getByRole("button", { name: /^Inbox/ }).click();
	netsapiens.customers.customer(grace.number).write(pictures.number, "From my phone at work");
	textus.customer(own.number).write(textusAnn.account, "And from my own");
	await checkNow(page);
	await conversationRow(page, own.name).waitFor();
	await openConversation(page, grace.name);
	await write(page, "Noted.");
	await message(page, "Noted.", "sent")
		.or(message(page, "Noted.", "delivered"))
		.waitFor();

	// Linked: one timeline, and each message says by which system it came.
	await page.getByRole("button", { name: "Details" }).click();
	await page.getByRole("button", { name: "Same person as…" }).click();
	const dialog = page.getByRole("dialog", { name: `${grace.name} is the same person as…` });
	await dialog.getByRole("checkbox", { name: new RegExp(own.name.replaceAll(/[()]/g, "\\$&")) }).check();
	await expectAccessible(page, "link people");
	await dialog.getByRole("button", { name: "Link", exact: true }).click();
	await page
		.getByText(/^Linked with/)
		.first()
		.waitFor();
	await showWholePerson(page);
	for (const [text, system] of [
		["From my phone at work", "by NetSapiens"],
		["And from my own", "by TextUs"],
	] as const)
		await message(page, text)
			.and(page.getByRole("listitem", { name: new RegExp(system) }))
			.waitFor();
	await expectAccessible(page, "person over two systems");

	await page.getByRole("button", { name: /^Unlink TextUs/ }).click();
	await message(page, "And from my own").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Undo" }).click();
	await showWholePerson(page);
	await message(page, "And from my own").waitFor();
	await page.keyboard.press("Escape");

	// A draft with a file, and a text that has not left.
	await composer(page).fill("Here is the plan, half wri");
	await page
		.getByLabel("Attach", { exact: true })
		.locator("xpath=self::input")
		.setInputFiles({
			name: "plan.png",
			mimeType: "image/png",
			buffer: png(40, 30, () => [200, 40, 40]),
		});
	await page.getByRole("list", { name: "Files that go along" }).getByText("plan.png").waitFor();
	await expect.poll(() => filesWith(app.profile, ["half wri"]), { timeout: patienceMs }).not.toEqual([]);
	await netsapiens.network.cut();
	await openConversation(page, own.name);
	await textus.network.cut();
	await write(page, "Sent while nobody heard");
	await message(page, "Sent while nobody heard").waitFor();
	await app.kill();
	expect(complaints.filter((complaint) => !/media|network/i.test(complaint))).toEqual([]);

	const again = await scene.launch({ profile: app.profile });
	await openConversation(again.page, grace.name);
	await message(again.page, "Noted.").waitFor();
	await showWholePerson(again.page);
	await message(again.page, "And from my own").waitFor();
	await again.page.keyboard.press("Escape");
	expect(await composer(again.page).inputValue()).toBe("Here is the plan, half wri");
	await again.page.getByRole("list", { name: "Files that go along" }).getByText("plan.png").waitFor();
	await netsapiens.network.restore();
	await textus.network.restore();
	await composer(again.page).fill("Here is the plan.");
	await composer(again.page).press("Enter");
	const plan = message(again.page, "Here is the plan.");
	await expect.poll(() => netsapiens.ledger.count("Here is the plan."), { timeout: patienceMs }).toBe(1);
	await expect.poll(() => decodedWidth(plan), { timeout: patienceMs }).toBe(40);
	await expect.poll(() => textus.ledger.count("Sent while nobody heard"), { timeout: patienceMs }).toBe(1);
	await openConversation(again.page, own.name);
	await message(again.page, "Sent while nobody heard", "delivered").waitFor();
	expect(netsapiens.ledger.texts()).toEqual(["Noted.", "Here is the plan."]);
	expect(netsapiens.ledger.entries.at(-1)?.mediaBytes).toBeGreaterThan(0);
	expect(textus.ledger.entries.map(({ body }) => body)).toEqual(["Sent while nobody heard"]);
	expect(again.complaints).toEqual([]);
});

/** One timeline of all that was written with the person of the open conversation; opens the details for it. */
async function showWholePerson(page: Page): Promise<void> {
	const details = page.getByRole("dialog", { name: "Details" });
	if (!(await details.isVisible())) await page.getByRole("button", { name: "Details" }).click();
	const whole = details.getByRole("checkbox", { name: "Show everything with this person" });
	await whole.check();
}
