import { describe, expect, test } from "vitest";
import { fingerprintOf, progressOf } from "./delivery-state.ts";
import { keyOf, parseKey } from "./key.ts";
import { membersOf, nextOf, relatedIn } from "./resource.ts";
import { readAccount, readConversation, readFilter, readItem, readUser, type WireMessage } from "./wire.ts";

const message = {
	"@type": "Message",
	id: "/messages/QNDkpL",
	direction: "out",
	body: "plain text",
	displayTimestamp: "2018-07-24T20:59:32.156Z",
	timelinePosition: "2018-07-24T20:59:32.156Z",
	deliveryState: "delivered",
	conversation: "/conversations/kY1QwY",
	sender: "/users/hikvlD",
	attachments: { members: [], totalItems: 0 },
	friendlyStateDescription: "Message Delivered",
	retryAllowed: false,
	retry: null,
	flags: [],
	source: "textus",
};

const read = (more: object): WireMessage => {
	const item = readItem({ ...message, ...more });
	if (item?.kind !== "message") throw new Error("no message");
	return item;
};

describe("a message", () => {
	test("as the documentation shows it", () => {
		expect(read({})).toMatchObject({
			id: "/messages/QNDkpL",
			direction: "out",
			text: "plain text",
			at: Date.UTC(2018, 6, 24, 20, 59, 32, 156),
			sender: { link: "/users/hikvlD", embedded: null },
			files: [],
			channel: null,
		});
	});

	test.each([
		["in", "in"],
		["incoming", "in"],
		["out", "out"],
		["outgoing", "out"],
	])("row 8: %s", (direction, meant) => {
		expect(read({ direction }).direction).toBe(meant);
	});

	test.each<[object, string]>([
		[{ "@type": "Assignment", description: "Ann was assigned" }, "Ann was assigned"],
		[{ "@type": "ConversationStateChange", body: undefined }, "Conversation state change"],
		[{ direction: "sideways", body: "what is this?" }, "what is this?"],
		[{ direction: "constructor", body: "x" }, "x"],
	])("row 7: %j is an event", (more, text) => {
		expect(readItem({ ...message, ...more })).toMatchObject({ kind: "event", text });
	});

	test("without an id or a time it has no place", () => {
		expect(readItem({ ...message, id: null })).toBeNull();
		expect(
			readItem({ ...message, timelinePosition: "soon", displayTimestamp: "0001-01-01T00:00:00Z" }),
		).toBeNull();
		expect(readItem({ ...message, timelinePosition: undefined })?.at).toBe(
			Date.UTC(2018, 6, 24, 20, 59, 32, 156),
		);
	});

	test("members of other kinds are not told", () => {
		const odd = read({
			body: null,
			sender: 7,
			attachments: "none",
			flags: "x",
			retryAllowed: "true",
			channel: {},
			friendlyStateDescription: "",
		});
		expect(odd).toMatchObject({
			text: "",
			sender: null,
			files: [],
			flags: [],
			retryAllowed: false,
			channel: null,
			words: null,
		});
	});
});

describe("what a state means (sheet, 9.3)", () => {
	test.each<[string | null, string, boolean]>([
		["created", "sent", false],
		["scheduled", "sent", false],
		["queued", "sent", false],
		["dispatched", "sent", false],
		["delivered", "delivered", true],
		["received", "delivered", true],
		["failed_transient", "failed", true],
		["unknown", "failed", true],
		["failed", "failed", true],
		["held_by_carrier", "sent", false],
		["__proto__", "sent", false],
		[null, "sent", false],
	])("%s", (deliveryState, state, final) => {
		expect(progressOf(read({ deliveryState }))).toMatchObject({ state, final });
	});

	test.each([
		[true, "/messages/x/retry", true],
		[true, null, false],
		[false, "/messages/x/retry", false],
	])("row 11: retryAllowed %s, retry %s", (retryAllowed, retry, allowed) => {
		expect(progressOf(read({ deliveryState: "failed", retryAllowed, retry })).retryAllowed).toBe(allowed);
	});

	test("two reports are the same whatever the addresses of their files", () => {
		const file = (url: string) => ({
			attachments: { members: [{ id: "/attachments/1", url, contentType: "image/png" }] },
		});
		expect(fingerprintOf(read(file("https://a.example/1?s=1")))).toBe(
			fingerprintOf(read(file("https://a.example/1?s=2"))),
		);
		expect(fingerprintOf(read({}))).not.toBe(fingerprintOf(read({ deliveryState: "failed" })));
	});
});

describe("a conversation", () => {
	const conversation = {
		id: "/conversations/JYnJBY",
		phoneNumber: "+13035551234",
		account: "/accounts/my_account",
	};

	test("with little in it", () => {
		expect(readConversation(conversation, null)).toMatchObject({
			slug: "my_account",
			number: "+13035551234",
			state: "open",
			blocked: false,
			unsubscribed: false,
			info: null,
			latest: null,
			timeline: "/conversations/JYnJBY/timeline",
			links: { closeConversation: null },
		});
	});

	test.each([
		[{ account: { id: "/accounts/embedded", name: "E" } }, "embedded"],
		[{ account: null }, "asked"],
		[{ account: "/accounts/linked" }, "linked"],
	])("its account: %j", (more, slug) => {
		expect(readConversation({ ...conversation, ...more }, "asked")?.slug).toBe(slug);
	});

	test("an unknown state is open, blocked is said in two ways", () => {
		expect(readConversation({ ...conversation, currentState: "dreaming" }, null)?.state).toBe("dreaming");
		expect(readConversation({ ...conversation, currentState: "blocked" }, null)?.blocked).toBe(true);
		expect(readConversation({ ...conversation, blocked: true }, null)?.blocked).toBe(true);
	});

	test.each([
		[null],
		["x"],
		[7],
		[[]],
		[{}],
		[{ id: "/c" }],
		[{ id: "/c", phoneNumber: "1,2" }],
		[{ phoneNumber: "+1" }],
	])("%j is none", (value) => {
		expect(readConversation(value, "slug")).toBeNull();
	});
});

test("accounts, folders and users, and what is none of them", () => {
	expect(
		readAccount({ id: "/accounts/my_account", name: "A", phoneNumbers: ["(303) 555-1111", null] }),
	).toEqual({ slug: "my_account", name: "A", numbers: ["(303) 555-1111"], restricted: null });
	expect(readAccount({ slug: "a/b" })).toBeNull();
	expect(readAccount({})).toBeNull();
	expect(readFilter({ slug: "all", unreadCount: "3" })).toEqual({
		slug: "all",
		title: "all",
		unread: 3,
		total: null,
	});
	expect(readFilter({ title: "x" })).toBeNull();
	expect(readUser({ id: "/users/x", firstName: "A", lastName: "B" })).toEqual({
		id: "/users/x",
		name: "A B",
		email: null,
		savedReplies: "/users/x/saved_replies",
	});
	expect(readUser({ id: "/accounts/x" })).toBeNull();
	expect(readUser(null)).toBeNull();
});

test("collections: members once each, whatever is among them, and the next page", () => {
	expect(membersOf({ members: [{ id: "/a" }, null, "x", { id: "/a" }, {}, []] })).toEqual([
		{ id: "/a" },
		{},
	]);
	expect(membersOf({ members: null })).toEqual([]);
	expect(membersOf(null)).toEqual([]);
	expect(membersOf([{ id: "/a" }])).toEqual([{ id: "/a" }]);
	expect(nextOf({ view: { next: "/x?cursor=1" } })).toBe("/x?cursor=1");
	for (const view of [null, "x", {}, { next: null }, { next: 7 }]) expect(nextOf({ view })).toBeNull();
	expect(relatedIn({ a: "/x" }, "a")).toEqual({ link: "/x", embedded: null });
	expect(relatedIn({ a: { id: "/x" } }, "a")).toEqual({ link: "/x", embedded: { id: "/x" } });
	expect(relatedIn({ a: null }, "a")).toBeNull();
	expect(relatedIn({}, "toString")).toBeNull();
});

test("a key is the same in whatever order the numbers come, and is read again", () => {
	expect(keyOf("a", "+2", "+1", "+2")).toBe("a/+1,+2");
	expect(parseKey("a/+1,+2")).toEqual({ slug: "a", numbers: ["+1", "+2"] });
	for (const none of ["", "a", "/+1", "a/"]) expect(parseKey(none)).toBeNull();
});
