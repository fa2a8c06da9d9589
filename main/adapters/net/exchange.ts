import type { Readable } from "node:stream";
import { appError } from "../../../shared/errors.ts";
import { TransportFailure } from "../../core/ports/runtime.ts";
import { BodyTooLarge, UnknownEncoding, acceptEncoding, readBytes } from "./body.ts";
import { type Attempt, transportFailure } from "./failures.ts";
import { type ProxyRoute, type Routes, parseProxyList } from "./proxy.ts";

/** One request as it leaves, and how its way is found. */
export interface Outgoing {
	readonly method: string;
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array | null;
	/** What the proxy configuration is asked about: the address, or less of it where that is a secret. */
	readonly proxyUrl: string;
	readonly signal: AbortSignal;
}

/** The head of an answer, its body not read yet: read it with `wholeBody` or destroy it. */
export interface RawResponse {
	readonly attempt: Attempt;
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Readable;
}

/** Electron's `session.resolveProxy`; undefined: every connection is direct. */
export type ResolveProxy = ((url: string) => Promise<string>) | undefined;

/** Set by the clients of this folder from what they know; a caller that sets one has made a mistake. */
const ownHeaders = /^(?:host|cookie|content-length|transfer-encoding|connection|accept-encoding|proxy-.*)$/i;

export function refuseOwnHeaders(headers: Readonly<Record<string, string>> = {}): void {
	for (const name of Object.keys(headers)) {
		if (ownHeaders.test(name)) throw new TypeError(`The header ${name} is not the caller's to set`);
	}
}

/** Sends one request; tries one proxy after the other while it is certain that the server has heard nothing. */
export async function exchange(
	routes: Routes,
	resolveProxy: ResolveProxy,
	outgoing: Outgoing,
): Promise<RawResponse> {
	const { url, signal } = outgoing;
	let failure: TransportFailure | undefined;
	for (const route of await routesTo(resolveProxy, outgoing)) {
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
			const answer = await dispatcher.request({
				origin: url.origin,
				path: url.pathname + url.search,
				method: outgoing.method,
				headers: {
					"user-agent": "Trunkline",
					"accept-encoding": acceptEncoding,
					...outgoing.headers,
				},
				body: outgoing.body,
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
	throw failure ?? new TransportFailure(appError("network.proxy", { params: { host: url.host } }), "no");
}

async function routesTo(
	resolveProxy: ResolveProxy,
	{ url, proxyUrl }: Outgoing,
): Promise<readonly ProxyRoute[]> {
	if (resolveProxy === undefined) return [{ kind: "direct" }];
	try {
		return parseProxyList(await resolveProxy(proxyUrl));
	} catch (thrown) {
		throw new TransportFailure(appError("network.proxy", { params: { host: url.host } }), "no", {
			cause: thrown,
		});
	}
}

/** Every value of a header. */
export function valuesOf(answer: RawResponse, name: string): readonly string[] {
	const value = answer.headers[name];
	if (value === undefined) return [];
	return typeof value === "string" ? [value] : value;
}

const redirectStatus = new Set([301, 302, 303, 307, 308]);
export const maxRedirects = 5;

/** Where an answer sends us; a target that is no URL counts as none. */
export function redirectTarget(answer: RawResponse, from: URL): URL | undefined {
	const [location] = valuesOf(answer, "location");
	if (location === undefined || !redirectStatus.has(answer.status)) return undefined;
	return URL.parse(location, from.href) ?? undefined;
}

/** The body after inflation, refused past `limit` bytes whatever its length was announced as. */
export async function wholeBody(answer: RawResponse, limit: number): Promise<Uint8Array> {
	const { attempt, body } = answer;
	const params = { host: attempt.host };
	const announced = Number(valuesOf(answer, "content-length")[0] ?? 0);
	try {
		if (announced > limit) throw new BodyTooLarge();
		return await readBytes(body, valuesOf(answer, "content-encoding").join(","), limit);
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
