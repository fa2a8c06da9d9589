import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { EpochMs, HttpResponse } from "../../../core/ports/runtime.ts";
import { asNumber } from "../rest/lossless-json.ts";
import type { RestClient, RestRequest } from "../rest/rest-client.ts";
import { RestFailure, isOverloaded } from "../rest/rest-failure.ts";
import { objectIn } from "./answers.ts";
import type { Grant } from "./bearer.ts";
import { type Identity, identityOf, splitUid } from "./identity.ts";
import { type WireRow, isSegment, text } from "./wire.ts";

/** The three places that give tokens (sheet, 4.1 to 4.3). */
export type TokenRoute = "v2" | "legacy" | "jwt";

/** Fields of a sign-in or a renewal. */
export type TokenFields = Readonly<Record<string, string>>;

/** What a server gave, and to whom. */
export interface Granted {
	readonly grant: Grant;
	/** Null: the answer does not say. */
	readonly me: Identity | null;
	/** The second factor is still to come: what it is called. */
	readonly pending: { readonly vendor: string; readonly type: string } | null;
}

/** Asks for a token; any answer is returned. Never a GET: the password would be in logs (4.2). */
export async function askForToken(
	rest: RestClient,
	route: TokenRoute,
	fields: TokenFields,
	signal?: AbortSignal,
): Promise<HttpResponse> {
	const request: RestRequest =
		route === "legacy"
			? { method: "POST", path: "/oauth2/token/", form: { ...fields, format: "json" } }
			: { method: "POST", path: route === "v2" ? "/v2/tokens" : "/v2/jwt", json: fields };
	const response = await rest.request({
		...request,
		authorized: false,
		...(signal === undefined ? {} : { signal }),
	});
	if (isOverloaded(response) || response.status >= 500) throw rest.refusal(response);
	return response;
}

/** The token in an answer; throws `http.malformed` for a good status without one (4.1). */
export function readGrant(rest: RestClient, response: HttpResponse, now: EpochMs): Granted {
	if (response.status < 200 || response.status > 299) throw rest.refusal(response);
	const row = objectIn(response.text) ?? {};
	const token = text(row, "access_token", "token");
	if (token === null) {
		const detail = rest.words(response) ?? "";
		const error = appError("http.malformed", { params: { host: "" }, detail });
		throw new RestFailure(error, { status: response.status, executed: "no" });
	}
	const claims = claimsOf(token);
	const seconds = asNumber(row["expires_in"]);
	const lifetimeMs = seconds !== null && seconds > 0 ? seconds * 1000 : lifetimeOf(claims, now);
	const vendor = text(row, "mfa_vendor") ?? text(claims ?? {}, "mfa_vendor");
	const wantsCode = text(row, "scope") === "mfa_required" || (claims !== null && vendor !== null);
	return {
		grant: { token, refresh: text(row, "refresh_token", "refresh"), lifetimeMs },
		me: identityIn(row) ?? (claims === null ? null : identityIn(claims)),
		pending: wantsCode
			? {
					vendor: vendor ?? "google",
					type: text(row, "mfa_type") ?? text(claims ?? {}, "mfa_type") ?? "authenticator",
				}
			: null,
	};
}

/** Who a token answer or the claims of a JWT are of; the uid before the parts, which may have lost zeros (1.5(1)). */
export function identityIn(row: WireRow): Identity | null {
	const uid = splitUid(text(row, "uid", "sub") ?? "");
	const user = uid?.user ?? text(row, "user");
	const domain = text(row, "domain") ?? uid?.domain ?? null;
	if (user === null || domain === null || !isSegment(user) || !isSegment(domain)) return null;
	if (user === "*" || domain === "*") return null;
	return identityOf(user, domain, text(row, "displayName"));
}

/** The claims of a JWT, to see until when it holds and whose it is; the signature is the server's to check (4.3). */
export function claimsOf(token: string): WireRow | null {
	const [, middle, signature, ...more] = token.split(".");
	if (middle === undefined || signature === undefined || more.length > 0) return null;
	return objectIn(Buffer.from(middle, "base64url").toString("utf8"));
}

/** How long a JWT lasts from now on, ms; null: it does not say. */
export function lifetimeOf(claims: WireRow | null, now: EpochMs): number | null {
	const until = asNumber(claims?.["exp"]);
	if (until === null) return null;
	// By the server's own clock where it says when it gave the token just now.
	const given = asNumber(claims?.["iat"]);
	const whole = given === null ? Infinity : (until - given) * 1000;
	return Math.max(1, Math.min(whole, until * 1000 - now));
}

/** Signing in came to nothing: the server's words stand beside ours. */
export function signInFailure(code: AppError["code"], rest: RestClient, response: HttpResponse): AppFailure {
	return new AppFailure(appError(code, { detail: rest.words(response) }));
}

/** No server of this kind: neither of its sign-in addresses is there. */
export function notThisSystem(server: string): AppFailure {
	return new AppFailure(
		appError("auth.notThisSystem", { params: { host: URL.parse(server)?.host ?? server } }),
	);
}

/**
 * Nothing of ns-api answered: a page, the word that there is no such route, or (from a server that tells no version) an
 * answer without a word.
 */
export function isForeign({ status, text: body }: HttpResponse, version: string | null): boolean {
	if (status !== 404) return false;
	const row = objectIn(body);
	return row === null || body.includes("[92]") || (version === null && text(row, "message") === null);
}

/** A renewal that the server refused, not one that failed. */
export function isNo(thrown: unknown): boolean {
	return (
		thrown instanceof RestFailure && thrown.status !== null && thrown.status >= 200 && thrown.status < 500
	);
}
