import type { Bridge } from "../shared/ipc/types.ts";

declare global {
	interface Window {
		/** Put there by the preload; all the page has of the outside. */
		readonly app?: Bridge;
	}
}
