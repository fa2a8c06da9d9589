/** One message that the server has, of either side. */
export interface ServerMessage {
	/** Sorts like the number of acceptance. */
	readonly id: string;
	/** Number of acceptance, from 1. */
	readonly sequence: number;
	readonly peer: string;
	/** "in": from the peer to the agent. */
	readonly direction: "in" | "out";
	readonly text: string;
	/** Server time. */
	readonly at: number;
	/** The key it was sent with. */
	readonly key: string | null;
	/** How often it was handed to a push session. */
	pushed: number;
}

/** One request to send that reached the server. */
export interface SendAttempt {
	readonly at: number;
	readonly peer: string;
	readonly text: string;
	readonly key: string | null;
	/** "repeated": its key was known, and nothing was done. "lost": cut before anything was done. */
	readonly outcome: "accepted" | "repeated" | "refused" | "lost";
	readonly status: number | null;
	/** The message it made or repeated. */
	readonly id: string | null;
	/** False: the connection was cut in place of the answer. */
	readonly replied: boolean;
}

/** A conversation's newest message. */
export interface Head {
	readonly peer: string;
	readonly at: number;
}

interface Kept {
	/** Ascending by (at, id). */
	readonly messages: ServerMessage[];
	lastSequence: number;
}

/** The truth that a client's picture is compared with: every message accepted, every attempt made. */
export class Ledger {
	readonly messages: ServerMessage[] = [];
	readonly attempts: SendAttempt[] = [];
	readonly #byPeer = new Map<string, Kept>();
	readonly #byKey = new Map<string, ServerMessage>();
	readonly #tried = new Map<string, number>();

	get sequence(): number {
		return this.messages.length;
	}

	add(message: Pick<ServerMessage, "peer" | "direction" | "text" | "at" | "key">): ServerMessage {
		const sequence = this.messages.length + 1;
		const made = { ...message, sequence, id: `m${String(sequence).padStart(9, "0")}`, pushed: 0 };
		this.messages.push(made);
		const kept = this.#byPeer.get(made.peer) ?? { messages: [], lastSequence: 0 };
		this.#byPeer.set(made.peer, kept);
		kept.messages.splice(indexAfter(kept.messages, made), 0, made);
		kept.lastSequence = sequence;
		if (made.key !== null && !this.#byKey.has(made.key)) this.#byKey.set(made.key, made);
		return made;
	}

	attempt(attempt: SendAttempt): void {
		this.attempts.push(attempt);
		const name = JSON.stringify([attempt.peer, attempt.text, attempt.key]);
		this.#tried.set(name, (this.#tried.get(name) ?? 0) + 1);
	}

	/** How many requests with this peer, text and key have come so far. */
	tried(peer: string, text: string, key: string | null): number {
		return this.#tried.get(JSON.stringify([peer, text, key])) ?? 0;
	}

	byKey(key: string): ServerMessage | undefined {
		return this.#byKey.get(key);
	}

	/** Ascending by (at, id). */
	conversation(peer: string): readonly ServerMessage[] {
		return this.#byPeer.get(peer)?.messages ?? [];
	}

	peers(): readonly string[] {
		return [...this.#byPeer.keys()];
	}

	/** Conversations with messages after this number of acceptance, newest first. */
	heads(since: number): readonly Head[] {
		const heads: Head[] = [];
		for (const [peer, { messages, lastSequence }] of this.#byPeer) {
			const newest = messages.at(-1);
			if (lastSequence > since && newest !== undefined) heads.push({ peer, at: newest.at });
		}
		return heads.sort(newestFirst);
	}

	/** At most `limit` messages before (at, id), ascending; null: the newest. */
	before(
		peer: string,
		from: { readonly at: number; readonly id: string } | null,
		limit: number,
	): { readonly messages: readonly ServerMessage[]; readonly more: boolean } {
		const all = this.conversation(peer);
		const end = from === null ? all.length : indexBefore(all, from);
		const start = Math.max(0, end - limit);
		return { messages: all.slice(start, end), more: start > 0 };
	}

	/** How many messages of the agent with exactly this text the server has. */
	copies(text: string): number {
		return this.messages.filter((message) => message.direction === "out" && message.text === text).length;
	}
}

export function newestFirst(one: Head, other: Head): number {
	return other.at - one.at || (one.peer < other.peer ? -1 : one.peer > other.peer ? 1 : 0);
}

type Place = Pick<ServerMessage, "at" | "id">;

function isBefore(one: Place, other: Place): boolean {
	return one.at < other.at || (one.at === other.at && one.id < other.id);
}

/** Where the first message at or after `place` stands. */
function indexBefore(messages: readonly Place[], place: Place): number {
	let low = 0;
	let high = messages.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		const one = messages[middle];
		if (one !== undefined && isBefore(one, place)) low = middle + 1;
		else high = middle;
	}
	return low;
}

function indexAfter(messages: readonly Place[], place: Place): number {
	const newest = messages.at(-1);
	return newest === undefined || isBefore(newest, place) ? messages.length : indexBefore(messages, place);
}
