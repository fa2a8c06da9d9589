import type { UserInfo } from "./wire.ts";

/** What the server calls this agent as the sender of a message: an address or a name (sheet, 5.1). */
export function selfOf(user: UserInfo, userName: string): ReadonlySet<string> {
	const full = [user.firstName, user.lastName].filter((part) => part !== null).join(" ");
	const names = [user.emailAddress, user.name, user.id, userName, full];
	return new Set(
		names.flatMap((name) => (name === null || name === "" ? [] : [name.trim().toLowerCase()])),
	);
}
