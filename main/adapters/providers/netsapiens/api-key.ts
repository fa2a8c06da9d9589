import * as v from "valibot";
import { AppFailure, appError } from "../../../../shared/errors.ts";
import { objectIn } from "./answers.ts";
import { notThisSystem } from "./grants.ts";
import { identityOf, splitUid } from "./identity.ts";
import type { Attempt, Entry } from "./attempt.ts";
import { type WireRow, isSegment, text } from "./wire.ts";

/**
 * An API key (sheet, 4.4): it says itself whose it is and what it may do. A key of a whole domain or wider needs the
 * name of the agent it is to be used for (`~` has no meaning for it). Servers without `/apikeys/~` are asked who the
 * key's user is.
 */
export async function keySignIn({ credentials, rest, signal, version }: Attempt): Promise<Entry> {
	const token = credentials.secret.trim();
	const grant = { token, refresh: null, lifetimeMs: null };
	const entry: Entry = { grant, route: null, me: null };
	// What cannot be a header is no key.
	if (!/^[\x21-\x7e]+$/.test(token)) throw new AppFailure(appError("auth.tokenRefused"));
	const response = await rest.request({
		method: "GET",
		path: "/v2/apikeys/~",
		headers: { authorization: `Bearer ${token}` },
		authorized: false,
		signal,
	});
	if (response.status === 404) return entry;
	if ([400, 401, 403].includes(response.status)) throw refused(rest.words(response));
	const described = objectIn(response.text);
	const isKey = described !== null && text(described, "key-id", "user-scope", "domain") !== null;
	if (!isKey && response.status < 300 && version === null) throw notThisSystem(credentials.server);
	rest.parse(response, v.unknown());
	return { ...entry, ...ownerOf(described ?? {}, credentials.userName.trim()) };
}

function ownerOf(key: WireRow, userName: string): Pick<Entry, "me" | "readOnly" | "wide"> {
	const readOnly = /^(?:yes|true|1)$/i.test(text(key, "readonly") ?? "");
	const own = named(text(key, "user"));
	const domain = named(text(key, "domain"));
	if (own !== null && domain !== null)
		return { me: identityOf(splitUid(own)?.user ?? own, domain), readOnly, wide: false };
	const typed = splitUid(userName);
	const user = typed?.user ?? userName;
	const where = typed?.domain ?? domain;
	if (where === null || !isSegment(user) || !isSegment(where))
		throw new AppFailure(appError("auth.userNeeded"));
	return { me: identityOf(user, where), readOnly, wide: true };
}

/** `*` means anybody. */
function named(value: string | null): string | null {
	return value === null || value.includes("*") ? null : value;
}

function refused(detail: string | undefined): AppFailure {
	return new AppFailure(appError("auth.tokenRefused", { detail }));
}
