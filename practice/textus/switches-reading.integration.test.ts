import { afterAll, afterEach, expect, test } from "vitest";
import { sendingSwitches, TextusBench } from "../testing/textus-bench.ts";
import { linkOf, membersOf, TextusClient } from "../testing/textus-client.ts";
import { defaultSwitches, type ErrorBodyForm, type InferredAction } from "./switches.ts";

const aboutSending = new Set<string>(sendingSwitches);
const bench = new TextusBench(Object.keys(defaultSwitches()).filter((name) => !aboutSending.has(name)));
afterEach(() => bench.close());
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

const dana = "+13035551234";
const eric = "+13035554321";
const weekMs = 7 * 86_400_000;

test("Q1: errorBody, every form", async () => {
	const { simulator, ann } = await bench.open();
	const body = async (errorBody: ErrorBodyForm): Promise<string> => {
		bench.turn(simulator, { errorBody });
		const answer = await ann.send("303", "Hi");
		expect(answer.status).toBe(422);
		return answer.text;
	};
	expect(JSON.parse(await body("hydra"))).toMatchObject({ "hydra:description": "To is invalid" });
	expect(await body("empty")).toBe("");
	expect(await body("html")).toContain("<h1>Unprocessable Entity</h1>");
	expect(JSON.parse(await body("error"))).toEqual({ error: "To is invalid" });
	expect(JSON.parse(await body("errors"))).toEqual({ errors: ["To is invalid"] });
	expect(JSON.parse(await body("errorObjects"))).toEqual({ errors: [{ message: "To is invalid" }] });
	expect(JSON.parse(await body("errorMap"))).toEqual({ errors: { base: ["To is invalid"] } });
	expect(JSON.parse(await body("violations"))).toEqual({
		violations: [{ propertyPath: "base", message: "To is invalid" }],
	});
});

test("Q2: badToken as 401, 403, or success with an error in the body", async () => {
	const { simulator } = await bench.open();
	const stranger = new TextusClient(simulator, "wrong");
	for (const badToken of [401, 403, 200] as const) {
		bench.turn(simulator, { badToken });
		expect(await stranger.get("/profile")).toMatchObject({
			status: badToken,
			body: { "@type": "hydra:Error", "hydra:description": "The access token is invalid" },
		});
	}
});

test("Q3: nothing but a static token: no sign-in, no refresh, no OAuth", async () => {
	const { ann } = await bench.open();
	for (const path of ["/oauth/token", "/login", "/session"])
		expect((await ann.post(path, {})).status).toBe(404);
	expect((await ann.get("/oauth/authorize")).status).toBe(404);
});

test("foreignAccountStatus", async () => {
	const { simulator } = await bench.open();
	bench.turn(simulator, { foreignAccountStatus: 404 });
	expect((await new TextusClient(simulator, "will-token").get("/accounts/my_account")).status).toBe(404);
});

test("responseContentType", async () => {
	const { simulator, ann } = await bench.open();
	bench.turn(simulator, { responseContentType: "application/json" });
	expect((await ann.get("/profile")).headers.get("content-type")).toBe("application/json");
	expect((await ann.get("/nothing/here")).headers.get("content-type")).toBe("application/json");
});

test("strictHeaders: 406 and 415, application/json passes as a body", async () => {
	const { simulator, ann } = await bench.open();
	ann.headers["accept"] = "application/json";
	expect((await ann.get("/profile")).status).toBe(406);
	ann.headers["accept"] = "text/html, application/vnd.textus+jsonld;q=0.9";
	expect((await ann.get("/profile")).status).toBe(200);
	ann.headers["content-type"] = "application/x-www-form-urlencoded";
	expect((await ann.send(dana, "Hi")).status).toBe(415);
	ann.headers["content-type"] = "application/json; charset=utf-8";
	expect((await ann.send(dana, "Hi")).status).toBe(201);
	bench.turn(simulator, { strictHeaders: false });
	ann.headers["accept"] = "*/*";
	ann.headers["content-type"] = "text/plain";
	expect((await ann.send(dana, "Hi")).status).toBe(201);
});

test("rateLimit: a thousand in five minutes a token, headers on every reply", async () => {
	const { simulator, clock, ann } = await bench.open();
	const first = await ann.get("/profile");
	expect(first.headers.get("x-ratelimit-limit")).toBe("1000");
	expect(first.headers.get("x-ratelimit-remaining")).toBe("999");
	expect(first.headers.get("x-ratelimit-reset")).toBe(String((clock.now() + 300_000) / 1_000));
	expect((await ann.send("303", "Hi")).headers.get("x-ratelimit-remaining")).toBe("998");
	for (let count = 0; count < 998; count += 1) await ann.get("/nothing/here");
	clock.advance(100_000);
	const refused = await ann.send(dana, "One too many");
	expect(refused.status).toBe(429);
	expect(refused.headers.get("retry-after")).toBe("200");
	expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
	expect(refused.body).toMatchObject({ "hydra:description": "Rate limit exceeded" });
	expect(simulator.ledger.entries).toEqual([]);
	expect((await new TextusClient(simulator, "will-token").get("/profile")).status).toBe(200);
	const unknown = await new TextusClient(simulator, "wrong").get("/profile");
	expect(unknown.headers.get("x-ratelimit-remaining")).toBe("999");
	clock.advance(200_000);
	expect((await ann.get("/profile")).status).toBe(200);
});

test("rateLimit smaller, retryAfter and rateLimitHeaders off", async () => {
	const { simulator, clock, ann } = await bench.open();
	bench.turn(simulator, { rateLimit: { requests: 1, windowMs: 1_000 }, retryAfter: false });
	expect((await ann.get("/profile")).status).toBe(200);
	const refused = await ann.get("/profile");
	expect(refused.status).toBe(429);
	expect(refused.headers.has("retry-after")).toBe(false);
	expect(refused.headers.get("x-ratelimit-limit")).toBe("1");
	clock.advance(1_000);
	bench.turn(simulator, { rateLimitHeaders: false });
	expect((await ann.get("/profile")).headers.has("x-ratelimit-limit")).toBe(false);
});

test("related: links, embedded, mixed", async () => {
	const { simulator, ann } = await bench.open();
	simulator.contacts.add(simulator.accounts.get("my_account"), {
		name: "Dana",
		phones: [{ number: dana }],
	});
	await ann.send(dana, "Hi");
	const sender = async (): Promise<unknown> => (await ann.timeline(dana))[0]?.["sender"];
	const alone = async (): Promise<unknown[]> => {
		const { account, requestingUserInfo, associatedContacts } = await ann.conversation(dana);
		return [account, requestingUserInfo, associatedContacts].map((value) => typeof value);
	};
	const contact = async (): Promise<unknown[]> => {
		const [one] = await ann.members("/my_account/contacts");
		return [one?.["phones"], one?.["notes"]].map((value) => typeof value);
	};
	expect(await sender()).toMatch(/^\/users\//);
	expect(await alone()).toEqual(["string", "string", "object"]);
	expect(await contact()).toEqual(["object", "object"]);
	bench.turn(simulator, { related: "links" });
	expect(await sender()).toMatch(/^\/users\//);
	expect(await alone()).toEqual(["string", "string", "string"]);
	expect(await contact()).toEqual(["string", "string"]);
	const profile = (await ann.get("/profile")).body;
	expect((await ann.get(linkOf(profile, "memberships"))).body["totalItems"]).toBe(1);
	bench.turn(simulator, { related: "embedded" });
	expect(await sender()).toMatchObject({ "@type": "User", name: "Ann Lee" });
	expect(await alone()).toEqual(["object", "object", "object"]);
	bench.turn(simulator, { related: "mixed" });
	const forms = new Set<string>();
	for (let count = 0; count < 30; count += 1) forms.add(typeof (await sender()));
	expect(forms).toEqual(new Set(["string", "object"]));
});

test("unavailableLink: null or absent", async () => {
	const { simulator, ann } = await bench.open();
	await ann.send(dana, "Hi");
	expect(await ann.conversation(dana)).toMatchObject({ reopenConversation: null });
	bench.turn(simulator, { unavailableLink: "absent" });
	expect(await ann.conversation(dana)).not.toHaveProperty("reopenConversation");
	expect((await ann.timeline(dana))[0]).not.toHaveProperty("retry");
});

test("linkPrefix: links that lead to another host, ids stay what they are", async () => {
	const { simulator, clock, ann } = await bench.open({ switches: { pageSize: 1 } });
	simulator.customer(dana).write("my_account", "Hi");
	await ann.send("+13035550181", "Fails");
	clock.advance(2_000);
	for (const linkPrefix of ["https://evil.example.invalid", "//evil.example.invalid", simulator.origin]) {
		bench.turn(simulator, { linkPrefix });
		const inbox = await ann.get("/my_account/conversation_filters/all/conversations");
		expect(linkOf(inbox.body, "view", "next").startsWith(`${linkPrefix}/my_account/`)).toBe(true);
		const [conversation] = membersOf(inbox.body);
		const id = linkOf(conversation, "id");
		expect(id).toMatch(/^\/conversations\/\w+$/);
		expect(conversation).toMatchObject({
			timeline: `${linkPrefix}${id}/timeline`,
			readConversation: `${linkPrefix}${id}/read`,
			latestPreviewableItem: { retry: expect.stringContaining(`${linkPrefix}/messages/`) as string },
		});
	}
});

test("unknownMembers, unknownTypes", async () => {
	const { simulator, ann } = await bench.open();
	await ann.send(dana, "Hi");
	bench.turn(simulator, { unknownMembers: true, unknownTypes: true });
	const [surprise, message] = membersOf(
		(await ann.get(linkOf(await ann.conversation(dana), "timeline"))).body,
	);
	expect(surprise).toMatchObject({ "@type": "Surprise" });
	expect(surprise).not.toHaveProperty("body");
	expect(message).toMatchObject({
		"@type": "Message",
		futureFlag: true,
		futureThing: { "@type": "Future" },
	});
});

test("Q6: pageSize, cursorLifetimeMs, badCursorStatus, viewOnSinglePage", async () => {
	const { simulator, clock, ann } = await bench.open();
	for (const number of [dana, eric, "+13035550199"]) {
		simulator.customer(number).write("my_account", "Hi");
		clock.advance(1_000);
	}
	const path = "/my_account/conversation_filters/all/conversations";
	expect((await ann.get(path)).body).toMatchObject({ view: { first: path, next: null } });
	bench.turn(simulator, { viewOnSinglePage: false });
	expect((await ann.get(path)).body).not.toHaveProperty("view");
	bench.turn(simulator, { pageSize: 2, cursorLifetimeMs: 60_000 });
	const first = await ann.get(path);
	expect([membersOf(first.body).length, first.body["totalItems"]]).toEqual([2, 3]);
	const next = linkOf(first.body, "view", "next");
	expect(next).toMatch(/\?cursor=\w+$/);
	clock.advance(59_999);
	expect(await ann.members(next)).toHaveLength(1);
	clock.advance(1);
	expect((await ann.get(next)).status).toBe(400);
	for (const badCursorStatus of [404, 410, 422] as const) {
		bench.turn(simulator, { badCursorStatus });
		expect((await ann.get(next)).status).toBe(badCursorStatus);
	}
	expect((await ann.get(`${path}?cursor=invented`)).status).toBe(422);
	const fresh = linkOf((await ann.get(path)).body, "view", "next");
	expect((await ann.get(fresh.replace("/all/", "/active/"))).status).toBe(422);
});

test("duplicates: within a page and from the page before", async () => {
	const { simulator, ann } = await bench.open();
	for (const text of ["1", "2", "3", "4"]) simulator.customer(dana).write("my_account", text);
	bench.turn(simulator, { duplicates: true, pageSize: 2 });
	const bodies = (page: { body: Parameters<typeof membersOf>[0] }): unknown[] =>
		membersOf(page.body).map(({ body }) => body);
	const first = await ann.get(linkOf(await ann.conversation(dana), "timeline"));
	expect(bodies(first)).toEqual(["4", "3", "3"]);
	expect(first.body["totalItems"]).toBe(4);
	expect(bodies(await ann.get(linkOf(first.body, "view", "next")))).toEqual(["3", "2", "1", "1"]);
});

test("Q5: folders with slugs of their own, or none at all; all and search are there all the same", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "Hi");
	bench.turn(simulator, { folders: [{ slug: "todo-7f", title: "To do", holds: "open" }] });
	expect(await ann.members("/my_account/conversation_filters")).toMatchObject([
		{ slug: "todo-7f", totalCount: 1 },
	]);
	expect(await ann.members("/my_account/conversation_filters/todo-7f/conversations")).toHaveLength(1);
	expect((await ann.get("/my_account/conversation_filters/active/conversations")).status).toBe(404);
	bench.turn(simulator, { folders: [] });
	expect((await ann.get("/my_account/conversation_filters")).body).toMatchObject({
		members: [],
		totalItems: 0,
	});
	expect(await ann.members("/my_account/conversation_filters/all/conversations")).toHaveLength(1);
	expect(await ann.members("/my_account/conversation_filters/search/conversations?q=hi")).toHaveLength(1);
});

test("Q4: refusedActions, hiddenActions", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "Hi");
	const id = linkOf(await ann.conversation(dana), "id");
	const calls: readonly (readonly [InferredAction, "put" | "delete", string])[] = [
		["unread", "delete", "read"],
		["close", "put", "close"],
		["reopen", "put", "reopen"],
		["star", "put", "star"],
		["star", "delete", "star"],
		["subscribe", "put", "subscribe"],
		["subscribe", "delete", "subscribe"],
	];
	for (const [action, method, path] of calls) {
		for (const status of [404, 405, 501] as const) {
			bench.turn(simulator, { refusedActions: { [action]: status } });
			expect((await ann[method](`${id}/${path}`)).status).toBe(status);
			expect((await ann.put(`${id}/read`)).status).toBe(200);
		}
	}
	const batch = "/my_account/conversation_filters/all/conversations";
	bench.turn(simulator, { refusedActions: { unread: 405, star: 501 } });
	expect((await ann.delete(`${batch}/read`, { conversations: [id] })).status).toBe(405);
	expect((await ann.put(`${batch}/star`, { conversations: [id] })).status).toBe(501);

	bench.turn(simulator, { refusedActions: {}, hiddenActions: ["close", "star", "unread", "subscribe"] });
	expect(await ann.conversation(dana)).toMatchObject({
		closeConversation: null,
		starConversation: null,
		unstarConversation: null,
		unreadConversation: null,
		subscribeConversation: null,
		unsubscribeConversation: null,
		readConversation: `${id}/read`,
		blockConversation: `${id}/block`,
	});
	expect((await ann.put(`${id}/close`)).status).toBe(200);
});

test("missingConversation", async () => {
	const { simulator, ann } = await bench.open();
	for (const missingConversation of [204, 422, 404] as const) {
		bench.turn(simulator, { missingConversation });
		const answer = await ann.get(`/my_account/conversations/${encodeURIComponent(dana)}`);
		expect(answer.status).toBe(missingConversation);
		expect(answer.text === "").toBe(missingConversation === 204);
	}
});

test("Q22: ownNumberInLists off: only the conversation itself tells the account's number", async () => {
	const { simulator, ann } = await bench.open();
	await ann.send(dana, "Hi");
	bench.turn(simulator, { ownNumberInLists: false });
	const [item] = await ann.members("/my_account/conversation_filters/all/conversations");
	expect(item).not.toHaveProperty("accountPhoneNumber");
	expect(await ann.conversation(dana)).toMatchObject({ accountPhoneNumber: "+13035551111" });
});

test("Q23: a reply within a week re-opens; lateReply decides later", async () => {
	const { simulator, clock, ann } = await bench.open();
	const person = simulator.customer(dana);
	const close = async (): Promise<string> => {
		const id = linkOf(await ann.conversation(dana), "id");
		await ann.put(`${id}/read`);
		await ann.put(`${id}/close`);
		return id;
	};
	person.write("my_account", "Hi");
	const first = await close();
	clock.advance(weekMs);
	person.write("my_account", "One more thing");
	expect(await ann.conversation(dana)).toMatchObject({ id: first, currentState: "open" });
	const [item] = await ann.members("/my_account/conversation_filters/all/conversations");
	expect(item).toMatchObject({ requestingUserInfo: { read: false } });

	await close();
	bench.turn(simulator, { lateReply: "staysClosed" });
	clock.advance(weekMs + 1);
	person.write("my_account", "Are you there?");
	expect(await ann.conversation(dana)).toMatchObject({ id: first, currentState: "closed" });
	bench.turn(simulator, { lateReply: "reopens" });
	person.write("my_account", "Hello?");
	expect(await ann.conversation(dana)).toMatchObject({ id: first, currentState: "open" });
	await close();
	bench.turn(simulator, { lateReply: "newConversation" });
	clock.advance(weekMs + 1);
	person.write("my_account", "Me again");
	const second = await ann.conversation(dana);
	expect(second["id"]).not.toBe(first);
	expect(second).toMatchObject({ currentState: "open" });
	expect(
		(await ann.members("/my_account/conversation_filters/all/conversations")).map(({ id }) => id),
	).toEqual([second["id"], first]);
});

test("Q7: eventType: an unknown type among the messages, or messages only", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "Hi");
	await ann.put(`${linkOf(await ann.conversation(dana), "id")}/close`);
	bench.turn(simulator, { eventType: "Zephyr" });
	const [event, message] = await ann.timeline(dana);
	expect(event).toMatchObject({ "@type": "Zephyr", displayTimestamp: expect.any(String) as string });
	expect(event).not.toHaveProperty("body");
	expect(message).toMatchObject({ "@type": "Message" });
	bench.turn(simulator, { eventType: null });
	expect((await ann.timeline(dana)).map((item) => item["@type"])).toEqual(["Message"]);
});

test("Q8: direction long", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "Hi");
	await ann.send(dana, "Hello");
	const directions = async (): Promise<unknown[]> =>
		(await ann.timeline(dana)).map(({ direction }) => direction);
	expect(await directions()).toEqual(["out", "in"]);
	bench.turn(simulator, { direction: "long" });
	expect(await directions()).toEqual(["outgoing", "incoming"]);
});

test("formattedBody raw", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "<b>Hi</b>");
	bench.turn(simulator, { formattedBody: "raw" });
	expect((await ann.timeline(dana))[0]).toMatchObject({ formattedBody: "<div><b>Hi</b></div>" });
});

test("Q24: channelMembers; WhatsApp is a channel of its own", async () => {
	const { simulator, ann } = await bench.open();
	const person = simulator.customer(dana);
	person.write("my_account", "By text");
	person.channel = "whatsapp";
	person.write("my_account", "By WhatsApp");
	expect(await ann.timeline(dana)).toMatchObject([{ body: "By WhatsApp", channel: "whatsapp" }]);
	expect((await ann.get("/my_account/conversation_filters/all/conversations")).body["totalItems"]).toBe(2);
	bench.turn(simulator, { channelMembers: false });
	expect((await ann.timeline(dana))[0]).not.toHaveProperty("channel");
});

test("Q21: nothing is pushed: no upgrade, no event stream", async () => {
	const { ann } = await bench.open();
	ann.headers["connection"] = "upgrade";
	ann.headers["upgrade"] = "websocket";
	expect((await ann.get("/cable")).status).toBe(404);
});

test("savedReplySearch: q, query, both", async () => {
	const { simulator, ann } = await bench.open();
	const owner = simulator.users.get("ann@example.com");
	simulator.savedReplies.add(owner, { title: "Hello", content: "Hi" });
	simulator.savedReplies.add(owner, { title: "Bye", content: "See you" });
	const path = linkOf((await ann.get("/profile")).body, "savedReplies");
	const counts = async (): Promise<number[]> => [
		(await ann.members(`${path}?q=bye`)).length,
		(await ann.members(`${path}?query=bye`)).length,
	];
	expect(await counts()).toEqual([1, 1]);
	bench.turn(simulator, { savedReplySearch: "q" });
	expect(await counts()).toEqual([1, 2]);
	bench.turn(simulator, { savedReplySearch: "query" });
	expect(await counts()).toEqual([2, 1]);
});

test("contactCreated", async () => {
	const { simulator, ann } = await bench.open();
	bench.turn(simulator, { contactCreated: 201 });
	expect((await ann.post("/my_account/contacts", { name: "Dana" })).status).toBe(201);
});

test("Q25: contactPut replaces or merges", async () => {
	const { simulator, ann } = await bench.open();
	const { body } = await ann.post("/my_account/contacts", {
		name: "Dana",
		phones: [{ number: dana }],
		data: { businessName: "Acme" },
	});
	const put = { name: "Dana W", phones: [{ number: eric }, { number: dana }], data: { tags: "vip" } };
	bench.turn(simulator, { contactPut: "merges" });
	expect((await ann.put(linkOf(body, "id"), put)).body).toMatchObject({
		name: "Dana W",
		phones: { members: [{ phoneNumber: dana }, { phoneNumber: eric }] },
		data: { businessName: "Acme", tags: "vip" },
	});
	bench.turn(simulator, { contactPut: "replaces" });
	const replaced = (await ann.put(linkOf(body, "id"), { name: "Dana", phones: [{ number: eric }] })).body;
	expect(replaced).toMatchObject({ phones: { totalItems: 1 } });
	expect(replaced["data"]).toEqual({});
});

test("Q26: missingOptOut, optOutRemoval", async () => {
	const { simulator, ann } = await bench.open();
	const path = `/my_account/opt_outs/${encodeURIComponent(dana)}`;
	bench.turn(simulator, { missingOptOut: 204 });
	expect(await ann.get(path)).toMatchObject({ status: 204, text: "" });
	await ann.put(path);
	expect((await ann.delete(path)).status).toBe(405);
	expect((await ann.get(path)).status).toBe(200);
	bench.turn(simulator, { optOutRemoval: "works" });
	expect((await ann.delete(path)).status).toBe(204);
	expect((await ann.get(path)).status).toBe(204);
});
