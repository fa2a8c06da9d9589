import { afterEach, expect, test } from "vitest";
import { Floor, chatKey, customer, other, own, smsKey } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

const both = [other, customer].sort();
const groupSms = `groupsms:${own.picture}:${both.join(",")}`;
const groupOf = (desk: Awaited<ReturnType<Floor["both"]>>): string =>
	desk.of("thread").find(({ facts }) => facts.medium === "groupChat")?.peer ?? "";

test.each(["sms", "mms"] as const)(
	"row 19: a group text is sent as documented and read back as %s: one group, one bubble",
	async (groupSmsType) => {
		const desk = await floor.both({ switches: { groupSmsType } });
		await desk.send(groupSms, "Hello both");
		await desk.seconds(9);
		expect(desk.simulator.ledger.entries).toMatchObject([
			{ type: "sms", destinations: both, text: "Hello both" },
		]);
		expect(desk.bubbles.all).toMatchObject([{ clientId: "c1", state: "sent" }]);
		expect(desk.thread(groupSms)?.facts.group).toEqual({
			title: null,
			members: both.map((number) => ({ address: `+${number}`, name: null })),
			changeable: false,
			separate: false,
		});
	},
);

test.each(["group", "single"] as const)(
	"row 19: answers that come as %s: in the group, or in the conversation with who answered",
	async (groupSmsReplies) => {
		const desk = await floor.both({ switches: { groupSmsReplies } });
		const person = desk.simulator.customers.customer(customer);
		person.reply = () => [{ text: "Yes", afterMs: 500 }];
		await desk.send(groupSms, "Are you in?");
		await desk.seconds(3);
		await desk.check();
		expect(desk.of("message").map(({ peer, text }) => [peer, text])).toEqual([
			[groupSmsReplies === "group" ? groupSms : smsKey, "Yes"],
		]);
	},
);

test.each([true, false])(
	"row 19: our own number among the participants (%s) does not make another conversation",
	async (ownNumberInGroupMms) => {
		const desk = await floor.both({ switches: { ownNumberInGroupMms } });
		desk.simulator.customers.customer(customer).groupText(own.picture, [other], "hello");
		await desk.check();
		expect(desk.of("thread").map(({ peer }) => peer)).toEqual([groupSms]);
	},
);

test.each(["allMembers", "listedOnly"] as const)(
	"row 20: a follow-up in a group names all members (%s are reached)",
	async (groupDestination) => {
		const desk = await floor.both({ switches: { groupDestination } });
		const will = desk.simulator.customers.user("1123@portal");
		will.chat(["2500", "1004"], "hello");
		await desk.check();
		const key = groupOf(desk);
		expect(desk.thread(key)?.facts.group?.members).toEqual([
			{ address: "1123@portal", name: "Will Clark" },
			{ address: "1004@portal", name: "Nora Diaz" },
		]);
		expect(desk.of("message")[0]?.author).toBe("Will Clark");
		await desk.send(key, "Hello all");
		expect(desk.simulator.ledger.entries[0]?.destinations).toEqual(["1123", "1004"]);
		expect(will.texts).toEqual(["Hello all"]);
		expect(desk.simulator.customers.user("1004@portal").texts).toEqual(["Hello all"]);
	},
);

test.each(["extension", "either"] as const)(
	"row 21: a chat goes to a bare extension (%s); across domains it is refused",
	async (chatDestination) => {
		const desk = await floor.both({ switches: { chatDestination } });
		const lines = await desk.session.lines(desk.signal);
		const line = lines.find(({ medium }) => medium === "chat") ?? null;
		const begin = (address: string): string =>
			floor.provider.begin(
				{ addresses: [address], line, title: null },
				{ random: { next: () => 0, uuid: () => "" }, numbers: floor.numbers },
			).peer;
		expect(begin("0010")).toBe("chat:0010@portal");
		expect(begin("0010@portal")).toBe("chat:0010@portal");
		expect(() => begin("1000@elsewhere")).toThrow("peer.badAddress");
		expect(() => begin("2500")).toThrow("peer.badAddress");
		expect(() => begin(customer)).toThrow("peer.badAddress");
		expect((await desk.send("chat:0010@portal", "hi")).kind).toBe("accepted");
		expect(desk.simulator.ledger.entries[0]?.destinations).toEqual(["0010"]);
	},
);

test("row 21: nobody of that extension: refused in the server's words, and no second way is tried", async () => {
	const desk = await floor.both();
	expect(await desk.send("chat:9999@portal", "hi")).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: "User 9999 does not exist in domain portal" },
	});
	expect(desk.simulator.journal.requests({ method: "POST", path: "/users/2500/messages" })).toEqual([]);
});

test("row 22: neither the domain's list nor another user's is ever asked for", async () => {
	const simulator = await floor.simulator();
	simulator.company.setQueue("portal", "sales", ["1004"]);
	const desk = await floor.desk(simulator, { credentials: { userName: "1004@portal" } });
	await desk.seconds(40);
	await desk.check();
	const asked = simulator.journal.requests().map(({ path }) => path);
	expect(
		asked.filter((path) => path.includes("messagesessions") && !path.includes("/users/1004/")),
	).toEqual([]);
});

test("row 22 and row 23: a queue's conversation is shown with its fields, answered by its number, and not accepted", async () => {
	const simulator = await floor.simulator();
	simulator.company.addNumber({
		number: "18585559000",
		domain: "portal",
		application: "callqueue",
		dest: "sales",
		mmsCapable: true,
	});
	simulator.company.setQueue("portal", "sales", ["2500", "1123"]);
	const desk = await floor.desk(simulator);
	simulator.customers.customer(customer).write("18585559000", "Do you sell teeth?");
	await desk.check();
	const key = `sms:18585559000:${customer}`;
	const facts = desk.thread(key)?.facts;
	expect(facts?.notes).toEqual([
		{ label: "Queue", text: "sales" },
		{ label: "Queue status", text: "active" },
	]);
	expect(facts?.actions).toEqual(["delete"]);
	const lines = await desk.session.lines(desk.signal);
	expect(lines.find(({ id }) => id === "sms:18585559000")?.canMessage).toBe(false);
	expect(desk.session.suggestLine(lines, null)).toBe(`sms:${own.picture}`);
	expect((await desk.send(key, "Only ours")).kind).toBe("accepted");
	expect(simulator.ledger.entries[0]?.fromNumber).toBe("18585559000");
	await desk.seconds(3);
	// A colleague at the same number is our side, by name.
	simulator.customers.user("1123@portal").textFrom("18585559000", customer, "I can help");
	await desk.check();
	expect(desk.of("ownMessage").at(-1)).toMatchObject({
		peer: key,
		text: "I can help",
		sender: "Will Clark",
	});
	expect(desk.bubbles.all).toHaveLength(2);
});

test.each(["never", "lossless", "lossy"] as const)(
	"row 24: numeric texts written %s: ours stay as typed and are found, theirs are shown as received",
	async (numericStrings) => {
		const desk = await floor.both({ switches: { numericStrings } });
		const typed = ["007", "1.50", "+1", "12345678901234567890", "5", "0", " 42 "];
		for (const text of typed) await desk.send(smsKey, text);
		await desk.seconds(9);
		expect(desk.bubbles.texts).toEqual(typed);
		expect(desk.bubbles.states).toEqual(typed.map(() => "sent"));
		expect(desk.bubbles.remoteIds).toEqual(
			desk.simulator.ledger.entries.map(({ messageId }) => messageId),
		);
		desk.simulator.customers.customer(customer).write(own.picture, "0010");
		await desk.check();
		expect(desk.texts(smsKey)).toEqual([numericStrings === "lossy" ? "10" : "0010"]);
	},
);

test.each(["never", "lossless", "lossy"] as const)(
	"row 24: an extension with zeros in front, numbers written %s: one colleague, by the directory",
	async (numericStrings) => {
		const desk = await floor.both({ switches: { numericStrings } });
		desk.simulator.customers.user("0010@portal").chat("2500", "hello");
		await desk.check();
		expect(desk.thread("chat:0010@portal")?.name).toBe("Omar Haddad");
		await desk.send("chat:0010@portal", "hi");
		expect(desk.simulator.ledger.entries[0]?.destinations).toEqual(["0010"]);
		const { contacts } = await desk.session.search("omar", desk.signal);
		expect(contacts.map(({ address }) => address)).toEqual(["0010@portal"]);
	},
);

test("row 25: the end of what the server gives is told, and where it is cut off that is said", async () => {
	const simulator = await floor.simulator({ switches: { start: "ignored", messageIds: "hex" } });
	const person = simulator.customers.customer(customer);
	for (let number = 0; number < 1001; number += 1) {
		floor.clock.advance(1000);
		person.write(own.picture, String(number));
	}
	const desk = await floor.desk(simulator);
	let from: string | null = null;
	const pages = [];
	do {
		const page: Awaited<ReturnType<typeof desk.session.history.page>> = await desk.session.history.page(
			smsKey,
			from,
			500,
			desk.signal,
		);
		pages.push(page);
		from = page.next;
	} while (from !== null);
	const last = pages.at(-1)?.messages.at(-1);
	expect(last).toMatchObject({ type: "notice", text: "The server gives no older messages." });
	expect(pages.flatMap(({ messages }) => messages)).toHaveLength(1001);
});

test("row 25: a history that is whole just ends", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).write(own.picture, "only this");
	await desk.check();
	const { messages, next } = await desk.session.history.page(smsKey, null, 100, desk.signal);
	expect(next).toBeNull();
	expect(messages.map(({ type, text }) => [type, text])).toEqual([["message", "only this"]]);
	expect(await desk.session.history.page("sms:1:2", null, 100, desk.signal)).toEqual({
		messages: [],
		next: null,
	});
});

test("row 26: video and other unknown chat types are lines of the system with their text, and no message", async () => {
	const desk = await floor.both();
	const will = desk.simulator.customers.user("1123@portal");
	will.chat("2500", "https://video.example.invalid/m/1", { type: "chat-video-invite" });
	will.chat("2500", "x", { type: "chat-hologram" });
	will.chat("2500", "a text");
	will.startMeeting(["2500"], "in the meeting");
	await desk.check();
	expect(desk.of("notice").map(({ peer, text }) => [peer, text])).toEqual([
		[chatKey, "video invite: https://video.example.invalid/m/1"],
		[chatKey, "hologram: x"],
	]);
	expect(desk.texts()).toEqual(["a text"]);
	expect(desk.of("thread").map(({ peer }) => peer)).toEqual([chatKey]);
});
