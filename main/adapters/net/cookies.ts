import { CookieJar } from "tough-cookie";

/** The cookies of one account: never shared, never on disk. */
export interface Cookies {
	/** Takes the `Set-Cookie` headers of an answer from `url`; what breaks the rules is ignored. */
	take(url: string, headers: readonly string[]): void;
	/** The `Cookie` header for a request to `url`, or undefined. */
	header(url: string): string | undefined;
	clear(): void;
}

/** A server that sends more or longer cookies than this is not worth the memory (RFC 6265 asks for 50 of 4096 bytes). */
const maxPerAnswer = 100;
const maxLength = 8192;

export function createCookies(): Cookies {
	// Loose: some load balancers send a bare value without a name.
	// No public suffixes: see cookie-domain.ts.
	const jar = new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });
	return {
		take(url, headers) {
			for (const header of headers.slice(0, maxPerAnswer)) {
				if (header.length <= maxLength) jar.setCookieSync(header, url, { ignoreError: true });
			}
		},
		header(url) {
			const text = jar.getCookieStringSync(url);
			return text === "" ? undefined : text;
		},
		clear() {
			jar.removeAllCookiesSync();
		},
	};
}
