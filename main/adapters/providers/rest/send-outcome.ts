import { AppFailure, type AppError, appError, toAppError } from "../../../../shared/errors.ts";
import type { SendOutcome } from "../../../core/ports/provider.ts";
import { type HttpResponse, TransportFailure } from "../../../core/ports/runtime.ts";
import type { RestClient, RestRequest } from "./rest-client.ts";
import { RestFailure } from "./rest-failure.ts";

/** What only the caller knows of a send. */
export interface SendRules {
	/**
	 * What a 2xx says. Null, or a throw (`http.malformed` of `RestClient.parse`): it cannot be read. A RestFailure with
	 * `executed: "no"` is a refusal, whatever the status.
	 */
	readonly accepted: (response: HttpResponse) => SendOutcome | null;
	/** What a 2xx that cannot be read means; "accepted" where the status alone says that the server has the text. */
	readonly malformed: "unknown" | "accepted";
	/** A refusal that means something of its own (opted out, too long); null: the general rule. */
	readonly refused?: (response: HttpResponse) => SendOutcome | null;
}

/** Posts one text, once, and says what became of it. Never rejects. */
export async function postOutcome(
	rest: RestClient,
	request: RestRequest,
	rules: SendRules,
): Promise<SendOutcome> {
	try {
		return answerOutcome(rest, await rest.request(request), rules);
	} catch (thrown) {
		return failureOutcome(thrown);
	}
}

/** What an answer to a send means. */
export function answerOutcome(rest: RestClient, response: HttpResponse, rules: SendRules): SendOutcome {
	const { status } = response;
	if (status >= 200 && status <= 299) return acceptedOutcome(response, rules);
	const own = rules.refused?.(response) ?? null;
	return own ?? failureOutcome(rest.refusal(response));
}

/** What it means that no answer was had, or that one says no. */
export function failureOutcome(thrown: unknown): SendOutcome {
	const error = toAppError(thrown);
	if (thrown instanceof TransportFailure)
		return thrown.reached === "no" ? rejected(error, "automatic") : { kind: "unknown", error };
	if (!(thrown instanceof RestFailure) || thrown.executed === "maybe") return { kind: "unknown", error };
	if (error.code === "http.overloaded") return rejected(error, "automatic", thrown.retryAfterMs);
	// The server's no, and an address that will be as wrong the next time: a person looks at it first.
	const final =
		error.code === "http.status" || /^network\.(?:badAddress|foreignRedirect)$/.test(error.code);
	return rejected(error, final ? "byPerson" : "automatic", thrown.retryAfterMs);
}

function acceptedOutcome(response: HttpResponse, { accepted, malformed }: SendRules): SendOutcome {
	let error = appError("http.malformed");
	try {
		const outcome = accepted(response);
		if (outcome !== null) return outcome;
	} catch (thrown) {
		// A refusal that came with a good status.
		if (thrown instanceof RestFailure && thrown.executed === "no") return failureOutcome(thrown);
		if (thrown instanceof AppFailure) ({ error } = thrown);
	}
	return malformed === "accepted"
		? { kind: "accepted", remoteId: null, at: null }
		: { kind: "unknown", error };
}

function rejected(
	error: AppError,
	retry: "byPerson" | "automatic",
	retryAfterMs: number | null = null,
): SendOutcome {
	const wait = retryAfterMs !== null && retryAfterMs > 0 ? { retryAfterMs } : {};
	return { kind: "rejected", error, retry, ...wait };
}
