import { type AppError, appError } from "../../../shared/errors.ts";
import type { Delivery, DeliveryState, EpochMs, QueueReason } from "../../../shared/model.ts";

/** What can happen to a text of ours. */
export type Happening =
	/** It is about to be handed to the system. `again`: a doubtful one, under the same client id, to a server that knows it by that. */
	| { readonly kind: "attempt"; readonly again: boolean }
	/** It stays here for now. `overdue`: it has been here for 30 s. */
	| {
			readonly kind: "held";
			readonly reason: QueueReason;
			readonly overdue: boolean;
			readonly queuedSince: EpochMs;
			readonly undoUntil: EpochMs | null;
	  }
	| { readonly kind: "accepted" }
	| { readonly kind: "refused"; readonly error: AppError; readonly retryAllowed: boolean }
	| { readonly kind: "doubtful"; readonly error: AppError }
	/** The program is finding out what became of a doubtful one. */
	| { readonly kind: "checking" }
	/** It could not find out: the person decides. */
	| { readonly kind: "unresolved"; readonly error: AppError }
	/** A doubtful one whose session ended with the run: nothing but the person settles it now. */
	| { readonly kind: "abandoned"; readonly error: AppError }
	/** The system told us about it by itself, in or out of order. */
	| { readonly kind: "told"; readonly state: "sent" | "delivered" }
	/** So it did, and says that it failed. */
	| { readonly kind: "toldFailed"; readonly error: AppError; readonly retryAllowed: boolean }
	/** An accepted or doubtful one failed after all. */
	| { readonly kind: "failedAfterAll"; readonly error: AppError }
	/** Its peer cannot be reached, and it had not left. */
	| { readonly kind: "unreachable"; readonly error: AppError }
	/** The person wants it sent: a failed one, or a doubtful one at the risk of a second copy. */
	| { readonly kind: "retry"; readonly reason: QueueReason }
	| { readonly kind: "sendAgain"; readonly reason: QueueReason };

/** Shown with a doubtful text while the program is finding out what became of it. */
export const checking: AppError = appError("message.checking");

/**
 *   queued/waiting --attempt--> sending --accepted--> sent --told--> delivered
 *        ^  ^                    | | +--refused--> failed --retry--> queued
 *        |  +------held----------+ +----doubtful-> unknown --sendAgain--> queued
 *                                                   +--attempt (again)--> sending
 *
 * Null: it changes nothing. An outcome counts only while the text is `sending`: what the system
 * told us meanwhile (its echo came before the reply) is the better knowledge. Word of its
 * arrival counts in every state, also when the person has just asked for it to be sent again.
 */
export function nextDelivery(current: Delivery, happening: Happening, now: EpochMs): Delivery | null {
	const { state } = current;
	const inQueue = state === "queued" || state === "waiting";
	switch (happening.kind) {
		case "attempt":
			return inQueue || (happening.again && state === "unknown") ? plain("sending", now) : null;
		case "held": {
			if (!inQueue && state !== "sending") return null;
			const { reason, undoUntil } = happening;
			const held = happening.overdue ? "waiting" : "queued";
			if (held === state && current.queueReason === reason && current.undoUntil === undoUntil)
				return null;
			const since = held === state ? current.since : held === "queued" ? happening.queuedSince : now;
			return { ...plain(held, since), queueReason: reason, undoUntil };
		}
		case "accepted":
			return state === "sending" ? plain("sent", now) : null;
		case "refused":
			return state === "sending" ? failure(happening.error, happening.retryAllowed, now) : null;
		case "doubtful":
			return state === "sending" ? { ...plain("unknown", now), problem: happening.error } : null;
		case "checking":
			return state === "unknown" && current.problem?.code !== checking.code
				? { ...current, problem: checking }
				: null;
		case "unresolved":
			return state === "unknown" && current.problem?.code === checking.code
				? { ...current, problem: happening.error }
				: null;
		case "abandoned":
			return state === "unknown" && current.problem?.code !== happening.error.code
				? { ...current, problem: happening.error }
				: null;
		case "told":
			if (state === "delivered" || state === happening.state) return null;
			return plain(happening.state, now);
		case "toldFailed": {
			const { error, retryAllowed } = happening;
			if (state !== "failed") return failure(error, retryAllowed, now);
			const same = current.retryAllowed === retryAllowed && sameError(current.problem, error);
			return same ? null : failure(error, retryAllowed, current.since);
		}
		case "failedAfterAll":
			return state === "sending" || state === "sent" || state === "unknown"
				? failure(happening.error, true, now)
				: null;
		case "unreachable":
			return inQueue ? failure(happening.error, true, now) : null;
		case "retry":
			return state === "failed" && current.retryAllowed
				? { ...plain("queued", now), queueReason: happening.reason }
				: null;
		case "sendAgain":
			return state === "unknown" ? { ...plain("queued", now), queueReason: happening.reason } : null;
	}
}

/** A text that was just written. `undoUntil`: it may be taken back until then. */
export function freshDelivery(reason: QueueReason, now: EpochMs, undoUntil: EpochMs | null = null): Delivery {
	return undoUntil === null
		? { ...plain("queued", now), queueReason: reason }
		: { ...plain("queued", now), queueReason: "undo", undoUntil };
}

/** A text that leaves as soon as it is stored: the mark that it may have left is stored with it. */
export function leavingDelivery(now: EpochMs): Delivery {
	return plain("sending", now);
}

function plain(state: DeliveryState, since: EpochMs): Delivery {
	return { state, since, queueReason: null, problem: null, retryAllowed: false, undoUntil: null };
}

function failure(problem: AppError, retryAllowed: boolean, since: EpochMs): Delivery {
	return { ...plain("failed", since), problem, retryAllowed };
}

function sameError(one: AppError | null, other: AppError): boolean {
	return one?.code === other.code && one.detail === other.detail;
}
