import { byte, stands } from "./byte-order.ts";

/** What a file that is not shown can be, and the ending it is saved under. Nothing here runs when it is opened. */
export const extensions: Readonly<Record<string, string>> = {
	"image/png": "png",
	"image/jpeg": "jpg",
	"image/gif": "gif",
	"image/webp": "webp",
	"image/heic": "heic",
	"image/avif": "avif",
	"image/bmp": "bmp",
	"image/tiff": "tif",
	"application/pdf": "pdf",
	"application/rtf": "rtf",
	"application/zip": "zip",
	"application/gzip": "gz",
	"application/x-7z-compressed": "7z",
	"application/vnd.rar": "rar",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/msword": "doc",
	"application/vnd.ms-excel": "xls",
	"application/vnd.ms-powerpoint": "ppt",
	"audio/mpeg": "mp3",
	"audio/wav": "wav",
	"audio/ogg": "ogg",
	"audio/flac": "flac",
	"audio/amr": "amr",
	"audio/mp4": "m4a",
	"video/mp4": "mp4",
	"video/quicktime": "mov",
	"video/3gpp": "3gp",
	"video/webm": "webm",
	"text/vcard": "vcf",
	"text/calendar": "ics",
	"text/csv": "csv",
	"text/plain": "txt",
	// Pages, drawings and scripts run when they are opened: they are saved as the text they are.
	"text/html": "txt",
	"text/xml": "txt",
	"image/svg+xml": "txt",
	"text/x-script": "txt",
	"application/x-executable": "bin",
	"application/octet-stream": "bin",
};

const unknown = "application/octet-stream";

type Mark = readonly [type: string, at: number, text: string];

const marks: readonly Mark[] = [
	["application/pdf", 0, "%PDF-"],
	["application/rtf", 0, "{\\rtf"],
	["application/gzip", 0, "\x1f\x8b"],
	["application/x-7z-compressed", 0, "7z\xbc\xaf\x27\x1c"],
	["application/vnd.rar", 0, "Rar!\x1a\x07"],
	["audio/mpeg", 0, "ID3"],
	["audio/mpeg", 0, "\xff\xfb"],
	["audio/mpeg", 0, "\xff\xf3"],
	["audio/mpeg", 0, "\xff\xf2"],
	["audio/wav", 8, "WAVE"],
	["audio/ogg", 0, "OggS"],
	["audio/flac", 0, "fLaC"],
	["audio/amr", 0, "#!AMR"],
	["video/webm", 0, "\x1a\x45\xdf\xa3"],
	["image/tiff", 0, "II*\0"],
	["image/tiff", 0, "MM\0*"],
	["text/vcard", 0, "BEGIN:VCARD"],
	["text/calendar", 0, "BEGIN:VCALENDAR"],
	["application/x-executable", 0, "\x7fELF"],
	["application/x-executable", 0, "\xfe\xed\xfa"],
	["application/x-executable", 0, "\xcf\xfa\xed\xfe"],
	["application/x-executable", 0, "\xce\xfa\xed\xfe"],
	["application/x-executable", 0, "\xca\xfe\xba\xbe"],
	["application/x-executable", 0, "\0asm"],
	// A Windows link.
	["application/x-executable", 0, "L\0\0\0\x01\x14\x02\0"],
];

/** Brands of the ISO base media format: the four characters behind `ftyp`. */
const brands: readonly (readonly [type: string, brand: string])[] = [
	["video/quicktime", "qt  "],
	["video/3gpp", "3g"],
	["audio/mp4", "M4A"],
	["image/avif", "avi"],
	["image/heic", "hei"],
	["image/heic", "mif1"],
];

const officeFolders: readonly (readonly [type: string, folder: string])[] = [
	["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/"],
	["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xl/"],
	["application/vnd.openxmlformats-officedocument.presentationml.presentation", "ppt/"],
];

const oldOffice = ["application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"];

/**
 * The type of a file by its first bytes. The claim is heard only where the bytes leave a choice that makes no
 * difference to safety: which office program, and whether text is a table.
 */
export function fileType(bytes: Uint8Array, claimedType: string | null): string {
	const claim = claimedType?.split(";")[0]?.trim().toLowerCase() ?? "";
	const marked = marks.find(([, at, text]) => stands(bytes, at, text));
	if (marked !== undefined && (marked[0] !== "audio/wav" || stands(bytes, 0, "RIFF"))) return marked[0];
	if (stands(bytes, 4, "ftyp"))
		return brands.find(([, brand]) => stands(bytes, 8, brand))?.[0] ?? "video/mp4";
	if (stands(bytes, 0, "PK\x03\x04")) return zipType(bytes);
	if (stands(bytes, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
		return oldOffice.includes(claim) ? claim : unknown;
	const text = beginning(bytes);
	if (text !== null) return textType(text, claim);
	if (stands(bytes, 0, "MZ")) return "application/x-executable";
	return stands(bytes, 0, "BM") ? "image/bmp" : unknown;
}

/** An office file is a ZIP with a folder of its program near the beginning; one without it may be a program. */
function zipType(bytes: Uint8Array): string {
	for (let at = 0; at < bytes.length && at < 65_536; at++) {
		if (byte(bytes, at) !== 0x50 || !stands(bytes, at, "PK\x03\x04")) continue;
		const found = officeFolders.find(([, folder]) => stands(bytes, at + 30, folder));
		if (found !== undefined) return found[0];
	}
	return "application/zip";
}

/** The first 4 KiB, if they are text. */
function beginning(bytes: Uint8Array): string | null {
	if (bytes.length === 0) return null;
	try {
		// `stream`: a character cut off by the limit is none of the text's faults.
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, 4096), {
			stream: true,
		});
		// eslint-disable-next-line no-control-regex -- what text does not contain
		return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text) ? null : text;
	} catch {
		return null;
	}
}

function textType(text: string, claim: string): string {
	const start = text.trimStart();
	if (start.startsWith("#!")) return "text/x-script";
	if (start.startsWith("<")) {
		if (/<svg[\s>]/i.test(start)) return "image/svg+xml";
		return /^<\?xml/i.test(start) ? "text/xml" : "text/html";
	}
	return claim === "text/csv" ? claim : "text/plain";
}
