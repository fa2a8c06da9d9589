import { afterEach, expect, test } from "vitest";
import { TextusBench } from "../testing/textus-bench.ts";
import { linkOf, membersOf, TextusClient } from "../testing/textus-client.ts";

const bench = new TextusBench();
afterEach(() => bench.close());

const dana = "+13035551234";
const eric = "+13035554321";

test("accounts: direct ones, those below and above, searched; the full form; no access is 403", async () => {
	const { simulator, ann } = await bench.open();
	const will = new TextusClient(simulator, "will-token");
	const slugs = async (client: TextusClient, query: string): Promise<unknown[]> =>
		(await client.members(`/accounts${query}`)).map(({ slug }) => slug);
	expect(await slugs(ann, "")).toEqual(["my_account"]);
	expect(await slugs(ann, "?descendants=true")).toEqual(["my_account", "my_branch"]);
	expect(await slugs(ann, "?descendants=true&q=branch")).toEqual(["my_branch"]);
	expect(await slugs(ann, "?slug=other")).toEqual([]);
	expect(await slugs(ann, "?type=standard")).toEqual(["my_account"]);
	expect(await slugs(will, "?ancestors=true")).toEqual(["my_account", "my_branch"]);
	expect((await ann.get("/accounts/my_account")).body).toMatchObject({
		messagingRestricted: false,
		multiUser: false,
		childrenCount: 1,
		sendMessages: "/my_account/messages",
		conversationFilters: "/my_account/conversation_filters",
	});
	expect((await ann.get("/accounts/my_branch")).body).toMatchObject({
		effectiveRole: "admin",
		multiUser: true,
	});
	const refused = await will.get("/my_account/conversation_filters");
	expect(refused.status).toBe(403);
	expect(refused.body).toEqual({
		"@type": "hydra:Error",
		"@context": "/contexts/hydra:Error.jsonld",
		"hydra:title": "Forbidden",
		"hydra:description": "You have no access to this account",
	});
	expect((await ann.get("/accounts/none")).status).toBe(404);
	simulator.users.leave(simulator.users.get("ann@example.com"), "my_account");
	expect((await ann.get("/accounts/my_account")).status).toBe(403);
});

test("users: oneself, colleagues, memberships; strangers are 403", async () => {
	const { simulator, ann } = await bench.open();
	const will = new TextusClient(simulator, "will-token");
	const annId = linkOf((await ann.get("/profile")).body, "id");
	const willId = linkOf((await will.get("/profile")).body, "id");
	expect((await ann.get(willId)).body).toMatchObject({ name: "Will Clark", email: "will@example.com" });
	expect(await ann.members(`${willId}/memberships`)).toMatchObject([{ role: "user", user: willId }]);
	expect((await will.get(annId)).status).toBe(403);
	expect((await ann.get("/users/none")).status).toBe(404);
});

test("tokens: unknown, missing, revoked", async () => {
	const { simulator, ann } = await bench.open();
	expect(simulator.tokens.count).toBe(2);
	expect((await new TextusClient(simulator, "wrong").get("/profile")).status).toBe(401);
	ann.headers["authorization"] = "Basic YW5uOnNlY3JldA==";
	expect((await ann.get("/profile")).status).toBe(401);
	delete ann.headers["authorization"];
	expect((await ann.get("/profile")).status).toBe(200);
	simulator.tokens.revoke("ann-token");
	expect((await ann.get("/profile")).status).toBe(401);
	expect(simulator.tokens.count).toBe(1);
});

test("paths and methods that do not exist; bodies that are no JSON objects", async () => {
	const { ann } = await bench.open();
	expect((await ann.get("/nothing/here")).status).toBe(404);
	expect((await ann.get("/conversations/%E0%A4%A/timeline")).status).toBe(404);
	expect((await ann.delete("/profile")).status).toBe(405);
	expect((await ann.post("/my_account/messages", [1])).status).toBe(400);
	expect((await ann.post("/my_account/messages", { body: "x".repeat(1_100_000) })).status).toBe(413);
});

test("read state belongs to the user; unread, star and close are seen in lists", async () => {
	const { simulator, ann } = await bench.open();
	simulator.users.join(simulator.users.get("will@example.com"), "my_account", "user");
	const will = new TextusClient(simulator, "will-token");
	simulator.customer(dana).write("my_account", "Hi");
	const id = linkOf(await ann.conversation(dana), "id");
	const info = async (client: TextusClient): Promise<unknown> =>
		(await client.members("/my_account/conversation_filters/all/conversations"))[0]?.[
			"requestingUserInfo"
		];
	await ann.put(`${id}/read`);
	expect(await info(ann)).toMatchObject({ read: true });
	expect(await info(will)).toMatchObject({ read: false });
	expect((await ann.delete(`${id}/read`)).body).toMatchObject({ requestingUserInfo: { read: false } });
	expect((await ann.put(`${id}/star`)).body).toMatchObject({ requestingUserInfo: { starred: true } });
	expect((await ann.delete(`${id}/star`)).body).toMatchObject({ requestingUserInfo: { starred: false } });
	expect((await ann.put(`${id}/close`)).body).toMatchObject({
		currentState: "closed",
		closeConversation: null,
		reopenConversation: `${id}/reopen`,
	});
	expect((await ann.put(`${id}/reopen`)).body).toMatchObject({
		currentState: "open",
		reopenConversation: null,
	});
	expect((await ann.put(`${id}/nonsense`)).status).toBe(405);
	expect((await will.put("/conversations/none/read")).status).toBe(404);
	await ann.put(`${id}/read`);
	simulator.customer(dana).write("my_account", "Still there?");
	expect(await info(ann)).toMatchObject({ read: false });
});

test("block and subscribe: the links follow the state, sending is refused", async () => {
	const { simulator, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "Hi");
	const id = linkOf(await ann.conversation(dana), "id");
	await ann.put(`${id}/read`);
	expect((await ann.put(`${id}/block`)).body).toMatchObject({
		currentState: "blocked",
		blocked: true,
		blockConversation: null,
		unblockConversation: `${id}/block`,
	});
	expect((await ann.send(dana, "Hello")).body["hydra:description"]).toBe("Contact is blocked");
	simulator.customer(dana).write("my_account", "Let me in");
	expect((await ann.get(`${id}/user_info`)).body).toMatchObject({ read: true });
	expect((await ann.delete(`${id}/block`)).body).toMatchObject({ currentState: "open", blocked: false });
	expect((await ann.delete(`${id}/subscribe`)).body).toMatchObject({
		unsubscribed: true,
		subscribeConversation: `${id}/subscribe`,
		unsubscribeConversation: null,
	});
	expect((await ann.send(dana, "Hello")).body["hydra:description"]).toBe("Contact has opted out");
	expect((await ann.put(`${id}/subscribe`)).body).toMatchObject({ unsubscribed: false });
	expect((await ann.send(dana, "Hello")).status).toBe(201);
	expect(simulator.ledger.count("Hello")).toBe(1);
});

test("one conversation: by id, by number, its parts; none is 404", async () => {
	const { simulator, ann } = await bench.open();
	simulator.contacts.add(simulator.accounts.get("my_account"), {
		name: "Dana Whitlock",
		phones: [{ number: dana }],
	});
	expect((await ann.get(`/my_account/conversations/${encodeURIComponent(dana)}`)).status).toBe(404);
	await ann.send(dana, "Hi");
	const conversation = await ann.conversation(dana);
	const id = linkOf(conversation, "id");
	expect(conversation).toMatchObject({
		requestingUserInfo: `${id}/user_info`,
		associatedContacts: { totalItems: 1, members: [{ "@type": "ContactItem", name: "Dana Whitlock" }] },
	});
	expect((await ann.get(id)).body).toEqual(conversation);
	expect((await ann.get(`${id}/user_info`)).body).toMatchObject({
		"@type": "ConversationUserInfo",
		read: true,
	});
	expect(await ann.members(`${id}/associated_contacts`)).toMatchObject([{ name: "Dana Whitlock" }]);
	expect(await ann.members(`${id}/participants`)).toMatchObject([{ name: "Ann Lee" }]);
	expect(await ann.members(`${id}/assignments`)).toEqual([]);
	expect((await ann.get(`${id}/stats`)).status).toBe(200);
	expect((await ann.get(`${id}/nonsense`)).status).toBe(404);
});

test("assign_contact sets the contact card", async () => {
	const { simulator, ann } = await bench.open();
	const mine = simulator.contacts.add(simulator.accounts.get("my_account"), { name: "Dana Whitlock" });
	const other = simulator.contacts.add(simulator.accounts.get("my_branch"), { name: "Eric Ng" });
	await ann.send(dana, "Hi");
	const path = linkOf(await ann.conversation(dana), "assignContact");
	expect((await ann.put(path, { assigned_contact: `/contacts/${mine.id}` })).body).toMatchObject({
		assignedContact: { name: "Dana Whitlock" },
	});
	expect((await ann.put(path, { assigned_contact: `/contacts/${other.id}` })).status).toBe(422);
	expect((await ann.put(path, { assigned_contact: "Dana" })).status).toBe(422);
	expect((await ann.put(path, { assigned_contact: "/contacts/none" })).status).toBe(404);
});

test("folders hold what they say; search by number and by text", async () => {
	const { simulator, clock, ann } = await bench.open({
		switches: {
			folders: [
				{ slug: "all", title: "All", holds: "everything" },
				{ slug: "mine", title: "Mine", holds: "mine" },
				{ slug: "stars", title: "Starred", holds: "starred" },
				{ slug: "open", title: "Open", holds: "open" },
				{ slug: "done", title: "Closed", holds: "closed" },
				{ slug: "later", title: "Scheduled", holds: "scheduled" },
			],
		},
	});
	simulator.customer(dana).write("my_account", "About the lamp");
	clock.advance(1_000);
	simulator.customer(eric).write("my_account", "About the table");
	const [open, done] = [simulator.customer(dana), simulator.customer(eric)].map((one) =>
		one.conversationWith("my_account"),
	);
	if (open == null || done == null) throw new Error("no conversation");
	const annUser = simulator.users.get("ann@example.com");
	simulator.conversations.close(done, annUser);
	simulator.conversations.assign(open, annUser);
	simulator.conversations.setStarred(done, annUser, true);
	await ann.post("/my_account/messages/schedule", {
		from: "+13035551111",
		to: dana,
		body: "Later",
		scheduled_at: "2058-10-25T18:09:13Z",
	});
	const folders = await ann.members("/my_account/conversation_filters");
	expect(folders.map(({ slug, totalCount, unreadCount }) => [slug, totalCount, unreadCount])).toEqual([
		["all", 2, 2],
		["mine", 1, 1],
		["stars", 1, 1],
		["open", 1, 1],
		["done", 1, 1],
		["later", 1, 1],
	]);
	const numbers = async (path: string): Promise<unknown[]> =>
		(await ann.members(`/my_account/conversation_filters/${path}`)).map(({ phoneNumber }) => phoneNumber);
	expect(await numbers("all/conversations")).toEqual([eric, dana]);
	expect(await numbers("mine/conversations")).toEqual([dana]);
	expect(await numbers("stars/conversations")).toEqual([eric]);
	expect(await numbers("search/conversations?q=LAMP")).toEqual([dana]);
	expect(await numbers("all/conversations?q=555-4321")).toEqual([eric]);
	expect(await numbers("all/conversations?q=sofa")).toEqual([]);
	expect((await ann.get("/my_account/conversation_filters/none/conversations")).status).toBe(404);
	simulator.conversations.unassign(open, annUser);
	expect(await numbers("mine/conversations")).toEqual([]);
});

test("batches: by list and by time, 202 and a moment later", async () => {
	const { simulator, clock, ann } = await bench.open();
	simulator.customer(dana).write("my_account", "1");
	clock.advance(1_000);
	simulator.customer(eric).write("my_account", "2");
	const base = "/my_account/conversation_filters/all/conversations";
	const seen = async (): Promise<unknown[]> =>
		(await ann.members(base)).map(({ currentState, requestingUserInfo }) => [
			currentState,
			(requestingUserInfo as { read: boolean }).read,
			(requestingUserInfo as { starred: boolean }).starred,
		]);
	const list = { conversations: [linkOf(await ann.conversation(dana), "id")] };
	const done = async (answer: ReturnType<TextusClient["put"]>): Promise<void> => {
		expect(await answer).toMatchObject({ status: 202, text: "" });
		clock.advance(300);
	};
	const pending = await ann.put(`${base}/close`, list);
	expect(pending.status).toBe(202);
	expect(await seen()).toEqual([
		["open", false, false],
		["open", false, false],
	]);
	clock.advance(300);
	expect(await seen()).toEqual([
		["open", false, false],
		["closed", false, false],
	]);
	await done(ann.put(`${base}/reopen`, list));
	await done(ann.put(`${base}/star`, list));
	await done(ann.put(`${base}/read`, list));
	expect(await seen()).toEqual([
		["open", false, false],
		["open", true, true],
	]);
	await done(ann.delete(`${base}/star`, list));
	await done(ann.delete(`${base}/read`, list));
	expect(await seen()).toEqual([
		["open", false, false],
		["open", false, false],
	]);

	clock.advance(1_000);
	const [all] = await ann.members("/my_account/conversation_filters");
	simulator.customer(eric).write("my_account", "3");
	await done(ann.put(linkOf(all, "readConversations")));
	expect(await seen()).toEqual([
		["open", false, false],
		["open", true, false],
	]);

	const annUser = simulator.users.get("ann@example.com");
	const conversation = simulator.customer(dana).conversationWith("my_account");
	if (conversation === null) throw new Error("no conversation");
	simulator.conversations.assign(conversation, annUser);
	await done(ann.delete(`${base}/assign`, list));
	expect(conversation.assignees.size).toBe(0);
	expect((await ann.put(`${base}/assign`, list)).status).toBe(404);
	expect((await ann.put(`${base}/close`)).status).toBe(422);
});

test("sending: what is refused, and that nothing refused is in the ledger", async () => {
	const { simulator, ann } = await bench.open();
	const words = async (to: unknown, more: object = {}): Promise<unknown> => {
		const answer = await ann.post("/my_account/messages", { to, body: "Hi", ...more });
		expect(answer.status).toBe(422);
		return answer.body["hydra:description"];
	};
	const png = { media_url: "https://pictures.example.invalid/a.png", content_type: "image/png" };
	expect(await words("303 555")).toBe("To is invalid");
	expect(await words(undefined)).toBe("To can't be blank");
	expect(await words([])).toBe("To can't be blank");
	expect(await words([7, dana])).toBe("To is invalid");
	expect(await words(dana, { body: " " })).toBe("Body can't be blank");
	expect(await words(dana, { body: 7 })).toBe("Body is invalid");
	expect(await words(dana, { saved_reply: "/saved_replies/none" })).toBe("Saved reply is invalid");
	expect(await words(dana, { attachments: "no" })).toBe("Attachments is invalid");
	expect(await words(dana, { attachments: [png, png] })).toBe("Attachments is too long (maximum is 1)");
	expect(await words(dana, { attachments: [{ content_type: "image/png" }] })).toBe(
		"Attachments media url can't be blank",
	);
	expect(await words(dana, { attachments: [{ media_url: png.media_url }] })).toBe(
		"Attachments content type can't be blank",
	);
	expect(simulator.ledger.entries).toEqual([]);
	expect((await ann.send(dana, "", { attachments: [png] })).body).toMatchObject({
		body: "",
		attachments: {
			totalItems: 1,
			members: [{ url: png.media_url, contentType: "image/png", size: null }],
		},
	});
	expect((await ann.send(dana, "Hi", { attachments: [] })).status).toBe(201);
	const other = new TextusClient(simulator, "will-token");
	expect((await other.send(dana, "Hi")).status).toBe(403);
});

test("sending to several: 202 without a body, each recipient's conversation has it a moment later", async () => {
	const { simulator, clock, ann } = await bench.open();
	expect(await ann.send([dana, eric], "To both")).toMatchObject({ status: 202, text: "" });
	expect(simulator.ledger.entries).toEqual([]);
	clock.advance(300);
	expect(simulator.ledger.entries.map(({ to }) => to)).toEqual([dana, eric]);
	expect(await ann.timeline(eric)).toMatchObject([{ body: "To both", deliveryState: "queued" }]);
	expect((await ann.send([dana], "To one")).body).toMatchObject({ body: "To one" });
});

test("sending without an account: by own number or by a user's address", async () => {
	const { simulator, ann } = await bench.open();
	const post = (more: object): ReturnType<TextusClient["post"]> =>
		ann.post("/messages", { to: dana, body: "Hi", ...more });
	expect((await post({ from: "+13035552222" })).status).toBe(201);
	expect(await ann.conversation(dana)).toMatchObject({
		accountPhoneNumber: "+13035552222",
		formattedAccountPhoneNumber: "(303) 555-2222",
	});
	expect((await post({ email: "will@example.com" })).status).toBe(201);
	expect(simulator.ledger.entries.map(({ account, from }) => [account, from])).toEqual([
		["my_account", "+13035552222"],
		["my_branch", "+17205553333"],
	]);
	expect((await post({})).status).toBe(422);
	expect((await post({ from: "+19995550000" })).status).toBe(422);
	const will = new TextusClient(simulator, "will-token");
	expect((await will.post("/messages", { to: dana, body: "Hi", from: "+13035551111" })).status).toBe(403);
});

test("scheduled: 201 with its flag, leaves at its time, even after weeks", async () => {
	const { simulator, clock, ann } = await bench.open();
	const at = new Date(clock.now() + 40 * 86_400_000).toISOString();
	const path = "/my_account/messages/schedule";
	const request = { from: "+13035551111", to: dana, body: "Reminder", scheduled_at: at };
	const sent = await ann.post(path, request);
	expect(sent.status).toBe(201);
	expect(sent.body).toMatchObject({
		deliveryState: "scheduled",
		flags: ["scheduled"],
		displayTimestamp: at,
	});
	expect(simulator.ledger.entries).toMatchObject([{ body: "Reminder", scheduledAt: at }]);
	expect(await ann.conversation(dana)).toMatchObject({ latestPreviewableItem: null });
	clock.advance(40 * 86_400_000 - 1);
	expect((await ann.timeline(dana))[0]).toMatchObject({ deliveryState: "scheduled" });
	clock.advance(1_000);
	expect(await ann.timeline(dana)).toMatchObject([
		{ id: sent.body["id"], deliveryState: "delivered", flags: [], timelinePosition: at },
	]);
	const status = async (more: object): Promise<number> =>
		(await ann.post(path, { ...request, ...more })).status;
	expect(await status({ scheduled_at: "2001-01-01T00:00:00Z" })).toBe(422);
	expect(await status({ scheduled_at: "soon" })).toBe(422);
	expect(await status({ from: "+17205553333" })).toBe(422);
	expect(await status({ to: [dana] })).toBe(422);
});

test("a customer who opts out before a scheduled message leaves does not get it", async () => {
	const { simulator, clock, ann } = await bench.open();
	const at = new Date(clock.now() + 60_000).toISOString();
	const request = { from: "+13035551111", to: dana, body: "Reminder", scheduled_at: at };
	await ann.post("/my_account/messages/schedule", request);
	simulator.customer(dana).write("my_account", " stop ");
	clock.advance(120_000);
	const states = (await ann.timeline(dana)).map(({ body, deliveryState, friendlyStateDescription }) => [
		body,
		deliveryState,
		friendlyStateDescription,
	]);
	expect(states[0]).toEqual(["Reminder", "failed", "Contact has opted out"]);
	expect(simulator.customer(dana).received).toEqual([]);
});

test("saved replies: own and shared, searched, paged, made and changed", async () => {
	const { simulator, ann } = await bench.open({ switches: { pageSize: 2 } });
	const [annUser, will] = ["ann@example.com", "will@example.com"].map((email) =>
		simulator.users.get(email),
	);
	if (annUser === undefined || will === undefined) throw new Error("no user");
	const file = simulator.files.add({
		contentType: "application/pdf",
		bytes: Buffer.from("%PDF-"),
		name: "a.pdf",
	});
	simulator.savedReplies.add(annUser, { title: "Hello", content: "Hi, how can I help?" });
	simulator.savedReplies.add(will, { title: "Private", content: "Not for Ann" });
	const files = [simulator.savedReplies.attachment(file)];
	const shared = simulator.savedReplies.add(will, {
		title: "Terms",
		content: "See file",
		shared: true,
		files,
	});
	const path = linkOf((await ann.get("/profile")).body, "savedReplies");
	const titles = async (query: string): Promise<unknown[]> =>
		(await ann.members(`${path}${query}`)).map(({ title }) => title);
	expect(await titles("")).toEqual(["Hello", "Terms"]);
	expect(await titles("?filter=mine")).toEqual(["Hello"]);
	expect(await titles("?q=file")).toEqual(["Terms"]);
	expect((await ann.get(`${path}?filter=other`)).status).toBe(422);
	expect((await ann.members(path))[1]).toMatchObject({
		shared: true,
		attachments: { members: [{ "@type": "SavedReplyAttachment", originalFilename: "a.pdf", size: 5 }] },
	});

	const attachments = [
		{ key: "k.png", contentType: "image/png", size: 7, width: 1, height: 1, originalFilename: "k" },
	];
	const made = await ann.post(path, { saved_reply: { title: "Bye", content: "See you", attachments } });
	expect(made.status).toBe(201);
	expect(made.body).toMatchObject({
		title: "Bye",
		shared: false,
		attachments: { members: [{ key: "k.png", size: 7, url: null }] },
	});
	const page = await ann.get(path);
	expect(page.body["totalItems"]).toBe(3);
	const next = linkOf(page.body, "view", "next");
	expect((await ann.members(next)).map(({ title }) => title)).toEqual(["Terms"]);
	const changed = await ann.put(linkOf(made.body, "id"), {
		saved_reply: { title: "Bye", content: "Ciao" },
	});
	expect(changed).toMatchObject({ status: 200, body: { content: "Ciao" } });
	expect((await ann.put(`/saved_replies/${shared.id}`, { saved_reply: {} })).status).toBe(403);
	expect((await ann.put("/saved_replies/none", { saved_reply: {} })).status).toBe(404);
	for (const saved_reply of [undefined, { title: "x" }, { title: "x", content: "y", attachments: 1 }])
		expect((await ann.post(path, { saved_reply })).status).toBe(422);
	const bad = { title: "x", content: "y", attachments: [{}] };
	expect((await ann.post(path, { saved_reply: bad })).status).toBe(422);
	expect((await ann.get("/users/other/saved_replies")).status).toBe(403);

	const sent = await ann.send(dana, "Ciao!", { saved_reply: linkOf(made.body, "id") });
	expect(sent).toMatchObject({ status: 201, text: "" });
	expect(simulator.ledger.entries[0]?.savedReply).toBe(linkOf(made.body, "id"));
});

test("contacts: list, filter, search, create, change, phones, notes, conversations, groups", async () => {
	const { simulator, ann } = await bench.open({ switches: { pageSize: 2 } });
	const account = simulator.accounts.get("my_account");
	const made = await ann.post("/my_account/contacts", {
		name: "Jane Roe",
		phones: [
			{ number: "1-720-333-1234", type: "Mobile" },
			{ number: "1-303-123-4567 x2921", type: "Work" },
			{ number: "(303) 555-1234" },
		],
		data: { businessName: "Acme", tags: 7 },
	});
	expect(made.status).toBe(200);
	expect(made.body).toMatchObject({
		"@type": "Contact",
		firstName: "Jane",
		lastName: "Roe",
		phones: {
			totalItems: 3,
			members: [
				{
					phoneNumber: "+17203331234",
					formattedPhoneNumber: "(720) 333-1234",
					extension: null,
					type: "Mobile",
				},
				{ phoneNumber: "+13031234567", extension: "2921", type: "Work" },
				{ phoneNumber: dana, deliverabilityStatus: "unknown" },
			],
		},
		data: { businessName: "Acme", tags: "7" },
	});
	const id = linkOf(made.body, "id");
	for (const name of ["Ann Other", "bob", "Carl"]) simulator.contacts.add(account, { name });
	const names = async (path: string): Promise<unknown[]> =>
		(await ann.members(path)).map(({ name }) => name);
	expect(await names("/my_account/contacts")).toEqual(["Ann Other", "bob"]);
	const first = await ann.get("/my_account/contact_filters/all/contacts");
	expect(first.body).toMatchObject({ "@type": "ContactCollection", totalItems: 4 });
	expect(await names(linkOf(first.body, "view", "next"))).toEqual(["Carl", "Jane Roe"]);
	expect(await names("/my_account/contact_filters/all/contacts?q=jane")).toEqual(["Jane Roe"]);
	expect(await names("/my_account/contacts?q=720333")).toEqual(["Jane Roe"]);
	expect((await ann.get("/my_account/contact_filters/other/contacts")).status).toBe(404);

	const phones = await ann.members("/my_account/contact_phones?q=jane");
	expect(phones).toMatchObject([
		{
			"@type": "RecipientContactPhone",
			phoneNumber: "+17203331234",
			contact: { "@type": "ContactItem", phones: `${id}/phones` },
		},
		{ phoneNumber: "+13031234567" },
	]);
	const contact = simulator.contacts.find(id.slice("/contacts/".length));
	if (contact === null) throw new Error("no contact");
	simulator.contacts.addNote(contact, simulator.users.get("ann@example.com"), "Likes lamps");
	expect(await ann.members(`${id}/notes`)).toMatchObject([
		{ "@type": "ContactNote", content: "Likes lamps" },
	]);
	expect(await ann.members(`${id}/phones`)).toHaveLength(3);
	expect((await ann.get(`${id}/nonsense`)).status).toBe(404);

	await ann.send(dana, "Hi");
	expect(await ann.members(`${id}/conversations`)).toMatchObject([
		{ "@type": "ConversationWithAccount", account: { name: "My Account" }, nextScheduledMessage: null },
	]);
	simulator.contacts.addGroup(account, "Friends", [contact]);
	const [group] = await ann.members("/my_account/group_filters/all/groups");
	expect(group).toMatchObject({ title: "Friends", contactsCount: 1 });
	expect(await names(linkOf(group, "contacts"))).toEqual(["Jane Roe"]);
	expect((await ann.get("/groups/none/contacts")).status).toBe(404);
	expect((await ann.get("/my_account/group_filters/other/groups")).status).toBe(404);

	const changed = await ann.put(id, { name: "Jane Doe", phones: [{ number: eric }] });
	expect(changed.body).toMatchObject({
		name: "Jane Doe",
		phones: { members: [{ phoneNumber: eric }] },
		data: {},
	});
	expect((await ann.get(id)).body).toEqual(changed.body);
	for (const bad of [
		{},
		{ name: "x", phones: 1 },
		{ name: "x", phones: [{ number: "12" }] },
		{ name: "x", data: 1 },
	])
		expect((await ann.post("/my_account/contacts", bad)).status).toBe(422);
	expect((await ann.put("/contacts/none", { name: "x" })).status).toBe(404);
});

test("opt-outs: list, one, put; the conversation and other accounts", async () => {
	const { simulator, ann } = await bench.open();
	const path = `/my_account/opt_outs/${encodeURIComponent(dana)}`;
	expect((await ann.get(path)).status).toBe(404);
	const put = await ann.put(path);
	expect(put.status).toBe(201);
	expect(put.body).toMatchObject({
		"@type": "OptOut",
		id: `/my_account/opt_outs/${dana}`,
		formattedPhoneNumber: "(303) 555-1234",
		createdVia: "User",
		originatingAccount: { id: "/accounts/my_account" },
	});
	expect((await ann.get(path)).body).toEqual(put.body);
	const person = simulator.customer(eric);
	person.write("my_account", "Hi");
	person.write("my_branch", "Hi");
	person.optOut();
	expect(simulator.optOuts.all).toHaveLength(3);
	person.optIn("my_branch");
	const numbers = async (query: string): Promise<unknown[]> =>
		(await ann.members(`/my_account/opt_outs${query}`)).map(
			({ formattedPhoneNumber }) => formattedPhoneNumber,
		);
	expect(await numbers("")).toEqual(["(303) 555-1234", "(303) 555-4321"]);
	expect(await numbers("?q=4321")).toEqual(["(303) 555-4321"]);
	expect(await numbers(`?${new URLSearchParams({ "exact[]": dana }).toString()}`)).toEqual([
		"(303) 555-1234",
	]);
	expect((await ann.get("/my_account/opt_outs?q=43")).status).toBe(422);
	expect((await ann.put("/my_account/opt_outs/12")).status).toBe(422);
	expect(await ann.conversation(eric)).toMatchObject({ unsubscribed: true });
	person.write("my_account", "START");
	expect(await ann.conversation(eric)).toMatchObject({ unsubscribed: false });
});

test("an attachment of a customer: its address needs no token and refuses one, another signature or another file", async () => {
	const { simulator, ann } = await bench.open();
	const bytes = Buffer.from("<script>alert(1)</script>");
	simulator
		.customer(dana)
		.write("my_account", "", { contentType: "image/png", bytes, name: "../../etc/passwd" });
	const [message] = await ann.timeline(dana);
	expect(message).toMatchObject({ body: "" });
	const [attachment] = membersOf(message?.["attachments"] as Parameters<typeof membersOf>[0]);
	expect(attachment).toMatchObject({
		"@type": "Attachment",
		contentType: "image/png",
		size: bytes.length,
		width: null,
		originalFilename: "../../etc/passwd",
	});
	expect(await ann.members(`${linkOf(message, "id")}/attachments`)).toHaveLength(1);
	const url = linkOf(attachment, "url");
	const plain = await fetch(url);
	expect(plain.status).toBe(200);
	expect(Buffer.from(await plain.arrayBuffer()).equals(bytes)).toBe(true);
	const download = await fetch(linkOf(attachment, "downloadUrl"));
	expect(download.headers.get("content-disposition")).toBe("attachment");
	const status = async (address: string, headers: Record<string, string> = {}): Promise<number> =>
		(await fetch(address, { headers })).status;
	expect(await status(url, { authorization: "Bearer ann-token" })).toBe(400);
	expect(await status(url.replace(/Signature=\w+/, "Signature=0"))).toBe(403);
	expect(await status(url.replace(/files\/\w+/, "files/other"))).toBe(404);
	expect(simulator.journal.requests({ path: /^\/files\// }).map(({ credentials }) => credentials)).toEqual([
		"none",
		"none",
		"bearer",
		"none",
		"none",
	]);
});

test("hostile content comes out as it went in", async () => {
	const { simulator, ann } = await bench.open();
	const text = '<img src=x onerror="alert(1)">\u202Eevil\u0000\uD83D \u2028 "&amp;';
	simulator.customer(dana).write("my_account", text);
	expect((await ann.timeline(dana))[0]).toMatchObject({
		body: text,
		formattedBody: expect.stringContaining("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;") as string,
	});
});

test("a message that no person wrote: no sender, its flag", async () => {
	const { simulator, ann } = await bench.open();
	simulator.sending.one({
		account: simulator.accounts.get("my_account"),
		user: null,
		to: dana,
		from: null,
		body: "We are closed",
		savedReply: null,
		attachment: null,
		scheduledAt: null,
	});
	expect(await ann.timeline(dana)).toMatchObject([{ sender: null, flags: ["automated"] }]);
});

test("faults and outages: processed without an answer, refused connections", async () => {
	const { simulator, ann } = await bench.open();
	simulator.faults.next({ action: "resetAfter", match: { method: "POST" } });
	await expect(ann.send(dana, "Once")).rejects.toThrow();
	expect(simulator.ledger.count("Once")).toBe(1);
	await simulator.network.cut();
	await expect(ann.get("/profile")).rejects.toThrow("ECONNREFUSED");
	await simulator.network.restore();
	expect((await ann.get("/profile")).status).toBe(200);
	expect(simulator.journal.requests({ path: "/profile" })[0]).toMatchObject({
		user: "ann@example.com",
		credentials: "bearer",
		status: 200,
	});
	expect(JSON.stringify(simulator.journal.entries)).not.toContain("ann-token");
});
