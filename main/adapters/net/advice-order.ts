import { appError } from "../../../shared/errors.ts";
import type { Frames } from "./bayeux-frames.ts";
import type { SessionFailure } from "./bayeux-session.ts";

/** What a successful reply's advice demands that the library does not do by itself. */
export function adviceOrder(frames: Frames): SessionFailure | undefined {
	for (const { successful, channel, advice } of frames.replies) {
		if (!successful || channel === "/meta/disconnect") continue;
		const remedy =
			advice?.reconnect === "none"
				? "refused"
				: advice?.reconnect === "handshake"
					? "handshake"
					: undefined;
		if (remedy === undefined || (remedy === "handshake" && channel === "/meta/handshake")) continue;
		const detail = `advice: reconnect ${remedy === "refused" ? "none" : "handshake"}`;
		return { error: appError("bayeux.refused", { detail }), remedy, lossy: false, retryAfterMs: 0 };
	}
	return undefined;
}
