import type { InspectMedia } from "../../core/ports/media.ts";
import { fileType } from "./file-type.ts";
import { readImageHeader } from "./image-header.ts";

/** What is shown in the window; anything beyond is offered as a file. */
export const displayLimits = {
	bytes: 20 * 1024 * 1024,
	/** 160 MB when decoded. */
	pixels: 40_000_000,
	side: 16_384,
	frames: 500,
	/** Of all frames together: what a moving picture costs for each round. */
	pixelsOfAllFrames: 1_000_000_000,
} as const;

/** Decides by the bytes alone whether something may be shown as a picture. Never throws. */
export const inspectMedia: InspectMedia = (bytes, claimedType) => {
	const header = readImageHeader(bytes);
	if (header === null) {
		const disguised = /^\s*image\//i.test(claimedType ?? "");
		return {
			kind: "file",
			type: fileType(bytes, claimedType),
			why: disguised ? "notThatImage" : "notAnImage",
		};
	}
	const { type, size } = header;
	if (size === null) return { kind: "file", type, why: "damaged" };
	const { width, height, frames } = size;
	if (bytes.length > displayLimits.bytes) return { kind: "file", type, why: "tooLarge" };
	if (width > displayLimits.side || height > displayLimits.side || width * height > displayLimits.pixels)
		return { kind: "file", type, why: "tooManyPixels" };
	if (frames > displayLimits.frames || frames * width * height > displayLimits.pixelsOfAllFrames)
		return { kind: "file", type, why: "tooManyFrames" };
	return { kind: "image", type, width, height, frames };
};
