import * as v from "valibot";
import { errorCodes, type AppError } from "../errors.ts";
import { settingsPatchSchema, type Settings } from "../settings.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId, LineId } from "../ids.ts";
import {
	stretchActions,
	systemIds,
	type Account,
	type Contact,
	type Conversation,
	type Entry,
	type EpochMs,
	type KeychainQuestion,
	type KeychainStatus,
	type PresenceState,
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

const accountId = id<AccountId>();
const conversationId = id<ConversationId>();
const entryId = id<EntryId>();
const clientMessageId = id<ClientMessageId>();
const nothing = v.null();

const optionalText = v.optional(v.nullable(text(500)), null);

const signIn = v.strictObject({
	system: v.picklist(systemIds),
	server: text(2000),
	userName: text(500),
	secret: text(8000),
	/** The person was told that the address is http and not on this computer, and agreed. */
	allowUnencrypted: v.boolean(),
	genesys: v.strictObject({
		place: optionalText,
		loginCode: optionalText,
		queue: optionalText,
		notificationsPath: optionalText,
	}),
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
	"accounts.enterSecret": v.strictObject({ accountId, secret: text(8000) }),
	"accounts.signOut": v.strictObject({ accountId }),
	/** Rebuilds the session. */
	"accounts.reconnect": v.strictObject({ accountId }),
	/** Asks the server for everything that may have been missed. */
	"accounts.check": v.strictObject({ accountId }),
	"accounts.chooseLine": v.strictObject({ accountId, lineId: id<LineId>() }),
	"accounts.setAgentState": v.strictObject({ accountId, stateId: text(200) }),
	"keychain.choose": v.strictObject({ accountId, choice: v.picklist(["thisRun", "askEachTime"]) }),
	"practice.start": nothing,
	"practice.leave": nothing,
	"conversations.open": v.strictObject({ conversationId }),
	"conversations.older": v.strictObject({
		conversationId,
		before: v.pipe(v.number(), v.integer(), v.minValue(0)),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
	}),
	"conversations.markRead": v.strictObject({ conversationId, upTo: entryId }),
	"conversations.markUnread": v.strictObject({ conversationId }),
	"conversations.start": v.strictObject({
		accountId,
		address: text(300),
		name: v.nullable(text(300)),
	}),
	"conversations.setDraft": v.strictObject({ conversationId, text: text(maximumMessageLength) }),
	"conversations.setMuted": v.strictObject({ conversationId, muted: v.boolean() }),
	"stretch.act": v.strictObject({ conversationId, action: v.picklist(stretchActions) }),
	/** One bubble a part; more than one only after the person chose "Send as N messages". */
	"messages.send": v.strictObject({
		conversationId,
		parts: v.pipe(
			v.array(
				v.strictObject({
					clientId: clientMessageId,
					text: v.pipe(v.string(), v.minLength(1), v.maxLength(maximumMessageLength)),
				}),
			),
			v.minLength(1),
			v.maxLength(200),
		),
	}),
	/** Puts a failed message back into the queue, same bubble. */
	"messages.retry": v.strictObject({ entryId }),
	"messages.checkAgain": v.strictObject({ entryId }),
	/** A doubtful message: the person accepts that it may arrive twice. */
	"messages.sendAgain": v.strictObject({ entryId }),
	"messages.discard": v.strictObject({ entryId }),
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
	/** Practice is offered unless a real account is signed in. */
	readonly accounts: readonly Account[];
	readonly conversations: readonly Conversation[];
	readonly keychain: KeychainStatus;
	readonly keychainQuestions: readonly KeychainQuestion[];
	/** Things to tell the person until they put them away (provisioning, settings file, no notification daemon). */
	readonly notices: readonly AppError[];
	/** The conversation to show first, for example from a clicked notification. */
	readonly openConversation: ConversationId | null;
	/** Revision of this snapshot: "changes" with a lower or equal one are already in it. */
	readonly revision: number;
}

export interface Thread {
	readonly conversation: Conversation;
	/** Oldest first; the newest page. */
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
}

export interface EntryPage {
	readonly entries: readonly Entry[];
	readonly hasOlder: boolean;
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
	"conversations.older": EntryPage;
	"conversations.markRead": null;
	"conversations.markUnread": null;
	"conversations.start": { readonly conversationId: ConversationId };
	"conversations.setDraft": null;
	"conversations.setMuted": null;
	"stretch.act": null;
	"messages.send": { readonly entries: readonly Entry[] };
	"messages.retry": null;
	"messages.checkAgain": null;
	"messages.sendAgain": null;
	"messages.discard": null;
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
