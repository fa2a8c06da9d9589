import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { WebReply, WebRequest } from "../server/web-front.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { ApiKeys } from "./api-keys.ts";
import type { Caller } from "./callers.ts";
import type { Company, User } from "./company.ts";
import type { Conversations } from "./conversations.ts";
import type { Effects } from "./effects.ts";
import type { Exchange } from "./exchange.ts";
import type { MediaUrls } from "./media-urls.ts";
import type { NetsapiensSwitches } from "./switches.ts";
import type { WebTokens } from "./web-tokens.ts";
import type { Wire } from "./wire.ts";

/** What the routes work with. */
export interface Site {
	readonly switches: NetsapiensSwitches;
	readonly clock: PracticeClock;
	readonly random: PracticeRandom;
	readonly company: Company;
	readonly conversations: Conversations;
	readonly effects: Effects;
	readonly exchange: Exchange;
	readonly tokens: AccessTokens;
	readonly webTokens: WebTokens;
	readonly apiKeys: ApiKeys;
	readonly mediaUrls: MediaUrls;
	readonly wire: Wire;
	/** OAuth clients: secret by id. */
	readonly clients: Map<string, string>;
	/** Host name and port, as in the start of a JWT. */
	readonly host: () => string;
}

/** A request that found its route. */
export interface Call {
	readonly site: Site;
	readonly request: WebRequest;
	readonly query: URLSearchParams;
	/** The parsed JSON body; undefined when there is none or it is something else. */
	readonly body: unknown;
	readonly bearer: string | null;
	/** `Host` of the request. */
	readonly host: string;
	/** Values of the path's `:names`. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** A request of somebody known. */
export interface SignedCall extends Call {
	readonly caller: Caller;
}

/** A request for a domain that the caller may use. */
export interface DomainCall extends SignedCall {
	readonly domain: string;
}

/** A request for a user whose things the caller may use. */
export interface UserCall extends DomainCall {
	readonly user: User;
}

interface RouteStart {
	readonly method: "GET" | "POST" | "PUT" | "DELETE";
	/** After `/ns-api/v2`; `:name` stands for one part. */
	readonly path: string;
	/** Not on 44.x (sheet, section 9, 4). */
	readonly since45?: boolean;
	/** Its rows are a list, with everything that lists do. */
	readonly list?: boolean;
	/** What an API key must be allowed to use. */
	readonly model?: string;
}

/** One operation of the API. */
export type Route = RouteStart &
	(
		| { readonly needs: "nothing"; readonly handle: (call: Call) => WebReply }
		| { readonly needs: "bearer"; readonly handle: (call: SignedCall) => WebReply }
		| { readonly needs: "domain"; readonly handle: (call: DomainCall) => WebReply }
		| { readonly needs: "user"; readonly handle: (call: UserCall) => WebReply }
	);
