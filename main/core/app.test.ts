import { expect, test } from "vitest";
import { appError } from "../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId, LineId } from "../../shared/ids.ts";
import { memoryStore } from "../adapters/storage/database/testing/memory-store.ts";
import { agent, CoreRun, justText } from "./testing/core-run.ts";
import type { Kept } from "./testing/fake-ports.ts";
import { fail, line } from "./testing/fake-provider.ts";
import { settle } from "./testing/virtual-clock.ts";

class Run extends CoreRun {
	constructor(kept?: Kept) {
		super({ messages: memoryStore(), practiceMessages: memoryStore }, kept);
	}
}

const begin = async (kept?: Kept): Promise<Run> => await new Run(kept).start();

// ---------------------------------------------------------------- signing in

test("a sign-in is proven first; a wrong password leaves nothing behind", async () => {
	const run = await begin();
	run.world.provider.onOpen = () => Promise.reject(fail("auth.wrongPassword"));
	const result = await run.core.handlers["accounts.signIn"](agent);
	expect(result).toEqual({ ok: false, error: appError("auth.wrongPassword") });
	expect((await run.snapshot()).accounts).toEqual([]);
	expect(run.world.kept.accounts.size).toBe(0);
	expect(run.world.secrets.items.size).toBe(0);
	expect(run.world.httpClosed).toBe(1);
});

test("a proven sign-in puts the secret into the keychain and the account on disk, without it", async () => {
	const run = await begin();
	const id = await run.online();
	expect(run.world.secrets.items.get(id)).toBe("hunter2");
	expect(JSON.stringify([...run.world.kept.accounts.values()])).not.toContain("hunter2");
	const account = await run.account(id);
	expect(account).toMatchObject({
		secretKeeping: "keychain",
		encrypted: true,
		server: "https://gws.example",
	});
	expect(account.connection.state).toBe("online");
	expect(JSON.stringify(await run.snapshot())).not.toContain("hunter2");
	expect(JSON.stringify(run.changes)).not.toContain("hunter2");
	expect(JSON.stringify(run.world.logger.lines)).not.toContain("hunter2");
});

test.each([
	[{ server: "http://gws.example" }, "network.notEncrypted"],
	[{ server: "ftp://gws.example" }, "network.badAddress"],
	[{ secret: "" }, "auth.secretMissing"],
	[{ system: "textus" }, "system.notYet"],
])("sign-in with %j is refused with %s", async (more, code) => {
	const run = await begin();
	const result = await run.core.handlers["accounts.signIn"]({ ...agent, ...more });
	expect(result).toMatchObject({ ok: false, error: { code } });
	expect(run.world.provider.opened).toEqual([]);
});

test("http is taken on loopback, and elsewhere with consent; the account says so", async () => {
	const run = await begin();
	await run.online({ server: "http://127.0.0.1:8090/" });
	await run.online({ server: "http://gws.example", allowUnencrypted: true });
	const { accounts } = await run.snapshot();
	expect(accounts.map(({ server, encrypted }) => [server, encrypted])).toEqual([
		["http://127.0.0.1:8090", false],
		["http://gws.example", false],
	]);
});

test("the same sign-in twice is one account, also when both are under way", async () => {
	const run = await begin();
	const both = await Promise.all([
		run.core.handlers["accounts.signIn"](agent),
		run.core.handlers["accounts.signIn"]({ ...agent, userName: "AGENT1", server: "gws.example/" }),
	]);
	expect(both.map((result) => result.ok)).toEqual([true, false]);
	const third = await run.core.handlers["accounts.signIn"](agent);
	expect(third).toEqual({ ok: false, error: appError("account.exists") });
});

test("a kept secret signs in by itself at the next start", async () => {
	const first = await begin();
	await first.online();
	const second = await begin(first.world.kept);
	expect(second.world.provider.opened.map(({ secret }) => secret)).toEqual(["hunter2"]);
	expect((await second.account()).connection.state).toBe("connecting");
	second.world.provider.session.online();
	expect((await second.account()).connection.state).toBe("online");
});

test("a server that is away is tried again with growing, jittered waits, and at once on waking", async () => {
	const first = await begin();
	await first.online();
	const run = new Run(first.world.kept);
	run.world.provider.onOpen = () => Promise.reject(fail("network.refused"));
	await run.start();
	const account = await run.account();
	expect(account.connection).toMatchObject({ state: "offline", problem: { code: "network.refused" } });
	expect(account.connection.nextAttempt).not.toBeNull();
	await run.world.clock.advance(300_000);
	const tries = run.world.provider.opened.length;
	expect(tries).toBeGreaterThan(4);
	expect(tries).toBeLessThan(60);
	run.world.suspend();
	await run.world.clock.advance(20_000);
	expect(run.world.provider.opened).toHaveLength(tries);
	await run.world.clock.sleep(3_600_000);
	// The clocks tell it before the system does, and then that is no news.
	expect(run.world.provider.opened).toHaveLength(tries + 1);
	run.world.resume();
	await settle();
	expect(run.world.provider.opened).toHaveLength(tries + 1);
});

test("a refused kept secret is not tried again; the person enters it, and it is kept", async () => {
	const first = await begin();
	const id = await first.online();
	const run = new Run(first.world.kept);
	run.world.provider.onOpen = ({ secret }) =>
		secret === "new"
			? Promise.resolve(run.world.provider.prepare())
			: Promise.reject(fail("auth.wrongPassword"));
	await run.start();
	await run.world.clock.advance(600_000);
	expect(run.world.provider.opened).toHaveLength(1);
	expect((await run.account()).connection.state).toBe("needsSignIn");
	const refusal = Promise.withResolvers<never>();
	const { onOpen } = run.world.provider;
	run.world.provider.onOpen = () => refusal.promise;
	const entered = run.core.handlers["accounts.enterSecret"]({
		accountId: id,
		secret: "bad",
		code: null,
		options: {},
	});
	await run.world.clock.advance(100);
	// All the while the window shows the form that the secret was typed into.
	expect((await run.account()).connection.state).toBe("needsSignIn");
	refusal.reject(fail("auth.wrongPassword"));
	expect(await entered).toMatchObject({ ok: false });
	run.world.provider.onOpen = onOpen;
	expect(
		await run.core.handlers["accounts.enterSecret"]({
			accountId: id,
			secret: "new",
			code: null,
			options: {},
		}),
	).toMatchObject({
		ok: true,
	});
	run.world.provider.session.online();
	await settle();
	expect((await run.account()).connection.state).toBe("online");
	expect(run.world.secrets.items.get(id)).toBe("new");
});

test("signing out leaves, and takes secret, account and messages along", async () => {
	const run = await begin();
	const id = await run.online();
	await run.hear("hello");
	const { session } = run.world.provider;
	await run.core.handlers["accounts.signOut"]({ accountId: id, history: "wipe" });
	const { accounts, conversations } = await run.snapshot();
	expect([accounts, conversations]).toEqual([[], []]);
	expect(session.calls.at(-1)).toBe("close endLine");
	expect([run.world.secrets.items.size, run.world.kept.accounts.size, run.world.kept.started.size]).toEqual(
		[0, 0, 0],
	);
	await run.world.clock.advance(20);
	expect(run.changes.map(({ type }) => type)).toContain("conversationRemoved");
	expect(run.changes.map(({ type }) => type)).toContain("accountRemoved");
});

// ---------------------------------------------------------------- keychain

test("with no keychain the app asks; 'this run' keeps the secret in memory and nowhere else", async () => {
	const run = await begin();
	run.world.secrets.refusal = appError("keychain.unavailable");
	const id = await run.online();
	expect((await run.snapshot()).keychainQuestions).toEqual([
		{ accountId: id, accountLabel: "agent1 · gws.example", reason: "unavailable" },
	]);
	await run.core.handlers["keychain.choose"]({ accountId: id, choice: "thisRun" });
	expect((await run.snapshot()).keychainQuestions).toEqual([]);
	expect((await run.account()).secretKeeping).toBe("thisRun");
	run.world.provider.session.end();
	await run.world.clock.advance(5000);
	expect(run.world.provider.opened.map(({ secret }) => secret)).toEqual(["hunter2", "hunter2"]);
	expect(run.world.secrets.items.size).toBe(0);
	const next = await begin(run.world.kept);
	expect((await next.account()).connection.state).toBe("needsSignIn");
});

test("'ask each time' holds the session only, and the form returns when the server wants the secret", async () => {
	const run = await begin();
	run.world.secrets.refusal = appError("keychain.locked");
	const id = await run.online();
	expect((await run.snapshot()).keychainQuestions[0]?.reason).toBe("locked");
	await run.core.handlers["keychain.choose"]({ accountId: id, choice: "askEachTime" });
	await settle();
	expect(run.world.provider.session.calls).toContain("forgetSecret");
	run.world.provider.session.emit({ type: "signedOut", error: appError("auth.sessionExpired") });
	await run.world.clock.advance(120_000);
	expect(run.world.provider.opened).toHaveLength(1);
	expect((await run.account()).connection.state).toBe("needsSignIn");
	run.world.secrets.refusal = null;
	await run.core.handlers["accounts.enterSecret"]({
		accountId: id,
		secret: "hunter2",
		code: null,
		options: {},
	});
	await settle();
	expect(run.world.provider.opened.at(-1)?.forgetSecret).toBe(true);
	expect(run.world.secrets.items.size).toBe(0);
	const next = await begin(run.world.kept);
	expect((await next.account()).secretKeeping).toBe("askEachTime");
	expect(next.world.provider.opened).toEqual([]);
});

test("a keychain silent for 10 s at start is waited for, with both choices, until it speaks", async () => {
	const first = await begin();
	const id = await first.online();
	const run = new Run(first.world.kept);
	run.world.secrets.silent = true;
	await run.start();
	await run.world.clock.advance(9999);
	expect((await run.account()).connection.waitingForKeychain).toBe(false);
	await run.world.clock.advance(1);
	expect((await run.account()).connection.waitingForKeychain).toBe(true);
	expect((await run.snapshot()).keychainQuestions).toMatchObject([{ accountId: id, reason: "silent" }]);
	run.world.secrets.speak();
	await settle();
	expect(run.world.provider.opened).toHaveLength(1);
	expect((await run.account()).connection.waitingForKeychain).toBe(false);
	expect((await run.snapshot()).keychainQuestions).toEqual([]);
});

test("whoever does not want to wait for the keychain enters the secret", async () => {
	const first = await begin();
	const id = await first.online();
	const run = new Run(first.world.kept);
	run.world.secrets.silent = true;
	await run.start();
	await run.world.clock.advance(10_000);
	await run.core.handlers["keychain.choose"]({ accountId: id, choice: "thisRun" });
	expect((await run.account()).connection).toMatchObject({
		state: "needsSignIn",
		waitingForKeychain: false,
	});
	const entered = run.core.handlers["accounts.enterSecret"]({
		accountId: id,
		secret: "hunter2",
		code: null,
		options: {},
	});
	// A field of the form that is secret too may be in the keychain: it is asked, and not for long.
	await run.world.clock.advance(2000);
	await entered;
	run.world.secrets.speak();
	await settle();
	expect(run.world.provider.opened).toHaveLength(1);
	expect((await run.account()).secretKeeping).toBe("thisRun");
});

test("a failed read costs one sign-in and nothing else", async () => {
	const first = await begin();
	const id = await first.online();
	const run = new Run(first.world.kept);
	run.world.secrets.refusal = appError("keychain.failed");
	await run.start();
	expect((await run.account()).connection).toMatchObject({
		state: "needsSignIn",
		problem: { code: "keychain.failed" },
	});
	run.world.secrets.refusal = null;
	await run.core.handlers["accounts.enterSecret"]({
		accountId: id,
		secret: "hunter2",
		code: null,
		options: {},
	});
	await settle();
	expect((await run.account()).secretKeeping).toBe("keychain");
	expect((await run.snapshot()).keychainQuestions).toEqual([]);
});

test("a keychain that takes the secret after 'this run' was chosen gives it back", async () => {
	const run = await begin();
	run.world.secrets.silent = true;
	const id = await run.online();
	await run.world.clock.advance(10_000);
	expect((await run.snapshot()).keychainQuestions).toMatchObject([{ accountId: id, reason: "silent" }]);
	await run.core.handlers["keychain.choose"]({ accountId: id, choice: "thisRun" });
	run.world.secrets.speak();
	await settle();
	expect(run.world.secrets.items.size).toBe(0);
	expect((await run.account()).secretKeeping).toBe("thisRun");
});

test("a keychain that takes it before anybody chose ends the question", async () => {
	const run = await begin();
	run.world.secrets.silent = true;
	const id = await run.online();
	await run.world.clock.advance(10_000);
	run.world.secrets.speak();
	await settle();
	expect((await run.snapshot()).keychainQuestions).toEqual([]);
	expect([(await run.account()).secretKeeping, run.world.secrets.items.get(id)]).toEqual([
		"keychain",
		"hunter2",
	]);
});

// ---------------------------------------------------------------- lines

test("where it is not known whether the device was logged in, the mark stays, and it is tried again", async () => {
	const run = await begin();
	let tries = 0;
	run.world.provider.prepareSession = (session) => {
		session.onUseLine = () => {
			tries += 1;
			return tries === 1
				? Promise.reject(fail("network.timeout"))
				: Promise.resolve({ started: false, warnings: [] });
		};
	};
	await run.online();
	expect(run.world.kept.started.size).toBe(1);
	await run.world.clock.advance(2000);
	expect((await run.account()).lineId).toBe("5001");
	await run.core.stop(2000);
	expect(run.world.provider.session.calls).toContain("close endLine");
});

test("one usable line is taken silently; the mark is on disk before the device is logged in", async () => {
	const run = await begin();
	let marked: boolean | null = null;
	run.world.provider.prepareSession = (session) => {
		session.onUseLine = () => {
			marked = run.world.kept.started.size === 1;
			return Promise.resolve({ started: true, warnings: [] });
		};
	};
	await run.online();
	expect(marked).toBe(true);
	expect(await run.account()).toMatchObject({ lineId: "5001", lineQuestion: null });
});

test("several lines: the agent is asked before any device is logged in, and remembered on this workstation", async () => {
	const run = await begin();
	const offered = [line("5001", { canMessage: false }), line("5002"), line("5003")];
	run.world.provider.prepareSession = (session) => (session.offered = offered);
	const id = await run.online();
	expect(await run.account()).toMatchObject({ lineId: null, lineQuestion: { suggested: "5002" } });
	expect(run.world.provider.session.calls).toEqual([]);
	const conversation = await run.hear("hi");
	await run.send(conversation, "answer");
	expect((await run.texts(conversation)).at(-1)?.delivery).toMatchObject({
		state: "queued",
		queueReason: "noLine",
	});
	expect(
		await run.core.handlers["accounts.chooseLine"]({ accountId: id, lineId: "5003" as LineId }),
	).toMatchObject({ ok: true });
	await settle();
	expect(run.world.provider.session.sent).toHaveLength(1);
	expect(run.world.kept.lines.get(id)).toBe("5003");
	const next = new Run(run.world.kept);
	next.world.provider.prepareSession = (session) => (session.offered = offered);
	await next.start();
	expect(await next.account()).toMatchObject({ lineId: "5003", lineQuestion: null });
});

test("another workstation that shares the profile asks anew", async () => {
	const run = await begin();
	const offered = [line("5001"), line("5002")];
	run.world.provider.prepareSession = (session) => (session.offered = offered);
	const id = await run.online();
	await run.core.handlers["accounts.chooseLine"]({ accountId: id, lineId: "5002" as LineId });
	const elsewhere = new Run({ ...run.world.kept, lines: new Map(), started: new Set() });
	elsewhere.world.provider.prepareSession = (session) => (session.offered = offered);
	await elsewhere.start();
	expect(await elsewhere.account()).toMatchObject({ lineId: null, lineQuestion: { suggested: "5001" } });
});

test("a refused line says why, and with another one there the agent is asked", async () => {
	const run = await begin();
	run.world.provider.prepareSession = (session) => {
		session.offered = [line("5001"), line("5002")];
		session.onUseLine = (id) =>
			id === "5001"
				? Promise.reject(fail("genesys.deviceTaken"))
				: Promise.resolve({ started: true, warnings: [] });
	};
	const id = await run.online();
	const refused = await run.core.handlers["accounts.chooseLine"]({
		accountId: id,
		lineId: "5001" as LineId,
	});
	expect(refused).toMatchObject({ ok: false, error: { code: "genesys.deviceTaken" } });
	expect((await run.account()).lineQuestion).not.toBeNull();
	expect(run.world.kept.started.size).toBe(0);
	expect(
		await run.core.handlers["accounts.chooseLine"]({ accountId: id, lineId: "5002" as LineId }),
	).toMatchObject({ ok: true });
});

test("an account without any line that can carry messages says so, and logs nothing in", async () => {
	const run = await begin();
	run.world.provider.prepareSession = (session) =>
		(session.offered = [line("5001", { canMessage: false }), line("5002", { canMessage: false })]);
	await run.online();
	const { lineId, lineQuestion, warnings } = await run.account();
	expect([lineId, lineQuestion, warnings.map(({ code }) => code)]).toEqual([null, null, ["line.none"]]);
	expect(run.world.provider.session.calls.filter((call) => call.startsWith("useLine"))).toEqual([]);
	expect(run.world.kept.started.size).toBe(0);
});

test("a text of blanks is refused in words and nothing of the command is sent", async () => {
	const run = await begin();
	await run.online();
	const conversationId = await run.hear("hi");
	const parts = ["hello", " \n\t"].map((text) => ({ clientId: text as ClientMessageId, text }));
	expect(await run.core.handlers["messages.send"]({ conversationId, parts, ...justText })).toMatchObject({
		ok: false,
		error: { code: "message.empty" },
	});
	expect((await run.texts(conversationId)).map(({ text }) => text)).toEqual(["hi"]);
});

test("a line that somebody else logs out is said, and choosing an agent state logs it in again", async () => {
	const run = await begin();
	const id = await run.online();
	const { session } = run.world.provider;
	const tell = async (loggedIn: boolean): Promise<readonly string[]> => {
		session.emit({ type: "lines", lines: [line("5001", { loggedIn })] });
		await run.world.clock.advance(20);
		return (await run.account()).warnings.map(({ code }) => code);
	};
	// The state from before the log-in may still come in.
	expect(await tell(false)).toEqual([]);
	expect(await tell(true)).toEqual([]);
	expect(await tell(false)).toEqual(["line.loggedOut"]);
	session.calls.length = 0;
	const chosen = await run.core.handlers["accounts.setAgentState"]({ accountId: id, stateId: "Ready" });
	expect(chosen).toMatchObject({ ok: true });
	expect(session.calls).toEqual(["useLine 5001", "setAgentState Ready"]);
	expect(await tell(true)).toEqual([]);
	session.onUseLine = () => Promise.reject(fail("genesys.deviceTaken"));
	await tell(false);
	expect(
		await run.core.handlers["accounts.setAgentState"]({ accountId: id, stateId: "Ready" }),
	).toMatchObject({ ok: false, error: { code: "genesys.deviceTaken" } });
	expect(session.calls).toEqual(["useLine 5001", "setAgentState Ready", "useLine 5001"]);
});

test("quitting logs out a device that this run logged in, and no other", async () => {
	const run = await begin();
	await run.online();
	const mine = run.world.provider.session;
	run.world.provider.prepareSession = (session) => (session.offered = [line("5009", { loggedIn: true })]);
	await run.online({ userName: "agent2" });
	const theirs = run.world.provider.session;
	await run.core.stop(2000);
	expect(mine.calls.at(-1)).toBe("close endLine");
	expect(theirs.calls.at(-1)).toBe("close");
	expect(run.world.kept.started.size).toBe(0);
});

test("after a crash the next run logs out the device that the crashed one logged in", async () => {
	const crashed = await begin();
	await crashed.online();
	expect(crashed.world.kept.started.size).toBe(1);
	const next = new Run(crashed.world.kept);
	next.world.provider.prepareSession = (session) => (session.offered = [line("5001", { loggedIn: true })]);
	await next.start();
	next.world.provider.session.online();
	await settle();
	await next.core.stop(2000);
	expect(next.world.provider.session.calls).toEqual(["useLine 5001", "close endLine"]);
	expect(next.world.kept.started.size).toBe(0);
});

test("a wake asks the session once and never touches the agent's state", async () => {
	const run = await begin();
	const id = await run.online();
	run.world.suspend();
	run.world.resume();
	await settle();
	expect(run.world.provider.session.calls).toEqual(["useLine 5001", "wake"]);
	await run.core.handlers["accounts.setAgentState"]({ accountId: id, stateId: "Ready" });
	expect(run.world.provider.session.calls.at(-1)).toBe("setAgentState Ready");
});

test("a batch is stored before the next one is asked for", async () => {
	const run = await begin();
	await run.online();
	const { session } = run.world.provider;
	const before = session.stored;
	session.emit({
		type: "message",
		peer: "5002",
		text: "one",
		remoteId: null,
		stretch: null,
		at: null,
		catchUp: false,
	});
	session.emit({
		type: "message",
		peer: "5002",
		text: "two",
		remoteId: null,
		stretch: null,
		at: null,
		catchUp: false,
	});
	await settle();
	expect(session.stored - before).toBe(2);
	const { id } = await run.conversation("5002");
	expect((await run.texts(id)).map(({ text, sequence }) => [text, sequence])).toEqual([
		["one", 1],
		["two", 2],
	]);
});

// ---------------------------------------------------------------- the main job

test("told of a message, open it by its notification, answer it, see it delivered", async () => {
	const run = await begin();
	await run.online();
	const id = await run.hear("Are you there?");
	expect(run.world.notifier.shown.map(({ key, content }) => [key, content.title, content.body])).toEqual([
		[id, "5002", "Are you there?"],
	]);
	await run.world.clock.advance(100);
	expect([run.world.badge, run.world.window.title, run.world.trays.at(-1)?.image]).toEqual([
		1,
		"(1) Trunkline",
		"unread",
	]);
	run.world.notifier.shown[0]?.click();
	expect(run.world.window.calls).toEqual(["show", `conversation ${id}`]);
	expect((await run.snapshot()).openConversation).toBe(id);
	run.world.window.focus(true);
	await run.core.handlers["window.viewing"]({ conversationId: id, atEnd: true });
	expect((await run.snapshot()).openConversation).toBeNull();
	expect(run.world.notifier.closed).toContain(id);
	const [message] = await run.texts(id);
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: message?.id as EntryId });
	await run.world.clock.advance(100);
	expect([run.world.badge, run.world.window.title, run.world.trays.at(-1)?.image]).toEqual([
		0,
		"Trunkline",
		"idle",
	]);
	await run.send(id, "Yes");
	expect((await run.texts(id)).at(-1)?.delivery?.state).toBe("sending");
	run.world.provider.session.pending[0]?.answer({ kind: "accepted", remoteId: null, at: null });
	expect((await run.texts(id)).at(-1)?.delivery?.state).toBe("sent");
	const clientId = "client Yes" as ClientMessageId;
	run.world.provider.session.emit({ type: "delivery", clientId, state: "delivered", at: null });
	expect((await run.texts(id)).at(-1)?.delivery?.state).toBe("delivered");
	expect((await run.conversation("5002")).preview).toMatchObject({
		kind: "out",
		text: "Yes",
		delivery: "delivered",
	});
	// Read as it came: no unread, no notification.
	await run.hear("Thanks");
	expect((await run.conversation("5002")).unread).toBe(0);
	expect(run.world.notifier.shown).toHaveLength(1);
});

test("unread counts, the first unread stays, and Mark unread brings one back", async () => {
	const run = await begin();
	await run.online();
	const id = await run.hear("one");
	await run.hear("two");
	const [one, two] = await run.texts(id);
	expect(await run.conversation("5002")).toMatchObject({ unread: 2, firstUnread: one?.id });
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: one?.id as EntryId });
	// Nobody can have read it while the window was not in front.
	expect(await run.conversation("5002")).toMatchObject({ unread: 2, firstUnread: one?.id });
	run.world.window.focus(true);
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: one?.id as EntryId });
	expect(await run.conversation("5002")).toMatchObject({ unread: 1, firstUnread: two?.id });
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: two?.id as EntryId });
	await run.core.handlers["conversations.markRead"]({ conversationId: id, upTo: one?.id as EntryId });
	expect(await run.conversation("5002")).toMatchObject({ unread: 0, firstUnread: null });
	await run.core.handlers["conversations.markUnread"]({ conversationId: id, from: null });
	expect(await run.conversation("5002")).toMatchObject({ unread: 1, firstUnread: two?.id });
});

test("a text waits while another conversation holds the session, and says with whom", async () => {
	const run = await begin();
	const accountId = await run.online();
	await run.hear("hi", "5002");
	const live = { id: null, phase: "talking", since: 0, canSend: true, actions: ["end"] } as const;
	run.world.provider.session.emit(
		{ type: "peerName", peer: "5002", name: "Ann Lee" },
		{ type: "live", peer: "5002", live },
	);
	const other = await run.core.handlers["conversations.start"]({
		accountId,
		addresses: ["5003"],
		name: null,
		lineId: null,
		title: null,
	});
	if (!other.ok) throw new Error(other.error.code);
	await run.send(other.value.conversationId, "hello");
	run.world.provider.session.pending[0]?.answer({ kind: "notYet", reason: "busy", busyPeer: "5002" });
	expect((await run.conversation("5003")).busyWith).toEqual({
		conversationId: (await run.conversation("5002")).id,
		peerName: "Ann Lee",
	});
	expect((await run.account()).queued).toBe(1);
	await run.core.handlers["stretch.act"]({
		conversationId: (await run.conversation("5002")).id,
		action: "end",
	});
	expect(run.world.provider.session.calls.at(-1)).toBe("end 5002");
	run.world.provider.session.emit(
		{ type: "live", peer: "5002", live: null },
		{ type: "sendable", peer: null },
	);
	await settle();
	expect(run.world.provider.session.pending).toHaveLength(1);
	expect((await run.conversation("5003")).busyWith).toBeNull();
});

test("doubtful: Check again asks the server, Send again sends once more, Discard removes", async () => {
	const run = await begin();
	await run.online();
	const id = await run.hear("hi");
	const { session } = run.world.provider;
	session.answer = () => ({ kind: "unknown", error: appError("network.timeout") });
	await run.send(id, "a");
	await run.send(id, "b");
	const [, a, b] = await run.texts(id);
	expect([a?.delivery?.state, b?.delivery?.state]).toEqual(["unknown", "unknown"]);
	expect(run.world.notifier.shown.at(-1)?.content.body).toContain("not known whether");
	await run.core.handlers["messages.checkAgain"]({ entryId: a?.id as EntryId });
	expect(session.calls).toContain("check");
	session.answer = () => ({ kind: "accepted", remoteId: null, at: null });
	await run.core.handlers["messages.sendAgain"]({ entryId: a?.id as EntryId });
	await run.core.handlers["messages.discard"]({ entryId: b?.id as EntryId });
	expect((await run.texts(id)).map(({ text, delivery }) => [text, delivery?.state])).toEqual([
		["hi", undefined],
		["a", "sent"],
	]);
	expect(session.sent.map(({ text }) => text)).toEqual(["a", "b", "a"]);
	expect(await run.core.handlers["messages.discard"]({ entryId: a?.id as EntryId })).toMatchObject({
		ok: false,
		error: { code: "message.alreadySettled" },
	});
	expect((await run.conversation("5002")).preview?.text).toBe("a");
	// An open timeline is told as well, at the next frame.
	await run.world.clock.advance(100);
	expect(run.changes).toContainEqual({ type: "entryRemoved", conversationId: id, entryId: b?.id });
});

test("a gap stands in the conversations that were live, and nowhere else", async () => {
	const run = await begin();
	await run.online();
	const live = { id: null, phase: "talking", since: 0, canSend: true, actions: [] } as const;
	await run.hear("old", "5003");
	const id = await run.hear("hi", "5002");
	run.world.provider.session.emit({ type: "live", peer: "5002", live });
	run.world.provider.session.emit(
		{ type: "gap", peer: null, from: 1, to: 2 },
		{ type: "live", peer: "5002", live: null },
	);
	await settle();
	const open = async (conversationId: ConversationId): Promise<string[]> => {
		const thread = await run.core.handlers["conversations.open"]({
			conversationId,
			around: null,
			wholePerson: false,
		});
		return thread.ok ? thread.value.entries.map(({ kind }) => kind) : [];
	};
	expect(await open(id)).toEqual(["message", "gap"]);
	expect(await open((await run.conversation("5003")).id)).toEqual(["message"]);
});

test("every command answers something for what is not there", async () => {
	const run = await begin();
	const accountId = "nobody" as AccountId;
	const conversationId = "nowhere" as ConversationId;
	const entryId = "nothing" as EntryId;
	const { handlers } = run.core;
	const answers = await Promise.all([
		handlers["accounts.check"]({ accountId }),
		handlers["accounts.signOut"]({ accountId, history: "wipe" }),
		handlers["directory.search"]({ accountId, query: "a" }),
		handlers["conversations.open"]({ conversationId, around: null, wholePerson: false }),
		handlers["messages.send"]({
			conversationId,
			parts: [{ clientId: "x" as ClientMessageId, text: "x" }],
			...justText,
		}),
		handlers["messages.retry"]({ entryId }),
		handlers["messages.discard"]({ entryId }),
		handlers["links.open"]({ url: "file:///etc/passwd" }),
	]);
	expect(answers.map((answer) => (answer.ok ? "ok" : answer.error.code))).toEqual([
		"account.notFound",
		"account.notFound",
		"account.notFound",
		"conversation.notFound",
		"conversation.notFound",
		"message.notFound",
		"message.notFound",
		"link.refused",
	]);
});

test("muted conversations count for nothing in tray, badge and title", async () => {
	const run = await begin();
	await run.online();
	const conversationId = await run.hear("hi");
	await run.core.handlers["conversations.setMuted"]({ conversationId, muted: true });
	await run.hear("again");
	await run.world.clock.advance(100);
	expect([run.world.badge, run.world.window.title, run.world.notifier.shown.length]).toEqual([
		0,
		"Trunkline",
		1,
	]);
	expect((await run.conversation("5002")).unread).toBe(2);
});

// ---------------------------------------------------------------- outage

test("an account that is silent for 60 s, or needs its secret, is told once an outage, and its return", async () => {
	const run = await begin();
	await run.online();
	const { session } = run.world.provider;
	session.sign = run.world.clock.now();
	await run.world.clock.advance(59_000);
	expect(run.world.notifier.shown).toEqual([]);
	await run.world.clock.advance(11_000);
	await run.world.clock.advance(600_000);
	expect(run.world.notifier.shown.map(({ content }) => content.title)).toEqual([
		"agent1 · gws.example is not receiving messages",
	]);
	expect(run.core.health().notifications).toEqual({ shown: 1 });
	expect(run.world.trays.at(-1)).toMatchObject({
		image: "alert",
		toolTip: "Trunkline: agent1 · gws.example is not receiving messages",
	});
	session.sign = run.world.clock.now();
	await run.world.clock.advance(5000);
	expect(run.world.notifier.shown.at(-1)?.content.title).toBe(
		"agent1 · gws.example is receiving messages again",
	);
	expect(run.world.trays.at(-1)?.image).toBe("idle");
	session.emit({ type: "signedOut", error: appError("auth.wrongPassword") });
	await run.world.clock.advance(60_000);
	expect(run.world.notifier.shown).toHaveLength(3);
	expect(run.world.notifier.shown.at(-1)?.content.body).toContain("sign in again");
});

test("asleep is not silent: nothing is told after a night, reported or not", async () => {
	const run = await begin();
	await run.online();
	run.world.suspend();
	await run.world.clock.sleep(28_800_000);
	run.world.resume();
	await run.world.clock.advance(50_000);
	expect(run.world.notifier.shown).toEqual([]);
	run.world.provider.session.sign = run.world.clock.now();
	await run.world.clock.advance(20_000);
	await run.world.clock.sleep(28_800_000);
	await run.world.clock.advance(50_000);
	expect(run.world.notifier.shown).toEqual([]);
	run.world.clock.jump(86_400_000);
	await run.world.clock.advance(4000);
	expect(run.world.notifier.shown).toEqual([]);
});

// ---------------------------------------------------------------- practice and provisioning

test("practice has its own inbox and accounts, says so in its notifications, and leaves nothing", async () => {
	const run = await begin();
	const started = await run.core.handlers["practice.start"](null);
	expect(started.ok).toBe(true);
	run.world.provider.session.online();
	await run.hear("Welcome");
	const { practice, accounts } = await run.snapshot();
	expect([practice, accounts[0]?.practice, accounts[0]?.secretKeeping]).toEqual([true, true, "practice"]);
	expect(run.world.notifier.shown.at(-1)?.content.title).toBe("Practice: 5002");
	expect(run.world.kept.accounts.size + run.world.secrets.items.size).toBe(0);
	expect(await run.core.handlers["accounts.signIn"](agent)).toMatchObject({
		ok: false,
		error: { code: "practice.active" },
	});
	await run.core.handlers["practice.leave"](null);
	const after = await run.snapshot();
	expect([after.practice, after.accounts, after.conversations, run.world.practiceClosed]).toEqual([
		false,
		[],
		[],
		1,
	]);
	expect([run.world.badge, run.world.window.title]).toEqual([0, "Trunkline"]);
	expect((await run.core.handlers["accounts.signIn"](agent)).ok).toBe(true);
	expect(await run.core.handlers["practice.start"](null)).toMatchObject({
		ok: false,
		error: { code: "account.exists" },
	});
});

test("practice asked for while it is still being left begins when that is over", async () => {
	const run = new Run();
	await run.start();
	await run.core.handlers["practice.start"](null);
	const leaving = run.core.handlers["practice.leave"](null);
	const again = run.core.handlers["practice.start"](null);
	expect(await leaving).toMatchObject({ ok: true });
	expect(await again).toMatchObject({ ok: true });
	expect((await run.snapshot()).practice).toBe(true);
});

test("a run begun with --practice starts the real accounts only when practice is left", async () => {
	const first = await begin();
	await first.online();
	const run = new Run(first.world.kept);
	await run.start({ practice: true });
	expect((await run.snapshot()).accounts.map(({ userName }) => userName)).toEqual(["practice"]);
	await run.core.handlers["practice.leave"](null);
	expect((await run.snapshot()).accounts.map(({ userName }) => userName)).toEqual(["agent1"]);
	expect(run.world.provider.opened.map(({ userName }) => userName)).toEqual(["practice", "agent1"]);
});

test("simulators that cannot start are said, and the window is usable", async () => {
	const run = await begin();
	run.world.practiceFails = true;
	expect(await run.core.handlers["practice.start"](null)).toMatchObject({
		ok: false,
		error: { code: "practice.failed" },
	});
	expect((await run.snapshot()).practice).toBe(false);
	const next = new Run();
	next.world.practiceFails = true;
	await next.start({ practice: true });
	expect((await next.snapshot()).notices).toEqual([appError("practice.failed")]);
});

const file = {
	system: "genesys",
	server: "https://gws.example",
	userName: "agent1",
	secretKind: "password",
	secret: "hunter2",
};

function source(
	content: unknown,
	removable = true,
): { read(): Promise<string>; remove(): Promise<void>; removed: boolean } {
	return {
		removed: false,
		read: () =>
			content === null ? Promise.reject(new Error("ENOENT")) : Promise.resolve(JSON.stringify(content)),
		remove() {
			this.removed = removable;
			return removable ? Promise.resolve() : Promise.reject(new Error("EACCES"));
		},
	};
}

test("an account file sets the account up with its line and is deleted once the secret is safe", async () => {
	const run = new Run();
	run.world.provider.prepareSession = (session) =>
		(session.offered = [line("5001"), line("5002", { label: "Desk phone" })]);
	const provision = source({ ...file, line: "Desk phone" });
	await run.start({ provision });
	await settle();
	expect(provision.removed).toBe(true);
	expect(await run.account()).toMatchObject({ lineId: "5002", secretKeeping: "keychain" });
	expect([...run.world.secrets.items.values()]).toEqual(["hunter2"]);
	// Ended before the deletion: the next run finds all in order and deletes the file.
	const again = source(file);
	await new Run(run.world.kept).start({ provision: again });
	await settle();
	expect(again.removed).toBe(true);
});

test.each([
	[{ ...file, role: "admin" }, "provision.invalid"],
	[{ ...file, secretKind: "token" }, "provision.invalid"],
	[{ ...file, secret: undefined }, "provision.invalid"],
	[null, "provision.unreadable"],
	[{ ...file, system: "textus", secretKind: "apiKey" }, "provision.invalid"],
])("an account file like %j is told as %s and stays", async (content, code) => {
	const run = new Run();
	const provision = source(content);
	await run.start({ provision });
	await settle();
	expect((await run.snapshot()).notices.map((notice) => notice.code)).toEqual([code]);
	expect(provision.removed).toBe(false);
	expect((await run.snapshot()).accounts).toEqual([]);
});

test("a file handed over during practice is taken up when practice is left", async () => {
	const run = await begin();
	await run.core.handlers["practice.start"](null);
	const late = source(file);
	run.core.provision(late);
	await settle();
	expect((await run.snapshot()).accounts.map(({ userName }) => userName)).toEqual(["practice"]);
	await run.core.handlers["practice.leave"](null);
	expect((await run.snapshot()).accounts.map(({ userName }) => userName)).toEqual(["agent1"]);
	expect(late.removed).toBe(true);
});

test("practice does not start beside a sign-in that is under way", async () => {
	const run = await begin();
	const signingIn = run.core.handlers["accounts.signIn"](agent);
	const practice = await run.core.handlers["practice.start"](null);
	expect(practice).toMatchObject({ ok: false, error: { code: "account.exists" } });
	expect((await signingIn).ok).toBe(true);
});

test("a snapshot asked for before the start is given after it", async () => {
	const first = await begin();
	await first.online();
	const run = new Run(first.world.kept);
	const asked = run.core.handlers["app.snapshot"](null);
	await run.start();
	const answer = await asked;
	expect(answer.ok && answer.value.accounts.length).toBe(1);
});

test("a notice stays until the person puts it away, and is told again when it happens again", async () => {
	const run = await begin();
	const codes = async (): Promise<string[]> => (await run.snapshot()).notices.map(({ code }) => code);
	run.core.notice(appError("settings.unreadable"));
	run.core.notice(appError("provision.invalid", { detail: "server" }));
	run.core.notice(appError("provision.invalid", { detail: "server" }));
	expect(await codes()).toEqual(["settings.unreadable", "provision.invalid"]);
	await run.core.handlers["notices.dismiss"]({ code: "provision.invalid", detail: "another" });
	await run.core.handlers["notices.dismiss"]({ code: "settings.unreadable", detail: null });
	expect(await codes()).toEqual(["provision.invalid"]);
	await run.world.clock.advance(20);
	expect(run.changes.findLast(({ type }) => type === "notices")).toMatchObject({
		notices: [{ code: "provision.invalid" }],
	});
	run.core.notice(appError("settings.unreadable"));
	expect(await codes()).toEqual(["provision.invalid", "settings.unreadable"]);
});

test("a file that cannot be deleted is told", async () => {
	const run = new Run();
	await run.start({ provision: source(file, false) });
	await settle();
	expect((await run.snapshot()).notices).toEqual([appError("provision.notDeleted")]);
});

test("without a keychain a provisioned account lasts for this run and its file stays", async () => {
	const run = new Run();
	run.world.secrets.refusal = appError("keychain.unavailable");
	const provision = source(file);
	await run.start({ provision });
	await settle();
	expect(await run.account()).toMatchObject({ secretKeeping: "thisRun" });
	expect([provision.removed, run.world.kept.accounts.size]).toEqual([false, 0]);
	expect((await run.snapshot()).keychainQuestions).toEqual([]);
	expect((await run.snapshot()).notices).toEqual([appError("keychain.unavailable")]);
});

test("a keychain that answers late still gets the provisioned secret, and the file goes then", async () => {
	const run = new Run();
	run.world.secrets.silent = true;
	const provision = source(file);
	await run.start({ provision });
	await run.world.clock.advance(10_000);
	expect((await run.account()).secretKeeping).toBe("thisRun");
	run.world.secrets.speak();
	await settle();
	expect((await run.account()).secretKeeping).toBe("keychain");
	expect([provision.removed, run.world.kept.accounts.size]).toEqual([true, 1]);
});

// ---------------------------------------------------------------- publishing

test("a snapshot and the batches after it add up to the same as a later snapshot", async () => {
	const run = await begin();
	const id = await run.online();
	const before = await run.snapshot();
	const conversationId = await run.hear("hi");
	await run.send(conversationId, "answer");
	await run.world.clock.advance(20);
	const later = await run.snapshot();
	expect(later.revision).toBeGreaterThan(before.revision);
	const last = run.changes.findLast((change) => change.type === "conversation");
	expect(last?.type === "conversation" ? last.conversation : null).toEqual(await run.conversation("5002"));
	const account = run.changes.findLast((change) => change.type === "account");
	expect(account?.type === "account" ? account.account : null).toEqual(await run.account(id));
});

test("stopping takes no longer than the deadline, whatever a session does", async () => {
	const run = await begin();
	await run.online();
	run.world.provider.session.close = () => new Promise(() => undefined);
	const stopping = run.core.stop(2000);
	await run.world.clock.advance(2000);
	await stopping;
	expect(run.world.kept.started.size).toBe(1);
});
