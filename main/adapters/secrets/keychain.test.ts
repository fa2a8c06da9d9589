import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { asAccountId } from "../../../shared/ids.ts";
import type { KeychainStatus } from "../../../shared/model.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger, Random } from "../../core/ports/runtime.ts";
import { keychainBackend, secretServiceName } from "./backend-name.ts";
import { createKeychain, keychainError } from "./keychain.ts";
import type { Keytar } from "./secret-items.ts";
import { maximumItemBytes } from "./secret-items.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

const logged: string[] = [];
const logger: Logger = {
	debug: () => undefined,
	info: (event, fields) => void logged.push(JSON.stringify([event, fields])),
	warn: (event, fields) => void logged.push(JSON.stringify([event, fields])),
	error: (event, fields) => void logged.push(JSON.stringify([event, fields])),
	child: () => logger,
};
let number = 0;
const random: Random = {
	next: () => 0,
	uuid: () => `00000000-0000-4000-8000-${String(number++).padStart(12, "0")}`,
};
const account = asAccountId("a1");
let clock: VirtualClock;
beforeEach(() => {
	clock = new VirtualClock();
	logged.length = 0;
});

/** A keychain in memory with the rules of the real ones: no empty secret, no more than 2 560 bytes an item. */
class MemoryKeytar implements Keytar {
	readonly items = new Map<string, string>();
	readonly calls: string[] = [];
	/** Set: the next requests wait for this. */
	gate: Promise<void> | undefined;
	failure: (() => Error | undefined) | undefined;
	#running = 0;
	mostAtOnce = 0;

	getPassword(_service: string, key: string): Promise<string | null> {
		return this.#run(`get ${key}`, () => this.items.get(key) ?? null);
	}
	setPassword(_service: string, key: string, password: string): Promise<void> {
		return this.#run(`set ${key}`, () => {
			if (password === "") throw new Error("Password is required.");
			if (Buffer.byteLength(password) > 2560) throw new Error("The stub received bad data.");
			this.items.set(key, password);
		});
	}
	deletePassword(_service: string, key: string): Promise<boolean> {
		return this.#run(`delete ${key}`, () => this.items.delete(key));
	}
	async #run<T>(call: string, work: () => T): Promise<T> {
		this.calls.push(call);
		this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#running);
		try {
			await this.gate;
			const failure = this.failure?.();
			if (failure !== undefined) throw failure;
			return work();
		} finally {
			this.#running--;
		}
	}
}

const keychain = (keytar: Keytar, more: Partial<Parameters<typeof createKeychain>[0]> = {}) =>
	createKeychain({ load: () => Promise.resolve(keytar), backend: "Test", clock, random, logger, ...more });

test("a secret is one item under the account's id, and gone after deletion", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	expect(await secrets.get(account)).toEqual({ ok: true, value: null });
	expect(await secrets.set(account, "sesame")).toEqual({ ok: true, value: null });
	expect([...keytar.items]).toEqual([["a1", "sesame"]]);
	expect(await secrets.get(account)).toEqual({ ok: true, value: "sesame" });
	await secrets.delete(account);
	expect([...keytar.items]).toEqual([]);
	expect(await secrets.delete(account)).toEqual({ ok: true, value: null });
});

test(
	"any text of any length survives, in items the smallest keychain takes, and leaves nothing behind",
	async () => {
		const secret = fc.oneof(
			fc.string({ unit: "binary", maxLength: 200 }).filter((text) => text.isWellFormed()),
			fc
				.string({ unit: "grapheme", minLength: 500, maxLength: 4000 })
				.filter((text) => text.isWellFormed()),
			fc.constantFrom(
				"",
				"trunkline-parts:1:a:1",
				"trunkline-parts:1:x:0",
				"trunkline-parts:1:",
				"x".repeat(maximumItemBytes),
				"x".repeat(maximumItemBytes + 1),
				"😀".repeat(3000),
			),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(secret, { minLength: 1, maxLength: 4 }), async (values) => {
				const keytar = new MemoryKeytar();
				const secrets = keychain(keytar);
				for (const value of values) {
					expect((await secrets.set(account, value)).ok).toBe(true);
					expect(await secrets.get(account)).toEqual({ ok: true, value });
					for (const item of keytar.items.values())
						expect(Buffer.byteLength(item)).toBeLessThanOrEqual(maximumItemBytes);
					// Of an older value no part is left.
					expect(keytar.items.size).toBeLessThanOrEqual(
						1 + Math.ceil(Buffer.byteLength(value) / (maximumItemBytes - 3)),
					);
				}
				await secrets.delete(account);
				expect(keytar.items.size).toBe(0);
			}),
			{ numRuns: 100 },
		);
	},
	propertyLimitMs,
);

test("a replacement that fails at any step leaves the old value or the new one, readable", async () => {
	const long = (letter: string): string => letter.repeat(5000);
	for (let failAt = 0; failAt < 14; failAt++) {
		const keytar = new MemoryKeytar();
		const secrets = keychain(keytar);
		await secrets.set(account, long("a"));
		let call = 0;
		keytar.failure = () => (call++ === failAt ? new Error("disk") : undefined);
		const result = await secrets.set(account, long("b"));
		keytar.failure = undefined;
		const read = await secrets.get(account);
		expect([long("a"), long("b")]).toContain(read.ok ? read.value : read.error);
		if (result.ok) expect(read).toEqual({ ok: true, value: long("b") });
	}
});

test("a secret with a missing part fails for that account only", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	await secrets.set(account, "x".repeat(5000));
	keytar.items.delete([...keytar.items.keys()].find((key) => key.endsWith("/1")) ?? "");
	expect(await secrets.get(account)).toMatchObject({ ok: false, error: { code: "keychain.failed" } });
	expect(secrets.status().state).toBe("working");
});

test("parallel reads of one account share one request; reads of others wait their turn", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	await secrets.set(account, "sesame");
	keytar.calls.length = 0;
	const results = await Promise.all([
		secrets.get(account),
		secrets.get(account),
		secrets.get(asAccountId("b")),
		secrets.get(account),
	]);
	expect(results.map((result) => (result.ok ? result.value : "failed"))).toEqual([
		"sesame",
		"sesame",
		null,
		"sesame",
	]);
	expect(keytar.calls).toEqual(["get a1", "get b"]);
	expect(keytar.mostAtOnce).toBe(1);
});

test("a read after a change never shares a read from before it", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	await secrets.set(account, "old");
	const [before, , after, , gone] = await Promise.all([
		secrets.get(account),
		secrets.set(account, "new"),
		secrets.get(account),
		secrets.delete(account),
		secrets.get(account),
	]);
	expect([before, after, gone]).toEqual([
		{ ok: true, value: "old" },
		{ ok: true, value: "new" },
		{ ok: true, value: null },
	]);
});

test("a failure is not remembered: the next read asks again", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	await secrets.set(account, "sesame");
	keytar.failure = () => new Error("prompt was dismissed");
	expect(await secrets.get(account)).toMatchObject({ ok: false, error: { code: "keychain.locked" } });
	expect(secrets.status().state).toBe("locked");
	keytar.failure = undefined;
	expect(await secrets.get(account)).toEqual({ ok: true, value: "sesame" });
	expect(secrets.status()).toEqual({ state: "working", backend: "Test", problem: null });
});

test("after 10 s of silence the state is waiting, the request still waits, and its answer ends it", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	const seen: KeychainStatus[] = [];
	const stop = secrets.onStatus((status) => seen.push(status));
	let open = (): void => undefined;
	keytar.gate = new Promise((resolve) => (open = resolve));
	const reading = secrets.get(account);
	await clock.advance(9_999);
	expect(seen).toEqual([]);
	await clock.advance(1);
	expect(seen.map((status) => [status.state, status.problem?.code])).toEqual([
		["waiting", "keychain.silent"],
	]);
	open();
	expect(await reading).toEqual({ ok: true, value: null });
	expect(seen.map((status) => status.state)).toEqual(["waiting", "working"]);
	stop();
	expect(clock.pending()).toEqual([]);
});

test("the probe writes, reads and deletes one random item, once", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	expect(secrets.status().state).toBe("unknown");
	const [first, second] = await Promise.all([secrets.probe(), secrets.probe()]);
	expect([first.state, second.state]).toEqual(["working", "working"]);
	expect(keytar.calls.map((call) => call.split(" ")[0])).toEqual(["get", "set", "get", "get", "delete"]);
	expect(keytar.items.size).toBe(0);
});

test("a probe that failed is made again; one that reads something else is no working keychain", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	keytar.failure = () => new Error("Cannot autolaunch D-Bus without X11 $DISPLAY");
	expect(await secrets.probe()).toMatchObject({
		state: "unavailable",
		problem: { code: "keychain.unavailable" },
	});
	keytar.failure = undefined;
	const honest = keytar.getPassword.bind(keytar);
	keytar.getPassword = () => Promise.resolve("other");
	expect(await secrets.probe()).toMatchObject({
		state: "unavailable",
		problem: { code: "keychain.failed" },
	});
	keytar.getPassword = honest;
	expect((await secrets.probe()).state).toBe("working");
});

test("a module that cannot be loaded is an unavailable keychain, and is tried again", async () => {
	let installed = false;
	const secrets = keychain(new MemoryKeytar(), {
		load: () =>
			installed
				? Promise.resolve(new MemoryKeytar())
				: Promise.reject(
						new Error(
							"libsecret-1.so.0: cannot open shared object file: No such file or directory",
						),
					),
	});
	expect(await secrets.get(account)).toMatchObject({
		ok: false,
		error: { code: "keychain.unavailable", detail: expect.stringContaining("libsecret") as string },
	});
	installed = true;
	expect((await secrets.probe()).state).toBe("working");
});

test.each([
	["says it is locked", true, "keychain.locked"],
	["cannot say", null, "keychain.locked"],
	["says it is not", false, null],
])("a keychain that %s: whether an empty answer is believed", async (_what, locked, code) => {
	const keytar = new MemoryKeytar();
	// As gnome-keyring: reads find nothing, deletions delete nothing, only a write complains.
	keytar.setPassword = () => Promise.reject(new Error("Cannot create an item in a locked collection"));
	const secrets = keychain(keytar, { isLocked: () => Promise.resolve(locked) });
	const read = await secrets.get(account);
	const deleted = await secrets.delete(account);
	if (code === null)
		expect([read, deleted]).toEqual([
			{ ok: true, value: null },
			{ ok: true, value: null },
		]);
	else
		expect([read, deleted]).toMatchObject([
			{ ok: false, error: { code } },
			{ ok: false, error: { code } },
		]);
	expect(secrets.status().state).toBe(code === null ? "working" : "locked");
});

test("the backend's better name is asked for once, after the first answer", async () => {
	let asked = 0;
	const secrets = keychain(new MemoryKeytar(), {
		describeBackend: () => {
			asked++;
			return Promise.resolve("GNOME Keyring (Secret Service)");
		},
	});
	expect(secrets.status().backend).toBe("Test");
	await secrets.probe();
	await secrets.get(account);
	expect([secrets.status().backend, asked]).toEqual(["GNOME Keyring (Secret Service)", 1]);
});

test("no secret is in the log", async () => {
	const keytar = new MemoryKeytar();
	const secrets = keychain(keytar);
	await secrets.set(account, "canary-secret");
	keytar.failure = () => new Error("refused");
	await secrets.get(account);
	await secrets.set(account, "canary-secret");
	await secrets.delete(account);
	expect(logged.length).toBeGreaterThan(3);
	expect(logged.join("\n")).not.toContain("canary");
});

test.each([
	["Cannot get secret of a locked object", "keychain.locked"],
	["The unlock prompt was dismissed", "keychain.locked"],
	["User interaction is not allowed.", "keychain.locked"],
	["Cannot autolaunch D-Bus without X11 $DISPLAY", "keychain.unavailable"],
	["The name org.freedesktop.secrets was not provided by any .service files", "keychain.unavailable"],
	["Could not connect: Connection refused", "keychain.unavailable"],
	["Object does not exist at path “/org/freedesktop/secrets/collection/login”", "keychain.unavailable"],
	["A specified logon session does not exist.", "keychain.failed"],
])("%s means %s", (words, code) => {
	expect(keychainError(new Error(words))).toEqual({ code, detail: words });
});

test("keychains are called what a person calls them", async () => {
	expect(keychainBackend("win32", null)).toBe("Windows Credential Manager");
	expect(keychainBackend("darwin", null)).toBe("macOS Keychain");
	expect(keychainBackend("linux", null)).toBe("Secret Service");
	expect(keychainBackend("linux", "KWallet")).toBe("KWallet (Secret Service)");
	expect(await secretServiceName({ processOf: () => Promise.resolve(null) })).toBeNull();
	expect(await secretServiceName({ processOf: () => Promise.resolve(2 ** 30) })).toBeNull();
});
