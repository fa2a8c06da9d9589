export interface MediaRequest {
	/** Sent to the account's own origin only, never after a redirect to another. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	/** After inflation; more is refused while it is read, whatever length was announced. */
	readonly maxBytes: number;
	/** Until the last byte; default 30 000. */
	readonly timeoutMs?: number;
}

export interface MediaResponse {
	readonly status: number;
	/** As claimed, without parameters, in lower case; null: not told. Never a reason to show something. */
	readonly contentType: string | null;
	/** Empty unless the status is 200 to 299. */
	readonly bytes: Uint8Array;
}

/**
 * One account's way to bytes that may lie on other hosts: https only (http on this computer while the account's
 * server is there too), no cookies, at most 5 redirects, bounded. An address is a secret and never part of an error:
 * rejects with `TransportFailure`, a `network.*` or `http.malformed` code with the host, `media.address` for an address
 * that is not opened, `cancelled`.
 */
export interface MediaClient {
	fetch(url: string, request: MediaRequest): Promise<MediaResponse>;
	close(): Promise<void>;
}
