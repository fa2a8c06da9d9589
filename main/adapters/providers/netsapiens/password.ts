import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import type { Attempt, Entry } from "./attempt.ts";
import {
	type Granted,
	type TokenFields,
	type TokenRoute,
	askForToken,
	isForeign,
	isNo,
	notThisSystem,
	readGrant,
	signInFailure,
} from "./grants.ts";
import { fingerprint } from "./kept-secrets.ts";

/**
 * Name and password, and the code where one is asked for (sheet, 4.1). What an earlier run kept comes first, so that a
 * restart asks for no code. One try each: more would lock the agent out (row 13).
 */
export async function passwordSignIn(attempt: Attempt, first: TokenRoute): Promise<Entry> {
	const known = await keptSignIn(attempt);
	if (known !== null) return known;
	const { credentials, rest, context, signal, version } = attempt;
	const fields = loginFields(attempt);
	let route = first;
	let response = await askForToken(rest, route, { ...fields, grant_type: "password" }, signal);
	if (response.status === 404 && first === "v2") {
		const legacy = await askForToken(rest, "legacy", { ...fields, grant_type: "password" }, signal);
		// A server that says 404 for a wrong password says so in both places, and in words.
		if (isForeign(response, version) && isForeign(legacy, version))
			throw notThisSystem(credentials.server);
		if (!isForeign(legacy, version)) {
			response = legacy;
			route = "legacy";
		}
	}
	if (response.status >= 400) throw refused(attempt, response);
	const granted = readOrRefuse(attempt, response);
	if (granted.pending === null) return { grant: granted.grant, route, me: granted.me };
	if (credentials.code === null || credentials.code.trim() === "")
		throw new AppFailure(appError("auth.codeNeeded"));
	const answer = await askForToken(rest, route, codeFields(attempt, fields, granted), signal);
	if (answer.status >= 400) throw signInFailure("auth.codeWrong", rest, answer);
	const second = readGrant(rest, answer, context.clock.now());
	if (second.pending !== null) throw signInFailure("auth.codeWrong", rest, answer);
	return { grant: second.grant, route, me: second.me ?? granted.me };
}

/** With the refresh token of an earlier run; null: there is none for this password, or it does not hold any more. */
async function keptSignIn({ credentials, rest, kept, context, signal }: Attempt): Promise<Entry | null> {
	const refresh = kept.get("refresh");
	const route = kept.get("route");
	if (refresh === null || kept.get("for") !== fingerprint(credentials)) return null;
	if (route !== "v2" && route !== "legacy" && route !== "jwt") return null;
	const { clientId = "", clientSecret = "" } = credentials.options;
	const fields: TokenFields =
		route === "jwt"
			? { refresh }
			: {
					grant_type: "refresh_token",
					client_id: clientId,
					client_secret: clientSecret,
					refresh_token: refresh,
				};
	try {
		const response = await askForToken(rest, route, fields, signal);
		const { grant, me, pending } = readGrant(rest, response, context.clock.now());
		if (pending !== null) return null;
		return { grant: { ...grant, refresh: grant.refresh ?? refresh }, route, me };
	} catch (thrown) {
		if (!isNo(thrown)) throw thrown;
		kept.set({ refresh: null, token: null, route: null, for: null });
		return null;
	}
}

function loginFields({ credentials }: Attempt): TokenFields {
	const { userName, secret, options } = credentials;
	const { clientId = "", clientSecret = "" } = options;
	return {
		client_id: clientId.trim(),
		client_secret: clientSecret.trim(),
		username: userName.trim(),
		password: secret,
	};
}

function codeFields({ credentials }: Attempt, fields: TokenFields, { pending, grant }: Granted): TokenFields {
	return {
		...fields,
		grant_type: "mfa",
		mfa_vendor: pending?.vendor ?? "google",
		mfa_type: pending?.type ?? "authenticator",
		passcode: (credentials.code ?? "").replace(/\s/g, ""),
		ns_id_type: "subscriber",
		access_token: grant.token,
	};
}

/** Any 4xx is a no to these credentials (row 13), in the server's words. */
function refused({ credentials, rest, version }: Attempt, response: HttpResponse): AppFailure {
	if (isForeign(response, version) && credentials.method === "password")
		return notThisSystem(credentials.server);
	return signInFailure("auth.wrongPassword", rest, response);
}

/** 200 without a token is no sign-in (4.1); from a server that tells no version either it is another system. */
function readOrRefuse(attempt: Attempt, response: HttpResponse): Granted {
	const { rest, context, credentials, version } = attempt;
	try {
		return readGrant(rest, response, context.clock.now());
	} catch (thrown) {
		if (!(thrown instanceof RestFailure) || thrown.error.code !== "http.malformed") throw thrown;
		if (version === null) throw notThisSystem(credentials.server);
		const host = URL.parse(credentials.server)?.host ?? credentials.server;
		throw new AppFailure(appError("http.malformed", { params: { host }, detail: thrown.error.detail }));
	}
}
