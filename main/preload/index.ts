import { contextBridge, ipcRenderer, type IpcRendererEvent } from "electron";
import { commandChannel, commandNames, eventChannel, eventNames } from "../../shared/ipc/names.ts";
import type { Bridge } from "../../shared/ipc/types.ts";

// A sandboxed preload: one CommonJS file, no Node. The page gets two functions and no object of Electron's;
// names are checked here so that no other channel can be reached, inputs in main, which trusts nobody.

const commands: ReadonlySet<unknown> = new Set(commandNames);
const events: ReadonlySet<unknown> = new Set(eventNames);

const bridge: Bridge = Object.freeze({
	invoke: async (name, input) => {
		if (!commands.has(name)) return { ok: false, error: { code: "input.invalid" } };
		return (await ipcRenderer.invoke(commandChannel, { name, input })) as never;
	},
	on: (name, listener) => {
		if (!events.has(name) || typeof listener !== "function") return () => undefined;
		// The event object would give the page a handle on `sender`: only the payload goes on.
		const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload as never);
		const channel = eventChannel(name);
		ipcRenderer.on(channel, forward);
		return () => {
			ipcRenderer.off(channel, forward);
		};
	},
} satisfies Bridge);

contextBridge.exposeInMainWorld("app", bridge);
