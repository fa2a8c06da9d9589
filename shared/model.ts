import type { AppError } from "./errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId, LineId, StretchId } from "./ids.ts";

/** The domain as main and the window both see it: immutable, JSON only, `null` for "none". */

export const systemIds = ["genesys", "netsapiens", "evovoice", "textus"] as const;
export type SystemId = (typeof systemIds)[number];

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

// ---------------------------------------------------------------- accounts

/** The six words of the Connection status ("needsSignIn" is shown as "Signed out" with a reason). */
export type ConnectionState =
	"connecting" | "online" | "reconnecting" | "offline" | "needsSignIn" | "signedOut";

export interface Connection {
	readonly state: ConnectionState;
	/** When this state began. */
	readonly since: EpochMs;
	/** Last time the server was heard of, in any form; null before the first. */
	readonly lastSign: EpochMs | null;
	/** When the next attempt starts by itself; null when none is planned. */
	readonly nextAttempt: EpochMs | null;
	/** Why it is not online. */
	readonly problem: AppError | null;
	/** The keychain has not answered for 10 s; the person may choose not to wait. */
	readonly waitingForKeychain: boolean;
}

/** Where an account's secret is. "thisRun": in memory until quit; "askEachTime": only the session is held. */
export type SecretKeeping = "keychain" | "thisRun" | "askEachTime" | "practice";

export interface Line {
	readonly id: LineId;
	/** What a person calls it, for example "Desk phone 5001". */
	readonly label: string;
	/** Number or address others write to. */
	readonly address: string;
	readonly active: boolean;
	/** False: the system says the device is logged out; null: the system has no such notion. */
	readonly loggedIn: boolean | null;
	/** Whether this line can carry messages; null: not known. */
	readonly canMessage: boolean | null;
}

export type AgentStateKind = "ready" | "notReady" | "afterWork" | "aux" | "loggedOut" | "other";

export interface AgentState {
	/** What `agentState.set` takes. Genesys: the operationName. */
	readonly id: string;
	readonly label: string;
	readonly kind: AgentStateKind;
}

/** "Which line is on this desk?": asked before a device is logged in, when several are usable. */
export interface LineQuestion {
	readonly suggested: LineId | null;
}

export interface Account {
	readonly id: AccountId;
	readonly system: SystemId;
	/** Shown name, for example "agent1 · gws.example". */
	readonly label: string;
	/** Base URL as the agent gave it, normalised. */
	readonly server: string;
	readonly userName: string;
	readonly practice: boolean;
	/** False: http, shown as "not encrypted". */
	readonly encrypted: boolean;
	readonly secretKeeping: SecretKeeping;
	readonly connection: Connection;
	readonly lines: readonly Line[];
	readonly lineId: LineId | null;
	readonly lineQuestion: LineQuestion | null;
	readonly agentStates: readonly AgentState[];
	/** Null: not known yet, or the system has none. */
	readonly agentState: AgentState | null;
	/** Things that are not right but do not stop the account (one channel failed, voice service down). */
	readonly warnings: readonly AppError[];
	/** Texts not yet on the server, over all conversations. */
	readonly queued: number;
	/** Above this many characters the composer offers to send several messages. */
	readonly softLimit: number;
}

// ---------------------------------------------------------------- conversations

export type PresenceState = "available" | "busy" | "away" | "offline" | "unknown";

export interface Peer {
	/** Number or address, as the system writes it. */
	readonly address: string;
	/** From the directory; null until or unless one is known. */
	readonly name: string | null;
	readonly presence: PresenceState;
	/** The system's own words for the presence, for example "Ready"; null when there are none. */
	readonly presenceLabel: string | null;
}

/**
 * A live stretch on the server.
 *
 *   calling -> talking -> (gone)      we started it
 *   alerting -> talking -> (gone)     they did
 */
export interface LiveStretch {
	readonly id: StretchId | null;
	readonly phase: "calling" | "alerting" | "talking";
	readonly since: EpochMs;
	readonly canSend: boolean;
	readonly actions: readonly StretchAction[];
}
export const stretchActions = ["accept", "reject", "end"] as const;
export type StretchAction = (typeof stretchActions)[number];

/** Why texts wait: another conversation holds the only session this agent may have. */
export interface BusyWith {
	readonly conversationId: ConversationId;
	readonly peerName: string;
}

export interface Conversation {
	readonly id: ConversationId;
	readonly accountId: AccountId;
	readonly system: SystemId;
	readonly peer: Peer;
	/** Newest line of the timeline that a list row shows; null when nothing was said yet. */
	readonly preview: Preview | null;
	/** Order of the list: newest first. */
	readonly lastActivity: EpochMs;
	readonly unread: number;
	/** Entry after which the unread divider stands when the conversation is opened; null when all is read. */
	readonly firstUnread: EntryId | null;
	readonly draft: string;
	readonly muted: boolean;
	/** Null: no session lives. Systems without sessions always have null and `sessionless` true. */
	readonly live: LiveStretch | null;
	readonly sessionless: boolean;
	readonly busyWith: BusyWith | null;
}

export interface Preview {
	readonly kind: "in" | "out" | "note";
	/** Message text, at most 140 characters; empty for a note. */
	readonly text: string;
	readonly delivery: DeliveryState | null;
	readonly at: EpochMs;
}

// ---------------------------------------------------------------- timeline

/**
 *   queued -> sending -> sent -> delivered
 *      |         |-> unknown -> (sent | queued | discarded)
 *      +---------+-> failed -> queued (Retry)
 */
export type DeliveryState = "queued" | "waiting" | "sending" | "sent" | "delivered" | "failed" | "unknown";

/** Why a text is still here. "waiting" is a queued text that has been held for over 30 s. */
export type QueueReason = "calling" | "busy" | "offline" | "loggedOut" | "order" | "noLine" | "line" | null;

export interface Delivery {
	readonly state: DeliveryState;
	readonly since: EpochMs;
	readonly queueReason: QueueReason;
	/** Set when failed or unknown. */
	readonly problem: AppError | null;
	/** "Retry" is offered (failed). */
	readonly retryAllowed: boolean;
}

interface EntryBase {
	readonly id: EntryId;
	readonly conversationId: ConversationId;
	/** Position in the timeline: assigned on receipt, unique and rising within a conversation. */
	readonly sequence: number;
	/** Server time when it gave one, else the time of receipt. */
	readonly at: EpochMs;
}

export interface MessageEntry extends EntryBase {
	readonly kind: "message";
	readonly direction: "in" | "out";
	readonly clientId: ClientMessageId | null;
	readonly text: string;
	/** "You" is decided by direction; for "in" this is the peer's name or number at the time. */
	readonly author: string;
	/** Null for direction "in". */
	readonly delivery: Delivery | null;
	/** True when `at` is the time of receipt because the server gave none. */
	readonly localTime: boolean;
}

export interface StretchEntry extends EntryBase {
	readonly kind: "stretch";
	readonly what: "calling" | "started" | "ended" | "unanswered" | "rejected";
}

/** Messages may be missing between two moments, and the server cannot be asked for them. */
export interface GapEntry extends EntryBase {
	readonly kind: "gap";
	readonly from: EpochMs;
	readonly to: EpochMs;
}

/** Something that concerns this conversation and is no message, for example an asynchronous error. */
export interface ProblemEntry extends EntryBase {
	readonly kind: "problem";
	readonly problem: AppError;
}

export type Entry = MessageEntry | StretchEntry | GapEntry | ProblemEntry;

// ---------------------------------------------------------------- directory

export interface Contact {
	readonly name: string;
	/** Null: not reachable now (no device). */
	readonly address: string | null;
	readonly detail: string;
	readonly presence: PresenceState;
	readonly presenceLabel: string | null;
}

// ---------------------------------------------------------------- this computer

export type KeychainState = "working" | "unavailable" | "locked" | "waiting" | "unknown";

export interface KeychainStatus {
	readonly state: KeychainState;
	/** What a person would call it: "GNOME Keyring (Secret Service)", "Windows Credential Manager", "macOS Keychain". */
	readonly backend: string;
	readonly problem: AppError | null;
}

/** A question only the person can answer: with no working keychain, how is the secret kept? */
export interface KeychainQuestion {
	readonly accountId: AccountId;
	readonly accountLabel: string;
	/** "silent": no answer for 10 s, the window stays usable; "unavailable": it said no. */
	readonly reason: "silent" | "unavailable" | "locked";
}
