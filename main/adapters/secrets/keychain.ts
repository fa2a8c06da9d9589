import { appError, failed, ok, type AppError, type ErrorCode, type Result } from "../../../shared/errors.ts";
import type { KeychainState, KeychainStatus } from "../../../shared/model.ts";
import type { Clock, Logger, Random } from "../../core/ports/runtime.ts";
import type { Secrets } from "../../core/ports/system.ts";
import { damaged, type Keytar, SecretItems } from "./secret-items.ts";

export interface KeychainOptions {
	/** `() => import("keytar")`: late, so that a missing libsecret is a state of the keychain and not a crash. */
	readonly load: () => Promise<Keytar>;
	/** What a person calls the keychain of this computer, as far as it is known before it is asked. */
	readonly backend: string;
	/** Asked once, after the keychain has answered for the first time; null: no better name is known. */
	readonly describeBackend?: () => Promise<string | null>;
	/**
	 * Linux: whether the keychain is locked, without asking the person; null: not known. A locked gnome-keyring
	 * answers a read with "no such item" and a deletion with success, so both are doubted where this is given.
	 */
	readonly isLocked?: () => Promise<boolean | null>;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	/** The name that the items carry in the person's keychain. */
	readonly service?: string;
}

/** A keychain that has not answered for this long is waiting for the person, most likely. */
export const keychainSilenceMs = 10_000;

/**
 *   unknown --probe--> working | locked | unavailable
 *      any --10 s without an answer--> waiting --answer--> working | locked | unavailable
 *
 * One request at a time: gnome-keyring answers parallel ones wrongly, and a request that waits for a prompt
 * holds a thread of Node's pool until it is answered.
 */
export function createKeychain(options: KeychainOptions): Secrets {
	const { load, clock, random, logger, service = "Trunkline" } = options;
	const listeners = new Set<(status: KeychainStatus) => void>();
	const reading = new Map<string, Promise<Result<string | null>>>();
	let status: KeychainStatus = { state: "unknown", backend: options.backend, problem: null };
	let tail: Promise<unknown> = Promise.resolve();
	let probing: Promise<KeychainStatus> | undefined;
	let items: Promise<SecretItems> | undefined;
	let described = options.describeBackend === undefined;

	function announce(): void {
		for (const listener of [...listeners]) listener(status);
	}

	async function describe(): Promise<void> {
		if (described) return;
		described = true;
		const backend = await options.describeBackend?.().catch(() => null);
		if (backend === null || backend === undefined || backend === status.backend) return;
		status = { ...status, backend };
		announce();
	}

	function become(state: KeychainState, problem: AppError | null): void {
		if (status.state === state && status.problem?.code === problem?.code) return;
		status = { ...status, state, problem };
		logger.info("keychain.state", { state, ...(problem === null ? {} : { problem }) });
		announce();
	}

	/** Loaded on first use; a failure is not remembered. */
	function opened(): Promise<SecretItems> {
		items ??= load().then(
			(keytar) => new SecretItems(keytar, service, () => random.uuid()),
			(cause: unknown) => {
				items = undefined;
				throw new Error("keytar could not be loaded", { cause });
			},
		);
		return items;
	}

	function request<T>(name: string, run: (items: SecretItems) => Promise<T>): Promise<Result<T>> {
		const result = tail.then(async (): Promise<Result<T>> => {
			const stopWatching = clock.after(keychainSilenceMs, () =>
				become("waiting", appError("keychain.silent")),
			);
			try {
				const value = await run(await opened());
				await describe();
				become("working", null);
				return ok(value);
			} catch (thrown) {
				const error = keychainError(thrown);
				logger.warn("keychain.failed", { request: name, problem: error });
				if (error.code === "keychain.locked") become("locked", error);
				else if (error.code === "keychain.unavailable") become("unavailable", error);
				// One damaged item says nothing about the keychain; after a silence, any answer does.
				else if (status.state === "waiting") become("working", null);
				return failed(error);
			} finally {
				stopWatching();
			}
		});
		tail = result;
		return result;
	}

	/** Writes, reads and deletes a random item: fails with the keychain's own words if it does not work. */
	async function tryOut(store: SecretItems): Promise<void> {
		const key = `probe/${random.uuid()}`;
		const value = random.uuid();
		await store.set(key, value);
		const read = await store.get(key);
		await store.delete(key);
		if (read !== value) throw new Error("the keychain returned another value than was stored");
	}

	/** Throws if "nothing there" means "locked". */
	async function believeNothing(store: SecretItems): Promise<void> {
		if (options.isLocked === undefined) return;
		const locked = await options.isLocked();
		if (locked === true) throw new Error("the keychain is locked");
		if (locked === null) await tryOut(store);
	}

	return {
		probe() {
			probing ??= request("probe", tryOut).then((result) => {
				if (result.ok) return status;
				// Asked again later, it may have been unlocked.
				probing = undefined;
				if (result.error.code === "keychain.failed") become("unavailable", result.error);
				return status;
			});
			return probing.then(() => status);
		},
		status: () => status,
		get(account) {
			const pending = reading.get(account);
			if (pending !== undefined) return pending;
			const read = request("get", async (store) => {
				const secret = await store.get(account);
				if (secret === null) await believeNothing(store);
				return secret;
			}).finally(() => {
				if (reading.get(account) === read) reading.delete(account);
			});
			reading.set(account, read);
			return read;
		},
		set(account, secret) {
			// A read asked for after this must not share one from before it.
			reading.delete(account);
			return request("set", async (store) => {
				await store.set(account, secret);
				return null;
			});
		},
		delete(account) {
			reading.delete(account);
			return request("delete", async (store) => {
				if (!(await store.delete(account))) await believeNothing(store);
				return null;
			});
		},
		onStatus(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

/** Words of libsecret and gnome-keyring (seen with 0.20 and 42), Windows and macOS, and what they mean. */
const meanings: readonly (readonly [RegExp, ErrorCode])[] = [
	[
		/locked|dismissed|canceled|cancelled|user interaction is not allowed|interaction not allowed/i,
		"keychain.locked",
	],
	[
		/could not be loaded|autolaunch|not provided by any|ServiceUnknown|could not connect|cannot spawn|no such (?:file|interface|object)|object does not exist|not available|no keychain is available|time(?:d )?out|connection is closed|no reply/i,
		"keychain.unavailable",
	],
];

/** What a failure of keytar means. Its words name no secret; they are shown after ours. */
export function keychainError(thrown: unknown): AppError {
	const words = thrown instanceof Error ? thrown.message : String(thrown);
	if (damaged(thrown)) return appError("keychain.failed", { detail: words });
	const code = meanings.find(([pattern]) => pattern.test(words))?.[1] ?? "keychain.failed";
	const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : words;
	return appError(code, { detail: cause.split("\n")[0] });
}
