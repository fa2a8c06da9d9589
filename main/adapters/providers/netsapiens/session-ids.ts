import type { Random } from "../../../core/ports/runtime.ts";

/**
 * An id for a session that the server does not have yet: 32 hex digits (sheet, 3.4). The first is a letter, so that no
 * server takes it for a number (row 24).
 */
export function newSessionId(random: Random): string {
	const uuid = random.uuid().replaceAll("-", "").toLowerCase();
	const hex = /^[0-9a-f]{32}$/.test(uuid)
		? uuid
		: Array.from({ length: 32 }, () => Math.floor(random.next() * 16).toString(16)).join("");
	return (10 + (parseInt(hex.charAt(0), 16) % 6)).toString(16) + hex.slice(1);
}
