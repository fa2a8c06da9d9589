/**
 * The key of a conversation: the account's slug, a slash, and the other side's number (E.164, or a short code); for a
 * message to several people their numbers in order, with commas. A new conversation that the server begins for the same
 * number of the same account is the same thread (row 23), so the server's own ids are no part of it. A slug is one
 * segment of a path and has no slash, and a number has no comma.
 */
export interface Key {
	readonly slug: string;
	readonly numbers: readonly string[];
}

export function keyOf(slug: string, ...numbers: readonly string[]): string {
	return `${slug}/${[...new Set(numbers)].sort().join(",")}`;
}

/** Null: it is no key of this system. */
export function parseKey(peer: string): Key | null {
	const slash = peer.indexOf("/");
	if (slash <= 0 || slash === peer.length - 1) return null;
	return { slug: peer.slice(0, slash), numbers: peer.slice(slash + 1).split(",") };
}
