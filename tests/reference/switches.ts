import type { ServerMessage } from "./ledger.ts";

/** One request to send, before the server decides about it. */
export interface SendRequest {
	readonly peer: string;
	readonly text: string;
	/** The idempotency key, whether or not this server honours it. */
	readonly key: string | null;
	/** How many requests with this peer, text and key came before. */
	readonly earlier: number;
}

/**
 * What becomes of one send. "dropReply": carried out, and the connection is cut in place of the answer.
 * "dropRequest": cut before anything was done. A status refuses it.
 */
export type SendFault =
	"dropReply" | "dropRequest" | { readonly status: number; readonly retryAfterSeconds?: number };

/** How the server behaves; may be changed while clients are connected. */
export interface ReferenceSwitches {
	/** A send repeated with the same key is answered with the first one's message; the key is given back in echo and history. */
	keys: boolean;
	/** The agent's own messages come back on push. */
	echo: boolean;
	/** Messages may be asked for afterwards. False: 404, as a system without history. */
	history: boolean;
	/** Share of sends, 0 to 1, that are carried out and not answered. */
	dropReplyShare: number;
	/** Decides about one send; undefined leaves it to `dropReplyShare` and `refusedPeers`. */
	sendFault: ((request: SendRequest) => SendFault | undefined) | null;
	/** HTTP status for sends to these peers, for ever. */
	readonly refusedPeers: Map<string, number>;
	/** A token is good for so long, ms; null: until `expireTokens`. */
	tokenLifetimeMs: number | null;
	/** From the start every session is forgotten this often, ms: the next poll is answered `402::unknown_session`. */
	unknownSessionEveryMs: number | null;
	/** A session whose client does not poll for so long is dropped with its queue, ms. */
	maxIntervalMs: number;
	/** How long a poll is held, ms. */
	holdMs: number;
	/** Pause that is advised between polls, ms. */
	intervalMs: number;
	/** Each message is pushed 1 to `copies` times, shuffled within windows of `window` frames. */
	pushCopies: number;
	pushWindow: number;
	/** A window that does not fill is sent after so long, ms. */
	pushFlushMs: number;
	/** Between the news and its push, ms, at random within these. */
	pushDelayMs: readonly [least: number, most: number];
	/** Messages for which this says false are not pushed at all (history only). */
	pushes: ((message: ServerMessage) => boolean) | null;
	/** Each answer of the REST side takes so long, ms, at random within these; half before, half after the deed. */
	delayMs: readonly [least: number, most: number];
	/** Conversations in one page of the list of those with news. */
	headsPage: number;
	/** Server time minus time of the clock, ms. */
	skewMs: number;
}

export function defaultSwitches(): ReferenceSwitches {
	return {
		keys: true,
		echo: true,
		history: true,
		dropReplyShare: 0,
		sendFault: null,
		refusedPeers: new Map(),
		tokenLifetimeMs: null,
		unknownSessionEveryMs: null,
		maxIntervalMs: 10_000,
		holdMs: 30_000,
		intervalMs: 0,
		pushCopies: 1,
		pushWindow: 1,
		pushFlushMs: 20,
		pushDelayMs: [0, 0],
		pushes: null,
		delayMs: [0, 0],
		headsPage: 100,
		skewMs: 0,
	};
}
