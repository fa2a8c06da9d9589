import { byte, little16 } from "./byte-order.ts";
import type { PictureSize } from "./image-header.ts";

const extension = 0x21;
const picture = 0x2c;

/** GIF (89a, sections 18 to 27); null for a damaged one. A frame that sticks out of the screen makes it larger. */
export function gifSize(bytes: Uint8Array): PictureSize | null {
	let width = little16(bytes, 6);
	let height = little16(bytes, 8);
	let frames = 0;
	let at = 13 + colours(byte(bytes, 10));
	while (at < bytes.length) {
		const kind = bytes[at];
		if (kind === extension) at = afterBlocks(bytes, at + 2);
		else if (kind === picture && at + 10 <= bytes.length) {
			width = Math.max(width, little16(bytes, at + 1) + little16(bytes, at + 5));
			height = Math.max(height, little16(bytes, at + 3) + little16(bytes, at + 7));
			frames++;
			at = afterBlocks(bytes, at + 11 + colours(byte(bytes, at + 9)));
		} else break;
	}
	return frames === 0 ? null : { width, height, frames };
}

/** Bytes of the colour table that a field of flags announces. */
const colours = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** Blocks of up to 255 bytes, each with its length in front, until an empty one. */
function afterBlocks(bytes: Uint8Array, start: number): number {
	let at = start;
	while (at < bytes.length) {
		const length = byte(bytes, at);
		at += 1 + length;
		if (length === 0) break;
	}
	return at;
}
