import type { Clock, Logger } from "../ports/runtime.ts";
import { tickMs, WakeWatch } from "./wake-watch.ts";

/** The clocks may show a wake before the system reports it, by less than this, in ms. */
const sameWakeMs = 5000;
/** A reported sleep that is not one after this long, in ms: the system changed its mind, and tells nobody. */
const sleepRevokedMs = 30_000;

export interface HealthPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	/** Looks at every link; once a second, not while asleep. */
	readonly look: () => void;
	/** The computer woke up and nobody said so. */
	readonly woke: () => void;
}

/**
 * The one heartbeat of a workspace: compares the clocks, then looks at the links.
 *
 *   stopped --start--> awake --sleep--> asleep --wake, a jump of the clocks, 30 s of neither--> awake
 */
export class HealthWatch {
	readonly #ports: HealthPorts;
	readonly #wakes: WakeWatch;
	#cancel: (() => void) | null = null;
	/** Monotonic time at which a sleep was announced; null: awake. */
	#asleep: number | null = null;
	/** Monotonic time of the last wake that nobody reported. */
	#woke: number | null = null;

	constructor(ports: HealthPorts) {
		this.#ports = ports;
		this.#wakes = new WakeWatch(ports.clock);
	}

	start(): void {
		this.#wakes.reported();
		this.#plan();
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = null;
	}

	/** The system says that it is about to sleep. */
	sleep(): void {
		this.#asleep = this.#ports.clock.monotonic();
	}

	/** The system says that it woke up. False: that was noticed already. */
	wake(): boolean {
		this.#asleep = null;
		this.#wakes.reported();
		const now = this.#ports.clock.monotonic();
		return this.#woke === null || now - this.#woke > sameWakeMs;
	}

	#plan(): void {
		this.#cancel = this.#ports.clock.after(tickMs, () => {
			this.#plan();
			this.#tick();
		});
	}

	#tick(): void {
		const { clock, logger, look, woke } = this.#ports;
		const slept = this.#wakes.slept();
		const revoked = this.#asleep !== null && clock.monotonic() - this.#asleep > sleepRevokedMs;
		if (slept || revoked) {
			logger.info("health.woke", { reported: false });
			this.#asleep = null;
			this.#woke = clock.monotonic();
			woke();
		}
		if (this.#asleep === null) look();
	}
}
