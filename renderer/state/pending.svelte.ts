import type { Result } from "../../shared/errors.ts";
import type { Surroundings } from "../lib/surroundings.ts";

/** A chosen value is shown for at most this long before the server's own word counts again. */
const patienceMs = 6000;

/** A choice that the server has yet to confirm: shown at once, taken back when it is refused or never comes true. */
export class Pending<Value extends string> {
	#choice: { readonly from: Value | null; readonly to: Value } | null = $state.raw(null);
	readonly #surroundings: Surroundings;

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	/** What to show while the server says `actual`. */
	shown(actual: Value | null): Value | null {
		return this.#choice !== null && this.#choice.from === actual ? this.#choice.to : actual;
	}

	async during<T>(actual: Value | null, to: Value, ask: () => Promise<Result<T>>): Promise<Result<T>> {
		const choice = { from: actual, to };
		this.#choice = choice;
		const forget = (): void => {
			if (this.#choice === choice) this.#choice = null;
		};
		const result = await ask();
		if (result.ok) this.#surroundings.after(patienceMs, forget);
		else forget();
		return result;
	}
}
