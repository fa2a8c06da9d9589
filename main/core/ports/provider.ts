import type { AppError } from "../../../shared/errors.ts";
import type { ClientMessageId, LineId, StretchId } from "../../../shared/ids.ts";
import type {
	Abilities,
	AgentState,
	Contact,
	ContactCard,
	DeviceFact,
	EpochMs,
	Folder,
	Line,
	LiveStretch,
	PresenceState,
	QueueReason,
	Reply,
	SystemId,
	ThreadAction,
	ThreadFacts,
} from "../../../shared/model.ts";
import type { SecretKind, SystemDescription } from "../../../shared/systems.ts";
import type { MediaClient } from "./media.ts";
import type { Numbers } from "./numbers.ts";
import type { Clock, HttpClient, Logger, Random } from "./runtime.ts";

/** The one interface every system implements. Push and poll look the same from here. */

/** What the fields under "Advanced" of the system's sign-in form say, by their ids; empty ones are left out. */
export type SystemOptions = Readonly<Record<string, string>>;

/** What a sign-in needs. Held in memory only; the secret never leaves main. */
export interface Credentials {
	/** Origin and base path, no trailing slash, for example `https://gws.example:8090`. */
	readonly server: string;
	/** Empty where the method does without. */
	readonly userName: string;
	readonly secret: string;
	readonly method: SecretKind;
	/** The second factor that `auth.codeNeeded` asked for. */
	readonly code: string | null;
	/** Open and secret ones. */
	readonly options: SystemOptions;
	/** What an earlier session of this account gave to `ProviderContext.keep`. */
	readonly kept: Readonly<Record<string, string>>;
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
	/** Fetches pictures and files, which may lie on other hosts; no cookies, no credentials. */
	readonly media: MediaClient;
	readonly numbers: Numbers;
	/**
	 * Keeps something secret beside the account's secret, as long and as safely as that one (a token that is renewed,
	 * for example); replaces what was kept before.
	 */
	readonly keep: (secrets: Readonly<Record<string, string>>) => void;
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
	/** Soft limit of one message in characters; "setting": the app's decides; null: none. */
	readonly softLimit: number | "setting" | null;
	/** What the window offers; what is false is absent there, and refused in words when asked for all the same. */
	readonly abilities: Abilities;
	/** A failed message can be sent again by the system itself, as the same message (`OutgoingMessage.retryOf`). */
	readonly retries: boolean;
	/** What was read is told to the system, and what was read elsewhere is heard of. */
	readonly readMarks: boolean;
}

export interface Provider {
	readonly system: SystemId;
	readonly description: SystemDescription;
	readonly capabilities: Capabilities;
	/**
	 * The conversation of a line with these addresses, as typed or as a contact has them, without asking the server;
	 * one that is there already has the same key. Throws AppFailure (`peer.badAddress` with the address in its
	 * `detail`, `peer.tooMany`, `line.none`).
	 */
	begin(wanted: NewThread, context: Pick<ProviderContext, "random" | "numbers">): Thread;
	/**
	 * Proves the credentials and opens a session. Does not log a device in: that is `useLine`.
	 * Rejects with AppFailure; `auth.wrongPassword` and `auth.passwordChangeRequired` are never retried.
	 */
	open(credentials: Credentials, context: ProviderContext, signal: AbortSignal): Promise<ProviderSession>;
}

export interface NewThread {
	readonly addresses: readonly string[];
	/** Null: none is chosen on this workstation, or none is known yet. */
	readonly line: Line | null;
	readonly title: string | null;
}

/** A conversation as its provider knows it. */
export interface Thread {
	/**
	 * Its key: whatever tells it from every other conversation of the account, now and in every later run. Where each
	 * address has one conversation, the address.
	 */
	readonly peer: string;
	/** What people call the other side's address: a number, or all of a group with ", " between them. */
	readonly address: string;
	readonly formatted: string;
	readonly facts: ThreadFacts;
}

export interface ProviderSession {
	/** Who signed in, in the system's words; used as the account's user name where none was typed. */
	readonly userName: string | null;
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

	// Null: the system has nothing of the kind (`Capabilities.abilities` says so too).
	readonly threads: ThreadDeeds | null;
	readonly folders: FolderReader | null;
	readonly replies: ReplyFinder | null;
	readonly cards: CardBook | null;
	readonly files: FileSource | null;

	/** As you type; rejects with AppFailure. `more`: the server has more than were returned. */
	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }>;
	/** Telephones of the agent where lines are none, as read last, without any secret of theirs; left out: none. */
	devices?(): readonly DeviceFact[];
	/** What the agent looks at: news of it may be asked for more often. */
	attend(attention: Attention): void;
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
	/** Where a key says less than the server does. */
	readonly thread?: Thread;
}

export interface Attention {
	/** The window is in front. */
	readonly focused: boolean;
	/** Key of the conversation on screen; null: none of this account. */
	readonly peer: string | null;
}

/** What can be done with a conversation on the server. All reject with AppFailure; what changed comes as `thread` events. */
export interface ThreadDeeds {
	/** One of the thread's `facts.actions`. */
	act(peer: string, action: ThreadAction, signal: AbortSignal): Promise<void>;
	rename(peer: string, title: string, signal: AbortSignal): Promise<void>;
	/** The whole new list, without this agent. */
	setMembers(peer: string, addresses: readonly string[], signal: AbortSignal): Promise<void>;
	/** Best effort (`Capabilities.readMarks`): the agent has read everything, or wants it unread again. */
	markRead(peer: string, read: boolean, signal: AbortSignal): Promise<void>;
}

/** Lists that the server keeps. `folders` events say which there are. */
export interface FolderReader {
	/** Newest first. The threads are told as `thread` events before this resolves. */
	page(
		folderId: string,
		next: string | null,
		signal: AbortSignal,
	): Promise<{ readonly threads: readonly FolderThread[]; readonly next: string | null }>;
}

export interface FolderThread extends Thread {
	readonly name: string | null;
	/** Of its newest message; null: none, or not known. */
	readonly at: EpochMs | null;
}

export interface ReplyFinder {
	find(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly replies: readonly Reply[]; readonly more: boolean }>;
}

export interface CardBook {
	/** Null: the system knows nobody with this address. */
	card(peer: string, signal: AbortSignal): Promise<ContactCard | null>;
	assign(peer: string, contactId: string, signal: AbortSignal): Promise<void>;
}

/** Files of messages that came. */
export interface FileSource {
	/**
	 * The bytes, not looked at yet; at most `maxBytes`. Rejects with `attachment.gone`, `attachment.tooLarge`,
	 * `network.*`, `http.*`. `ref` and `peer`, `messageId` are what the event said.
	 */
	fetch(
		file: { readonly ref: string; readonly peer: string; readonly messageId: string | null },
		maxBytes: number,
		signal: AbortSignal,
	): Promise<{ readonly bytes: Uint8Array; readonly type: string | null }>;
}

/** A file of a message as the server tells of it. */
export interface RemoteFile {
	/** How the provider finds it again. Stays in main: it may be a secret. */
	readonly ref: string;
	/** MIME type as claimed; null: not told. */
	readonly type: string | null;
	readonly name: string | null;
	readonly bytes: number | null;
	readonly width: number | null;
	readonly height: number | null;
}

/** Something that the server keeps, as an event; its `at` and `remoteId` are never null. */
export type HistoryMessage = Extract<ProviderEvent, { readonly type: "message" | "ownMessage" | "notice" }>;

export interface OutgoingMessage {
	readonly clientId: ClientMessageId;
	readonly peer: string;
	/** May be empty where a file goes along. */
	readonly text: string;
	/** The conversation as it was told last; null: never (where an address is all there is to it). */
	readonly thread: Thread | null;
	readonly files: readonly OutgoingFile[];
	/** The system's saved reply that the text came from. */
	readonly savedReply: string | null;
	/** The system is to send it then; null: now. */
	readonly at: EpochMs | null;
	/** The server has it as this message and says that it failed: it is to try that one again (`Capabilities.retries`). */
	readonly retryOf: string | null;
}

export type OutgoingFile =
	| { readonly kind: "bytes"; readonly name: string; readonly type: string; readonly bytes: Uint8Array }
	/** At a public https address. */
	| { readonly kind: "address"; readonly address: string; readonly type: string };

export type SendOutcome =
	/** The server has it. `remoteId` null: the system gives none (Genesys). */
	| {
			readonly kind: "accepted";
			readonly remoteId: string | null;
			readonly at: EpochMs | null;
			/** The server's wording, where it may differ from what was typed. */
			readonly text?: string;
	  }
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
			/** Who wrote it, in a group; left out: the peer. */
			readonly author?: string;
			readonly files?: readonly RemoteFile[];
			/** It was read elsewhere already. */
			readonly read?: boolean;
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
			readonly state?: "sent" | "delivered" | "failed";
			/** Why it failed, and whether it may be tried again. */
			readonly problem?: AppError;
			readonly retryAllowed?: boolean;
			/** The system's own words for where it is. */
			readonly words?: string;
			/** Another agent on our side wrote it. */
			readonly sender?: string;
			readonly files?: readonly RemoteFile[];
			/** The server sends it then. */
			readonly scheduledAt?: EpochMs;
	  }
	/** A line of the system, no message of anybody; `remoteId` tells it from others like a message's. */
	| {
			readonly type: "notice";
			readonly peer: string;
			readonly text: string;
			readonly remoteId: string | null;
			readonly at: EpochMs | null;
	  }
	/** What there is to say of a conversation, whole; told before its first message, and whenever it is different. */
	| ({ readonly type: "thread"; readonly name: string | null } & Thread)
	/** It is gone on the server; what is here stays. */
	| { readonly type: "threadGone"; readonly peer: string }
	/** Read elsewhere, up to this time; null: all of it. */
	| { readonly type: "read"; readonly peer: string; readonly upTo: EpochMs | null }
	/** Set to unread elsewhere. */
	| { readonly type: "unread"; readonly peer: string }
	/** The whole list, whenever it is different. */
	| { readonly type: "folders"; readonly folders: readonly Folder[] }
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
