import type { PracticeClock } from "../clock.ts";
import type { WebReply } from "../server/web-front.ts";
import type { EvovoiceSwitches } from "./switches.ts";

/** The limit of requests, where the switches name one (sheet, Q19). */
export class Throttle {
	readonly #clock: PracticeClock;
	readonly #switches: EvovoiceSwitches;
	#recent: number[] = [];

	constructor(clock: PracticeClock, switches: EvovoiceSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	/** Counts a request; the reply to one too many, else null. */
	refuse(): WebReply | null {
		const limit = this.#switches.rateLimit;
		if (limit === null) return null;
		const now = this.#clock.now();
		this.#recent = this.#recent.filter((at) => now - at < limit.windowMs);
		if (this.#recent.length < limit.requests) {
			this.#recent.push(now);
			return null;
		}
		const retry =
			limit.retryAfterSeconds === undefined ? {} : { "Retry-After": String(limit.retryAfterSeconds) };
		return {
			status: 429,
			headers: { "Content-Type": "text/plain", ...retry },
			body: "Too Many Requests",
		};
	}
}
