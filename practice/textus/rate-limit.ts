import type { PracticeClock } from "../clock.ts";
import type { TextusSwitches } from "./switches.ts";

interface Window {
	readonly endsAt: number;
	used: number;
}

/** What the limit says to one request. */
export interface Allowance {
	readonly allowed: boolean;
	readonly headers: Readonly<Record<string, string>>;
}

/** So many requests in a window of one token, or of one address without a token (sheet, 2.2). */
export class RateLimit {
	readonly #clock: PracticeClock;
	readonly #switches: TextusSwitches;
	readonly #windows = new Map<string, Window>();

	constructor(clock: PracticeClock, switches: TextusSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	/** Counts a request of `caller`. */
	count(caller: string): Allowance {
		const { rateLimit, rateLimitHeaders, retryAfter } = this.#switches;
		const now = this.#clock.now();
		let window = this.#windows.get(caller);
		if (window === undefined || window.endsAt <= now) {
			window = { endsAt: now + rateLimit.windowMs, used: 0 };
			this.#windows.set(caller, window);
		}
		const allowed = window.used < rateLimit.requests;
		if (allowed) window.used += 1;
		const headers: Record<string, string> = {};
		if (rateLimitHeaders) {
			headers["X-RateLimit-Limit"] = String(rateLimit.requests);
			headers["X-RateLimit-Remaining"] = String(Math.max(0, rateLimit.requests - window.used));
			headers["X-RateLimit-Reset"] = String(Math.ceil(window.endsAt / 1_000));
		}
		if (!allowed && retryAfter)
			headers["Retry-After"] = String(Math.max(1, Math.ceil((window.endsAt - now) / 1_000)));
		return { allowed, headers };
	}
}
