import type { Payload } from "../shared/ipc/contract.ts";
import type { EventName } from "../shared/ipc/names.ts";
import type { Bridge } from "../shared/ipc/types.ts";

declare global {
	interface Window {
		/** Put there by the preload; all the page has of the outside. */
		readonly app?: Bridge;
	}
}

/** The bridge of this page; undefined when the preload did not run. */
export function pageBridge(): Bridge | undefined {
	return window.app;
}

/** Listens until `signal` is aborted. */
export function subscribe<E extends EventName>(
	bridge: Bridge,
	event: E,
	signal: AbortSignal,
	listener: (payload: Payload<E>) => void,
): void {
	if (signal.aborted) return;
	const stop = bridge.on(event, listener);
	// Called with nothing: an Event cannot cross the bridge.
	signal.addEventListener(
		"abort",
		() => {
			stop();
		},
		{ once: true },
	);
}
