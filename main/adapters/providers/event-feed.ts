import type { ProviderEvent } from "../../../core/ports/provider.ts";

/**
 * Brings what the notification service says and what happens on this side (replies, timers, polls) into one
 * stream of batches. The service is asked for its next batch only when the reader has come back for more, so a
 * batch is stored before the next `/meta/connect` may leave.
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

	/** Once only. `read` takes one batch of the service in and pushes what follows from it. */
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
