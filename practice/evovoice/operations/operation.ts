import type { Company, Role, User } from "../company.ts";
import type { Identity } from "../http-sessions.ts";
import type { Site } from "../site.ts";
import type { EvovoiceSwitches } from "../switches.ts";
import type { Contract, Dto } from "../wire/contract.ts";
import type { Parameters } from "../wire/parameters.ts";

/** One call of an operation. */
export interface Call {
	readonly site: Site;
	/** Null only where `access` is `anyone`. */
	readonly user: User | null;
	readonly identity: Identity;
	readonly parameters: Parameters;
	/** Scheme, host and port by which media of the chosen host are reached. */
	readonly mediaOrigin: string;
	/** Cookies that the reply will set. */
	readonly setCookies: string[];
}

/** What the service can do, by the name of its request type. */
export interface Operation {
	readonly name: string;
	/** Anyone, anybody signed in, or one of these roles (403 for the others). */
	readonly access: "anyone" | "signedIn" | readonly Role[];
	/** How the request reads as XML. */
	readonly request?: Contract;
	/** How the reply is written; a switch may change its shape. */
	readonly response: Contract | ((switches: EvovoiceSwitches) => Contract);
	/** Undefined: 204. Throws a ServiceFailure. */
	run(call: Call): Dto | readonly Dto[] | null | undefined;
}

/** Who may list what the portal manages (sheet, 2.5). */
export const managers: readonly Role[] = ["SystemAdministrator", "Manager", "Customer"];

/** A verb and a path; `ANY` is every verb that no other route takes. */
export interface Route {
	readonly method: string;
	/** Segments in braces are parameters. */
	readonly path: string;
	readonly operation: Operation;
}

/** The signed-in user of a call whose operation asks for one. */
export function userOf(call: Call): User {
	if (call.user === null) throw new Error("this operation is for signed-in users");
	return call.user;
}

/** Ids of the accounts that a call is about: those named, or all that the user may see (sheet, Q18). */
export function accountIdsOf(call: Call, company: Company = call.site.company): Set<string> {
	const own = company.accountsOf(userOf(call)).map(({ id }) => id);
	const named = call.parameters.list("accountIds");
	return new Set(named.length === 0 ? own : own.filter((id) => named.includes(id)));
}

/** The contract of an operation's reply. */
export function responseOf({ response }: Operation, switches: EvovoiceSwitches): Contract {
	return typeof response === "function" ? response(switches) : response;
}
