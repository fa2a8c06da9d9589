import { TransportFailure } from "../../core/ports/runtime.ts";
import { type AppError, type ErrorCode, appError } from "../../../shared/errors.ts";

/** What was tried, for the sentence that the agent reads. */
export interface Attempt {
	/** Host name and port. */
	readonly host: string;
	/** The proxy that was used, if one was. */
	readonly proxy?: string | undefined;
}

type Meaning = readonly [code: ErrorCode, reached: "no" | "maybe"];

/** The connection was not made, or (seldom) an established one was reported dead by the network. */
const connecting: Readonly<Record<string, ErrorCode>> = {
	ENOTFOUND: "network.unknownHost",
	EAI_AGAIN: "network.unknownHost",
	EAI_NODATA: "network.unknownHost",
	EAI_NONAME: "network.unknownHost",
	ECONNREFUSED: "network.refused",
	EHOSTUNREACH: "network.unreachable",
	ENETUNREACH: "network.unreachable",
	ENETDOWN: "network.unreachable",
	EHOSTDOWN: "network.unreachable",
	EADDRNOTAVAIL: "network.unreachable",
	EACCES: "network.unreachable",
	EPERM: "network.unreachable",
	UND_ERR_CONNECT_TIMEOUT: "network.timeout",
};

/** Chain and host checks of Node's TLS (`tls` documentation, X509 certificate error codes). */
const certificates: Readonly<Record<string, ErrorCode>> = {
	CERT_HAS_EXPIRED: "network.expiredCertificate",
	CERT_NOT_YET_VALID: "network.expiredCertificate",
	ERR_TLS_CERT_ALTNAME_INVALID: "network.certificateHostMismatch",
	HOSTNAME_MISMATCH: "network.certificateHostMismatch",
	DEPTH_ZERO_SELF_SIGNED_CERT: "network.untrustedCertificate",
	SELF_SIGNED_CERT_IN_CHAIN: "network.untrustedCertificate",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "network.untrustedCertificate",
	UNABLE_TO_GET_ISSUER_CERT: "network.untrustedCertificate",
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "network.untrustedCertificate",
	CERT_UNTRUSTED: "network.untrustedCertificate",
	CERT_REJECTED: "network.untrustedCertificate",
	CERT_REVOKED: "network.untrustedCertificate",
	CERT_SIGNATURE_FAILURE: "network.untrustedCertificate",
	CERT_CHAIN_TOO_LONG: "network.untrustedCertificate",
	INVALID_CA: "network.untrustedCertificate",
	INVALID_PURPOSE: "network.untrustedCertificate",
	PATH_LENGTH_EXCEEDED: "network.untrustedCertificate",
};

/** TLS errors that only occur before the first byte of a request; others may come with the answer. */
const tlsHandshake =
	/WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_SHARED_CIPHER|NO_CIPHERS|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/;

/** At any time: whether the server acted on the request is unknown. */
const whileUnderWay: Readonly<Record<string, ErrorCode>> = {
	ECONNRESET: "network.interrupted",
	ECONNABORTED: "network.interrupted",
	EPIPE: "network.interrupted",
	UND_ERR_SOCKET: "network.interrupted",
	UND_ERR_ABORTED: "network.interrupted",
	UND_ERR_CLOSED: "network.interrupted",
	UND_ERR_DESTROYED: "network.interrupted",
	UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "network.interrupted",
	ERR_STREAM_PREMATURE_CLOSE: "network.interrupted",
	ETIMEDOUT: "network.timeout",
	UND_ERR_HEADERS_TIMEOUT: "network.timeout",
	UND_ERR_BODY_TIMEOUT: "network.timeout",
	HPE_HEADER_OVERFLOW: "network.tooLarge",
	UND_ERR_HEADERS_OVERFLOW: "network.tooLarge",
	UND_ERR_RES_EXCEEDED_MAX_SIZE: "network.tooLarge",
};

/** Node's and undici's errors as one the agent can read, with what is known about the request's arrival. */
export function transportFailure(thrown: unknown, attempt: Attempt): TransportFailure {
	if (thrown instanceof TransportFailure) return thrown;
	const error = innermost(thrown);
	const [code, reached] = meaningOf(error, attempt);
	const where = code === "network.proxy" && attempt.proxy !== undefined ? attempt.proxy : attempt.host;
	return new TransportFailure(describe(code, where, error), reached, { cause: thrown });
}

interface Described {
	readonly code: string;
	readonly syscall: string;
	readonly message: string;
}

function meaningOf(error: Described, attempt: Attempt): Meaning {
	const { code } = error;
	if (code === "UND_ERR_PRX_TLS" || code === "UND_ERR_PRX_CONN") return ["network.proxy", "no"];
	if (/^Proxy (?:response \(\d+\)|Authentication Required)/.test(error.message))
		return ["network.proxy", "no"];
	const certificate = certificates[code];
	if (certificate !== undefined) return [certificate, "no"];
	// Node's words when the other side hangs up within the TLS handshake.
	if (/before secure TLS connection was established/.test(error.message)) return ["network.tls", "no"];
	if (/^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(code))
		return ["network.tls", tlsHandshake.test(code) ? "no" : "maybe"];
	const known = connecting[code] ?? whileUnderWay[code];
	const unconnected = /^(?:connect|getaddrinfo)$/.test(error.syscall) || code === "UND_ERR_CONNECT_TIMEOUT";
	// With a proxy in between, a connection that was not made is the one to the proxy.
	if (unconnected)
		return [attempt.proxy === undefined ? (known ?? "network.unreachable") : "network.proxy", "no"];
	if (known !== undefined) return [known, "maybe"];
	if (code.startsWith("HPE_") || /^(?:Z_|ERR__ERROR_FORMAT|ERR_PADDING|ERR_BROTLI)/.test(code)) {
		return ["http.malformed", "maybe"];
	}
	return ["network.interrupted", "maybe"];
}

function describe(code: ErrorCode, host: string, error: Described): AppError {
	const status = /^Proxy .*\((\d{3})\)/.exec(error.message)?.[1];
	return appError(code, { params: { host, ...(status === undefined ? {} : { status: Number(status) }) } });
}

/** The error that tells most: of several addresses tried the first one's, of a chain of causes the deepest with a code. */
function innermost(thrown: unknown): Described {
	let found: Described = { code: "", syscall: "", message: thrown instanceof Error ? thrown.message : "" };
	let current: unknown = thrown;
	for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
		if (current instanceof AggregateError && current.errors.length > 0) {
			current = current.errors[0];
			continue;
		}
		// undici's parser errors have a code for some faults only.
		const name = current.name === "HTTPParserError" ? "HPE_UNKNOWN" : undefined;
		const { code = name, syscall } = current as { code?: unknown; syscall?: unknown };
		if (typeof code === "string") {
			found = { code, syscall: typeof syscall === "string" ? syscall : "", message: current.message };
		}
		current = current.cause;
	}
	return found;
}
