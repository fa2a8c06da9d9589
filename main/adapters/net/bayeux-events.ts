import type { AppError } from "../../../shared/errors.ts";
import type { Clock, EpochMs, HttpClient, Logger, Random } from "../../core/ports/runtime.ts";
import type { BayeuxMessage, RejectReason } from "./bayeux-frames.ts";

export type { BayeuxMessage, RejectReason } from "./bayeux-frames.ts";

export type BayeuxStatus =
	| { readonly state: "connecting" }
	| { readonly state: "connected" }
	/** The next attempt leaves at `until`, or at once on `wake()`. */
	| {
			readonly state: "waiting";
			readonly attempt: number;
			readonly until: EpochMs;
			readonly error: AppError;
	  }
	/**
	 * HTTP 401 or 403 (`auth.sessionExpired`, params.status), or the server's own refusal (`bayeux.refused`,
	 * `bayeux.unsupported`). Nothing more is sent until `reconnect()`.
	 */
	| { readonly state: "refused"; readonly error: AppError }
	| { readonly state: "closed" };

export type BayeuxEvent =
	/** Handshake done and every subscription confirmed; `denied` names optional ones that the server refused. */
	| {
			readonly type: "connected";
			readonly clientId: string;
			readonly first: boolean;
			readonly denied: readonly string[];
	  }
	/**
	 * Events between `since` and now may be lost. After a new handshake it follows `connected` and precedes the new
	 * session's messages; it also comes alone, when the answer to a poll was lost and the session lived on.
	 */
	| { readonly type: "gap"; readonly since: EpochMs }
	| { readonly type: "messages"; readonly messages: readonly BayeuxMessage[] }
	| { readonly type: "status"; readonly status: BayeuxStatus }
	/** Frames that were dropped; their neighbours were kept. */
	| { readonly type: "rejected"; readonly reason: RejectReason; readonly count: number };

export interface CometdClientOptions {
	/** The account's client: its cookies, its origin. */
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly random: Random;
	/** The Bayeux endpoint in full, e.g. `https://gws:8090/api/v2/notifications`. */
	readonly url: string;
	readonly subscriptions: readonly string[];
	/** Of these channels a refusal is reported in `connected.denied` and does no harm; any other refusal ends in `refused`. */
	readonly optionalSubscriptions?: readonly string[];
	/** Headers of each POST, asked for anew each time (CSRF token). */
	readonly headers?: () => Readonly<Record<string, string>>;
	/** `<url>/handshake`, `<url>/connect`, ...; default true. */
	readonly appendMessageTypeToURL?: boolean;
	readonly log?: Logger;
}

/**
 * Events of a Bayeux server, over reconnects and new sessions.
 *
 * A batch is what one answer held. The next `/meta/connect` leaves only when the reader asks for the next batch, that
 * is, when it has stored what it was given: the server keeps what nobody can take yet.
 */
export interface CometdClient {
	/** To be called once. Connecting begins with the first batch asked for and ends with the loop or the signal. */
	events(signal: AbortSignal): AsyncIterable<readonly BayeuxEvent[]>;
	/** One immediate try: ends a wait, or replaces the poll under way (the computer woke, the network is back). */
	wake(): void;
	/** A new handshake, also after `refused` (credentials were renewed). */
	reconnect(): void;
	/** When the server last answered in order; null before the first time. */
	lastSign(): EpochMs | null;
	/** Longest silence of a server in order, in ms: the pause between polls, the hold that it advises, and the way. */
	quietMs(): number;
	/** Unsubscribes, says `/meta/disconnect` and ends the events; waits at most `deadlineMs` for the server. */
	disconnect(deadlineMs: number): Promise<void>;
}
