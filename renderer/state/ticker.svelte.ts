import type { EpochMs } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";

/** The present moment for ages and day names. Ticks once a second, and only while the window is visible. */
export class Ticker {
	now: EpochMs = $state(0);
	/** Start of the present minute: what needs no seconds reads this and is drawn less often. */
	readonly minute: EpochMs = $derived(Math.floor(this.now / 60_000) * 60_000);

	constructor(surroundings: Surroundings, signal: AbortSignal) {
		this.now = surroundings.now();
		let stop = (): void => undefined;
		const tick = (): void => {
			if (surroundings.visible()) this.now = surroundings.now();
			stop = surroundings.after(1000, tick);
		};
		stop = surroundings.after(1000, tick);
		signal.addEventListener("abort", () => stop(), { once: true });
	}
}
