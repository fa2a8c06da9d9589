import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
	LineId,
	PersonId,
} from "../../../shared/ids.ts";
import type {
	Attachment,
	Conversation,
	Delivery,
	Entry,
	EpochMs,
	GapEntry,
	MessageDetails,
	MessageEntry,
	NotificationRecord,
	SearchPage,
	SecretKeeping,
	SystemId,
	ThreadFacts,
} from "../../../shared/model.ts";
import type { SecretKind } from "../../../shared/systems.ts";
import type { AppError } from "../../../shared/errors.ts";
import type { Order } from "../../../shared/order.ts";
import type { Settings, SettingsPatch } from "../../../shared/settings.ts";
import type { SystemOptions } from "./provider.ts";

/**
 * Where messages live. Every method is asynchronous, everything that changes together is one
 * call (one transaction), and a call that rejects has changed nothing. Rejections are AppFailure
 * with a `storage.*` code.
 */

/** What is kept of a conversation; live state, presence and busy are the session's. */
export interface ConversationRecord {
	readonly id: ConversationId;
	readonly accountId: AccountId;
	readonly system: SystemId;
	/** Its key at the provider (`Thread.peer`); unique with `accountId`, never changes. */
	readonly peer: string;
	/** What people call the other side's address (`Thread.address`). */
	readonly address: string;
	/** The same as people of the line's country write it; null: not told. */
	readonly formatted: string | null;
	readonly name: string | null;
	/** As told last; null: never, where an address is all there is to it. */
	readonly thread: ThreadFacts | null;
	readonly draft: string;
	readonly muted: boolean;
	/** Put away by the agent; a message from the peer that was not there brings it back, in the same transaction. */
	readonly archived: boolean;
	readonly personId: PersonId | null;
	/** It had a live stretch when last heard of (Genesys): a restart may have missed something in it. */
	readonly live: boolean;
	/** Everything of the server up to here is stored; `orderStart`: nothing is known to be whole. */
	readonly syncedTo: Order;
	/** Where the server can be asked for what is older than the oldest entry here; null: nowhere, or that is all. */
	readonly olderCursor: string | null;

	// Derived from the entries by the store, in the transaction that changes them:
	readonly lastActivity: EpochMs;
	readonly unread: number;
	/** First unread message by order. */
	readonly firstUnread: EntryId | null;
	/** Newest message by order; without messages the newest note; gaps are none. */
	readonly preview: Conversation["preview"];
	/** Order of the newest entry; null: empty. */
	readonly newest: Order | null;
}

/** A conversation before anything was said; `createdAt` is its activity until then. */
export interface NewConversation {
	readonly id: ConversationId;
	readonly accountId: AccountId;
	readonly system: SystemId;
	readonly peer: string;
	readonly address: string;
	readonly formatted: string | null;
	readonly name: string | null;
	readonly thread: ThreadFacts | null;
	readonly createdAt: EpochMs;
}

export interface ConversationPatch {
	readonly address?: string;
	readonly formatted?: string | null;
	readonly name?: string | null;
	readonly thread?: ThreadFacts | null;
	readonly archived?: boolean;
	readonly personId?: PersonId | null;
	readonly draft?: string;
	readonly muted?: boolean;
	readonly live?: boolean;
	readonly syncedTo?: Order;
	readonly olderCursor?: string | null;
}

type WithoutPlace<T> = T extends Entry ? Omit<T, "sequence" | "order"> : never;
/**
 * An entry before the store gave it its place: (at, remoteId) when it is a message with a remote id
 * and `localTime` is false, else by arrival. A message from the peer counts as unread if `unread`.
 */
export type NewEntry = WithoutPlace<Entry> & { readonly unread?: boolean };

export interface DeliveryChange {
	readonly id: EntryId;
	readonly delivery: Delivery;
	/**
	 * The system's id and time, once known: the message takes its place by them. An own message without
	 * a client id that has this id already was this text all the time: it goes.
	 */
	readonly remoteId?: string;
	readonly at?: EpochMs;
	/** The server's wording of it, where it may differ from what was typed. */
	readonly text?: string;
	/** What it has besides its text, whole. */
	readonly details?: MessageDetails | null;
}

/** A file of a message or of a draft, as it is kept. */
export interface StoredMedia {
	/** The same id as in the message's `details.attachments`, or in `Conversation.staged`. */
	readonly attachment: Attachment;
	readonly conversationId: ConversationId;
	/** Null: it belongs to the draft. */
	readonly entryId: EntryId | null;
	/** How the provider finds it; a public address for a file that is sent by address; null: it is from this computer. */
	readonly ref: string | null;
	/** Null: not here. */
	readonly bytes: Uint8Array | null;
}

/** All in one transaction with the rest of the write. */
export interface MediaWrite {
	/** Of an entry of the same write (or one that was left out as known: then they are too), or of a draft. */
	readonly added?: readonly StoredMedia[];
	/** Draft files that go out with this entry now, in this order. */
	readonly taken?: readonly { readonly entryId: EntryId; readonly ids: readonly AttachmentId[] }[];
	/** `bytes` left out: as before. The entry's `details` change with it. */
	readonly changed?: readonly { readonly attachment: Attachment; readonly bytes?: Uint8Array | null }[];
	readonly removed?: readonly AttachmentId[];
	/** Another way to find it (an address that was renewed). */
	readonly refs?: readonly { readonly id: AttachmentId; readonly ref: string }[];
}

/** A gap that the server is asked to fill; its marker is the GapEntry `entryId` with `filling` true. */
export interface OpenGap {
	readonly entryId: EntryId;
	readonly accountId: AccountId;
	readonly conversationId: ConversationId;
	/** Filled from the newest backwards until the server's entries are at or before this. */
	readonly downTo: Order;
	/** Where to go on asking; null: from the newest. */
	readonly next: string | null;
	/** What `syncedTo` becomes when it is closed. */
	readonly upTo: Order;
}

/** One transaction: all of it or nothing. Entries get rising sequence numbers in order. */
export interface StoreWrite {
	readonly conversations?: readonly NewConversation[];
	readonly patches?: readonly { readonly id: ConversationId; readonly patch: ConversationPatch }[];
	/**
	 * An entry whose `clientId`, or whose `remoteId` within the account, is already known is left out
	 * (double Enter, repeated IPC call, push and poll and backfill of the same message).
	 */
	readonly entries?: readonly NewEntry[];
	readonly deliveries?: readonly DeliveryChange[];
	readonly removed?: readonly EntryId[];
	readonly media?: MediaWrite;
	/** Every message of the peer at or before this time is read; null: every one. */
	readonly readUntil?: readonly { readonly id: ConversationId; readonly at: EpochMs | null }[];
	/** Every message of the peer at or before this entry is read. */
	readonly read?: readonly { readonly id: ConversationId; readonly upTo: EntryId }[];
	/** Every message of the peer at or after this entry is unread; null: the newest one. */
	readonly unread?: readonly { readonly id: ConversationId; readonly from: EntryId | null }[];
	/** By account and scope, opaque; null forgets. */
	readonly cursors?: readonly {
		readonly accountId: AccountId;
		readonly scope: string;
		readonly value: string | null;
	}[];
	readonly gaps?: {
		readonly opened?: readonly OpenGap[];
		readonly moved?: readonly { readonly entryId: EntryId; readonly next: string | null }[];
		/** The marker goes too, unless `marker` is "stays" (it becomes one with `filling` false). */
		readonly closed?: readonly { readonly entryId: EntryId; readonly marker: "goes" | "stays" }[];
	};
}

export interface StoreWritten {
	/** `entries` of the write as stored, those already there included as they are. */
	readonly entries: readonly Entry[];
	/** Ids of `entries` that were really new. */
	readonly added: readonly EntryId[];
	/** Entries that were there and are different now (delivery, place, gap marker). */
	readonly changed: readonly Entry[];
	readonly removed: readonly { readonly id: EntryId; readonly conversationId: ConversationId }[];
	/** Conversations that are new or different now, as they are now. */
	readonly records: readonly ConversationRecord[];
}

export type PageAt =
	| { readonly kind: "newest" }
	| { readonly kind: "older"; readonly than: Order }
	| { readonly kind: "newer"; readonly than: Order }
	/** Half before, it, half after; the newest page when it is not there. */
	| { readonly kind: "around"; readonly entryId: EntryId };

export interface StoredPage {
	/** Ascending by order. */
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
}

/** How opening the store went. */
export type StoreOpening =
	| {
			readonly state: "working" | "readOnly";
			/** Why it can only be read. */
			readonly problem: AppError | null;
			/** What was done to open it, to be told once (`storage.restored`, `storage.replaced`). */
			readonly did: readonly AppError[];
	  }
	/** Nothing was opened and nothing was changed. Every other call rejects with this problem. */
	| { readonly state: "refused"; readonly problem: AppError };

export interface MessageStore {
	/** First of all calls, once; others wait for it. Never rejects. */
	open(): Promise<StoreOpening>;
	/** Rejects with `storage.full`, `storage.readOnly` or `storage.failing` when the disk refuses. */
	write(write: StoreWrite): Promise<StoreWritten>;
	conversations(accountId?: AccountId): Promise<readonly ConversationRecord[]>;
	/** Of one conversation, or of several as one timeline (by order, then by conversation). */
	page(id: ConversationId | readonly ConversationId[], at: PageAt, limit: number): Promise<StoredPage>;
	/** Null: unknown, or gone with its message. */
	media(id: AttachmentId): Promise<StoredMedia | null>;
	/** Files of an entry in order, with their bytes. */
	mediaOf(id: EntryId): Promise<readonly StoredMedia[]>;
	/** Files of all drafts, without their bytes. */
	staged(): Promise<readonly StoredMedia[]>;
	entry(id: EntryId): Promise<Entry | null>;
	byClientIds(clientIds: readonly ClientMessageId[]): Promise<readonly MessageEntry[]>;
	byRemoteIds(accountId: AccountId, remoteIds: readonly string[]): Promise<readonly MessageEntry[]>;
	/** Texts not settled (queued, waiting, sending, unknown), by conversation and sequence, of one account or all. */
	unsettled(accountId?: AccountId): Promise<readonly MessageEntry[]>;
	/** Our own messages of a conversation at or after this time that no client id claims; at most 200, oldest first. */
	unclaimed(id: ConversationId, since: EpochMs): Promise<readonly MessageEntry[]>;
	/** Texts of ours at or after this time that left and have no id of the system yet; at most 200, oldest first. */
	unnamed(id: ConversationId, since: EpochMs): Promise<readonly MessageEntry[]>;
	/** Values of one account by scope. */
	cursors(accountId: AccountId): Promise<Readonly<Record<string, string>>>;
	openGaps(accountId: AccountId): Promise<readonly (OpenGap & { readonly marker: GapEntry })[]>;
	search(query: SearchQuery): Promise<SearchPage>;
	/** Appends to the notification ledger. Not part of any other transaction. */
	note(records: readonly NotificationRecord[]): Promise<void>;
	notifications(
		id: ConversationId | null,
		before: string | null,
		limit: number,
	): Promise<{ readonly records: readonly NotificationRecord[]; readonly next: string | null }>;
	/**
	 * Removes up to `limit` entries older than `before` that are settled and read, and ledger lines
	 * of that age; conversations stay. `more`: there are others.
	 */
	prune(before: EpochMs, limit: number): Promise<StoreWritten & { readonly more: boolean }>;
	/** Removes everything of an account for good: no byte of its texts stays in the files. */
	wipe(accountId: AccountId): Promise<void>;
	close(): Promise<void>;
}

export interface SearchQuery {
	readonly query: string;
	readonly conversationId: ConversationId | null;
	readonly before: string | null;
	readonly limit: number;
}

/** An account as kept between runs: no secret in it. */
export interface AccountRecord {
	readonly id: AccountId;
	readonly system: SystemId;
	readonly server: string;
	readonly userName: string;
	readonly encrypted: boolean;
	/** What is not secret of them. */
	readonly options: SystemOptions;
	readonly method: SecretKind;
	readonly secretKeeping: SecretKeeping;
	/** The person signed out and kept the history: it does not sign in by itself. */
	readonly signedOut?: boolean;
}
export interface AccountStore {
	list(): Promise<readonly AccountRecord[]>;
	save(account: AccountRecord): Promise<void>;
	remove(id: AccountId): Promise<void>;
}

/** Facts of this workstation only, never of the profile on another one (hot desks share profiles). */
export interface WorkstationStore {
	line(account: AccountId): Promise<LineId | null>;
	setLine(account: AccountId, line: LineId | null): Promise<void>;
	/** True: this workstation sent StartContactCenterSession and has not ended it (crash-safe). */
	startedHere(account: AccountId): Promise<boolean>;
	setStartedHere(account: AccountId, started: boolean): Promise<void>;
}

export interface SettingsStore {
	get(): Settings;
	/** Saves atomically; rejects with AppFailure `settings.unwritable`, the change then holds for this run. */
	patch(patch: SettingsPatch): Promise<Settings>;
	subscribe(listener: (settings: Settings) => void): () => void;
}
