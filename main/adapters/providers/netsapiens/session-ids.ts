import type { Random } from "../../../core/ports/runtime.ts";

/** An id for a session that the server does not have yet: 32 hex digits (sheet, 3.4). */
export function newSessionId(random: Random): string {
	const hex = random.uuid().replaceAll("-", "").toLowerCase();
	if (/^[0-9a-f]{32}$/.test(hex)) return hex;
	return Array.from({ length: 32 }, () => Math.floor(random.next() * 16).toString(16)).join("");
}
