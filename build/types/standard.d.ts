// The part of the web platform that Node and browsers share, for the layers that must run in both and therefore
// have neither Node's nor the DOM's types: shared/ and main/core/. Add a name here only if both have it.
// Clocks and randomness are missing on purpose: they are injected.

interface Event {
	readonly type: string;
}
interface EventTarget {
	addEventListener(
		type: string,
		listener: (event: Event) => void,
		options?: { once?: boolean; signal?: AbortSignal },
	): void;
	removeEventListener(type: string, listener: (event: Event) => void): void;
}
interface AbortSignal extends EventTarget {
	readonly aborted: boolean;
	readonly reason: unknown;
	throwIfAborted(): void;
}
declare var AbortSignal: {
	prototype: AbortSignal;
	abort(reason?: unknown): AbortSignal;
	any(signals: Iterable<AbortSignal>): AbortSignal;
};
interface AbortController {
	readonly signal: AbortSignal;
	abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

interface URLSearchParams extends Iterable<[string, string]> {
	readonly size: number;
	append(name: string, value: string): void;
	delete(name: string): void;
	get(name: string): string | null;
	getAll(name: string): string[];
	has(name: string): boolean;
	set(name: string, value: string): void;
	sort(): void;
	toString(): string;
	entries(): IterableIterator<[string, string]>;
	keys(): IterableIterator<string>;
	values(): IterableIterator<string>;
}
declare var URLSearchParams: {
	prototype: URLSearchParams;
	new (init?: string | Record<string, string> | Iterable<[string, string]>): URLSearchParams;
};
interface URL {
	hash: string;
	host: string;
	hostname: string;
	href: string;
	readonly origin: string;
	password: string;
	pathname: string;
	port: string;
	protocol: string;
	search: string;
	readonly searchParams: URLSearchParams;
	username: string;
	toString(): string;
	toJSON(): string;
}
declare var URL: {
	prototype: URL;
	new (url: string | URL, base?: string | URL): URL;
	canParse(url: string | URL, base?: string | URL): boolean;
	parse(url: string | URL, base?: string | URL): URL | null;
};

interface TextEncoder {
	encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder {
	decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}
declare var TextDecoder: {
	prototype: TextDecoder;
	new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

declare function structuredClone<T>(value: T): T;
declare function queueMicrotask(callback: () => void): void;
