/**
 * How an account proves who it is (row 24). Headers only: cookies that the server sets live in the account's
 * HTTP client, and the CSRF token in rest.ts.
 */
export interface Authenticator {
	/** Sent with the `GET /me` that signs in, and nowhere else. */
	signInHeaders(): Readonly<Record<string, string>>;
	/** Sent with every request, CometD included. */
	everyHeaders(): Readonly<Record<string, string>>;
	/** What a refusal at sign-in is called. */
	readonly refusal: "auth.wrongPassword" | "auth.tokenRefused";
}

/**
 * HTTP Basic, as Workspace Web Edition does it: on the signing-in `GET /me` only, after that the cookie
 * speaks. An expired session is then seen as such, and a password that has become wrong is tried once, not with
 * every request (account lock). Bytes: ISO-8859-1 where the text fits (seen in the .NET client), else UTF-8.
 */
export function basicAuthenticator(userName: string, secret: string): Authenticator {
	const pair = `${userName}:${secret}`;
	const encoding = /^[\u0000-\u00ff]*$/.test(pair) ? "latin1" : "utf8"; // eslint-disable-line no-control-regex -- a byte range
	const header = { authorization: `Basic ${Buffer.from(pair, encoding).toString("base64")}` };
	return { signInHeaders: () => header, everyHeaders: () => ({}), refusal: "auth.wrongPassword" };
}

/** A token from elsewhere, with every request. */
export function bearerAuthenticator(token: string): Authenticator {
	const header = { authorization: `Bearer ${token}` };
	return { signInHeaders: () => header, everyHeaders: () => header, refusal: "auth.tokenRefused" };
}

/**
 * A sign-in that happened elsewhere (SAML in a browser, for example): its cookies are already in the jar of the
 * account's HTTP client, and nothing else is sent.
 */
export function cookieAuthenticator(): Authenticator {
	return { signInHeaders: () => ({}), everyHeaders: () => ({}), refusal: "auth.tokenRefused" };
}
