import { expect, test } from "vitest";
import { patienceMs, startCentre } from "../support/simulator.ts";
import { conversationRow, message, openConversation, fillSignInForm, unreadRow } from "../support/forms.ts";
import { startScene } from "../support/story.ts";
import {
	checkNow,
	chooseLine,
	evovoiceAnn,
	fillIn,
	fillNetsapiens,
	netsapiensAnn,
	openFormOf,
	pressSignIn,
	startEvovoice,
	startNetsapiens,
	startTextus,
	textusAnn,
} from "../support/systems.ts";

const grace = "+16195550112";
const maya = { number: "6001", name: "Maya Fernandez" } as const;

test("four systems are added by their forms, a wrong try is told in words, and all write into one inbox", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const [netsapiens, evovoice, textus, centre] = await Promise.all([
		startNetsapiens(scene, "123456"),
		startEvovoice(scene),
		startTextus(scene),
		startCentre(),
	]);
	scene.endsWithTest(() => centre.close());
	const { page, complaints } = await scene.launch();
	const alert = page.getByRole("alert");

	// NetSapiens: the password first, then the code that the server asks for.
	await openFormOf(page, "NetSapiens");
	await fillNetsapiens(page, netsapiens.origin, "not this one");
	await pressSignIn(page);
	await alert.filter({ hasText: "did not accept" }).waitFor();
	await fillNetsapiens(page, netsapiens.origin);
	await pressSignIn(page);
	await page.getByRole("textbox", { name: "Code" }).waitFor();
	await page.getByText(/^The server asks for a second proof/).waitFor();
	await fillIn(page, { Code: "000000" });
	await pressSignIn(page);
	await alert.filter({ hasText: "did not accept this code" }).waitFor();
	await fillIn(page, { Code: "123456" });
	await pressSignIn(page);
	await chooseLine(page, netsapiensAnn.pictures.shown);

	await openFormOf(page, "EvoVoice");
	await fillIn(page, {
		Server: evovoice.origin,
		"User name": evovoiceAnn.userName,
		Password: "not this one",
	});
	await pressSignIn(page);
	await alert.filter({ hasText: "did not accept this user name and password" }).waitFor();
	await fillIn(page, { Password: evovoiceAnn.password });
	await pressSignIn(page);
	await page.getByRole("heading", { name: "Sign in to EvoVoice" }).waitFor({ state: "hidden" });

	await openFormOf(page, "TextUs");
	await fillIn(page, { Server: textus.origin, "Access token": "not this one" });
	await pressSignIn(page);
	await alert.filter({ hasText: "did not accept" }).waitFor();
	await fillIn(page, { "Access token": textusAnn.token });
	await pressSignIn(page);
	await page.getByRole("heading", { name: "Sign in to TextUs" }).waitFor({ state: "hidden" });

	await openFormOf(page, "Genesys");
	await fillSignInForm(page, { server: centre.origin });
	await pressSignIn(page);
	await centre.untilReachable();
	await page.getByRole("button", { name: /^Inbox/ }).click();

	// One inbox: whoever writes is in it, with the system that it came by.
	netsapiens.customers.customer(grace).write(netsapiensAnn.pictures.number, "by NetSapiens");
	evovoice.outside
		.person("+16195550133", "Omar Haddad")
		.write(evovoice.company.endpoint("Front desk").id, "by EvoVoice");
	textus.customer("+13035550121").write(textusAnn.account, "by TextUs");
	await centre.writesToAnn(maya.number, "by Genesys");
	await checkNow(page);
	for (const [peer, system] of [
		["Grace Hopper", "NetSapiens"],
		["(619) 555-0133", "EvoVoice"],
		["(303) 555-0121", "TextUs"],
		[maya.name, "Genesys"],
	] as const)
		await conversationRow(page, peer)
			.and(page.getByRole("option", { name: new RegExp(`1 unread, ${system}, by ${system}`) }))
			.waitFor();

	// Filters: an account alone; the folders that TextUs told of.
	const filter = page.getByRole("combobox", { name: "More filters" });
	const options = await filter.getByRole("option").allTextContents();
	// With the number of unread conversations, where there are some.
	const named = options.map((option) => option.replace(/ \(\d+ unread\)$/, "").trim());
	expect(named).toEqual(
		expect.arrayContaining(["Archived", "All Conversations", "Assigned to me", "Open"]),
	);
	const rows = page.getByRole("listbox", { name: "Conversations" }).getByRole("option");
	await filter.selectOption({
		label: options.find((option) => option.includes(netsapiensAnn.userName)) ?? "",
	});
	await expect.poll(() => rows.count()).toBe(1);
	await unreadRow(page, "Grace Hopper", 1).waitFor();
	await filter.selectOption({ label: options.find((option) => option.startsWith("Open")) ?? "" });
	await unreadRow(page, "(303) 555-0121", 1).waitFor();
	await expect.poll(() => rows.count()).toBe(1);
	await page.getByRole("button", { name: "All", exact: true }).click();
	await openConversation(page, "Grace Hopper");
	await message(page, "by NetSapiens").waitFor();
	await expect
		.poll(() => netsapiens.journal.requests({ method: "PUT" }).length, { timeout: patienceMs })
		.toBeGreaterThan(0);
	expect(complaints).toEqual([]);
});
