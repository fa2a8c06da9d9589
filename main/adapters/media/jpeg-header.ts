import { big16, big32, byte, little16, little32, stands } from "./byte-order.ts";
import type { PictureSize } from "./image-header.ts";

/** Baseline, extended and progressive: what a browser shows. */
const shown = (marker: number): boolean => marker >= 0xc0 && marker <= 0xc2;
/** Every other kind of frame (ITU-T T.81, table B.1); C4, C8 and CC are no frames. */
const otherFrame = (marker: number): boolean =>
	marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const startOfScan = 0xda;
const endOfImage = 0xd9;
const exif = 0xe1;

/** JPEG (ITU-T T.81, annex B) as it is shown, turned as its Exif says; null for a damaged one. */
export function jpegSize(bytes: Uint8Array): PictureSize | null {
	let size: PictureSize | null = null;
	let turned: boolean | null = null;
	for (let at = 2; at + 4 <= bytes.length;) {
		if (bytes[at] !== 0xff) return null;
		const marker = byte(bytes, at + 1);
		// Bytes that fill up stand in front of a marker.
		if (marker === 0xff) {
			at++;
			continue;
		}
		if (marker === startOfScan) return size !== null && turned === true ? swapped(size) : size;
		const length = big16(bytes, at + 2);
		if (marker === endOfImage || otherFrame(marker) || length < 2) return null;
		if (marker === exif) turned ??= isTurned(bytes, at + 4, at + 2 + length);
		if (shown(marker)) {
			// A second frame is refused by the decoder too.
			if (size !== null) return null;
			const height = big16(bytes, at + 5);
			const width = big16(bytes, at + 7);
			if (Number.isNaN(width)) return null;
			size = { width, height, frames: 1 };
		}
		at += 2 + length;
	}
	return null;
}

const swapped = ({ width, height, frames }: PictureSize): PictureSize => ({
	width: height,
	height: width,
	frames,
});

/** Whether Exif (2.32, 4.6.4, tag 0x0112) lays the picture on its side; null: it says nothing of it. */
function isTurned(bytes: Uint8Array, start: number, end: number): boolean | null {
	if (!stands(bytes, start, "Exif\0\0")) return null;
	const tiff = start + 6;
	const little = stands(bytes, tiff, "II*\0");
	if (!little && !stands(bytes, tiff, "MM\0*")) return null;
	const read16 = little ? little16 : big16;
	const directory = tiff + (little ? little32 : big32)(bytes, tiff + 4);
	const entries = read16(bytes, directory);
	for (let index = 0; index < entries; index++) {
		const entry = directory + 2 + 12 * index;
		if (entry + 12 > end) return null;
		if (read16(bytes, entry) !== 0x0112) continue;
		const orientation = read16(bytes, entry + 8);
		return orientation >= 5 && orientation <= 8;
	}
	return null;
}
