/** Lets at most `most` run at a time; the others wait in order. */
export class Turns {
	readonly #most: number;
	readonly #waiting: (() => void)[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	async take<T>(run: () => Promise<T>): Promise<T> {
		if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		else this.#running += 1;
		try {
			return await run();
		} finally {
			// The place goes on to the next one.
			const next = this.#waiting.shift();
			if (next === undefined) this.#running -= 1;
			else next();
		}
	}
}
