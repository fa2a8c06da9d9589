import type { AppError } from "./errors.ts";
import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
	LineId,
	PersonId,
	StretchId,
} from "./ids.ts";
import type { Order } from "./order.ts";
import type { SecretKind } from "./systems.ts";

import type { Abilities, AttachmentLimits, DeviceFact, Folder } from "./abilities.ts";
export type { Abilities, AttachmentLimits, DeviceFact, Folder };

/** The domain as main and the window both see it: immutable, JSON only, `null` for "none". */

/** Names a messaging system; which there are is known to main's registry of providers alone (`Snapshot.systems`). */
export type SystemId = string;

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
	/** How news comes: pushed by the server, or asked for again and again; null while there is no session. */
	readonly mode: "push" | "poll" | null;
	/** Last time something happened in a conversation (a message, a receipt); null: not in this run. */
	readonly lastEvent: EpochMs | null;
	/** How long, in ms, the server may say nothing while all is well; null while not online. */
	readonly permittedSilenceMs: number | null;
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
	/** What a new message from it is. */
	readonly medium: Medium;
	/** How many recipients one new message may have. "group": they see each other; "separate": each gets a message of their own. */
	readonly recipients: "one" | "group" | "separate";
	/** Null: texts only. */
	readonly attachments: AttachmentLimits | null;
}

/** What carries a message. The words are the catalogue's (`medium.<name>`). */
export const media = ["im", "sms", "groupSms", "chat", "groupChat", "other"] as const;
export type Medium = (typeof media)[number];

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
	/** What it signs in with. */
	readonly method: SecretKind;
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
	/** Conversations in which messages may be missing and are being asked for. */
	readonly gapsFilling: number;
	/** Texts not yet on the server, over all conversations. */
	readonly queued: number;
	/** Above this many characters the composer offers to send several messages; null: its system has no such limit. */
	readonly softLimit: number | null;
	readonly can: Abilities;
	/** Empty where the system has none. */
	readonly folders: readonly Folder[];
	/** Telephones that the system has for this agent, where messages are not bound to one; as it names them. */
	readonly devices: readonly DeviceFact[];
}

// ---------------------------------------------------------------- conversations

export type PresenceState = "available" | "busy" | "away" | "offline" | "unknown";

export interface Peer {
	/** Number or address, as the system writes it; the members of a group, with commas. */
	readonly address: string;
	/** The address as people of this line's country write it; the same where it is no number. */
	readonly formatted: string;
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
	/** First unread message: the unread divider stands before it when the conversation is opened; null when all is read. */
	readonly firstUnread: EntryId | null;
	readonly draft: string;
	readonly muted: boolean;
	/** Null: no session lives. Systems without sessions always have null and `sessionless` true. */
	readonly live: LiveStretch | null;
	readonly sessionless: boolean;
	readonly busyWith: BusyWith | null;
	readonly thread: ThreadFacts;
	/** Put away by the agent; comes back with the next message. */
	readonly archived: boolean;
	/** Conversations with the same id are with one person (linked by the agent); null: not linked. */
	readonly personId: PersonId | null;
	/** Files that go out with the draft. */
	readonly staged: readonly Attachment[];
}

/** What a system says of one conversation, kept between runs. */
export interface ThreadFacts {
	readonly medium: Medium;
	/** The line that the other side wrote to: a reply leaves by it. Null: by the line chosen on this workstation. */
	readonly line: ThreadLine | null;
	/** Null: two parties. */
	readonly group: GroupFacts | null;
	/** Closed on the system; null: it has no such notion. */
	readonly closed: boolean | null;
	readonly starred: boolean | null;
	/** Muted on the system (by itself, or on another device). */
	readonly mutedThere: boolean;
	/** Why nothing can be sent here: opted out, blocked, a medium that only reads; null: it can. */
	readonly refusal: AppError | null;
	/** What can be done with it now. */
	readonly actions: readonly ThreadAction[];
	/** Null: texts only. */
	readonly attachments: AttachmentLimits | null;
	/** What else the system says, in its own words ("Queue", "Sales"). */
	readonly notes: readonly { readonly label: string; readonly text: string }[];
}

export interface ThreadLine {
	readonly id: LineId;
	/** As people read it: "+1 555 0100". */
	readonly label: string;
}

export interface GroupFacts {
	/** Null: it has no name. */
	readonly title: string | null;
	/** Without this agent. */
	readonly members: readonly { readonly address: string; readonly name: string | null }[];
	/** False: no name and no members can be changed (a group of telephone numbers). */
	readonly changeable: boolean;
	/** A message to several people of whom nobody sees the others. */
	readonly separate: boolean;
}

export const threadActions = [
	"close",
	"reopen",
	"star",
	"unstar",
	"block",
	"unblock",
	"leave",
	"delete",
] as const;
export type ThreadAction = (typeof threadActions)[number];

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
export type QueueReason =
	| "calling"
	| "busy"
	| "offline"
	| "loggedOut"
	| "order"
	| "noLine"
	| "line"
	/** It may still be taken back (`undoUntil`). */
	| "undo"
	/** The system asked for patience, or refused for the moment: tried again by itself. */
	| "retrying"
	/** Nobody is signed in to this account. */
	| "signedOut"
	| null;

export interface Delivery {
	readonly state: DeliveryState;
	readonly since: EpochMs;
	readonly queueReason: QueueReason;
	/** Set when failed or unknown. */
	readonly problem: AppError | null;
	/** "Retry" is offered (failed). */
	readonly retryAllowed: boolean;
	/** Until then it does not leave and may be taken back ("Undo"); null: it may leave. */
	readonly undoUntil: EpochMs | null;
}

interface EntryBase {
	readonly id: EntryId;
	readonly conversationId: ConversationId;
	/** Number on receipt: unique and rising within a conversation, never changes. Texts leave in this order. */
	readonly sequence: number;
	/** Place in the timeline: unique within a conversation; a text of ours moves when the server gives its time. */
	readonly order: Order;
	/** Server time when it gave one, else the time of receipt. */
	readonly at: EpochMs;
}

export interface MessageEntry extends EntryBase {
	readonly kind: "message";
	readonly direction: "in" | "out";
	readonly clientId: ClientMessageId | null;
	/** The system's own id, unique within the account; null where it gives none (Genesys) or not yet. */
	readonly remoteId: string | null;
	readonly text: string;
	/** "You" is decided by direction; for "in" this is the peer's name or number at the time. */
	readonly author: string;
	/** Null for direction "in". */
	readonly delivery: Delivery | null;
	/** True when `at` is the time of receipt because the server gave none. */
	readonly localTime: boolean;
	/** Null: it is a text and nothing else. */
	readonly details: MessageDetails | null;
}

/** What some messages have besides their text. */
export interface MessageDetails {
	readonly attachments: readonly Attachment[];
	/** Who else wrote it on our side (another agent at the same number); null: this agent, or the peer. */
	readonly sender: string | null;
	/** The system's own words for where it is ("Message Delivered"). */
	readonly deliveryWords: string | null;
	/** The system sends it then. */
	readonly scheduledAt: EpochMs | null;
	/** The reply kept by the system that the text came from. */
	readonly savedReply: string | null;
}

/** A file of a message. Its bytes are at `media/<id>` of the window's own address once `state` is "here". */
export interface Attachment {
	readonly id: AttachmentId;
	readonly type: string;
	/** Null: the system gives none. */
	readonly name: string | null;
	readonly bytes: number | null;
	/** Pixels; null: not known, or no picture. */
	readonly width: number | null;
	readonly height: number | null;
	/**
	 *   there -> here | file | gone
	 *
	 * "there": on the server, fetched when it is shown. "here": a picture that was checked. "file": kept, and only
	 * saved, never shown. "gone": cannot be had (`problem` says why).
	 */
	readonly state: "there" | "here" | "file" | "gone";
	readonly problem: AppError | null;
}

/** A line of the system about the conversation (somebody joined, a call); no message of anybody. */
export interface NoticeEntry extends EntryBase {
	readonly kind: "notice";
	readonly remoteId: string | null;
	/** The system's own words. */
	readonly text: string;
}

export interface StretchEntry extends EntryBase {
	readonly kind: "stretch";
	readonly what: "calling" | "started" | "ended" | "unanswered" | "rejected";
}

/** Messages may be missing between two moments. */
export interface GapEntry extends EntryBase {
	readonly kind: "gap";
	readonly from: EpochMs;
	readonly to: EpochMs;
	/** True: the server is asked for them, and the marker goes when they are here. False: it cannot be asked. */
	readonly filling: boolean;
}

/** Something that concerns this conversation and is no message, for example an asynchronous error. */
export interface ProblemEntry extends EntryBase {
	readonly kind: "problem";
	readonly problem: AppError;
}

export type Entry = MessageEntry | StretchEntry | GapEntry | ProblemEntry | NoticeEntry;

// ---------------------------------------------------------------- directory

export interface Contact {
	readonly name: string;
	/** Null: not reachable now (no device). */
	readonly address: string | null;
	readonly detail: string;
	readonly presence: PresenceState;
	readonly presenceLabel: string | null;
	/** The system's id, where contacts are kept as cards; else null. */
	readonly id: string | null;
}

/** What the system keeps about the other side of a conversation. */
export interface ContactCard {
	readonly contact: Contact;
	/** Telephone numbers, notes and custom fields as the system names and writes them. */
	readonly facts: readonly { readonly label: string; readonly text: string }[];
	/** Other cards that fit this conversation; one of them may be assigned to it. */
	readonly others: readonly Contact[];
}

/** A text to answer with: kept by the system, or a template of ours whose fields are filled already. */
export interface Reply {
	readonly id: string;
	readonly source: "system" | "own";
	readonly title: string;
	/** What goes into the composer. Fields of the system's own are left as they are: it fills them. */
	readonly text: string;
	/** Files that the system keeps with it. */
	readonly files: number;
}

// ---------------------------------------------------------------- search, ledger, storage

/** A piece of a snippet; `hit`: it is what was looked for. Shown as text nodes only. */
export interface SnippetPart {
	readonly text: string;
	readonly hit: boolean;
}

export interface SearchHit {
	readonly entryId: EntryId;
	readonly conversationId: ConversationId;
	readonly direction: "in" | "out";
	readonly author: string;
	readonly at: EpochMs;
	/** At most about 160 characters around the first hit, line breaks as spaces. */
	readonly snippet: readonly SnippetPart[];
}

/** Newest first. */
export interface SearchPage {
	readonly hits: readonly SearchHit[];
	/** Conversations whose name or number contains the words; on the first page only, at most 10. */
	readonly people: readonly {
		readonly conversationId: ConversationId;
		readonly name: readonly SnippetPart[];
	}[];
	/** Where the next page begins; null: that was all. */
	readonly next: string | null;
	/** Messages that are stored but not in the index yet: results may be missing. */
	readonly notIndexed: number;
}

/** Why the person was not told of a message. */
export const withheldReasons = [
	"focused",
	"muted",
	"own",
	"catchUp",
	"storm",
	"superseded",
	"permission",
	"noDaemon",
	"failed",
] as const;
export type WithheldReason = (typeof withheldReasons)[number];

/** "Why didn't it ring?": what became of the notification of one message; never its text. */
export interface NotificationRecord {
	/** Null: about an account or the app. */
	readonly conversationId: ConversationId | null;
	/** Null: not about one message. */
	readonly entryId: EntryId | null;
	readonly kind: "message" | "begun" | "sendProblem" | "announcement";
	/** When it arrived here. */
	readonly arrivedAt: EpochMs;
	/** When it was shown or withheld. */
	readonly at: EpochMs;
	/** Null: shown. */
	readonly withheld: WithheldReason | null;
	/** Whether it made a sound. */
	readonly sound: boolean;
}

/**
 *   opening -> working <-> (readOnly | full | failing)      what cannot be written is kept back, not lost
 *      +-----> refused                                     nothing is opened and nothing is changed
 */
export type StorageState = "opening" | "working" | "readOnly" | "full" | "failing" | "refused";

export interface StorageStatus {
	readonly state: StorageState;
	/** Why it is not "working". */
	readonly problem: AppError | null;
	readonly since: EpochMs;
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
