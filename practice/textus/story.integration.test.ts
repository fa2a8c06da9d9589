import { inflateSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { linkOf, membersOf, TextusClient } from "../testing/textus-client.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { png } from "../server/png.ts";
import { brokenMug } from "./picture.ts";
import { practiceTextus, type TextusPracticeAccount, type TextusPracticeOptions } from "./story.ts";
import type { TextusSimulator } from "./simulator.ts";
import { errands, people } from "./talk.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

interface Shop {
	readonly simulator: TextusSimulator;
	readonly account: TextusPracticeAccount;
	readonly clock: VirtualClock;
	readonly sam: TextusClient;
}

/** The shop with its agent signed in, whom nobody has written to yet. */
async function enter(options: TextusPracticeOptions = {}): Promise<Shop> {
	const clock = virtualClock();
	const { simulator, account } = await practiceTextus({ clock, seed: 11, disturbances: false, ...options });
	closers.push(() => simulator.close());
	const sam = new TextusClient(simulator, account.secret);
	await sam.get("/profile");
	return { simulator, account, clock, sam };
}

/** What customers wrote in the meantime. */
function listen({ simulator, clock }: Shop, milliseconds: number): string[] {
	const before = simulator.ledger.received.length;
	clock.advance(milliseconds);
	return simulator.ledger.received.slice(before).map(({ body }) => body);
}

const say = ({ sam }: Shop, to: string, body: string): ReturnType<TextusClient["post"]> =>
	sam.post("/harbour_goods/messages", { to, body });

/** Lets one errand after the other begin until it is the turn of `number`. */
function until(shop: Shop, number: string): void {
	while (shop.simulator.ledger.received.at(-1)?.from !== number) shop.clock.advance(5_000);
	shop.clock.advance(20_000);
}

test("each run has its own token; there are contacts, saved replies, two folders besides all", async () => {
	const { account, sam } = await enter();
	expect(account).toMatchObject({ system: "textus", userName: "sam.rivera@harbourgoods.example" });
	expect(account.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	expect((await enter()).account.secret).not.toBe(account.secret);
	const folders = await sam.members("/harbour_goods/conversation_filters");
	expect(folders.map(({ slug }) => slug)).toEqual(["all", "you", "active"]);
	expect((await sam.get("/harbour_goods/contacts")).body["totalItems"]).toBe(7);
	const profile = (await sam.get("/profile")).body;
	const replies = await sam.members(linkOf(profile, "savedReplies"));
	expect(replies.map(({ shared }) => shared)).toEqual([false, false, true, true]);
});

test("nobody writes before the agent is there; then a customer writes, reacts to each text and takes leave", async () => {
	const clock = virtualClock();
	const { simulator, account } = await practiceTextus({ clock, seed: 11, disturbances: false });
	closers.push(() => simulator.close());
	clock.advance(3_600_000);
	expect(simulator.ledger.received).toEqual([]);
	const shop: Shop = { simulator, account, clock, sam: new TextusClient(simulator, account.secret) };
	await shop.sam.get("/profile");
	expect(listen(shop, 30_000)).toEqual(errands[0]?.opening);
	for (const turn of errands[0]?.turns ?? []) {
		await say(shop, people.order, "Let me see");
		expect(listen(shop, 30_000)).toEqual(turn);
	}
	await say(shop, people.order, "You are welcome");
	expect(listen(shop, 15_000)).toEqual(errands[0]?.farewell);
	expect(listen(shop, 40_000)).toEqual(errands[1]?.opening);
});

test("silence brings one reminder, and after a while the next customer", async () => {
	const shop = await enter();
	listen(shop, 20_000);
	expect(listen(shop, 60_000)).toEqual([errands[0]?.nudge]);
	expect(listen(shop, 60_000)).toEqual([]);
	expect(listen(shop, 70_000)).toEqual(errands[1]?.opening);
});

test("one customer sends a picture, which is a real PNG that needs no token", async () => {
	const shop = await enter();
	until(shop, people.mug);
	const conversation = (
		await shop.sam.get(`/harbour_goods/conversations/${encodeURIComponent(people.mug)}`)
	).body;
	const [message] = membersOf((await shop.sam.get(linkOf(conversation, "timeline"))).body);
	const [picture] = (message?.["attachments"] as { members: { url: string; size: number }[] }).members;
	const answer = await fetch(picture?.url ?? "");
	expect(answer.headers.get("content-type")).toBe("image/png");
	const bytes = Buffer.from(await answer.arrayBuffer());
	expect(bytes.equals(brokenMug().bytes)).toBe(true);
	expect(bytes.length).toBe(picture?.size);
});

test("a PNG holds its pixels", () => {
	const bytes = png(2, 1, (x) => [x, 2, 3]);
	expect(bytes.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
	expect(bytes.readUInt32BE(16)).toBe(2);
	expect(bytes.readUInt32BE(20)).toBe(1);
	const data = bytes.indexOf("IDAT") + 4;
	const pixels = inflateSync(bytes.subarray(data, data + bytes.readUInt32BE(data - 8)));
	expect([...pixels]).toEqual([0, 0, 2, 3, 1, 2, 3]);
});

test("one customer opts out with STOP, and is not written to until the next time round", async () => {
	const shop = await enter();
	until(shop, people.stop);
	await say(shop, people.stop, "You bought a lamp here");
	expect(listen(shop, 30_000)).toEqual(errands[3]?.turns[0]);
	await say(shop, people.stop, "I will take you off the list");
	expect(listen(shop, 15_000)).toEqual(["STOP"]);
	expect((await say(shop, people.stop, "Done")).status).toBe(422);
	const path = `/harbour_goods/conversations/${encodeURIComponent(people.stop)}`;
	expect((await shop.sam.get(path)).body).toMatchObject({ unsubscribed: true });
	until(shop, people.order);
	until(shop, people.stop);
	expect((await say(shop, people.stop, "You are back")).status).toBe(201);
});

test("a landline gets nothing; bad reception needs a retry", async () => {
	const shop = await enter();
	until(shop, people.flaky);
	const sent = await say(shop, people.flaky, "It is ready");
	expect(listen(shop, 20_000)).toEqual([]);
	await shop.sam.post(`${linkOf(sent.body, "id")}/retry`);
	expect(listen(shop, 30_000)).toEqual(errands[4]?.turns[0]);
	until(shop, people.landline);
	await say(shop, people.landline, "Confirmed");
	shop.clock.advance(5_000);
	const path = `/harbour_goods/conversations/${encodeURIComponent(people.landline)}`;
	expect((await shop.sam.get(path)).body).toMatchObject({
		latestPreviewableItem: { deliveryState: "failed", retryAllowed: false },
	});
	expect(shop.simulator.customer(people.landline).received).toEqual([]);
});

test("whoever is written to first answers, in own words", async () => {
	const shop = await enter({ firstAfterMs: 86_400_000 });
	const texts: string[] = [];
	for (const said of [
		"Hello!",
		"Shall we deliver on Monday?",
		"See https://shop.example.invalid",
		"Fine",
		"Bye",
	]) {
		await say(shop, "+13035550131", said);
		const answer = listen(shop, 15_000);
		expect(answer).toHaveLength(1);
		texts.push(...answer);
	}
	expect(new Set(texts).size).toBeGreaterThan(2);
});

test("disturbances: the line drops in the second errand, rows come twice in the third", async () => {
	const shop = await enter({ disturbances: true });
	const { simulator, clock, sam } = shop;
	until(shop, people.mug);
	await say(shop, people.mug, "Oh no");
	clock.advance(2_000);
	expect(simulator.network.outage).toBe("refuse");
	clock.advance(4_000);
	await expect
		.poll(() =>
			sam.get("/profile").then(
				({ status }) => status,
				() => 0,
			),
		)
		.toBe(200);
	until(shop, people.hours);
	expect(simulator.switches.duplicates).toBe(false);
	await say(shop, people.hours, "Yes, from 10 to 4");
	clock.advance(2_000);
	expect(simulator.switches.duplicates).toBe(true);
	until(shop, people.stop);
	expect(simulator.switches.duplicates).toBe(false);
});

test("the same seed tells the same story, with the same ids", async () => {
	const tell = async (seed: number): Promise<unknown[]> => {
		const shop = await enter({ seed });
		listen(shop, 15_000);
		await say(shop, "+13035550131", "Hello!");
		listen(shop, 20_000);
		return shop.simulator.ledger.received.map(({ at, id, body }) => [at, id, body]);
	};
	const first = await tell(3);
	expect(first.length).toBeGreaterThan(2);
	expect(await tell(3)).toEqual(first);
	expect(await tell(4)).not.toEqual(first);
});

test("closing leaves no timer behind", async () => {
	const shop = await enter();
	shop.clock.advance(6_000);
	await shop.simulator.close();
	expect(shop.clock.timers).toBe(0);
});
