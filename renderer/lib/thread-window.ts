import type { EntryId } from "../../shared/ids.ts";
import type { Entry } from "../../shared/model.ts";
import { compareOrder } from "../../shared/order.ts";

/** A piece of a timeline: nothing is missing between its ends. */
export interface Piece {
	/** Oldest first. */
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
}

/** Entries kept in the page, about: it grows beyond this rather than letting go of what is on screen. */
export const windowSize = 180;
/** So many entries around what is on screen are never let go. */
const margin = 30;

/** What is on screen, by the ids of the first and the last entry; null: not known. */
export interface Sight {
	readonly first: EntryId;
	readonly last: EntryId;
}

/** Adds, replaces and removes entries; those that belong beyond an end where the timeline goes on are not kept. */
export function changed(piece: Piece, entries: readonly Entry[], removed: ReadonlySet<EntryId>): Piece {
	const byId = new Map(piece.entries.map((entry) => [entry.id, entry]));
	const oldest = piece.hasOlder ? piece.entries[0]?.order : undefined;
	const newest = piece.hasNewer ? piece.entries.at(-1)?.order : undefined;
	for (const entry of entries) {
		const inside =
			(oldest === undefined || compareOrder(entry.order, oldest) >= 0) &&
			(newest === undefined || compareOrder(entry.order, newest) <= 0);
		if (inside) byId.set(entry.id, entry);
		else byId.delete(entry.id);
	}
	for (const id of removed) byId.delete(id);
	return { ...piece, entries: sorted(byId) };
}

/**
 * Joins the page that was asked for from `from` to the piece; null when the piece no longer ends there, so that
 * something would be missing between the two. What the piece knows is kept: changes came after the page was asked for.
 */
export function joined(
	piece: Piece,
	page: Piece,
	direction: "older" | "newer",
	from: Entry["order"],
): Piece | null {
	const older = direction === "older";
	const edge = (older ? piece.entries[0] : piece.entries.at(-1))?.order;
	if (edge === undefined || (older ? compareOrder(edge, from) > 0 : compareOrder(edge, from) < 0))
		return null;
	const byId = new Map(page.entries.map((entry) => [entry.id, entry]));
	for (const entry of piece.entries) byId.set(entry.id, entry);
	return {
		entries: sorted(byId),
		hasOlder: older ? page.hasOlder : piece.hasOlder,
		hasNewer: older ? piece.hasNewer : page.hasNewer,
	};
}

/** Lets go of what is furthest from the eye until the piece has its size; without a sight the newest are kept. */
export function trimmed(piece: Piece, sight: Sight | null): Piece {
	const { entries } = piece;
	const spare = entries.length - windowSize;
	if (spare <= 0) return piece;
	const first = sight === null ? entries.length : indexOf(entries, sight.first, entries.length);
	const last = sight === null ? entries.length : indexOf(entries, sight.last, entries.length);
	const above = first;
	const below = entries.length - 1 - last;
	if (above >= below) {
		const cut = Math.min(spare, Math.max(0, above - margin));
		return cut === 0 ? piece : { ...piece, entries: entries.slice(cut), hasOlder: true };
	}
	const cut = Math.min(spare, Math.max(0, below - margin));
	return cut === 0 ? piece : { ...piece, entries: entries.slice(0, entries.length - cut), hasNewer: true };
}

function indexOf(entries: readonly Entry[], id: EntryId, otherwise: number): number {
	const index = entries.findIndex((entry) => entry.id === id);
	return index === -1 ? otherwise : index;
}

function sorted(byId: ReadonlyMap<EntryId, Entry>): Entry[] {
	return [...byId.values()].sort((one, other) => compareOrder(one.order, other.order));
}
