import { afterEach, expect, test } from "vitest";
import { wheelPicture } from "../../../../practice/evovoice/picture.ts";
import type { EvovoiceSwitches } from "../../../../practice/evovoice/switches.ts";
import { type Desk, EvoFloor } from "./testing/evo-world.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const me = "agent@example.com";

/** A desk and a visitor who has begun a chat after the agent has signed in. */
async function chatting(switches: Partial<EvovoiceSwitches> = {}) {
	const desk = await floor.desk(switches);
	const chat = desk.simulator.outside.person("visitor-7", "Vi").startChat(desk.main, [me]);
	return { ...desk, chat, peer: desk.agent.peer(desk.main, "visitor-7") };
}

/** Lets time pass until a chat that no list shows is known to be in its transcript alone. */
async function unlisted({ agent, clock }: Pick<Desk, "agent" | "clock">): Promise<void> {
	await agent.look();
	clock.advance(16_000);
	await agent.look();
}

test("a chat is a conversation with the visitor's name; what is said in it comes once, with its files", async () => {
	const { agent, chat, peer } = await chatting();
	chat.write("hello");
	chat.write("", wheelPicture());
	chat.write("and this", wheelPicture());
	await agent.look();
	await agent.look();
	expect(agent.of("message").map(({ text, files }) => [text, files?.[0]?.type ?? null])).toEqual([
		["hello", null],
		["", "image/png"],
		["and this", "image/png"],
	]);
	expect(agent.of("thread").at(-1)).toMatchObject({
		peer,
		name: "Vi",
		address: "visitor-7",
		facts: { medium: "chat", closed: false, refusal: null },
	});
});

test("a reply goes into the session while it lives; afterwards there is no way to a visitor", async () => {
	const { simulator, agent, chat, peer } = await chatting();
	chat.write("hello");
	await agent.look();
	expect(await agent.send(peer, "hi")).toMatchObject({ kind: "accepted" });
	expect(simulator.ledger.entries.map(({ sessionId }) => sessionId)).toEqual([chat.session.id]);
	chat.end();
	expect(await agent.send(peer, "still there?")).toMatchObject({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.sessionEnded", detail: "The session is not an active chat" },
	});
	const thread = await agent.event("thread", ({ facts }) => facts.closed === true);
	expect(thread.facts.refusal).toEqual({ code: "peer.readOnlyMedium" });
	expect(simulator.ledger.count("still there?")).toBe(0);
});

test("a chat on a telephone number is answered by its session, and by the number when it is over", async () => {
	const { simulator, agent, main } = await floor.desk();
	const chat = simulator.outside.person("+15556667777").startChat(main, [me]);
	chat.write("hello");
	await agent.look();
	const peer = agent.peer(main, "+15556667777");
	await agent.send(peer, "in the chat");
	chat.end();
	await agent.look();
	await agent.send(peer, "by text");
	expect(simulator.ledger.entries.map(({ sessionId }) => sessionId)).toEqual([chat.session.id, null]);
	expect(agent.of("thread").at(-1)?.facts).toMatchObject({ closed: true, refusal: null });
});

test("history has the files of a chat that is over", async () => {
	const { agent, main } = await floor.desk({}, (before, line) => {
		const chat = before.outside.person("visitor-7", "Vi").startChat(line, [me]);
		chat.write("", wheelPicture());
		chat.end();
	});
	const past = await agent.past(agent.peer(main, "visitor-7"));
	expect(past.map((message) => message.type === "message" && message.files?.[0]?.type)).toEqual([
		"image/png",
	]);
});

test("where lists leave chats out, the transcript is the conversation: each line once, with the same id in every run", async () => {
	const desk = await chatting({ sessionMessagesListed: false });
	const { simulator, agent, chat, peer } = desk;
	chat.write("hello", wheelPicture());
	chat.write("hello");
	await unlisted(desk);
	chat.write("anybody?");
	await agent.look();
	await agent.look();
	const told = agent.of("message");
	expect(told.map(({ text, peer: with_, catchUp }) => [text, with_, catchUp])).toEqual([
		["hello", peer, false],
		["hello", peer, false],
		["anybody?", peer, false],
	]);
	expect(told[0]?.files?.[0]?.type).toBe("image/png");
	const ids = told.map(({ remoteId }) => remoteId);
	expect(new Set(ids).size).toBe(3);
	expect((await agent.past(peer)).map(({ remoteId }) => remoteId).sort()).toEqual([...ids].sort());
	desk.clock.advance(400_000);
	const later = await floor.agent(simulator, desk.clock);
	expect((await later.past(peer)).map(({ remoteId }) => remoteId).sort()).toEqual([...ids].sort());
	const heads = await later.session.history?.heads(null, null, later.signal);
	expect(heads?.heads.map((head) => head.peer)).toEqual([peer]);
});

test("where lists leave chats out, a reply is told by the id that its transcript gives it", async () => {
	const desk = await chatting({ sessionMessagesListed: false });
	const { agent, chat, peer } = desk;
	chat.write("hello");
	await unlisted(desk);
	const outcome = await agent.send(peer, "hi");
	await agent.look();
	expect(agent.of("ownMessage")).toEqual([]);
	const own = (await agent.past(peer)).filter(({ type }) => type === "ownMessage");
	expect(own.map(({ remoteId }) => remoteId)).toEqual([
		outcome.kind === "accepted" ? outcome.remoteId : null,
	]);
});

test("a chat that lists show late is not taken for one that they leave out", async () => {
	const { agent, clock, chat } = await chatting({ listLagMs: 5000 });
	chat.write("hello");
	await agent.look();
	expect(agent.texts()).toEqual([]);
	clock.advance(6000);
	await agent.look();
	clock.advance(20_000);
	await agent.look();
	expect(agent.texts()).toEqual(["hello"]);
});

test("trouble with a transcript holds up no message", async () => {
	const { simulator, agent, chat } = await chatting();
	await agent.look();
	simulator.failures.next({ operation: "GetChatTranscript", status: 500, times: 9 });
	chat.write("hello");
	await agent.look();
	expect(agent.texts()).toEqual(["hello"]);
});

test("calls and faxes are no conversations; a colleague's chat is not ours to answer in", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.outside.person("+15556660001").startChat(main, [me], "Voice").write("spoken");
	simulator.outside.person("visitor-8").startChat(main, ["colleague@example.com"]);
	await agent.look();
	expect(agent.of("thread").map(({ facts }) => facts.medium)).toEqual(["sms"]);
});

test("a cut-off that the server refuses costs no history", async () => {
	const { agent, main } = await floor.desk({ earlyCutOff: "refused" }, (before, line) => {
		before.outside.person("visitor-7").startChat(line, [me]).write("hello");
	});
	expect((await agent.past(agent.peer(main, "visitor-7"))).map(({ text }) => text)).toEqual(["hello"]);
});

test("a text to a visitor right after the start goes into the session that nobody has asked about yet", async () => {
	const { simulator, agent, main } = await floor.desk(
		{},
		(before, line) => {
			before.outside.person("visitor-7").startChat(line, [me]).write("hello");
		},
		{ settle: false },
	);
	expect(await agent.send(agent.peer(main, "visitor-7"), "hi")).toMatchObject({ kind: "accepted" });
	expect(simulator.ledger.entries[0]?.sessionId).toBe(simulator.sessions.all[0]?.id);
});
