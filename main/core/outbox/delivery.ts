import type { AppError } from "../../../shared/errors.ts";
import type { Delivery, DeliveryState, EpochMs, MessageEntry, QueueReason } from "../../../shared/model.ts";
import type { ConversationRecord, StoreWrite } from "../ports/stores.ts";
import { previewOf } from "../conversations/conversation-view.ts";

/** What can happen to a text of ours. */
export type Happening =
	/** It is about to be handed to the system. */
	| { readonly kind: "attempt" }
	/** It stays here for now. `overdue`: it has been here for 30 s. */
	| {
			readonly kind: "held";
			readonly reason: QueueReason;
			readonly overdue: boolean;
			readonly queuedSince: EpochMs;
	  }
	| { readonly kind: "accepted" }
	| { readonly kind: "refused"; readonly error: AppError; readonly retryAllowed: boolean }
	| { readonly kind: "doubtful"; readonly error: AppError }
	/** The system told us about it by itself, in or out of order. */
	| { readonly kind: "told"; readonly state: "sent" | "delivered" }
	/** An accepted or doubtful one failed after all. */
	| { readonly kind: "failedAfterAll"; readonly error: AppError }
	/** Its peer cannot be reached, and it had not left. */
	| { readonly kind: "unreachable"; readonly error: AppError }
	/** The person wants it sent: a failed one, or a doubtful one at the risk of a second copy. */
	| { readonly kind: "retry"; readonly reason: QueueReason }
	| { readonly kind: "sendAgain"; readonly reason: QueueReason };

/**
 *   queued/waiting --attempt--> sending --accepted--> sent --told--> delivered
 *        ^  ^                    | | +--refused--> failed --retry--> queued
 *        |  +------held----------+ +----doubtful-> unknown --sendAgain--> queued
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
			return inQueue ? plain("sending", now) : null;
		case "held": {
			if (!inQueue && state !== "sending") return null;
			const held = happening.overdue ? "waiting" : "queued";
			if (held === state && current.queueReason === happening.reason) return null;
			const since = held === state ? current.since : held === "queued" ? happening.queuedSince : now;
			return { ...plain(held, since), queueReason: happening.reason };
		}
		case "accepted":
			return state === "sending" ? plain("sent", now) : null;
		case "refused":
			return state === "sending" ? failure(happening.error, happening.retryAllowed, now) : null;
		case "doubtful":
			return state === "sending" ? { ...plain("unknown", now), problem: happening.error } : null;
		case "told":
			if (state === "delivered" || state === happening.state) return null;
			return plain(happening.state, now);
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

/** A text that was just written. */
export function freshDelivery(reason: QueueReason, now: EpochMs): Delivery {
	return { ...plain("queued", now), queueReason: reason };
}

/** The new state of one text, with the list row that shows it, as one write. */
export function deliveryWrite(
	record: ConversationRecord | null,
	entry: MessageEntry,
	delivery: Delivery,
): StoreWrite {
	const deliveries = [{ id: entry.id, delivery }];
	const shown = previewOf(entry);
	const { preview } = record ?? { preview: null };
	if (
		record === null ||
		preview?.kind !== "out" ||
		preview.at !== shown.at ||
		preview.text !== shown.text
	) {
		return { deliveries };
	}
	return {
		deliveries,
		patches: [{ id: record.id, patch: { preview: { ...preview, delivery: delivery.state } } }],
	};
}

function plain(state: DeliveryState, since: EpochMs): Delivery {
	return { state, since, queueReason: null, problem: null, retryAllowed: false };
}

function failure(problem: AppError, retryAllowed: boolean, since: EpochMs): Delivery {
	return { ...plain("failed", since), problem, retryAllowed };
}
