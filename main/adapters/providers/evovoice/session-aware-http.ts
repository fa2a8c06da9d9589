import {
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
	TransportFailure,
} from "../../../core/ports/runtime.ts";
import { errorIn, isHtml, statusOfError } from "./answers.ts";

/**
 * Gives every answer the status that it means: a way to a login page is a 401 (sheet, row 14), and an error that came
 * with 200 has the status of its kind (sheet, 3). What `/auth/…` answers is left alone but for the latter: the sign-in
 * itself has to know a page from a refusal (row 17).
 */
export function sessionAwareHttp(
	inner: HttpClient,
	/** Whether nobody is signed in any more, as the server itself says. */
	isSignedOut: () => Promise<boolean>,
): HttpClient {
	async function meant(request: HttpRequest, response: HttpResponse): Promise<HttpResponse> {
		const good = response.status >= 200 && response.status <= 299;
		if (good && !isHtml(response)) {
			const error = errorIn(response);
			return error === null ? response : { ...response, status: statusOfError(error) };
		}
		if (isOfSignIn(request.url)) return response;
		if (isWayToLogin(request, response)) return { ...response, status: 401 };
		if (!good) return response;
		// A page in place of a list was no list. In place of a sent message it may be a proxy's, after the fact:
		// only a server that says that nobody is signed in has certainly not sent it.
		const refused = request.method === "GET" || (await isSignedOut());
		return refused ? { ...response, status: 401 } : response;
	}

	return {
		async send(request) {
			try {
				return await meant(request, await inner.send(request));
			} catch (thrown) {
				const away =
					thrown instanceof TransportFailure && thrown.error.code === "network.foreignRedirect";
				// The login page of a company may be elsewhere; nothing was sent there.
				if (!away || thrown.reached === "no" || isOfSignIn(request.url)) throw thrown;
				return { status: 401, headers: {}, text: "" };
			}
		},
		clearCookies: () => inner.clearCookies(),
		close: () => inner.close(),
	};
}

function isOfSignIn(url: string): boolean {
	return /\/auth(?:[/?.]|$)/i.test(URL.parse(url)?.pathname ?? "");
}

/** A GET is followed by the HTTP client; any other redirect is seen as it is. */
function isWayToLogin(request: HttpRequest, { status, headers }: HttpResponse): boolean {
	if (![301, 302, 303, 307].includes(status)) return false;
	const target = URL.parse(headers["location"] ?? "", request.url);
	if (target === null) return false;
	const elsewhere = target.origin !== new URL(request.url).origin;
	return elsewhere || /log-?in|sign-?in|auth|sso/i.test(target.pathname);
}
