import { type AppError, appError } from "../../../shared/errors.ts";
import {
	type Clock,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
	TransportFailure,
} from "../../core/ports/runtime.ts";
import { maxBodyBytes } from "./body.ts";
import { createCalls } from "./calls-under-way.ts";
import { createCookies } from "./cookies.ts";
import {
	type RawResponse,
	type ResolveProxy,
	exchange,
	maxRedirects,
	redirectTarget,
	refuseOwnHeaders,
	valuesOf,
	wholeBody,
} from "./exchange.ts";
import { createRoutes } from "./proxy.ts";
import type { TrustStore } from "./trust-store.ts";

export interface HttpClientOptions {
	/** Scheme, host and port of the account's server (`parseServerAddress`): nothing is ever sent elsewhere. */
	readonly origin: string;
	readonly clock: Clock;
	readonly trust: TrustStore;
	readonly resolveProxy?: ResolveProxy;
}

/** One account's HTTP client on undici: own cookies, own connections, one origin. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
	const origin = new URL(options.origin).origin;
	const cookies = createCookies();
	const routes = createRoutes(options.trust, origin.startsWith("https:"));
	const calls = createCalls(options.clock);

	async function follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
		let url = ownUrl(request.url, origin);
		for (let redirects = 0; ; redirects++) {
			const cookie = cookies.header(url.href);
			const answer = await exchange(routes, options.resolveProxy, {
				method: request.method,
				url,
				headers: { ...request.headers, ...(cookie === undefined ? {} : { cookie }) },
				body: request.body ?? null,
				proxyUrl: url.href,
				signal,
			});
			cookies.take(url.href, valuesOf(answer, "set-cookie"));
			const target = redirectTarget(answer, url);
			if (target !== undefined && target.origin !== origin) {
				answer.body.destroy();
				throw new TransportFailure(foreign(target), "maybe");
			}
			// What a POST did must not be done again elsewhere: the caller sees the 3xx itself.
			if (target === undefined || request.method !== "GET") {
				return { status: answer.status, headers: flat(answer), text: await text(answer) };
			}
			answer.body.destroy();
			if (redirects >= maxRedirects) {
				throw new TransportFailure(
					appError("http.malformed", { params: { host: url.host } }),
					"maybe",
				);
			}
			url = target;
		}
	}

	return {
		async send(request) {
			refuseOwnHeaders(request.headers);
			const { timeoutMs, signal } = request;
			return calls.run({ host: new URL(origin).host, timeoutMs, signal }, (stopped) =>
				follow(request, stopped),
			);
		},
		clearCookies() {
			cookies.clear();
			return Promise.resolve();
		},
		async close() {
			calls.close();
			await routes.close();
		},
	};
}

/** The URL of a request, refused if it is not on the account's own server or carries credentials. */
function ownUrl(text: string, origin: string): URL {
	const url = URL.parse(text);
	if (url === null || url.username !== "" || url.password !== "") {
		throw new TransportFailure(appError("network.badAddress"), "no");
	}
	if (url.origin !== origin) throw new TransportFailure(foreign(url), "no");
	return url;
}

function foreign(target: URL): AppError {
	return appError("network.foreignRedirect", { params: { host: target.host } });
}

/** Decoded once at the end, so that a character split between two chunks stays whole. */
async function text(answer: RawResponse): Promise<string> {
	return new TextDecoder().decode(await wholeBody(answer, maxBodyBytes));
}

/** Cookies stay in the jar: no caller has a use for them, and what is not handed out cannot be logged. */
function flat(answer: RawResponse): Readonly<Record<string, string>> {
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(answer.headers)) {
		if (name !== "set-cookie" && value !== undefined) result[name] = valuesOf(answer, name).join(", ");
	}
	return result;
}
