import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Fault } from "../../../practice/server/faults.ts";
import { type Desk, type DeskOptions, startDesk, startSignedIn } from "../support/desk.ts";
import {
	composer,
	message,
	newMessageTo,
	openAccountPage,
	openConversation,
	signIn,
	untilConnection,
	write,
} from "../support/forms.ts";
import { ann, patienceMs } from "../support/simulator.ts";
import { logOf, passwordForms } from "../support/traces.ts";

const maya = { number: "6001", name: "Maya Fernandez" };
const send = { operationName: "SendMessage" } as const;

/** Ann and Maya are in a conversation that is open in the window. */
async function inConversation(options: DeskOptions = {}): Promise<Desk> {
	const desk = await startSignedIn(options);
	await desk.centre.writesToAnn(maya.number, "Hello!");
	await openConversation(desk.page, maya.name);
	await message(desk.page, "Hello!").waitFor();
	return desk;
}

/** The log has an entry about it, and neither password nor texts. */
async function logged(desk: Desk, event: RegExp, ...texts: string[]): Promise<void> {
	await expect.poll(() => logOf(desk.app.profile), { timeout: patienceMs }).toMatch(event);
	const log = await logOf(desk.app.profile);
	for (const text of [...texts, "Hello!", ...passwordForms()]) expect(log).not.toContain(text);
}

const inBubble = (page: Page, text: string, button: string): Promise<void> =>
	message(page, text).getByRole("button", { name: button }).click();

test.for(["401", "403", "403-handshake"] as const)(
	"a session that expired meanwhile (seen as %s) is renewed in silence, and nothing is lost",
	async (expiredSession) => {
		const desk = await inConversation({ centre: { switches: { expiredSession } } });
		const { page, centre } = desk;
		centre.httpSessions.expire();
		await write(page, "Still there?");
		await message(page, "Still there?")
			.and(page.getByRole("listitem", { name: /, (sent|delivered)$/ }))
			.waitFor();
		await untilConnection(page, "Online");
		await centre.untilReachable();
		expect(centre.colleagues.get(maya.number).received).toEqual(["Still there?"]);
		centre.colleagues.get(maya.number).say("Of course.");
		await message(page, "Of course.").waitFor();
		expect(await page.getByRole("heading", { name: "Sign in again" }).count()).toBe(0);
		await logged(desk, /signed in again/, "Still there?", "Of course.");
	},
);

test("a password that was changed meanwhile is asked for, and what was typed stays", async () => {
	const desk = await inConversation();
	const { page, centre } = desk;
	await composer(page).fill("Half a sent");
	centre.agent.password = "Another-Password-2210";
	centre.restart({ httpSessionsGone: true });
	await page.getByRole("heading", { name: "Sign in again" }).waitFor();
	await untilConnection(page, "Signed out");
	await page.getByText("did not accept this user name and password").first().waitFor();
	expect(await composer(page).inputValue()).toBe("Half a sent");
	await page.getByRole("textbox", { name: "Password" }).fill("wrong once more");
	await page.getByRole("textbox", { name: "Password" }).press("Enter");
	await page.getByRole("alert").filter({ hasText: "did not accept" }).waitFor();
	await page.getByRole("textbox", { name: "Password" }).fill("Another-Password-2210");
	await page.getByRole("textbox", { name: "Password" }).press("Enter");
	await untilConnection(page, "Online");
	await page.getByRole("heading", { name: "Sign in again" }).waitFor({ state: "hidden" });
	expect(await composer(page).inputValue()).toBe("Half a sent");
	await logged(desk, /auth\.wrongPassword/, "Another-Password-2210", "Half a sent");
});

test("a CSRF token that is refused is renewed without anybody noticing", async () => {
	const desk = await inConversation({ centre: { switches: { csrf: true, csrfOnCometd: true } } });
	const { page, centre } = desk;
	await write(page, "With a token");
	await message(page, "With a token", "delivered").waitFor();
	centre.faults.next({
		action: "body",
		body: "Missing or invalid Csrf token",
		status: 403,
		contentType: "text/plain",
		processed: false,
		match: send,
	});
	await write(page, "With a new token");
	await message(page, "With a new token", "delivered").waitFor();
	expect(centre.ledger.count("With a new token")).toBe(1);
	await logged(desk, /csrf token refused/, "With a token", "With a new token");
});

test("a server that vanishes while a text is sent leaves it in doubt, until its echo proves that it arrived", async () => {
	// The echo comes when this test says so.
	const desk = await inConversation({ centre: { switches: { echo: false } } });
	const { page, centre } = desk;
	centre.faults.next({ action: "resetAfter", match: send });
	await write(page, "Did you get this?");
	await message(page, "Did you get this?", "outcome unknown: No answer came from the server").waitFor();
	await message(page, "Did you get this?").getByRole("button", { name: "Check again" }).waitFor();
	centre.inject(centre.agent, "/v2/me/im-sessions", {
		messageType: "IMLogUpdateMessage",
		notificationType: "NewMessage",
		imSessionPath: `/im-sessions/${centre.exchange.sessions[0]?.key ?? ""}`,
		message: "Did you get this?",
	});
	await message(page, "Did you get this?", "delivered").waitFor();
	expect(centre.ledger.count("Did you get this?")).toBe(1);
	await logged(desk, /no known outcome/, "Did you get this?");
});

test("a text in doubt is checked, sent again or discarded by the person, never by the app", async () => {
	const { page, centre } = await inConversation({ centre: { switches: { echo: false } } });
	centre.faults.next({ action: "resetBefore", match: send });
	await write(page, "Lost on the way");
	await message(page, "Lost on the way", "outcome unknown").waitFor();
	const reads = centre.asked({ path: "/im-sessions" }).length;
	await inBubble(page, "Lost on the way", "Check again");
	await centre.untilAsked({ path: "/im-sessions" }, reads + 1);
	await message(page, "Lost on the way", "outcome unknown").waitFor();
	expect(centre.ledger.count("Lost on the way")).toBe(0);
	await inBubble(page, "Lost on the way", "Send again");
	await message(page, "Lost on the way", "sent").waitFor();
	expect(centre.ledger.count("Lost on the way")).toBe(1);

	centre.faults.next({ action: "resetAfter", match: send });
	await write(page, "Never mind");
	await message(page, "Never mind", "outcome unknown").waitFor();
	await inBubble(page, "Never mind", "Discard");
	await message(page, "Never mind").waitFor({ state: "hidden" });
	expect(centre.ledger.count("Never mind")).toBe(1);
	// One in doubt does not hold up those after it.
	await write(page, "Next one");
	await message(page, "Next one", "sent").waitFor();
});

test("a colleague who cannot be reached is told in words, and the text stays to be tried again", async () => {
	const desk = await startSignedIn();
	const { page, centre } = desk;
	const colleague = centre.colleagues.get("6011");
	await newMessageTo(page, "6011", colleague.name);
	await write(page, "Are you back?");
	await message(page, "Are you back?", "failed: ")
		.and(page.getByRole("listitem", { name: /cannot be reached/ }))
		.waitFor();
	expect(centre.colleagues.get("6011").received).toEqual([]);
	colleague.presence = "Ready";
	await inBubble(page, "Are you back?", "Retry");
	await message(page, "Are you back?", "delivered").waitFor();
	expect(colleague.received).toEqual(["Are you back?"]);
	await logged(desk, /peer\.unreachable|genesys\.serverError/, "Are you back?");
});

test("a text that the server finds too long is refused in words and kept", async () => {
	const desk = await inConversation({ centre: { switches: { messageLengthLimit: 40 } } });
	const { page, centre } = desk;
	const long = "This sentence has more than forty characters.";
	await write(page, long);
	await message(page, long, "failed: The server does not take a text as long as this one").waitFor();
	await message(page, long).getByRole("button", { name: "Discard" }).waitFor();
	expect(await message(page, long).getByRole("button", { name: "Retry" }).count()).toBe(0);
	await write(page, "Short.");
	await message(page, "Short.", "delivered").waitFor();
	expect(centre.colleagues.get(maya.number).received).toEqual(["Short."]);
	await logged(desk, /message\.tooLong/, long);
});

const signInFaults: readonly (readonly [string, Fault, RegExp])[] = [
	["malformed JSON at /me", { action: "malformed", match: { path: "/me" } }, /cannot read/],
	["a page of a proxy at /me", { action: "html", match: { path: "/me" } }, /status 502/],
	["an overloaded server", { action: "status", status: 503, match: { path: "/me" } }, /too busy/],
	[
		"an endless answer at /me",
		{ action: "huge", bytes: 9_000_000, match: { path: "/me" } },
		/larger than Trunkline accepts/,
	],
];

test("whatever a server answers to the sign-in is told in words, and the form can be sent again", async () => {
	const { page, centre } = await startDesk();
	await signIn(page, { server: centre.origin });
	await untilConnection(page, "Online");
	await page.getByRole("button", { name: /^Accounts/ }).click();
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Wipe messages" }).click();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	const [[, first] = []] = signInFaults;
	if (first !== undefined) centre.faults.next(first);
	await signIn(page, { server: centre.origin });
	for (const [index, [name, , words]] of signInFaults.entries()) {
		await page
			.getByRole("alert")
			.filter({ hasText: words })
			.waitFor()
			.catch((cause: unknown) => {
				throw new Error(name, { cause });
			});
		expect(await page.getByRole("textbox", { name: "Password" }).inputValue()).toBe(ann.password);
		const next = signInFaults[index + 1]?.[1];
		if (next !== undefined) centre.faults.next(next);
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
	}
	await untilConnection(page, "Online");
});

test.for([
	["malformed JSON", { action: "malformed" }],
	["a page of a proxy", { action: "html" }],
] as const)(
	"in the middle of the work %s is told where the agent looks, and what was typed stays",
	async ([, fault]) => {
		const desk = await inConversation();
		const { page, centre } = desk;
		// The server took the text, or a proxy stood in between: its echo decides.
		centre.faults.next({ ...fault, match: send });
		await write(page, "Through the fog");
		await message(page, "Through the fog")
			.and(
				page.getByRole("listitem", {
					name: fault.action === "malformed" ? /, delivered$/ : /, outcome unknown: /,
				}),
			)
			.waitFor();
		expect(centre.asked(send)).toHaveLength(1);

		await page.getByRole("button", { name: "New message" }).first().click();
		centre.faults.next({ ...fault, match: { path: "/contacts" }, times: 20 });
		await page.getByRole("combobox", { name: "To" }).pressSequentially("Beck");
		await page
			.getByText(/server answered with/)
			.first()
			.waitFor();
		expect(await page.getByRole("combobox", { name: "To" }).inputValue()).toBe("Beck");
		centre.faults.clear();
		await page.getByRole("combobox", { name: "To" }).pressSequentially("er");
		await page.getByRole("option", { name: /^Tom Becker/ }).waitFor();

		await openAccountPage(page);
		centre.faults.next({ ...fault, match: { operationName: "Ready" } });
		await page.getByRole("combobox", { name: "Agent state" }).selectOption({ label: "Ready" });
		await page
			.getByRole("alert")
			.filter({ hasText: /server answered with/ })
			.waitFor();
		await logged(desk, /command\.refused.*directory\.search/, "Through the fog");
		await logged(desk, /command\.refused.*setAgentState/);
	},
);
