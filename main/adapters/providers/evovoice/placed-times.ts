import type { EpochMs } from "../../../core/ports/runtime.ts";
import { asTime } from "../rest/times.ts";
import { Bounded } from "./bounded.ts";

/** Something of a list, with the date as the server wrote it. */
export interface Dated {
	readonly id: string;
	readonly date: string | null;
}

/**
 * Times for messages whose date cannot be read (row 1): they keep the place that the server's list gives them, between
 * their neighbours, and one that was given a time once keeps it, whichever list it comes in next.
 */
export class PlacedTimes {
	readonly #given = new Bounded<string, EpochMs>(20_000);

	/** Says what a message's time is, where something else told it (the reply to a send). */
	give(id: string, at: EpochMs): void {
		this.#given.set(id, at);
	}

	/** The time that it is known by; null: none can be read and none was given. */
	of({ id, date }: Dated): EpochMs | null {
		return asTime(date) ?? this.#given.get(id) ?? null;
	}

	/** For a list from the oldest to the newest; `end`: not before the newest of them. */
	place<T extends Dated>(list: readonly T[], end: EpochMs): readonly (T & { readonly at: EpochMs })[] {
		const times = list.map((item) => this.of(item));
		const filled = fill(times, end);
		return list.map((item, index) => {
			const at = filled[index] ?? end;
			if (asTime(item.date) === null) this.#given.set(item.id, at);
			return { ...item, at };
		});
	}
}

/** Known times stay; unknown ones follow the one before by a millisecond, those at the beginning come before the first. */
function fill(times: readonly (EpochMs | null)[], end: EpochMs): readonly EpochMs[] {
	const first = times.findIndex((time) => time !== null);
	const anchor = first < 0 ? end - times.length + 1 : (times[first] ?? end) - first;
	let last = anchor - 1;
	return times.map((time) => {
		last = time ?? last + 1;
		return last;
	});
}

/** A list from its oldest to its newest, whichever way the server wrote it; equal times stay as they stood. */
export function oldestFirst<T extends Dated>(list: readonly T[], order: ListOrder): readonly T[] {
	const turned = order === "descending" ? [...list].reverse() : [...list];
	const times = new Map(turned.map((item) => [item, asTime(item.date)]));
	// With one date that cannot be read there is no telling where it belongs but by the server's own order.
	if ([...times.values()].includes(null)) return turned;
	return turned.sort((one, other) => (times.get(one) ?? 0) - (times.get(other) ?? 0));
}

/** Which end of a list is the newest (row 3). */
export type ListOrder = "ascending" | "descending" | "unsorted";

/** The order of one list by its dates; null: they do not tell (too few, all the same, unreadable). */
export function orderOf<T extends Dated>(
	list: readonly T[],
	timeOf: (item: T) => EpochMs | null = ({ date }) => asTime(date),
): ListOrder | null {
	const times = list.flatMap((item) => timeOf(item) ?? []);
	const first = times[0];
	if (first === undefined || times.every((time) => time === first)) return null;
	const steps = times.slice(1).map((time, index) => time - (times[index] ?? time));
	if (steps.every((step) => step >= 0)) return "ascending";
	return steps.every((step) => step <= 0) ? "descending" : "unsorted";
}
