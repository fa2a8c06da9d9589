import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** Small pictures that decode, made in code. All of them are red. */

interface Size {
	readonly width: number;
	readonly height: number;
}

const big32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value >>> 0);
	return bytes;
};
const little32 = (value: number): Buffer => Buffer.from(big32(value)).reverse();
const little16 = (value: number): Buffer => little32(value).subarray(0, 2);
const little24 = (value: number): Buffer => little32(value).subarray(0, 3);

export function pngChunk(name: string, content: Uint8Array): Buffer {
	const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
	return Buffer.concat([big32(content.length), named, big32(crc32(named))]);
}

export const pngSignature = Buffer.from("89504e470d0a1a0a", "hex");

export const pngHead = ({ width, height }: Size): Buffer =>
	pngChunk("IHDR", Buffer.concat([big32(width), big32(height), Buffer.from([8, 2, 0, 0, 0])]));

/** More than one frame makes it an animated PNG. */
export function png(size: Size, frames = 1): Buffer {
	const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(size.width * 3, Buffer.from([204, 51, 51]))]);
	const pixels = deflateSync(Buffer.concat(Array.from({ length: size.height }, () => row)));
	const parts = [pngSignature, pngHead(size)];
	if (frames > 1) parts.push(pngChunk("acTL", Buffer.concat([big32(frames), big32(0)])));
	let sequence = 0;
	for (let frame = 0; frame < frames; frame++) {
		const place = [big32(size.width), big32(size.height), big32(0), big32(0)];
		const time = Buffer.from([0, 1, 0, 10, 0, 0]);
		if (frames > 1) parts.push(pngChunk("fcTL", Buffer.concat([big32(sequence++), ...place, time])));
		if (frame === 0) parts.push(pngChunk("IDAT", pixels));
		else parts.push(pngChunk("fdAT", Buffer.concat([big32(sequence++), pixels])));
	}
	return Buffer.concat([...parts, pngChunk("IEND", Buffer.alloc(0))]);
}

export function gif({ width, height }: Size, frames = 1): Buffer {
	const colours = Buffer.from([204, 51, 51, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
	const parts = [
		Buffer.from("GIF89a"),
		little16(width),
		little16(height),
		Buffer.from([0x81, 0, 0]),
		colours,
		Buffer.from("\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00", "latin1"),
	];
	for (let frame = 0; frame < frames; frame++) {
		parts.push(Buffer.from("\x21\xf9\x04\x00\x0a\x00\x00\x00", "latin1"));
		parts.push(Buffer.from([0x2c, 0, 0, 0, 0]), little16(width), little16(height), Buffer.from([0]));
		parts.push(Buffer.from([2]), gifPixels(width * height));
	}
	return Buffer.concat([...parts, Buffer.from([0x3b])]);
}

/** LZW without compression: the table is cleared before each pixel, so that every code has three bits. */
function gifPixels(count: number): Buffer {
	const codes = [...Array.from({ length: count }, () => [4, 0]).flat(), 5];
	const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8));
	codes.forEach((code, index) => {
		for (let bit = 0; bit < 3; bit++) {
			const at = index * 3 + bit;
			bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (((code >> bit) & 1) << (at & 7));
		}
	});
	const blocks: Buffer[] = [];
	for (let start = 0; start < bytes.length; start += 255) {
		const block = bytes.subarray(start, start + 255);
		blocks.push(Buffer.from([block.length]), block);
	}
	return Buffer.concat([...blocks, Buffer.from([0])]);
}

/** Tables and the scan of a picture of 7 by 5 pixels, as Chromium writes it. */
const jpegTables = Buffer.from(
	"/9sAQwBQNzxGPDJQRkFGWlVQX3jIgnhubnj1r7mRyP///////////////////////////////////////////////////9sAQwFVWlp4aXjrgoLr/////////////////////////////////////////////////////////////////////////8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAgP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA",
	"base64",
);
const jpegScan = Buffer.from("/9oADAMBAAIRAxEAPwCABXf/2Q==", "base64");

export function jpegSegment(marker: number, content: Uint8Array): Buffer {
	return Buffer.concat([Buffer.from([0xff, marker]), big32(content.length + 2).subarray(2), content]);
}

export const jpegFrame = ({ width, height }: Size, marker = 0xc0): Buffer =>
	jpegSegment(
		marker,
		Buffer.concat([
			Buffer.from([8]),
			big32(height).subarray(2),
			big32(width).subarray(2),
			Buffer.from("03012200021101031101", "hex"),
		]),
	);

/** What stands in front of the frame: Exif with an orientation as its only entry, in either order of bytes. */
export function exif(orientation: number, order: "little" | "big"): Buffer {
	const bytes = Buffer.from("4d4d002a00000008000101120003000000010000000000000000", "hex");
	if (order === "big") bytes.writeUInt16BE(orientation, 18);
	else {
		bytes.write("49492a000800000001001201030001000000", "hex");
		bytes.writeUInt16LE(orientation, 18);
	}
	return jpegSegment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), bytes]));
}

/** Decodes at 7 by 5; any other size is what its header says. */
export function jpeg(size: Size = { width: 7, height: 5 }, before: readonly Buffer[] = []): Buffer {
	return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, jpegTables, jpegFrame(size), jpegScan]);
}
export const jpegStart = Buffer.from([0xff, 0xd8]);
export const jpegEnd = jpegScan;

export function webpChunk(name: string, content: Uint8Array): Buffer {
	const even = Buffer.alloc(content.length % 2);
	return Buffer.concat([Buffer.from(name, "latin1"), little32(content.length), content, even]);
}

export function webp(...chunks: readonly Buffer[]): Buffer {
	const content = Buffer.concat([Buffer.from("WEBP"), ...chunks]);
	return Buffer.concat([Buffer.from("RIFF"), little32(content.length), content]);
}

/** 7 by 5 pixels, as Chromium writes them. */
export const lossyChunk = Buffer.from(
	"VlA4ICQAAABwAQCdASoHAAUAB0CWJaACdAFAAAD+2ibFwyGI/JL1J+VgiAA=",
	"base64",
);
export const losslessChunk = Buffer.from("VlA4TBEAAAAvBgABAAfQmTJ3pv+BiOh/AAA=", "base64");

export const webpCanvas = ({ width, height }: Size, flags = 0): Buffer =>
	webpChunk(
		"VP8X",
		Buffer.concat([Buffer.from([flags, 0, 0, 0]), little24(width - 1), little24(height - 1)]),
	);

export function webpFrame({ width, height }: Size): Buffer {
	const place = [little24(0), little24(0), little24(width - 1), little24(height - 1)];
	return webpChunk("ANMF", Buffer.concat([...place, little24(100), Buffer.from([0]), losslessChunk]));
}

export const animatedWebp = (frames: number, size: Size = { width: 7, height: 5 }): Buffer =>
	webp(
		webpCanvas(size, 2),
		webpChunk("ANIM", Buffer.alloc(6)),
		...Array.from({ length: frames }, () => webpFrame(size)),
	);
