import { expect, test } from "vitest";
import { startSignedIn } from "../support/desk.ts";
import { message, openAccountPage, openConversation, untilConnection, write } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import { logOf, passwordForms } from "../support/traces.ts";

const maya = { number: "6001", name: "Maya Fernandez" };

test("a server that is away is shown, texts wait, and after its return everything goes on behind a gap line", async () => {
	const { app, page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Before");
	await openConversation(page, maya.name);
	await centre.network.cut("refuse");
	await untilConnection(page, "Reconnecting");
	await page.getByText("Not connected. What you send waits here and goes out by itself.").waitFor();
	await write(page, "Written meanwhile");
	await message(page, "Written meanwhile", "queued: not connected").waitFor();
	await openAccountPage(page);
	await page
		.getByText(/127\.0\.0\.1.* refused the connection/)
		.first()
		.waitFor();
	await page.getByRole("button", { name: /^Inbox/ }).click();

	await centre.network.restore();
	await untilConnection(page, "Online");
	await message(page, "Written meanwhile", "delivered").waitFor();
	expect(centre.ledger.count("Written meanwhile")).toBe(1);
	centre.colleagues.get(maya.number).say("After");
	await message(page, "After").waitFor();

	const log = await logOf(app.profile);
	expect(log).toMatch(/network\.refused|network\.interrupted/);
	for (const text of ["Before", "Written meanwhile", ...passwordForms()]) expect(log).not.toContain(text);
});

test("a node that restarts costs a new handshake and a marker where messages may be missing", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Before");
	await openConversation(page, maya.name);
	centre.restart();
	await page.getByText(/may be missing: Genesys cannot be asked/).waitFor();
	await untilConnection(page, "Online");
	await centre.untilReachable();
	centre.colleagues.get(maya.number).say("After");
	await message(page, "After").waitFor();
	// The device stays as it is: nothing was logged in a second time.
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toHaveLength(1);
});

test("a conversation that ended while the app was not connected is shown as ended", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Before");
	await openConversation(page, maya.name);
	centre.restart({ imSessionsGone: true });
	await page.getByText("Conversation ended").first().waitFor();
	await untilConnection(page, "Online");
	await write(page, "A new beginning");
	await message(page, "A new beginning", "delivered").waitFor();
	expect(centre.asked({ operationName: "InitiateIMSession" })).toHaveLength(1);
});

test.for([429, 503])("a server that is too busy (%i) gets the text once, a little later", async (status) => {
	const { page, app, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Before");
	await openConversation(page, maya.name);
	centre.faults.next({
		action: "status",
		status,
		headers: { "Retry-After": "1" },
		match: { operationName: "SendMessage" },
	});
	await write(page, "No hurry");
	await message(page, "No hurry", "delivered").waitFor();
	expect(centre.asked({ operationName: "SendMessage" })).toHaveLength(2);
	expect(centre.ledger.count("No hurry")).toBe(1);
	await expect.poll(() => logOf(app.profile), { timeout: patienceMs }).toMatch(/overloaded/);
	expect(await logOf(app.profile)).not.toContain("No hurry");
});

test("a push that cannot be read is told where it may have left a gap, and nothing after it is lost", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Before");
	await openConversation(page, maya.name);
	centre.faults.next({ action: "malformed", match: { channel: "/meta/connect" } });
	// This one ends the poll that is out; the next poll meets the fault.
	centre.colleagues.get(maya.number).say("Whole");
	await message(page, "Whole").waitFor();
	centre.colleagues.get(maya.number).say("Torn on the way");
	await page
		.getByText(/sent something that Trunkline cannot read|may be missing: Genesys cannot be asked/)
		.first()
		.waitFor();
	await untilConnection(page, "Online");
	await centre.untilReachable();
	centre.colleagues.get(maya.number).say("After");
	await message(page, "After").waitFor();
});
