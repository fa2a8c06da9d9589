import { afterEach, describe, expect, test } from "vitest";
import { toAppError } from "../../../../shared/errors.ts";
import { reservedNumbers } from "../../../../practice/textus/deliveries.ts";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

describe("what becomes of a message is followed to its end", () => {
	test.each<[keyof typeof reservedNumbers, string, string]>([
		["failedTransient", "failed", "Message Failed: the carrier is temporarily unavailable"],
		["unknown", "failed", "Message Failed: the carrier gave no reason"],
		["failed", "failed", "Message Failed: the number cannot receive messages"],
		["stuck", "sent", "Message Sent"],
		["unheardOf", "sent", "The carrier is looking into it"],
	])("%s: %s", async (name, state, words) => {
		const office = await openOffice({ switches: { firstState: "created" } });
		const key = `my_account/${reservedNumbers[name]}`;
		const outcome = await office.send(key, "hi");
		expect(outcome).toMatchObject({ kind: "accepted", text: "hi" });
		await office.until(() => office.own(key).at(-1)?.words === words);
		expect(office.own(key).at(-1)).toMatchObject({ state, clientId: outcome.clientId });
		if (state === "failed")
			expect(office.own(key).at(-1)?.problem).toMatchObject({
				code: "message.deliveryFailed",
				detail: words,
			});
	});

	test.each<[Partial<TextusSwitches>, string]>([
		[{ firstState: "created" }, "Message Delivered"],
		[{ firstState: "delivered" }, "Message Delivered"],
		[{ stateStepMs: 30_000 }, "Message Delivered"],
	])("%o", async (switches, words) => {
		const office = await openOffice({ ...withHello, switches });
		await office.send(danaKey, "hi");
		await office.until(() => office.own(danaKey).at(-1)?.state === "delivered", 200_000);
		expect(office.own(danaKey).at(-1)?.words).toBe(words);
		const asked = office.requests().length;
		await office.pass(60_000);
		expect(office.requests(asked).filter(({ path }) => path.endsWith("/timeline"))).toEqual([]);
	});

	test("without words of the server, its state is what counts", async () => {
		const office = await openOffice({ switches: { friendlyState: "null" } });
		const key = `my_account/${reservedNumbers.unheardOf}`;
		await office.send(key, "hi");
		await office.until(() => office.own(key).at(-1)?.words === "held by carrier");
		await office.send(danaKey, "hi");
		await office.until(() => office.own(danaKey).at(-1)?.state === "delivered");
	});

	test("what stays on its way is asked for less and less, and then not any more", async () => {
		const office = await openOffice();
		await office.send(`my_account/${reservedNumbers.stuck}`, "hi");
		const looks = () => office.paths().filter((path) => path.endsWith("/timeline")).length;
		await office.pass(120_000, 1000);
		const first = looks();
		await office.pass(480_000, 2000);
		const second = looks() - first;
		expect(first).toBeGreaterThan(20);
		expect(second).toBeLessThanOrEqual(first);
		await office.pass(3_600_000, 10_000);
		const third = looks();
		await office.pass(600_000, 10_000);
		expect(looks()).toBe(third);
	});

	test("a message of an earlier run that was still on its way is followed in this one", async () => {
		const office = await openOffice({
			settle: false,
			switches: { stateStepMs: 5000 },
			before: (simulator) => {
				const account = simulator.accounts.get("my_account");
				const user = simulator.users.get("ann@example.com");
				simulator.sending.one({
					account,
					user,
					to: dana,
					from: null,
					body: "earlier",
					savedReply: null,
					attachment: null,
					scheduledAt: null,
				});
			},
		});
		await office.signIn();
		office.read();
		await office.until(() => office.own(danaKey).at(-1)?.state === "delivered");
		expect(office.own(danaKey)[0]).toMatchObject({ text: "earlier", state: "sent" });
	});
});

describe("scheduled", () => {
	test("it waits on the server, leaves when its time comes and is followed then", async () => {
		const office = await openOffice(withHello);
		const at = office.clock.now() + 3_600_000;
		const outcome = await office.send(danaKey, "tomorrow", { at });
		expect(outcome).toMatchObject({ kind: "accepted", text: "tomorrow" });
		await office.until(() => office.own(danaKey).length > 0);
		expect(office.own(danaKey)[0]).toMatchObject({
			scheduledAt: at,
			state: "sent",
			clientId: outcome.clientId,
		});
		expect(office.simulator.ledger.entries).toMatchObject([
			{ from: "+13035551111", to: dana, scheduledAt: new Date(at).toISOString() },
		]);
		await office.pass(3_500_000, 20_000);
		expect(office.own(danaKey).at(-1)?.state).toBe("sent");
		await office.pass(120_000, 1000);
		expect(office.own(danaKey).at(-1)).toMatchObject({ state: "delivered", clientId: outcome.clientId });
		expect(office.own(danaKey).at(-1)?.scheduledAt).toBeUndefined();
		expect(new Set(office.own(danaKey).map(({ remoteId }) => remoteId)).size).toBe(1);
	});

	test("what cannot be: the past, several people, a file", async () => {
		const office = await openOffice(withHello);
		const at = office.clock.now() + 60_000;
		expect(await office.send(danaKey, "x", { at: office.clock.now() })).toMatchObject({
			error: { code: "schedule.past" },
		});
		const both = await office.begin(dana, "+13035550122");
		expect(await office.send(both.peer, "x", { at })).toMatchObject({
			error: { code: "schedule.notOffered" },
		});
		const file = { kind: "address", address: "https://files.example/a.png", type: "image/png" } as const;
		expect(await office.send(danaKey, "x", { at, files: [file] })).toMatchObject({
			error: { code: "attachment.notOffered" },
		});
		expect(office.simulator.ledger.entries).toEqual([]);
	});

	test("not shown by the timeline until it leaves, it is ours all the same", async () => {
		const office = await openOffice({ ...withHello, switches: { scheduledShown: false } });
		const outcome = await office.send(danaKey, "later", { at: office.clock.now() + 60_000 });
		await office.pass(90_000, 1000);
		expect(office.own(danaKey).at(-1)).toMatchObject({ state: "delivered", clientId: outcome.clientId });
	});

	test("the account's own number cannot be read: it is not offered", async () => {
		const office = await openOffice({
			accounts: [{ slug: "my_account", name: "A", phoneNumbers: [] }],
			users: [
				{
					email: "ann@example.com",
					firstName: "A",
					lastName: "L",
					memberships: [{ account: "my_account", role: "admin" }],
				},
			],
			tokens: [{ token: "ann-token", email: "ann@example.com" }],
		});
		expect(
			await office.send("my_account/+13035550130", "x", { at: office.clock.now() + 60_000 }),
		).toMatchObject({ error: { code: "schedule.notOffered" } });
	});
});

describe("how a conversation is begun", () => {
	test("any spelling of a number is the same conversation, and the one that the customer began", async () => {
		const office = await openOffice(withHello);
		for (const typed of ["+1 303 555 0121", "(303) 555-0121", "303.555.0121"])
			expect((await office.begin(typed)).peer).toBe(danaKey);
		expect(office.thread(danaKey)).toMatchObject({
			peer: danaKey,
			address: dana,
			formatted: "(303) 555-0121",
		});
		const both = await office.begin(dana, "303-555-0122", dana);
		expect(both).toMatchObject({
			address: "+13035550121, +13035550122",
			formatted: "(303) 555-0121, (303) 555-0122",
		});
		expect((await office.begin(dana, dana)).facts.group).toBeNull();
		await expect(office.begin("hello")).rejects.toMatchObject({
			error: { code: "peer.badAddress", detail: "hello" },
		});
	});

	test("without a line there is none", async () => {
		const office = await openOffice();
		expect(() =>
			office.provider.begin(
				{ addresses: [dana], line: null, title: null },
				{ numbers: { parse: () => null, format: (address) => address, same: () => false } },
			),
		).toThrow(expect.objectContaining({ error: { code: "line.none" } }));
		expect(await office.send("no key at all", "x")).toMatchObject({ error: { code: "peer.badAddress" } });
		expect(await office.send("elsewhere/+13035550121", "x")).toMatchObject({
			error: { code: "line.unknown" },
		});
	});

	test.each([404, 204, 422] as const)(
		"a number that nobody has written to: %d, and it can be written to",
		async (missingConversation) => {
			const office = await openOffice({ switches: { missingConversation } });
			const key = (await office.begin("303-555-0133")).peer;
			office.session.attend({ focused: true, peer: key });
			await office.pass(10_000);
			expect(await office.past(key)).toEqual([]);
			expect((await office.send(key, "hello there")).kind).toBe("accepted");
			await office.until(() => office.own(key).at(-1)?.state === "delivered");
			expect(office.thread(key)).toBeDefined();
		},
	);

	test("sending to a number whose conversation was not listed here finds it", async () => {
		const office = await openOffice({
			switches: { pageSize: 1, singleReply: "empty" },
			before: async (simulator, clock) => {
				simulator.customer(dana).write("my_account", "long ago");
				await clock.advance(1000);
				simulator.customer("+13035550199").write("my_account", "later");
			},
		});
		const outcome = await office.send(danaKey, "still interested?");
		await office.until(() => office.own(danaKey).some(({ clientId }) => clientId === outcome.clientId));
		expect(office.texts()).not.toContain("long ago");
	});
});

describe("the budget of the token", () => {
	test("429 is obeyed: nothing is asked until its time, and a text waits as long", async () => {
		const office = await openOffice({
			...withHello,
			switches: { rateLimit: { requests: 12, windowMs: 300_000 }, rateLimitHeaders: false },
		});
		await office.until(() => office.requests().some(({ status }) => status === 429), 120_000);
		const asked = office.requests().length;
		const outcome = await office.send(danaKey, "now");
		expect(outcome).toMatchObject({
			kind: "rejected",
			retry: "automatic",
			error: { code: "http.overloaded" },
		});
		if (outcome.kind === "rejected") expect(outcome.retryAfterMs).toBeGreaterThan(100_000);
		await office.pass(60_000, 1000);
		expect(office.requests().length).toBe(asked);
		await office.pass(240_000, 1000);
		expect(office.requests().length).toBeGreaterThan(asked);
		await office.until(() => office.of("connection").at(-1)?.state === "online", 400_000, 1000);
	});

	test("with less than 100 requests left everything is asked half as often", async () => {
		const office = await openOffice({
			...withHello,
			switches: { rateLimit: { requests: 90, windowMs: 3_600_000 } },
		});
		const filters = () => office.paths().filter((path) => path.endsWith("/conversation_filters")).length;
		const before = filters();
		await office.pass(300_000, 1000);
		// 15 s, half as often, and slower still while nothing happens.
		expect(filters() - before).toBeLessThanOrEqual(11);
		expect(filters() - before).toBeGreaterThanOrEqual(5);
	});

	test("1 000 requests in 5 minutes are never passed, however much is wanted", async () => {
		const office = await openOffice({
			...withHello,
			switches: { rateLimitHeaders: false, rateLimit: { requests: 100_000, windowMs: 300_000 } },
		});
		const outcomes: string[] = [];
		for (let text = 0; text < 1010; text += 1) {
			const outcome = await office.session.send(
				office.message(danaKey, `n${String(text)}`),
				office.signal,
			);
			outcomes.push(outcome.kind === "rejected" ? outcome.error.code : outcome.kind);
			if (outcome.kind === "rejected") break;
		}
		expect(outcomes.at(-1)).toBe("http.overloaded");
		expect(office.requests().length).toBeLessThanOrEqual(1000);
	});
});

test("a refusal of any kind is shown in the server's words and never tried again by itself", async () => {
	const office = await openOffice(withHello);
	for (const status of [400, 403, 404, 409, 415, 422]) {
		office.simulator.faults.next({
			action: "body",
			status,
			body: '{"detail":"no way"}',
			processed: false,
			match: { method: "POST" },
		});
		expect(await office.send(danaKey, "x")).toMatchObject({
			kind: "rejected",
			retry: "byPerson",
			error: { code: "message.refused", detail: "no way" },
		});
	}
	expect(office.simulator.ledger.entries).toEqual([]);
});

test("what the port has and TextUs has not is refused in words", async () => {
	const office = await openOffice();
	const { session } = office;
	expect(await session.agentStates()).toEqual([]);
	for (const refused of [session.setAgentState(), session.act()])
		expect(await refused.catch(toAppError)).toMatchObject({ code: "action.notOffered" });
	expect(await session.useLine("none" as never).catch(toAppError)).toMatchObject({ code: "line.unknown" });
	const lines = await session.lines();
	expect(session.suggestLine(lines, "my_account" as never)).toBe("my_account");
	expect(session.suggestLine([], null)).toBeNull();
});
