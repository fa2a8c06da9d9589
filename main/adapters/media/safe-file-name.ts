import { Buffer } from "node:buffer";
import { extensions } from "./file-type.ts";

const mostBytes = 200;
/** Nobody reads further; what a sender writes may be of any length. */
const mostCharacters = 1000;

/** Names that Windows keeps for devices, whatever stands after the first dot. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))/iu;

/**
 * A name that every file system takes, without its extension: no path, no control or direction marks, no end that
 * Windows cuts off, and room for an extension and the name it has until it is whole (255 bytes on most systems).
 */
export function plainFileName(name: string, fallback: string): string {
	return fitted(cleaned(name), fallback);
}

function cleaned(name: string): string {
	return name
		.normalize("NFC")
		.replaceAll(/[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
		.replaceAll(/\s+/gu, " ");
}

function fitted(name: string, fallback: string): string {
	let short = "";
	for (const character of name) {
		if (Buffer.byteLength(short + character) > mostBytes) break;
		short += character;
	}
	short = short.replace(/^[\s.]+/u, "").replace(/[\s.]+$/u, "");
	return short === "" ? fallback : short.replace(device, "$1_");
}

/** Endings that would contradict the one the bytes give, or hide behind it. */
const known = new Set([
	...Object.values(extensions),
	...[
		"jpeg",
		"jpe",
		"jfif",
		"apng",
		"tiff",
		"heif",
		"htm",
		"html",
		"xhtml",
		"mht",
		"svg",
		"svgz",
		"xml",
		"text",
		"log",
	],
	...[
		"oga",
		"opus",
		"m4v",
		"mpeg",
		"mpg",
		"mkv",
		"avi",
		"docm",
		"xlsm",
		"pptm",
		"tar",
		"tgz",
		"iso",
		"img",
		"dmg",
	],
	...[
		"exe",
		"com",
		"scr",
		"pif",
		"bat",
		"cmd",
		"msi",
		"msp",
		"cpl",
		"dll",
		"sys",
		"lnk",
		"url",
		"scf",
		"hta",
		"chm",
	],
	...[
		"js",
		"jse",
		"mjs",
		"vbs",
		"vbe",
		"wsf",
		"wsh",
		"ps1",
		"psm1",
		"reg",
		"inf",
		"gadget",
		"jar",
		"class",
		"apk",
	],
	...[
		"app",
		"command",
		"pkg",
		"sh",
		"bash",
		"zsh",
		"py",
		"pl",
		"rb",
		"php",
		"run",
		"bin",
		"deb",
		"rpm",
		"appimage",
	],
	...[
		"desktop",
		"workflow",
		"terminal",
		"webloc",
		"application",
		"appref-ms",
		"msix",
		"appx",
		"settingcontent-ms",
	],
]);

/**
 * The name under which a received file is offered for saving. The ending is that of the inspected type, never the
 * sender's; the sender's endings that look like one go (`photo.jpg.exe` of a picture becomes `photo.jpg`).
 */
export function safeFileName(suggested: string | null, type: string): string {
	const extension = Object.hasOwn(extensions, type) ? (extensions[type] ?? "bin") : "bin";
	// The last name of a path of any system; what a system that takes `\` for a letter meant by it does not matter.
	const last = (suggested ?? "").split(/[/\\]/).findLast((part) => part.trim() !== "") ?? "";
	const fallback = type.startsWith("image/") && type !== "image/svg+xml" ? "image" : "file";
	let base = cleaned(last.slice(0, mostCharacters)).replace(/[\s.]+$/u, "");
	for (;;) {
		const ending = /^(.*[^\s.])[\s.]*\.\s*([a-z0-9-]+)$/isu.exec(base);
		if (ending === null || !known.has((ending[2] ?? "").toLowerCase())) break;
		base = ending[1] ?? "";
	}
	return `${fitted(base, fallback)}.${extension}`;
}
