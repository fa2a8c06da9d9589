import type { Result } from "../../../shared/errors.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { CommandName } from "../../../shared/ipc/names.ts";

/**
 * One use case a command. The input has been parsed by the IPC server, so a handler never checks its shape;
 * a failure the person can read is a value. A handler that throws is answered with `internal`.
 */
export type CommandHandlers = {
	readonly [C in CommandName]: (input: Parsed<C>) => Promise<Result<Output<C>>>;
};
