import * as v from "valibot";
import { errorCodes, type AppError } from "../errors.ts";
import { settingsPatchSchema, type Settings } from "../settings.ts";
import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
	LineId,
	PersonId,
} from "../ids.ts";
import { secretKinds, type SystemDescription } from "../systems.ts";
import {
	stretchActions,
	threadActions,
	type Account,
	type Attachment,
	type Contact,
	type ContactCard,
	type Conversation,
	type Entry,
	type EpochMs,
	type KeychainQuestion,
	type KeychainStatus,
	type NotificationRecord,
	type PresenceState,
	type Reply,
	type SearchPage,
	type StorageStatus,
} from "../model.ts";
import type { CommandName, EventName } from "./names.ts";

/**
 * The whole of what the window may ask of main. Inputs are parsed in main before anything
 * runs; objects are strict and every string has a cap. No command returns a secret.
 */

const id = <T extends string>(): v.GenericSchema<string, T> =>
	v.pipe(v.string(), v.minLength(1), v.maxLength(200)) as unknown as v.GenericSchema<string, T>;

const text = (max: number): v.GenericSchema<string> => v.pipe(v.string(), v.maxLength(max));

/** A message may be long, but not absurd: 100 000 UTF-16 units for one send, over all parts. */
export const maximumMessageLength = 100_000;

/** A file of 8 MiB as base64. */
export const maximumAttachmentBase64 = 11_184_812;

const accountId = id<AccountId>();
const conversationId = id<ConversationId>();
const entryId = id<EntryId>();
const clientMessageId = id<ClientMessageId>();
const attachmentId = id<AttachmentId>();
const nothing = v.null();

const optionalText = v.optional(v.nullable(text(500)), null);

const signIn = v.strictObject({
	system: text(40),
	server: text(2000),
	/** May be empty where the method does not need it. */
	userName: text(500),
	secret: text(8000),
	method: v.picklist(secretKinds),
	/** Second factor; null: none was asked for yet. */
	code: optionalText,
	/** By the ids of the system's `SignInForm.advanced`; what is empty is left out. */
	options: v.record(text(40), text(2000)),
	/** The person was told that the address is http and not on this computer, and agreed. */
	allowUnencrypted: v.boolean(),
});

export const inputSchemas = {
	"app.snapshot": nothing,
	"app.quit": nothing,
	"app.copyDiagnostics": nothing,
	/** What the person looks at: read marks and notifications depend on it. `atEnd`: the newest entry is visible. */
	"window.viewing": v.strictObject({ conversationId: v.nullable(conversationId), atEnd: v.boolean() }),
	/** The person has read a notice: its code, and its detail if it has one. */
	"notices.dismiss": v.strictObject({ code: v.picklist(errorCodes), detail: v.nullable(text(300)) }),
	"accounts.signIn": signIn,
	/** Answers "Ask each time" and "needs sign-in". */
	"accounts.enterSecret": v.strictObject({
		accountId,
		secret: text(8000),
		code: optionalText,
		/** Secret fields under "Advanced"; those that are left out are as they were. */
		options: v.optional(v.record(text(40), text(2000)), {}),
	}),
	/** "keep": the account stays in the list, signed out, and its history readable. "wipe": both go, for good. */
	"accounts.signOut": v.strictObject({ accountId, history: v.picklist(["keep", "wipe"]) }),
	/** Rebuilds the session. */
	"accounts.reconnect": v.strictObject({ accountId }),
	/** Asks the server for everything that may have been missed. */
	"accounts.check": v.strictObject({ accountId }),
	"accounts.chooseLine": v.strictObject({ accountId, lineId: id<LineId>() }),
	"accounts.setAgentState": v.strictObject({ accountId, stateId: text(200) }),
	"keychain.choose": v.strictObject({ accountId, choice: v.picklist(["thisRun", "askEachTime"]) }),
	"practice.start": nothing,
	"practice.leave": nothing,
	/**
	 * The first page: around `around` when given (a search hit), else around the first unread
	 * message when the newest page does not contain it, else the newest.
	 */
	"conversations.open": v.strictObject({
		conversationId,
		around: v.optional(v.nullable(entryId), null),
		/** With everything that was said with the same person elsewhere, in one timeline. */
		wholePerson: v.optional(v.boolean(), false),
	}),
	/** The entries next to `from` (an order) in one direction; "newest": the last page, `from` is not looked at. */
	"conversations.page": v.strictObject({
		conversationId,
		direction: v.picklist(["older", "newer", "newest"]),
		from: text(1000),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
		wholePerson: v.optional(v.boolean(), false),
	}),
	/** Read up to and with this entry. Refused in silence while the window is not in front. */
	"conversations.markRead": v.strictObject({ conversationId, upTo: entryId }),
	/** Unread from this message of the peer on; null: the newest one. */
	"conversations.markUnread": v.strictObject({
		conversationId,
		from: v.optional(v.nullable(entryId), null),
	}),
	/**
	 * Begins, or finds, the conversation of a line with these addresses: typed numbers, or addresses of contacts.
	 * `lineId` null: the line chosen on this workstation. `title`: of a new group.
	 */
	"conversations.start": v.strictObject({
		accountId,
		addresses: v.pipe(v.array(text(300)), v.minLength(1), v.maxLength(100)),
		name: v.nullable(text(300)),
		lineId: v.nullable(id<LineId>()),
		title: optionalText,
	}),
	/** How an address would be understood, before anything is begun. */
	"numbers.check": v.strictObject({
		accountId,
		lineId: v.nullable(id<LineId>()),
		text: text(300),
	}),
	"conversations.setDraft": v.strictObject({ conversationId, text: text(maximumMessageLength) }),
	"conversations.setMuted": v.strictObject({ conversationId, muted: v.boolean() }),
	"conversations.setArchived": v.strictObject({ conversationId, archived: v.boolean() }),
	/** Done on the system: one of the conversation's `thread.actions`. */
	"conversations.act": v.strictObject({ conversationId, action: v.picklist(threadActions) }),
	"conversations.rename": v.strictObject({ conversationId, title: text(200) }),
	/** The whole new list, without this agent. */
	"conversations.setMembers": v.strictObject({
		conversationId,
		addresses: v.pipe(v.array(text(300)), v.minLength(1), v.maxLength(100)),
	}),
	/** Conversations of a folder of the system, newest first; they are in the inbox when this answers. */
	"folders.page": v.strictObject({
		accountId,
		folderId: text(500),
		next: v.nullable(text(2000)),
	}),
	/**
	 * From now on these are one person; those linked before come along. The inverse: `people.unlink` of
	 * each that came along, then, where two persons were made one, `people.link` of those that were one before.
	 */
	"people.link": v.strictObject({
		conversationIds: v.pipe(v.array(conversationId), v.minLength(2), v.maxLength(50)),
	}),
	/**
	 * Takes one conversation out of its person; where only one other is left, there is no person any more. The inverse:
	 * `people.link` of it with any of those that it was linked with.
	 */
	"people.unlink": v.strictObject({ conversationId }),
	/** A file of this computer for the draft; checked and kept before it answers. `data`: base64. */
	"attachments.add": v.strictObject({
		conversationId,
		name: text(300),
		type: text(200),
		data: v.pipe(v.string(), v.maxLength(maximumAttachmentBase64)),
	}),
	/** A file by its public https address. */
	"attachments.addAddress": v.strictObject({ conversationId, address: text(2000), type: text(200) }),
	/** Takes a file out of the draft. */
	"attachments.remove": v.strictObject({ conversationId, attachmentId }),
	/** Has it fetched from the server; the entry is published when its state changes. */
	"attachments.fetch": v.strictObject({ entryId, attachmentId }),
	/** Asks where to, then writes the file; `saved` false: the person changed their mind. */
	"attachments.save": v.strictObject({ entryId, attachmentId }),
	/** Saved replies of the system and templates of ours that fit what was typed, filled for this conversation. */
	"replies.find": v.strictObject({ conversationId, query: text(200) }),
	"contacts.card": v.strictObject({ conversationId }),
	/** Says on the system who the other side is. */
	"contacts.assign": v.strictObject({ conversationId, contactId: text(500) }),
	/** Asks where to, then writes the whole conversation; `saved` false: the person changed their mind. */
	"conversations.export": v.strictObject({ conversationId, format: v.picklist(["text", "json"]) }),
	"stretch.act": v.strictObject({ conversationId, action: v.picklist(stretchActions) }),
	/** One bubble a part; more than one only after the person chose "Send as N messages". */
	"messages.send": v.strictObject({
		conversationId,
		parts: v.pipe(
			v.array(
				v.strictObject({
					clientId: clientMessageId,
					/** May be empty where a file goes along. */
					text: v.pipe(v.string(), v.maxLength(maximumMessageLength)),
				}),
			),
			v.minLength(1),
			v.maxLength(200),
		),
		/** Files of the draft that go with the first part. */
		attachments: v.optional(v.pipe(v.array(attachmentId), v.maxLength(20)), []),
		/** The system's saved reply that the text came from. */
		savedReply: optionalText,
		/** The system sends it then; null: now. */
		at: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))), null),
	}),
	/** Puts a failed message back into the queue, same bubble. */
	"messages.retry": v.strictObject({ entryId }),
	"messages.checkAgain": v.strictObject({ entryId }),
	/** A doubtful message: the person accepts that it may arrive twice. */
	"messages.sendAgain": v.strictObject({ entryId }),
	"messages.discard": v.strictObject({ entryId }),
	/** Takes back a text that has not left (its undo time is not over): gives it to the composer again. */
	"messages.undo": v.strictObject({ entryId }),
	/** Newest first, as you type. What a person types is text, never query syntax. */
	"search.messages": v.strictObject({
		query: text(500),
		conversationId: v.nullable(conversationId),
		/** `next` of the page before; null: from the newest. */
		before: v.nullable(text(100)),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
	}),
	/** "Why didn't it ring?", newest first; null: of all conversations. */
	"notifications.history": v.strictObject({
		conversationId: v.nullable(conversationId),
		before: v.nullable(text(100)),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
	}),
	/** Tries now to write what could not be written. */
	"storage.retry": nothing,
	"directory.search": v.strictObject({ accountId, query: text(200) }),
	/** Addresses now on screen; presence is polled for these only. Empty stops. */
	"directory.watch": v.strictObject({ accountId, addresses: v.pipe(v.array(text(300)), v.maxLength(100)) }),
	"settings.patch": settingsPatchSchema,
	"links.open": v.strictObject({ url: text(4000) }),
} as const satisfies Record<CommandName, v.GenericSchema>;

export interface About {
	readonly version: string;
	readonly electron: string;
	readonly chromium: string;
	readonly node: string;
	readonly platform: string;
	/** True: Electron's binary is not here; this is the development host. */
	readonly standIn: boolean;
}

/** Everything the window needs to paint; asked for once at mount, then kept up to date by "changes". */
export interface Snapshot {
	readonly about: About;
	readonly settings: Settings;
	/** The catalogue to use, already resolved from settings and system. */
	readonly locale: string;
	readonly practice: boolean;
	/** The systems that this version can sign in to, in the order in which they are offered. */
	readonly systems: readonly SystemDescription[];
	/** Practice is offered unless a real account is signed in. */
	readonly accounts: readonly Account[];
	readonly conversations: readonly Conversation[];
	readonly keychain: KeychainStatus;
	readonly keychainQuestions: readonly KeychainQuestion[];
	/** Things to tell the person until they put them away (provisioning, settings file, no notification daemon). */
	readonly notices: readonly AppError[];
	readonly storage: StorageStatus;
	/** The conversation to show first, for example from a clicked notification. */
	readonly openConversation: ConversationId | null;
	/** Revision of this snapshot: "changes" with a lower or equal one are already in it. */
	readonly revision: number;
}

export interface Thread {
	readonly conversation: Conversation;
	/** Oldest first. */
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
}

export interface EntryPage {
	/** Oldest first. */
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
	/** Older ones could not be had from the server just now; null: nothing went wrong. */
	readonly problem: AppError | null;
}

export interface Outputs {
	"app.snapshot": Snapshot;
	"app.quit": null;
	"app.copyDiagnostics": null;
	"window.viewing": null;
	"notices.dismiss": null;
	"accounts.signIn": { readonly accountId: AccountId };
	"accounts.enterSecret": null;
	"accounts.signOut": null;
	"accounts.reconnect": null;
	"accounts.check": null;
	"accounts.chooseLine": null;
	"accounts.setAgentState": null;
	"keychain.choose": null;
	"practice.start": { readonly accountId: AccountId };
	"practice.leave": null;
	"conversations.open": Thread;
	"conversations.page": EntryPage;
	"conversations.markRead": null;
	"conversations.markUnread": null;
	"conversations.start": { readonly conversationId: ConversationId };
	"conversations.setDraft": null;
	"conversations.setMuted": null;
	"conversations.setArchived": null;
	"conversations.act": null;
	"conversations.rename": null;
	"conversations.setMembers": null;
	"numbers.check": { readonly address: string; readonly formatted: string };
	"folders.page": { readonly conversationIds: readonly ConversationId[]; readonly next: string | null };
	"people.link": { readonly personId: PersonId };
	"people.unlink": null;
	"attachments.add": { readonly attachment: Attachment };
	"attachments.addAddress": { readonly attachment: Attachment };
	"attachments.remove": null;
	"attachments.fetch": null;
	"attachments.save": { readonly saved: boolean };
	"replies.find": { readonly replies: readonly Reply[]; readonly more: boolean };
	"contacts.card": ContactCard | null;
	"contacts.assign": null;
	"conversations.export": { readonly saved: boolean; readonly entries: number };
	"stretch.act": null;
	"messages.send": { readonly entries: readonly Entry[] };
	"messages.retry": null;
	"messages.checkAgain": null;
	"messages.sendAgain": null;
	"messages.discard": null;
	"messages.undo": { readonly text: string };
	"search.messages": SearchPage;
	"notifications.history": {
		readonly records: readonly NotificationRecord[];
		readonly next: string | null;
	};
	"storage.retry": null;
	"directory.search": { readonly contacts: readonly Contact[]; readonly more: boolean };
	"directory.watch": null;
	"settings.patch": Settings;
	"links.open": null;
}

/** One thing that is different now. Whole objects, never deltas: applying one twice changes nothing. */
export type Change =
	| { readonly type: "account"; readonly account: Account }
	| { readonly type: "accountRemoved"; readonly accountId: AccountId }
	| { readonly type: "conversation"; readonly conversation: Conversation }
	| { readonly type: "conversationRemoved"; readonly conversationId: ConversationId }
	| {
			readonly type: "entries";
			readonly conversationId: ConversationId;
			readonly entries: readonly Entry[];
	  }
	| { readonly type: "entryRemoved"; readonly conversationId: ConversationId; readonly entryId: EntryId }
	| {
			readonly type: "presence";
			readonly accountId: AccountId;
			readonly address: string;
			readonly presence: PresenceState;
			readonly label: string | null;
	  }
	| { readonly type: "settings"; readonly settings: Settings; readonly locale: string }
	| { readonly type: "practice"; readonly practice: boolean }
	| { readonly type: "storage"; readonly storage: StorageStatus }
	| {
			readonly type: "keychain";
			readonly keychain: KeychainStatus;
			readonly questions: readonly KeychainQuestion[];
	  }
	| { readonly type: "notices"; readonly notices: readonly AppError[] };

export const navigationTargets = [
	"newMessage",
	"settings",
	"about",
	"switcher",
	"search",
	"inbox",
	"accounts",
] as const;

export interface Payloads {
	/** At most one a frame (16 ms), in order. */
	changes: { readonly revision: number; readonly at: EpochMs; readonly changes: readonly Change[] };
	/** Main asks the window to go somewhere: a clicked notification, a menu entry. */
	navigate:
		| { readonly to: "conversation"; readonly conversationId: ConversationId }
		| { readonly to: (typeof navigationTargets)[number] };
}

export type Input<C extends CommandName> = v.InferInput<(typeof inputSchemas)[C]>;
export type Parsed<C extends CommandName> = v.InferOutput<(typeof inputSchemas)[C]>;
export type Output<C extends CommandName> = Outputs[C];
export type Payload<E extends EventName> = Payloads[E];
