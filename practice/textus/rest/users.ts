import { notFound, Refusal } from "../refusal.ts";
import { membershipCollection, userResource } from "../resources/user.ts";
import type { Call, Handler } from "../site.ts";
import type { User } from "../users.ts";

/** `GET /profile`: the owner of the token. */
export const showProfile: Handler = (call) => ({ status: 200, value: userResource(call, call.user) });

/** `GET /users/:user`. */
export const showUser: Handler = (call) => ({ status: 200, value: userResource(call, userOf(call)) });

/** `GET /users/:user/memberships`. */
export const listMemberships: Handler = (call) => ({
	status: 200,
	value: membershipCollection(call, userOf(call)),
});

/** A user of an account that the caller may see. */
function userOf({ site, user, parameters }: Call): User {
	const other = site.users.find(parameters[0] ?? "");
	if (other === null) throw notFound();
	const shared = other.memberships.some(({ account }) => site.users.roleIn(user, account) !== null);
	if (other !== user && !shared)
		throw new Refusal(site.switches.foreignAccountStatus, "You have no access to this user");
	return other;
}
