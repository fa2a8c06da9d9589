import { byte, little16, little24, little32, stands } from "./byte-order.ts";
import type { PictureSize } from "./image-header.ts";

interface Size {
	readonly width: number;
	readonly height: number;
}

/** WebP (RFC 9649), lossy, lossless and animated; null for a damaged one. The canvas and every frame count for the size. */
export function webpSize(bytes: Uint8Array): PictureSize | null {
	let width = 0;
	let height = 0;
	let pictures = 0;
	let frames = 0;
	const end = Math.min(bytes.length, 8 + little32(bytes, 4));
	// Name, length, content, and a byte that makes it even.
	for (let at = 12; at + 8 <= end;) {
		const size = sizeIn(bytes, at);
		if (size !== null) {
			width = Math.max(width, size.width);
			height = Math.max(height, size.height);
			if (!stands(bytes, at, "VP8X")) pictures++;
			if (stands(bytes, at, "ANMF")) frames++;
		}
		const length = little32(bytes, at + 4);
		at += 8 + length + (length % 2);
	}
	return pictures === 0 ? null : { width, height, frames: Math.max(1, frames) };
}

/** What a chunk covers of the canvas; null for one that covers nothing, or of which too little is there. */
function sizeIn(bytes: Uint8Array, at: number): Size | null {
	const content = at + 8;
	if (stands(bytes, at, "VP8X")) return whole(corner(bytes, content + 4));
	if (stands(bytes, at, "ANMF")) {
		const frame = corner(bytes, content + 6);
		const x = 2 * little24(bytes, content);
		const y = 2 * little24(bytes, content + 3);
		return whole({ width: x + frame.width, height: y + frame.height });
	}
	// A key frame (RFC 6386, 9.1): bit 0 clear, then a fixed code, then 14 bits each and 2 for scaling.
	if (
		stands(bytes, at, "VP8 ") &&
		stands(bytes, content + 3, "\x9d\x01\x2a") &&
		(byte(bytes, content) & 1) === 0
	)
		return whole({
			width: little16(bytes, content + 6) % 0x4000,
			height: little16(bytes, content + 8) % 0x4000,
		});
	if (stands(bytes, at, "VP8L") && stands(bytes, content, "\x2f")) {
		const bits = little32(bytes, content + 1);
		return whole({ width: (bits % 0x4000) + 1, height: (Math.floor(bits / 0x4000) % 0x4000) + 1 });
	}
	return null;
}

/** Two numbers of 24 bits that are one less than the size. */
const corner = (bytes: Uint8Array, at: number): Size => ({
	width: little24(bytes, at) + 1,
	height: little24(bytes, at + 3) + 1,
});

const whole = (size: Size): Size | null =>
	Number.isFinite(size.width) && Number.isFinite(size.height) ? size : null;
