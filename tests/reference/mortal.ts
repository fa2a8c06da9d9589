import type { Clock, HttpClient } from "../../main/core/ports/runtime.ts";
import type { MessageStore, StoreWrite, StoreWritten } from "../../main/core/ports/stores.ts";

/**
 * A process that can die in the middle of anything: once `die` is called, its timers do not run, its requests are cut
 * and what it asks of the store is not done. What was committed stays.
 */
export class Mortal {
	#dead = false;
	readonly #ends = new Set<() => void>();

	get dead(): boolean {
		return this.#dead;
	}

	die(): void {
		this.#dead = true;
		for (const end of [...this.#ends]) end();
		this.#ends.clear();
	}

	clock(clock: Clock): Clock {
		return {
			now: () => clock.now(),
			monotonic: () => clock.monotonic(),
			after: (delayMs, run) => {
				if (this.#dead) return () => undefined;
				const cancel = clock.after(delayMs, () => {
					this.#ends.delete(cancel);
					run();
				});
				this.#ends.add(cancel);
				return () => {
					this.#ends.delete(cancel);
					cancel();
				};
			},
		};
	}

	http(client: HttpClient): HttpClient {
		this.#ends.add(() => void client.close());
		return {
			send: (request) => (this.#dead ? never() : this.#answered(client.send(request))),
			clearCookies: () => client.clearCookies(),
			close: () => client.close(),
		};
	}

	/**
	 * `at` is asked before and after each write; true kills the process there. Closing leaves the store open for the
	 * next life.
	 */
	store(store: MessageStore, hooks: StoreHooks = {}): MessageStore {
		const alive = <T>(run: () => Promise<T>): Promise<T> =>
			this.#dead ? never() : this.#answered(run());
		return {
			open: () => alive(() => store.open()),
			write: async (write) => {
				if (this.#dies("before", write, hooks)) return await never();
				const written = await store.write(write);
				hooks.committed?.(write, written);
				if (this.#dies("after", write, hooks)) return await never();
				return written;
			},
			conversations: (id) => alive(() => store.conversations(id)),
			page: (id, at, limit) => alive(() => store.page(id, at, limit)),
			media: (id) => alive(() => store.media(id)),
			mediaOf: (id) => alive(() => store.mediaOf(id)),
			staged: () => alive(() => store.staged()),
			entry: (id) => alive(() => store.entry(id)),
			byClientIds: (ids) => alive(() => store.byClientIds(ids)),
			byRemoteIds: (account, ids) => alive(() => store.byRemoteIds(account, ids)),
			unsettled: (id) => alive(() => store.unsettled(id)),
			unclaimed: (id, since) => alive(() => store.unclaimed(id, since)),
			unnamed: (id, since) => alive(() => store.unnamed(id, since)),
			cursors: (id) => alive(() => store.cursors(id)),
			openGaps: (id) => alive(() => store.openGaps(id)),
			search: (query) => alive(() => store.search(query)),
			note: (records) => alive(() => store.note(records)),
			notifications: (id, before, limit) => alive(() => store.notifications(id, before, limit)),
			prune: (before, limit) => alive(() => store.prune(before, limit)),
			wipe: (id) => alive(() => store.wipe(id)),
			close: () => Promise.resolve(),
		};
	}

	/** Whether it is dead, or dies here. */
	#dies(when: "before" | "after", write: StoreWrite, hooks: StoreHooks): boolean {
		if (this.#dead) return true;
		if (hooks.at?.(when, write) !== true) return false;
		this.die();
		return true;
	}

	/** What comes back after death is heard by nobody. */
	async #answered<T>(work: Promise<T>): Promise<T> {
		try {
			const value = await work;
			return this.#dead ? await never() : value;
		} catch (thrown) {
			if (this.#dead) return await never();
			throw thrown;
		}
	}
}

export interface StoreHooks {
	readonly at?: (when: "before" | "after", write: StoreWrite) => boolean;
	/** Told of every write that is on the disk. */
	readonly committed?: (write: StoreWrite, written: StoreWritten) => void;
}

function never<T>(): Promise<T> {
	return new Promise<T>(() => undefined);
}
