import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { Credentials, ProviderContext } from "../../../core/ports/provider.ts";
import { RestClient } from "../rest/rest-client.ts";
import { decodeAnswer, isExpired, objectIn, wordsOf } from "./answers.ts";
import { keySignIn } from "./api-key.ts";
import type { Attempt, Entry } from "./attempt.ts";
import { Bearer, type Grant } from "./bearer.ts";
import { type TokenRoute, askForToken, claimsOf, lifetimeOf, readGrant } from "./grants.ts";
import type { Identity } from "./identity.ts";
import { KeptSecrets, fingerprint } from "./kept-secrets.ts";
import { passwordSignIn } from "./password.ts";
import { text } from "./wire.ts";
import { whoAmI } from "./who-am-i.ts";

/** What signing in came to. */
export interface SignedIn {
	readonly rest: RestClient;
	readonly bearer: Bearer;
	readonly me: Identity;
	/** Null: an old server, or one that does not say (row 4: nothing is assumed of it). */
	readonly version: string | null;
	readonly kept: KeptSecrets;
	/** An API key that may only read. */
	readonly readOnly: boolean;
	/** An API key that is not of one person. */
	readonly wide: boolean;
}

/**
 * Probes the version, proves the credentials by their method, learns the real domain and extension (row 17). Rejects
 * with `auth.*` in the server's own words, `network.*`, `http.*`.
 */
export async function signIn(
	credentials: Credentials,
	context: ProviderContext,
	signal: AbortSignal,
): Promise<SignedIn> {
	const { clock, http, random } = context;
	const holder: { bearer: Bearer | null } = { bearer: null };
	const rest = new RestClient({
		base: baseOf(credentials.server),
		http,
		clock,
		random,
		authorizer: {
			headers: () => holder.bearer?.headers() ?? {},
			get generation() {
				return holder.bearer?.generation ?? 0;
			},
			renew: (seen) => holder.bearer?.renew(seen) ?? Promise.resolve(),
		},
		isExpired,
		words: wordsOf,
		decode: decodeAnswer,
	});
	const kept = new KeptSecrets(credentials.kept, context.keep);
	const version = await probe(rest, signal);
	const attempt: Attempt = { credentials, context, rest, kept, version, signal };
	const entry = await enter(attempt);
	const bearer = new Bearer(entry.grant, {
		clock,
		renew: (refresh) => renew(attempt, entry.route, refresh),
		renewed: (grant) => keepGrant(attempt, entry.route, grant),
	});
	holder.bearer = bearer;
	try {
		keepGrant(attempt, entry.route, entry.grant);
		const me = await whoAmI(attempt, entry);
		const { readOnly = false, wide = false } = entry;
		return { rest, bearer, me, version, kept, readOnly, wide };
	} catch (thrown) {
		bearer.stop();
		throw refusedAtOnce(thrown, credentials);
	}
}

/** What a refusal of the very first question means: a key or a JWT that was entered does not hold. */
function refusedAtOnce(thrown: unknown, { method }: Credentials): unknown {
	const expired = thrown instanceof AppFailure && thrown.error.code === "auth.sessionExpired";
	if (!expired) return thrown;
	return method === "password" ? thrown : new AppFailure(appError("auth.tokenRefused"));
}

function enter(attempt: Attempt): Promise<Entry> {
	switch (attempt.credentials.method) {
		case "password":
			return passwordSignIn(attempt, "v2");
		case "jwt":
			return jwtSignIn(attempt);
		case "apiKey":
			return keySignIn(attempt);
		case "token":
			return Promise.reject(new AppFailure(appError("auth.tokenRefused")));
	}
}

/** A JWT that was pasted, alone or as `{"token":…,"refresh":…}`; anything else is the password to get one with (4.3). */
async function jwtSignIn(attempt: Attempt): Promise<Entry> {
	const { credentials, context, kept } = attempt;
	const secret = credentials.secret.trim();
	const pasted = objectIn(secret);
	const token = pasted === null ? secret : (text(pasted, "token", "access_token") ?? "");
	if (claimsOf(token) === null) return passwordSignIn(attempt, "jwt");
	const mine = kept.get("for") === fingerprint(credentials);
	// What was got for it since is younger; the pasted refresh is used up then.
	const current = (mine ? kept.get("token") : null) ?? token;
	const refresh = (mine ? kept.get("refresh") : null) ?? (pasted === null ? null : text(pasted, "refresh"));
	const claims = claimsOf(current);
	if (text(claims ?? {}, "mfa_vendor") !== null)
		throw new AppFailure(appError("auth.tokenRefused", { detail: "mfa_required" }));
	const lifetimeMs = lifetimeOf(claims, context.clock.now());
	const response = { status: 200, headers: {}, text: JSON.stringify({ token: current }) };
	const { me } = readGrant(attempt.rest, response, context.clock.now());
	return { grant: { token: current, refresh, lifetimeMs }, route: "jwt", me };
}

async function renew(attempt: Attempt, route: TokenRoute | null, refresh: string): Promise<Grant> {
	const { rest, credentials, context } = attempt;
	if (route === null) throw new AppFailure(appError("auth.sessionExpired"));
	const { clientId = "", clientSecret = "" } = credentials.options;
	const fields: Record<string, string> =
		route === "jwt"
			? { refresh }
			: {
					grant_type: "refresh_token",
					client_id: clientId,
					client_secret: clientSecret,
					refresh_token: refresh,
				};
	const { grant } = readGrant(rest, await askForToken(rest, route, fields), context.clock.now());
	// One that does not rotate goes on.
	return { ...grant, refresh: grant.refresh ?? (route === "jwt" ? null : refresh) };
}

/** Keys do not change; tokens and JWTs do, and a restart need not ask for a code then. */
function keepGrant(
	{ credentials, kept }: Attempt,
	route: TokenRoute | null,
	{ token, refresh }: Grant,
): void {
	if (route === null || refresh === null) return;
	const jwt = route === "jwt" ? token : null;
	kept.set({ for: fingerprint(credentials), route, refresh, token: jwt });
}

/** Null: 404 of an old server, or anything else that tells nothing (1.1). Rejects when nobody answers. */
async function probe(rest: RestClient, signal: AbortSignal): Promise<string | null> {
	const response = await rest.request({ method: "GET", path: "/v2/version", authorized: false, signal });
	return response.status === 200 ? text(objectIn(response.text) ?? {}, "apiversion") : null;
}

/** Whatever the person copied: the portal's address, or the API's. */
function baseOf(server: string): string {
	return `${server.replace(/\/+$/, "").replace(/\/ns-api(?:\/v2)?$/i, "")}/ns-api`;
}
