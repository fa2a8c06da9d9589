import { AppFailure, appError, toAppError, type AppError } from "../../../../shared/errors.ts";
import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { SendOutcome } from "../../../core/ports/provider.ts";
import { TransportFailure } from "../../../core/ports/runtime.ts";
import { GenesysRefusal } from "./envelope.ts";

/** What a failed POST says about a text. Pure. */
export type Verdict =
	/** The server refused it, or it certainly was not reached: nothing was done. */
	| { readonly kind: "notDone"; readonly outcome: SendOutcome }
	/** Nobody knows. */
	| { readonly kind: "unknown" }
	/** The session is not what we thought: read the list, then decide. */
	| { readonly kind: "stale"; readonly refusal: GenesysRefusal };

/** So often a text is tried again by itself after statusCode 4 ("no data was modified"). */
export const automaticAttempts = 3;

/** The text waits until the call to the peer is answered. */
export const calling: SendOutcome = { kind: "notYet", reason: "calling" };

export function rejected(error: AppError, retry: "byPerson" | "automatic" | "never"): SendOutcome {
	return { kind: "rejected", error, retry };
}

/** How often each text met an overload, as a text or as the call it needed. */
export class OverloadCount {
	readonly #met = new Map<ClientMessageId, number>();

	/** How often before this failure, which is counted if it is an overload. */
	count(clientId: ClientMessageId, thrown: unknown): number {
		const before = this.#met.get(clientId) ?? 0;
		if (thrown instanceof GenesysRefusal && thrown.kind === "overloaded")
			this.#met.set(clientId, before + 1);
		return before;
	}

	/** The text went out. */
	forget(clientId: ClientMessageId): void {
		this.#met.delete(clientId);
	}
}

/** `attempts`: how often this text met an overload before; `holdBackMs`: the pause that the back-off asks for. */
export function judge(
	thrown: unknown,
	facts: { attempts: number; holdBackMs: number; length: number },
): Verdict {
	if (thrown instanceof TransportFailure)
		return thrown.reached === "no" ? notDone(thrown.error, "automatic") : { kind: "unknown" };
	if (thrown instanceof GenesysRefusal) return judgeRefusal(thrown, facts);
	// Waiting for its turn was cancelled: nothing left this computer.
	if (thrown instanceof Error && thrown.name === "AbortError")
		return notDone(toAppError(thrown), "automatic");
	return thrown instanceof AppFailure ? notDone(thrown.error, "byPerson") : { kind: "unknown" };
}

function judgeRefusal(
	refusal: GenesysRefusal,
	facts: { attempts: number; holdBackMs: number; length: number },
): Verdict {
	const { error, kind, statusCode, httpStatus } = refusal;
	switch (kind) {
		case "signIn":
			return { kind: "notDone", outcome: { kind: "notYet", reason: "offline" } };
		case "csrf":
			return notDone(error, "byPerson");
		case "overloaded":
			// No code is documented for it: the words decide (row 4).
			if (refusal.invalidState) return { kind: "stale", refusal };
			if (error.code === "genesys.deviceUnregistered" || facts.attempts + 1 >= automaticAttempts)
				return notDone(error, "byPerson");
			return notDone(error, "automatic", Math.max(facts.holdBackMs, refusal.retryAfterMs ?? 0));
		case "notAnswer":
			// A page in place of an answer: below 500 the request was turned away, otherwise it may have been done.
			return httpStatus >= 300 && httpStatus < 500 ? notDone(error, "byPerson") : { kind: "unknown" };
		case "refused": {
			const detail = error.detail ?? "";
			if (statusCode === 10 || /too long|longer than|(maximum|max\.?) (length|size)/i.test(detail))
				return notDone(
					appError("message.tooLong", { params: { length: facts.length }, detail }),
					"never",
				);
			if (statusCode === 6 || refusal.invalidState) return { kind: "stale", refusal };
			return notDone(error, "byPerson");
		}
	}
}

/** A refusal of InitiateIMSession in words: who could not be reached, or which device cannot. */
export function callError(refusal: GenesysRefusal, peer: string, device: string): AppError {
	const { error, statusCode } = refusal;
	const detail = error.detail;
	if (/suitable device/i.test(detail ?? ""))
		return appError("genesys.deviceCannotMessage", { params: { device }, detail });
	if (error.code === "genesys.serverError" || statusCode === 6 || statusCode === 2)
		return appError("peer.unreachable", { params: { peer }, detail });
	return error;
}

function notDone(error: AppError, retry: "byPerson" | "automatic" | "never", retryAfterMs = 0): Verdict {
	return {
		kind: "notDone",
		outcome: { kind: "rejected", error, retry, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) },
	};
}
