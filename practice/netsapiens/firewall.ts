import type { PracticeClock } from "../clock.ts";
import { jsonReply, type WebReply, type WebRequest } from "../server/web-front.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** What stands in front of a server: rate limit and firewall rules (sheet, 1.1, 1.2 and Q15). */
export class Firewall {
	readonly #clock: PracticeClock;
	readonly #switches: NetsapiensSwitches;
	#requests: number[] = [];
	#deviceReads: number[] = [];
	#closedUntil = 0;

	constructor(clock: PracticeClock, switches: NetsapiensSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	/** The answer to a request that does not get through; null when it does. */
	refuses(request: WebRequest): WebReply | null {
		const now = this.#clock.now();
		const { bannedAgent } = this.#switches;
		const agent = request.headers["user-agent"] ?? "";
		if (bannedAgent !== null && agent.startsWith(bannedAgent)) return forbiddenPage();
		if (this.#tooManyDeviceReads(request, now)) return forbiddenPage();
		return this.#tooManyRequests(now);
	}

	#tooManyDeviceReads(request: WebRequest, now: number): boolean {
		if (now < this.#closedUntil) return true;
		const most = this.#switches.deviceReadsPerMinute;
		if (most === null || !/\/devices(\/|$)/.test(request.url.pathname)) return false;
		this.#deviceReads = this.#deviceReads.filter((at) => now - at < 60_000);
		this.#deviceReads.push(now);
		if (this.#deviceReads.length <= most) return false;
		this.#closedUntil = now + 60_000;
		return true;
	}

	#tooManyRequests(now: number): WebReply | null {
		const limit = this.#switches.rateLimit;
		if (limit === null) return null;
		this.#requests = this.#requests.filter((at) => now - at < limit.perMs);
		if (this.#requests.length < limit.requests) {
			this.#requests.push(now);
			return null;
		}
		const wait = {
			seconds: { "Retry-After": String(limit.waitSeconds) },
			date: { "Retry-After": new Date(now + limit.waitSeconds * 1_000).toUTCString() },
			absent: {},
		}[limit.retryAfter];
		return jsonReply(429, { code: 429, message: "Too Many Requests" }, wait);
	}
}

function forbiddenPage(): WebReply {
	return {
		status: 403,
		headers: { "Content-Type": "text/html; charset=iso-8859-1" },
		body: "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>",
	};
}
