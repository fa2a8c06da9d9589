import { appError } from "../../../shared/errors.ts";
import { isLoopback } from "../../../shared/server-address.ts";
import { type Clock, TransportFailure } from "../../core/ports/runtime.ts";
import { createCalls } from "./calls-under-way.ts";
import { type ResolveProxy, exchange } from "./exchange.ts";
import { createRoutes } from "./proxy.ts";
import type { TrustStore } from "./trust-store.ts";

export interface UploadClientOptions {
	/** The account's server: where it is on this computer, an upload service may be here too. */
	readonly accountOrigin: string;
	readonly clock: Clock;
	readonly trust: TrustStore;
	readonly resolveProxy?: ResolveProxy;
}

/** Until the last byte of the answer: uplinks are slow. */
const timeoutMs = 120_000;

/**
 * Puts files at addresses of an operator's upload service: https only (http on this computer while the account's server
 * is there too), no cookies, no credentials, no redirects, and the answer's body is not read. An address is open to
 * whoever knows it, so it is never part of an error, and the proxy look-up sees its origin only.
 */
export interface FileUploads {
	/** Rejects with TransportFailure: `media.address` for an address that is not opened, `network.*`, `cancelled`. */
	put(
		address: string,
		file: { readonly type: string; readonly bytes: Uint8Array },
		signal: AbortSignal,
	): Promise<{ readonly status: number }>;
	close(): Promise<void>;
}

export function createUploadClient(options: UploadClientOptions): FileUploads {
	const accountIsHere = isLoopback(new URL(options.accountOrigin).hostname);
	const encrypted = createRoutes(options.trust, true);
	const plain = createRoutes(options.trust, false);
	const calls = createCalls(options.clock);

	function mayOpen(url: URL): boolean {
		if (url.username !== "" || url.password !== "") return false;
		const here = isLoopback(url.hostname);
		if (here && !accountIsHere) return false;
		return url.protocol === "https:" || (url.protocol === "http:" && here);
	}

	return {
		async put(address, { type, bytes }, signal) {
			const url = URL.parse(address);
			if (url === null || !mayOpen(url)) {
				const params = { host: url?.host ?? "" };
				throw new TransportFailure(appError("media.address", { params }), "no");
			}
			return calls.run({ host: url.host, timeoutMs, signal }, async (stopped) => {
				const answer = await exchange(
					url.protocol === "https:" ? encrypted : plain,
					options.resolveProxy,
					{
						method: "PUT",
						url,
						headers: { "content-type": type },
						body: bytes,
						proxyUrl: `${url.origin}/`,
						signal: stopped,
					},
				);
				answer.body.destroy();
				return { status: answer.status };
			});
		},
		async close() {
			calls.close();
			await Promise.all([encrypted.close(), plain.close()]);
		},
	};
}
