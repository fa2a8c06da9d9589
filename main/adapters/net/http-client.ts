import type { Readable } from "node:stream";
import { type AppError, appError } from "../../../shared/errors.ts";
import {
	type Clock,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
	TransportFailure,
} from "../../core/ports/runtime.ts";
import { BodyTooLarge, UnknownEncoding, acceptEncoding, maxBodyBytes, readBody } from "./body.ts";
import { createCookies } from "./cookies.ts";
import { type Attempt, transportFailure } from "./failures.ts";
import { type ProxyRoute, createRoutes, parseProxyList } from "./proxy.ts";
import type { TrustStore } from "./trust-store.ts";

export interface HttpClientOptions {
	/** Scheme, host and port of the account's server (`parseServerAddress`): nothing is ever sent elsewhere. */
	readonly origin: string;
	readonly clock: Clock;
	readonly trust: TrustStore;
	/** Electron's `session.resolveProxy`; without it every connection is direct. */
	readonly resolveProxy?: (url: string) => Promise<string>;
}

const defaultTimeoutMs = 30_000;
const maxRedirects = 5;
/** Set by this client from what it knows; a caller that sets one has made a mistake. */
const ownHeaders = /^(?:host|cookie|content-length|transfer-encoding|connection|accept-encoding|proxy-.*)$/i;

/** One account's HTTP client on undici: own cookies, own connections, one origin. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
	const origin = new URL(options.origin).origin;
	const cookies = createCookies();
	const routes = createRoutes(options.trust, origin.startsWith("https:"));
	const underWay = new Set<AbortController>();
	let closed = false;

	async function routesTo(url: URL): Promise<readonly ProxyRoute[]> {
		if (options.resolveProxy === undefined) return [{ kind: "direct" }];
		try {
			return parseProxyList(await options.resolveProxy(url.href));
		} catch (thrown) {
			throw new TransportFailure(appError("network.proxy", { params: { host: url.host } }), "no", {
				cause: thrown,
			});
		}
	}

	/** Tries one proxy after the other while it is certain that the server has heard nothing. */
	async function exchange(request: HttpRequest, url: URL, signal: AbortSignal): Promise<RawResponse> {
		let failure: TransportFailure | undefined;
		for (const route of await routesTo(url)) {
			const attempt: Attempt = {
				host: url.host,
				proxy: route.kind === "proxy" ? new URL(route.uri).host : undefined,
			};
			const dispatcher = routes.dispatcher(route);
			if (dispatcher === undefined) {
				const scheme = route.kind === "unsupported" ? route.scheme : "";
				failure ??= new TransportFailure(
					appError("network.proxy", { params: { host: url.host, scheme } }),
					"no",
				);
				continue;
			}
			try {
				const cookie = cookies.header(url.href);
				const answer = await dispatcher.request({
					origin,
					path: url.pathname + url.search,
					method: request.method,
					headers: {
						"user-agent": "Trunkline",
						"accept-encoding": acceptEncoding,
						...request.headers,
						...(cookie === undefined ? {} : { cookie }),
					},
					body: request.body ?? null,
					signal,
				});
				// A body that is given up emits its error even if nobody reads it: without a listener that ends the process.
				answer.body.on("error", () => undefined);
				return { attempt, status: answer.statusCode, headers: answer.headers, body: answer.body };
			} catch (thrown) {
				if (signal.aborted) throw thrown;
				failure = transportFailure(thrown, attempt);
				if (failure.error.code !== "network.proxy") throw failure;
			}
		}
		throw (
			failure ?? new TransportFailure(appError("network.proxy", { params: { host: url.host } }), "no")
		);
	}

	async function follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
		let url = ownUrl(request.url, origin);
		for (let redirects = 0; ; redirects++) {
			const answer = await exchange(request, url, signal);
			cookies.take(url.href, list(answer.headers["set-cookie"]));
			const target = redirectTarget(answer, url);
			if (target !== undefined && target.origin !== origin) {
				answer.body.destroy();
				throw new TransportFailure(foreign(target), "maybe");
			}
			// What a POST did must not be done again elsewhere: the caller sees the 3xx itself.
			if (target === undefined || request.method !== "GET") {
				return { status: answer.status, headers: flat(answer.headers), text: await text(answer) };
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
			if (closed || request.signal?.aborted === true)
				throw new TransportFailure(appError("cancelled"), "no");
			for (const name of Object.keys(request.headers ?? {})) {
				if (ownHeaders.test(name))
					throw new TypeError(`The header ${name} is not the caller's to set`);
			}
			const controller = new AbortController();
			const deadline = { passed: false };
			const cancelDeadline = options.clock.after(request.timeoutMs ?? defaultTimeoutMs, () => {
				deadline.passed = true;
				controller.abort();
			});
			const abort = (): void => controller.abort();
			request.signal?.addEventListener("abort", abort, { once: true });
			underWay.add(controller);
			try {
				// Raced, because neither the proxy look-up nor a decoder ends by itself on abort.
				return await orAborted(follow(request, controller.signal), controller.signal);
			} catch (thrown) {
				const host = new URL(origin).host;
				if (deadline.passed)
					throw new TransportFailure(appError("network.timeout", { params: { host } }), "maybe", {
						cause: thrown,
					});
				if (controller.signal.aborted)
					throw new TransportFailure(appError("cancelled"), "maybe", { cause: thrown });
				throw transportFailure(thrown, { host });
			} finally {
				cancelDeadline();
				request.signal?.removeEventListener("abort", abort);
				underWay.delete(controller);
			}
		},
		clearCookies() {
			cookies.clear();
			return Promise.resolve();
		},
		async close() {
			closed = true;
			for (const controller of underWay) controller.abort();
			await routes.close();
		},
	};
}

interface RawResponse {
	readonly attempt: Attempt;
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Readable;
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
		work.then(resolve, reject);
	});
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

const redirectStatus = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends us; a target that is no URL counts as none. */
function redirectTarget(answer: RawResponse, from: URL): URL | undefined {
	const [location] = list(answer.headers["location"]);
	if (location === undefined || !redirectStatus.has(answer.status)) return undefined;
	return URL.parse(location, from.href) ?? undefined;
}

async function text(answer: RawResponse): Promise<string> {
	const { attempt, body } = answer;
	const params = { host: attempt.host };
	const announced = Number(list(answer.headers["content-length"])[0] ?? 0);
	try {
		if (announced > maxBodyBytes) throw new BodyTooLarge();
		return await readBody(body, list(answer.headers["content-encoding"]).join(","));
	} catch (thrown) {
		body.destroy();
		if (thrown instanceof BodyTooLarge) {
			throw new TransportFailure(appError("network.tooLarge", { params }), "maybe", { cause: thrown });
		}
		if (thrown instanceof UnknownEncoding) {
			throw new TransportFailure(appError("http.malformed", { params }), "maybe", { cause: thrown });
		}
		const failure = transportFailure(thrown, attempt);
		// The status line was read: the server has had the request, whatever the error says.
		throw failure.reached === "maybe"
			? failure
			: new TransportFailure(failure.error, "maybe", { cause: thrown });
	}
}

function list(value: string | string[] | undefined): string[] {
	if (value === undefined) return [];
	return typeof value === "string" ? [value] : value;
}

/** Cookies stay in the jar: no caller has a use for them, and what is not handed out cannot be logged. */
function flat(headers: RawResponse["headers"]): Readonly<Record<string, string>> {
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (name !== "set-cookie" && value !== undefined) result[name] = list(value).join(", ");
	}
	return result;
}
