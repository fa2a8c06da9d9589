import { appError, type AppError } from "../../../../shared/errors.ts";
import { asStretchId } from "../../../../shared/ids.ts";
import type { EpochMs, LiveStretch } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { beginning, canSend, liveOf, type BookSession, type PlacedCall } from "./book-session.ts";
import type { EchoLedger } from "./echo.ts";
import { hasNumber, sameNumber } from "./phone-number.ts";
import type { WireImSession } from "./wire.ts";

/** A text whose session is not known (yet). */
export interface OrphanText {
	readonly text: string;
	readonly at: EpochMs | null;
}

interface EndedSession {
	readonly peer: string;
	readonly ledger: EchoLedger;
	/** False: it was missing from a list, and opens again if the server speaks of it after all. */
	readonly completed: boolean;
}

const rememberedEnds = 300;
const openStates: ReadonlySet<string> = new Set(["Initiating", "Alerting", "Talking"]);

/**
 * The IM sessions of one agent as far as this client knows them. Pure: no time, no requests; every method
 * returns what to tell. Several sessions are tolerated although the server promises one (row 5).
 *
 *   we call:   placed --matched--> calling --Talking--> talking --Completed, or not listed--> (ended)
 *                |                    |--Completed-----------------------------------------> (unanswered)
 *                |--60 s, refusal--> (unanswered)
 *   they call: alerting --Talking--> talking ...      alerting --Completed--> (unanswered | rejected)
 *
 * `placed` has no id: the reply to InitiateIMSession names none, so the first session that comes up with the
 * dialled number among its participants is taken for it (section 11).
 */
export class SessionBook {
	readonly #sessions = new Map<string, BookSession>();
	readonly #aliases = new Map<string, string>();
	readonly #placed = new Map<string, PlacedCall>();
	/** Sessions that are over: late texts find their conversation, and a list asked for earlier opens nothing. */
	readonly #ended = new Map<string, EndedSession>();
	/** Keys of sessions whose call was abandoned before they had one. */
	readonly #toComplete: string[] = [];
	readonly #orphans = new Map<string, OrphanText[]>();
	#touch = 0;
	#ownNumbers: readonly string[] = [];

	/** Numbers of the agent's own devices: some servers list them among the participants. */
	setOwnNumbers(numbers: readonly string[]): void {
		this.#ownNumbers = numbers;
	}

	// ------------------------------------------------------------ looking

	/** The session or placed call of this peer that counts: talking before anything else. */
	withPeer(peer: string): BookSession | null {
		const own = [...this.#sessions.values()].filter((session) => sameNumber(session.peer, peer));
		return own.find((session) => session.phase === "talking") ?? own.at(-1) ?? null;
	}

	placedTo(peer: string): PlacedCall | null {
		return [...this.#placed.values()].find((call) => sameNumber(call.peer, peer)) ?? null;
	}

	/** Who holds the one session an agent may have, if it is not this peer. */
	busyWith(peer: string): string | null {
		const other =
			[...this.#sessions.values()].find((session) => !sameNumber(session.peer, peer)) ??
			[...this.#placed.values()].find((call) => !sameNumber(call.peer, peer));
		return other?.peer ?? null;
	}

	get(key: string): BookSession | null {
		return this.#sessions.get(this.#aliases.get(key) ?? key) ?? null;
	}

	sessions(): readonly BookSession[] {
		return [...this.#sessions.values()];
	}

	placed(): readonly PlacedCall[] {
		return [...this.#placed.values()];
	}

	/** Keys of texts that wait for their session to become known. */
	orphans(): readonly string[] {
		return [...this.#orphans.keys()];
	}

	/** Taken before a list is asked for, given to `reconcile` with the list. */
	mark(): number {
		return this.#touch;
	}

	/** Sessions to complete at once, because the person ended the call before it had an id. Each is told once. */
	takeAbandoned(): readonly string[] {
		return this.#toComplete.splice(0);
	}

	// ------------------------------------------------------------ calls of ours

	/** Before InitiateIMSession is posted (row 3: "calling" comes from the POST, no push is needed). */
	place(peer: string, now: EpochMs): readonly ProviderEvent[] {
		this.#placed.set(peer, { peer, since: now, accepted: false, abandoned: false });
		return [this.#liveEvent(peer)];
	}

	/** InitiateIMSession was taken, or may have been: the timeline says so, unless they talk already. */
	callAccepted(peer: string): readonly ProviderEvent[] {
		const call = this.placedTo(peer);
		if (call !== null) this.#placed.set(call.peer, { ...call, accepted: true });
		const session = this.withPeer(peer);
		if (call === null && session?.phase !== "calling") return [];
		const stretch = session === null ? null : asStretchId(session.key);
		return [{ type: "stretch", peer: call?.peer ?? peer, stretch, what: "calling", at: null }];
	}

	/** The call came to nothing. `error`: why queued texts fail; null when they may be tried again. */
	dropPlaced(peer: string, error: AppError | null): readonly ProviderEvent[] {
		const call = this.placedTo(peer);
		if (call === null) return [];
		this.#placed.delete(call.peer);
		const events: ProviderEvent[] = [this.#liveEvent(call.peer)];
		if (call.accepted)
			events.push({ type: "stretch", peer: call.peer, stretch: null, what: "unanswered", at: null });
		if (error !== null && !call.abandoned) events.push({ type: "unreachable", peer: call.peer, error });
		return events;
	}

	/** "End" while the call has no id yet; null: there is no such call. */
	abandon(peer: string): readonly ProviderEvent[] | null {
		const call = this.placedTo(peer);
		if (call === null) return null;
		this.#placed.set(call.peer, { ...call, abandoned: true });
		return [this.#liveEvent(call.peer)];
	}

	// ------------------------------------------------------------ what the server says

	/** A session as a notification or a list shows it. `toComplete`: abandoned, end it now. */
	seen(wire: WireImSession, now: EpochMs, at: EpochMs | null): readonly ProviderEvent[] {
		const known = this.get(wire.key) ?? (wire.id === null ? null : this.get(wire.id));
		if (wire.state === "Completed")
			return known === null ? this.#endedUnseen(wire, at) : this.#end(known, at, true);
		if (known === null && this.#ended.get(wire.key)?.completed === true) return [];
		if (known !== null) return this.#update(known, wire, now, at);
		// A session that begins in a state nobody knows is not ours to show (row 27).
		return openStates.has(wire.state ?? "") ? this.#open(wire, now, at) : [];
	}

	/** A text of a session: an echo settles its send, anything else is the peer's, nothing is dropped. */
	text(
		key: string,
		text: string,
		at: EpochMs | null,
		connected: number,
		catchUp: boolean,
	): readonly ProviderEvent[] {
		const session = this.get(key);
		const home = session ?? this.#ended.get(key) ?? null;
		if (home === null) {
			this.#orphans.set(key, [...(this.#orphans.get(key) ?? []), { text, at }]);
			return [];
		}
		const verdict = home.ledger.incoming(text, connected, at);
		if (verdict.kind === "echo")
			return [{ type: "delivery", clientId: verdict.clientId, state: "delivered", at }];
		return [this.#message(home.peer, key, text, at, catchUp)];
	}

	/**
	 * The whole list as the server has it. Unknown sessions open, known ones that are missing have ended, unless
	 * they were seen after `mark`. `opened`: peers whose session nobody told us of.
	 */
	reconcile(
		listed: readonly WireImSession[],
		mark: number,
		now: EpochMs,
	): { readonly events: readonly ProviderEvent[]; readonly opened: readonly string[] } {
		const before = new Set(this.#sessions.keys());
		const events: ProviderEvent[] = [];
		const there = new Set<string>();
		for (const wire of listed) {
			events.push(...this.seen(wire, now, null));
			const session = this.get(wire.key);
			if (session !== null) there.add(session.key);
		}
		for (const session of [...this.#sessions.values()])
			if (!there.has(session.key) && session.touched <= mark)
				events.push(...this.#end(session, null, false));
		const opened = [...this.#sessions.values()].filter((session) => !before.has(session.key));
		return { events, opened: opened.map((session) => session.peer) };
	}

	/** A text that looked like an echo and was the peer's. */
	peerText(peer: string, key: string, text: string, at: EpochMs | null): readonly ProviderEvent[] {
		return [this.#message(peer, key, text, at, false)];
	}

	/** The session of a text stayed unknown: it is shown under its own key, because no text is ever dropped. */
	adoptOrphans(key: string): readonly ProviderEvent[] {
		const texts = this.#orphans.get(key) ?? [];
		this.#orphans.delete(key);
		return texts.map(({ text, at }) => this.#message(key, key, text, at, true));
	}

	// ------------------------------------------------------------ what the person does

	accept(session: BookSession): readonly ProviderEvent[] {
		return this.#put({ ...session, accepted: true });
	}

	/** Before `Complete` is sent; null: it was already sent once (row 22). */
	closing(session: BookSession, why: "ended" | "rejected"): readonly ProviderEvent[] | null {
		const present = this.#sessions.get(session.key);
		if (present === undefined || present.closing !== "no") return null;
		return this.#put({ ...present, closing: why });
	}

	/** `Complete` failed: it may be asked for again. */
	stillOpen(session: BookSession): readonly ProviderEvent[] {
		const present = this.#sessions.get(session.key);
		return present === undefined ? [] : this.#put({ ...present, closing: "no" });
	}

	/** The server says it is gone, without a notification. */
	gone(session: BookSession): readonly ProviderEvent[] {
		const present = this.#sessions.get(session.key);
		return present === undefined ? [] : this.#end(present, null, true);
	}

	// ------------------------------------------------------------ inside

	#open(wire: WireImSession, now: EpochMs, at: EpochMs | null): readonly ProviderEvent[] {
		const { session, call } = beginning(wire, this.placed(), this.#ownNumbers, now);
		if (call !== null) this.#placed.delete(call.peer);
		if (call?.abandoned === true) this.#toComplete.push(wire.key);
		if (wire.id !== null && wire.id !== wire.key) this.#aliases.set(wire.id, wire.key);
		const events = [...this.#put(session)];
		if (session.phase === "talking") events.push(...this.#started(session, at));
		this.#ended.delete(wire.key);
		const waiting =
			this.#orphans.get(wire.key) ?? (wire.id === null ? undefined : this.#orphans.get(wire.id)) ?? [];
		this.#orphans.delete(wire.key);
		if (wire.id !== null) this.#orphans.delete(wire.id);
		for (const orphan of waiting)
			events.push(this.#message(session.peer, session.key, orphan.text, orphan.at, false));
		return events;
	}

	#update(
		known: BookSession,
		wire: WireImSession,
		now: EpochMs,
		at: EpochMs | null,
	): readonly ProviderEvent[] {
		// An unknown state keeps the old one (row 27), and nothing goes back from Talking.
		const talks = wire.state === "Talking" && known.phase !== "talking";
		const session: BookSession = {
			...known,
			phase: talks ? "talking" : known.phase,
			since: talks ? now : known.since,
			capabilities: wire.capabilities ?? known.capabilities,
			userData: wire.userData ?? known.userData,
		};
		const couldSend = canSend(known);
		const events = [...this.#put(session)];
		if (talks) events.push(...this.#started(session, at));
		else if (!couldSend && canSend(session)) events.push({ type: "sendable", peer: session.peer });
		return events;
	}

	#started(session: BookSession, at: EpochMs | null): readonly ProviderEvent[] {
		const events: ProviderEvent[] = [
			{ type: "stretch", peer: session.peer, stretch: asStretchId(session.key), what: "started", at },
		];
		if (canSend(session)) events.push({ type: "sendable", peer: session.peer });
		return events;
	}

	#end(session: BookSession, at: EpochMs | null, completed: boolean): readonly ProviderEvent[] {
		this.#sessions.delete(session.key);
		this.#remember(session, completed);
		const what =
			session.phase === "talking"
				? "ended"
				: session.closing === "rejected"
					? "rejected"
					: "unanswered";
		const events: ProviderEvent[] = [
			this.#liveEvent(session.peer),
			{ type: "stretch", peer: session.peer, stretch: asStretchId(session.key), what, at },
		];
		if (what === "unanswered" && session.ours && session.closing === "no")
			events.push({
				type: "unreachable",
				peer: session.peer,
				error: appError("peer.unreachable", { params: { peer: session.peer } }),
			});
		events.push({ type: "sendable", peer: null });
		return events;
	}

	/** A call that ended before anything else was heard of it. */
	#endedUnseen(wire: WireImSession, at: EpochMs | null): readonly ProviderEvent[] {
		if (this.#ended.has(wire.key)) return [];
		const call = [...this.#placed.values()].find((placed) =>
			(wire.participants ?? []).some((party) => hasNumber(party, placed.peer)),
		);
		if (call === undefined) return [];
		const opened = this.#open({ ...wire, state: "Initiating" }, call.since, at);
		const session = this.get(wire.key);
		return session === null
			? opened
			: [...opened.filter((event) => event.type !== "live"), ...this.#end(session, at, true)];
	}

	#remember(session: BookSession, completed: boolean): void {
		const keys = [
			session.key,
			...[...this.#aliases].filter(([, key]) => key === session.key).map(([id]) => id),
		];
		for (const key of keys) {
			this.#aliases.delete(key);
			this.#ended.set(key, { peer: session.peer, ledger: session.ledger, completed });
		}
		for (const key of [...this.#ended.keys()].slice(0, Math.max(0, this.#ended.size - rememberedEnds)))
			this.#ended.delete(key);
	}

	#put(session: BookSession): readonly ProviderEvent[] {
		this.#touch += 1;
		const before = this.#sessions.get(session.key);
		const placed = { ...session, touched: this.#touch };
		this.#sessions.set(session.key, placed);
		const same =
			before !== undefined && JSON.stringify(liveOf(before)) === JSON.stringify(liveOf(placed));
		return same ? [] : [this.#liveEvent(session.peer)];
	}

	#liveEvent(peer: string): ProviderEvent {
		const session = this.withPeer(peer);
		const call = this.placedTo(peer);
		const live: LiveStretch | null =
			session !== null
				? liveOf(session)
				: call !== null && !call.abandoned
					? { id: null, phase: "calling", since: call.since, canSend: false, actions: ["end"] }
					: null;
		return { type: "live", peer, live };
	}

	#message(peer: string, key: string, text: string, at: EpochMs | null, catchUp: boolean): ProviderEvent {
		return { type: "message", peer, text, remoteId: null, stretch: asStretchId(key), at, catchUp };
	}
}
