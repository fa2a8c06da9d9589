import type { ProviderEvent } from "../../core/ports/provider.ts";

/**
 * Brings what a source of news (a push service) says and what happens on this side (replies, timers, polls) into one
 * stream of batches. The source is asked for its next batch only when the reader has come back for more, so a batch is
 * stored before the next question for news may leave.
 */
export class EventFeed {
	readonly #waiting: ProviderEvent[] = [];
	#wake: (() => void) | null = null;
	#ended = false;

	/** Adds what happened on this side; it goes out with the next batch. */
	push(events: readonly ProviderEvent[]): void {
		if (events.length === 0 || this.#ended) return;
		this.#waiting.push(...events);
		this.#wake?.();
	}

	/** The stream ends once what was pushed has gone out. */
	end(): void {
		this.#ended = true;
		this.#wake?.();
	}

	/** Once only. `read` takes one batch of the source in and pushes what follows from it. */
	async *batches<T>(
		source: AsyncIterable<T>,
		read: (batch: T) => void,
		signal: AbortSignal,
	): AsyncGenerator<readonly ProviderEvent[], void, undefined> {
		const reader = source[Symbol.asyncIterator]();
		const abort = (): void => this.#wake?.();
		signal.addEventListener("abort", abort, { once: true });
		let coming: Promise<IteratorResult<T>> | null = null;
		let sourceEnded = false;
		try {
			while (!signal.aborted) {
				if (this.#waiting.length > 0) {
					yield this.#waiting.splice(0);
					continue;
				}
				if (this.#ended || sourceEnded) return;
				coming ??= reader.next();
				const result = await this.#either(coming);
				if (result === null) continue;
				coming = null;
				if (result.done === true) sourceEnded = true;
				else read(result.value);
			}
		} finally {
			signal.removeEventListener("abort", abort);
			this.#ended = true;
			coming?.catch(() => undefined);
			// Not awaited: a source that waits for its server must not hold up the end.
			reader.return?.().catch(() => undefined);
		}
	}

	/** The source's next result, or null when something else is to be looked at first. */
	#either<T>(coming: Promise<IteratorResult<T>>): Promise<IteratorResult<T> | null> {
		return new Promise((resolve, reject) => {
			this.#wake = () => {
				this.#wake = null;
				resolve(null);
			};
			coming.then((result) => {
				this.#wake = null;
				resolve(result);
			}, reject);
		});
	}
}

/** The events of a session whose news comes from polls only: nothing but what is pushed on this side. */
export class FeedOnly {
	readonly #feed = new EventFeed();
	#pushed = 0;
	#stored = 0;
	#over = false;
	readonly #waiting: { readonly upTo: number; go(): void }[] = [];

	/** Adds what happened; it goes out with the next batch. */
	push(events: readonly ProviderEvent[]): void {
		if (this.#over) return;
		this.#feed.push(events);
		this.#pushed += events.length;
	}

	/** The stream ends once what was pushed has gone out. */
	end(): void {
		this.#feed.end();
	}

	/** Once only; ends with the signal or after `end`. */
	async *batches(signal: AbortSignal): AsyncGenerator<readonly ProviderEvent[], void, undefined> {
		try {
			for await (const batch of this.#feed.batches(silence(signal), () => undefined, signal)) {
				yield batch;
				// The reader came back: it has stored what it was given.
				this.#stored += batch.length;
				this.#release();
			}
		} finally {
			this.#over = true;
			this.#release();
		}
	}

	/**
	 * Resolves when the reader has stored all that was pushed before this call, or when the stream is over. A poll
	 * waits for it before it moves its cursor on.
	 */
	stored(): Promise<void> {
		if (this.#over || this.#stored >= this.#pushed) return Promise.resolve();
		return new Promise((resolve) => this.#waiting.push({ upTo: this.#pushed, go: resolve }));
	}

	#release(): void {
		while (this.#waiting[0] !== undefined && (this.#over || this.#waiting[0].upTo <= this.#stored))
			this.#waiting.shift()?.go();
	}
}

/** A source that never says anything, and ends with the signal. */
export function silence(signal: AbortSignal): AsyncIterable<never> {
	const end = new Promise<IteratorResult<never, undefined>>((resolve) => {
		const done = (): void => resolve({ done: true, value: undefined });
		if (signal.aborted) done();
		else signal.addEventListener("abort", done, { once: true });
	});
	return { [Symbol.asyncIterator]: () => ({ next: () => end }) };
}
