import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readImageHeader } from "./image-header.ts";
import {
	animatedWebp,
	exif,
	gif,
	jpeg,
	jpegEnd,
	jpegFrame,
	jpegSegment,
	jpegStart,
	losslessChunk,
	lossyChunk,
	png,
	pngChunk,
	pngHead,
	pngSignature,
	webp,
	webpCanvas,
	webpChunk,
	webpFrame,
} from "./testing/pictures.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

const size = { width: 7, height: 5 };

const corpus: readonly (readonly [name: string, bytes: Buffer, type: string, frames: number])[] = [
	["PNG", png(size), "image/png", 1],
	["animated PNG", png(size, 3), "image/png", 3],
	["GIF", gif(size), "image/gif", 1],
	["animated GIF", gif(size, 4), "image/gif", 4],
	["JPEG", jpeg(), "image/jpeg", 1],
	[
		"JPEG with Exif and a comment",
		jpeg(size, [exif(1, "big"), jpegSegment(0xfe, Buffer.from("x"))]),
		"image/jpeg",
		1,
	],
	["JPEG with bytes that fill up", jpeg(size, [Buffer.from([0xff, 0xff, 0xff])]), "image/jpeg", 1],
	["lossy WebP", webp(lossyChunk), "image/webp", 1],
	["lossless WebP", webp(losslessChunk), "image/webp", 1],
	[
		"WebP with a canvas",
		webp(webpCanvas(size), webpChunk("ICCP", Buffer.from("x")), lossyChunk),
		"image/webp",
		1,
	],
	["animated WebP", animatedWebp(5), "image/webp", 5],
];

test.each(corpus)("%s: type, size and frames", (_name, bytes, type, frames) => {
	expect(readImageHeader(bytes)).toEqual({ type, size: { ...size, frames } });
});

test.each(corpus)(
	"%s: every prefix is either no image, damaged, or an image of that size",
	(_name, bytes, type, frames) => {
		for (let length = 0; length < bytes.length; length++) {
			const header = readImageHeader(bytes.subarray(0, length));
			if (header === null) {
				expect(length).toBeLessThan(12);
				continue;
			}
			expect(header.type).toBe(type);
			if (header.size === null) continue;
			expect(header.size).toMatchObject(size);
			expect(header.size.frames).toBeLessThanOrEqual(frames);
		}
	},
);

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
	"a photograph with the orientation %i is as it is shown",
	(orientation) => {
		const shown = orientation >= 5 ? { width: 30, height: 40 } : { width: 40, height: 30 };
		for (const order of ["little", "big"] as const)
			expect(
				readImageHeader(jpeg({ width: 40, height: 30 }, [exif(orientation, order)]))?.size,
			).toMatchObject(shown);
	},
);

const after = (bytes: Buffer, at: number, ...values: number[]): Buffer => {
	const changed = Buffer.from(bytes);
	changed.set(values, at);
	return changed;
};

test.each([
	["a PNG of no width", after(png(size), 16, 0, 0, 0, 0)],
	[
		"a PNG whose first chunk is another",
		Buffer.concat([pngSignature, pngChunk("tEXt", Buffer.alloc(13)), pngHead(size)]),
	],
	["a PNG with an impossible depth", after(png(size), 24, 3)],
	["a PNG with an unknown colour type", after(png(size), 25, 9)],
	[
		"a PNG without a picture",
		Buffer.concat([pngSignature, pngHead(size), pngChunk("IEND", Buffer.alloc(0))]),
	],
	[
		"a PNG whose chunk claims 4 GB",
		Buffer.concat([
			pngSignature,
			pngHead(size),
			Buffer.from("ffffffff74455874", "hex"),
			png(size).subarray(33),
		]),
	],
	["a GIF without a picture", Buffer.concat([gif(size).subarray(0, 25), Buffer.from([0x3b])])],
	["a GIF that ends in a colour table", gif(size).subarray(0, 20)],
	["a JPEG without a frame", Buffer.concat([jpegStart, jpegEnd])],
	["a JPEG without a scan", Buffer.concat([jpegStart, jpegFrame(size), Buffer.from([0xff, 0xd9])])],
	[
		"a JPEG with two frames",
		Buffer.concat([jpegStart, jpegFrame(size), jpegFrame({ width: 1, height: 1 }), jpegEnd]),
	],
	[
		"a lossless JPEG of a kind that no browser shows",
		Buffer.concat([jpegStart, jpegFrame(size, 0xc3), jpegEnd]),
	],
	["a JPEG that leaves its height for later", jpeg({ width: 7, height: 0 })],
	[
		"a JPEG with a segment of length 0",
		Buffer.concat([jpegStart, Buffer.from("ffe00000", "hex"), jpegFrame(size), jpegEnd]),
	],
	[
		"a JPEG with a segment beyond its end",
		Buffer.concat([jpegStart, Buffer.from("ffe0ffff", "hex"), jpegFrame(size), jpegEnd]),
	],
	[
		"a JPEG with bytes between its segments",
		Buffer.concat([jpegStart, jpegFrame(size), Buffer.from("00"), jpegEnd]),
	],
	["a WebP of a canvas alone", webp(webpCanvas(size))],
	["a WebP whose file length is 0", after(webp(lossyChunk), 4, 0, 0, 0, 0)],
	["a WebP that begins with a frame of changes", after(webp(lossyChunk), 20, 0x71)],
	["a WebP without its code", after(webp(lossyChunk), 23, 0)],
	[
		"a WebP whose chunk claims 4 GB",
		webp(Buffer.concat([Buffer.from("JUNK"), Buffer.alloc(4, 0xff)]), lossyChunk),
	],
])("%s is damaged", (_what, bytes) => {
	expect(readImageHeader(bytes)).toMatchObject({ size: null });
});

test.each([
	["frames that a PNG has and does not announce", after(png(size, 9), 44, 0), 9],
	[
		"frames that a PNG announces and does not have",
		Buffer.concat([
			png(size).subarray(0, 33),
			pngChunk("acTL", Buffer.from("0000ffff00000000", "hex")),
			png(size).subarray(33),
		]),
		65_535,
	],
	[
		"frames of a WebP that does not call itself animated",
		webp(webpCanvas(size), webpFrame(size), webpFrame(size)),
		2,
	],
])("%s count", (_what, bytes, frames) => {
	expect(readImageHeader(bytes)?.size?.frames).toBe(frames);
});

test("the largest part counts: frames beyond a GIF's screen, a WebP's canvas or picture", () => {
	const [at] = [gif(size).indexOf(Buffer.from([0x2c, 0, 0, 0, 0]))];
	expect(readImageHeader(after(gif(size), at + 1, 0x10, 0x27, 0x20, 0x4e))?.size).toMatchObject({
		width: 10_007,
		height: 20_005,
	});
	expect(readImageHeader(after(gif(size), 6, 0, 0, 0, 0))?.size).toMatchObject(size);
	expect(readImageHeader(webp(webpCanvas({ width: 16_384, height: 2 }), lossyChunk))?.size).toMatchObject({
		width: 16_384,
		height: 5,
	});
	expect(
		readImageHeader(
			webp(webpCanvas({ width: 1, height: 1 }, 2), webpFrame({ width: 9000, height: 8000 })),
		)?.size,
	).toMatchObject({ width: 9000, height: 8000 });
});

test("sizes are read whole", () => {
	const large = { width: 0xfffe, height: 0xabcd };
	expect(readImageHeader(jpeg(large))?.size).toMatchObject(large);
	expect(readImageHeader(after(png(size), 16, 0x7f, 0xff, 0xff, 0xff))?.size?.width).toBe(0x7fffffff);
	expect(readImageHeader(after(png(size), 16, 0xff, 0xff, 0xff, 0xff))?.size?.width).toBe(0xffffffff);
	const bits = after(webp(losslessChunk), 21, 0xff, 0xff, 0xff, 0x0f);
	expect(readImageHeader(bits)?.size).toMatchObject({ width: 16_384, height: 16_384 });
});

test.each([
	["nothing", Buffer.alloc(0)],
	["one byte", Buffer.from([0x89])],
	["a drawing", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")],
	["a RIFF of sound", Buffer.from("RIFF\0\0\0\0WAVEfmt ")],
	["GIF in capitals only by name", Buffer.from("GIF88a")],
	["BMP", Buffer.from("BM000000")],
])("%s is no image", (_what, bytes) => {
	expect(readImageHeader(bytes)).toBeNull();
});

test(
	"nothing throws, on noise and on damaged pictures, and a size is always a number",
	() => {
		const signatures = corpus.map(([, bytes]) => bytes.subarray(0, 33));
		const noise = fc
			.tuple(fc.constantFrom(Buffer.alloc(0), ...signatures), fc.uint8Array({ maxLength: 200 }))
			.map(([start, rest]) => Buffer.concat([start, rest]));
		const damaged = fc
			.tuple(
				fc.constantFrom(...corpus.map(([, bytes]) => bytes)),
				fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { maxLength: 6 }),
			)
			.map(([bytes, changes]) => {
				const changed = Buffer.from(bytes);
				for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
				return changed;
			});
		fc.assert(
			fc.property(fc.oneof(noise, damaged), (bytes) => {
				const read = readImageHeader(bytes)?.size;
				if (read === null || read === undefined) return;
				for (const value of [read.width, read.height, read.frames]) {
					expect(Number.isSafeInteger(value)).toBe(true);
					expect(value).toBeGreaterThan(0);
				}
			}),
			{ numRuns: 5000 },
		);
	},
	propertyLimitMs,
);

test("work is bounded by the bytes: a picture of the shortest possible parts", () => {
	const many = Buffer.alloc(2_000_000);
	for (let at = 0; at < many.length; at += 2) many[at] = 1;
	const blocks = Buffer.concat([gif(size).subarray(0, 25), Buffer.from([0x21, 0xfe]), many]);
	expect(readImageHeader(blocks)).toEqual({ type: "image/gif", size: null });
	const chunks = Buffer.concat([pngSignature, pngHead(size), Buffer.alloc(3_000_000)]);
	expect(readImageHeader(chunks)).toEqual({ type: "image/png", size: null });
	expect(readImageHeader(webp(Buffer.alloc(2_000_000)))).toEqual({ type: "image/webp", size: null });
	const fill = Buffer.concat([jpegStart, Buffer.alloc(2_000_000, 0xff)]);
	expect(readImageHeader(fill)).toEqual({ type: "image/jpeg", size: null });
});
