import { expect, test } from "vitest";
import type { LiveStretch } from "../../../shared/model.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import type { MessageStore } from "../ports/stores.ts";
import { agent, CoreRun } from "../testing/core-run.ts";
import type { Kept } from "../testing/fake-ports.ts";
import { line } from "../testing/fake-provider.ts";
import { settle } from "../testing/virtual-clock.ts";

const talking: LiveStretch = { id: null, phase: "talking", since: 0, canSend: true, actions: ["end"] };

class Run extends CoreRun {
	readonly store: MessageStore;
	constructor(store: MessageStore, kept?: Kept) {
		// A run closes its own; another one follows.
		const messages = { ...store, close: () => Promise.resolve() };
		super({ messages, practiceMessages: memoryStore }, kept);
		this.store = store;
	}

	/** Signs of life at a pace, for so long. */
	async hum(ms: number, everyMs = 10_000): Promise<void> {
		for (let passed = 0; passed < ms; passed += everyMs) {
			this.world.provider.session.sign = this.world.clock.now();
			await this.world.clock.advance(everyMs);
		}
	}

	async markers(peer: string): Promise<readonly { readonly from: number; readonly to: number }[]> {
		const record = (await this.store.conversations()).find(({ address }) => address === peer);
		if (record === undefined) return [];
		const { entries } = await this.store.page(record.id, { kind: "newest" }, 1000);
		return entries.flatMap((entry) => (entry.kind === "gap" ? [{ from: entry.from, to: entry.to }] : []));
	}
}

async function begin(store = memoryStore(), kept?: Kept): Promise<Run> {
	return await new Run(store, kept).start();
}

/** Online, with a permitted silence of 30 s. */
async function online(run: Run): ReturnType<Run["online"]> {
	run.world.provider.prepareSession = (session) => {
		session.quiet = 30_000;
		session.sign = run.world.clock.now();
	};
	return await run.online();
}

// ---------------------------------------------------------------- silence

test("a slower rhythm is told, so that the window does not call the server silent; jitter is not", async () => {
	const run = await begin();
	await online(run);
	await run.hum(4000);
	const permitted = (): unknown[] =>
		run.changes.flatMap((change) =>
			change.type === "account" ? [change.account.connection.permittedSilenceMs] : [],
		);
	run.changes.length = 0;
	run.world.provider.session.quiet += 40_000;
	await run.hum(4000);
	expect(permitted().at(-1)).toBe(70_000);
	run.changes.length = 0;
	run.world.provider.session.quiet += 500;
	await run.hum(4000);
	expect(permitted()).not.toContain(70_500);
});

test("a link that is silent for too long is rebuilt and says why; once it speaks again all is well", async () => {
	const run = await begin();
	const id = await online(run);
	expect((await run.account(id)).connection).toMatchObject({ mode: "push", permittedSilenceMs: 30_000 });
	await run.hum(120_000);
	expect((await run.account(id)).connection.state).toBe("online");
	await run.world.clock.advance(30_000);
	expect((await run.account(id)).connection.state).toBe("online");
	await run.world.clock.advance(4000);
	const { session } = run.world.provider;
	expect((await run.account(id)).connection).toMatchObject({
		state: "reconnecting",
		problem: { code: "network.silent", params: { host: "gws.example" } },
		permittedSilenceMs: null,
	});
	expect(session.calls.filter((call) => call === "reconnect")).toHaveLength(1);
	// The session says that it is at it; the reason stays.
	session.emit({ type: "connection", state: "reconnecting", nextAttempt: null, problem: null });
	await run.world.clock.advance(60_000);
	expect((await run.account(id)).connection.problem?.code).toBe("network.silent");
	expect(session.calls.filter((call) => call === "reconnect")).toHaveLength(1);
	session.sign = run.world.clock.now();
	session.online();
	expect((await run.account(id)).connection).toMatchObject({ state: "online", problem: null });
});

test("while a batch is being stored the server is not to blame for the silence", async () => {
	const store = memoryStore();
	const slow = { hold: Promise.resolve() };
	const run = await begin({
		...store,
		write: async (write) => {
			await slow.hold;
			return await store.write(write);
		},
	});
	const id = await online(run);
	const stored = Promise.withResolvers<undefined>();
	slow.hold = stored.promise.then(() => undefined);
	const message = { type: "message", peer: "5002", text: "hi", remoteId: null, stretch: null } as const;
	run.world.provider.session.emit({ ...message, at: null, catchUp: false });
	await run.world.clock.advance(120_000);
	expect((await run.account(id)).connection.state).toBe("online");
	stored.resolve(undefined);
	await run.world.clock.advance(20_000);
	expect((await run.account(id)).connection.state).toBe("online");
});

test("the time of the last event reaches the window, at most once a second", async () => {
	const run = await begin();
	const id = await online(run);
	expect((await run.account(id)).connection.lastEvent).toBeNull();
	run.changes.length = 0;
	const { clock } = run.world;
	for (let each = 0; each < 50; each += 1) {
		await run.hear(`hi ${String(each)}`);
		await clock.advance(100);
	}
	const told = run.changes.filter((change) => change.type === "account");
	expect(told.length).toBeGreaterThan(2);
	expect(told.length).toBeLessThan(9);
	expect((await run.account(id)).connection.lastEvent).toBeGreaterThan(clock.now() - 1000);
});

// ---------------------------------------------------------------- sleep and clocks

test.each([
	["a reported sleep", 3_600_000, 0, true],
	["an unreported sleep", 3_600_000, 0, false],
	["a process stopped for 30 s", 30_000, 0, false],
	["a clock set a day on", 0, 86_400_000, false],
	["a clock set a day back", 0, -86_400_000, false],
	["summer time", 0, 3_600_000, false],
	["winter time", 0, -3_600_000, false],
])(
	"%s wakes the session at most once, never changes the agent's state, and fails no text",
	async (...blow) => {
		const [, sleptMs, jumpMs, reported] = blow;
		const run = await begin();
		await online(run);
		const conversation = await run.hear("hi");
		await run.send(conversation, "under way");
		await run.hum(60_000);
		const { session } = run.world.provider;
		session.calls.length = 0;
		if (reported) run.world.suspend();
		run.world.clock.jump(jumpMs);
		await run.world.clock.sleep(sleptMs);
		if (reported) run.world.resume();
		await run.world.clock.advance(1000);
		await run.hum(60_000);
		expect(session.calls.filter((call) => call === "wake").length).toBe(
			sleptMs > 0 || jumpMs > 0 ? 1 : 0,
		);
		expect(session.calls.filter((call) => call !== "wake")).toEqual([]);
		expect(session.sent).toHaveLength(1);
		expect((await run.texts(conversation)).map(({ delivery }) => delivery?.state)).toEqual([
			undefined,
			"sending",
		]);
		expect((await run.account()).connection.state).toBe("online");
	},
);

test("the network's return is one try at once, unless the server was heard of a moment ago", async () => {
	const run = await begin();
	await online(run);
	const { session } = run.world.provider;
	session.calls.length = 0;
	session.sign = run.world.clock.now();
	run.world.networkBack();
	expect(session.calls).toEqual([]);
	await run.world.clock.advance(5000);
	run.world.networkBack();
	expect(session.calls).toEqual(["wake"]);
});

// ---------------------------------------------------------------- holes without a history

test("a restart marks what lived when it was last heard of, from the last sign on, once", async () => {
	const store = memoryStore();
	const first = await begin(store);
	await online(first);
	first.world.provider.session.emit({ type: "live", peer: "5002", live: talking });
	await first.hear("hi");
	await first.hear("bye", "5003");
	await first.hum(600_000);
	const left = first.world.provider.session.sign ?? 0;
	// The device is somebody else's: leaving ends nothing.
	first.world.kept.started.clear();
	await first.core.stop(2000);

	const second = new Run(store, first.world.kept);
	await second.world.clock.advance(1_000_000);
	await second.start();
	second.world.provider.session.online();
	await second.world.clock.advance(100);
	expect(await second.markers("5002")).toEqual([{ from: left, to: expect.any(Number) as number }]);
	expect(await second.markers("5003")).toEqual([]);
	expect((await second.conversation("5002")).live).toBeNull();
	// It was not live any more: the next restart has nothing to mark.
	await second.core.stop(2000);
	const third = new Run(store, first.world.kept);
	await third.world.clock.advance(2_000_000);
	await third.start();
	third.world.provider.session.online();
	await third.world.clock.advance(100);
	expect(await third.markers("5002")).toHaveLength(1);
});

test("after logging the device out nothing lives, and a restart marks nothing", async () => {
	const store = memoryStore();
	const first = await begin(store);
	await online(first);
	first.world.provider.session.emit({ type: "live", peer: "5002", live: talking });
	await first.hear("hi");
	expect(first.world.kept.started.size).toBe(1);
	await first.core.stop(2000);
	const second = new Run(store, first.world.kept);
	await second.start();
	second.world.provider.session.online();
	await second.world.clock.advance(100);
	expect(await second.markers("5002")).toEqual([]);
});

test("an outage told by the system and found again by its list is one marker; idle hours write nothing", async () => {
	const store = memoryStore();
	const writes: unknown[] = [];
	const run = await begin({
		...store,
		write: (write) => {
			writes.push(write);
			return store.write(write);
		},
	});
	const id = await online(run);
	const { session } = run.world.provider;
	session.emit({ type: "live", peer: "5002", live: talking });
	await run.hear("hi");
	expect((await store.cursors(id))["lastSign"]).toBe(String(session.sign));
	await run.world.clock.advance(2000);
	writes.length = 0;
	await run.hum(3_600_000, 30_000);
	session.emit({ type: "presence", peer: "5002", presence: "busy", label: null });
	await run.world.clock.advance(2000);
	expect(writes).toEqual([]);
	const from = session.sign ?? 0;
	session.emit({ type: "connection", state: "reconnecting", nextAttempt: null, problem: null });
	await run.world.clock.advance(300_000);
	const to = run.world.clock.now();
	session.emit({ type: "gap", peer: null, from, to });
	session.emit({ type: "gap", peer: "5002", from, to: to + 2000 });
	session.online();
	await run.world.clock.advance(100);
	expect(await run.markers("5002")).toEqual([{ from, to }]);
});

test("what is kept as received never runs ahead of an answer that still waits to be read", async () => {
	const store = memoryStore();
	const run = await begin(store);
	const id = await online(run);
	const { session } = run.world.provider;
	const kept = async (): Promise<number> => Number((await store.cursors(id))["lastSign"]);
	await run.hum(60_000, 30_000);
	const read = session.sign ?? 0;
	// The next answer is here, and nobody has read it; something else of the account is stored first.
	session.sign = run.world.clock.now() + 10;
	await run.hear("by another way");
	expect(await kept()).toBeLessThanOrEqual(read);
	// Only a later answer proves that the one before was stored: the server was asked again.
	const answered = session.sign;
	session.sign += 20_000;
	await run.hear("the next");
	expect(await kept()).toBe(answered);
});

// ---------------------------------------------------------------- signing out

test("a history that is kept comes back with the same account when the same person signs in again", async () => {
	const store = memoryStore();
	const run = await begin(store);
	const id = await online(run);
	const conversation = await run.hear("hi");
	expect(await run.core.handlers["accounts.signOut"]({ accountId: id, history: "keep" })).toMatchObject({
		ok: true,
	});
	expect((await run.account(id)).connection.state).toBe("signedOut");
	expect(run.world.secrets.items.size).toBe(0);
	expect(run.world.kept.accounts.get(id)?.signedOut).toBe(true);
	await run.core.handlers["accounts.reconnect"]({ accountId: id });
	run.world.networkBack();
	await run.world.clock.advance(60_000);
	expect(run.world.provider.opened).toHaveLength(1);

	const next = new Run(store, run.world.kept);
	await next.start();
	expect((await next.account(id)).connection.state).toBe("signedOut");
	expect(next.world.provider.opened).toEqual([]);
	const wrong = await next.core.handlers["accounts.signIn"]({ ...agent, server: "https://other.example" });
	expect(wrong.ok && wrong.value.accountId).not.toBe(id);
	expect(await next.core.handlers["accounts.signIn"](agent)).toEqual({
		ok: true,
		value: { accountId: id },
	});
	next.world.provider.session.online();
	await settle();
	expect((await next.account(id)).connection.state).toBe("online");
	expect((await next.texts(conversation)).map(({ text }) => text)).toEqual(["hi"]);
	expect(next.world.kept.accounts.get(id)?.signedOut).toBeUndefined();
	expect(next.world.secrets.items.get(id)).toBe("hunter2");
});

test("the password alone brings a signed-out account back too", async () => {
	const run = await begin();
	const id = await online(run);
	await run.core.handlers["accounts.signOut"]({ accountId: id, history: "keep" });
	expect(
		await run.core.handlers["accounts.enterSecret"]({
			accountId: id,
			secret: "hunter2",
			code: null,
			options: {},
		}),
	).toMatchObject({
		ok: true,
	});
	run.world.provider.session.online();
	await settle();
	expect((await run.account(id)).connection.state).toBe("online");
	expect(run.world.kept.accounts.get(id)?.signedOut).toBeUndefined();
	expect(run.world.secrets.items.get(id)).toBe("hunter2");
});

test.each(["keep", "wipe"] as const)(
	"sign-out (%s) forgets that this desk logged the device in only once the server has confirmed the log-out",
	async (history) => {
		const run = await begin();
		run.world.provider.prepareSession = (session) => {
			session.offered = [line("5001")];
			Object.assign(session, { lineEnded: () => false });
		};
		const accountId = await run.online();
		expect(run.world.kept.started.has(accountId)).toBe(true);
		await run.core.handlers["accounts.signOut"]({ accountId, history });
		expect(run.world.provider.session.calls).toContain("close endLine");
		expect(run.world.kept.started.has(accountId)).toBe(true);
	},
);

// ---------------------------------------------------------------- secrets beside the secret

const withClient = { ...agent, options: { place: "p", clientSecret: "hush" } };

test("a secret field of the sign-in form is in the keychain with the secret, and in no file", async () => {
	const run = await begin();
	const id = await run.online(withClient);
	const { opened } = run.world.provider;
	expect(opened[0]).toMatchObject({ secret: "hunter2", options: { place: "p", clientSecret: "hush" } });
	expect(JSON.stringify([...run.world.kept.accounts.values()])).not.toContain("hush");
	expect(run.world.kept.accounts.get(id)?.options).toEqual({ place: "p" });
	const next = await begin(run.store, run.world.kept);
	expect(next.world.provider.opened[0]).toMatchObject({
		secret: "hunter2",
		options: { place: "p", clientSecret: "hush" },
	});
});

test("who types the secret anew keeps the client's secret", async () => {
	const run = await begin();
	const id = await run.online(withClient);
	await run.core.handlers["accounts.signOut"]({ accountId: id, history: "keep" });
	// Signing out forgets everything secret: the field is asked for again.
	const typed = { accountId: id, secret: "new", code: "123456", options: { clientSecret: "hush2" } };
	expect(await run.core.handlers["accounts.enterSecret"](typed)).toMatchObject({ ok: true });
	expect(run.world.provider.opened.at(-1)).toMatchObject({
		secret: "new",
		code: "123456",
		options: { place: "p", clientSecret: "hush2" },
	});
});

test("what a session keeps beside the secret is there in the next run, and only the newest", async () => {
	const run = await begin();
	const open = run.world.provider.open.bind(run.world.provider);
	let keep: (secrets: Readonly<Record<string, string>>) => void = () => undefined;
	run.world.provider.open = (credentials, context, signal) => {
		keep = (context as { keep: typeof keep }).keep;
		// Before the sign-in has even been answered.
		keep({ refresh: "one" });
		return open(credentials, context, signal);
	};
	const id = await run.online();
	await settle();
	keep({ refresh: "two" });
	keep({ refresh: "three" });
	await settle();
	const next = await begin(run.store, run.world.kept);
	expect(next.world.provider.opened[0]).toMatchObject({ secret: "hunter2", kept: { refresh: "three" } });
	expect(next.world.secrets.items.get(id)).toContain("three");
});

test("an option that the system does not have is refused, and nothing is asked of a server", async () => {
	const run = await begin();
	const wanted = { ...agent, options: { nothing: "x" } };
	expect(await run.core.handlers["accounts.signIn"](wanted)).toEqual({
		ok: false,
		error: { code: "input.invalid" },
	});
	expect(run.world.provider.opened).toEqual([]);
});

test("who signs in without a name gets the system's, and not a second time", async () => {
	const run = await begin();
	run.world.provider.prepareSession = (session) => {
		session.userName = "chuck@example.com";
	};
	const nameless = { ...agent, method: "apiKey", userName: "" } as const;
	const first = await run.core.handlers["accounts.signIn"](nameless);
	expect(first.ok && (await run.account(first.value.accountId)).userName).toBe("chuck@example.com");
	expect(await run.core.handlers["accounts.signIn"]({ ...nameless, secret: "other" })).toEqual({
		ok: false,
		error: { code: "account.exists" },
	});
	expect(await run.core.handlers["accounts.signIn"]({ ...agent, userName: "" })).toEqual({
		ok: false,
		error: { code: "input.invalid" },
	});
});

test("who signed out and comes back without a name gets the account with its history back", async () => {
	const run = await begin();
	run.world.provider.prepareSession = (session) => {
		session.userName = "chuck@example.com";
	};
	const nameless = { method: "apiKey", userName: "" } as const;
	const accountId = await run.online(nameless);
	await run.hear("before");
	await run.core.handlers["accounts.signOut"]({ accountId, history: "keep" });
	expect(await run.online(nameless)).toBe(accountId);
	const { accounts, conversations } = await run.snapshot();
	expect(accounts.map(({ id, userName }) => [id, userName])).toEqual([[accountId, "chuck@example.com"]]);
	expect(conversations.map(({ accountId: of }) => of)).toEqual([accountId]);
});
