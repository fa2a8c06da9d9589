import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

async function failed(office: Office, key: string) {
	await office.until(() => office.own(key).at(-1)?.state === "failed");
	const event = office.own(key).at(-1);
	if (event?.remoteId == null) throw new Error("no message");
	return event as typeof event & { readonly remoteId: string };
}

const png = Buffer.from("89504e470d0a1a0a", "hex");

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
