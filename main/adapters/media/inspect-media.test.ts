import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { extensions } from "./file-type.ts";
import { displayLimits, inspectMedia } from "./inspect-media.ts";
import { animatedWebp, gif, jpeg, png } from "./testing/pictures.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

const size = { width: 7, height: 5 };

test.each([
	["image/png", png(size), 1],
	["image/jpeg", jpeg(), 1],
	["image/gif", gif(size, 2), 2],
	["image/webp", animatedWebp(3), 3],
])("%s is shown, whatever it claims to be", (type, bytes, frames) => {
	for (const claim of [type, "text/html", "image/svg+xml", "", "nonsense", null])
		expect(inspectMedia(bytes, claim)).toEqual({ kind: "image", type, ...size, frames });
});

const sized = (width: number, height: number): Buffer => {
	const bytes = png(size);
	bytes.writeUInt32BE(width, 16);
	bytes.writeUInt32BE(height, 20);
	return bytes;
};
const framed = (count: number, side = 7): Buffer => {
	const bytes = png(size, 2);
	bytes.writeUInt32BE(side, 16);
	bytes.writeUInt32BE(side, 20);
	bytes.writeUInt32BE(count, 41);
	return bytes;
};

test("the limits hold at their borders", () => {
	const kind = (bytes: Uint8Array): string => {
		const found = inspectMedia(bytes, "image/png");
		return found.kind === "image" ? "image" : `${found.type} ${found.why}`;
	};
	expect(kind(sized(8000, 5000))).toBe("image");
	expect(kind(sized(8000, 5001))).toBe("image/png tooManyPixels");
	expect(kind(sized(16_384, 1))).toBe("image");
	expect(kind(sized(16_385, 1))).toBe("image/png tooManyPixels");
	expect(kind(sized(1, 16_385))).toBe("image/png tooManyPixels");
	expect(kind(sized(0xffffffff, 0xffffffff))).toBe("image/png tooManyPixels");
	expect(kind(framed(500))).toBe("image");
	expect(kind(framed(501))).toBe("image/png tooManyFrames");
	expect(kind(framed(250, 2000))).toBe("image");
	expect(kind(framed(251, 2000))).toBe("image/png tooManyFrames");
	const full = Buffer.concat([png(size), Buffer.alloc(displayLimits.bytes - png(size).length)]);
	expect(kind(full)).toBe("image");
	expect(kind(Buffer.concat([full, Buffer.alloc(1)]))).toBe("image/png tooLarge");
	expect(kind(png(size).subarray(0, 30))).toBe("image/png damaged");
});

const of = (text: string): Buffer => Buffer.from(text, "latin1");

test.each([
	["image/svg+xml", of("<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>")],
	["image/svg+xml", of("\n<?xml version='1.0'?><!DOCTYPE svg><svg>")],
	["text/xml", of("<?xml version='1.0'?><a/>")],
	["text/html", of("<!DOCTYPE html><script>1</script>")],
	["text/html", Buffer.from("\ufeff  <script>1</script>")],
	["text/x-script", of("#!/bin/sh\nrm -rf /")],
	["application/pdf", of("%PDF-1.7\n%\xe2\xe3")],
	["application/rtf", of("{\\rtf1}")],
	["application/zip", of("PK\x03\x04" + "\0".repeat(26) + "a.exe")],
	[
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		of(
			"PK\x03\x04" +
				"\0".repeat(26) +
				"[Content_Types].xml" +
				"PK\x03\x04" +
				"\0".repeat(26) +
				"word/document.xml",
		),
	],
	["application/gzip", of("\x1f\x8b\x08")],
	["application/x-executable", of("MZ\x90\0\x03\0")],
	["application/x-executable", of("\x7fELF\x02")],
	["application/x-executable", of("L\0\0\0\x01\x14\x02\0")],
	["audio/mpeg", of("ID3\x04")],
	["audio/wav", of("RIFF\0\0\0\0WAVEfmt ")],
	["audio/amr", of("#!AMR\n")],
	["audio/mp4", of("\0\0\0 ftypM4A ")],
	["video/mp4", of("\0\0\0 ftypisom")],
	["video/3gpp", of("\0\0\0 ftyp3gp4")],
	["video/quicktime", of("\0\0\0\x14ftypqt  ")],
	["image/heic", of("\0\0\0 ftypheic")],
	["image/avif", of("\0\0\0 ftypavif")],
	["image/bmp", of("BM\x36\0\0\0\0")],
	["image/tiff", of("II*\0\x08\0\0\0")],
	["text/vcard", of("BEGIN:VCARD\r\nVERSION:3.0")],
	["text/plain", Buffer.from("Zażółć gęślą jaźń 👋")],
	["text/plain", Buffer.from("я".repeat(5000))],
	["application/octet-stream", of("")],
	["application/octet-stream", of("\x00\x01\x02\x03")],
	["application/octet-stream", of("text, then \0")],
	["application/octet-stream", of("RIFF\0\0\0\0AVI ")],
	["application/octet-stream", of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
])("%s is known by its bytes and is a file", (type, bytes) => {
	expect(inspectMedia(bytes, null)).toEqual({ kind: "file", type, why: "notAnImage" });
	expect(inspectMedia(bytes, " Image/PNG ")).toEqual({ kind: "file", type, why: "notThatImage" });
	expect(Object.keys(extensions)).toContain(type);
});

test("a claim decides between office programs, and text and a table, and nothing else", () => {
	const type = (bytes: Buffer, claim: string): string => inspectMedia(bytes, claim).type;
	const office = of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
	expect(type(office, "application/msword; x=y")).toBe("application/msword");
	expect(type(office, "application/x-msi")).toBe("application/octet-stream");
	expect(type(of("a,b\n1,2"), "TEXT/CSV")).toBe("text/csv");
	expect(type(of("a,b\n1,2"), "text/html")).toBe("text/plain");
	expect(type(of("<b>"), "text/csv")).toBe("text/html");
	expect(type(of("MZ\x90\0"), "application/pdf")).toBe("application/x-executable");
});

test(
	"nothing throws, and nothing without a signature is an image",
	() => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 400 }),
				fc.oneof(fc.string(), fc.constant(null)),
				(bytes, claim) => {
					const found = inspectMedia(bytes, claim);
					expect(found.kind).toBe("file");
					expect(Object.keys(extensions)).toContain(found.type);
				},
			),
			{ numRuns: 3000 },
		);
	},
	propertyLimitMs,
);
