import { appError, AppFailure } from "../../../../shared/errors.ts";
import { isPublicAddress } from "./attachment-rules.ts";

/**
 * Where files are put, without a slash at its end; null: nowhere. Throws `attachment.badAddress`: TextUs has to be able
 * to fetch from there, so it is https and no computer of the agent's.
 */
export function uploadBase(address: string, server: string): string | null {
	const typed = address.trim();
	if (typed === "") return null;
	const url = URL.parse(typed);
	if (url === null || !isPublicAddress(typed, server) || url.search !== "" || url.hash !== "")
		throw new AppFailure(appError("attachment.badAddress"));
	return url.href.replace(/\/+$/, "");
}
