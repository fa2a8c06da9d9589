import { expect, test } from "vitest";
import { startSignedIn } from "../support/desk.ts";
import {
	composer,
	message,
	messages,
	newMessageTo,
	openConversation,
	unreadRow,
	write,
} from "../support/forms.ts";
import type { RunningApp } from "../../support/launch.ts";
import { annsNumber } from "../support/simulator.ts";

const maya = { number: "6001", name: "Maya Fernandez" };
const tom = { number: "6002", name: "Tom Becker" };

const windowTitle = (app: RunningApp): Promise<string | undefined> =>
	app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle());

test("an incoming message is unread, is read by opening it, and the answer is delivered", async () => {
	const { app, page, centre, complaints } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Do you have a minute?", "It is about order 48213.");
	// The name comes from the directory, by one look-up.
	await unreadRow(page, maya.name, 2).waitFor();
	await expect.poll(() => windowTitle(app)).toBe("(2) Trunkline");

	await openConversation(page, maya.name);
	await message(page, "It is about order 48213.").waitFor();
	await expect
		.poll(() => composer(page).evaluate((element) => element === document.activeElement))
		.toBe(true);
	await expect.poll(() => windowTitle(app)).toBe("Trunkline");
	await unreadRow(page, maya.name).waitFor({ state: "hidden" });
	await page
		.getByText(/Conversation started/)
		.first()
		.waitFor();

	await page.keyboard.type("Of course. What is wrong with it?");
	await page.keyboard.press("Enter");
	await message(page, "Of course. What is wrong with it?", "delivered").waitFor();
	expect(centre.colleagues.get(maya.number).received).toEqual(["Of course. What is wrong with it?"]);
	expect(await composer(page).inputValue()).toBe("");

	centre.colleagues.get(maya.number).say("It was charged twice.");
	await message(page, "It was charged twice.").waitFor();
	await unreadRow(page, maya.name).waitFor({ state: "hidden" });
	// One look-up of the name; asking for the presence of who is on screen is another matter.
	expect(
		centre.asked({ path: "/contacts" }).filter(({ query }) => /^\??phoneNumber=6001$/.test(query)),
	).toHaveLength(1);

	centre.colleagues.get(maya.number).complete();
	await page
		.getByText(/Conversation ended/)
		.first()
		.waitFor();
	expect(complaints).toEqual([]);
});

test("a message to a colleague found in the directory waits while the call is out and goes when it is taken", async () => {
	const { page, centre } = await startSignedIn();
	const colleague = centre.colleagues.get(tom.number);
	colleague.behaviour.answer = "never";
	await newMessageTo(page, "Beck", tom.name);
	await write(page, "Are you free at noon?");
	await message(page, "Are you free at noon?", "queued: calling Tom Becker").waitFor();
	await page.getByText("Calling Tom Becker. Your text goes out when the call is answered.").waitFor();
	expect(centre.asked({ operationName: "SendMessage" })).toEqual([]);

	colleague.answer();
	await message(page, "Are you free at noon?", "delivered").waitFor();
	expect(colleague.received).toEqual(["Are you free at noon?"]);
	expect(centre.asked({ operationName: "InitiateIMSession" })).toHaveLength(1);
});

test("a second peer waits, told with whom the agent is, until the agent ends the first conversation", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Hello!");
	await openConversation(page, maya.name);
	await newMessageTo(page, tom.number, tom.name);
	await write(page, "For you, Tom.");
	await message(page, "For you, Tom.", `queued: you are in a conversation with ${maya.name}`).waitFor();
	const notice = page.getByText(`Your text waits: you are in a conversation with ${maya.name}`);
	await notice.waitFor();
	// The app never ends a conversation by itself.
	expect(centre.asked({ operationName: "InitiateIMSession" })).toEqual([]);
	expect(centre.asked({ operationName: "Complete" })).toEqual([]);

	await page.getByRole("button", { name: "End conversation" }).click();
	await message(page, "For you, Tom.", "delivered").waitFor();
	expect(centre.colleagues.get(tom.number).received).toEqual(["For you, Tom."]);
	expect(centre.colleagues.get(maya.number).received).toEqual([]);
	expect(centre.asked({ operationName: "Complete" })).toHaveLength(1);
});

test("a session that the server refuses for another one is told in words, and the text can be sent later", async () => {
	const { page, centre } = await startSignedIn();
	// The server knows of another session, and we do not.
	centre.faults.next({
		action: "status",
		status: 400,
		statusCode: 2,
		statusMessage: "Invalid state",
		match: { operationName: "InitiateIMSession" },
	});
	await newMessageTo(page, "Beck", tom.name);
	await write(page, "Tom?");
	await message(page, "Tom?", "failed: You already have a conversation").waitFor();
	await message(page, "Tom?").getByRole("button", { name: "Retry" }).click();
	await message(page, "Tom?", "delivered").waitFor();
	expect(centre.ledger.count("Tom?")).toBe(1);
});

test.for([true, false])(
	"an alerting conversation is accepted or rejected (operations of the server: %s)",
	async (acceptReject) => {
		const { page, centre } = await startSignedIn({
			centre: { switches: { autoAnswerMs: null, acceptReject } },
		});
		centre.colleagues.get(maya.number).initiate(annsNumber);
		await openConversation(page, maya.name);
		await page.getByText("Wants to talk to you").waitFor();
		await page.getByRole("button", { name: "Reject" }).click();
		await centre.untilAsked({ operationName: acceptReject ? "Reject" : "Complete" });
		await page.getByRole("button", { name: "Reject" }).waitFor({ state: "hidden" });
		await expect.poll(() => centre.colleagues.get(maya.number).session).toBeNull();

		centre.colleagues.get(maya.number).initiate(annsNumber);
		await page.getByRole("button", { name: "Accept" }).click();
		await page.getByRole("button", { name: "Accept" }).waitFor({ state: "hidden" });
		expect(centre.asked({ operationName: "Accept" })).toHaveLength(acceptReject ? 1 : 0);
		if (acceptReject) {
			await page.getByText("In conversation").waitFor();
			await write(page, "Here I am.");
			await message(page, "Here I am.", "delivered").waitFor();
		}
	},
);

test("a text above the limit is split only on request, each part with its own state", async () => {
	const { page, centre } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Tell me everything.");
	await openConversation(page, maya.name);
	const long = Array.from({ length: 320 }, (_, index) => `word${String(index)}`).join(" ");
	await write(page, long);
	await page.getByText(/This text has [\d,]+ characters\. Above 1,000/).waitFor();
	expect(centre.asked({ operationName: "SendMessage" })).toEqual([]);
	expect(await composer(page).inputValue()).toBe(long);
	await page.getByRole("button", { name: "Send as 3 messages" }).click();
	await expect.poll(() => message(page, "word", "delivered").count(), { timeout: 20_000 }).toBe(3);
	const arrived = centre.colleagues.get(maya.number).received;
	expect(arrived).toHaveLength(3);
	expect(arrived.map((part) => part.trim()).join(" ")).toBe(long);
	expect(await composer(page).inputValue()).toBe("");
});

test("text in any script, with emoji and several lines, arrives and is shown as it was written", async () => {
	const { page, centre } = await startSignedIn();
	const texts = [
		"مرحبا، هل لديك دقيقة؟ 48213",
		"שלום 👩🏽‍💻 ok",
		"ありがとう、田中さん 🎌",
		"Łódź – Þórsson – Ω – 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
		'<b>not bold</b> & "quoted" \\n',
		"first line\nsecond line\n\nfourth line",
	];
	await centre.writesToAnn(maya.number, ...texts);
	await openConversation(page, maya.name);
	const shown = (): Promise<string[]> =>
		messages(page).evaluateAll((bubbles) =>
			bubbles.map((bubble) => bubble.querySelector(".bubble")?.textContent.trim() ?? ""),
		);
	await expect.poll(shown).toEqual(texts);
	for (const text of texts) {
		await write(page, text);
		await expect.poll(() => centre.colleagues.get(maya.number).received.at(-1)).toBe(text);
	}
	await expect.poll(shown).toEqual([...texts, ...texts]);
	await expect.poll(() => message(page, "", "delivered").count()).toBe(texts.length);

	await composer(page).pressSequentially("one");
	await composer(page).press("Shift+Enter");
	await composer(page).pressSequentially("two");
	await composer(page).press("Enter");
	await expect.poll(() => centre.colleagues.get(maya.number).received.at(-1)).toBe("one\ntwo");
});
