import { appError } from "../../../../shared/errors.ts";
import type { SendOutcome } from "../../../core/ports/provider.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { jsonOf } from "./api.ts";
import { readMessage } from "./wire.ts";

/**
 * What a 2xx to a text means (sheet, 10.1): a message with its id and the server's wording (row 16); without a body the
 * server has it and says no more (row 9). A 200 with an error is a refusal.
 */
export function readAnswer(response: HttpResponse, words: string | undefined): SendOutcome {
	const message = readMessage(jsonOf(response));
	if (message !== null)
		return { kind: "accepted", remoteId: message.id, at: message.at, text: message.text };
	if (response.status === 200 && words !== undefined)
		throw new RestFailure(appError("message.refused", { detail: words }), {
			executed: "no",
			status: 200,
		});
	return { kind: "accepted", remoteId: null, at: null };
}

/** A refusal is shown with the server's words; what is left out goes by the general rule. */
export function refusedOutcome({ status }: HttpResponse, words: string | undefined): SendOutcome | null {
	if (status < 400 || status > 499 || status === 401 || status === 408 || status === 429) return null;
	const detail = words ?? `HTTP ${String(status)}`;
	return { kind: "rejected", error: appError("message.refused", { detail }), retry: "byPerson" };
}
