import { asStretchId } from "../../../../shared/ids.ts";
import type { EpochMs, LiveStretch } from "../../../../shared/model.ts";
import type { EchoLedger } from "./echo.ts";

/** One IM session as this client knows it. */
export interface BookSession {
	readonly key: string;
	/** The conversation's address. */
	readonly peer: string;
	/** What SendMessage names as destination (row 7). */
	readonly number: string;
	readonly ours: boolean;
	readonly phase: "calling" | "alerting" | "talking";
	readonly capabilities: readonly string[];
	readonly userData: Readonly<Record<string, unknown>>;
	readonly since: EpochMs;
	/** The person said "Accept" while it rang. */
	readonly accepted: boolean;
	/** `Complete` was sent; "rejected": by "Reject". */
	readonly closing: "no" | "ended" | "rejected";
	readonly ledger: EchoLedger;
	/** Rises with every sighting: a list asked for earlier cannot end a session seen later. */
	readonly touched: number;
}

/** InitiateIMSession was or is being sent, and no session has come up for it. */
export interface PlacedCall {
	readonly peer: string;
	readonly since: EpochMs;
	/** The server took InitiateIMSession, or may have. */
	readonly accepted: boolean;
	/** The person ended it before it had an id: it is completed as soon as it has one. */
	readonly abandoned: boolean;
}

/** Row 6: only while talking, and only if the server lists SendMessage. */
export function canSend(session: BookSession): boolean {
	return (
		session.phase === "talking" &&
		session.capabilities.includes("SendMessage") &&
		session.closing === "no"
	);
}

/** What the conversation shows of it. */
export function liveOf(session: BookSession): LiveStretch {
	const { key, phase, since, accepted, closing } = session;
	const actions =
		closing !== "no"
			? []
			: phase === "alerting" && !accepted
				? (["accept", "reject"] as const)
				: (["end"] as const);
	return { id: asStretchId(key), phase, since, canSend: canSend(session), actions };
}
