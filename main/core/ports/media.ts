export interface MediaRequest {
	/** Sent to the account's own origin only, never after a redirect to another. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	readonly maxBytes: number;
	/** Until the last byte; default 30 000. */
	readonly timeoutMs?: number;
}

export interface MediaResponse {
	readonly status: number;
	/** As claimed, without parameters, in lower case; null: not told. */
	readonly contentType: string | null;
	readonly bytes: Uint8Array;
}

/**
 * Fetches bytes that may lie on other hosts: https (http on this computer only), no cookies, bounded. Rejects with
 * `TransportFailure` (`network.*`); an address is a secret and never part of an error.
 */
export interface MediaClient {
	fetch(url: string, request: MediaRequest): Promise<MediaResponse>;
}
