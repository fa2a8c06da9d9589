import type { Page } from "playwright-core";
import { practiceEvovoice } from "../../practice/evovoice/practice.ts";
import { insuranceCard } from "../../practice/netsapiens/picture.ts";
import { practiceNetsapiens } from "../../practice/netsapiens/practice-company.ts";
import { practiceTextus } from "../../practice/textus/story.ts";
import { people } from "../../practice/textus/talk.ts";
import type { Stage } from "./story.ts";

/** Nobody writes by themselves in this part: what is shown is the same each time. */
const quiet = { seed: 11, firstAfterMs: 3_600_000, disturbances: false } as const;
const billing = "(619) 555-0141";
const grace = { number: "16195550112", name: "Grace Whitfield" } as const;
const marcus = { number: "16195550127", name: "Marcus Bell" } as const;

/** Three more systems, signed in to by their forms, in one inbox; begins on the welcome. */
export async function playSystems({ page, step }: Stage): Promise<void> {
	const [netsapiens, evovoice, textus] = await Promise.all([
		practiceNetsapiens(quiet),
		practiceEvovoice(quiet),
		practiceTextus(quiet),
	]);
	const { customers, company, exchange } = netsapiens.simulator;
	const deskNumber = "+16195550140";
	const billingNumber = "+16195550141";
	try {
		company.user(netsapiens.account.userName).passcode = "123456";
		await openForm(page, "NetSapiens");
		await page.getByText("Advanced").click();
		await fill(page, {
			Server: netsapiens.account.server,
			"User name": netsapiens.account.userName,
			Password: netsapiens.account.secret,
			"Client ID": netsapiens.account.clientId,
			"Client secret": netsapiens.account.clientSecret,
		});
		await signIn(page);
		await page.getByRole("textbox", { name: "Code" }).waitFor();
		await step("sign-in-code", "NetSapiens asks for a second proof; what was typed stays.");
		await fill(page, { Code: "123456" });
		await signIn(page);
		await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
		await step("line-question", "An agent with several numbers says which one is on this desk.");
		await page.getByRole("combobox", { name: "Line" }).selectOption({ label: billing });
		await page.getByRole("button", { name: "Use this line" }).click();
		await openForm(page, "EvoVoice");
		await fill(page, {
			Server: evovoice.account.server,
			"User name": evovoice.account.userName,
			Password: evovoice.account.secret,
		});
		await signIn(page);
		await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
		await page.getByRole("button", { name: "Use this line" }).click();
		await openForm(page, "TextUs");
		await fill(page, { Server: textus.account.server, "Access token": textus.account.secret });
		await signIn(page);
		await page.getByRole("heading", { name: "Sign in to TextUs" }).waitFor({ state: "hidden" });

		// Somebody writes on each of them.
		customers
			.customer(marcus.number)
			.write(billingNumber, "Hi, Marcus Bell here. You asked for my new insurance card?");
		customers
			.customer(marcus.number)
			.write(billingNumber, "Here it is", { mimeType: "image/png", bytes: insuranceCard() });
		customers
			.customer(grace.number)
			.write(deskNumber, "Can I move my cleaning on Thursday to the afternoon?");
		const group = exchange.chatBetween("harbordental", [
			netsapiens.account.userName,
			"2501@harbordental",
			"2502@harbordental",
		]);
		group.name = "Front desk";
		customers.user("2501@harbordental").chatIn(group, "Who takes the late shift on Friday?");
		customers.user("2502@harbordental").chatIn(group, "I can, if somebody does the Saturday.");
		evovoice.simulator.outside
			.person("+12065550118", "Maeve O’Brien")
			.write(evovoice.simulator.company.endpoint("Workshop").id, "Is my bike ready?");
		textus.simulator
			.customer(people.order)
			.write(textus.account.account, "My order HG-2207 still says “preparing”.");
		textus.simulator
			.customer(people.flaky)
			.write(textus.account.account, "Is my table ready to collect?");
		await page.getByRole("button", { name: "Check now" }).click();
		await row(page, marcus.name).waitFor();
		await row(page, "Front desk").waitFor();
		await row(page, "(303) 555-0125").waitFor();
		await page.getByRole("option", { name: /Is my bike ready/ }).waitFor();
		await step("merged", "One inbox over all systems: each row says by which it came.");

		await row(page, marcus.name).click();
		await page
			.getByRole("button", { name: /Picture/ })
			.locator("img")
			.waitFor();
		await settle(page);
		await step(
			"mms",
			"An MMS: the picture is checked before it is shown; the route line says how an answer leaves.",
		);
		await page.keyboard.type("Thank you, that is all we need.");
		await page.getByRole("combobox", { name: "Line" }).selectOption({ label: "(619) 555-0140" });
		await page.getByRole("dialog").waitFor();
		await step("guard", "Another line than the one that was written to takes one more confirmation.");
		await page.getByRole("button", { name: "Cancel" }).click();
		await page.getByRole("textbox", { name: "Message" }).press("Enter");
		await page.getByRole("listitem", { name: /that is all we need.*sent/ }).waitFor();

		await row(page, "Front desk").click();
		await page.getByRole("listitem", { name: /does the Saturday/ }).waitFor();
		await page.keyboard.type("I do the Saturday. Thank you both!");
		await page.keyboard.press("Enter");
		await page.getByRole("listitem", { name: /I do the Saturday.*sent/ }).waitFor();
		await step("group", "A group of colleagues.");

		await row(page, "(303) 555-0125").click();
		await page.getByRole("listitem", { name: /ready to collect/ }).waitFor();
		await page.keyboard.type("Yes, since this morning. You find us behind the old mill.");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Retry" }).waitFor();
		await step(
			"failed",
			"A text that did not arrive says why, in words, and can be tried again where the system allows it.",
		);

		await page.getByRole("textbox", { name: "Message" }).press("/");
		await page
			.getByRole("listbox", { name: "Saved replies and templates" })
			.getByRole("option")
			.first()
			.waitFor();
		await step(
			"saved-replies",
			"“/” in the empty box: saved replies of the system and templates of one’s own.",
		);
		await page.keyboard.press("Escape");

		await page.keyboard.press("Control+n");
		await page.getByRole("combobox", { name: "Account" }).selectOption({ index: 0 });
		await page.getByRole("combobox", { name: "Line" }).first().selectOption({ label: billing });
		for (const name of [grace.name, marcus.name]) {
			await page.getByRole("combobox", { name: "To" }).pressSequentially(name.slice(0, 5));
			await page
				.getByRole("listbox", { name: "To" })
				.getByRole("option", { name: new RegExp(`^${name}`) })
				.click();
		}
		await page.getByRole("textbox", { name: "Message" }).fill("We are closed on Monday.");
		await step("several", "A new message to several people says whether they see each other.");
		await page.getByRole("button", { name: "Back", exact: true }).click();

		await row(page, grace.name).click();
		await page.getByRole("button", { name: "Details" }).click();
		await page.getByRole("button", { name: "Same person as…" }).click();
		await page.getByRole("checkbox", { name: /0121/ }).check();
		await step("link", "The same person on another system is linked by hand.");
		await page.getByRole("button", { name: "Link", exact: true }).click();
		await page.getByRole("checkbox", { name: "Show everything with this person" }).check();
		await step("person", "One person, two systems: linked, and to be taken apart again.");
		await page.getByRole("button", { name: "Close", exact: true }).click();
		await page.getByRole("listitem", { name: /HG-2207/ }).waitFor();
		await step("person-timeline", "Each message says by which system it came.");
	} finally {
		await Promise.all([netsapiens, evovoice, textus].map(({ simulator }) => simulator.close()));
	}
}

async function openForm(page: Page, system: string): Promise<void> {
	const add = page.getByRole("button", { name: "Add account" });
	await page
		.getByRole("button", { name: /^(Add account|Accounts)/ })
		.first()
		.waitFor();
	if (!(await add.isVisible())) await page.getByRole("button", { name: /^Accounts/ }).click();
	await add.click();
	await page.getByRole("button", { name: system, exact: true }).click();
	await page.getByRole("heading", { name: `Sign in to ${system}` }).waitFor();
}

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, value] of Object.entries(fields))
		await page.getByRole("textbox", { name, exact: true }).fill(value);
}

async function signIn(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

function row(page: Page, name: string) {
	return page
		.getByRole("listbox", { name: "Conversations" })
		.getByRole("option")
		.filter({ hasText: name })
		.first();
}

/** Pictures that are being decoded are none yet. */
async function settle(page: Page): Promise<void> {
	await page.evaluate(() =>
		Promise.all([...document.images].map((image) => image.decode().catch(() => null))),
	);
}
