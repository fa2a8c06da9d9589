import { isJsonObject } from "../server/json.ts";
import { jsonReply, type WebReply } from "../server/web-front.ts";
import type { Grant } from "./access-tokens.ts";
import { type User, uidOf } from "./company.ts";
import { badRequest, Refusal, refusalReply } from "./refusal.ts";
import type { Site } from "./site.ts";

/** The fields of a sign-in, whichever way they came. */
export type SignInFields = Readonly<Record<string, string>>;

/** The string fields of a JSON body. */
export function fieldsOf(body: unknown): SignInFields {
	if (!isJsonObject(body)) return {};
	const texts: Record<string, string> = {};
	for (const [name, value] of Object.entries(body)) {
		if (typeof value === "string") texts[name] = value;
	}
	return texts;
}

/** What a name and a password, or a code, were good for. */
export interface Identity {
	readonly user: User;
	/** The second factor is still to come. */
	readonly mfaPending: boolean;
	readonly clientId: string;
}

/** Words that a server answers when a name, a password, a code or a client is not right. */
export class WrongCredentials extends Refusal {}

/**
 * Checks the grants `password` and `mfa` (sheet, 4.1). `pending` finds the user whose first token
 * an MFA answer brings. Throws a refusal.
 */
export function identify(
	site: Site,
	fields: SignInFields,
	pending: (accessToken: string) => User | null,
): Identity {
	const grantType = fields["grant_type"] ?? "";
	if (grantType !== "password" && grantType !== "mfa") throw badRequest("grant_type");
	for (const name of ["client_id", "client_secret", "username", "password"]) {
		// All five are required, for the second factor too.
		if ((fields[name] ?? "") === "") throw badRequest(`${name} is required`);
	}
	const clientId = checkClient(site, fields);
	const user = site.company.byLogin(fields["username"] ?? "");
	if (user === undefined || user.password !== fields["password"]) throw wrong(site);
	if (grantType === "password") return { user, mfaPending: user.passcode !== null, clientId };
	const rightCode =
		fields["mfa_vendor"] === "google" &&
		fields["mfa_type"] === "authenticator" &&
		["subscriber", "level1"].includes(fields["ns_id_type"] ?? "") &&
		fields["passcode"] === user.passcode;
	if (!rightCode || pending(fields["access_token"] ?? "") !== user) throw wrong(site);
	return { user, mfaPending: false, clientId };
}

/** The id of a known client with its right secret. */
export function checkClient(site: Site, fields: SignInFields): string {
	const clientId = fields["client_id"] ?? "";
	const secret = site.clients.get(clientId);
	if (secret === undefined || secret !== fields["client_secret"]) throw wrong(site);
	return clientId;
}

function wrong({ switches }: Site): WrongCredentials {
	return new WrongCredentials(switches.wrongPasswordStatus, "The username or password is invalid");
}

/** The answer to a refused sign-in (Q13). */
export function signInRefused(site: Site, refusal: Refusal): WebReply {
	if (refusal instanceof WrongCredentials && site.switches.wrongPasswordBody === "emptyObject") {
		return jsonReply(refusal.status, {});
	}
	return refusalReply(refusal);
}

/** `AccessToken` of `/v2/tokens` (sheet, 4.1). */
export function accessTokenReply(site: Site, grant: Grant): WebReply {
	const { user } = grant;
	return jsonReply(200, {
		username: user.login,
		user: user.user,
		territory: "Practice",
		domain: user.domain,
		site: user.site,
		group: null,
		department: user.department,
		uid: uidOf(user),
		login: user.login,
		scope: grant.mfaPending ? "mfa_required" : user.scope,
		user_email: user.email,
		displayName: `${user.firstName} ${user.lastName}`,
		...(site.switches.signInWithoutToken ? {} : { access_token: grant.accessToken }),
		expires_in: site.switches.expiresInSeconds,
		token_type: "Bearer",
		refresh_token: grant.refreshToken,
		client_id: grant.clientId,
		apiversion: `Version: ${site.switches.apiVersion}`,
		...(grant.mfaPending ? { mfa_type: "authenticator", mfa_vendor: "google" } : {}),
	});
}

/** The token of the old endpoint (sheet, 4.2). */
export function legacyTokenReply(site: Site, grant: Grant): WebReply {
	return jsonReply(200, {
		access_token: grant.accessToken,
		expires_in: site.switches.expiresInSeconds,
		scope: grant.user.scope,
		token_type: "Bearer",
		refresh_token: grant.refreshToken,
		domain: grant.user.domain,
		uid: uidOf(grant.user),
		legacy: true,
		apiversion: `Version: ${site.switches.apiVersion}`,
	});
}
