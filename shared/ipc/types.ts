import type { Result } from "../errors.ts";
import type { Input, Output, Payload } from "./contract.ts";
import type { CommandName, EventName } from "./names.ts";

/** `window.app`: all the page has of the outside. */
export interface Bridge {
	invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>>>;
	/** Returns the function that stops listening. */
	on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void;
}
