import type { EntryId } from "../../shared/ids.ts";
import type { FakeBridge } from "./fake-bridge.ts";

/**
 * Every screen by name, as a bridge that leads to it: for axe, and for looking at. What has to be pressed to get
 * there (`steps`) is a list of accessible names; `type` goes into the box that has the focus.
 */
export interface Scene {
	readonly bridge: () => FakeBridge;
	/** Of the window, in CSS pixels; a desk's without it. */
	readonly size?: readonly [number, number];
	readonly steps?: readonly (
		| { readonly press: string }
		| { readonly type: string; readonly into: string }
		| { readonly tab: string }
		| { readonly check: string }
		/** An entry of the menu that is open. */
		| { readonly choose: string }
		| { readonly key: string }
		/** Opens the conversation at this message. */
		| { readonly see: EntryId }
	)[];
}
