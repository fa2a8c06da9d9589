import type { AppError } from "../../../shared/errors.ts";

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

/** What the bytes of a file say of it. */
export interface InspectedMedia {
	/** MIME type to treat it as: by its bytes where they say it, else the claimed one, else `application/octet-stream`. */
	readonly type: string;
	/** Pixels of a picture that may be shown: its header was read, and it is not too large to be drawn. Null: never shown. */
	readonly picture: { readonly width: number; readonly height: number } | null;
	/** Why something that claims to be a picture is not to be shown (`attachment.unreadable`, `attachment.unsafe`). */
	readonly problem: AppError | null;
}

/** Looks at bytes without drawing them. */
export interface MediaInspector {
	/** Never throws. `claimedType`: what the server or the window says it is; null: nothing. */
	inspect(bytes: Uint8Array, claimedType: string | null): InspectedMedia;
}

/**
 * What a file of this type may be called on this computer: a name without folders, and the extension that its type
 * has (never one that could be run), without the dot.
 */
export type SafeFileName = (
	name: string | null,
	type: string,
) => { readonly name: string; readonly extension: string };
