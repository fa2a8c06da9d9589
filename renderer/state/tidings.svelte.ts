import type { Surroundings } from "../lib/surroundings.ts";

/** Good news goes by itself; bad news stays until it is put away. */
const goodMs = 8000;

export interface TidingsAction {
	readonly label: string;
	readonly run: () => void;
}

/** What became of something the person asked for, where the place they asked is gone or too small to say it. */
export class Tidings {
	current: {
		readonly tone: "good" | "bad";
		readonly text: string;
		/** What can be done about it. */
		readonly action: TidingsAction | null;
	} | null = $state.raw(null);
	readonly #surroundings: Surroundings;

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	good(text: string, action: TidingsAction | null = null): void {
		const tidings = { tone: "good", text, action } as const;
		this.current = tidings;
		this.#surroundings.after(goodMs, () => {
			if (this.current === tidings) this.current = null;
		});
	}

	bad(text: string): void {
		this.current = { tone: "bad", text, action: null };
	}

	/** Does what is offered about it. */
	act(): void {
		const action = this.current?.action ?? null;
		this.dismiss();
		action?.run();
	}

	dismiss(): void {
		this.current = null;
	}
}
