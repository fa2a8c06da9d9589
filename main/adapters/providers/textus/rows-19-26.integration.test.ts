import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { toAppError } from "../../../../shared/errors.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

test("row 19: a text of any length is handed over, and the server's refusal is shown", async () => {
	const office = await openOffice({ ...withHello, switches: { bodyLimit: 1600 } });
	expect(office.provider.capabilities.softLimit).toBeNull();
	expect((await office.send(danaKey, "x".repeat(1600))).kind).toBe("accepted");
	expect(await office.send(danaKey, "x".repeat(1601))).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.refused", detail: "Body is too long (maximum is 1600 characters)" },
	});
	expect(await office.send(danaKey, "  ")).toMatchObject({ error: { code: "message.empty" } });
});

test("row 20: a single message is never asked for: the timeline tells what became of it", async () => {
	const office = await openOffice({ ...withHello, switches: { messageById: 200 } });
	await office.send(danaKey, "hi");
	await office.until(() => office.own(danaKey).at(-1)?.state === "delivered");
	expect(office.paths().some((path) => /^GET .messages/u.test(path))).toBe(false);
});

test("row 21: news comes by asking, one question at a time", async () => {
	const office = await openOffice(withHello);
	expect(office.provider.capabilities.mode).toBe("poll");
	office.session.attend({ focused: true, peer: danaKey });
	await office.pass(60_000, 500);
	const [filters, lists, timelines] = ["/conversation_filters", "/conversations", "/timeline"].map(
		(end) => office.requests().filter(({ path }) => path.endsWith(end)).length,
	);
	expect(filters).toBeGreaterThanOrEqual(4);
	expect(filters).toBeLessThanOrEqual(12);
	expect(lists).toBeLessThan(filters ?? 0);
	expect(timelines).toBeGreaterThanOrEqual(8);
	expect(office.session.quietMs()).toBeGreaterThan(0);
	expect(office.session.lastSign()).toBeGreaterThan(office.clock.now() - 20_000);
});

test.each(["first", "last"] as const)(
	"row 22: a reply leaves by the number of its conversation, account with several: %s",
	async (ownNumber) => {
		const office = await openOffice({
			...withHello,
			switches: { ownNumber, ownNumberInLists: ownNumber === "first" },
		});
		const shown = ownNumber === "first" ? "(303) 555-1111" : "(303) 555-2222";
		// Where the list does not say, the conversation does.
		office.session.attend({ focused: true, peer: danaKey });
		if (ownNumber === "last") await office.passing(office.session.cards.card(danaKey, office.signal));
		expect(office.thread(danaKey)?.facts.line).toEqual({ id: "my_account", label: shown });
		await office.send(danaKey, "hi");
		expect(
			office
				.requests()
				.filter(({ method }) => method === "POST")
				.map(({ path }) => path),
		).toEqual(["/my_account/messages"]);
		expect((await office.line())?.label).toBe("My Account · (303) 555-1111, (303) 555-2222");
		expect((await office.line())?.address).toBe("+13035551111");
	},
);

describe("row 23: a new conversation of the same number and account is the same thread", () => {
	test.each(["newConversation", "reopens", "staysClosed"] as const)(
		"row 23: after more than a week, %s",
		async (lateReply) => {
			const office = await openOffice({ ...withHello, switches: { lateReply } });
			await office.passing(office.session.threads.act(danaKey, "close", office.signal));
			await office.pass(8 * 86_400_000, 86_400_000);
			// Back at the desk: who is away is asked for less often.
			office.session.attend({ focused: true, peer: null });
			office.simulator.customer(dana).write("my_account", "me again");
			await office.until(() => office.texts().includes("me again"));
			expect(office.of("message").every(({ peer }) => peer === danaKey)).toBe(true);
			expect(office.thread(danaKey)?.facts.closed).toBe(lateReply === "staysClosed");
			expect((await office.send(danaKey, "welcome back")).kind).toBe("accepted");
			await office.until(() => office.own(danaKey).at(-1)?.state === "delivered");
			const past = (await office.past(danaKey)).filter(({ type }) => type !== "notice");
			expect(past.map((event) => ("text" in event ? event.text : ""))).toEqual([
				"welcome back",
				"me again",
				"hello",
			]);
		},
	);

	test("row 23: history reads all conversations of a number side by side, page by page", async () => {
		const wanted: string[] = [];
		const office = await openOffice({
			switches: { pageSize: 2 },
			before: (simulator) => {
				const { conversations, accounts } = simulator;
				const account = accounts.get("my_account");
				conversations.start(account, dana);
				for (let text = 0; text < 5; text += 1)
					simulator.customer(dana).write("my_account", `old ${String(text)}`);
				const other = simulator.customer(dana);
				other.channel = "whatsapp";
				for (let text = 0; text < 5; text += 1) other.write("my_account", `new ${String(text)}`);
				other.channel = "sms";
				other.write("my_account", "last");
				wanted.push(
					...conversations.all
						.flatMap(({ items }) => items)
						.flatMap((item) => (item.kind === "message" ? [item.body] : [])),
				);
			},
		});
		const past = await office.past(danaKey);
		const texts = past.map((event) => ("text" in event ? event.text : ""));
		expect(new Set(texts)).toEqual(new Set(wanted));
		const times = past.map(({ at }) => at ?? 0);
		expect(times).toEqual(times.toSorted((one, other) => other - one));
	});
});

describe("row 24: what came by another way than SMS is only read", () => {
	test.each<[TextusSwitches["whatsAppSend"]]>([["accepted"], [422], ["failed"]])(
		"row 24: %s",
		async (whatsAppSend) => {
			const office = await openOffice({
				switches: { whatsAppSend },
				before: (simulator) => {
					simulator.customer(dana).channel = "whatsapp";
					simulator.customer(dana).write("my_account", "hola");
				},
			});
			expect(office.thread(danaKey)?.facts).toMatchObject({
				medium: "other",
				refusal: { code: "peer.readOnlyMedium" },
			});
			expect(await office.send(danaKey, "hi")).toMatchObject({
				kind: "rejected",
				error: { code: "peer.readOnlyMedium" },
			});
			expect(office.requests().some(({ method }) => method === "POST")).toBe(false);
		},
	);

	test("row 24: without the member it is SMS", async () => {
		const office = await openOffice({ ...withHello, switches: { channelMembers: false } });
		expect(office.thread(danaKey)?.facts).toMatchObject({ medium: "sms", refusal: null });
	});
});

describe("row 25: contacts are read, assigned and never changed", () => {
	const cards = (simulator: Office["simulator"]) => {
		const { contacts, accounts, users } = simulator;
		const account = accounts.get("my_account");
		const dora = contacts.add(account, {
			name: "Dana Whitlock",
			phones: [{ number: dana }, { number: "1-303-123-4567 x2921", type: "Work" }],
			data: { businessName: "Whitlock & Sons" },
		});
		contacts.addNote(dora, users.get("ann@example.com"), "Prefers the evening");
		contacts.add(account, { name: "Ed Whitlock", phones: [{ number: dana, type: "Home" }] });
		for (let more = 0; more < 30; more += 1)
			contacts.add(account, {
				name: `Person ${String(more)}`,
				phones: [{ number: `+1303555${String(6000 + more)}` }],
			});
		simulator.customer(dana).write("my_account", "hello");
	};

	test.each(["asDocumented", "links", "embedded", "mixed"] as const)(
		"row 25: related resources %s",
		async (related) => {
			const office = await openOffice({ before: cards, switches: { related } });
			const { session } = office;
			const found = await office.passing(session.search("whitlock", office.signal));
			expect(found.contacts.map(({ name, address }) => [name, address])).toEqual([
				["Dana Whitlock", dana],
				["Dana Whitlock", "+13031234567"],
				["Ed Whitlock", dana],
			]);
			const card = await office.passing(session.cards.card(danaKey, office.signal));
			expect(card).toMatchObject({
				contact: { name: "Dana Whitlock" },
				others: [{ name: "Ed Whitlock" }],
				facts: [
					{ label: "Mobile", text: "(303) 555-0121" },
					{ label: "Work", text: "(303) 123-4567 x2921" },
					{ label: "businessName", text: "Whitlock & Sons" },
					{ label: "Note", text: "Prefers the evening" },
				],
			});
			await office.passing(session.cards.assign(danaKey, card?.others[0]?.id ?? "", office.signal));
			expect((await office.passing(session.cards.card(danaKey, office.signal)))?.contact.name).toBe(
				"Ed Whitlock",
			);
			const refused = session.cards.assign(danaKey, "/contacts/none", office.signal).catch(toAppError);
			expect(await office.passing(refused)).toMatchObject({ code: "action.notOffered" });
			const changes = office.paths().filter((path) => /^(?:PUT|POST|DELETE) /u.test(path));
			expect(changes.every((path) => path.endsWith("/assign_contact"))).toBe(true);
		},
	);

	test("row 25: the name of an assigned card is the thread's; else the only card of the number", async () => {
		const office = await openOffice({
			before: (simulator) => {
				simulator.contacts.add(simulator.accounts.get("my_account"), {
					name: "Dana Whitlock",
					phones: [{ number: dana }],
				});
				simulator.customer(dana).write("my_account", "hello");
			},
		});
		expect(office.thread(danaKey)?.name).toBeNull();
		office.session.attend({ focused: true, peer: danaKey });
		await office.until(() => office.thread(danaKey)?.name === "Dana Whitlock");
		const asked = office.paths().filter((path) => path.endsWith("/associated_contacts")).length;
		await office.pass(30_000);
		expect(office.paths().filter((path) => path.endsWith("/associated_contacts")).length).toBe(asked);
	});

	test("row 25: more people than are shown, nobody, and a number that nobody has written to", async () => {
		const office = await openOffice({ before: cards, switches: { pageSize: 5 } });
		const many = await office.passing(office.session.search("person", office.signal));
		expect(many.more).toBe(true);
		expect(many.contacts.length).toBeGreaterThanOrEqual(15);
		expect(await office.passing(office.session.search("nobody", office.signal))).toEqual({
			contacts: [],
			more: false,
		});
		expect(await office.session.search(" ", office.signal)).toEqual({ contacts: [], more: false });
		expect(
			await office.passing(office.session.cards.card("my_account/+13035550999", office.signal)),
		).toBeNull();
	});
});

test.each(["missing", "works"] as const)(
	"row 26: an opt-out is not taken back from here, whatever the server can (%s)",
	async (optOutRemoval) => {
		const office = await openOffice({ ...withHello, switches: { optOutRemoval } });
		office.simulator.customer(dana).write("my_account", "STOP");
		await office.until(() => office.thread(danaKey)?.facts.refusal?.code === "peer.optedOut");
		expect(office.thread(danaKey)?.facts.actions).toEqual(["close", "star", "block"]);
		await office.pass(60_000);
		expect(office.paths().some((path) => path.startsWith("DELETE"))).toBe(false);
	},
);
