import type { Random } from "../ports/runtime.ts";

/** How attempts to reach a server are spread out, in milliseconds. */
export interface BackoffLimits {
	/** Upper bound of the first wait. */
	readonly baseMs: number;
	/** Upper bound of every wait. */
	readonly capMs: number;
}

export const defaultBackoff: BackoffLimits = { baseMs: 1000, capMs: 60_000 };

/**
 * How long to wait after failure number `attempt` (1 is the first): uniform in [0, min(cap, base * 2^(attempt - 1))].
 *
 * This is "full jitter": a thousand clients that lost the same server at the same moment come back spread
 * over the whole interval instead of in step, which is what keeps a restarted server up.
 */
export function backoffDelay(
	attempt: number,
	random: Random,
	limits: BackoffLimits = defaultBackoff,
): number {
	// 2^31 is far past any cap; the bound keeps the power finite after days of failures.
	const exponent = Math.min(Math.max(0, Math.floor(attempt) - 1), 31);
	const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** exponent);
	return Math.round(random.next() * ceiling);
}
