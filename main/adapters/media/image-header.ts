import type { ImageType } from "../../core/ports/media.ts";
import { stands } from "./byte-order.ts";
import { gifSize } from "./gif-header.ts";
import { jpegSize } from "./jpeg-header.ts";
import { pngSignature, pngSize } from "./png-header.ts";
import { webpSize } from "./webp-header.ts";

export interface PictureSize {
	/** Pixels. */
	readonly width: number;
	readonly height: number;
	/** 1 for a picture that does not move. */
	readonly frames: number;
}

export interface ImageHeader {
	readonly type: ImageType;
	/** null: damaged, no picture with a size follows. */
	readonly size: PictureSize | null;
}

interface Format {
	readonly type: ImageType;
	has(bytes: Uint8Array): boolean;
	size(bytes: Uint8Array): PictureSize | null;
}

const formats: readonly Format[] = [
	{ type: "image/png", has: (bytes) => stands(bytes, 0, pngSignature), size: pngSize },
	{ type: "image/jpeg", has: (bytes) => stands(bytes, 0, "\xff\xd8\xff"), size: jpegSize },
	{
		type: "image/gif",
		has: (bytes) => stands(bytes, 0, "GIF87a") || stands(bytes, 0, "GIF89a"),
		size: gifSize,
	},
	{
		type: "image/webp",
		has: (bytes) => stands(bytes, 0, "RIFF") && stands(bytes, 8, "WEBP"),
		size: webpSize,
	},
];

/**
 * Type, size and frames from the bytes, without decoding: one pass over chunk lengths, at most one step a byte.
 * null if no signature of a shown format begins them.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
	const format = formats.find((candidate) => candidate.has(bytes));
	if (format === undefined) return null;
	const size = format.size(bytes);
	return { type: format.type, size: size !== null && size.width > 0 && size.height > 0 ? size : null };
}
