/**
 * Hands batches to one reader. `onIdle` is called each time the reader asks for more and there is none: everything
 * handed out before is then taken care of, and that is the moment to ask the server for more.
 */
export class BatchQueue<T> {
	readonly #onIdle: () => void;
	readonly #batches: (readonly T[])[] = [];
	#reader: ((result: IteratorResult<readonly T[], undefined>) => void) | undefined;
	#ended = false;

	constructor(onIdle: () => void) {
		this.#onIdle = onIdle;
	}

	/** The reader waits for a batch. */
	get idle(): boolean {
		return this.#reader !== undefined;
	}

	push(batch: readonly T[]): void {
		if (this.#ended || batch.length === 0) return;
		const reader = this.#reader;
		if (reader === undefined) {
			this.#batches.push(batch);
			return;
		}
		this.#reader = undefined;
		reader({ done: false, value: batch });
	}

	/** What was pushed is still handed out; then the reader is told that there is no more. */
	end(): void {
		this.#ended = true;
		this.#reader?.({ done: true, value: undefined });
		this.#reader = undefined;
	}

	next(): Promise<IteratorResult<readonly T[], undefined>> {
		if (this.#reader !== undefined) throw new Error("One batch is asked for at a time");
		const batch = this.#batches.shift();
		if (batch !== undefined) return Promise.resolve({ done: false, value: batch });
		if (this.#ended) return Promise.resolve({ done: true, value: undefined });
		return new Promise((resolve) => {
			this.#reader = resolve;
			this.#onIdle();
		});
	}

	/** Drops what was not read. */
	clear(): void {
		this.#batches.length = 0;
	}
}
