import { type AppError, type Result, appError, failed, ok } from "./errors.ts";

/** A server as the agent named it, in its normal form. */
export interface ServerAddress {
	/** Scheme, host and port, e.g. `https://gws.example.com:8090`; the port only if it is not the scheme's own. */
	readonly origin: string;
	/** `""`, or a path that begins with `/` and does not end with one, e.g. `/api/v2`. */
	readonly basePath: string;
	/** False for http: what passes can be read on the way. */
	readonly encrypted: boolean;
	/** The server is on this computer. */
	readonly loopback: boolean;
}

const schemePattern = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * Reads what a person typed or an administrator provisioned: http or https, https where no scheme is given.
 * Credentials, a query or a fragment are refused: a server address with a password in it ends up in logs.
 */
export function parseServerAddress(text: string): Result<ServerAddress> {
	const trimmed = text.trim();
	const scheme = schemePattern.exec(trimmed)?.[1]?.toLowerCase();
	if (scheme !== undefined && scheme !== "http" && scheme !== "https") return failed(badAddress());
	// A space, a backslash or a control character is a typing error that URL would quietly mend into something else.
	if (trimmed === "" || trimmed.length > 2000 || /[\s\\\p{Cc}]/u.test(trimmed)) return failed(badAddress());
	const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length + 3);
	if (rest.startsWith("/") || /[@?#]/.test(rest)) return failed(badAddress());
	const url = parseUrl(`${scheme ?? "https"}://${rest}`);
	if (url === undefined || url.hostname === "" || url.port === "0") return failed(badAddress());
	return ok({
		origin: url.origin,
		basePath: url.pathname.replace(/\/+$/, ""),
		encrypted: url.protocol === "https:",
		loopback: isLoopback(url.hostname),
	});
}

function badAddress(): AppError {
	return appError("network.badAddress");
}

function parseUrl(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/** Whether a host name as `URL.hostname` gives it is this computer (RFC 6761 for `localhost`, RFC 1122 and RFC 4291 for the addresses). */
export function isLoopback(hostname: string): boolean {
	const host = hostname.toLowerCase().replace(/\.$/, "");
	return (
		host === "localhost" ||
		host.endsWith(".localhost") ||
		host === "[::1]" ||
		/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) ||
		/^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(host)
	);
}
