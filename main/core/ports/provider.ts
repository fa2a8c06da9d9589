import type { AppError } from "../../../shared/errors.ts";
import type { ClientMessageId, LineId, StretchId } from "../../../shared/ids.ts";
import type {
	AgentState,
	Contact,
	EpochMs,
	Line,
	LiveStretch,
	PresenceState,
	QueueReason,
	SystemId,
} from "../../../shared/model.ts";
import type { Clock, HttpClient, Logger, Random } from "./runtime.ts";

/** The one interface every system implements. Push and poll look the same from here. */

export interface SystemOptions {
	/** Genesys: the agent's place, login code, queue, and the CometD path when it is not the default. */
	readonly genesys?: {
		readonly place: string | null;
		readonly loginCode: string | null;
		readonly queue: string | null;
		readonly notificationsPath: string | null;
	};
}

/** What a sign-in needs. Held in memory only; the secret never leaves main. */
export interface Credentials {
	/** Origin and base path, no trailing slash, for example `https://gws.example:8090`. */
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
	readonly options: SystemOptions;
	/**
	 * True ("Ask each time"): the secret is for this one sign-in. The session forgets it once
	 * `open` has resolved, and when the server wants it again it ends with `signedOut`
	 * (`auth.sessionExpired`) in place of signing in by itself.
	 */
	readonly forgetSecret?: boolean;
}

export interface ProviderContext {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	/** A client of this account only, bound to the origin of `server`. */
	readonly http: HttpClient;
}

export interface Capabilities {
	/** False: conversations live in stretches (Genesys IM), each with a beginning and an end. */
	readonly sessionless: boolean;
	/** The server can be asked for past messages (`ProviderSession.history`). */
	readonly history: boolean;
	/** A send repeated with the same client id is known by the server to be the same message. */
	readonly idempotentSend: boolean;
	/** How news comes. */
	readonly mode: "push" | "poll";
	readonly agentStates: boolean;
	readonly directory: boolean;
	/** Soft limit of one message in characters; null when the setting of the app decides. */
	readonly softLimit: number | null;
}

export interface Provider {
	readonly system: SystemId;
	readonly capabilities: Capabilities;
	/**
	 * Proves the credentials and opens a session. Does not log a device in: that is `useLine`.
	 * Rejects with AppFailure; `auth.wrongPassword` and `auth.passwordChangeRequired` are never retried.
	 */
	open(credentials: Credentials, context: ProviderContext, signal: AbortSignal): Promise<ProviderSession>;
}

export interface ProviderSession {
	/**
	 * Everything that happens, in batches. The next batch is asked for only when the last one
	 * has been stored, and only then may the session ask the server for more (a batch is
	 * handed over and stored before the next `/meta/connect` leaves). Ends when `signal` is
	 * aborted or with a `signedOut` event; a lost connection does not end it. Called once.
	 */
	events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]>;

	/** Lines the agent could use here; the first call after `open` is without another request. */
	lines(signal: AbortSignal): Promise<readonly Line[]>;
	/** The best guess for this desk; null when none can carry messages. */
	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null;
	/**
	 * Sends from this line from now on, and logs the device in when it is logged out.
	 * `started`: this call logged it in (so that leaving logs it out again).
	 */
	useLine(
		line: LineId,
		signal: AbortSignal,
	): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }>;

	agentStates(signal: AbortSignal): Promise<readonly AgentState[]>;
	setAgentState(id: string, signal: AbortSignal): Promise<void>;

	/**
	 * Tries to send one text to one peer. Never called twice at a time for one peer, and never
	 * again for a client id after "accepted" or "unknown" unless the person asked for it.
	 * Does not reject: a failure is an outcome.
	 */
	send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome>;

	/** Accept, reject or end a stretch. Rejects with AppFailure. */
	act(peer: string, action: "accept" | "reject" | "end", signal: AbortSignal): Promise<void>;

	/** Past messages; null when the system has none to ask for. */
	readonly history: History | null;

	/** As you type; rejects with AppFailure. `more`: the server has more than were returned. */
	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }>;
	/** Whose presence is on screen now; the session polls those only and reports `presence` events. */
	watch(addresses: readonly string[]): void;

	/** Re-reads everything that can be re-read, and reports the differences as events. */
	check(signal: AbortSignal): Promise<void>;
	/** The computer woke up or the network came back: one immediate attempt. */
	wake(): void;
	/** Rebuilds the connection to the server, keeps the sign-in if it still holds. */
	reconnect(): void;
	/** "Ask each time" was chosen after the sign-in: from now on as with `Credentials.forgetSecret`. */
	forgetSecret?(): void;
	/** Last time the server was heard of on the way that news comes; before that, in any form. */
	lastSign(): EpochMs | null;
	/** How long, in ms, the server may say nothing while all is well: the hold of a poll, or the pause between two; 0: not known. */
	quietMs(): number;
	/**
	 * Leaves in the documented order, within `deadlineMs`. `endLine`: log the device out too
	 * (only when this run or a crashed earlier one logged it in). Never rejects.
	 */
	close(options: { readonly endLine: boolean; readonly deadlineMs: number }): Promise<void>;
	/** After `close` with `endLine`: the server has confirmed it. Left out: nothing is known but the time. */
	lineEnded?(): boolean;
}

/**
 * What a server can be asked for after an outage. At most one of these requests is under way for
 * one account. All reject with AppFailure (`network.*`, `http.*`, `auth.*`).
 */
export interface History {
	/**
	 * Conversations with messages since `since` (a cursor that this method gave earlier; null: all
	 * that the server lists), newest first. `cursor`: what to pass next time, taken before the list was made.
	 */
	heads(
		since: string | null,
		page: string | null,
		signal: AbortSignal,
	): Promise<{
		readonly heads: readonly ConversationHead[];
		readonly cursor: string | null;
		/** Next page of this list; null: that was all. */
		readonly next: string | null;
	}>;
	/** Messages of one conversation, newest first; `from` null: the newest, else `next` of an earlier page. */
	page(
		peer: string,
		from: string | null,
		limit: number,
		signal: AbortSignal,
	): Promise<{ readonly messages: readonly HistoryMessage[]; readonly next: string | null }>;
}

export interface ConversationHead {
	readonly peer: string;
	readonly name: string | null;
	/** Of its newest message. */
	readonly at: EpochMs;
}

/** A message that the server keeps, as an event; its `at` and `remoteId` are never null. */
export type HistoryMessage = Extract<ProviderEvent, { readonly type: "message" | "ownMessage" }>;

export interface OutgoingMessage {
	readonly clientId: ClientMessageId;
	readonly peer: string;
	readonly text: string;
}

export type SendOutcome =
	/** The server has it. `remoteId` null: the system gives none (Genesys). */
	| { readonly kind: "accepted"; readonly remoteId: string | null; readonly at: EpochMs | null }
	/** Nothing left this computer yet; ask again when a `sendable` event for this peer (or null) comes. */
	| { readonly kind: "notYet"; readonly reason: Exclude<QueueReason, null>; readonly busyPeer?: string }
	/** The server refused, or it certainly was not reached. */
	| {
			readonly kind: "rejected";
			readonly error: AppError;
			readonly retry: "byPerson" | "automatic" | "never";
			readonly retryAfterMs?: number;
	  }
	/** It may or may not have arrived. */
	| { readonly kind: "unknown"; readonly error: AppError };

export type ProviderEvent =
	/** From the peer. Genesys gives no remote id. */
	| {
			readonly type: "message";
			readonly peer: string;
			readonly text: string;
			readonly remoteId: string | null;
			readonly stretch: StretchId | null;
			/** Server time; null when it gave none. */
			readonly at: EpochMs | null;
			/** Not live: no notification storm. */
			readonly catchUp: boolean;
	  }
	/** One of our own messages is on its way or arrived: "delivered" (Genesys: its echo came). */
	| {
			readonly type: "delivery";
			readonly clientId: ClientMessageId;
			readonly state: "sent" | "delivered";
			readonly remoteId?: string | null;
			readonly at: EpochMs | null;
	  }
	/** An accepted or doubtful message failed after all (an asynchronous error). */
	| { readonly type: "deliveryFailed"; readonly clientId: ClientMessageId; readonly error: AppError }
	/** Sent by this agent from somewhere else. */
	| {
			readonly type: "ownMessage";
			readonly peer: string;
			readonly text: string;
			readonly remoteId: string | null;
			/** Ours, if the system gives client ids back. */
			readonly clientId?: ClientMessageId | null;
			readonly stretch: StretchId | null;
			readonly at: EpochMs | null;
			/** What the server says became of it; without it: it has it. */
			readonly state?: "sent" | "delivered";
	  }
	/** The live stretch with this peer now; null: none. */
	| { readonly type: "live"; readonly peer: string; readonly live: LiveStretch | null }
	/** A line for the timeline. */
	| {
			readonly type: "stretch";
			readonly peer: string;
			readonly stretch: StretchId | null;
			readonly what: "calling" | "started" | "ended" | "unanswered" | "rejected";
			readonly at: EpochMs | null;
	  }
	/** Texts for this peer (null: for anyone) may go now: run the outbox. */
	| { readonly type: "sendable"; readonly peer: string | null }
	/** Calling this peer came to nothing: queued texts for it fail with this. */
	| { readonly type: "unreachable"; readonly peer: string; readonly error: AppError }
	| { readonly type: "peerName"; readonly peer: string; readonly name: string }
	| {
			readonly type: "presence";
			readonly peer: string;
			readonly presence: PresenceState;
			readonly label: string | null;
	  }
	| { readonly type: "lines"; readonly lines: readonly Line[] }
	/** Null: logged out or unknown. */
	| { readonly type: "agentState"; readonly state: AgentState | null }
	/**
	 * Messages between the two moments may be missing; peer null: in every conversation with a live stretch then, or,
	 * where the server has history, in any: it is asked (`History.heads`).
	 */
	| { readonly type: "gap"; readonly peer: string | null; readonly from: EpochMs; readonly to: EpochMs }
	/** The first one says when the account is online; until then it is shown as connecting. */
	| {
			readonly type: "connection";
			readonly state: "connecting" | "online" | "reconnecting";
			readonly nextAttempt: EpochMs | null;
			readonly problem: AppError | null;
	  }
	/** Something in this conversation (null: the account) is not right. */
	| { readonly type: "problem"; readonly peer: string | null; readonly error: AppError }
	/** The whole list of standing warnings of the account. */
	| { readonly type: "warnings"; readonly warnings: readonly AppError[] }
	/** The server wants the password again; the session is over. */
	| { readonly type: "signedOut"; readonly error: AppError };
