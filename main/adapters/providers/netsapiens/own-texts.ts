import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { EpochMs } from "../../../core/ports/runtime.ts";
import { comparable } from "./digits.ts";
import type { Place } from "./places.ts";

/** What is known of a text when it leaves. */
export interface LeavingText {
	readonly clientId: ClientMessageId;
	readonly place: Place;
	/** Its group is not listed under this id: the server may give it another one, or have put it into one that is there. */
	readonly newGroup: boolean;
	/** As it was typed. */
	readonly text: string;
	/** As it goes over the wire: a file without words has a filler. */
	readonly wireText: string;
	/** MIME type of its file. */
	readonly mediaType: string | null;
	readonly at: EpochMs;
}

/** A row that is one of our texts. */
export interface OwnClaim {
	readonly clientId: ClientMessageId;
	/** As it was typed: a server may have taken it for a number (row 24). */
	readonly text: string;
	/** Key of the conversation that it was written in. */
	readonly key: string;
}

/** An own row that nothing was told of yet. */
export interface OwnRow {
	readonly id: string;
	readonly at: EpochMs;
	readonly text: string;
	readonly mediaType: string | null;
	/** Written by this program; null: the server does not say. */
	readonly fromHere: boolean | null;
}

interface Pending extends LeavingText {
	/**
	 *   posting -> accepted | unknown | (dropped)
	 *
	 * "settling": accepted, and the re-reads for it are not over.
	 */
	state: "posting" | "settling" | "accepted" | "unknown";
	/** The server's id, where its answer gave one. */
	remoteId: string | null;
	found: { readonly id: string; readonly at: EpochMs } | null;
}

/** More than this are forgotten, oldest first. */
const mostRemembered = 500;

/**
 * Which of our texts a row on the server is, where the answer to a send gives no id (sheet, 3.9). Each row is claimed by
 * at most one text, so however the texts are alike, as many bubbles are shown as the server has messages.
 *
 * A text that the server took comes before one in doubt: the doubt stays one. A row of another client (its
 * `User-Agent` tells) waits until the text of ours that it looks like has been looked for to the end.
 */
export class OwnTexts {
	#pending: Pending[] = [];
	readonly #claims = new Map<string, OwnClaim>();

	begin(text: LeavingText): void {
		this.drop(text.clientId);
		this.#pending.push({ ...text, state: "posting", remoteId: null, found: null });
		while (this.#pending.length > mostRemembered) this.#pending.shift();
	}

	/** The server took it. The row that is it already, if it was seen. */
	accepted(
		clientId: ClientMessageId,
		remoteId: string | null,
	): { readonly id: string; readonly at: EpochMs } | null {
		const pending = this.#of(clientId);
		if (pending === null) return null;
		pending.state = "settling";
		pending.remoteId = remoteId;
		return pending.found;
	}

	/** It may have arrived. Not null: it did, its row was seen. */
	doubtful(clientId: ClientMessageId): { readonly id: string; readonly at: EpochMs } | null {
		const pending = this.#of(clientId);
		if (pending === null) return null;
		pending.state = "unknown";
		return pending.found;
	}

	/** It has been looked for as often as it will be: a row that may be it is taken for it. */
	settled(clientId: ClientMessageId): void {
		const pending = this.#of(clientId);
		if (pending?.state === "settling") pending.state = "accepted";
	}

	/** The server did not take it. */
	drop(clientId: ClientMessageId): void {
		this.#pending = this.#pending.filter((pending) => pending.clientId !== clientId);
	}

	/** It is still to be found. */
	waiting(clientId: ClientMessageId): boolean {
		const pending = this.#of(clientId);
		return pending !== null && pending.found === null;
	}

	/** Texts that the server took and that were not found, of the last minute. */
	unfound(now: EpochMs): readonly { readonly clientId: ClientMessageId; readonly place: Place }[] {
		return this.#pending.filter(
			({ state, found, at }) =>
				found === null && (state === "settling" || state === "accepted") && now - at < 60_000,
		);
	}

	/**
	 * Whose row this is: a text of ours, none ("foreign"), or not to be said yet ("wait"). Rows are asked about oldest
	 * first; what was claimed once stays so.
	 */
	claim(row: OwnRow, place: Place): OwnClaim | "foreign" | "wait" {
		const known = this.#claims.get(row.id);
		if (known !== undefined) return known;
		const alike = this.#pending.filter(
			(pending) => pending.found === null && isAlike(pending, row, place),
		);
		const named = this.#pending.find((pending) => pending.found === null && pending.remoteId === row.id);
		const chosen = named ?? choose(alike, row);
		if (chosen === "wait" || chosen === null) return chosen ?? "foreign";
		chosen.found = { id: row.id, at: row.at };
		const claim = { clientId: chosen.clientId, text: chosen.text, key: chosen.place.key };
		this.#claims.set(row.id, claim);
		return claim;
	}

	/** What this row was claimed for; null: nothing. */
	claimed(rowId: string): OwnClaim | null {
		return this.#claims.get(rowId) ?? null;
	}

	/** When the text that this row was claimed for left here; null: it was not. */
	leftAt(rowId: string): EpochMs | null {
		return this.#pending.find(({ found }) => found?.id === rowId)?.at ?? null;
	}

	#of(clientId: ClientMessageId): Pending | null {
		return this.#pending.find((pending) => pending.clientId === clientId) ?? null;
	}
}

function choose(alike: readonly Pending[], { fromHere }: OwnRow): Pending | "wait" | null {
	const first = (...states: readonly Pending["state"][]): Pending | null =>
		alike.find(({ state }) => states.includes(state)) ?? null;
	if (fromHere === false) {
		if (first("posting", "settling") !== null) return "wait";
		return first("accepted");
	}
	const taken = first("accepted", "settling");
	if (taken !== null) return taken;
	const posting = first("posting");
	const unknown = first("unknown");
	// One of the two it is; the answer that is still to come tells which.
	return posting !== null && unknown !== null ? "wait" : (posting ?? unknown);
}

function isAlike(pending: Pending, row: OwnRow, place: Place): boolean {
	if (!goesTo(pending, place)) return false;
	if (pending.mediaType === null ? row.mediaType !== null : row.mediaType === null) return false;
	return comparable(pending.wireText) === comparable(row.text);
}

/** Its conversation, also where the server put a new group's first text into one of its own (row 5). */
function goesTo({ place, newGroup }: Pending, other: Place): boolean {
	if (place.key === other.key) return true;
	return newGroup && other.kind === "group" && sameMembers(place.remotes, other.remotes);
}

export function sameMembers(one: readonly string[], other: readonly string[]): boolean {
	const sorted = (list: readonly string[]): string =>
		[...new Set(list.map((uid) => uid.toLowerCase()))].sort().join();
	return one.length > 0 && sorted(one) === sorted(other);
}
