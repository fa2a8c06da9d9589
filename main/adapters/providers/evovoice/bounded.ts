/** A map that forgets what was put in first once it is full. */
export class Bounded<K, V> {
	readonly #most: number;
	readonly #entries = new Map<K, V>();

	constructor(most: number) {
		this.#most = most;
	}

	get(key: K): V | undefined {
		return this.#entries.get(key);
	}

	has(key: K): boolean {
		return this.#entries.has(key);
	}

	/** Puts it in as the newest. */
	set(key: K, value: V): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size <= this.#most) return;
		const oldest = this.#entries.keys().next();
		if (oldest.done !== true) this.#entries.delete(oldest.value);
	}

	delete(key: K): void {
		this.#entries.delete(key);
	}
}
