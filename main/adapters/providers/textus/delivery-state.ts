import { appError, type AppError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { WireMessage } from "./wire.ts";

/** Where an own message is. */
export interface Progress {
	readonly state: "sent" | "delivered" | "failed";
	/** Nothing more happens to it by itself. */
	readonly final: boolean;
	readonly problem?: AppError;
	readonly retryAllowed?: boolean;
	/** The system's own words. */
	readonly words?: string;
	readonly scheduledAt?: EpochMs;
}

/**
 * What a `deliveryState` means (sheet, 9.3). A state that no documentation names is shown by its words and is not
 * final. A failed message may be tried again only where flag and link both say so (row 11).
 */
export function progressOf(message: WireMessage): Progress {
	const said = message.words === null ? {} : { words: message.words };
	switch (message.state) {
		case "delivered":
		case "received":
			return { state: "delivered", final: true, ...said };
		case "failed":
		case "failed_transient":
		case "unknown":
			return {
				state: "failed",
				final: true,
				problem: appError("message.deliveryFailed", { detail: message.words ?? undefined }),
				retryAllowed: message.retryAllowed && message.retry !== null,
				...said,
			};
		case "scheduled":
			return { state: "sent", final: false, scheduledAt: message.shownAt, ...said };
		case "created":
		case "queued":
		case "dispatched":
		case null:
			return { state: "sent", final: false, ...said };
		default:
			return {
				state: "sent",
				final: false,
				words: message.words ?? message.state.replaceAll("_", " "),
			};
	}
}

/** Equal for two reports of a message that say the same; addresses of files change with every report and do not count. */
export function fingerprintOf({ state, words, retryAllowed, retry, text, at, files }: WireMessage): string {
	return JSON.stringify([
		state,
		words,
		retryAllowed && retry !== null,
		text,
		at,
		files.map(({ id }) => id),
	]);
}
