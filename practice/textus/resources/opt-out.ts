import type { JsonObject } from "../../server/json.ts";
import { iso } from "../identity.ts";
import { formatted } from "../numbers.ts";
import type { OptOut } from "../opt-outs.ts";
import { accountReference } from "./account.ts";
import { related, resource, type Viewer } from "./basics.ts";

/** `OptOut` (sheet, 12.2). */
export function optOutResource(viewer: Viewer, { account, number, at, user }: OptOut): JsonObject {
	return resource(viewer, "OptOut", `/${account.slug}/opt_outs/${number}`, {
		createdAt: iso(at),
		formattedPhoneNumber: formatted(number),
		user: user === null ? null : `/users/${user.id}`,
		createdVia: user === null ? "Contact" : "User",
		originatingAccount: related(viewer, "embedded", `/accounts/${account.slug}`, () =>
			accountReference(viewer, account),
		),
	});
}
