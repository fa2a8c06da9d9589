import type { Credentials, ProviderContext } from "../../../core/ports/provider.ts";
import type { RestClient } from "../rest/rest-client.ts";
import type { Grant } from "./bearer.ts";
import type { TokenRoute } from "./grants.ts";
import type { Identity } from "./identity.ts";
import type { KeptSecrets } from "./kept-secrets.ts";

/** One way in. */
export interface Attempt {
	readonly credentials: Credentials;
	readonly context: ProviderContext;
	readonly rest: RestClient;
	readonly kept: KeptSecrets;
	readonly version: string | null;
	readonly signal: AbortSignal;
}

/** A token, where it came from and whose it is. */
export interface Entry {
	readonly grant: Grant;
	/** Where it is renewed; null: nowhere. */
	readonly route: TokenRoute | null;
	/** Null: it has to be asked for. */
	readonly me: Identity | null;
	readonly readOnly?: boolean;
	readonly wide?: boolean;
}
