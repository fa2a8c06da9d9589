/**
 * Carries what structured clone carries over a channel of strings. The same function text runs in Node and,
 * as source, in the page's isolated world: it must not refer to anything outside itself.
 */
export function makeCodec(): {
	encode(value: unknown): string;
	decode(text: string): unknown;
} {
	const failure = "An object could not be cloned.";
	type Tagged = [string, ...unknown[]];
	const typedArrays = [
		"Int8Array",
		"Uint8Array",
		"Uint8ClampedArray",
		"Int16Array",
		"Uint16Array",
		"Int32Array",
		"Uint32Array",
		"Float32Array",
		"Float64Array",
		"BigInt64Array",
		"BigUint64Array",
		"DataView",
	];

	function toBase64(buffer: ArrayBuffer): string {
		let text = "";
		const bytes = new Uint8Array(buffer);
		for (let start = 0; start < bytes.length; start += 8192)
			text += String.fromCharCode(...bytes.subarray(start, start + 8192));
		return btoa(text);
	}

	function fromBase64(text: string): ArrayBuffer {
		const binary = atob(text);
		const bytes = new Uint8Array(binary.length);
		for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
		return bytes.buffer;
	}

	function pack(value: unknown, seen: Map<object, number>): unknown {
		switch (typeof value) {
			case "string":
			case "boolean":
				return value;
			case "number":
				return Number.isFinite(value) && !Object.is(value, -0)
					? value
					: (["n", String(value)] satisfies Tagged);
			case "undefined":
				return ["u"] satisfies Tagged;
			case "bigint":
				return ["b", String(value)] satisfies Tagged;
			case "function":
			case "symbol":
				throw new Error(failure);
			case "object":
				break;
		}
		if (value === null) return null;
		const known = seen.get(value);
		if (known !== undefined) return ["ref", known] satisfies Tagged;
		seen.set(value, seen.size);
		const kind = Object.prototype.toString.call(value).slice(8, -1);
		if (Array.isArray(value))
			return ["a", Array.from(value as unknown[], (item) => pack(item, seen))] satisfies Tagged;
		if (value instanceof Date) return ["d", String(value.getTime())] satisfies Tagged;
		if (value instanceof RegExp) return ["r", value.source, value.flags] satisfies Tagged;
		if (value instanceof Map)
			return [
				"m",
				Array.from(value, ([key, item]) => [pack(key, seen), pack(item, seen)]),
			] satisfies Tagged;
		if (value instanceof Set)
			return ["s", Array.from(value, (item) => pack(item, seen))] satisfies Tagged;
		if (value instanceof Error)
			return ["e", value.name, value.message, value.stack ?? ""] satisfies Tagged;
		if (value instanceof ArrayBuffer) return ["ab", toBase64(value)] satisfies Tagged;
		if (ArrayBuffer.isView(value)) {
			const name = typedArrays.includes(kind) ? kind : "Uint8Array";
			const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
			return ["t", name, toBase64(bytes.buffer)] satisfies Tagged;
		}
		if (
			value instanceof Promise ||
			value instanceof WeakMap ||
			value instanceof WeakSet ||
			kind === "Window"
		)
			throw new Error(failure);
		if (kind !== "Object" && kind !== "Arguments") throw new Error(failure);
		const packed: Record<string, unknown> = {};
		for (const key of Object.keys(value))
			packed[key] = pack((value as Record<string, unknown>)[key], seen);
		return ["o", packed] satisfies Tagged;
	}

	function unpack(packed: unknown, seen: unknown[]): unknown {
		if (!Array.isArray(packed)) return packed;
		const [tag, first, second, third] = packed as [string, never, never, never];
		const remember = <T>(value: T): T => {
			seen.push(value);
			return value;
		};
		switch (tag) {
			case "u":
				return undefined;
			case "n":
				return Number(first);
			case "b":
				return BigInt(first);
			case "ref":
				return seen[first];
			case "d":
				return remember(new Date(Number(first)));
			case "r":
				return remember(new RegExp(first, second));
			case "ab":
				return remember(fromBase64(first));
			case "t": {
				const make = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[
					first
				];
				return remember(make ? new make(fromBase64(second)) : undefined);
			}
			case "e": {
				const error = remember(new Error(second));
				error.name = first;
				error.stack = third;
				return error;
			}
			case "a": {
				const list = remember<unknown[]>([]);
				for (const item of first as unknown[]) list.push(unpack(item, seen));
				return list;
			}
			case "s": {
				const set = remember(new Set());
				for (const item of first as unknown[]) set.add(unpack(item, seen));
				return set;
			}
			case "m": {
				const map = remember(new Map());
				for (const [key, item] of first as [unknown, unknown][])
					map.set(unpack(key, seen), unpack(item, seen));
				return map;
			}
			default: {
				const object = remember<Record<string, unknown>>({});
				for (const [key, item] of Object.entries(first)) object[key] = unpack(item, seen);
				return object;
			}
		}
	}

	return {
		encode: (value) => JSON.stringify(pack(value, new Map())),
		decode: (text) => unpack(JSON.parse(text), []),
	};
}
