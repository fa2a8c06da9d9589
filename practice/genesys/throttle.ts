import type { ServerResponse } from "node:http";
import type { PracticeClock } from "../clock.ts";
import type { GenesysSwitches } from "./switches.ts";

/** The limit of REST requests a second, where the switches name one. */
export class Throttle {
	readonly #clock: PracticeClock;
	readonly #switches: GenesysSwitches;
	#recent: number[] = [];

	constructor(clock: PracticeClock, switches: GenesysSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	/** Counts a request; answers it and returns true when it is one too many. */
	refuses(response: ServerResponse): boolean {
		const limit = this.#switches.rateLimit;
		if (limit === null) return false;
		const now = this.#clock.now();
		this.#recent = this.#recent.filter((at) => now - at < 1_000);
		if (this.#recent.length < limit.requestsPerSecond) {
			this.#recent.push(now);
			return false;
		}
		if (limit.retryAfterSeconds !== undefined)
			response.setHeader("Retry-After", String(limit.retryAfterSeconds));
		response.writeHead(limit.httpStatus, { "Content-Type": "text/html;charset=ISO-8859-1" });
		response.end("<html><body>Too many requests</body></html>");
		return true;
	}
}
