import type { IncomingMessage } from "node:http";

/** What a request carried. */
export type RequestBody =
	| { readonly kind: "none" }
	| { readonly kind: "json"; readonly value: unknown }
	| { readonly kind: "unreadable" }
	| { readonly kind: "tooLarge" };

const mostBytes = 1_048_576;

/** Reads and parses a body of at most 1 MiB. Null: the client went away. */
export async function readBody(request: IncomingMessage): Promise<RequestBody | null> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes <= mostBytes) chunks.push(chunk);
		}
	} catch {
		return null;
	}
	if (bytes > mostBytes) return { kind: "tooLarge" };
	if (bytes === 0) return { kind: "none" };
	try {
		return { kind: "json", value: JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown };
	} catch {
		return { kind: "unreadable" };
	}
}
