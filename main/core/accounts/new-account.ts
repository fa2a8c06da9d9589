import { appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { SystemId } from "../../../shared/model.ts";
import { parseServerAddress } from "../../../shared/server-address.ts";
import type { SecretKind, SystemDescription } from "../../../shared/systems.ts";
import type { SystemOptions } from "../ports/provider.ts";
import type { SecretBundle } from "./secret-bundle.ts";

export interface NewAccount {
	readonly system: SystemId;
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
	readonly method: SecretKind;
	readonly code: string | null;
	readonly allowUnencrypted: boolean;
	readonly options: SystemOptions;
}

/** How the secret of a new account is kept, and how long the account lasts. */
export type Keeping =
	/** In the keychain; the person decides when there is none. */
	| { readonly kind: "ask" }
	/** The simulated systems: nothing is kept. `line`: as below. */
	| { readonly kind: "practice"; readonly line: string | null }
	/** An account file: nobody is there to ask. `line`: taken when it is among the lines. */
	| { readonly kind: "provisioned"; readonly line: string | null };

export interface CheckedAccount {
	readonly server: string;
	/** Empty: the system will say. */
	readonly userName: string;
	readonly encrypted: boolean;
	/** What may stand in a file. */
	readonly options: SystemOptions;
	/** What may not. */
	readonly secrets: SecretBundle;
}

/** What can be said of a new account before anything is asked of a server. */
export function checkNewAccount(wanted: NewAccount, description: SystemDescription): Result<CheckedAccount> {
	const address = parseServerAddress(wanted.server);
	if (!address.ok) return address;
	const { origin, basePath, encrypted, loopback } = address.value;
	const userName = wanted.userName.trim();
	const method = description.signIn.methods.find(({ kind }) => kind === wanted.method);
	if (method === undefined || (userName === "" && method.userName === "required"))
		return failed(appError("input.invalid"));
	if (wanted.secret === "") return failed(appError("auth.secretMissing"));
	if (!encrypted && !loopback && !wanted.allowUnencrypted)
		return failed(appError("network.notEncrypted", { params: { host: new URL(origin).hostname } }));
	const split = splitOptions(wanted.options, description, wanted.method);
	if (split === null) return failed(appError("input.invalid"));
	return ok({
		server: `${origin}${basePath}`,
		userName,
		encrypted,
		options: split.open,
		secrets: { secret: wanted.secret, options: split.secret, kept: {} },
	});
}

/** Which of the options are secret; null: one of them is not of this system and method. */
export function splitOptions(
	options: SystemOptions,
	{ signIn }: SystemDescription,
	method: SecretKind,
): { readonly open: SystemOptions; readonly secret: SystemOptions } | null {
	const open: Record<string, string> = {};
	const secret: Record<string, string> = {};
	for (const [id, text] of Object.entries(options)) {
		const field = signIn.advanced.find((other) => other.id === id);
		if (field === undefined || field.methods?.includes(method) === false) return null;
		if (text.trim() !== "") (field.secret ? secret : open)[id] = text.trim();
	}
	return { open, secret };
}

/** Two sign-ins with the same identity are the same account. */
export function identity(system: SystemId, server: string, userName: string): string {
	return `${system}\n${server.toLowerCase()}\n${userName.toLowerCase()}`;
}
