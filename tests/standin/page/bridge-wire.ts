/**
 * How values cross between the page's world and the preload's. `CustomEvent.detail` is cloned between worlds,
 * but one function inside makes the whole of it null, so functions, promises and errors travel as marks.
 * Runs as source text in both worlds: it must not refer to anything outside itself.
 */
export interface Wire {
	wrap(value: unknown): unknown;
	unwrap(wrapped: unknown): unknown;
}

export interface WireOptions {
	/** Calls a function that lives on the other side. */
	callRemote(id: number, values: unknown[]): unknown;
	/** Waits for a promise that lives on the other side. */
	awaitRemote(id: number): Promise<unknown>;
	/** Keeps a function of this side for the other one; returns its number. */
	keepFunction(value: (...values: unknown[]) => unknown): number;
	/** Keeps a promise of this side; returns its number. */
	keepPromise(value: Promise<unknown>): number;
}

export function makeWire(options: WireOptions): Wire {
	type Tagged = { tag: string; value: unknown };
	const failure = "An object could not be cloned.";
	const known = new WeakMap<object, number>();

	function isSpecial(value: unknown, depth: number): boolean {
		if (depth > 1000)
			throw new TypeError(
				"Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.",
			);
		if (typeof value === "function" || typeof value === "symbol") return true;
		if (typeof value !== "object" || value === null) return false;
		if (value instanceof Promise || value instanceof Error) return true;
		if (Array.isArray(value)) return value.some((item) => isSpecial(item, depth + 1));
		if (Object.prototype.toString.call(value) !== "[object Object]") return false;
		return Object.keys(value).some((key) =>
			isSpecial((value as Record<string, unknown>)[key], depth + 1),
		);
	}

	function wrap(value: unknown): unknown {
		if (!isSpecial(value, 0)) return { tag: "raw", value } satisfies Tagged;
		if (typeof value === "symbol") throw new Error(failure);
		if (typeof value === "function") {
			const id = known.get(value) ?? options.keepFunction(value as (...values: unknown[]) => unknown);
			known.set(value, id);
			return { tag: "function", value: id } satisfies Tagged;
		}
		if (value instanceof Promise)
			return { tag: "promise", value: options.keepPromise(value) } satisfies Tagged;
		if (value instanceof Error) return { tag: "error", value: value.message } satisfies Tagged;
		if (Array.isArray(value)) return { tag: "array", value: value.map(wrap) } satisfies Tagged;
		const wrapped: Record<string, unknown> = {};
		for (const key of Object.keys(value as object))
			wrapped[key] = wrap((value as Record<string, unknown>)[key]);
		return { tag: "object", value: wrapped } satisfies Tagged;
	}

	function unwrap(wrapped: unknown): unknown {
		const { tag, value } = wrapped as Tagged;
		switch (tag) {
			case "function":
				return (...values: unknown[]) => options.callRemote(value as number, values);
			case "promise":
				return options.awaitRemote(value as number);
			case "error":
				return new Error(value as string);
			case "array":
				return (value as unknown[]).map(unwrap);
			case "object": {
				const object: Record<string, unknown> = {};
				for (const [key, item] of Object.entries(value as object)) object[key] = unwrap(item);
				return object;
			}
			default:
				return value;
		}
	}

	return { wrap, unwrap };
}
