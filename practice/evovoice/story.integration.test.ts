import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { EvovoiceBench } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { dialogues, smallTalk } from "./dialogues.ts";
import { practiceEvovoice, type PracticeEvovoiceOptions } from "./practice.ts";
import type { EvovoiceSimulator } from "./simulator.ts";
import { startEvovoiceStory } from "./story.ts";

const closers: (() => Promise<void>)[] = [];
const bench = new EvovoiceBench();
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
	await bench.close();
});

interface Shop {
	readonly simulator: EvovoiceSimulator;
	readonly clock: VirtualClock;
	readonly client: EvovoiceClient;
}

/** The practice company, with the agent signed in; nobody has written yet. */
async function open(options: PracticeEvovoiceOptions = {}): Promise<Shop> {
	const clock = virtualClock();
	const { simulator, account } = await practiceEvovoice({
		clock,
		seed: 11,
		firstAfterMs: 1_000,
		pauseMs: 60_000,
		disturbances: false,
		...options,
	});
	closers.push(() => simulator.close());
	const client = new EvovoiceClient(account.server);
	const { status } = await client.signIn(account.userName, account.secret);
	expect(status).toBe(200);
	return { simulator, clock, client };
}

/** What customers wrote while so much time passed. */
function listen({ simulator, clock }: Shop, milliseconds: number): string[] {
	const before = simulator.messages.all.length;
	clock.advance(milliseconds);
	return simulator.messages.all
		.slice(before)
		.filter(({ direction }) => direction === "Incoming")
		.map(({ text }) => text);
}

const say = async (
	{ client, simulator }: Shop,
	line: string,
	toAddress: string,
	body: string,
): Promise<number> => {
	const endpointId = simulator.company.endpoint(line).id;
	return (await client.post("/messages", { endpointId, toAddress, body })).status;
};

test("the company: two numbers and a chat, contacts, and a past on both lines", async () => {
	const shop = await open();
	const { client, simulator } = shop;
	expect(simulator.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	const lines = (await client.get("/endpoints?types=PhoneNumber")).items;
	expect(lines.map(({ phoneNumber }) => phoneNumber)).toEqual(["+12065550200", "+12065550201"]);
	expect((await client.get("/app/contacts")).body["contacts"]).toHaveLength(6);
	const { conversations } = (await client.get("/conversations")).body as {
		conversations: readonly { mostRecentMessage: { text: string; isUnread: boolean } }[];
	};
	expect(conversations.map(({ mostRecentMessage: { text, isUnread } }) => [text, isUnread])).toEqual([
		["Thursday it is.", false],
		["Of course, bring it in any time before five.", false],
	]);
	const other = await practiceEvovoice({ seed: 11 });
	closers.push(() => other.simulator.close());
	expect(other.account.secret).not.toBe(simulator.users[0]?.password);
});

test("a customer writes, answers each text, takes leave, and chats on afterwards", async () => {
	const shop = await open();
	const [first] = dialogues;
	if (first === undefined) throw new Error("no dialogue");
	expect(listen(shop, 1_000)).toEqual(first.opening);
	const answer = async (text: string): Promise<string[]> => {
		expect(await say(shop, first.line, first.address, text)).toBe(200);
		return listen(shop, 10_000);
	};
	expect(await answer("Yes, it is ready.")).toEqual(first.turns[0]);
	expect(await answer("84 euros.")).toEqual(first.turns[1]);
	expect(await answer("Of course.")).toEqual(first.farewell);
	listen(shop, 10_000);
	const [after] = await answer("Thank you!");
	expect(["No, thank you!", "With pleasure.", "🙂"]).toContain(after);
});

test("two texts in a row get one answer; a goodbye ends the errand", async () => {
	const shop = await open();
	const [first] = dialogues;
	if (first === undefined) throw new Error("no dialogue");
	listen(shop, 1_000);
	await say(shop, first.line, first.address, "Yes.");
	await say(shop, first.line, first.address, "Since noon.");
	expect(listen(shop, 10_000)).toEqual(first.turns[0]);
	await say(shop, first.line, first.address, "Ask my colleague, I have to go. Bye!");
	expect(listen(shop, 10_000)).toEqual(first.farewell);
});

test("silence: one nudge, no more", async () => {
	const shop = await open({ pauseMs: 10_000_000 });
	expect(listen(shop, 200_000)).toEqual([...(dialogues[0]?.opening ?? []), dialogues[0]?.nudge]);
});

test("the website's visitor sends a picture, served as a PNG, and the chat ends", async () => {
	const shop = await open();
	const { simulator, client } = shop;
	listen(shop, 61_000 + 20_000);
	const active = JSON.parse((await client.get("/sessions/active")).text) as readonly {
		id: string;
		channel: string;
	}[];
	expect(active.map(({ channel }) => channel)).toEqual(["Chat"]);
	const id = active[0]?.id ?? "";
	const chat = async (body: string): Promise<void> => {
		expect((await client.post(`/sessions/${id}/messages`, { body })).status).toBe(200);
		listen(shop, 15_000);
	};
	await chat("We do.");
	const transcript = (await client.get(`/sessions/${id}/transcript`)).body["messages"] as readonly {
		body: string;
		mediaUri?: string;
		mediaContentType?: string;
	}[];
	const picture = transcript.at(-1);
	expect([picture?.body, picture?.mediaContentType]).toEqual([dialogues[1]?.turns[0]?.[0], "image/png"]);
	const media = await client.get((picture?.mediaUri ?? "").slice(simulator.origin.length));
	expect(media.bytes.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
	await chat("That is beyond repair.");
	await chat("It would.");
	listen(shop, 20_000);
	expect((await client.get("/sessions/active")).text).toBe("[]");
	expect((await client.post(`/sessions/${id}/messages`, { body: "late" })).status).toBe(400);
});

test("the customers come one after the other, the first again after the last", async () => {
	const shop = await open();
	const openings = listen(shop, 1_000 + 60_000 * dialogues.length).filter((text) =>
		dialogues.some(({ opening }) => opening[0] === text),
	);
	// Nobody was answered, so the first customer still waits and does not come twice.
	expect(openings).toEqual(dialogues.map(({ opening }) => opening[0]));
});

test("disturbances: the line drops after the second customer's answer, rows are doubled for the third", async () => {
	const shop = await open({ disturbances: true });
	const { simulator, clock, client } = shop;
	listen(shop, 70_000);
	const [session] = simulator.sessions.all;
	await client.post(`/sessions/${session?.id ?? ""}/messages`, { body: "We do." });
	clock.advance(500);
	expect(simulator.network.outage).toBe("refuse");
	clock.advance(4_000);
	await expect.poll(() => simulator.network.outage).toBe(null);
	clock.advance(60_000);
	const third = dialogues[2];
	await expect
		.poll(() =>
			client.get("/auth/status").then(
				({ status }) => status,
				() => 0,
			),
		)
		.toBe(200);
	await say(shop, third?.line ?? "", third?.address ?? "", "Yes.");
	expect(simulator.switches.rowCopies).toBe(2);
	clock.advance(30_000);
	expect(simulator.switches.rowCopies).toBe(1);
});

test("somebody who did not write first answers too, and the same seed says the same", async () => {
	const told = async (): Promise<string[]> => {
		const shop = await open({ firstAfterMs: 10_000_000 });
		for (const text of [
			"Your order arrived.",
			"Can you come today?",
			"That is 12 euros.",
			"Sorry!",
			"See you.",
		]) {
			await say(shop, "Front desk", "+12065550190", text);
			listen(shop, 10_000);
		}
		return shop.simulator.messages.all.flatMap(({ otherAddress, direction, text }) =>
			otherAddress === "+12065550190" && direction === "Incoming" ? [text] : [],
		);
	};
	const first = await told();
	expect(first).toHaveLength(5);
	expect(await told()).toEqual(first);
	expect(smallTalk(seededRandom(1), "fine", false)).not.toBe("");
});

test("a story on a bare simulator brings its own lines; stopped, nobody writes any more", async () => {
	const { simulator, clock } = await bench.desk();
	const story = startEvovoiceStory(simulator, {
		random: seededRandom(1),
		firstAfterMs: 1_000,
		pauseMs: 10_000,
		disturbances: false,
	});
	clock.advance(1_000);
	expect(simulator.messages.all).toHaveLength(1);
	expect(simulator.company.endpoint("Website chat").type).toBe("Team");
	story.stop();
	clock.advance(1_000_000);
	expect(simulator.messages.all).toHaveLength(1);
});
