import type { Clock, Random } from "../../../core/ports/runtime.ts";
import type { Rest } from "./rest.ts";

const shortestMs = 300_000;

/** A light `GET /me` every 5 to 10 minutes: whether polling keeps the HTTP session alive is not known (row 18). */
export class KeepAlive {
	readonly #rest: Rest;
	readonly #clock: Clock;
	readonly #random: Random;
	#cancel: () => void;
	#stopped = false;

	constructor(rest: Rest, clock: Clock, random: Random) {
		this.#rest = rest;
		this.#clock = clock;
		this.#random = random;
		this.#cancel = this.#plan();
	}

	stop(): void {
		this.#stopped = true;
		this.#cancel();
	}

	#plan(): () => void {
		return this.#clock.after(shortestMs * (1 + this.#random.next()), () => {
			void this.#rest
				.request({ method: "GET", path: "/me" })
				.catch(() => undefined)
				.finally(() => {
					if (!this.#stopped) this.#cancel = this.#plan();
				});
		});
	}
}
