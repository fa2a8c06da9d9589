import * as v from "valibot";
import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import { systemIds } from "../../../shared/model.ts";
import type { ProvisionSource } from "../ports/core.ts";
import type { Logger } from "../ports/runtime.ts";
import type { Secrets } from "../ports/system.ts";
import { genesysDefaults } from "./new-account.ts";
import type { SessionManager } from "./session-manager.ts";

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));

/** The account file: what an administrator may say, and nothing else. */
const accountFile = v.strictObject({
	system: v.picklist(systemIds),
	server: short,
	userName: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
	secretKind: v.picklist(["password", "apiKey", "jwt", "token"]),
	secret: v.pipe(v.string(), v.minLength(1), v.maxLength(8000)),
	clientId: v.optional(short),
	clientSecret: v.optional(short),
	line: v.optional(short),
});
export type AccountFile = v.InferOutput<typeof accountFile>;

/** Kinds of secret that each system signs in with. */
const secretKinds: Readonly<Record<AccountFile["system"], readonly AccountFile["secretKind"][]>> = {
	genesys: ["password"],
	netsapiens: ["password", "apiKey", "jwt"],
	evovoice: ["apiKey", "token", "password"],
	textus: ["apiKey", "token"],
};

/** Reads the text of an account file; `provision.invalid` for anything it should not be. */
export function parseAccountFile(text: string): Result<AccountFile> {
	let json: unknown;
	try {
		// Editors on Windows put a byte order mark in front.
		json = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch {
		return failed(appError("provision.invalid"));
	}
	const parsed = v.safeParse(accountFile, json);
	if (!parsed.success || !secretKinds[parsed.output.system].includes(parsed.output.secretKind)) {
		return failed(appError("provision.invalid"));
	}
	return ok(parsed.output);
}

export interface ProvisionPorts {
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
	const file = parseAccountFile(text);
	if (!file.ok) {
		notice(file.error);
		return;
	}
	const { system, server, userName, secret, line } = file.value;
	const signedIn = await manager.signIn(
		{
			system,
			server,
			userName,
			secret,
			allowUnencrypted: true,
			options: system === "genesys" ? { genesys: genesysDefaults } : {},
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
	if (await manager.keepProvisioned(accountId, secret, () => remove(source, notice)))
		await remove(source, notice);
	else {
		logger.warn("provision.notKept");
		notice(appError("keychain.unavailable"));
	}
}

/** An earlier run set the account up and was ended before it could delete the file. */
async function isSafeAlready(file: AccountFile, { manager, secrets }: ProvisionPorts): Promise<boolean> {
	const accountId = manager.find(file.system, file.server, file.userName);
	if (accountId === null) return false;
	const kept = await secrets.get(accountId);
	return kept.ok && kept.value === file.secret;
}

async function remove(source: ProvisionSource, notice: (error: AppError) => void): Promise<void> {
	try {
		await source.remove();
	} catch {
		notice(appError("provision.notDeleted"));
	}
}
