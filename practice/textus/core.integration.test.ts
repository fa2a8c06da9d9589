import { afterEach, expect, test } from "vitest";
import { TextusBench } from "../testing/textus-bench.ts";
import { linkOf, membersOf, type TextusClient } from "../testing/textus-client.ts";
import { startTextusSimulator } from "./simulator.ts";

const bench = new TextusBench();
afterEach(() => bench.close());

const customer = "+13035551234";

test("start-up: profile, accounts, folders, inbox, timeline, read", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(customer).write("my_account", "Hello?");

	const profile = await ann.get("/profile");
	expect(profile.status).toBe(200);
	expect(profile.headers.get("content-type")).toBe("application/vnd.textus+jsonld; charset=utf-8");
	expect(profile.body).toMatchObject({
		"@type": "User",
		"@context": "/contexts/User.jsonld",
		name: "Ann Lee",
		memberships: {
			"@type": "hydra:Collection",
			totalItems: 1,
			members: [{ "@type": "Membership", role: "admin", account: { id: "/accounts/my_account" } }],
		},
	});
	expect(profile.body["id"]).toMatch(/^\/users\/\w+$/);

	expect(await ann.members("/accounts")).toEqual([
		{
			"@type": "Account",
			"@context": "/contexts/Account.jsonld",
			id: "/accounts/my_account",
			name: "My Account",
			slug: "my_account",
			logo: null,
			type: "standard",
			phoneNumbers: ["(303) 555-1111", "(303) 555-2222"],
			effectiveRole: "admin",
		},
	]);

	const [all] = await ann.members("/my_account/conversation_filters");
	expect(all).toMatchObject({ slug: "all", title: "All Conversations", unreadCount: 1, totalCount: 1 });

	const inbox = await ann.get(`${linkOf(all, "id")}/conversations`);
	expect(inbox.body).toMatchObject({
		"@type": "ConversationCollection",
		totalItems: 1,
		view: { next: null },
	});
	const [conversation] = membersOf(inbox.body);
	expect(conversation).toMatchObject({
		"@type": "Conversation",
		currentState: "open",
		account: "/accounts/my_account",
		requestingUserInfo: { read: false, readToTimelinePosition: null, starred: false, assigned: false },
		phoneNumber: customer,
		formattedPhoneNumber: "(303) 555-1234",
		accountPhoneNumber: "+13035551111",
		reopenConversation: null,
		unanswered: true,
		unsubscribed: false,
		blocked: false,
		latestPreviewableItem: { body: "Hello?", direction: "in", deliveryState: "received", sender: null },
	});

	const timeline = await ann.get(linkOf(conversation, "timeline"));
	expect(timeline.body).toMatchObject({
		"@type": "Timeline",
		latestPosition: "2023-11-14T22:13:20.000Z",
		members: [
			{
				"@type": "Message",
				body: "Hello?",
				formattedBody: "<div>Hello?</div>",
				timelinePosition: "2023-11-14T22:13:20.000Z",
				friendlyStateDescription: "Inbound Message Received",
				attachments: { members: [], totalItems: 0 },
				retryAllowed: false,
				retry: null,
				channel: "sms",
			},
		],
	});

	const read = await ann.put(linkOf(conversation, "readConversation"));
	expect(read.body).toMatchObject({
		requestingUserInfo: { read: true, readToTimelinePosition: "2023-11-14T22:13:20.000Z" },
	});
	expect((await ann.members("/my_account/conversation_filters"))[0]).toMatchObject({ unreadCount: 0 });
});

test("a message to one number: 201, then queued, dispatched, delivered; the customer and the ledger have it", async () => {
	const { simulator, clock, ann } = await bench.open();
	const sent = await ann.send(customer, "Good morning");
	expect(sent.status).toBe(201);
	expect(sent.body).toMatchObject({
		"@type": "Message",
		body: "Good morning",
		direction: "out",
		deliveryState: "queued",
		friendlyStateDescription: "Message Queued",
		flags: [],
		source: "textus",
	});
	const state = async (): Promise<unknown> => (await ann.timeline(customer))[0]?.["deliveryState"];
	clock.advance(400);
	expect(await state()).toBe("dispatched");
	expect(simulator.customer(customer).received).toEqual([]);
	clock.advance(400);
	expect(await state()).toBe("delivered");
	expect(simulator.customer(customer).received.map(({ body }) => body)).toEqual(["Good morning"]);
	expect(simulator.ledger.entries).toMatchObject([
		{
			sequence: 0,
			id: sent.body["id"],
			account: "my_account",
			from: "+13035551111",
			to: customer,
			body: "Good morning",
			sent: "Good morning",
			savedReply: null,
			attachment: null,
			scheduledAt: null,
			sender: sent.body["sender"],
			retryOf: null,
		},
	]);
});

test("the timeline is newest first and pages by cursor while new messages arrive", async () => {
	const { simulator, ann } = await bench.open({ switches: { pageSize: 2 } });
	const person = simulator.customer(customer);
	for (const text of ["1", "2", "3", "4", "5"]) person.write("my_account", text);
	const bodies = (page: Awaited<ReturnType<TextusClient["get"]>>): unknown[] =>
		membersOf(page.body).map((member) => member["body"]);
	const timeline = linkOf(await ann.conversation(customer), "timeline");
	const first = await ann.get(timeline);
	expect(bodies(first)).toEqual(["5", "4"]);
	expect(first.body).toMatchObject({ totalItems: 5, view: { first: timeline, previous: null } });
	person.write("my_account", "6");
	const second = await ann.get(linkOf(first.body, "view", "next"));
	expect(bodies(second)).toEqual(["3", "2"]);
	expect(second.body["view"]).toMatchObject({ previous: timeline });
	const third = await ann.get(linkOf(second.body, "view", "next"));
	expect(bodies(third)).toEqual(["1"]);
	expect(third.body["view"]).toMatchObject({ next: null });
});

test("it listens on loopback only, and closing leaves no timer", async () => {
	await expect(startTextusSimulator({ host: "0.0.0.0" })).rejects.toThrow("127.0.0.1 only");
	const { simulator, clock, ann } = await bench.open();
	expect(simulator.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	await ann.send(customer, "Good morning");
	expect(clock.timers).toBe(1);
	await simulator.close();
	expect(clock.timers).toBe(0);
});
