import type { AccountId, ClientMessageId, ConversationId, EntryId, LineId } from "../../../shared/ids.ts";
import type { Conversation, Delivery, Entry, EpochMs, MessageEntry } from "../../../shared/model.ts";
import type { SecretKeeping, SystemId } from "../../../shared/model.ts";
import type { Settings, SettingsPatch } from "../../../shared/settings.ts";
import type { SystemOptions } from "./provider.ts";

/**
 * Where messages live. Today in memory, next on disk: every method is asynchronous, and
 * everything that changes together is one call (one transaction).
 */

/** What is kept of a conversation; live state, presence and busy are the session's and not stored. */
export interface ConversationRecord {
	readonly id: ConversationId;
	readonly accountId: AccountId;
	readonly system: SystemId;
	/** Unique with `accountId`. */
	readonly address: string;
	readonly name: string | null;
	readonly lastActivity: EpochMs;
	readonly unread: number;
	readonly firstUnread: EntryId | null;
	readonly draft: string;
	readonly muted: boolean;
	readonly preview: Conversation["preview"];
}

type WithoutPosition<T> = T extends Entry ? Omit<T, "sequence"> : never;
/** An entry before the store gave it its place. */
export type NewEntry = WithoutPosition<Entry>;

export interface ConversationPatch {
	readonly name?: string | null;
	readonly lastActivity?: EpochMs;
	readonly unread?: number;
	readonly firstUnread?: EntryId | null;
	readonly draft?: string;
	readonly muted?: boolean;
	readonly preview?: Conversation["preview"];
}

/** One transaction: all of it or nothing. Entries get rising sequence numbers in order. */
export interface StoreWrite {
	readonly conversations?: readonly ConversationRecord[];
	readonly patches?: readonly { readonly id: ConversationId; readonly patch: ConversationPatch }[];
	/** An entry whose `clientId` is already known in the conversation is left out (double Enter, repeated IPC call). */
	readonly entries?: readonly NewEntry[];
	readonly deliveries?: readonly { readonly id: EntryId; readonly delivery: Delivery }[];
	readonly removed?: readonly EntryId[];
}

export interface StoreWritten {
	/** The entries as stored, those already there (by client id) included as they are. */
	readonly entries: readonly Entry[];
	/** Ids of `entries` that were really new. */
	readonly added: readonly EntryId[];
}

export interface MessageStore {
	write(write: StoreWrite): Promise<StoreWritten>;
	conversations(accountId?: AccountId): Promise<readonly ConversationRecord[]>;
	conversation(id: ConversationId): Promise<ConversationRecord | null>;
	conversationByAddress(accountId: AccountId, address: string): Promise<ConversationRecord | null>;
	/** Oldest first; the newest `limit` entries with sequence below `before` (null: the newest). */
	page(
		id: ConversationId,
		before: number | null,
		limit: number,
	): Promise<{ readonly entries: readonly Entry[]; readonly hasOlder: boolean }>;
	entry(id: EntryId): Promise<Entry | null>;
	byClientId(clientId: ClientMessageId): Promise<MessageEntry | null>;
	/** Texts not settled (queued, waiting, sending, unknown), oldest first, of one account or all. */
	unsettled(accountId?: AccountId): Promise<readonly MessageEntry[]>;
	/** How many messages from the peer stand after `upTo`, and the first of them. */
	unreadAfter(
		id: ConversationId,
		upTo: EntryId,
	): Promise<{ readonly count: number; readonly first: EntryId | null }>;
	removeAccount(accountId: AccountId): Promise<void>;
	close(): Promise<void>;
}

/** An account as kept between runs: no secret in it. */
export interface AccountRecord {
	readonly id: AccountId;
	readonly system: SystemId;
	readonly server: string;
	readonly userName: string;
	readonly encrypted: boolean;
	readonly options: SystemOptions;
	readonly secretKeeping: SecretKeeping;
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
