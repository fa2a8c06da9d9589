import { afterEach, expect, test } from "vitest";
import { closeOffices, dana, danaKey, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

test("start: profile, accounts, folders, list; online comes before everything else", async () => {
	const office = await openOffice({
		before: (simulator) => simulator.customer(dana).write("my_account", "hello"),
	});
	expect(office.paths().slice(0, 4)).toEqual([
		"GET /profile",
		"GET /accounts",
		"GET /my_account/conversation_filters",
		"GET /my_account/conversation_filters/all/conversations",
	]);
	expect(office.events[0]).toMatchObject({ type: "connection", state: "online" });
	expect(office.session.userName).toBe("ann@example.com");
	expect(office.of("folders").at(-1)?.folders).toEqual([
		{ id: "my_account/all", title: "All Conversations", unread: 1 },
		{ id: "my_account/you", title: "Assigned to me", unread: 0 },
		{ id: "my_account/active", title: "Open", unread: 1 },
	]);
	// What was there does not ring.
	expect(office.of("message")).toMatchObject([{ peer: danaKey, text: "hello", catchUp: true }]);
	const order = office.events.map(({ type }) => type);
	expect(order.indexOf("thread")).toBeLessThan(order.indexOf("message"));
});

test("a message that comes in is told once, with its thread before it, and rings", async () => {
	const office = await openOffice();
	office.simulator.customer(dana).write("my_account", "is it ready?");
	await office.until(() => office.texts().length > 0);
	expect(office.of("message")).toMatchObject([{ peer: danaKey, text: "is it ready?", catchUp: false }]);
	expect(office.of("message")[0]?.remoteId).toMatch(/^\/messages\//u);
	await office.pass(60_000);
	expect(office.texts()).toEqual(["is it ready?"]);
});

test("several messages in one conversation that is unread already are all told, each once", async () => {
	const office = await openOffice();
	const customer = office.simulator.customer(dana);
	customer.write("my_account", "one");
	await office.until(() => office.texts().length === 1);
	customer.write("my_account", "two");
	customer.write("my_account", "three");
	await office.until(() => office.texts().length === 3);
	customer.write("my_account", "four");
	await office.until(() => office.texts().length === 4);
	expect(office.texts()).toEqual(["one", "two", "three", "four"]);
});

test("more news than one page of the list and of a timeline: nothing is lost", async () => {
	const office = await openOffice({ switches: { pageSize: 3 } });
	const wanted: string[] = [];
	for (let person = 0; person < 8; person += 1) {
		const customer = office.simulator.customer(`+130355502${String(10 + person)}`);
		for (let text = 0; text < 5; text += 1) {
			wanted.push(`${String(person)}-${String(text)}`);
			customer.write("my_account", wanted.at(-1) ?? "");
		}
	}
	await office.pass(60_000);
	expect(office.texts().toSorted()).toEqual(wanted.toSorted());
});

test("an old conversation that speaks up again tells what is new, and asks core for the rest", async () => {
	const office = await openOffice({
		switches: { pageSize: 2 },
		before: async (simulator, clock) => {
			simulator.customer(dana).write("my_account", "long ago");
			await clock.advance(1000);
			for (const last of [1, 2, 3])
				simulator.customer(`+1303555030${String(last)}`).write("my_account", "later");
		},
	});
	expect(office.texts()).not.toContain("long ago");
	office.simulator.customer(dana).write("my_account", "me again");
	await office.until(() => office.texts().includes("me again"));
	expect(office.texts()).not.toContain("long ago");
	expect(office.of("gap").length).toBeGreaterThan(0);
	const { heads } = await office.passing(office.session.history.heads(null, null, office.signal));
	expect(heads.map(({ peer }) => peer)).toContain(danaKey);
});

test("what a colleague and the web window of the agent wrote is told with who it was, and followed to its end", async () => {
	const office = await openOffice({
		users: [
			{
				email: "ann@example.com",
				firstName: "Ann",
				lastName: "Lee",
				memberships: [{ account: "my_account", role: "admin" }],
			},
			{
				email: "will@example.com",
				firstName: "Will",
				lastName: "Clark",
				memberships: [{ account: "my_account", role: "user" }],
			},
		],
	});
	const { sending, accounts, users } = office.simulator;
	const account = accounts.get("my_account");
	const common = { account, to: dana, from: null, savedReply: null, attachment: null, scheduledAt: null };
	sending.one({ ...common, user: users.get("will@example.com"), body: "from Will" });
	sending.one({ ...common, user: users.get("ann@example.com"), body: "from Ann elsewhere" });
	await office.until(() => office.own(danaKey).length >= 2);
	await office.pass(5000);
	const last = (text: string) => office.own(danaKey).findLast((event) => event.text === text);
	expect(last("from Will")).toMatchObject({
		sender: "Will Clark",
		state: "delivered",
		words: "Message Delivered",
	});
	expect(last("from Ann elsewhere")).toMatchObject({ state: "delivered" });
	expect(last("from Ann elsewhere")?.sender).toBeUndefined();
	expect(office.paths().filter((path) => path.startsWith("GET /users/"))).toHaveLength(1);
});

test("read and unread are told both ways, and a mark of ours is not undone by an older answer", async () => {
	const office = await openOffice({
		before: (simulator) => simulator.customer(dana).write("my_account", "hello"),
	});
	const { simulator, session } = office;
	await office.passing(session.threads.markRead(danaKey, true, office.signal));
	const ann = simulator.users.get("ann@example.com");
	const conversation = simulator.customer(dana).conversationWith("my_account");
	if (conversation === null) throw new Error("no conversation");
	expect(simulator.conversations.info(conversation, ann).read).toBe(true);
	const from = office.events.length;
	await office.pass(60_000);
	expect(office.of("unread", from)).toEqual([]);
	simulator.conversations.setRead(conversation, ann, false);
	await office.until(() => office.of("unread", from).length > 0);
	simulator.conversations.setRead(conversation, ann, true);
	await office.until(() => office.of("read", from).length > 0);
	await office.passing(session.threads.markRead(danaKey, false, office.signal));
	expect(simulator.conversations.info(conversation, ann).read).toBe(false);
});

test("what was read on another device before it was seen here does not ring", async () => {
	const office = await openOffice({
		before: (simulator) => simulator.customer(dana).write("my_account", "before"),
	});
	const { simulator } = office;
	const message = simulator.customer(dana).write("my_account", "seen on the telephone");
	simulator.conversations.setRead(message.conversation, simulator.users.get("ann@example.com"), true);
	await office.until(() => office.texts().includes("seen on the telephone"));
	expect(office.of("message").at(-1)).toMatchObject({ read: true });
});

test("the conversation on screen is looked at every few seconds, others less often", async () => {
	const office = await openOffice({
		before: (simulator) => simulator.customer(dana).write("my_account", "hello"),
	});
	office.session.attend({ focused: true, peer: danaKey });
	await office.pass(3000);
	office.simulator.customer(dana).write("my_account", "quick");
	const from = office.clock.now();
	await office.until(() => office.texts().includes("quick"));
	expect(office.clock.now() - from).toBeLessThanOrEqual(6000);
	const asked = office.requests().length;
	office.session.attend({ focused: true, peer: null });
	await office.pass(30_000);
	const timelines = office.requests(asked).filter(({ path }) => path.endsWith("/timeline"));
	expect(timelines.length).toBeLessThanOrEqual(1);
});

test("an idle account costs a few small questions a minute", async () => {
	const office = await openOffice({
		before: (simulator) => {
			for (let last = 10; last < 40; last += 1)
				simulator.customer(`+130355504${String(last)}`).write("my_account", "hello");
		},
	});
	await office.pass(300_000, 1000);
	const before = office.session.cost();
	await office.pass(600_000, 1000);
	const after = office.session.cost();
	const perMinute = (after.requests - before.requests) / 10;
	expect(perMinute).toBeLessThanOrEqual(6);
	expect((after.bytes - before.bytes) / 10).toBeLessThan(120_000);
	office.logger.info("idle", { perMinute, bytes: (after.bytes - before.bytes) / 10 });
});

test("an outage is told, and what came during it is made up for", async () => {
	const office = await openOffice({
		before: (simulator) => simulator.customer(dana).write("my_account", "hello"),
	});
	await office.simulator.network.cut();
	await office.until(() => office.of("connection").at(-1)?.state === "reconnecting");
	expect(office.of("connection").at(-1)).toMatchObject({ problem: { code: "network.refused" } });
	expect(office.of("connection").at(-1)?.nextAttempt).toBeGreaterThan(office.clock.now() - 1);
	office.simulator.customer(dana).write("my_account", "anybody there?");
	await office.pass(180_000, 1000);
	await office.simulator.network.restore();
	office.session.wake();
	await office.until(() => office.of("connection").at(-1)?.state === "online");
	await office.until(() => office.texts().includes("anybody there?"));
	expect(office.of("message").at(-1)).toMatchObject({ catchUp: true });
	expect(office.of("sendable").length).toBe(2);
});

test("an account that the token may not see any more is dropped, the others go on", async () => {
	const office = await openOffice({
		users: [
			{
				email: "ann@example.com",
				firstName: "Ann",
				lastName: "Lee",
				memberships: [
					{ account: "my_account", role: "admin" },
					{ account: "my_branch", role: "user" },
				],
			},
		],
		tokens: [{ token: "ann-token", email: "ann@example.com" }],
		accounts: [
			{ slug: "my_account", name: "My Account", phoneNumbers: ["+13035551111"] },
			{ slug: "my_branch", name: "My Branch", phoneNumbers: ["+17205553333"] },
		],
	});
	await office.until(() => office.of("folders").at(-1)?.folders.length === 6);
	expect(office.of("folders").at(-1)?.folders[3]).toMatchObject({ title: "All Conversations · My Branch" });
	office.simulator.users.leave(office.simulator.users.get("ann@example.com"), "my_branch");
	await office.until(() => office.of("lines").at(-1)?.lines.length === 1);
	expect(office.of("warnings").at(-1)?.warnings).toMatchObject([
		{ code: "auth.accessDenied", detail: "My Branch" },
	]);
	office.simulator.customer(dana).write("my_account", "still there?");
	await office.until(() => office.texts().includes("still there?"));
	expect(office.of("connection").at(-1)?.state).toBe("online");
	office.simulator.users.join(office.simulator.users.get("ann@example.com"), "my_branch", "user");
	await office.passing(office.session.check());
	await office.until(() => office.of("lines").at(-1)?.lines.length === 2);
});
