import type { BridgeEnd } from "./bridge-ends.ts";

/**
 * The page's end of contextBridge: puts what the preload exposes on `window`, frozen, as Electron does.
 * Runs as source text in the page's world before any script of the page.
 */
export function installMainWorld(
	makeEnd: (answer: (topic: string, value: unknown) => unknown) => BridgeEnd,
): void {
	const freeze = (value: unknown): unknown => {
		if ((typeof value !== "object" && typeof value !== "function") || value === null) return value;
		if (ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
		Object.freeze(value);
		for (const key of Object.getOwnPropertyNames(value)) freeze((value as Record<string, unknown>)[key]);
		return value;
	};
	makeEnd((topic, value) => {
		if (topic !== "expose") return undefined;
		const { key, api } = value as { key: string; api: unknown };
		if (Object.hasOwn(globalThis, key))
			throw new Error(`Cannot bind an API on top of an existing property on the window object`);
		Object.defineProperty(globalThis, key, {
			value: freeze(api),
			writable: false,
			configurable: false,
			enumerable: true,
		});
		return undefined;
	});
}
