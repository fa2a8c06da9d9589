/** The agent as paths and rows name it (sheet, 1.1). */
export interface Identity {
	readonly domain: string;
	/** Extension. */
	readonly user: string;
	/** `user@domain`. */
	readonly uid: string;
	/** First and last name; null: not told. */
	readonly name: string | null;
}

export function identityOf(user: string, domain: string, name: string | null = null): Identity {
	return { user, domain, uid: `${user}@${domain}`, name };
}

/** The two halves of a uid; null when it is none. */
export function splitUid(uid: string): { readonly user: string; readonly domain: string } | null {
	const at = uid.lastIndexOf("@");
	if (at < 1 || at === uid.length - 1) return null;
	return { user: uid.slice(0, at), domain: uid.slice(at + 1) };
}

/** Whether two uids are one; domains and logins do not tell capitals apart. */
export function sameUid(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}
