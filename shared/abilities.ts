import type { AppError } from "./errors.ts";

/** What may be attached to one message. */
export interface AttachmentLimits {
	readonly mostFiles: number;
	/** Of all files of one message together, in bytes. */
	readonly mostBytes: number;
	/** MIME types, in lower case. */
	readonly types: readonly string[];
	/** Pictures above `mostBytes` may be made smaller before they are added. */
	readonly shrinks: boolean;
	/** Not null: files cannot be taken from this computer, only by a public address (https), and this is why. */
	readonly byAddressOnly: AppError | null;
}

/** What an account's system can do; controls for anything else are absent. */
export interface Abilities {
	/** Templates are always there; these are replies that the system keeps. */
	readonly savedReplies: boolean;
	readonly schedule: boolean;
	readonly folders: boolean;
	/** Several people in one conversation that all of them see. */
	readonly groups: boolean;
	/** A conversation can be begun with a number that was typed. */
	readonly typedNumbers: boolean;
	readonly directory: boolean;
	readonly contactCards: boolean;
}

/** A list of conversations that the system itself keeps (a filter, a queue). */
export interface Folder {
	readonly id: string;
	readonly title: string;
	/** Null: the system does not count. */
	readonly unread: number | null;
}

/** A telephone of the agent, to look at. */
export interface DeviceFact {
	readonly name: string;
	/** Model or program, in its own words; null: not told. */
	readonly detail: string | null;
	readonly registered: boolean;
}
