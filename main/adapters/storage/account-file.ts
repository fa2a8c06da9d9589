import { join } from "node:path";
import * as v from "valibot";
import { appError, AppFailure } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import { secretKinds } from "../../../shared/systems.ts";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import type { SystemOptions } from "../../core/ports/provider.ts";
import type { AccountRecord, AccountStore } from "../../core/ports/stores.ts";
import { checkObject, JsonFile, type JsonFileSystem } from "./atomic-json.ts";

const text = v.pipe(v.string(), v.maxLength(2000));
const optional = v.optional(v.nullable(text), null);

/** Earlier versions wrote the options below the name of their system, with null for none. */
const earlierOptions = v.pipe(
	v.strictObject({
		genesys: v.strictObject({
			place: optional,
			loginCode: optional,
			queue: optional,
			notificationsPath: optional,
		}),
	}),
	v.transform(({ genesys }): SystemOptions =>
		Object.fromEntries(
			Object.entries(genesys).filter((entry): entry is [string, string] => entry[1] !== null),
		),
	),
);

/** Strict: a key that is not known here, a secret above all, is never taken over. */
const recordSchema = v.strictObject({
	id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) as unknown as v.GenericSchema<string, AccountId>,
	system: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
	server: text,
	userName: text,
	encrypted: v.boolean(),
	options: v.union([v.record(v.pipe(v.string(), v.maxLength(40)), text), earlierOptions]),
	/** Accounts of earlier versions signed in with a password. */
	method: v.optional(v.picklist(secretKinds), "password"),
	// An account of practice mode never comes here.
	secretKeeping: v.picklist(["keychain", "thisRun", "askEachTime"]),
	/** Its history was kept when the person signed out. */
	signedOut: v.exactOptional(v.boolean()),
});

/** A file whose list cannot be found is damaged, and set aside: without it everybody would be signed out in silence. */
function checkAccounts(value: unknown): asserts value is Readonly<Record<string, unknown>> {
	checkObject(value);
	if (!Array.isArray(value["accounts"])) throw new TypeError("no list of accounts");
}

export interface AccountFileOptions {
	/** The profile folder; the file is `accounts.json`. */
	readonly folder: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly files?: JsonFileSystem;
}

/**
 * The accounts of this profile, without their secrets. Entries that this version does not understand are not
 * listed and not lost: they are written back as they were. A change that could not be saved rejects with
 * `settings.unwritable` and holds for this run.
 */
export async function openAccountFile(options: AccountFileOptions): Promise<AccountStore> {
	const { folder, clock, logger, files } = options;
	const file = new JsonFile({
		path: join(folder, "accounts.json"),
		clock,
		logger,
		check: checkAccounts,
		...(files === undefined ? {} : { files }),
	});
	const found = await file.read();
	const kept = "value" in found ? (found.value as Readonly<Record<string, unknown>>) : {};
	const entries: unknown[] = Array.isArray(kept["accounts"]) ? (kept["accounts"] as unknown[]) : [];
	const accounts = new Map<AccountId, AccountRecord>();
	const foreign: unknown[] = [];
	for (const entry of entries) {
		const parsed = v.safeParse(recordSchema, entry);
		if (parsed.success) accounts.set(parsed.output.id, parsed.output);
		else foreign.push(entry);
	}
	if (foreign.length > 0) logger.warn("accounts.notUnderstood", { count: foreign.length });

	async function save(): Promise<void> {
		try {
			await file.write({
				...kept,
				version: kept["version"] ?? 1,
				accounts: [...accounts.values(), ...foreign],
			});
		} catch (cause) {
			logger.error("accounts.unwritable", {
				reason: cause instanceof Error ? cause.message : "unknown",
			});
			throw new AppFailure(appError("settings.unwritable"), { cause });
		}
	}

	return {
		list: () => Promise.resolve([...accounts.values()]),
		save(account) {
			// Parsed on the way out as well: only what the schema names can be written, so never a secret.
			const parsed = v.safeParse(recordSchema, account);
			if (!parsed.success) return Promise.reject(new AppFailure(appError("internal")));
			accounts.set(parsed.output.id, parsed.output);
			return save();
		},
		remove(id) {
			return accounts.delete(id) ? save() : Promise.resolve();
		},
	};
}
