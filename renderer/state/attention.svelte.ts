import type { Surroundings } from "../lib/surroundings.ts";

/** Whether a person can see the window, and whether it has the keyboard. */
export class Attention {
	visible = $state(true);
	attentive = $state(true);
	readonly #surroundings: Surroundings;

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
		this.refresh();
	}

	refresh(): void {
		this.visible = this.#surroundings.visible();
		this.attentive = this.#surroundings.attentive();
	}
}
