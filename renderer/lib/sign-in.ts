import type { AppError } from "../../shared/errors.ts";

/** The server wants a second factor, or did not accept the one it got. */
export function asksForCode(problem: AppError): boolean {
	return problem.code === "auth.codeNeeded" || problem.code === "auth.codeWrong";
}
