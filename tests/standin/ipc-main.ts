import { anyEvent, GuardedEmitter } from "./guard.ts";
import type { Implements } from "./surface.ts";

type Handler = (event: Electron.IpcMainInvokeEvent, ...values: never[]) => unknown;

/** `ipcMain`: channels are the app's own names, so any of them may be listened to. */
class StandInIpcMain extends GuardedEmitter implements Implements<"ipcMain"> {
	readonly handlers = new Map<string, Handler>();

	constructor() {
		super("ipcMain", anyEvent);
	}

	handle(channel: string, handler: Handler): void {
		if (this.handlers.has(channel))
			throw new Error(`Attempted to register a second handler for '${channel}'`);
		if (typeof handler !== "function")
			throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
		this.handlers.set(channel, handler);
	}

	handleOnce(channel: string, handler: Handler): void {
		this.handle(channel, (event, ...values) => {
			this.removeHandler(channel);
			return handler(event, ...values);
		});
	}

	removeHandler(channel: string): void {
		this.handlers.delete(channel);
	}
}

export const ipcMain = new StandInIpcMain();
