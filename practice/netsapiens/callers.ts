import type { User } from "./company.ts";

/** Who asks, as the bearer tells (sheet, 4). */
export interface Caller {
	readonly kind: "token" | "jwt" | "apikey";
	/** Null for keys that are not a user's. */
	readonly user: User | null;
	/** Null for keys that are wider than a domain. */
	readonly domain: string | null;
	/** May see only its own things (sheet, 3.1). */
	readonly ownOnly: boolean;
	readonly readonly: boolean;
	/** Models that may be asked for; null: all. */
	readonly models: readonly string[] | null;
	/** Id of a JWT or of a key; empty for tokens. */
	readonly id: string;
}

const widerScopes = new Set(["Office Manager", "Reseller", "Super User"]);

/** A person who signed in. */
export function callerOf(user: User, kind: "token" | "jwt", id = ""): Caller {
	return {
		kind,
		user,
		domain: user.domain,
		ownOnly: !widerScopes.has(user.scope),
		readonly: false,
		models: null,
		id,
	};
}
