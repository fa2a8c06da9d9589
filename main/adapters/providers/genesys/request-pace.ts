import type { Clock } from "../../../core/ports/runtime.ts";

/** At most `perSecond` requests begin in any second (row 25); what a person waits for goes first. */
export class RequestPace {
	readonly #clock: Clock;
	readonly #perSecond: number;
	readonly #begun: number[] = [];
	readonly #waiting: { readonly urgent: boolean; go(): void }[] = [];
	#timer: (() => void) | null = null;

	constructor(clock: Clock, perSecond = 5) {
		this.#clock = clock;
		this.#perSecond = perSecond;
	}

	/** Resolves when this request may begin; rejects with the signal's reason. */
	turn(urgent: boolean, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted === true) {
				reject(abortReason(signal));
				return;
			}
			const entry = {
				urgent,
				go: () => {
					signal?.removeEventListener("abort", abort);
					resolve();
				},
			};
			const abort = (): void => {
				const at = this.#waiting.indexOf(entry);
				if (at >= 0) this.#waiting.splice(at, 1);
				if (signal !== undefined) reject(abortReason(signal));
			};
			signal?.addEventListener("abort", abort, { once: true });
			const firstCalm = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1;
			this.#waiting.splice(firstCalm < 0 ? this.#waiting.length : firstCalm, 0, entry);
			this.#serve();
		});
	}

	#serve(): void {
		const now = this.#clock.monotonic();
		while (this.#begun[0] !== undefined && now - this.#begun[0] >= 1000) this.#begun.shift();
		while (this.#waiting.length > 0 && this.#begun.length < this.#perSecond) {
			this.#begun.push(now);
			this.#waiting.shift()?.go();
		}
		const oldest = this.#begun[0];
		if (this.#waiting.length === 0 || oldest === undefined || this.#timer !== null) return;
		this.#timer = this.#clock.after(Math.max(1, Math.ceil(oldest + 1000 - now)), () => {
			this.#timer = null;
			this.#serve();
		});
	}
}

/** What a cancelled wait rejects with: always an Error. */
export function abortReason(signal: AbortSignal): Error {
	return signal.reason instanceof Error ? signal.reason : new DOMException("cancelled", "AbortError");
}
