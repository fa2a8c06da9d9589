import type { Clock } from "../../../core/ports/runtime.ts";
import type { Poller } from "./poller.ts";

/** Who has not been in front of the window for so long is not at the desk, ms. */
export const awayAfterMs = 5 * 60_000;

/** Tells a poller how closely the agent follows: in front of the window, not in front of it, away for a while. */
export class DeskAttention {
	readonly #clock: Clock;
	readonly #poller: Pick<Poller, "attention">;
	#cancel: () => void;

	/** Nobody is in front of the window at first. */
	constructor(clock: Clock, poller: Pick<Poller, "attention">) {
		this.#clock = clock;
		this.#poller = poller;
		this.#cancel = this.#plan();
	}

	focused(focused: boolean): void {
		this.#cancel();
		this.#poller.attention(focused ? "focused" : "background");
		if (!focused) this.#cancel = this.#plan();
	}

	stop(): void {
		this.#cancel();
	}

	#plan(): () => void {
		return this.#clock.after(awayAfterMs, () => this.#poller.attention("idle"));
	}
}
