import { afterAll, afterEach, expect, test } from "vitest";
import { sendingSwitches, TextusBench, type TextusOffice } from "../testing/textus-bench.ts";
import { linkOf, membersOf } from "../testing/textus-client.ts";
import { reservedNumbers } from "./deliveries.ts";
import { brokenMug } from "./picture.ts";
import type { TextusSwitches } from "./switches.ts";

const bench = new TextusBench(sendingSwitches);
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const dana = "+13035551234";
const eric = "+13035554321";

/** The newest message with a number, as `state, retryAllowed, retry`. */
async function newest({ ann }: TextusOffice, number: string): Promise<unknown[]> {
	const [message] = await ann.timeline(number);
	return [message?.["deliveryState"], message?.["retryAllowed"], message?.["retry"]];
}

test("Q9: singleReply, arrayOfOneReply, savedReplyReply: with a message, without a body, only accepted", async () => {
	const { simulator, ann } = await bench.open();
	const reply = simulator.savedReplies.add(simulator.users.get("ann@example.com"), {
		title: "Hi",
		content: "Hi",
	});
	const saved_reply = `/saved_replies/${reply.id}`;
	const answers = async (): Promise<unknown[]> => {
		const three = [
			await ann.send(dana, "1"),
			await ann.send([dana], "2"),
			await ann.send([dana], "3", { saved_reply }),
		];
		return three.map(({ status, text }) => [status, text === ""]);
	};
	expect(await answers()).toEqual([
		[201, false],
		[201, false],
		[201, true],
	]);
	bench.turn(simulator, { singleReply: "empty", arrayOfOneReply: "accepted", savedReplyReply: "message" });
	expect(await answers()).toEqual([
		[201, true],
		[202, true],
		[201, false],
	]);
	expect(simulator.ledger.entries).toHaveLength(6);
});

test("Q9: partialFailure, batchDelayMs: who of several cannot be sent to", async () => {
	const { simulator, clock, ann } = await bench.open();
	bench.turn(simulator, { batchDelayMs: 5_000 });
	simulator.optOuts.add(simulator.accounts.get("my_account"), eric, null);
	const several = [dana, eric, "nonsense"];
	expect((await ann.send(several, "1")).status).toBe(202);
	clock.advance(4_999);
	expect(simulator.ledger.entries).toEqual([]);
	clock.advance(1);
	expect(simulator.ledger.entries.map(({ to }) => to)).toEqual([dana]);
	bench.turn(simulator, { partialFailure: "failed" });
	expect((await ann.send(several, "2")).status).toBe(202);
	clock.advance(10_000);
	expect(await ann.timeline(eric)).toMatchObject([
		{ body: "2", deliveryState: "failed", friendlyStateDescription: "Contact has opted out" },
	]);
	bench.turn(simulator, { partialFailure: "refused" });
	expect((await ann.send(several, "3")).status).toBe(422);
	expect((await ann.send([dana, dana], "4")).status).toBe(202);
	clock.advance(10_000);
	expect([simulator.ledger.count("3"), simulator.ledger.count("4")]).toEqual([0, 2]);
});

test("Q10: the same request twice is two messages", async () => {
	const { simulator, ann } = await bench.open();
	await ann.send(dana, "Twice");
	await ann.send(dana, "Twice");
	expect(simulator.ledger.count("Twice")).toBe(2);
});

test("firstState, stateStepMs: all states on the way", async () => {
	const office = await bench.open();
	const { simulator, clock, ann } = office;
	const way = async (firstState: TextusSwitches["firstState"]): Promise<unknown[]> => {
		bench.turn(simulator, { firstState, stateStepMs: 10 });
		await ann.send(dana, firstState);
		const states: unknown[] = [];
		for (let step = 0; step < 4; step += 1) {
			states.push((await newest(office, dana))[0]);
			clock.advance(10);
		}
		return states;
	};
	expect(await way("created")).toEqual(["created", "queued", "dispatched", "delivered"]);
	expect(await way("queued")).toEqual(["queued", "dispatched", "delivered", "delivered"]);
	expect(await way("dispatched")).toEqual(["dispatched", "delivered", "delivered", "delivered"]);
	expect(await way("delivered")).toEqual(["delivered", "delivered", "delivered", "delivered"]);
	expect(simulator.customer(dana).received).toHaveLength(4);
});

test("reserved numbers: each failure, a state nobody knows, one that stays on its way", async () => {
	const office = await bench.open();
	const { clock, ann } = office;
	const end = async (number: string): Promise<unknown> => {
		await ann.send(number, "Hi");
		clock.advance(10_000);
		return (await newest(office, number))[0];
	};
	expect(await end(reservedNumbers.failedTransient)).toBe("failed_transient");
	expect(await end(reservedNumbers.unknown)).toBe("unknown");
	expect(await end(reservedNumbers.failed)).toBe("failed");
	expect(await end(reservedNumbers.retrySucceeds)).toBe("failed_transient");
	expect(await end(reservedNumbers.stuck)).toBe("dispatched");
	expect(await end(reservedNumbers.unheardOf)).toBe("held_by_carrier");
});

test("friendlyState: its words, or null", async () => {
	const { simulator, clock, ann } = await bench.open();
	await ann.send(reservedNumbers.failed, "Hi");
	clock.advance(10_000);
	const words = async (): Promise<unknown> =>
		(await ann.timeline(reservedNumbers.failed))[0]?.["friendlyStateDescription"];
	expect(await words()).toBe("Message Failed: the number cannot receive messages");
	bench.turn(simulator, { friendlyState: "null" });
	expect(await words()).toBeNull();
});

test("Q11: failedRetryable, retryOffer", async () => {
	const office = await bench.open();
	const { simulator, clock, ann } = office;
	const { failed, failedTransient } = reservedNumbers;
	const sent = await ann.send(failed, "Hi");
	clock.advance(10_000);
	const retry = `${linkOf(sent.body, "id")}/retry`;
	expect(await newest(office, failed)).toEqual(["failed", false, null]);
	expect((await ann.post(retry)).status).toBe(422);
	bench.turn(simulator, { failedRetryable: true });
	expect(await newest(office, failed)).toEqual(["failed", true, retry]);
	bench.turn(simulator, { retryOffer: "flagOnly" });
	expect(await newest(office, failed)).toEqual(["failed", true, null]);
	bench.turn(simulator, { retryOffer: "linkOnly" });
	expect(await newest(office, failed)).toEqual(["failed", false, retry]);
	expect(await ann.post(retry)).toMatchObject({ status: 202, text: "" });
	bench.turn(simulator, { retryOffer: "both", failedRetryable: false });
	const transient = await ann.send(failedTransient, "Hi");
	clock.advance(10_000);
	expect(await newest(office, failedTransient)).toEqual([
		"failed_transient",
		true,
		`${linkOf(transient.body, "id")}/retry`,
	]);
	const done = await ann.send(dana, "Hi");
	clock.advance(10_000);
	expect((await ann.post(`${linkOf(done.body, "id")}/retry`)).status).toBe(422);
	expect((await ann.post("/messages/none/retry")).status).toBe(404);
});

test("Q12: retryIdentity: the message goes on, or a new one takes its place", async () => {
	const office = await bench.open();
	const { simulator, clock, ann } = office;
	const number = reservedNumbers.retrySucceeds;
	const first = await ann.send(number, "Hi");
	clock.advance(10_000);
	await ann.post(`${linkOf(first.body, "id")}/retry`);
	expect(await ann.timeline(number)).toMatchObject([{ id: first.body["id"], deliveryState: "queued" }]);
	clock.advance(10_000);
	expect(await ann.timeline(number)).toMatchObject([{ id: first.body["id"], deliveryState: "delivered" }]);

	bench.turn(simulator, { retryIdentity: "new" });
	const second = await ann.send(number, "Again");
	clock.advance(10_000);
	await ann.post(`${linkOf(second.body, "id")}/retry`);
	clock.advance(10_000);
	const [made, old] = await ann.timeline(number);
	expect(made).toMatchObject({ body: "Again", deliveryState: "delivered" });
	expect(made?.["id"]).not.toBe(second.body["id"]);
	expect(old).toMatchObject({
		id: second.body["id"],
		deliveryState: "failed_transient",
		retryAllowed: false,
	});
	expect(simulator.ledger.entries.map(({ retryOf }) => retryOf)).toEqual([
		null,
		first.body["id"],
		null,
		second.body["id"],
	]);
	expect(simulator.ledger.count("Again")).toBe(1);
	expect(simulator.customer(number).received.map(({ body }) => body)).toEqual(["Hi", "Again"]);
});

test("Q13: uploading is not documented: the link is null", async () => {
	const { ann } = await bench.open();
	expect((await ann.get("/accounts/my_account")).body).toMatchObject({ presignAttachment: null });
});

test("attachmentCheck, attachmentLimitBytes (Q14): refused at once, failed later, never looked at", async () => {
	const { simulator, clock, ann } = await bench.open();
	const big = simulator.files.add({ contentType: "image/png", bytes: Buffer.alloc(525_000) });
	const fits = simulator.files.add({ contentType: "image/png", bytes: Buffer.alloc(524_999) });
	const attach = (media_url: string, content_type = "image/png"): ReturnType<typeof ann.send> =>
		ann.send(dana, "", { attachments: [{ media_url, content_type }] });
	const words = async (answer: ReturnType<typeof attach>): Promise<unknown> =>
		(await answer).body["hydra:description"];
	expect(await words(attach(simulator.files.publicUrl(big)))).toBe(
		"Attachments must be smaller than 525 KB",
	);
	expect(await words(attach("http://pictures.example.invalid/a.png"))).toContain("public https URL");
	expect(await words(attach("nonsense"))).toContain("public https URL");
	expect(await words(attach(`${simulator.origin}/files/none.png`))).toContain("could not be fetched");
	expect(await words(attach("https://x.example.invalid/a.svg", "image/svg+xml"))).toContain(
		"not supported",
	);
	const sent = await attach(simulator.files.publicUrl(fits));
	expect(sent.body).toMatchObject({ attachments: { members: [{ size: 524_999 }] } });
	expect(simulator.ledger.entries.at(-1)?.attachment?.contentType).toBe("image/png");

	bench.turn(simulator, { attachmentLimitBytes: 537_600 });
	expect((await attach(simulator.files.publicUrl(big))).status).toBe(201);
	bench.turn(simulator, { attachmentLimitBytes: 525_000, attachmentCheck: "later" });
	expect((await attach(simulator.files.publicUrl(big))).status).toBe(201);
	clock.advance(10_000);
	expect((await ann.timeline(dana))[0]).toMatchObject({
		deliveryState: "failed",
		friendlyStateDescription: "Attachments must be smaller than 525 KB",
		retryAllowed: false,
	});
	bench.turn(simulator, { attachmentCheck: "never" });
	await attach(simulator.files.publicUrl(big));
	clock.advance(10_000);
	expect((await ann.timeline(dana))[0]).toMatchObject({ deliveryState: "delivered" });
});

test("Q15: attachmentLifetimeMs, expiredAttachmentStatus, attachmentHost", async () => {
	const { simulator, clock, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "", brokenMug());
	const address = async (): Promise<string> => {
		const [message] = await ann.timeline(dana);
		const [attachment] = membersOf(message?.["attachments"] as Parameters<typeof membersOf>[0]);
		return linkOf(attachment, "url");
	};
	const status = async (url: string): Promise<number> => (await fetch(url)).status;
	bench.turn(simulator, { attachmentLifetimeMs: 1_000 });
	const first = await address();
	clock.advance(999);
	expect(await status(first)).toBe(200);
	clock.advance(1);
	expect(await status(first)).toBe(403);
	bench.turn(simulator, { expiredAttachmentStatus: 404 });
	expect(await status(first)).toBe(404);
	expect(await status(await address())).toBe(200);
	bench.turn(simulator, { attachmentLifetimeMs: null, attachmentHost: "other" });
	const elsewhere = await address();
	clock.advance(86_400_000);
	expect(elsewhere.startsWith(simulator.origin)).toBe(false);
	expect(elsewhere).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\//);
	expect(await status(elsewhere)).toBe(200);
	expect((await fetch(elsewhere.replace("/files/", "/"))).status).toBe(404);
});

test("Q16: customFieldToken, missingCustomField: the answer has the server's text", async () => {
	const { simulator, ann } = await bench.open();
	const account = simulator.accounts.get("my_account");
	simulator.contacts.add(account, {
		name: "Dana",
		phones: [{ number: dana }],
		data: { businessName: "Acme" },
	});
	const sent = async (to: string, body: string): Promise<unknown> =>
		(await ann.send(to, body)).body["body"];
	expect(await sent(dana, "See {{calendar}}, {{businessName}}. {{other}}")).toBe(
		"See https://calend.example.invalid/ann-lee, Acme. {{other}}",
	);
	expect(simulator.ledger.entries[0]).toMatchObject({
		body: "See {{calendar}}, {{businessName}}. {{other}}",
		sent: "See https://calend.example.invalid/ann-lee, Acme. {{other}}",
	});
	expect(await sent(eric, "For {{businessName}}!")).toBe("For !");
	bench.turn(simulator, { missingCustomField: "kept" });
	expect(await sent(eric, "For {{businessName}}!")).toBe("For {{businessName}}!");
	bench.turn(simulator, { missingCustomField: "refused" });
	expect((await ann.send(eric, "For {{businessName}}!")).status).toBe(422);
	bench.turn(simulator, { customFieldToken: ["%", "%"] });
	expect(await sent(dana, "For %businessName% {{businessName}}")).toBe("For Acme {{businessName}}");
});

test("Q17: savedReplyAttaches", async () => {
	const { simulator, ann } = await bench.open();
	const files = [simulator.savedReplies.attachment(simulator.files.add(brokenMug()))];
	const owner = simulator.users.get("ann@example.com");
	const reply = simulator.savedReplies.add(owner, { title: "Mug", content: "Look", files });
	const send = async (): Promise<unknown> => {
		await ann.send(dana, "Look", { saved_reply: `/saved_replies/${reply.id}` });
		return (await ann.timeline(dana))[0]?.["attachments"];
	};
	expect(await send()).toMatchObject({ totalItems: 0 });
	bench.turn(simulator, { savedReplyAttaches: true });
	expect(await send()).toMatchObject({ totalItems: 1, members: [{ contentType: "image/png" }] });
});

test("Q18: optedOutSend, blockedSend, restrictedSend: a status at once, or 201 and then failed", async () => {
	const { simulator, clock, ann } = await bench.open();
	const account = simulator.accounts.get("my_account");
	const outcome = async (to: string): Promise<unknown[]> => {
		const { status } = await ann.send(to, "Hi");
		clock.advance(10_000);
		const [message] = status === 201 ? await ann.timeline(to) : [];
		return [status, message?.["deliveryState"], message?.["friendlyStateDescription"]];
	};
	await ann.send(eric, "Hi");
	await ann.put(`${linkOf(await ann.conversation(eric), "id")}/block`);
	simulator.optOuts.add(account, dana, null);
	expect([await outcome(dana), await outcome(eric)]).toEqual([
		[422, undefined, undefined],
		[422, undefined, undefined],
	]);
	bench.turn(simulator, { optedOutSend: 403, blockedSend: 409 });
	expect([(await outcome(dana))[0], (await outcome(eric))[0]]).toEqual([403, 409]);
	bench.turn(simulator, { optedOutSend: "failed", blockedSend: "failed" });
	expect(await outcome(dana)).toEqual([201, "failed", "Contact has opted out"]);
	expect(await outcome(eric)).toEqual([201, "failed", "Contact is blocked"]);
	account.messagingRestricted = true;
	expect((await ann.get("/accounts/my_account")).body).toMatchObject({ messagingRestricted: true });
	expect((await outcome("+13035550199"))[0]).toBe(403);
	bench.turn(simulator, { restrictedSend: "failed" });
	expect((await outcome("+13035550199")).slice(0, 2)).toEqual([201, "failed"]);
	expect(simulator.customer("+13035550199").received).toEqual([]);
});

test("Q24: whatsAppSend: refused, failed later, accepted", async () => {
	const { simulator, clock, ann } = await bench.open();
	const person = simulator.customer(dana);
	person.channel = "whatsapp";
	person.write("my_account", "Hi");
	expect((await ann.send(dana, "1")).status).toBe(422);
	bench.turn(simulator, { whatsAppSend: "failed" });
	await ann.send(dana, "2");
	clock.advance(10_000);
	expect((await ann.timeline(dana))[0]).toMatchObject({
		body: "2",
		deliveryState: "failed",
		channel: "whatsapp",
	});
	bench.turn(simulator, { whatsAppSend: "accepted" });
	await ann.send(dana, "3");
	clock.advance(10_000);
	expect((await ann.timeline(dana))[0]).toMatchObject({ body: "3", deliveryState: "delivered" });
});

test("Q19: bodyLimit", async () => {
	const { simulator, ann } = await bench.open();
	expect((await ann.send(dana, "x".repeat(100_000))).status).toBe(201);
	bench.turn(simulator, { bodyLimit: 10 });
	expect((await ann.send(dana, "x".repeat(10))).status).toBe(201);
	const refused = await ann.send(dana, "x".repeat(11));
	expect(refused.body["hydra:description"]).toBe("Body is too long (maximum is 10 characters)");
});

test("Q20: messageById", async () => {
	const { simulator, ann } = await bench.open();
	const id = linkOf((await ann.send(dana, "Hi")).body, "id");
	expect((await ann.get(id)).status).toBe(404);
	bench.turn(simulator, { messageById: 200 });
	expect((await ann.get(id)).body).toMatchObject({ id, body: "Hi" });
});

test("textChange: trimmed, straight quotes, short links", async () => {
	const { simulator, ann } = await bench.open();
	const sent = async (textChange: TextusSwitches["textChange"]): Promise<unknown> => {
		bench.turn(simulator, { textChange });
		return (await ann.send(dana, " “Hi”, it’s https://shop.example.invalid/a?b=1 ")).body["body"];
	};
	expect(await sent("none")).toBe(" “Hi”, it’s https://shop.example.invalid/a?b=1 ");
	expect(await sent("trimmed")).toBe("“Hi”, it’s https://shop.example.invalid/a?b=1");
	expect(await sent("straightQuotes")).toBe(` "Hi", it's https://shop.example.invalid/a?b=1 `);
	expect(await sent("shortLinks")).toBe(" “Hi”, it’s https://txt.example.invalid/Qx7 ");
});

test("Q22: ownNumber: which of several numbers a new conversation uses; an old one keeps its own", async () => {
	const { simulator, ann } = await bench.open();
	await ann.send(dana, "Hi");
	bench.turn(simulator, { ownNumber: "last" });
	await ann.send(eric, "Hi");
	await ann.send(dana, "Hi");
	expect(simulator.ledger.entries.map(({ from }) => from)).toEqual([
		"+13035551111",
		"+13035552222",
		"+13035551111",
	]);
});

test("scheduledShown off: not in the timeline before it leaves", async () => {
	const { simulator, clock, ann } = await bench.open();
	bench.turn(simulator, { scheduledShown: false });
	await ann.post("/my_account/messages/schedule", {
		from: "+13035551111",
		to: dana,
		body: "Later",
		scheduled_at: new Date(clock.now() + 60_000).toISOString(),
	});
	expect(await ann.timeline(dana)).toEqual([]);
	clock.advance(60_000);
	expect(await ann.timeline(dana)).toMatchObject([{ body: "Later", deliveryState: "queued" }]);
});
