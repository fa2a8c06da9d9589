import { big32, byte, stands } from "./byte-order.ts";
import type { PictureSize } from "./image-header.ts";

export const pngSignature = "\x89PNG\r\n\x1a\n";

/** Depths that each colour type may have (PNG, third edition, 11.2.1). */
const depths: Readonly<Record<number, readonly number[]>> = {
	0: [1, 2, 4, 8, 16],
	2: [8, 16],
	3: [1, 2, 4, 8],
	4: [8, 16],
	6: [8, 16],
};

/** PNG and animated PNG; null for a damaged one. Frames are counted where they stand, and as announced: the more counts. */
export function pngSize(bytes: Uint8Array): PictureSize | null {
	if (big32(bytes, 8) !== 13 || !stands(bytes, 12, "IHDR")) return null;
	const width = big32(bytes, 16);
	const height = big32(bytes, 20);
	if (depths[byte(bytes, 25)]?.includes(byte(bytes, 24)) !== true) return null;
	let announced = 1;
	let counted = 0;
	let hasPicture = false;
	// Length, name, content, checksum.
	for (let at = 8; at + 8 <= bytes.length; at += 12 + big32(bytes, at)) {
		if (stands(bytes, at + 4, "IDAT")) hasPicture = true;
		else if (stands(bytes, at + 4, "fcTL")) counted++;
		else if (stands(bytes, at + 4, "acTL")) announced = Math.max(announced, big32(bytes, at + 8) || 1);
		else if (stands(bytes, at + 4, "IEND")) break;
	}
	return hasPicture ? { width, height, frames: Math.max(announced, counted) } : null;
}
