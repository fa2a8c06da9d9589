import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { reservedNumbers } from "../../../../practice/textus/deliveries.ts";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};
const flaky = `my_account/${reservedNumbers.retrySucceeds}`;

async function failed(office: Office, key: string) {
	await office.until(() => office.own(key).at(-1)?.state === "failed");
	const event = office.own(key).at(-1);
	if (event?.remoteId == null) throw new Error("no message");
	return event as typeof event & { readonly remoteId: string };
}

describe("row 10: no idempotency key: what may have arrived is looked for, never sent again", () => {
	test("row 10: the reply is lost, the message is there", async () => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
		const outcome = await office.send(danaKey, "did it arrive?");
		expect(outcome).toMatchObject({ kind: "unknown", error: { code: "network.interrupted" } });
		const found = (await office.past(danaKey)).find((event) => event.type === "ownMessage");
		expect(found).toMatchObject({ text: "did it arrive?", clientId: outcome.clientId });
		await office.pass(60_000, 1000);
		expect(office.simulator.ledger.count("did it arrive?")).toBe(1);
		expect(office.own(danaKey).every(({ clientId }) => clientId === outcome.clientId)).toBe(true);
		expect(office.of("deliveryFailed")).toEqual([]);
	});

	test("row 10: the request is lost, and nothing is there", async () => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({ action: "resetBefore", match: { method: "POST" } });
		expect(await office.send(danaKey, "lost")).toMatchObject({ kind: "unknown" });
		expect((await office.past(danaKey)).map(({ type }) => type)).toEqual(["message"]);
		await office.pass(130_000, 1000);
		expect(office.own(danaKey)).toEqual([]);
		expect(office.requests().filter(({ method }) => method === "POST")).toHaveLength(1);
	});

	test.each([500, 502, 504])("row 10: %d says nothing of what became of it", async (status) => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({ action: "status", status, match: { method: "POST" } });
		expect(await office.send(danaKey, "hm")).toMatchObject({
			kind: "unknown",
			error: { code: "http.status", params: { status } },
		});
		expect(office.requests().filter(({ method }) => method === "POST")).toHaveLength(1);
	});

	test("row 10: refused for the moment, it is tried again by the program, as it was never done", async () => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({
			action: "status",
			status: 503,
			headers: { "Retry-After": "7" },
			match: { method: "POST" },
		});
		expect(await office.send(danaKey, "busy")).toMatchObject({
			kind: "rejected",
			retry: "automatic",
			retryAfterMs: 7000,
			error: { code: "http.overloaded" },
		});
		await office.simulator.network.cut();
		expect(await office.send(danaKey, "down")).toMatchObject({ kind: "rejected", retry: "automatic" });
	});

	test("row 10: the poll sees the message before the reply comes: it is told once, as ours", async () => {
		const office = await openOffice(withHello);
		office.session.attend({ focused: true, peer: danaKey });
		await office.pass(1000);
		const gate = Promise.withResolvers<undefined>();
		office.holding = gate.promise;
		const message = office.message(danaKey, "seen early");
		const sending = office.session.send(message, office.signal);
		await office.until(() => office.simulator.ledger.count("seen early") === 1);
		await office.pass(10_000);
		expect(office.own(danaKey)).toEqual([]);
		gate.resolve(undefined);
		const outcome = await office.passing(sending);
		await office.until(() => office.own(danaKey).length > 0);
		expect(outcome).toMatchObject({ kind: "accepted", remoteId: office.own(danaKey)[0]?.remoteId });
		expect(office.own(danaKey).every(({ clientId }) => clientId === message.clientId)).toBe(true);
	});

	test("row 10: the same text sent from elsewhere at the same time is another message", async () => {
		const office = await openOffice({ ...withHello, switches: { singleReply: "accepted" } });
		const { simulator } = office;
		const account = simulator.accounts.get("my_account");
		const user = simulator.users.get("ann@example.com");
		const common = {
			account,
			user,
			to: dana,
			from: null,
			savedReply: null,
			attachment: null,
			scheduledAt: null,
		};
		simulator.sending.one({ ...common, body: "ok" });
		const outcome = await office.send(danaKey, "ok");
		simulator.sending.one({ ...common, body: "ok" });
		await office.pass(30_000);
		const byId = Map.groupBy(office.own(danaKey), ({ remoteId }) => remoteId);
		expect(byId.size).toBe(3);
		const ours = [...byId.values()].filter((events) =>
			events.some(({ clientId }) => clientId === outcome.clientId),
		);
		expect(ours).toHaveLength(1);
	});

	test("row 10: two equal texts in doubt, one there: one is found, the other stays in doubt", async () => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
		office.simulator.faults.next({ action: "resetBefore", match: { method: "POST" } });
		const one = await office.send(danaKey, "twice");
		const two = await office.send(danaKey, "twice");
		expect([one.kind, two.kind]).toEqual(["unknown", "unknown"]);
		await office.pass(10_000);
		const clients = (await office.past(danaKey)).flatMap((event) =>
			event.type === "ownMessage" ? event.clientId : [],
		);
		expect(clients).toEqual([one.clientId]);
		expect(office.own(danaKey).some(({ clientId }) => clientId === two.clientId)).toBe(false);
	});

	test("row 10: to several people with the reply lost: history finds the whole by its parts", async () => {
		const office = await openOffice();
		const thread = await office.begin(dana, "+13035550122");
		office.simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
		const outcome = await office.send(thread.peer, "to both");
		expect(outcome.kind).toBe("unknown");
		await office.pass(5000);
		const [found] = await office.past(thread.peer);
		expect(found).toMatchObject({ type: "ownMessage", peer: thread.peer, text: "to both" });
		expect(found?.remoteId).toMatch(/^group:/u);
		expect(office.own(thread.peer)[0]).toMatchObject({
			clientId: outcome.clientId,
			remoteId: found?.remoteId,
		});
		expect(await office.past((await office.begin(dana, "+13035550129")).peer)).toEqual([]);
	});
});

describe("row 11: a failed message may be tried again only where flag and link say so", () => {
	test.each<[Partial<TextusSwitches>, boolean]>([
		[{}, true],
		[{ retryOffer: "flagOnly" }, false],
		[{ retryOffer: "linkOnly" }, false],
		[{ unavailableLink: "absent" }, true],
	])("row 11: failed for the moment, %o", async (switches, retryAllowed) => {
		const office = await openOffice({ switches });
		await office.send(flaky, "can you hear me?");
		const event = await failed(office, flaky);
		expect(event).toMatchObject({
			retryAllowed,
			words: "Message Failed: the carrier is temporarily unavailable",
			problem: {
				code: "message.deliveryFailed",
				detail: "Message Failed: the carrier is temporarily unavailable",
			},
		});
		const posts = () => office.requests().filter(({ method }) => method === "POST").length;
		const before = posts();
		const outcome = await office.send(flaky, "can you hear me?", { retryOf: event.remoteId });
		expect(outcome.kind).toBe(retryAllowed ? "accepted" : "rejected");
		expect(posts() - before).toBe(retryAllowed ? 1 : 0);
	});

	test.each([true, false])("row 11: failed for good, retryable: %s", async (failedRetryable) => {
		const key = `my_account/${reservedNumbers.failed}`;
		const office = await openOffice({ switches: { failedRetryable } });
		await office.send(key, "to a landline");
		expect(await failed(office, key)).toMatchObject({ retryAllowed: failedRetryable });
	});

	test("row 11: a message that went on meanwhile is not tried again, and one that is gone is said to be", async () => {
		const office = await openOffice(withHello);
		const sent = await office.send(danaKey, "fine");
		if (sent.kind !== "accepted" || sent.remoteId === null) throw new Error("not sent");
		expect(await office.send(danaKey, "fine", { retryOf: sent.remoteId })).toMatchObject({
			kind: "accepted",
			remoteId: sent.remoteId,
		});
		expect(await office.send(danaKey, "fine", { retryOf: "/messages/none" })).toMatchObject({
			kind: "rejected",
			error: { code: "message.notFound" },
		});
		expect(office.simulator.ledger.entries).toHaveLength(1);
	});
});

describe("row 12: a retry goes on with the message, or makes a new one", () => {
	test("row 12: the same id", async () => {
		const office = await openOffice();
		const clientId = asClientMessageId("r1");
		await office.send(flaky, "again", { clientId });
		const { remoteId } = await failed(office, flaky);
		const from = office.events.length;
		const outcome = await office.send(flaky, "again", { clientId, retryOf: remoteId });
		expect(outcome).toMatchObject({ kind: "accepted", remoteId });
		await office.until(() => office.own(flaky, from).at(-1)?.state === "delivered");
		expect(office.own(flaky, from).some(({ state }) => state === "failed")).toBe(false);
	});

	test("row 12: a new id takes its place, and the old one is not heard of again", async () => {
		const office = await openOffice({ switches: { retryIdentity: "new" } });
		await office.send(flaky, "again");
		const { remoteId } = await failed(office, flaky);
		const from = office.events.length;
		const outcome = await office.send(flaky, "again", { retryOf: remoteId });
		if (outcome.kind !== "accepted") throw new Error("refused");
		expect(outcome.remoteId).not.toBe(remoteId);
		await office.until(() => office.own(flaky, from).at(-1)?.state === "delivered");
		await office.pass(30_000);
		expect(new Set(office.own(flaky, from).map((event) => event.remoteId))).toEqual(
			new Set([outcome.remoteId]),
		);
		expect((await office.past(flaky)).map((event) => event.remoteId)).toEqual([outcome.remoteId]);
	});

	test("row 12: the reply to the retry is lost: the timeline tells, and it is tried once only", async () => {
		const office = await openOffice();
		await office.send(flaky, "again");
		const { remoteId } = await failed(office, flaky);
		office.simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
		const from = office.events.length;
		expect(await office.send(flaky, "again", { retryOf: remoteId })).toMatchObject({ kind: "unknown" });
		await office.until(() => office.own(flaky, from).at(-1)?.state === "delivered");
		expect(office.simulator.ledger.entries).toHaveLength(2);
	});

	test("row 12: one that fails again is told as failed again", async () => {
		const key = `my_account/${reservedNumbers.failedTransient}`;
		const office = await openOffice();
		await office.send(key, "no luck");
		const { remoteId } = await failed(office, key);
		const from = office.events.length;
		await office.send(key, "no luck", { retryOf: remoteId });
		await office.until(() => office.own(key, from).at(-1)?.state === "failed");
		expect(office.own(key, from)).toMatchObject([{ remoteId, retryAllowed: true }]);
	});
});
