import type { Payload } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Surroundings } from "../lib/surroundings.ts";

type Batch = Payload<"changes">;

/**
 * Lets batches of changes through once a frame. The first of a frame passes at once, so that nothing waits while
 * it is quiet; what comes before the next frame passes together then.
 *
 *   open --batch--> closed until the next frame --frame--> open, or closed again when something waited
 */
export class FrameGate {
	readonly #surroundings: Surroundings;
	readonly #pass: (batches: readonly Batch[]) => void;
	#waiting: Batch[] = [];
	#closed = false;

	constructor(surroundings: Surroundings, pass: (batches: readonly Batch[]) => void) {
		this.#surroundings = surroundings;
		this.#pass = pass;
	}

	push(batch: Batch): void {
		this.#waiting.push(batch);
		if (!this.#closed) this.#open();
	}

	/** Lets through what waits: before anything that may build on it. */
	flush(): void {
		if (this.#waiting.length === 0) return;
		const batches = this.#waiting;
		this.#waiting = [];
		this.#pass(batches);
	}

	/**
	 * The same bridge, but an answer never overtakes the changes that main sent before it: an older state of a
	 * message would otherwise be put over the newer one of the answer.
	 */
	inOrder(bridge: Bridge): Bridge {
		return {
			invoke: async (command, input) => {
				const result = await bridge.invoke(command, input);
				this.flush();
				return result;
			},
			on: (event, listener) => bridge.on(event, listener),
		};
	}

	#open(): void {
		this.flush();
		this.#closed = true;
		this.#surroundings.frame(() => {
			this.#closed = false;
			if (this.#waiting.length > 0) this.#open();
		});
	}
}
