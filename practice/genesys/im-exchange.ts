import type { TimerGroup } from "../clock.ts";
import { callUuid, type PracticeRandom } from "../random.ts";
import type { JsonObject, JsonValue } from "../server/json.ts";
import type { Ledger } from "./ledger.ts";
import { notFound, Refusal, statusCodes } from "./refusal.ts";
import type { FailedDestination, GenesysSwitches } from "./switches.ts";

/**
 * The state of one side of a session (sheet, 9.5):
 *
 *   initiator: Initiating --+
 *                           +--> Talking --> Completed
 *   target:    Alerting ----+                    ^
 *                  +---- rejected, timed out ----+
 */
export type ImState = "Initiating" | "Alerting" | "Talking" | "Completed";

/** One party's end of a session. */
export interface ImSide {
	readonly party: ImParty;
	readonly role: "initiator" | "target";
	/** Directory number by which the other side knows this one. */
	readonly phoneNumber: string;
	/** A second name of the session, used where `id` differs from the path. */
	readonly alias: string;
	state: ImState;
}

/** Two parties and their texts. Both name it by the same SIP call UUID. */
export interface ImSession {
	/** Last segment of the path. */
	readonly key: string;
	readonly initiator: ImSide;
	readonly target: ImSide;
	userData: Record<string, JsonValue>;
}

/** Somebody who can be in a session: an agent's client or a scripted colleague. */
export interface ImParty {
	readonly name: string;
	/** The own side's state or the user data changed. */
	changed(session: ImSession, side: ImSide, what: "StatusChange" | "AttachedDataChanged"): void;
	/** The other side rings here; the party decides when to `answer` or `complete`. */
	alerted(session: ImSession, side: ImSide): void;
	/** A text was accepted; `own` when this side wrote it. */
	message(session: ImSession, side: ImSide, text: string, own: boolean): void;
	/** A request that had been accepted failed afterwards; `side` is the own end, if a session came to be. */
	failed(reason: string, sessionKey: string): void;
}

/** What the switch finds under a number. */
export type Line =
	| { readonly kind: "party"; readonly party: ImParty; readonly busy: boolean }
	| { readonly kind: "unreachable"; readonly reason: string };

/** The SIP Server's part: sets sessions up, carries texts, ends them. */
export class ImExchange {
	readonly #switches: GenesysSwitches;
	readonly #clock: TimerGroup;
	readonly #random: PracticeRandom;
	readonly #ledger: Ledger;
	readonly #line: (phoneNumber: string) => Line;
	readonly #sessions = new Map<string, ImSession>();
	readonly #ringing = new Map<string, () => void>();
	readonly #over = new Set<string>();

	constructor(parts: {
		switches: GenesysSwitches;
		clock: TimerGroup;
		random: PracticeRandom;
		ledger: Ledger;
		line: (phoneNumber: string) => Line;
	}) {
		this.#switches = parts.switches;
		this.#clock = parts.clock;
		this.#random = parts.random;
		this.#ledger = parts.ledger;
		this.#line = parts.line;
	}

	/** Sessions that at least one side is still in, oldest first. */
	get sessions(): readonly ImSession[] {
		return [...this.#sessions.values()];
	}

	/** The party's ends that are not `Completed`. */
	sidesOf(party: ImParty): { session: ImSession; side: ImSide }[] {
		return this.sessions
			.flatMap((session) => [
				{ session, side: session.initiator },
				{ session, side: session.target },
			])
			.filter(({ side }) => side.party === party && side.state !== "Completed");
	}

	/** Dials. Returns null where the switches let a failed destination look accepted without a session. */
	initiate(
		from: { party: ImParty; phoneNumber: string },
		destination: string,
		userData: JsonObject,
	): ImSession | null {
		if (this.sidesOf(from.party).length > 0) throw this.#invalidState();
		if (destination === from.phoneNumber) {
			throw new Refusal(statusCodes.invalidForState, "Destination is the own device");
		}
		const line = this.#line(destination);
		if (line.kind === "unreachable") {
			return this.#failDestination(
				this.#switches.unreachablePeer,
				from,
				destination,
				userData,
				line.reason,
			);
		}
		if (line.busy) {
			return this.#failDestination(
				this.#switches.busyPeer,
				from,
				destination,
				userData,
				"Destination busy",
			);
		}
		const session = this.#create(from, { party: line.party, phoneNumber: destination }, userData);
		this.#tell(session, session.initiator, "StatusChange");
		this.#tell(session, session.target, "StatusChange");
		const { ringTimeoutMs } = this.#switches;
		if (ringTimeoutMs !== null) {
			this.#ringing.set(
				session.key,
				this.#clock.after(ringTimeoutMs, () => {
					this.#end(session);
				}),
			);
		}
		session.target.party.alerted(session, session.target);
		return session;
	}

	/** The target takes the session; both are `Talking` from here. */
	answer(session: ImSession): void {
		if (session.target.state !== "Alerting") throw this.#invalidState();
		this.#stopRinging(session);
		session.initiator.state = "Talking";
		session.target.state = "Talking";
		this.#tell(session, session.initiator, "StatusChange");
		this.#tell(session, session.target, "StatusChange");
	}

	/** Accepts a text of `side` and carries it to both ends. */
	send(session: ImSession, side: ImSide, text: string): void {
		const limit = this.#switches.messageLengthLimit;
		if (side.state !== "Talking" && !(this.#switches.sendBeforeTalking && side.state !== "Completed")) {
			throw this.#invalidState();
		}
		if (limit !== null && text.length > limit) {
			throw new Refusal(statusCodes.outOfRange, `Parameter 'text' is longer than ${String(limit)}`);
		}
		if (this.#switches.sendFailsAsync) {
			side.party.failed("Message was not delivered", session.key);
			return;
		}
		const other = otherSide(session, side);
		this.#ledger.add({
			at: this.#clock.now(),
			sessionKey: session.key,
			sender: side.phoneNumber,
			recipient: other.phoneNumber,
			text,
		});
		side.party.message(session, side, text, true);
		other.party.message(session, other, text, false);
	}

	/** Replaces the session's user data and tells both ends. */
	setUserData(session: ImSession, userData: Record<string, JsonValue>): void {
		session.userData = userData;
		for (const side of [session.initiator, session.target]) {
			if (side.state !== "Completed") this.#tell(session, side, "AttachedDataChanged");
		}
	}

	/** Ends the session for both, or for this side only where both must say so. */
	complete(session: ImSession, side: ImSide): void {
		if (side.state === "Completed") throw this.#invalidState();
		if (this.#switches.completeFromBothSides && side.state === "Talking") this.#endSide(session, side);
		else this.#end(session);
	}

	/** Ends everything a party is in: it logged out, or its telephone went away. */
	leave(party: ImParty): void {
		for (const { session } of this.sidesOf(party)) this.#end(session);
	}

	/** The session with this key as seen by `party`. */
	find(party: ImParty, key: string): { session: ImSession; side: ImSide } {
		const session = this.#sessions.get(key);
		const side = [session?.initiator, session?.target].find((candidate) => candidate?.party === party);
		if (this.#over.has(key) || side?.state === "Completed") {
			const code = this.#switches.completedSessionCode;
			throw code === statusCodes.notFound
				? notFound(`IM session '${key}'`)
				: new Refusal(code, "Invalid state");
		}
		if (session === undefined || side === undefined) throw notFound(`IM session '${key}'`);
		return { session, side };
	}

	#failDestination(
		how: FailedDestination,
		from: { party: ImParty; phoneNumber: string },
		destination: string,
		userData: JsonObject,
		reason: string,
	): ImSession | null {
		switch (how) {
			case "reply":
				throw new Refusal(statusCodes.internal, reason);
			case "completed": {
				const session = this.#create(from, { party: nobody, phoneNumber: destination }, userData);
				this.#tell(session, session.initiator, "StatusChange");
				this.#end(session);
				return session;
			}
			case "asyncError":
				from.party.failed(reason, callUuid(this.#random));
				return null;
			case "silence":
				return null;
		}
	}

	#create(
		from: { party: ImParty; phoneNumber: string },
		to: { party: ImParty; phoneNumber: string },
		userData: JsonObject,
	): ImSession {
		const session: ImSession = {
			key: callUuid(this.#random),
			initiator: { ...from, role: "initiator", alias: callUuid(this.#random), state: "Initiating" },
			target: { ...to, role: "target", alias: callUuid(this.#random), state: "Alerting" },
			userData: { ...userData },
		};
		this.#sessions.set(session.key, session);
		return session;
	}

	#end(session: ImSession): void {
		for (const side of [session.initiator, session.target]) this.#endSide(session, side);
	}

	#endSide(session: ImSession, side: ImSide): void {
		if (side.state === "Completed") return;
		this.#stopRinging(session);
		side.state = "Completed";
		if (session.initiator.state === "Completed" && session.target.state === "Completed") {
			this.#sessions.delete(session.key);
			this.#over.add(session.key);
		}
		this.#tell(session, side, "StatusChange");
	}

	#stopRinging(session: ImSession): void {
		this.#ringing.get(session.key)?.();
		this.#ringing.delete(session.key);
	}

	#tell(session: ImSession, side: ImSide, what: "StatusChange" | "AttachedDataChanged"): void {
		side.party.changed(session, side, what);
	}

	#invalidState(): Refusal {
		return new Refusal(this.#switches.invalidStateCode, "Invalid state");
	}
}

/** The end that is not `side`. */
export function otherSide(session: ImSession, side: ImSide): ImSide {
	return side === session.initiator ? session.target : session.initiator;
}

/** Stands behind a number where a call is let ring into nothing. */
const nobody: ImParty = {
	name: "nobody",
	changed: () => undefined,
	alerted: () => undefined,
	message: () => undefined,
	failed: () => undefined,
};
