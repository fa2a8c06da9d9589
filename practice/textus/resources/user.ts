import type { JsonObject } from "../../server/json.ts";
import type { User } from "../users.ts";
import { accountReference } from "./account.ts";
import { related, resource, type Viewer, wholeCollection } from "./basics.ts";

/** `User` (sheet, 5). */
export function userResource(viewer: Viewer, user: User): JsonObject {
	const id = `/users/${user.id}`;
	return resource(viewer, "User", id, {
		name: `${user.firstName} ${user.lastName}`.trim(),
		firstName: user.firstName,
		lastName: user.lastName,
		email: user.email,
		avatar: null,
		automatedActor: false,
		hasPassword: true,
		discarded: false,
		settings: { customSettings: user.customSettings },
		memberships: related(viewer, "embedded", `${id}/memberships`, () =>
			membershipCollection(viewer, user),
		),
		signature: null,
		savedReplies: `${id}/saved_replies`,
	});
}

export function membershipCollection(viewer: Viewer, user: User): JsonObject {
	const id = `/users/${user.id}`;
	return wholeCollection(
		viewer,
		`${id}/memberships`,
		user.memberships.map((membership) =>
			resource(viewer, "Membership", `${id}/memberships/${membership.id}`, {
				role: membership.role,
				user: id,
				account: related(viewer, "embedded", `/accounts/${membership.account.slug}`, () =>
					accountReference(viewer, membership.account),
				),
			}),
		),
	);
}
