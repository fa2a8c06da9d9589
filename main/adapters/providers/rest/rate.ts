import type { Clock, HttpResponse, Random } from "../../../core/ports/runtime.ts";
import { isOverloaded } from "./rest-failure.ts";

/** How many requests a server allows; what is not known is left out. */
export interface Budget {
	/** So many requests may begin within any window. */
	readonly requests: number;
	readonly windowMs: number;
	/** So many of them are kept for writes: reads wait before. Default: a tenth. */
	readonly reserve?: number;
}

/** No server is believed that asks for more patience than this. */
const patienceMaxMs = 60 * 60_000;
/** Kept for writes where only the server's own count is known. */
const reserveUnknown = 5;
const backOffFirstMs = 1000;
const backOffMaxMs = 60_000;
/** Above, the reset is a moment in seconds since 1970; below, seconds from now. */
const epochSeconds = 100_000_000;

/** Remembers when requests began and what the server said of its patience. */
export class Rate {
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #budget: Budget | null;
	readonly #begun: number[] = [];
	#overloads = 0;
	/** Monotonic. */
	#patientUntil = 0;
	#told: { remaining: number; readonly until: number } | null = null;

	constructor(clock: Clock, random: Random, budget: Budget | null) {
		this.#clock = clock;
		this.#random = random;
		this.#budget = budget;
	}

	/** One request begins now. */
	begun(): void {
		if (this.#told !== null) this.#told.remaining -= 1;
		if (this.#budget !== null) this.#begun.push(this.#clock.monotonic());
	}

	/** How long the server still asks to be left alone, ms. */
	patienceMs(): number {
		return Math.max(0, this.#patientUntil - this.#clock.monotonic());
	}

	/** How long a request must wait from now, ms; reads leave the reserve alone. */
	waitMs(kind: "read" | "write"): number {
		return Math.max(this.patienceMs(), this.#windowMs(kind), this.#toldMs(kind));
	}

	/** So many more requests fit, by what the server told or the budget says; null: nothing is known. */
	remaining(): number | null {
		this.#forget();
		const known = [
			...(this.#told === null ? [] : [this.#told.remaining]),
			...(this.#budget === null ? [] : [this.#budget.requests - this.#begun.length]),
		];
		return known.length === 0 ? null : Math.max(0, Math.min(...known));
	}

	/** Takes in what an answer says. */
	answered(response: HttpResponse): void {
		const { headers } = response;
		const time = new ServerTime(headers, this.#clock);
		const reset = resetMs(headers["x-ratelimit-reset"], time);
		const remaining = wholeNumber(headers["x-ratelimit-remaining"]);
		const now = this.#clock.monotonic();
		if (reset !== null && remaining !== null) this.#told = { remaining, until: now + reset };
		if (!isOverloaded(response)) {
			this.#overloads = 0;
			return;
		}
		const said = retryAfter(headers["retry-after"], time) ?? (response.status === 429 ? reset : null);
		const pause = Math.min(patienceMaxMs, said ?? this.#backOff());
		this.#overloads += 1;
		this.#patientUntil = Math.max(this.#patientUntil, now + pause);
	}

	/** Doubling, from half to the whole of it. */
	#backOff(): number {
		const whole = Math.min(backOffMaxMs, backOffFirstMs * 2 ** Math.min(16, this.#overloads));
		return Math.round(whole * (0.5 + this.#random.next() / 2));
	}

	#reserve(kind: "read" | "write"): number {
		if (kind === "write") return 0;
		if (this.#budget === null) return reserveUnknown;
		const { requests, reserve } = this.#budget;
		return Math.min(requests - 1, reserve ?? Math.ceil(requests / 10));
	}

	#windowMs(kind: "read" | "write"): number {
		if (this.#budget === null) return 0;
		this.#forget();
		const allowed = this.#budget.requests - this.#reserve(kind);
		const inTheWay = this.#begun[this.#begun.length - allowed];
		if (inTheWay === undefined) return 0;
		return Math.max(0, inTheWay + this.#budget.windowMs - this.#clock.monotonic());
	}

	#toldMs(kind: "read" | "write"): number {
		this.#forget();
		if (this.#told === null || this.#told.remaining > this.#reserve(kind)) return 0;
		return Math.min(patienceMaxMs, this.#told.until - this.#clock.monotonic());
	}

	#forget(): void {
		const now = this.#clock.monotonic();
		if (this.#told !== null && this.#told.until <= now) this.#told = null;
		const windowMs = this.#budget?.windowMs ?? 0;
		while (this.#begun[0] !== undefined && now - this.#begun[0] >= windowMs) this.#begun.shift();
	}
}

/** Moments of the server, as ms from now. */
class ServerTime {
	readonly #walls: readonly number[];

	/** Its own clock, where it tells it, before ours: its dates are by its own. */
	constructor(headers: HttpResponse["headers"], clock: Clock) {
		const own = httpDate(headers["date"]);
		this.#walls = own === null ? [clock.now()] : [own, clock.now()];
	}

	/** By the first clock that makes sense of it; a moment that has passed is 0. */
	fromNow(moment: number): number {
		const ways = this.#walls.map((wall) => moment - wall);
		const sensible = ways.find((ms) => ms > -60_000 && ms <= patienceMaxMs);
		return Math.min(patienceMaxMs, Math.max(0, sensible ?? 0));
	}
}

/** Seconds or an HTTP date, as ms from now; null: nothing that can be read. */
function retryAfter(value: string | undefined, time: ServerTime): number | null {
	if (/^\s*\d{1,9}(?:\.\d{1,9})?\s*$/.test(value ?? "")) return Number(value) * 1000;
	const moment = httpDate(value);
	return moment === null ? null : time.fromNow(moment);
}

function resetMs(value: string | undefined, time: ServerTime): number | null {
	const seconds = wholeNumber(value);
	if (seconds === null) return null;
	return seconds >= epochSeconds ? time.fromNow(seconds * 1000) : seconds * 1000;
}

function httpDate(value: string | undefined): number | null {
	// All three forms of RFC 9110 begin with the name of a day; nothing else is a date.
	if (value === undefined || !/^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return null;
	const moment = Date.parse(/(?:GMT|UTC)\s*$/.test(value) ? value : `${value} GMT`);
	return Number.isNaN(moment) ? null : moment;
}

function wholeNumber(value: string | undefined): number | null {
	return value !== undefined && /^\s*\d{1,12}\s*$/.test(value) ? Number(value) : null;
}
