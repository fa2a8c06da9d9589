import { Agent, type Dispatcher, ProxyAgent } from "./undici-dispatchers.ts";
import type { TrustStore } from "./trust-store.ts";

/** One way to reach a server, as a proxy auto-configuration result names it. */
export type ProxyRoute =
	| { readonly kind: "direct" }
	/** `uri` is the proxy's address with scheme http or https. */
	| { readonly kind: "proxy"; readonly uri: string }
	| { readonly kind: "unsupported"; readonly scheme: string };

const hostAndPort = /^(?:\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+):\d{1,5}$/i;

/**
 * Reads the answer of Electron's `session.resolveProxy`: "DIRECT", "PROXY host:port; DIRECT", "HTTPS host:port", ...
 * in the order of preference. An empty answer means DIRECT. SOCKS is named as unsupported: undici knows
 * version 5 only, as an experiment.
 */
export function parseProxyList(answer: string): readonly ProxyRoute[] {
	const routes: ProxyRoute[] = [];
	for (const part of answer.split(";")) {
		const [word = "", address = ""] = part.trim().split(/\s+/);
		const scheme = word.toUpperCase();
		if (scheme === "") continue;
		if (scheme === "DIRECT") routes.push({ kind: "direct" });
		else if ((scheme === "PROXY" || scheme === "HTTP") && hostAndPort.test(address))
			routes.push({ kind: "proxy", uri: `http://${address}` });
		else if (scheme === "HTTPS" && hostAndPort.test(address))
			routes.push({ kind: "proxy", uri: `https://${address}` });
		else routes.push({ kind: "unsupported", scheme });
	}
	return routes.length === 0 ? [{ kind: "direct" }] : routes;
}

/** Connections of one account, kept per route. */
export interface Routes {
	dispatcher(route: ProxyRoute): Dispatcher | undefined;
	close(): Promise<void>;
}

/** Milliseconds until a TCP or TLS connection that is not made counts as failed; the request's own deadline may be earlier. */
const connectTimeoutMs = 10_000;

export function createRoutes(trust: TrustStore, encrypted: boolean): Routes {
	const byUri = new Map<string, Dispatcher>();
	// A long poll may be silent for ten minutes: the deadline of each request is the only one.
	const limits = {
		headersTimeout: 0,
		bodyTimeout: 0,
		connectTimeout: connectTimeoutMs,
		allowH2: false,
	} as const;
	const tls = () => ({ secureContext: trust.secureContext(), timeout: connectTimeoutMs });
	const make = (uri: string): Dispatcher => {
		if (uri === "") {
			return new Agent({ ...limits, connect: encrypted ? tls() : { timeout: connectTimeoutMs } });
		}
		return new ProxyAgent({
			...limits,
			uri,
			...(encrypted ? { requestTls: tls() } : {}),
			...(uri.startsWith("https:") ? { proxyTls: tls() } : {}),
		});
	};
	return {
		dispatcher(route) {
			if (route.kind === "unsupported") return undefined;
			const uri = route.kind === "direct" ? "" : route.uri;
			let dispatcher = byUri.get(uri);
			if (dispatcher === undefined) {
				dispatcher = make(uri);
				byUri.set(uri, dispatcher);
			}
			return dispatcher;
		},
		async close() {
			const all = [...byUri.values()];
			byUri.clear();
			await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
		},
	};
}
