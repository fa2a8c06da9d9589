import type { BridgeEnd } from "./bridge-ends.ts";

/** What the isolated world tells the main process, one JSON text each. */
export type PageMessage =
	| { kind: "invoke"; id: number; channel: string; payload: string }
	| { kind: "send"; channel: string; payload: string }
	| { kind: "key"; key: KeyPress }
	| { kind: "context-menu"; menu: PageMenu }
	| { kind: "external"; url: string }
	| { kind: "title"; title: string }
	| { kind: "menu-choice"; item: number | null }
	| { kind: "preload-error"; text: string };

export interface KeyPress {
	key: string;
	code: string;
	control: boolean;
	shift: boolean;
	alt: boolean;
	meta: boolean;
	editable: boolean;
}

export interface PageMenu {
	x: number;
	y: number;
	linkURL: string;
	linkText: string;
	pageURL: string;
	frameURL: string;
	srcURL: string;
	mediaType: "none" | "image" | "audio" | "video" | "canvas" | "file" | "plugin";
	hasImageContents: boolean;
	isEditable: boolean;
	selectionText: string;
	titleText: string;
	altText: string;
	inputFieldType: string;
	spellcheckEnabled: boolean;
	menuSourceType: string;
}

interface Codec {
	readonly encode: (value: unknown) => string;
	readonly decode: (text: string) => unknown;
}

export interface IsolatedOptions {
	codec: Codec;
	preload:
		| ((require: unknown, module: unknown, exports: unknown, process: unknown, global: unknown) => void)
		| null;
	processInfo: Record<string, unknown>;
	makeEnd(answer: (topic: string, value: unknown) => unknown): BridgeEnd;
}

/**
 * The preload's world: `require("electron")` with ipcRenderer and contextBridge. Runs as source text in the
 * main frame only, before any script of the page. `__standIn` is the binding to the main process.
 */
export function installIsolatedWorld(options: IsolatedOptions): void {
	type Listener = (event: object, ...values: unknown[]) => void;
	const world = globalThis as unknown as {
		__standIn: (text: string) => void;
		__standInReceive(kind: string, first: unknown, payload: string): void;
	};
	const binding = world.__standIn;
	const tell = (message: PageMessage): void => binding(JSON.stringify(message));
	const { codec } = options;
	const listeners = new Map<string, { listener: Listener; once: boolean }[]>();
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	let next = 0;

	world.__standInReceive = (kind, first, payload) => {
		if (kind === "reply" || kind === "failure") {
			const settle = waiting.get(first as number);
			waiting.delete(first as number);
			if (kind === "reply") settle?.resolve(codec.decode(payload));
			else settle?.reject(new Error(payload));
			return;
		}
		const channel = String(first);
		const values = codec.decode(payload) as unknown[];
		for (const entry of [...(listeners.get(channel) ?? [])]) {
			if (entry.once) remove(channel, entry.listener);
			try {
				entry.listener({ sender: ipcRenderer, senderId: 0, ports: [] }, ...values);
			} catch (error) {
				reportError(error);
			}
		}
	};

	const add = (channel: string, listener: Listener, once: boolean): void =>
		void listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
	const remove = (channel: string, listener: Listener): void => {
		const entries = listeners.get(channel) ?? [];
		const index = entries.findLastIndex((entry) => entry.listener === listener);
		if (index >= 0) listeners.set(channel, entries.toSpliced(index, 1));
	};

	const absent = <T extends object>(target: T, label: string): T =>
		new Proxy(target, {
			get(object, property, receiver): unknown {
				if (property in object || typeof property === "symbol" || property === "then")
					return Reflect.get(object, property, receiver);
				throw new Error(`not in stand-in: ${label}.${property}`);
			},
		});

	const ipcRenderer = absent(
		{
			invoke: (channel: string, ...values: unknown[]) =>
				new Promise((resolve, reject) => {
					const payload = codec.encode(values);
					const id = ++next;
					waiting.set(id, { resolve, reject });
					tell({ kind: "invoke", id, channel, payload });
				}),
			send: (channel: string, ...values: unknown[]) =>
				tell({ kind: "send", channel, payload: codec.encode(values) }),
			on(channel: string, listener: Listener) {
				add(channel, listener, false);
				return ipcRenderer;
			},
			addListener: (channel: string, listener: Listener): unknown => ipcRenderer.on(channel, listener),
			once(channel: string, listener: Listener) {
				add(channel, listener, true);
				return ipcRenderer;
			},
			off(channel: string, listener: Listener) {
				remove(channel, listener);
				return ipcRenderer;
			},
			removeListener: (channel: string, listener: Listener): unknown =>
				ipcRenderer.off(channel, listener),
			removeAllListeners(channel?: string) {
				if (channel === undefined) listeners.clear();
				else listeners.delete(channel);
				return ipcRenderer;
			},
			listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
		},
		"ipcRenderer",
	);

	const end = options.makeEnd(() => undefined);
	const contextBridge = absent(
		{
			exposeInMainWorld(key: string, api: unknown) {
				if (typeof key !== "string") throw new TypeError("Error processing argument at index 0");
				end.request("expose", { key, api });
			},
		},
		"contextBridge",
	);

	if (options.preload !== null) {
		const electron = absent({ ipcRenderer, contextBridge }, "electron (renderer)");
		const process = absent(options.processInfo, "process (renderer)");
		const require = (name: string): unknown => {
			if (name === "electron" || name === "electron/renderer" || name === "electron/common")
				return electron;
			throw new Error(`module not found: ${name}`);
		};
		const module = { exports: {} };
		try {
			options.preload(require, module, module.exports, process, globalThis);
		} catch (error) {
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			console.error(`Unable to load preload script\n${text}`);
			tell({ kind: "preload-error", text });
		}
	}
}
