import type { ProviderEvent } from "../ports/provider.ts";

/**
 * A batch in pieces of which each is one write: "everything is read" concerns what was told before it, and what the
 * same batch tells after it is unread. Nearly every batch is one piece.
 */
export function splitBatch(batch: readonly ProviderEvent[]): readonly (readonly ProviderEvent[])[] {
	const pieces: ProviderEvent[][] = [[]];
	/** Conversations whose mark is in the piece that is being made. */
	let marked = new Set<string>();
	for (const event of batch) {
		const said = event.type === "message" || event.type === "read" || event.type === "unread";
		if (said && marked.has(event.peer)) {
			pieces.push([]);
			marked = new Set();
		}
		pieces.at(-1)?.push(event);
		if (event.type === "read" || event.type === "unread") marked.add(event.peer);
	}
	return pieces;
}
