import type { Locator, Page } from "playwright-core";
import { ann } from "./simulator.ts";

/** What is typed into the sign-in form; the specs' agent by default. */
export interface SignInDetails {
	readonly server: string;
	readonly userName?: string;
	readonly password?: string;
}

/** From anywhere a new account can be added to the empty form. */
export async function openSignInForm(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Add account" }).click();
	await page.getByRole("button", { name: "Genesys" }).click();
	await page.getByRole("textbox", { name: "Server" }).waitFor();
}

export async function fillSignInForm(page: Page, details: SignInDetails): Promise<void> {
	await page.getByRole("textbox", { name: "Server" }).fill(details.server);
	await page.getByRole("textbox", { name: "User name" }).fill(details.userName ?? ann.userName);
	await page.getByRole("textbox", { name: "Password" }).fill(details.password ?? ann.password);
}

/** Fills the form in and presses "Sign in"; what comes then is the spec's business. */
export async function signIn(page: Page, details: SignInDetails): Promise<void> {
	await openSignInForm(page);
	await fillSignInForm(page, details);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs in and waits until the account receives. */
export async function signInOnline(page: Page, details: SignInDetails): Promise<void> {
	await signIn(page, details);
	await untilConnection(page, "Online");
}

export type ConnectionWords = "Online" | "Connecting" | "Reconnecting" | "Offline" | "Signed out";

/** Waits until the connection element says this, with one account in the app. */
export async function untilConnection(page: Page, words: ConnectionWords): Promise<void> {
	await page
		.getByRole("status", { name: "Connection" })
		.filter({ hasText: new RegExp(`^\\s*${words}\\s*$`) })
		.waitFor();
}

export async function openAccountPage(page: Page): Promise<void> {
	await page.getByRole("button", { name: /^Accounts/ }).click();
	await page.getByRole("heading", { name: "Accounts", level: 1 }).waitFor();
}

/** The row of a conversation: its name begins with the peer's. */
export function conversationRow(page: Page, peer: string): Locator {
	return page
		.getByRole("listbox", { name: "Conversations" })
		.getByRole("option", { name: startsWith(peer) });
}

/** The same row only while it has unread messages: so many, or any number. */
export function unreadRow(page: Page, peer: string, count?: number): Locator {
	const words = count === undefined ? /\d unread/ : new RegExp(`\\b${String(count)} unread`);
	return conversationRow(page, peer).and(page.getByRole("option", { name: words }));
}

export async function openConversation(page: Page, peer: string): Promise<void> {
	await conversationRow(page, peer).click();
	await page.getByRole("heading", { name: peer, level: 1 }).waitFor();
}

export function composer(page: Page): Locator {
	return page.getByRole("textbox", { name: "Message" });
}

/** Types a text as a person would paste it and presses Enter. */
export async function write(page: Page, text: string): Promise<void> {
	await composer(page).fill(text);
	await composer(page).press("Enter");
}

/** The bubbles with this text, in any state; a state narrows them: "delivered", "failed". */
export function message(page: Page, text: string, state?: string): Locator {
	const named = messages(page).filter({ hasText: text });
	return state === undefined
		? named
		: named.and(page.getByRole("listitem", { name: new RegExp(`, ${escape(state)}`) }));
}

export function messages(page: Page): Locator {
	return page.getByRole("list", { name: "Messages" }).getByRole("listitem");
}

/** Opens "New message" by its key, types into "To" and takes the offered person. */
export async function newMessageTo(page: Page, typed: string, offered: string): Promise<void> {
	await page.getByRole("button", { name: "New message" }).first().click();
	await page.getByRole("combobox", { name: "To" }).pressSequentially(typed);
	await page.getByRole("option", { name: startsWith(offered) }).click();
	await page.getByRole("heading", { name: offered, level: 1 }).waitFor();
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
const startsWith = (text: string): RegExp => new RegExp(`^${escape(text)}`);
