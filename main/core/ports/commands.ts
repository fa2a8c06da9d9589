import type { Result } from "../../../shared/errors.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { CommandName } from "../../../shared/ipc/names.ts";

/**
 * What the window may ask, one function a command. Inputs are already parsed by the contract's
 * schemas. A handler answers with a value and does not reject.
 */
export type CommandHandlers = {
	readonly [C in CommandName]: (input: Parsed<C>) => Promise<Result<Output<C>>>;
};
