import type { AppError } from "../../../shared/errors.ts";

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

/** The pictures that are shown. */
export const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
export type ImageType = (typeof imageTypes)[number];

export function isImageType(type: string): type is ImageType {
	return (imageTypes as readonly string[]).includes(type);
}

/** Why something is offered as a file only; a sentence each for the person. */
export type FileReason =
	/** Nothing wrong: a document, a recording, anything else. */
	| "notAnImage"
	/** It claims to be an image and is none that is shown: another format, a page, a drawing with scripts. */
	| "notThatImage"
	| "damaged"
	| "tooLarge"
	| "tooManyPixels"
	| "tooManyFrames";

export type InspectedMedia =
	| {
			readonly kind: "image";
			readonly type: ImageType;
			/** Pixels as shown, with the turn that a photograph's own data asks for. */
			readonly width: number;
			readonly height: number;
			/** 1: it does not move. */
			readonly frames: number;
	  }
	| {
			readonly kind: "file";
			/** By the bytes; `application/octet-stream` where they do not tell. */
			readonly type: string;
			readonly why: FileReason;
	  };

/** What some bytes are, whatever their sender claims. Never throws. */
export type InspectMedia = (bytes: Uint8Array, claimedType: string | null) => InspectedMedia;

/** What the bytes of a file say of it. */
export interface MediaVerdict {
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
	inspect(bytes: Uint8Array, claimedType: string | null): MediaVerdict;
}

/**
 * What a file of this type may be called on this computer: a name without folders, and the extension that its type
 * has (never one that could be run), without the dot.
 */
export type SafeFileName = (
	name: string | null,
	type: string,
) => { readonly name: string; readonly extension: string };
