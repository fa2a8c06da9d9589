import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { isXml, readBody } from "./answers.ts";

/** How a server is asked for a format that can be read (sheet, 1.1). JSONP is none: its errors look like answers. */
export interface Dialect {
	readonly format: "json" | "xml";
	/** By header, by `?format=`, by a suffix of the path. */
	readonly by: "accept" | "format" | "suffix";
}

/** In the order in which they are tried: JSON before XML, and what the vendor's own client does first. */
export const dialects: readonly [Dialect, ...Dialect[]] = [
	{ format: "json", by: "accept" },
	{ format: "json", by: "format" },
	{ format: "json", by: "suffix" },
	{ format: "xml", by: "accept" },
	{ format: "xml", by: "format" },
	{ format: "xml", by: "suffix" },
];

/** A path (with query) and headers that ask for the format. */
export function inDialect(
	{ format, by }: Dialect,
	path: string,
): { readonly path: string; readonly accept: string } {
	const accept = `application/${format}`;
	const [bare = "", query] = path.split(/\?(.*)/s);
	switch (by) {
		case "accept":
			return { path, accept };
		case "format":
			return { path: `${bare}?${query === undefined ? "" : `${query}&`}format=${format}`, accept };
		case "suffix":
			return { path: `${bare}.${format}${query === undefined ? "" : `?${query}`}`, accept };
	}
}

/** Whether an answer to a call that anybody may make can be read; what it says is another matter. */
export function isReadable(response: HttpResponse): boolean {
	const { status } = response;
	if (status === 406 || status === 415) return false;
	if (status < 200 || status > 299) return true;
	try {
		readBody(response);
		return true;
	} catch {
		return false;
	}
}

/** The dialect that this answer to `asked` speaks for: a server may write XML whatever it is asked for. */
export function spoken(asked: Dialect, response: HttpResponse): Dialect {
	return isXml(response) ? { ...asked, format: "xml" } : asked;
}
