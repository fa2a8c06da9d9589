import { afterEach, expect, test } from "vitest";
import { wheelPicture } from "../../../../practice/evovoice/picture.ts";
import { AppFailure } from "../../../../shared/errors.ts";
import type { Desk } from "./testing/evo-world.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";
import { EvoFloor, logged } from "./testing/evo-world.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";
const send = { method: "POST", path: "/messages" } as const;

/** Own messages with this text that core would find in the history of Jane's conversation. */
async function found({ agent, main }: Desk, text: string): Promise<number> {
	const past = await agent.past(agent.peer(main, jane));
	return past.filter((message) => message.type === "ownMessage" && message.text === text).length;
}

test.each(["resetAfter", "malformed"] as const)(
	"row 10: a text whose reply is lost is in doubt, is found in the history, and is not sent again (%s)",
	async (action) => {
		const desk = await floor.desk();
		desk.simulator.faults.next({ action, match: send });
		const outcome = await desk.agent.send(desk.agent.peer(desk.main, jane), "lost reply");
		expect(outcome.kind).toBe("unknown");
		expect(await found(desk, "lost reply")).toBe(1);
		expect(desk.simulator.ledger.count("lost reply")).toBe(1);
		// The polls tell it too.
		await desk.agent.look();
		expect(desk.agent.of("ownMessage").map(({ text }) => text)).toEqual(["lost reply"]);
	},
);

test.each([{ action: "resetBefore" }, { action: "html", status: 502 }] as const)(
	"row 10: a text that did not arrive is in doubt, and is not in the history (%o)",
	async (fault) => {
		const desk = await floor.desk();
		desk.simulator.faults.next({ ...fault, match: send });
		expect((await desk.agent.send(desk.agent.peer(desk.main, jane), "not there")).kind).toBe("unknown");
		expect(await found(desk, "not there")).toBe(0);
		expect(desk.simulator.ledger.count("not there")).toBe(0);
	},
);

test("row 10: nothing was reached: certainly not sent, and it may be tried again", async () => {
	const { simulator, agent, main } = await floor.desk();
	await simulator.network.cut("refuse");
	// The connections that were open are found to be gone.
	await agent.look().catch(() => undefined);
	expect(await agent.send(agent.peer(main, jane), "no line")).toMatchObject({
		kind: "rejected",
		retry: "automatic",
	});
	await simulator.network.restore();
	expect(simulator.ledger.entries).toEqual([]);
});

test("row 10: what the list shows late is found when it shows it", async () => {
	const desk = await floor.desk({ listLagMs: 4000 });
	desk.simulator.faults.next({ action: "resetAfter", match: send });
	await desk.agent.send(desk.agent.peer(desk.main, jane), "late");
	expect(await found(desk, "late")).toBe(0);
	desk.clock.advance(5000);
	expect(await found(desk, "late")).toBe(1);
});

test("row 10: an error of the service after the fact: the message is looked for, and it was sent", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({
		action: "body",
		status: 500,
		body: '{"responseStatus":{"errorCode":"Exception","message":"Mongo is away","errors":[]}}',
		match: send,
	});
	const outcome = await agent.send(agent.peer(main, jane), "sent all the same");
	expect(outcome).toMatchObject({ kind: "accepted", remoteId: simulator.ledger.entries[0]?.id });
	await agent.look();
	expect(agent.of("ownMessage")).toEqual([]);
});

test("row 10: two equal texts are two messages, told by their ids", async () => {
	const { simulator, agent, main } = await floor.desk();
	const peer = agent.peer(main, jane);
	const outcomes = [await agent.send(peer, "same"), await agent.send(peer, "same")];
	const ids = outcomes.map((outcome) => (outcome.kind === "accepted" ? outcome.remoteId : null));
	expect(ids).toEqual(simulator.ledger.entries.map(({ id }) => id));
	expect(new Set(ids).size).toBe(2);
	await agent.look();
	expect(agent.of("ownMessage")).toEqual([]);
});

test("row 10: a poll that sees the message before the reply is here does not double it", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({ action: "slow", chunkBytes: 40, everyMs: 25, match: send });
	const accepted = new Promise<void>((resolve) => simulator.messages.watch(() => resolve()));
	const sending = agent.send(agent.peer(main, jane), "echo first");
	await accepted;
	await agent.look();
	expect(agent.of("ownMessage")).toEqual([]);
	expect(await sending).toMatchObject({ kind: "accepted", remoteId: simulator.ledger.entries[0]?.id });
	await agent.look();
	expect(agent.of("ownMessage")).toEqual([]);
});

test("row 10: an equal text from elsewhere at the same moment is a message of its own", async () => {
	const { simulator, agent, main } = await floor.desk();
	const endpoint = simulator.company.endpoint(main);
	simulator.faults.next({ action: "slow", chunkBytes: 40, everyMs: 25, match: send });
	const accepted = new Promise<void>((resolve) => simulator.messages.watch(() => resolve()));
	const sending = agent.send(agent.peer(main, jane), "same");
	await accepted;
	const elsewhere = simulator.messages.add({
		endpoint,
		direction: "Outgoing",
		otherAddress: jane,
		senderAddress: "agent@example.com",
		senderName: "Alex Moss",
		text: "same",
		sessionId: null,
		media: null,
	});
	await agent.look();
	const outcome = await sending;
	expect(outcome).toMatchObject({ kind: "accepted", remoteId: simulator.ledger.entries[0]?.id });
	await agent.event("ownMessage");
	expect(agent.of("ownMessage").map(({ remoteId }) => remoteId)).toEqual([elsewhere.id]);
});

test("row 10: an answer that names no message says nothing: in doubt, not sent", async () => {
	const { simulator, agent, main } = await floor.desk({
		badRecipient: "accepted",
		missingEndpoint: "accepted",
	});
	const outcome = await agent.send(agent.peer("nowhere", jane), "into the void");
	expect(outcome).toMatchObject({ kind: "unknown", error: { code: "http.malformed" } });
	expect(simulator.ledger.entries).toEqual([]);
	expect(main).not.toBe("");
});

test("row 11: a long text goes out whole; a server that has a limit says so itself", async () => {
	const { simulator, agent, main } = await floor.desk();
	const long = "ü".repeat(5000);
	expect(await agent.send(agent.peer(main, jane), long)).toMatchObject({ kind: "accepted" });
	expect(simulator.ledger.texts()).toEqual([long]);
	simulator.switches.longestText = 1600;
	expect(await agent.send(agent.peer(main, jane), long)).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: "Body is longer than 1600 characters" },
	});
});

test("row 12: files cannot be sent, nor a message for later", async () => {
	const { simulator, agent, main } = await floor.desk();
	const plain = {
		clientId: "c" as never,
		peer: agent.peer(main, jane),
		text: "x",
		thread: null,
		savedReply: null,
		retryOf: null,
	};
	const file = { kind: "bytes", name: "a.png", type: "image/png", bytes: new Uint8Array(1) } as const;
	const withFile = await agent.session.send({ ...plain, files: [file], at: null }, agent.signal);
	expect(withFile).toMatchObject({
		kind: "rejected",
		retry: "never",
		error: { code: "attachment.notOffered" },
	});
	const later = await agent.session.send({ ...plain, files: [], at: 1 }, agent.signal);
	expect(later).toMatchObject({ kind: "rejected", retry: "never", error: { code: "schedule.notOffered" } });
	expect(simulator.journal.requests(send)).toEqual([]);
});

test("row 12: a picture in a text message is told as something that only the portal has", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.outside.person(jane).write(main, "", wheelPicture());
	await agent.look();
	const [message] = agent.of("message");
	expect(message).toMatchObject({ text: "", files: [{ ref: "portal", type: null }] });
	const fetched = agent.session.files?.fetch(
		{ ref: "portal", peer: message?.peer ?? "", messageId: null },
		1e6,
		agent.signal,
	);
	await expect(fetched).rejects.toMatchObject({ error: { code: "attachment.gone" } });
});

test.each(["own", "other"] as const)(
	"row 12: a picture in a chat is had from its host (%s), who we are goes to our own only",
	async (mediaHost) => {
		const { simulator, agent, main } = await floor.desk({ mediaHost });
		const picture = wheelPicture();
		const chat = simulator.outside.person("visitor-7", "Vi").startChat(main, ["agent@example.com"]);
		chat.write("look", picture);
		await agent.look();
		const message = await agent.event("message", ({ text }) => text === "look");
		const [file] = message.files ?? [];
		expect(file).toMatchObject({ type: "image/png" });
		const fetched = await agent.session.files?.fetch(
			{ ref: file?.ref ?? "", peer: message.peer, messageId: message.remoteId },
			1e6,
			agent.signal,
		);
		expect(fetched?.type).toBe("image/png");
		expect(Buffer.from(fetched?.bytes ?? []).equals(picture.bytes)).toBe(true);
		for (const { credentials } of simulator.otherJournal.requests()) expect(credentials).toBe("none");
		expect(simulator.otherJournal.requests()).toHaveLength(mediaHost === "other" ? 1 : 0);
		await expect(
			agent.session.files?.fetch(
				{ ref: file?.ref ?? "", peer: message.peer, messageId: null },
				10,
				agent.signal,
			),
		).rejects.toMatchObject({ error: { code: "attachment.tooLarge" } });
	},
);

test("row 12: a picture is had after the session has run out, with one new sign-in", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.outside
		.person("visitor-7")
		.startChat(main, ["agent@example.com"])
		.write("look", wheelPicture());
	await agent.look();
	const message = await agent.event("message");
	simulator.httpSessions.expireAll();
	const file = { ref: message.files?.[0]?.ref ?? "", peer: message.peer, messageId: null };
	expect((await agent.session.files?.fetch(file, 1e6, agent.signal))?.bytes.length).toBeGreaterThan(100);
	expect(simulator.httpSessions.signIns).toBe(2);
	await expect(
		agent.session.files?.fetch(
			{ ...file, ref: "/media/00000000-0000-4000-8000-000000000000" },
			1e6,
			agent.signal,
		),
	).rejects.toMatchObject({ error: { code: "attachment.gone" } });
});

test.each([false, true])(
	"row 13: a session that runs out is begun anew without a word (sliding: %s)",
	async (slidingSessions) => {
		const lifetime = { temporary: 3_600_000, permanent: 3_600_000 };
		const { simulator, agent, clock, main } = await floor.desk({
			slidingSessions,
			sessionLifetimeMs: lifetime,
		});
		clock.advance(3_700_000);
		simulator.outside.person(jane).write(main, "an hour later");
		await agent.look();
		expect(agent.texts()).toEqual(["an hour later"]);
		expect(agent.of("signedOut")).toEqual([]);
		expect(simulator.httpSessions.signIns).toBeGreaterThanOrEqual(slidingSessions ? 1 : 2);
		expect(simulator.httpSessions.signIns).toBeLessThanOrEqual(2);
	},
);

test.each(["redirect", "loginPage"] as const)(
	"row 14: a way to a login page is a 401: one new sign-in, and a text is sent once (%s)",
	async (signedOut) => {
		const { simulator, agent, main } = await floor.desk({ signedOut });
		simulator.httpSessions.expireAll();
		expect(await agent.send(agent.peer(main, jane), "after the page")).toMatchObject({
			kind: "accepted",
		});
		expect(simulator.ledger.count("after the page")).toBe(1);
		simulator.httpSessions.expireAll();
		simulator.outside.person(jane).write(main, "hello");
		await agent.look();
		expect(agent.texts()).toEqual(["hello"]);
		expect(simulator.httpSessions.signIns).toBe(3);
	},
);

test("row 14: a page in place of the reply to a sent text is no login page: in doubt, and not sent twice", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({
		action: "body",
		contentType: "text/html",
		body: "<!doctype html><html><body>Proxy</body></html>",
		match: send,
	});
	expect((await agent.send(agent.peer(main, jane), "behind a proxy")).kind).toBe("unknown");
	expect(simulator.ledger.count("behind a proxy")).toBe(1);
	expect(simulator.httpSessions.signIns).toBe(1);
});

test.each(["flag", "null", "noContent", "empty"] as const)(
	"row 15: whatever “nobody is signed in” looks like (%s)",
	async (statusSignedOut) => {
		const { simulator, agent } = await floor.desk({ statusSignedOut });
		expect(agent.session.userName).toBe("agent@example.com");
		simulator.switches.signIn = "unknownBody";
		const second = floor.agent(simulator, agent.clock);
		await expect(second).rejects.toMatchObject({ error: { code: "auth.browserNeeded" } });
	},
);

test("row 16: a bearer token is not used and not written down", async () => {
	const { simulator, agent, main } = await floor.desk({ bearerTokenInReply: true });
	await agent.send(agent.peer(main, jane), "hello");
	expect(simulator.journal.requests().map(({ credentials }) => credentials)).not.toContain("bearer");
	expect(logged.join("\n")).not.toContain("eyJ");
});

test.each(["redirect", "loginPage", "unknownBody"] as const)(
	"row 17: a company's sign-in by browser is named, and nothing more is tried (%s)",
	async (signIn) => {
		const simulator = await floor.simulator({ switches: { signIn } });
		const opened = await floor.agent(simulator, new WarpClock()).catch((thrown: unknown) => thrown);
		expect(opened).toBeInstanceOf(AppFailure);
		expect(opened).toMatchObject({ error: { code: "auth.browserNeeded" } });
		expect(simulator.journal.requests({ path: "/auth/credentials" })).toHaveLength(1);
		expect(simulator.otherJournal.requests()).toEqual([]);
	},
);

test("row 18: every list is scoped by the accounts of the user; lines of all of them are there", async () => {
	const { simulator, agent } = await floor.desk({}, undefined, {
		simulator: {
			users: [
				{
					emailAddress: "agent@example.com",
					password: "secret",
					roles: ["User", "Manager"],
					accounts: ["Acme Corp", "Bolt Inc"],
				},
			],
			endpoints: [
				{ displayName: "Acme line", address: "+15550100" },
				{ displayName: "Bolt line", address: "+15550300", account: "Bolt Inc" },
				{ displayName: "Other line", address: "+15550400", account: "Stranger Ltd" },
				{ displayName: "Voice only", address: "+15550101", disableSms: true },
			],
		},
	});
	const [acme, bolt] = simulator.accounts;
	const lines = await agent.session.lines(agent.signal);
	expect(lines.map(({ label, address, canMessage }) => [label, address, canMessage])).toEqual([
		["Acme line", "+15550100", true],
		["Bolt line", "+15550300", true],
		["Voice only", "+15550101", false],
	]);
	for (const path of ["/messages", "/conversations", "/endpoints"])
		for (const { query } of simulator.journal.requests({ method: "GET", path }))
			expect(new URLSearchParams(query).get("accountIds"), path).toBe(
				`${acme?.id ?? ""},${bolt?.id ?? ""}`,
			);
});
