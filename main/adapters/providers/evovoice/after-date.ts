import type { EpochMs } from "../../../core/ports/runtime.ts";
import { statusOf } from "./evo-rest.ts";

/** How far before what is known a list is asked for again (row 2). */
export const overlapMs = 120_000;
/** No place on Earth has its midnight later than this after midnight UTC. */
const latestMidnightMs = 12 * 3_600_000;

/** `afterDate` of lists: ISO 8601 with seconds, or a day where the server reads nothing else (row 2); learnt once. */
export class AfterDate {
	#dayOnly = false;

	/**
	 * Asks with the date; where the server answers 400, once more with the day alone, which from then on is what it gets.
	 * Null: without one.
	 */
	async ask<T>(since: EpochMs | null, run: (afterDate: string | null) => Promise<T>): Promise<T> {
		if (since === null) return run(null);
		if (this.#dayOnly) return run(dayBefore(since));
		try {
			return await run(toSeconds(since));
		} catch (thrown) {
			if (statusOf(thrown) !== 400) throw thrown;
			const answer = await run(dayBefore(since));
			this.#dayOnly = true;
			return answer;
		}
	}
}

export function toSeconds(at: EpochMs): string {
	return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A day that has begun everywhere by then: whose midnight the server means is not known. */
function dayBefore(at: EpochMs): string {
	return new Date(at - latestMidnightMs).toISOString().slice(0, 10);
}
