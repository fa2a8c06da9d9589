import type { Clock } from "../../../core/ports/runtime.ts";

/** How long notifications could come in, in milliseconds: the time that an echo may be waited for. */
export class ConnectedTime {
	readonly #clock: Clock;
	#before = 0;
	#since: number | null = null;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	set(connected: boolean): void {
		const now = this.#clock.monotonic();
		if (this.#since !== null) this.#before += now - this.#since;
		this.#since = connected ? now : null;
	}

	now(): number {
		return this.#before + (this.#since === null ? 0 : this.#clock.monotonic() - this.#since);
	}
}
