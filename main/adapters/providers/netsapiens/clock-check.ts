import type { EpochMs } from "../../../core/ports/runtime.ts";

const hourMs = 3_600_000;
const slackMs = 180_000;

/**
 * By how many hours the server's times are off, as a message of ours shows that it gave a time to just now (row 16):
 * near enough to whole hours, and not none. Nothing is shifted for it. Null: they are right, or off in another way.
 */
export function hoursOff(leftAt: EpochMs, saysAt: EpochMs): number | null {
	const off = saysAt - leftAt;
	const hours = Math.round(off / hourMs);
	if (hours === 0 || Math.abs(hours) > 14) return null;
	return Math.abs(off - hours * hourMs) <= slackMs ? hours : null;
}
