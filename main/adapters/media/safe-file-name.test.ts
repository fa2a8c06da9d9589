import { Buffer } from "node:buffer";
import { basename } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { extensions } from "./file-type.ts";
import { plainFileName, safeFileName } from "./safe-file-name.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

test.each([
	["../../etc/passwd", "etc passwd"],
	["C:\\Users\\ana", "C Users ana"],
	["con", "con_"],
	["NUL.txt", "NUL_.txt"],
	["...", "conversation"],
	["", "conversation"],
	["+351 21 555 0110", "+351 21 555 0110"],
	["\u202Egnp.exe", "gnp.exe"],
	["Zoë Krüger", "Zoë Krüger"],
	["a\nb\tc", "a b c"],
])("the name %j becomes %j", (given, expected) => {
	expect(plainFileName(given, "conversation")).toBe(expected);
});

test("whatever a person is called, the name is one part of a path", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
			const safe = plainFileName(name, "conversation");
			expect(basename(safe)).toBe(safe);
			expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}]|[. ]$/u);
			expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(201);
			expect(safe).not.toBe("");
		}),
	);
});

test.each([
	["photo.png", "image/png", "photo.png"],
	["photo", "image/png", "photo.png"],
	["PHOTO.JPEG", "image/jpeg", "PHOTO.jpg"],
	["photo.jpg", "image/png", "photo.png"],
	["photo.jpg.exe", "image/jpeg", "photo.jpg"],
	["photo.exe.jpg", "image/jpeg", "photo.jpg"],
	["photo.jpg.exe", "application/x-executable", "photo.bin"],
	["photo.jpg          .exe", "application/x-executable", "photo.bin"],
	["photo.jpg . . .exe . ", "image/jpeg", "photo.jpg"],
	["photo.jpg. exe", "image/jpeg", "photo.jpg"],
	["invoice.pdf.lnk", "application/pdf", "invoice.pdf"],
	["invoice\u202efdp.exe", "application/pdf", "invoice fdp.pdf"],
	["drawing.svg", "image/svg+xml", "drawing.txt"],
	["page.html", "text/html", "page.txt"],
	["script.ps1", "text/x-script", "script.txt"],
	["Report 1.2", "application/pdf", "Report 1.2.pdf"],
	["Minutes v2.final", "application/pdf", "Minutes v2.final.pdf"],
	["../../etc/passwd", "text/plain", "passwd.txt"],
	["..\\..\\Windows\\System32\\evil.dll", "text/plain", "evil.txt"],
	["C:\\", "text/plain", "C.txt"],
	["folder/", "image/gif", "folder.gif"],
	["con.jpg", "image/jpeg", "con_.jpg"],
	["NUL.tar.gz", "application/gzip", "NUL_.gz"],
	["aux .txt", "text/plain", "aux_.txt"],
	["COM1.x.txt", "text/plain", "COM1_.x.txt"],
	[".htaccess", "text/plain", "htaccess.txt"],
	[".exe", "image/png", "exe.png"],
	["a\0b\r\nc.png", "image/png", "a b c.png"],
	["file.png:evil.exe", "image/png", "file.png evil.png"],
	["", "image/png", "image.png"],
	[null, "image/webp", "image.webp"],
	["...", "application/pdf", "file.pdf"],
	["\u202e\u200b", "image/svg+xml", "file.txt"],
	["x", "no/such", "x.bin"],
	["x", "__proto__", "x.bin"],
	["x", "constructor", "x.bin"],
	["Zoë Krüger 👩‍👧.jpg", "image/jpeg", "Zoë Krüger 👩 👧.jpg"],
	[`${"a".repeat(198)}.jpg`, "image/jpeg", `${"a".repeat(198)}.jpg`],
	[`${"ä".repeat(300)}.jpg`, "image/jpeg", `${"ä".repeat(100)}.jpg`],
])("%j of the type %s is saved as %j", (given, type, expected) => {
	expect(safeFileName(given, type)).toBe(expected);
});

test(
	"whatever the sender calls it, the name is safe, ends as the type says, and stays the same when given again",
	() => {
		const piece = fc.oneof(
			fc.constantFrom(
				".",
				"..",
				"/",
				"\\",
				" ",
				".exe",
				".jpg",
				".tar",
				"con",
				"nul",
				"\u202e",
				"\0",
				":",
				"com¹",
				"a",
				"1",
			),
			fc.string({ unit: "binary", maxLength: 4 }),
			fc.string({ unit: "grapheme", maxLength: 100 }),
		);
		const type = fc.oneof(fc.constantFrom(...Object.keys(extensions)), fc.string());
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 12 }), type, (pieces, of) => {
				const safe = safeFileName(pieces.join(""), of);
				expect(basename(safe)).toBe(safe);
				expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^[\s.]|[. ]$/u);
				expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(210);
				expect(safe).toMatch(/^.+\.[a-z0-9]{2,4}$/su);
				expect(
					safe.endsWith(
						`.${Object.entries(extensions).find(([name]) => name === of)?.[1] ?? "bin"}`,
					),
				).toBe(true);
				expect(safe).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*\./iu);
				expect(safeFileName(safe, of)).toBe(safe);
			}),
			{ numRuns: 3000 },
		);
	},
	propertyLimitMs,
);
