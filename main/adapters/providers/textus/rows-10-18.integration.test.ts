import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { reservedNumbers } from "../../../../practice/textus/deliveries.ts";
import { listen } from "../../../../tests/servers/listen.ts";
import { toAppError } from "../../../../shared/errors.ts";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

const servers: (() => Promise<void>)[] = [];

afterEach(async () => {
	await closeOffices();
	for (const close of servers.splice(0)) await close();
});

const withHello = {
	before: ({ customer }: Office["simulator"]) => customer(dana).write("my_account", "hello"),
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

const png = Buffer.from("89504e470d0a1a0a", "hex");

describe("row 13: files by a public address, or through the operator's upload service", () => {
	test("row 13: without one, files of this computer are refused with the reason", async () => {
		const office = await openOffice(withHello);
		expect((await office.line())?.attachments?.byAddressOnly).toEqual({
			code: "attachment.byAddressOnly",
		});
		const bytes = { kind: "bytes", name: "a.png", type: "image/png", bytes: png } as const;
		expect(await office.send(danaKey, "", { files: [bytes] })).toMatchObject({
			kind: "rejected",
			error: { code: "attachment.byAddressOnly" },
		});
		const address = {
			kind: "address",
			address: "https://files.example.invalid/a.png",
			type: "image/png",
		} as const;
		expect((await office.send(danaKey, "look", { files: [address] })).kind).toBe("accepted");
		expect(office.simulator.ledger.entries).toMatchObject([
			{ attachment: { url: "https://files.example.invalid/a.png", contentType: "image/png" } },
		]);
	});

	test("row 13: with one, they are put there and sent by their address", async () => {
		const puts: {
			url: string;
			type: string | undefined;
			authorization: string | undefined;
			bytes: Buffer;
		}[] = [];
		const answer = { status: 201 };
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk: Buffer) => chunks.push(chunk));
			request.on("end", () => {
				const { authorization, "content-type": type } = request.headers;
				puts.push({ url: request.url ?? "", type, authorization, bytes: Buffer.concat(chunks) });
				response.writeHead(answer.status).end();
			});
		});
		const { port, close } = await listen(server);
		servers.push(close);
		const uploadAddress = `http://127.0.0.1:${String(port)}/in/`;
		const office = await openOffice({
			...withHello,
			uploadAddress,
			switches: { attachmentCheck: "never" },
		});
		expect((await office.line())?.attachments?.byAddressOnly).toBeNull();
		const file = { kind: "bytes", name: "Dana's mug.PNG", type: "image/png", bytes: png } as const;
		expect((await office.send(danaKey, "look", { files: [file] })).kind).toBe("accepted");
		expect(puts).toMatchObject([{ type: "image/png", authorization: undefined, bytes: png }]);
		expect(puts[0]?.url).toMatch(/^\/in\/[\da-f-]{36}\.png$/u);
		const url = `http://127.0.0.1:${String(port)}${puts[0]?.url ?? ""}`;
		expect(office.simulator.ledger.entries).toMatchObject([
			{ attachment: { url, contentType: "image/png" } },
		]);
		answer.status = 507;
		expect(await office.send(danaKey, "no", { files: [file] })).toMatchObject({
			kind: "rejected",
			error: { code: "http.status", params: { status: 507 } },
		});
		await close();
		servers.pop();
		expect(await office.send(danaKey, "no", { files: [file] })).toMatchObject({
			kind: "rejected",
			retry: "automatic",
		});
		expect(office.simulator.ledger.entries).toHaveLength(1);
	});

	test("row 13: an upload address that TextUs could not fetch from is refused at the sign-in", async () => {
		const office = await openOffice({ settle: false });
		for (const uploadAddress of [
			"ftp://files.example",
			"files",
			"http://files.example/",
			"https://a:b@files.example/",
			"https://files.example/?x",
		]) {
			const signingIn = office.signIn("ann-token", { uploadAddress });
			await expect(signingIn).rejects.toMatchObject({ error: { code: "attachment.badAddress" } });
		}
		expect(office.paths()).toEqual([]);
	});
});

test("row 14: 525 000 bytes are refused here, one less is sent", async () => {
	const server = createServer((request, response) => {
		request.resume().on("end", () => response.writeHead(200).end());
	});
	const { port, close } = await listen(server);
	servers.push(close);
	const uploadAddress = `http://127.0.0.1:${String(port)}`;
	const office = await openOffice({ ...withHello, uploadAddress, switches: { attachmentCheck: "never" } });
	const file = (bytes: number) =>
		({ kind: "bytes", name: "a.gif", type: "image/gif", bytes: new Uint8Array(bytes) }) as const;
	expect((await office.line())?.attachments?.mostBytes).toBe(524_999);
	expect(await office.send(danaKey, "", { files: [file(525_000)] })).toMatchObject({
		error: { code: "attachment.tooLarge" },
	});
	expect(await office.send(danaKey, "", { files: [file(0)] })).toMatchObject({
		error: { code: "attachment.empty" },
	});
	expect(await office.send(danaKey, "", { files: [file(1), file(1)] })).toMatchObject({
		error: { code: "attachment.tooMany" },
	});
	const exe = { kind: "bytes", name: "a.exe", type: "application/x-msdownload", bytes: png } as const;
	expect(await office.send(danaKey, "", { files: [exe] })).toMatchObject({
		error: { code: "attachment.type" },
	});
	expect((await office.send(danaKey, "", { files: [file(524_999)] })).kind).toBe("accepted");
	expect(office.simulator.ledger.entries).toHaveLength(1);
});

describe("row 13: what the server says of a file is shown, at once or later", () => {
	const address = (url: string) => ({ kind: "address", address: url, type: "image/png" }) as const;

	test("row 13: refused at once, and failed later", async () => {
		const office = await openOffice(withHello);
		const bad = `${office.simulator.origin}/files/none.png`;
		expect(await office.send(danaKey, "x", { files: [address(bad)] })).toMatchObject({
			kind: "rejected",
			error: { code: "message.refused", detail: "Attachments media url could not be fetched" },
		});
		office.simulator.switches.attachmentCheck = "later";
		expect((await office.send(danaKey, "x", { files: [address(bad)] })).kind).toBe("accepted");
		expect(await failed(office, danaKey)).toMatchObject({
			problem: { detail: "Attachments media url could not be fetched" },
			retryAllowed: false,
		});
	});

	test.each([
		"http://files.example/a.png",
		"https://user:word@files.example/a.png",
		"file:///etc/passwd",
		"a.png",
	])("row 13: %s is no public address", async (url) => {
		const office = await openOffice(withHello);
		expect(await office.send(danaKey, "x", { files: [address(url)] })).toMatchObject({
			error: { code: "attachment.badAddress" },
		});
	});
});

describe("row 15: files are fetched on demand, without the token, and an old address is renewed once", () => {
	const file = { contentType: "image/png", bytes: png, name: "mug.png", width: 1, height: 1 };

	async function arrived(switches: Partial<TextusSwitches>) {
		const office = await openOffice({ switches });
		office.simulator.customer(dana).write("my_account", "", file);
		await office.until(() => office.of("message").length > 0);
		const [event] = office.of("message");
		const ref = event?.files?.[0]?.ref ?? "";
		const fetch = (maxBytes = 1000) =>
			office.passing(
				office.session.files.fetch(
					{ ref, peer: danaKey, messageId: event?.remoteId ?? null },
					maxBytes,
					office.signal,
				),
			);
		return { office, event, ref, fetch };
	}

	test.each([403, 404] as const)(
		"row 15: refused with %d when its time is over",
		async (expiredAttachmentStatus) => {
			const { office, event, ref, fetch } = await arrived({
				attachmentLifetimeMs: 5000,
				expiredAttachmentStatus,
				attachmentHost: "other",
			});
			expect(event?.files).toMatchObject([
				{ type: "image/png", name: "mug.png", bytes: png.length, width: 1, height: 1 },
			]);
			expect(ref).not.toContain("http");
			const { bytes, type } = await fetch();
			expect([Buffer.from(bytes), type]).toEqual([png, "image/png"]);
			await office.pass(20_000);
			const asked = office.requests().length;
			expect((await fetch()).type).toBe("image/png");
			const files = office.requests(asked).filter(({ path }) => path.startsWith("/files/"));
			expect(files.map(({ status }) => status)).toEqual([expiredAttachmentStatus, 200]);
			expect(files.every(({ credentials }) => credentials === "none")).toBe(true);
		},
	);

	test("row 15: a file of an earlier run is found through the timeline; one that is gone is said to be", async () => {
		const { office, fetch } = await arrived({ attachmentHost: "other" });
		const other = await openOffice({ settle: false });
		expect(other.events).toEqual([]);
		const { files } = office.session;
		const none = files.fetch(
			{ ref: "/attachments/none", peer: danaKey, messageId: "/messages/none" },
			1000,
			office.signal,
		);
		expect(await office.passing(none.catch(toAppError))).toMatchObject({ code: "attachment.gone" });
		expect(await fetch(4).catch(toAppError)).toMatchObject({ code: "attachment.tooLarge" });
		office.simulator.faults.next({
			action: "status",
			status: 404,
			times: 2,
			match: { path: /^\/files\//u },
		});
		expect(await fetch().catch(toAppError)).toMatchObject({ code: "attachment.gone" });
	});
});

describe("row 16: fields of the system's own pass untouched, and what the server made of the text is shown", () => {
	const calendar = "https://calend.example.invalid/ann-lee";

	test.each<[readonly [string, string]]>([[["{{", "}}"]], [["[[", "]]"]], [["%", "%"]]])(
		"row 16: %s",
		async (customFieldToken) => {
			const office = await openOffice({ ...withHello, switches: { customFieldToken } });
			const text = `Book here: ${customFieldToken[0]}calendar${customFieldToken[1]}`;
			expect(await office.send(danaKey, text)).toMatchObject({
				kind: "accepted",
				text: `Book here: ${calendar}`,
			});
			expect(office.simulator.ledger.entries).toMatchObject([{ body: text }]);
		},
	);

	test.each(["trimmed", "straightQuotes", "shortLinks"] as const)(
		"row 16: without a message in the reply, found although it is %s",
		async (textChange) => {
			const office = await openOffice({ ...withHello, switches: { textChange, singleReply: "empty" } });
			const outcome = await office.send(danaKey, "  He said “see https://example.invalid/a/long/one” ");
			expect(outcome).toMatchObject({ kind: "accepted", remoteId: null });
			await office.until(() =>
				office.own(danaKey).some(({ clientId }) => clientId === outcome.clientId),
			);
		},
	);

	test("row 16: without a message in the reply, a filled field is found all the same", async () => {
		const office = await openOffice({ ...withHello, switches: { singleReply: "accepted" } });
		const outcome = await office.send(danaKey, "Check out my availability at {{calendar}}");
		await office.until(() => office.own(danaKey).some(({ clientId }) => clientId === outcome.clientId));
		expect(office.own(danaKey)[0]?.text).toBe(`Check out my availability at ${calendar}`);
	});

	test("row 16: a field without a value is refused with the server's words", async () => {
		const office = await openOffice({ ...withHello, switches: { missingCustomField: "refused" } });
		expect(await office.send(danaKey, "{{businessName}}")).toMatchObject({
			kind: "rejected",
			error: { code: "message.refused", detail: "Custom field businessName has no value" },
		});
	});
});

describe("row 17: saved replies", () => {
	function withReplies(simulator: Office["simulator"]) {
		const ann = simulator.users.get("ann@example.com");
		const will = simulator.users.get("will@example.com");
		simulator.savedReplies.add(ann, { title: "Hello", content: "Hi, how can I help?" });
		simulator.savedReplies.add(will, {
			title: "Shared one",
			content: "We are open till six",
			shared: true,
		});
		simulator.savedReplies.add(will, { title: "Private", content: "secret" });
		const stored = simulator.files.add({ contentType: "image/png", bytes: png, name: "map.png" });
		simulator.savedReplies.add(ann, {
			title: "Map",
			content: "Here is a map",
			files: [simulator.savedReplies.attachment(stored)],
		});
		for (let more = 10; more < 40; more += 1)
			simulator.savedReplies.add(ann, { title: `Nr ${String(more)}`, content: `text ${String(more)}` });
	}

	test.each(["q", "query", "both"] as const)(
		"row 17: found by their words when the server's search is called %s",
		async (savedReplySearch) => {
			const office = await openOffice({
				before: withReplies,
				switches: { savedReplySearch, pageSize: 10 },
			});
			const { replies } = office.session;
			const found = await office.passing(replies.find("open till", office.signal));
			expect(found).toMatchObject({
				replies: [{ title: "Shared one", text: "We are open till six", files: 0, source: "system" }],
				more: false,
			});
			const all = await office.passing(replies.find("", office.signal));
			expect(all.replies.map(({ title }) => title)).toContain("Nr 39");
			expect(all.replies.map(({ title }) => title)).not.toContain("Private");
			expect(all.replies.find(({ title }) => title === "Map")).toMatchObject({ files: 1 });
		},
	);

	test.each([false, true])(
		"row 17: its file goes along once; the server attaches it too: %s",
		async (savedReplyAttaches) => {
			const office = await openOffice({
				before: (simulator) => {
					withReplies(simulator);
					simulator.customer(dana).write("my_account", "where are you?");
				},
				switches: { savedReplyAttaches },
			});
			const [reply] = (await office.passing(office.session.replies.find("map", office.signal))).replies;
			const outcome = await office.send(danaKey, "Here is a map", { savedReply: reply?.id ?? "" });
			// The documentation says "No body" for this reply.
			expect(outcome).toMatchObject({ kind: "accepted", remoteId: null });
			const [sent] = office.simulator.ledger.entries;
			expect(sent).toMatchObject({ savedReply: reply?.id, attachment: { contentType: "image/png" } });
			await office.until(() =>
				office.own(danaKey).some(({ clientId }) => clientId === outcome.clientId),
			);
		},
	);
});

describe("row 18: who opted out or is blocked is not written to", () => {
	test("row 18: what the conversation says closes the composer, and nothing is posted", async () => {
		const office = await openOffice(withHello);
		office.simulator.customer(dana).write("my_account", "STOP");
		await office.until(() => office.thread(danaKey)?.facts.refusal?.code === "peer.optedOut");
		expect(await office.send(danaKey, "please stay")).toMatchObject({
			kind: "rejected",
			error: { code: "peer.optedOut" },
		});
		office.simulator.customer(dana).write("my_account", "START");
		await office.until(() => office.thread(danaKey)?.facts.refusal === null);
		expect((await office.send(danaKey, "welcome back")).kind).toBe("accepted");
		expect(office.requests().filter(({ method }) => method === "POST")).toHaveLength(1);
	});

	test.each([404, 204] as const)(
		"row 18: a number without a conversation is asked for in the opt-outs first (%d for none)",
		async (missingOptOut) => {
			const office = await openOffice({ switches: { missingOptOut } });
			office.simulator.optOuts.add(office.simulator.accounts.get("my_account"), "+13035550140", null);
			const thread = await office.begin("+13035550140");
			expect(await office.send(thread.peer, "offers!")).toMatchObject({
				kind: "rejected",
				error: { code: "peer.optedOut" },
			});
			expect((await office.send((await office.begin("+13035550141")).peer, "hello")).kind).toBe(
				"accepted",
			);
			const both = await office.begin("+13035550140", "+13035550141");
			expect(await office.send(both.peer, "offers!")).toMatchObject({
				error: { code: "peer.optedOut", detail: "+13035550140" },
			});
			expect(office.simulator.ledger.entries).toHaveLength(1);
		},
	);

	test.each<[Partial<TextusSwitches>, "peer.blocked" | "account.restricted"]>([
		[{ blockedSend: 422 }, "peer.blocked"],
		[{ restrictedSend: 403 }, "account.restricted"],
	])("row 18: blocked, restricted: %o", async (switches, code) => {
		const office = await openOffice({ ...withHello, switches });
		const { simulator } = office;
		if (code === "peer.blocked")
			await office.passing(office.session.threads.act(danaKey, "block", office.signal));
		else {
			simulator.accounts.get("my_account").messagingRestricted = true;
			await office.passing(office.session.check());
			expect(await office.line()).toMatchObject({ canMessage: false });
			expect(
				(await office.session.useLine((await office.line())?.id ?? ("" as never))).warnings,
			).toMatchObject([{ code }]);
		}
		await office.until(() => office.thread(danaKey)?.facts.refusal?.code === code);
		expect(await office.send(danaKey, "hm")).toMatchObject({ kind: "rejected", error: { code } });
		expect(office.requests().some(({ method }) => method === "POST")).toBe(false);
	});

	test.each<[TextusSwitches["optedOutSend"]]>([[403], [409], [422], ["failed"]])(
		"row 18: the server knows better, %s",
		async (optedOutSend) => {
			const office = await openOffice({ ...withHello, switches: { optedOutSend } });
			expect((await office.send(danaKey, "first")).kind).toBe("accepted");
			// Within the time for which the answer about opt-outs counts.
			office.simulator.customer(dana).optOut("my_account");
			const outcome = await office.send(danaKey, "second");
			if (optedOutSend === "failed")
				expect(await failed(office, danaKey)).toMatchObject({
					problem: { detail: "Contact has opted out" },
				});
			else
				expect(outcome).toMatchObject({
					kind: "rejected",
					error: { code: "message.refused", detail: "Contact has opted out" },
				});
		},
	);
});
