import type { PracticeClock } from "../clock.ts";
import type { Account } from "./accounts.ts";
import type { Contact } from "./contacts.ts";
import type { Ids } from "./identity.ts";
import type { Message, TimelineEvent, TimelineItem } from "./messages.ts";
import type { TextusSwitches } from "./switches.ts";
import type { User } from "./users.ts";

/** What one user sees of a conversation (sheet, 7.1). */
export interface UserInfo {
	read: boolean;
	readTo: number | null;
	starred: boolean;
}

/**
 * Everything between an account and one number:
 *
 *   open <--reopen, reply within a week-- closed
 *   open --close--> closed       any --block--> blocked --unblock--> what it was
 */
export interface Conversation {
	readonly id: string;
	readonly account: Account;
	/** The customer's, E.164. */
	readonly number: string;
	/** The account's number that the customer wrote to. */
	ownNumber: string;
	channel: "sms" | "whatsapp";
	state: "open" | "closed";
	blocked: boolean;
	closedAt: number | null;
	readonly createdAt: number;
	/** Changes with everything, for `modified_before`. */
	modifiedAt: number;
	readonly items: TimelineItem[];
	readonly infos: Map<User, UserInfo>;
	readonly assignees: Set<User>;
	assignedContact: Contact | null;
}

interface ConversationsParts {
	readonly ids: Ids;
	readonly clock: PracticeClock;
	readonly switches: TextusSwitches;
}

const weekMs = 7 * 86_400_000;

export class Conversations {
	readonly #parts: ConversationsParts;
	readonly #conversations: Conversation[] = [];
	readonly #messages = new Map<string, Message>();

	constructor(parts: ConversationsParts) {
		this.#parts = parts;
	}

	get all(): readonly Conversation[] {
		return this.#conversations;
	}

	find(id: string): Conversation | null {
		return this.#conversations.find((conversation) => conversation.id === id) ?? null;
	}

	message(id: string): Message | null {
		return this.#messages.get(id) ?? null;
	}

	/** The newest conversation with the number. */
	latest(account: Account, number: string): Conversation | null {
		return (
			this.#conversations.findLast((one) => one.account === account && one.number === number) ?? null
		);
	}

	/** The newest conversation with the number, or a new one. */
	open(account: Account, number: string): Conversation {
		return this.latest(account, number) ?? this.start(account, number);
	}

	/** A new conversation, even if there are others with the number. */
	start(account: Account, number: string, channel: Conversation["channel"] = "sms"): Conversation {
		const { ids, clock, switches } = this.#parts;
		const own = account.phoneNumbers.at(switches.ownNumber === "first" ? 0 : -1);
		const conversation: Conversation = {
			id: ids.next(),
			account,
			number,
			ownNumber: own ?? "",
			channel,
			state: "open",
			blocked: false,
			closedAt: null,
			createdAt: clock.now(),
			modifiedAt: clock.now(),
			items: [],
			infos: new Map(),
			assignees: new Set(),
			assignedContact: null,
		};
		this.#conversations.push(conversation);
		return conversation;
	}

	/** Where a customer's message belongs: a reply re-opens what was closed within a week (Q23). */
	receiving(account: Account, number: string, channel: Conversation["channel"]): Conversation {
		const { clock, switches } = this.#parts;
		const latest = this.#conversations.findLast(
			(one) => one.account === account && one.number === number && one.channel === channel,
		);
		if (latest === undefined) return this.start(account, number, channel);
		if (latest.closedAt === null || latest.blocked) return latest;
		const late = clock.now() - latest.closedAt > weekMs;
		if (!late || switches.lateReply === "reopens") this.reopen(latest, null);
		else if (switches.lateReply === "newConversation") return this.start(account, number, channel);
		return latest;
	}

	/** A place in the timeline that no other item of the conversation has, milliseconds. */
	position(conversation: Conversation): number {
		const last = conversation.items.reduce((most, item) => Math.max(most, item.position), 0);
		return Math.max(this.#parts.clock.now(), last + 1);
	}

	addMessage(message: Message): void {
		this.#messages.set(message.id, message);
		message.conversation.items.push(message);
		this.touch(message.conversation);
		if (message.direction === "out" || message.conversation.blocked) return;
		for (const info of message.conversation.infos.values()) info.read = false;
	}

	close(conversation: Conversation, user: User | null): void {
		if (conversation.state === "closed") return;
		conversation.state = "closed";
		conversation.closedAt = this.#parts.clock.now();
		this.#addEvent(conversation, user, "closed");
	}

	reopen(conversation: Conversation, user: User | null): void {
		if (conversation.state === "open") return;
		conversation.state = "open";
		conversation.closedAt = null;
		this.#addEvent(conversation, user, "reopened");
	}

	setBlocked(conversation: Conversation, user: User, blocked: boolean): void {
		if (conversation.blocked === blocked) return;
		conversation.blocked = blocked;
		this.#addEvent(conversation, user, blocked ? "blocked" : "unblocked");
	}

	assign(conversation: Conversation, user: User): void {
		if (conversation.assignees.has(user)) return;
		conversation.assignees.add(user);
		this.#addEvent(conversation, user, "assigned");
	}

	unassign(conversation: Conversation, user: User): void {
		if (conversation.assignees.delete(user)) this.#addEvent(conversation, user, "unassigned");
	}

	setContact(conversation: Conversation, contact: Contact): void {
		conversation.assignedContact = contact;
		this.touch(conversation);
	}

	setRead(conversation: Conversation, user: User, read: boolean): void {
		const info = this.info(conversation, user);
		info.read = read;
		if (read) info.readTo = latestPosition(conversation);
		this.touch(conversation);
	}

	setStarred(conversation: Conversation, user: User, starred: boolean): void {
		this.info(conversation, user).starred = starred;
		this.touch(conversation);
	}

	/** A user who never looked has read nothing that came in. */
	info(conversation: Conversation, user: User): UserInfo {
		const known = conversation.infos.get(user);
		if (known !== undefined) return known;
		const incoming = conversation.items.some(
			(item) => item.kind === "message" && item.direction === "in",
		);
		const info: UserInfo = { read: !incoming, readTo: null, starred: false };
		conversation.infos.set(user, info);
		return info;
	}

	touch(conversation: Conversation): void {
		conversation.modifiedAt = this.#parts.clock.now();
	}

	#addEvent(conversation: Conversation, user: User | null, what: string): void {
		const event: TimelineEvent = {
			kind: "event",
			id: this.#parts.ids.next(),
			position: this.position(conversation),
			user,
			what,
		};
		conversation.items.push(event);
		this.touch(conversation);
	}
}

/** Position of the newest item; when there is none, the beginning. */
export function latestPosition(conversation: Conversation): number {
	return conversation.items.reduce((most, item) => Math.max(most, item.position), conversation.createdAt);
}

/** The newest message that has left or arrived. */
export function latestMessage(conversation: Conversation): Message | null {
	return messagesOf(conversation)
		.filter(({ state }) => state !== "scheduled")
		.reduce<Message | null>(
			(newest, message) => (newest === null || message.position > newest.position ? message : newest),
			null,
		);
}

/** All messages, oldest first. */
export function messagesOf(conversation: Conversation): Message[] {
	return conversation.items
		.filter((item) => item.kind === "message")
		.sort((left, right) => left.position - right.position);
}
