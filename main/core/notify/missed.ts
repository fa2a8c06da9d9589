import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs } from "../../../shared/model.ts";
import type { Clock } from "../ports/runtime.ts";

/** A conversation is told of when nothing more of it was made up for in this time ... */
export const missedQuietMs = 1500;
/** ... or when the first of it has waited for this long. */
export const missedLongestMs = 15_000;
const lookEveryMs = 500;

export interface MissedMessage {
	readonly entryId: EntryId;
	readonly arrivedAt: EpochMs;
}

interface Gathered {
	readonly messages: MissedMessage[];
	readonly first: number;
	last: number;
}

/** Gathers what is made up for after an outage, so that each conversation is told of once. */
export class MissedMessages {
	readonly #clock: Clock;
	readonly #tell: (id: ConversationId, messages: readonly MissedMessage[]) => void;
	readonly #gathered = new Map<ConversationId, Gathered>();
	#cancel: (() => void) | null = null;

	constructor(clock: Clock, tell: (id: ConversationId, messages: readonly MissedMessage[]) => void) {
		this.#clock = clock;
		this.#tell = tell;
	}

	add(id: ConversationId, message: MissedMessage): void {
		const now = this.#clock.monotonic();
		const gathered = this.#gathered.get(id);
		if (gathered === undefined) this.#gathered.set(id, { messages: [message], first: now, last: now });
		else {
			gathered.messages.push(message);
			gathered.last = now;
		}
		this.#plan();
	}

	/** Takes them out untold. */
	take(id: ConversationId): readonly MissedMessage[] {
		const gathered = this.#gathered.get(id);
		this.#gathered.delete(id);
		return gathered?.messages ?? [];
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = null;
		this.#gathered.clear();
	}

	#plan(): void {
		this.#cancel ??= this.#clock.after(lookEveryMs, () => {
			this.#cancel = null;
			this.#look();
			if (this.#gathered.size > 0) this.#plan();
		});
	}

	#look(): void {
		const now = this.#clock.monotonic();
		for (const [id, { messages, first, last }] of [...this.#gathered]) {
			if (now - last < missedQuietMs && now - first < missedLongestMs) continue;
			this.#gathered.delete(id);
			this.#tell(id, messages);
		}
	}
}
