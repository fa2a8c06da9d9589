import type { Bridge } from "../../shared/ipc/types.ts";

declare global {
	/** What specs find in the app's page when they run there. */
	interface Window {
		readonly app: Bridge;
	}
}
