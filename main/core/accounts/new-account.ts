import { appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { SystemId } from "../../../shared/model.ts";
import { parseServerAddress } from "../../../shared/server-address.ts";
import type { SystemOptions } from "../ports/provider.ts";

/** Nothing under "Advanced" was filled in. */
export const genesysDefaults = {
	place: null,
	loginCode: null,
	queue: null,
	notificationsPath: null,
} as const;

export interface NewAccount {
	readonly system: SystemId;
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
	readonly allowUnencrypted: boolean;
	readonly options: SystemOptions;
}

/** How the secret of a new account is kept, and how long the account lasts. */
export type Keeping =
	/** In the keychain; the person decides when there is none. */
	| { readonly kind: "ask" }
	/** The simulated systems: nothing is kept. */
	| { readonly kind: "practice" }
	/** An account file: nobody is there to ask. `line`: taken when it is among the lines. */
	| { readonly kind: "provisioned"; readonly line: string | null };

/** What can be said of a new account before anything is asked of a server. */
export function checkNewAccount(
	wanted: NewAccount,
): Result<{ readonly server: string; readonly userName: string; readonly encrypted: boolean }> {
	const address = parseServerAddress(wanted.server);
	if (!address.ok) return address;
	const { origin, basePath, encrypted, loopback } = address.value;
	const userName = wanted.userName.trim();
	if (userName === "") return failed(appError("input.invalid"));
	if (wanted.secret === "") return failed(appError("auth.secretMissing"));
	if (!encrypted && !loopback && !wanted.allowUnencrypted)
		return failed(appError("network.notEncrypted", { params: { host: new URL(origin).hostname } }));
	return ok({ server: `${origin}${basePath}`, userName, encrypted });
}

/** Two sign-ins with the same identity are the same account. */
export function identity(system: SystemId, server: string, userName: string): string {
	return `${system}\n${server.toLowerCase()}\n${userName.toLowerCase()}`;
}
