import * as v from "valibot";
import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import { secretKinds } from "../../../shared/systems.ts";
import type { SystemDescription } from "../../../shared/systems.ts";
import type { ProvisionSource } from "../ports/core.ts";
import type { SystemOptions } from "../ports/provider.ts";
import type { Logger } from "../ports/runtime.ts";
import type { Secrets } from "../ports/system.ts";
import { splitOptions } from "./new-account.ts";
import { packSecrets, type SecretBundle, unpackSecrets } from "./secret-bundle.ts";
import type { SessionManager } from "./session-manager.ts";

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));

/** The account file: what an administrator may say, and nothing else. */
const accountFile = v.strictObject({
	system: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
	server: short,
	userName: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
	secretKind: v.picklist(secretKinds),
	secret: v.pipe(v.string(), v.minLength(1), v.maxLength(8000)),
	clientId: v.optional(short),
	clientSecret: v.optional(short),
	line: v.optional(short),
});
export type AccountFile = v.InferOutput<typeof accountFile>;

/** Reads the text of an account file; `provision.invalid` for anything it should not be. */
export function parseAccountFile(text: string, systems: readonly SystemDescription[]): Result<AccountFile> {
	let json: unknown;
	try {
		// Editors on Windows put a byte order mark in front.
		json = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch {
		return failed(appError("provision.invalid"));
	}
	const parsed = v.safeParse(accountFile, json);
	if (!parsed.success) return failed(appError("provision.invalid"));
	const { system, secretKind } = parsed.output;
	const description = systems.find(({ id }) => id === system);
	const method = description?.signIn.methods.find(({ kind }) => kind === secretKind);
	if (description === undefined || method === undefined) return failed(appError("provision.invalid"));
	// What the file names has to be a field of this system.
	const options = splitOptions(optionsOf(parsed.output), description, secretKind);
	return options === null ? failed(appError("provision.invalid")) : ok(parsed.output);
}

function optionsOf({ clientId, clientSecret }: AccountFile): SystemOptions {
	return {
		...(clientId === undefined ? {} : { clientId }),
		...(clientSecret === undefined ? {} : { clientSecret }),
	};
}

function secretsOf(file: AccountFile, description: SystemDescription | undefined): SecretBundle {
	const split =
		description === undefined ? null : splitOptions(optionsOf(file), description, file.secretKind);
	return { secret: file.secret, options: split?.secret ?? {}, kept: {} };
}

export interface ProvisionPorts {
	readonly systems: readonly SystemDescription[];
	readonly manager: SessionManager;
	readonly secrets: Secrets;
	readonly logger: Logger;
	readonly notice: (error: AppError) => void;
}

/**
 * Sets up the account of an account file. The file is deleted as soon as its secret is safe in
 * the keychain, and not before: until then it is the only place that has it. An http address in
 * the file is the administrator's consent; the account is shown as not encrypted.
 */
export async function provision(source: ProvisionSource, ports: ProvisionPorts): Promise<void> {
	const { manager, notice, logger } = ports;
	const text = await source.read().catch(() => null);
	if (text === null) {
		notice(appError("provision.unreadable"));
		return;
	}
	const file = parseAccountFile(text, ports.systems);
	if (!file.ok) {
		notice(file.error);
		return;
	}
	const { system, server, userName, secret, secretKind, line } = file.value;
	const signedIn = await manager.signIn(
		{
			system,
			server,
			userName,
			secret,
			method: secretKind,
			code: null,
			allowUnencrypted: true,
			options: optionsOf(file.value),
		},
		{ kind: "provisioned", line: line ?? null },
	);
	if (!signedIn.ok) {
		if (signedIn.error.code === "account.exists" && (await isSafeAlready(file.value, ports)))
			await remove(source, notice);
		else notice(signedIn.error);
		return;
	}
	const { accountId } = signedIn.value;
	const secrets = secretsOf(
		file.value,
		ports.systems.find(({ id }) => id === system),
	);
	if (await manager.keepProvisioned(accountId, secrets, () => remove(source, notice)))
		await remove(source, notice);
	else {
		logger.warn("provision.notKept");
		notice(appError("keychain.unavailable"));
	}
}

/** An earlier run set the account up and was ended before it could delete the file. */
async function isSafeAlready(
	file: AccountFile,
	{ manager, secrets, systems }: ProvisionPorts,
): Promise<boolean> {
	const accountId = manager.find(file.system, file.server, file.userName);
	if (accountId === null) return false;
	const kept = await secrets.get(accountId);
	if (!kept.ok || kept.value === null) return false;
	const description = systems.find(({ id }) => id === file.system);
	return (
		packSecrets({ ...unpackSecrets(kept.value), kept: {} }) === packSecrets(secretsOf(file, description))
	);
}

async function remove(source: ProvisionSource, notice: (error: AppError) => void): Promise<void> {
	try {
		await source.remove();
	} catch {
		notice(appError("provision.notDeleted"));
	}
}
