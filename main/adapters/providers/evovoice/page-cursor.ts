import type { EpochMs } from "../../../core/ports/runtime.ts";

/** Where a list of messages goes on; opaque to core, and kept by it over restarts. */
export interface PageCursor {
	/** By the id of the conversation, or of its endpoint. */
	readonly way: "c" | "e";
	readonly id: string;
	readonly count: number;
	/** Newest first, oldest first, in no order. */
	readonly order: "d" | "a" | "u";
	/** Number of the page; without an order, how many messages were given. */
	readonly at: number;
	/** Everything from here on is older. */
	readonly end: EpochMs;
}

export function writeCursor({ way, id, count, order, at, end }: PageCursor): string {
	return [way, order, String(at), String(count), String(end), encodeURIComponent(id)].join(" ");
}

/** Null: not one of ours. */
export function readCursor(text: string): PageCursor | null {
	const found = /^([ce]) ([dau]) (\d{1,7}) (\d{1,3}) (\d{1,15}) (\S+)$/.exec(text);
	if (found === null) return null;
	const [, way, order, at, count, end, id = ""] = found;
	try {
		return {
			way: way === "c" ? "c" : "e",
			order: order === "d" ? "d" : order === "a" ? "a" : "u",
			at: Number(at),
			count: Number(count),
			end: Number(end),
			id: decodeURIComponent(id),
		};
	} catch {
		return null;
	}
}
