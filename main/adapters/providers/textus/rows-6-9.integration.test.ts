import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

function conversationOf(office: Office) {
	const found = office.simulator.customer(dana).conversationWith("my_account");
	if (found === null) throw new Error("no conversation");
	return found;
}

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

describe("row 6: cursors are followed as they are, and one that is lost begins anew", () => {
	test.each([400, 404, 410, 422] as const)("row 6: refused with %d", async (badCursorStatus) => {
		const office = await openOffice({
			switches: { pageSize: 2, cursorLifetimeMs: 1000, badCursorStatus },
			before: (simulator) => {
				for (let last = 0; last < 6; last += 1)
					simulator.customer(`+1303555050${String(last)}`).write("my_account", "hello");
				for (let text = 0; text < 6; text += 1)
					simulator.customer(dana).write("my_account", String(text));
			},
		});
		const { folders, history } = office.session;
		const first = await office.passing(folders.page("my_account/all", null, office.signal));
		expect(first.threads).toHaveLength(2);
		await office.pass(2000);
		const again = await office.passing(folders.page("my_account/all", first.next, office.signal));
		expect(again.threads.map(({ peer }) => peer)).toEqual(first.threads.map(({ peer }) => peer));
		const texts: string[] = [];
		let from: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof history.page>> = await office.passing(
				history.page(danaKey, from, 100, office.signal),
			);
			texts.push(...page.messages.map((message) => ("text" in message ? message.text : "")));
			from = page.next;
			await office.pass(2000);
		} while (from !== null);
		expect([...new Set(texts)]).toEqual(["5", "4", "3", "2", "1", "0"]);
	});

	test("row 6: all pages of a list and of a timeline, repeated members left out", async () => {
		const office = await openOffice({
			switches: { pageSize: 2, duplicates: true, viewOnSinglePage: false },
			before: (simulator) => {
				for (let last = 0; last < 7; last += 1)
					simulator.customer(`+1303555050${String(last)}`).write("my_account", "hello");
				for (let text = 0; text < 7; text += 1)
					simulator.customer(dana).write("my_account", String(text));
			},
		});
		const peers: string[] = [];
		let next: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof office.session.folders.page>> = await office.passing(
				office.session.folders.page("my_account/all", next, office.signal),
			);
			peers.push(...page.threads.map(({ peer }) => peer));
			({ next } = page);
		} while (next !== null);
		expect(new Set(peers).size).toBe(8);
		const texts = (await office.past(danaKey)).map((message) => ("text" in message ? message.text : ""));
		expect([...new Set(texts)]).toEqual(["6", "5", "4", "3", "2", "1", "0"]);
	});
});

test("row 7: an event of an unknown type is kept as a notice and fails nothing", async () => {
	const office = await openOffice({
		...withHello,
		switches: { eventType: "TelepathyReceived", unknownTypes: true, unknownMembers: true },
	});
	const ann = office.simulator.users.get("ann@example.com");
	office.simulator.conversations.close(conversationOf(office), ann);
	office.simulator.customer(dana).write("my_account", "after it");
	await office.until(() => office.texts().includes("after it"));
	expect(office.of("notice").map(({ text }) => text)).toEqual(["closed", "reopened"]);
	expect((await office.past(danaKey)).map(({ type }) => type)).toEqual([
		"message",
		"notice",
		"notice",
		"message",
	]);
});

test.each(["short", "long"] as const)(
	"row 8: direction is understood in its %s spelling",
	async (direction) => {
		const office = await openOffice({ ...withHello, switches: { direction } });
		expect(office.of("message")).toMatchObject([{ text: "hello" }]);
		expect((await office.send(danaKey, "hi")).kind).toBe("accepted");
		await office.until(() => office.own(danaKey).some(({ state }) => state === "delivered"));
		expect((await office.past(danaKey)).map(({ type }) => type)).toEqual(["ownMessage", "message"]);
	},
);

describe("row 9: a reply without an id is found in the timeline, or the person is told", () => {
	test.each<Partial<TextusSwitches>>([{ singleReply: "empty" }, { singleReply: "accepted" }])(
		"row 9: %o",
		async (switches) => {
			const office = await openOffice({ ...withHello, switches });
			const outcome = await office.send(danaKey, "on its way");
			expect(outcome).toMatchObject({ kind: "accepted", remoteId: null, at: null });
			await office.until(() => office.own(danaKey).some(({ state }) => state === "delivered"));
			expect(office.own(danaKey).every(({ clientId }) => clientId === outcome.clientId)).toBe(true);
			expect(new Set(office.own(danaKey).map(({ remoteId }) => remoteId)).size).toBe(1);
			await office.pass(180_000, 1000);
			expect(office.of("deliveryFailed")).toEqual([]);
		},
	);

	test("row 9: two equal texts without ids become two messages, each once", async () => {
		const office = await openOffice({ ...withHello, switches: { singleReply: "accepted" } });
		const one = await office.send(danaKey, "same");
		const two = await office.send(danaKey, "same");
		await office.until(() => new Set(office.own(danaKey).map(({ clientId }) => clientId)).size === 2);
		await office.pass(5000);
		const byClient = Map.groupBy(office.own(danaKey), ({ clientId }) => clientId);
		expect([...byClient.keys()]).toEqual([one.clientId, two.clientId]);
		for (const events of byClient.values())
			expect(new Set(events.map(({ remoteId }) => remoteId)).size).toBe(1);
		expect(office.simulator.ledger.count("same")).toBe(2);
	});

	test("row 9: to several people, each in the conversation with them, and the whole by what became of all", async () => {
		const office = await openOffice();
		const thread = await office.begin("(303) 555-0121", "303-555-0122");
		expect(thread).toMatchObject({
			peer: "my_account/+13035550121,+13035550122",
			facts: { group: { separate: true, changeable: false } },
		});
		const outcome = await office.send(thread.peer, "shop closes early");
		expect(outcome).toMatchObject({ kind: "accepted", remoteId: null, at: null });
		await office.until(() => office.own(thread.peer).some(({ state }) => state === "delivered"));
		expect(office.own(thread.peer).every(({ clientId }) => clientId === outcome.clientId)).toBe(true);
		for (const number of [dana, "+13035550122"]) {
			const own = office.own(`my_account/${number}`);
			expect(new Set(own.map(({ remoteId }) => remoteId)).size).toBe(1);
			expect(own.every(({ clientId }) => clientId === undefined)).toBe(true);
		}
		expect(office.simulator.ledger.count("shop closes early")).toBe(2);
	});

	test("row 9: one of several is left out: after 2 minutes the person is told who, and a second try goes to that one only", async () => {
		const office = await openOffice();
		const thread = await office.begin(dana, "+13035550122");
		const refused = office.simulator.customer("+13035550122");
		// Opted out between the question and the sending.
		const sending = office.session.send(
			office.message(thread.peer, "partly", { clientId: "g1" as never }),
			office.signal,
		);
		const outcome = await office.passing(sending);
		refused.optOut("my_account");
		expect(outcome).toMatchObject({ kind: "accepted" });
		await office.pass(125_000, 1000);
		expect(office.of("deliveryFailed")).toMatchObject([
			{ clientId: "g1", error: { code: "message.notConfirmed", detail: "+13035550122" } },
		]);
		refused.optIn("my_account");
		await office.pass(31_000, 1000);
		const again = await office.passing(
			office.session.send(
				office.message(thread.peer, "partly", { clientId: "g1" as never }),
				office.signal,
			),
		);
		expect(again.kind).toBe("accepted");
		await office.until(() => office.own(thread.peer).some(({ state }) => state === "delivered"));
		expect(office.simulator.ledger.entries.map(({ to }) => to)).toEqual([dana, "+13035550122"]);
	});

	test("row 9: one of several fails: the whole says who and why, and is not tried again as a whole", async () => {
		const office = await openOffice();
		const thread = await office.begin(dana, "+13035550183");
		await office.send(thread.peer, "to a landline too");
		await office.until(() => office.own(thread.peer).some(({ state }) => state === "failed"));
		expect(office.own(thread.peer).at(-1)).toMatchObject({
			retryAllowed: false,
			problem: {
				code: "message.deliveryFailed",
				detail: "+13035550183: Message Failed: the number cannot receive messages",
			},
		});
	});

	test("row 9: taken but never seen: not confirmed after 2 minutes, and found all the same when it shows later", async () => {
		const office = await openOffice({ ...withHello, switches: { singleReply: "accepted" } });
		const { sending } = office.simulator;
		office.simulator.faults.next({
			action: "body",
			status: 202,
			body: "",
			processed: false,
			match: { method: "POST" },
		});
		const outcome = await office.send(danaKey, "swallowed");
		expect(outcome.kind).toBe("accepted");
		await office.pass(125_000, 1000);
		expect(office.of("deliveryFailed")).toMatchObject([
			{ clientId: outcome.clientId, error: { code: "message.notConfirmed" } },
		]);
		const account = office.simulator.accounts.get("my_account");
		const user = office.simulator.users.get("ann@example.com");
		sending.one({
			account,
			user,
			to: dana,
			from: null,
			body: "swallowed",
			savedReply: null,
			attachment: null,
			scheduledAt: null,
		});
		await office.until(() => office.own(danaKey).some(({ clientId }) => clientId === outcome.clientId));
	});
});
