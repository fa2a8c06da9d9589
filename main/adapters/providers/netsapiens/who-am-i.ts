import * as v from "valibot";
import { AppFailure, appError } from "../../../../shared/errors.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { notThisSystem } from "./grants.ts";
import { type Identity, identityOf } from "./identity.ts";
import type { Attempt, Entry } from "./attempt.ts";
import { isRow, isSegment, personRow, rowsOf, text } from "./wire.ts";

/**
 * The agent's real domain and extension, proved by one read with the token (sheet, 1.1, row 17): reads may say `~` where
 * the sign-in did not tell.
 */
export async function whoAmI(
	{ rest, signal, version, credentials }: Attempt,
	{ me, wide = false }: Entry,
): Promise<Identity> {
	const { domain, user } = me ?? { domain: "~", user: "~" };
	const path = `/v2/domains/${encodeURIComponent(domain)}/users/${encodeURIComponent(user)}`;
	let value: unknown;
	try {
		value = await rest.read(path, v.unknown(), signal);
	} catch (thrown) {
		const refused = thrown instanceof RestFailure && (thrown.status === 403 || thrown.status === 404);
		// A scope that may not read its own record may still write messages.
		if (thrown instanceof RestFailure && thrown.status === 403 && me !== null && !wide) return me;
		const wordless = thrown instanceof RestFailure && thrown.error.detail === undefined;
		const foreign =
			thrown instanceof RestFailure &&
			(thrown.status === 404 || thrown.error.code === "http.malformed");
		if (version === null && wordless && foreign) throw notThisSystem(credentials.server);
		if (!refused) throw thrown;
		throw new AppFailure(appError("auth.accessDenied", { detail: thrown.error.detail }));
	}
	const [row] = rowsOf(value, (one) => one);
	const record = row ?? (isRow(value) ? value : {});
	if (version === null && text(record, "user", "uid", "domain") === null)
		throw notThisSystem(credentials.server);
	const { name } = personRow(record);
	if (me !== null) return { ...me, name: me.name ?? name };
	const [ownUser, ownDomain] = [text(record, "user"), text(record, "domain")];
	if (ownUser === null || ownDomain === null || !isSegment(ownUser) || !isSegment(ownDomain))
		throw new AppFailure(appError("auth.userNeeded"));
	return identityOf(ownUser, ownDomain, name);
}
