import { asStretchId } from "../../../../shared/ids.ts";
import type { EpochMs, LiveStretch } from "../../../../shared/model.ts";
import { EchoLedger } from "./echo.ts";
import { hasNumber, numberOf } from "./phone-number.ts";
import type { WireImSession } from "./wire.ts";

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

/**
 * A session that has come up, and the call of ours that it answers (section 11: the reply to InitiateIMSession names
 * no id, so it is told by the dialled number). `ownNumbers` are not the peer, should the server list them.
 */
export function beginning(
	wire: WireImSession,
	placed: readonly PlacedCall[],
	ownNumbers: readonly string[],
	now: EpochMs,
): { readonly session: BookSession; readonly call: PlacedCall | null } {
	const everybody = wire.participants ?? [];
	const others = everybody.filter((party) => !ownNumbers.some((own) => hasNumber(party, own)));
	const participants = others.length > 0 ? others : everybody;
	const rings = wire.state === "Alerting";
	const dialled =
		placed.find((call) => participants.some((party) => hasNumber(party, call.peer))) ??
		(participants.length === 0 && !rings && placed.length === 1 ? placed[0] : undefined);
	const call = rings ? null : (dialled ?? null);
	const party =
		participants.find((other) => dialled !== undefined && hasNumber(other, dialled.peer)) ??
		participants[0];
	const number = (party === undefined ? null : numberOf(party)) ?? dialled?.peer ?? wire.key;
	const unanswered = call !== null || wire.state === "Initiating" ? "calling" : "alerting";
	const session: BookSession = {
		key: wire.key,
		// The conversation keeps the spelling it was started with.
		peer: dialled?.peer ?? number,
		number: call !== null && participants.length > 1 ? call.peer : number,
		ours: call !== null,
		phase: wire.state === "Talking" ? "talking" : unanswered,
		capabilities: wire.capabilities ?? [],
		userData: wire.userData ?? {},
		since: call?.since ?? now,
		accepted: false,
		closing: "no",
		ledger: new EchoLedger(),
		touched: 0,
	};
	return { session, call };
}
