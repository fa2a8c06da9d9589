import { appError } from "../../../shared/errors.ts";
import { isLoopback } from "../../../shared/server-address.ts";
import type { MediaClient, MediaRequest, MediaResponse } from "../../core/ports/media.ts";
import { type Clock, TransportFailure } from "../../core/ports/runtime.ts";
import { createCalls } from "./calls-under-way.ts";
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

export interface MediaClientOptions {
	/** The account's server: the only one that is given a request's headers. */
	readonly accountOrigin: string;
	readonly clock: Clock;
	readonly trust: TrustStore;
	readonly resolveProxy?: ResolveProxy;
}

/** Fetches received files. Their addresses carry keys (NetSapiens sheet, 7): not even the proxy look-up sees one whole. */
export function createMediaClient(options: MediaClientOptions): MediaClient {
	const account = new URL(options.accountOrigin);
	const accountIsHere = isLoopback(account.hostname);
	const encrypted = createRoutes(options.trust, true);
	const plain = createRoutes(options.trust, false);
	const calls = createCalls(options.clock);

	/** A system that lies elsewhere has no business on this computer, encrypted or not. */
	function mayOpen(url: URL): boolean {
		if (url.username !== "" || url.password !== "") return false;
		const here = isLoopback(url.hostname);
		if (here && !accountIsHere) return false;
		return url.protocol === "https:" || (url.protocol === "http:" && here);
	}

	async function follow(first: URL, request: MediaRequest, signal: AbortSignal): Promise<MediaResponse> {
		let url = first;
		let headers = url.origin === account.origin ? (request.headers ?? {}) : {};
		for (let redirects = 0; ; redirects++) {
			const answer = await exchange(
				url.protocol === "https:" ? encrypted : plain,
				options.resolveProxy,
				{
					method: "GET",
					url,
					headers,
					body: null,
					proxyUrl: `${url.origin}/`,
					signal,
				},
			);
			const target = redirectTarget(answer, url);
			if (target === undefined) return response(answer, request.maxBytes);
			answer.body.destroy();
			const params = { host: target.host };
			if (!mayOpen(target) || (url.protocol === "https:" && target.protocol !== "https:"))
				throw new TransportFailure(appError("media.address", { params }), "maybe");
			if (redirects >= maxRedirects)
				throw new TransportFailure(appError("http.malformed", { params }), "maybe");
			// Once gone, they do not come back, even if the way leads back.
			if (target.origin !== url.origin) headers = {};
			url = target;
		}
	}

	return {
		async fetch(address, request) {
			refuseOwnHeaders(request.headers);
			const url = URL.parse(address);
			if (url === null || !mayOpen(url)) {
				const params = { host: url?.host ?? "" };
				throw new TransportFailure(appError("media.address", { params }), "no");
			}
			const { timeoutMs, signal } = request;
			return calls.run({ host: url.host, timeoutMs, signal }, (stopped) =>
				follow(url, request, stopped),
			);
		},
		async close() {
			calls.close();
			await Promise.all([encrypted.close(), plain.close()]);
		},
	};
}

async function response(answer: RawResponse, maxBytes: number): Promise<MediaResponse> {
	const { status } = answer;
	const [claimed] = valuesOf(answer, "content-type");
	const type = claimed?.split(";")[0]?.trim().toLowerCase();
	const contentType = type === undefined || type === "" ? null : type;
	if (status >= 200 && status <= 299)
		return { status, contentType, bytes: await wholeBody(answer, maxBytes) };
	answer.body.destroy();
	return { status, contentType, bytes: new Uint8Array() };
}
