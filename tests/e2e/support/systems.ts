import type { Locator, Page } from "playwright-core";
import { type EvovoiceSimulator, startEvovoiceSimulator } from "../../../practice/evovoice/simulator.ts";
import {
	startNetsapiensSimulator,
	type NetsapiensSimulator,
} from "../../../practice/netsapiens/simulator.ts";
import { startTextusSimulator, type TextusSimulator } from "../../../practice/textus/simulator.ts";
import { openAccountPage, untilConnection } from "./forms.ts";
import type { Scene } from "./story.ts";

/** Ann's extension on NetSapiens, her two numbers as wire and window write them, and a colleague. */
export const netsapiensAnn = {
	userName: "2500@portal",
	password: "Quite-Unlikely-2500",
	pictures: { number: "18585550626", shown: "(858) 555-0626" },
	plain: { number: "18585550001", shown: "(858) 555-0001" },
	colleague: "Will Clark",
} as const;
export const evovoiceAnn = { userName: "ann@example.com", password: "Quite-Unlikely-3600" } as const;
export const textusAnn = { token: "quite-unlikely-token-4700", account: "my_account" } as const;

/** A NetSapiens server with Ann, ended with the test. Its effects show at once. */
export async function startNetsapiens(
	scene: Scene,
	passcode: string | null = null,
): Promise<NetsapiensSimulator> {
	const domain = "portal";
	const simulator = await startNetsapiensSimulator({
		seed: 7,
		switches: { effectDelayMs: { least: 50, most: 100 } },
		users: [
			{
				user: "2500",
				domain,
				firstName: "Ann",
				lastName: "Lee",
				password: netsapiensAnn.password,
				passcode,
			},
			{ user: "1123", domain, firstName: "Will", lastName: "Clark" },
			{ user: "1004", domain, firstName: "Nora", lastName: "Diaz" },
		],
		contacts: [{ domain, owner: "2500", firstName: "Grace", lastName: "Hopper", cell: "6195550112" }],
	});
	scene.endsWithTest(() => simulator.close());
	return simulator;
}

/** An EvoVoice with Ann and one number, ended with the test. */
export async function startEvovoice(scene: Scene): Promise<EvovoiceSimulator> {
	const simulator = await startEvovoiceSimulator({
		seed: 7,
		endpoints: [{ displayName: "Front desk", address: "+16195550200" }],
		users: [
			{
				emailAddress: evovoiceAnn.userName,
				password: evovoiceAnn.password,
				firstName: "Ann",
				lastName: "Lee",
				roles: ["User", "Manager"],
				endpoint: false,
			},
		],
	});
	scene.endsWithTest(() => simulator.close());
	return simulator;
}

/** A TextUs with one account of one number, ended with the test. */
export async function startTextus(scene: Scene): Promise<TextusSimulator> {
	const simulator = await startTextusSimulator({
		seed: 7,
		switches: { stateStepMs: 50 },
		accounts: [{ slug: textusAnn.account, name: "Harbor Goods", phoneNumbers: ["+13035551111"] }],
		users: [
			{
				email: "ann@example.com",
				firstName: "Ann",
				lastName: "Lee",
				memberships: [{ account: textusAnn.account, role: "admin" }],
			},
		],
		tokens: [{ token: textusAnn.token, email: "ann@example.com" }],
	});
	scene.endsWithTest(() => simulator.close());
	return simulator;
}

/** From the welcome or from the accounts to the empty form of a system. */
export async function openFormOf(page: Page, system: string): Promise<void> {
	const add = page.getByRole("button", { name: "Add account" });
	// The welcome has no views; later the button is on the account page.
	await page
		.getByRole("button", { name: /^(Add account|Accounts)/ })
		.first()
		.waitFor();
	if (!(await add.isVisible())) await openAccountPage(page);
	await add.click();
	await page.getByRole("button", { name: system, exact: true }).click();
	await page.getByRole("heading", { name: `Sign in to ${system}` }).waitFor();
}

/** Fills in what the form of a system asks for; fields by their names. */
export async function fillIn(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, value] of Object.entries(fields))
		await page.getByRole("textbox", { name, exact: true }).fill(value);
}

export async function pressSignIn(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** What the NetSapiens form asks for; client id and secret are under "Advanced". */
export async function fillNetsapiens(
	page: Page,
	server: string,
	password: string = netsapiensAnn.password,
): Promise<void> {
	await fillIn(page, { Server: server, "User name": netsapiensAnn.userName, Password: password });
	const client = page.getByRole("textbox", { name: "Client ID" });
	if (!(await client.isVisible())) await page.getByText("Advanced").click();
	await fillIn(page, { "Client ID": "trunkline", "Client secret": "client-secret" });
}

/** Signs in to NetSapiens and takes the number with pictures and groups as the line of this desk. */
export async function signInToNetsapiens(page: Page, server: string): Promise<void> {
	await openFormOf(page, "NetSapiens");
	await fillNetsapiens(page, server);
	await pressSignIn(page);
	await chooseLine(page, netsapiensAnn.pictures.shown);
}

export async function signInToTextus(page: Page, server: string): Promise<void> {
	await openFormOf(page, "TextUs");
	await fillIn(page, { Server: server, "Access token": textusAnn.token });
	await pressSignIn(page);
	await page.getByRole("heading", { name: "Sign in to TextUs" }).waitFor({ state: "hidden" });
}

/** Answers "Which line is on this desk?". */
export async function chooseLine(page: Page, label: string): Promise<void> {
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
	await page.getByRole("combobox", { name: "Line" }).selectOption({ label });
	await page.getByRole("button", { name: "Use this line" }).click();
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor({ state: "hidden" });
}

/** Asks all systems for news now, instead of at their next turn. */
export async function checkNow(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Check now" }).click();
}

/** The sentence above the composer, as it is read. */
export async function routeLine(page: Page): Promise<string> {
	return (await page.getByTestId("route").innerText()).replaceAll(/\s+/g, " ").replace(/ ,/g, ",").trim();
}

/** Opens the menu of the open conversation and chooses an entry. */
export async function chooseInMenu(page: Page, entry: string): Promise<void> {
	await page.getByRole("button", { name: "Conversation menu" }).click();
	await page.getByRole("menuitem", { name: entry, exact: true }).click();
}

/** Waits until one account is online, the window's only one. */
export async function untilOnline(page: Page): Promise<void> {
	await untilConnection(page, "Online");
}

/** How wide the picture in this message was decoded to; 0: not yet, or not at all. */
export async function decodedWidth(message: Locator): Promise<number> {
	const image = message.getByRole("img").first();
	if ((await image.count()) === 0) return 0;
	return await image.evaluate((element: HTMLImageElement) => (element.complete ? element.naturalWidth : 0));
}
