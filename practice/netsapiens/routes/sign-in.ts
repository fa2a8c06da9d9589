import { isJsonObject } from "../../server/json.ts";
import { jsonReply, type WebReply } from "../../server/web-front.ts";
import { describeKey } from "../api-keys.ts";
import { type User, uidOf } from "../company.ts";
import { accepted, badRequest, noSuchUser, NoRoute, permissionDenied, Refusal } from "../refusal.ts";
import {
	accessTokenReply,
	checkClient,
	fieldsOf,
	identify,
	legacyTokenReply,
	signInRefused,
	type SignInFields,
} from "../sign-in.ts";
import type { Call, Route, SignedCall } from "../site.ts";
import type { Grant } from "../access-tokens.ts";
import type { WebTokenPair } from "../web-tokens.ts";

function grant({ site, host }: Call, fields: SignInFields): Grant {
	const { tokens } = site;
	if (fields["grant_type"] === "refresh_token") {
		return tokens.refresh(fields["refresh_token"] ?? "", host, checkClient(site, fields));
	}
	const pending = (accessToken: string): User | null => {
		const first = tokens.find(accessToken, host);
		return first?.mfaPending === true ? first.user : null;
	};
	const { user, mfaPending, clientId } = identify(site, fields, pending);
	const granted = tokens.grant(user, host, clientId, mfaPending);
	if (fields["grant_type"] === "password") tokens.signIns += 1;
	return granted;
}

function refusedSignIn(call: Call, answer: () => WebReply): WebReply {
	try {
		return answer();
	} catch (failure) {
		if (failure instanceof Refusal && !(failure instanceof NoRoute)) {
			return signInRefused(call.site, failure);
		}
		throw failure;
	}
}

/** `POST /tokens`. */
function token(call: Call): WebReply {
	if (!call.site.switches.tokensRoute) throw new NoRoute();
	return refusedSignIn(call, () => accessTokenReply(call.site, grant(call, fieldsOf(call.body))));
}

/** `/ns-api/oauth2/token/`, form or query, even GET (sheet, 4.2). */
export function legacyToken(call: Call): WebReply {
	if (!call.site.switches.legacyTokensRoute) throw new NoRoute();
	const { body } = call.request;
	const form = body.kind === "unreadable" ? new URLSearchParams(body.text) : new URLSearchParams();
	const fields = { ...Object.fromEntries(call.query), ...Object.fromEntries(form) };
	return refusedSignIn(call, () => legacyTokenReply(call.site, grant(call, fields)));
}

function pairReply({ token: given, refresh }: WebTokenPair): WebReply {
	return jsonReply(200, { token: given.text, ...(refresh === null ? {} : { refresh }) });
}

/** `POST /jwt`: password, second factor, refresh, or an API key for one of its users (sheet, 4.3). */
function webToken(call: Call): WebReply {
	const { body, bearer, host, site } = call;
	if (!site.switches.jwtRoute) throw new NoRoute();
	const fields = fieldsOf(body);
	const { refresh } = fields;
	if (refresh !== undefined) return pairReply(site.webTokens.refresh(refresh, host));
	if (fields["grant_type"] === undefined && bearer !== null) return delegated(call, bearer, fields);
	return refusedSignIn(call, () => {
		const pending = (text: string): User | null => {
			const first = site.webTokens.find(text);
			return first?.mfaPending === true ? first.user : null;
		};
		const { user, mfaPending } = identify(site, fields, pending);
		return pairReply(site.webTokens.grant(user, host, mfaPending));
	});
}

function delegated({ body, host, site }: Call, bearer: string, fields: SignInFields): WebReply {
	const key = site.apiKeys.find(bearer);
	if (key === null) throw new Refusal(403, "Forbidden");
	if (!isJsonObject(body)) throw badRequest("user and domain are required");
	const { user: extension = "", domain = "" } = fields;
	const caller = site.apiKeys.caller(key);
	if (caller.readonly) throw permissionDenied();
	if (caller.domain !== null && caller.domain !== domain) throw permissionDenied();
	if (caller.user !== null && caller.user.user !== extension) throw permissionDenied();
	const user = site.company.find(`${extension}@${domain}`);
	if (user === undefined) throw noSuchUser(extension, domain);
	return pairReply(site.webTokens.grant(user, host));
}

function ownClaims({ site, bearer }: SignedCall): WebReply {
	const own = site.webTokens.find(bearer ?? "");
	if (own === null) throw new Refusal(403, "Forbidden");
	return jsonReply(200, own.claims);
}

function revokeOwn({ site, caller }: SignedCall): WebReply {
	if (caller.kind !== "jwt") throw new Refusal(403, "Forbidden");
	site.webTokens.revoke(caller.id);
	return accepted();
}

/** `/jwt/{uid}` and `/jwt/{jti}`: the caller's own tokens only. */
function named(call: SignedCall): readonly { readonly jti: string; readonly claims: unknown }[] {
	const { site, caller, parameters } = call;
	const name = parameters["token"] ?? "";
	const own = caller.user === null ? [] : site.webTokens.of(uidOf(caller.user));
	const found = name.includes("@")
		? own.filter(({ user }) => uidOf(user) === name)
		: own.filter(({ jti }) => jti === name);
	if (found.length === 0) throw new Refusal(403, "Forbidden");
	return found;
}

/** Signing in and what tells who one is (sheet, section 4), and the version (1.1). */
export const signInRoutes: readonly Route[] = [
	{
		method: "GET",
		path: "/version",
		needs: "nothing",
		since45: true,
		handle: ({ site }) =>
			jsonReply(200, {
				apiversion: site.switches.apiVersion,
				hostname: site.host(),
				"current-time": site.wire.time(site.clock.now()),
			}),
	},
	{ method: "POST", path: "/tokens", needs: "nothing", handle: token },
	{ method: "POST", path: "/jwt", needs: "nothing", handle: webToken },
	{ method: "GET", path: "/jwt", needs: "bearer", handle: ownClaims },
	{ method: "DELETE", path: "/jwt", needs: "bearer", handle: revokeOwn },
	{
		method: "GET",
		path: "/jwt/:token",
		needs: "bearer",
		handle: (call) =>
			jsonReply(
				200,
				named(call).map(({ claims }) => claims),
			),
	},
	{
		method: "DELETE",
		path: "/jwt/:token",
		needs: "bearer",
		handle: (call) => {
			for (const { jti } of named(call)) call.site.webTokens.revoke(jti);
			return accepted();
		},
	},
	{
		method: "GET",
		path: "/apikeys/~",
		needs: "bearer",
		handle: ({ site, bearer }) => {
			const key = site.apiKeys.find(bearer ?? "");
			if (key === null) throw new Refusal(403, "Forbidden");
			return jsonReply(200, describeKey(key));
		},
	},
];
