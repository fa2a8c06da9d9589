import { stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Desk, startSignedIn } from "../support/desk.ts";
import {
	composer,
	conversationRow,
	message,
	openAccountPage,
	openConversation,
	unreadRow,
	untilConnection,
} from "../support/forms.ts";
import { ann } from "../support/simulator.ts";
import { filesWith } from "../support/traces.ts";

const maya = { number: "6001", name: "Maya Fernandez" };
/** Stands in a message and a draft; to be found nowhere once it was wiped. */
const canary = "Zanzibar-quokka-48213";

async function withCanary(): Promise<Desk> {
	const desk = await startSignedIn();
	const { page, centre } = desk;
	await centre.writesToAnn(
		maya.number,
		`${canary} came`,
		...Array.from({ length: 40 }, (_, n) => `line ${String(n)}`),
	);
	await unreadRow(page, maya.name, 41).waitFor();
	await openConversation(page, maya.name);
	await composer(page).fill(`${canary} drafted`);
	await page.keyboard.press("Control+Shift+F");
	await page.keyboard.type("zanzibar");
	await page.getByRole("listbox", { name: "Search results" }).getByRole("option").first().waitFor();
	return desk;
}

test("signing out keeps the messages when one says so: read, searched, and there after a restart", async () => {
	const { app, page, scene, centre } = await withCanary();
	await openAccountPage(page);
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Keep messages" }).click();
	await untilConnection(page, "Signed out");
	await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
	await page.getByRole("button", { name: /^Inbox/ }).click();
	await openConversation(page, maya.name);
	await message(page, "line 39").waitFor();
	await app.close();

	const again = await scene.launch({ profile: app.profile });
	await untilConnection(again.page, "Signed out");
	await openConversation(again.page, maya.name);
	await message(again.page, "line 39").waitFor();
	expect(await composer(again.page).inputValue()).toBe(`${canary} drafted`);

	await openAccountPage(again.page);
	await again.page.getByRole("button", { name: "Sign in", exact: true }).click();
	await again.page.getByLabel("Password", { exact: true }).fill(ann.password);
	await again.page.keyboard.press("Enter");
	await untilConnection(again.page, "Online");
	await centre.untilReachable();
});

test("signing out wipes for good when one says so: no byte of a text stays in the profile", async () => {
	const { app, page } = await withCanary();
	expect(await filesWith(app.profile, [canary])).not.toEqual([]);
	await openAccountPage(page);
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Wipe messages" }).click();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	expect(await conversationRow(page, maya.name).count()).toBe(0);
	// The engine keeps nothing of it while it runs, nor after it has ended.
	expect(await filesWith(app.profile, [canary])).toEqual([]);
	await app.close();
	expect(await filesWith(app.profile, [canary])).toEqual([]);
});

test("a conversation is exported where one wants, as text and as JSON, for oneself only", async () => {
	const { app, page } = await withCanary();
	await page.keyboard.press("Escape");
	for (const [entry, extension] of [
		["Export as text…", "txt"],
		["Export as JSON…", "json"],
	] as const) {
		const file = `${app.profile}/../export.${extension}`;
		await app.electron.evaluate(({ dialog }, filePath) => {
			dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
		}, file);
		await page.getByRole("button", { name: "Conversation menu" }).click();
		await page.getByRole("menuitem", { name: entry }).click();
		await page.getByText(/^Exported: \d+ entries\.$/).waitFor();
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect(await filesWith(`${app.profile}/..`, [`${canary} came`])).toContain(
			`${app.profile.replace(/[^/]+$/, "")}export.${extension}`,
		);
		await page.getByRole("button", { name: "Dismiss" }).click();
	}
});

test("why it did not ring: the open conversation was looked at, another was shown", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "First");
	await unreadRow(page, maya.name, 1).waitFor();
	await openConversation(page, maya.name);
	centre.colleagues.get(maya.number).say("Second");
	await message(page, "Second").waitFor();
	await page.getByRole("button", { name: "Conversation menu" }).click();
	await page.getByRole("menuitem", { name: "Why didn’t it ring?" }).click();
	const list = page.getByRole("list", { name: "Why didn’t it ring?" }).getByRole("listitem");
	await list.filter({ hasText: "Not shown: you were looking at this conversation." }).first().waitFor();
	expect((await list.allInnerTexts()).join(" ")).not.toMatch(/First|Second/);
	await list
		.first()
		.getByRole("button", { name: /^Show message/ })
		.click();
	await message(page, "Second").waitFor();
});
