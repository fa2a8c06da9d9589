import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { Clock } from "../../../core/ports/runtime.ts";
import type { Place } from "./places.ts";

/** After a send the session is read again after so long (sheet, 3.9). */
const afterMs = [1000, 3000, 8000] as const;

/** A text that is to be found on the server. */
export interface Sought {
	readonly clientId: ClientMessageId;
	readonly place: Place;
	/** It is not looked for after this. */
	readonly last: boolean;
}

/** When texts are looked for: 1, 3 and 8 s after they left. */
export class Rereads {
	readonly #clock: Clock;
	readonly #due: () => void;
	readonly #timers = new Set<() => void>();
	#sought: Sought[] = [];

	/** `due`: there is something to look for now (`take`). */
	constructor(clock: Clock, due: () => void) {
		this.#clock = clock;
		this.#due = due;
	}

	plan(clientId: ClientMessageId, place: Place): void {
		for (const ms of afterMs) this.#after(ms, { clientId, place, last: ms === afterMs[2] });
	}

	/** What is due, each text once; it is not due any more then. */
	take(): readonly Sought[] {
		const sought = new Map<ClientMessageId, Sought>();
		for (const one of this.#sought)
			if (sought.get(one.clientId)?.last !== true) sought.set(one.clientId, one);
		this.#sought = [];
		return [...sought.values()];
	}

	/** It could not be looked for: the next time. */
	giveBack(sought: readonly Sought[]): void {
		this.#sought.unshift(...sought);
	}

	stop(): void {
		for (const cancel of this.#timers) cancel();
		this.#timers.clear();
		this.#sought = [];
	}

	#after(ms: number, sought: Sought): void {
		const cancel = this.#clock.after(ms, () => {
			this.#timers.delete(cancel);
			this.#sought.push(sought);
			this.#due();
		});
		this.#timers.add(cancel);
	}
}
