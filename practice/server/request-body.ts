import type { IncomingMessage } from "node:http";

/** What a request carried. */
export type RequestBody =
	| { readonly kind: "none" }
	| { readonly kind: "json"; readonly value: unknown }
	/** Not JSON: forms, XML, or nothing that makes sense. */
	| { readonly kind: "unreadable"; readonly text: string }
	| { readonly kind: "tooLarge" };

const usualMostBytes = 1_048_576;

/** Reads and parses a body of at most 1 MiB, or as many bytes as said. Null: the client went away. */
export async function readBody(
	request: IncomingMessage,
	mostBytes: number = usualMostBytes,
): Promise<RequestBody | null> {
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
	const text = Buffer.concat(chunks).toString("utf8");
	try {
		return { kind: "json", value: JSON.parse(text) as unknown };
	} catch {
		return { kind: "unreadable", text };
	}
}
