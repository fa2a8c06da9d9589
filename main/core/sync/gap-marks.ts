import type { EpochMs } from "../../../shared/model.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What is told twice of one hole differs by less than this, in ms. */
const sameHoleMs = 30_000;

type Gap = Extract<ProviderEvent, { readonly type: "gap" }>;

/** What the marks need to know of the account. */
export interface MarkFacts {
	readonly now: EpochMs;
	/** Its conversations as stored, before this batch. */
	readonly records: readonly Pick<ConversationRecord, "peer" | "live">[];
	/** Up to when everything had come in before this session; null: never. */
	readonly receivedTo: EpochMs | null;
}

/**
 * Holes in what was received, for a system whose server cannot be asked for them: each becomes
 * exactly one marker in every conversation that lived through it. Told by the system after an
 * outage, found at the first sign of a new session, and often both.
 *
 *   new session --its state is read ("online")--> whole --gap told--> whole (marked)
 */
export class GapMarks {
	/** End of the last marked hole, by peer. */
	readonly #marked = new Map<string, EpochMs>();
	/** Whether a stretch with this peer lives, as far as this session has said. */
	readonly #live = new Map<string, boolean>();
	#fresh = true;

	/** Another session: what lives is told anew, and what it missed at its beginning is not known to it. */
	newSession(): void {
		this.#fresh = true;
		this.#live.clear();
	}

	/** What this session missed at its beginning is marked. */
	settled(): boolean {
		return !this.#fresh;
	}

	/** The batch with its gaps as they are to be marked. */
	resolve(batch: readonly ProviderEvent[], facts: MarkFacts): readonly ProviderEvent[] {
		return batch.flatMap((event): readonly ProviderEvent[] => {
			if (event.type === "live") this.#live.set(event.peer, event.live !== null);
			if (event.type === "gap") return this.#told(event, facts);
			if (event.type === "connection" && event.state === "online" && this.#fresh) {
				this.#fresh = false;
				return [...this.#missedBefore(facts), event];
			}
			return [event];
		});
	}

	#told(gap: Gap, { records, receivedTo }: MarkFacts): readonly Gap[] {
		// A session finds what lives when it begins; the hole began when the one before it ended.
		const from = this.#fresh && receivedTo !== null ? Math.min(gap.from, receivedTo) : gap.from;
		const peers = gap.peer === null ? this.#livedThrough(records) : [gap.peer];
		return peers.flatMap((peer) => this.#mark(peer, from, gap.to));
	}

	/** What lived when the last session was heard of, and what has become of it. */
	#missedBefore({ records, receivedTo, now }: MarkFacts): readonly ProviderEvent[] {
		return records.flatMap(({ peer, live }): readonly ProviderEvent[] => {
			if (!live || receivedTo === null) return [];
			const marks = this.#mark(peer, receivedTo, now);
			return this.#live.get(peer) === true ? marks : [...marks, { type: "live", peer, live: null }];
		});
	}

	#livedThrough(records: MarkFacts["records"]): readonly string[] {
		const peers = new Set(records.filter(({ live }) => live).map(({ peer }) => peer));
		for (const [peer, live] of this.#live) if (live) peers.add(peer);
		return [...peers];
	}

	#mark(peer: string, from: EpochMs, to: EpochMs): readonly Gap[] {
		let begin = Math.min(from, to);
		const marked = this.#marked.get(peer);
		// A mark in the future is one from before the clock was set back.
		if (marked !== undefined && marked <= to && begin < marked) {
			if (to - marked < sameHoleMs) return [];
			begin = marked;
		}
		this.#marked.set(peer, to);
		return [{ type: "gap", peer, from: begin, to }];
	}
}
