import type { Conversation } from "./conversations.ts";
import type { StoredFile } from "./files.ts";
import type { User } from "./users.ts";

/** A file of a message: one that the simulator keeps, or an address elsewhere that it never fetches. */
export interface MessageAttachment {
	readonly id: string;
	readonly contentType: string;
	readonly file: StoredFile | null;
	readonly url: string | null;
}

/** One message. What `position`, `state` and the rest mean on the wire: sheet, 9.2. */
export interface Message {
	readonly kind: "message";
	readonly id: string;
	readonly conversation: Conversation;
	readonly direction: "in" | "out";
	readonly body: string;
	/** Milliseconds; the order of the timeline. */
	position: number;
	/** Milliseconds; what is shown. */
	shownAt: number;
	/** deliveryState (sheet, 9.3). */
	state: string;
	/** Replaces the usual words for the state. */
	reason: string | null;
	latestEventAt: number;
	/** Null for what came in and for what no person wrote. */
	readonly sender: User | null;
	readonly attachments: readonly MessageAttachment[];
	flags: readonly string[];
	readonly source: string;
	/** How often it was tried. */
	attempts: number;
	/** May never be retried, whatever its state. */
	final: boolean;
	/** A retry took its place. */
	replaced: boolean;
}

/** Something in the timeline that is no message (Q7). */
export interface TimelineEvent {
	readonly kind: "event";
	readonly id: string;
	readonly position: number;
	readonly user: User | null;
	readonly what: string;
}

export type TimelineItem = Message | TimelineEvent;

const friendly: Readonly<Record<string, string>> = {
	created: "Message Created",
	scheduled: "Message Scheduled",
	queued: "Message Queued",
	dispatched: "Message Sent",
	delivered: "Message Delivered",
	received: "Inbound Message Received",
	failed_transient: "Message Failed: the carrier is temporarily unavailable",
	unknown: "Message Failed: the carrier gave no reason",
	failed: "Message Failed: the number cannot receive messages",
};

/** `friendlyStateDescription`. */
export function friendlyState(message: Message): string {
	return message.reason ?? friendly[message.state] ?? "The carrier is looking into it";
}

/** Whether the state allows a retry (sheet, 9.3 and Q11). */
export function isRetryable(message: Message, failedRetryable: boolean): boolean {
	if (message.direction === "in" || message.final || message.replaced) return false;
	if (message.state === "failed") return failedRetryable;
	return message.state === "failed_transient" || message.state === "unknown";
}
