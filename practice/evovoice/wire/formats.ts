import type { IncomingHttpHeaders } from "node:http";

/** How a reply is written (sheet, 1.1). */
export type Format = "json" | "xml" | "jsv" | "csv" | "jsonl" | "html";

export interface FormatChoice {
	readonly format: Format;
	/** Name of the JSONP function; null: no JSONP. */
	readonly callback: string | null;
	/** The path without a suffix that chose the format. */
	readonly path: string;
}

const names: readonly Format[] = ["json", "xml", "jsv", "csv", "jsonl", "html"];

const mediaTypes: Readonly<Record<string, Format>> = {
	"application/json": "json",
	"text/json": "json",
	"application/xml": "xml",
	"text/xml": "xml",
	"application/jsv": "jsv",
	"text/jsv": "jsv",
	"text/csv": "csv",
	"text/jsonl": "jsonl",
	"application/jsonl": "jsonl",
	"text/html": "html",
	"application/xhtml+xml": "html",
};

/** What the service answers in: callback, then `format=`, then the suffix, then `Accept` (sheet, 1.1). */
export function chooseFormat(url: URL, headers: IncomingHttpHeaders): FormatChoice {
	const suffix = /\.(json|xml|jsv|csv|jsonl|html)$/i.exec(url.pathname);
	const path = suffix === null ? url.pathname : url.pathname.slice(0, -suffix[0].length);
	const callback = url.searchParams.get("callback");
	if (callback !== null && callback !== "")
		return { format: "json", callback: callback.replace(/[^A-Za-z0-9_.$]/g, "_"), path };
	const asked = (url.searchParams.get("format") ?? suffix?.[1] ?? "").toLowerCase();
	const named = names.find((name) => name === asked);
	if (named !== undefined) return { format: named, callback: null, path };
	return { format: accepted(headers.accept), callback: null, path };
}

/** The first type of `Accept` that is known; JSON where none is, or none was sent. */
function accepted(header: string | undefined): Format {
	for (const part of (header ?? "").split(",")) {
		const [type = ""] = part.split(";");
		const format = mediaTypes[type.trim().toLowerCase()];
		if (format !== undefined) return format;
	}
	return "json";
}

/** `Content-Type` of a reply; XML without a charset (sheet, section 1). */
export const contentTypes: Readonly<Record<Format, string>> = {
	json: "application/json; charset=utf-8",
	xml: "application/xml",
	jsv: "text/jsv; charset=utf-8",
	csv: "text/csv; charset=utf-8",
	jsonl: "text/jsonl; charset=utf-8",
	html: "text/html; charset=utf-8",
};
