import type { PracticeClock } from "../clock.ts";
import { type PracticeRandom, userId } from "../random.ts";
import { Addressing } from "./addressing.ts";
import { type Company, elevenDigits, uidOf, type User } from "./company.ts";
import {
	type Conversation,
	type Conversations,
	type Media,
	type Message,
	type Parties,
	portalSessionId,
	rowFor,
} from "./conversations.ts";
import type { Effects } from "./effects.ts";
import type { Ledger } from "./ledger.ts";
import type { MessageIds } from "./message-ids.ts";
import { badRequest, Refusal } from "./refusal.ts";
import { goesOutside, type SendRequest } from "./send-request.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** Tells what reached somebody. */
export interface ExchangeEvents {
	/** A text left for these numbers. */
	outside(conversation: Conversation, message: Message, numbers: readonly string[]): void;
	/** A chat line reached these users. */
	inside(conversation: Conversation, message: Message, users: readonly User[]): void;
	/** Something is new in a session of these users. */
	changed(users: readonly User[], sessionId: string): void;
}

export interface ExchangeParts {
	readonly clock: PracticeClock;
	readonly random: PracticeRandom;
	readonly switches: NetsapiensSwitches;
	readonly company: Company;
	readonly conversations: Conversations;
	readonly effects: Effects;
	readonly ledger: Ledger;
	readonly ids: MessageIds;
	readonly events: ExchangeEvents;
}

/** The fields of a message that its origin decides; the rest has defaults. */
export type NewMessage = Pick<Message, "type" | "text"> & Partial<Omit<Message, "type" | "text" | "id">>;

/** A text from outside, or one that a scripted person sends. */
export interface IncomingText {
	readonly from: string;
	/** One of the company's numbers. */
	readonly to: string;
	/** Other people in the group, numbers. */
	readonly others?: readonly string[];
	readonly text: string;
	readonly media?: Media;
	/** Arrives in this session whatever the parties. */
	readonly sessionId?: string;
}

/** What was accepted and where it goes. */
export interface Acceptance {
	readonly conversation: Conversation;
	readonly message: Message;
}

/** Takes messages and brings them to their conversations. */
export class Exchange {
	readonly #parts: ExchangeParts;
	readonly #addressing: Addressing;
	#listed = 0;

	constructor(parts: ExchangeParts) {
		this.#parts = parts;
		this.#addressing = new Addressing(parts.company, parts.switches);
	}

	/**
	 * Checks a message of an API caller and, once it is accepted, delivers it a while later.
	 * `sessionId` null: POST `U/messages`. Throws a refusal.
	 */
	accept(
		sender: User,
		sessionId: string | null,
		request: SendRequest,
		userAgent: string,
	): readonly Acceptance[] {
		const outside = goesOutside(request.type);
		const groups = outside
			? this.#addressing.textGroups(sender, request)
			: [this.#addressing.chatParties(sender, request)];
		return groups.map((parties, index) => {
			const conversation = this.#target(sender, index === 0 ? sessionId : null, parties);
			return this.#take(sender, conversation, parties, request, userAgent);
		});
	}

	/** A text from outside, at once: the session of its number's users gets it. */
	receive(incoming: IncomingText): Acceptance {
		const { company, conversations } = this.#parts;
		const number = company.number(incoming.to);
		if (number === undefined) throw new RangeError(`no SMS number ${incoming.to}`);
		const from = elevenDigits(incoming.from);
		const remotes = [from, ...(incoming.others ?? []).map(elevenDigits)];
		const parties = this.#addressing.textParties(number, remotes);
		const named =
			incoming.sessionId === undefined
				? undefined
				: conversations.find(number.domain, incoming.sessionId);
		const conversation =
			named ?? conversations.between(parties) ?? conversations.create(this.newSessionId(), parties);
		const owners = company.textedBy(number);
		const message = this.#message({
			type: incoming.media !== undefined || remotes.length > 1 ? "mms" : "sms",
			text: incoming.text,
			direction: "orig",
			fromNumber: from,
			dialed: remotes.length > 1 ? "" : number.number,
			recipients: owners.map(uidOf),
			media: incoming.media ?? null,
		});
		this.append(conversation, message, owners, null);
		for (const owner of owners) {
			const row = rowFor(conversation, owner);
			if (number.application === "callqueue" && row.queue === null) {
				row.queue = {
					termination: number.dest,
					status: "active",
					sessionId: this.newSessionId(),
					agentStartAt: null,
				};
			}
		}
		return { conversation, message };
	}

	/** A line that a user writes by other means than this API, at once. */
	say(sender: User, conversation: Conversation, line: NewMessage): Message {
		const recipients = this.members(conversation).filter((member) => member !== sender);
		const message = this.#message({
			fromUid: uidOf(sender),
			recipients: conversation.kind === "sms" ? [] : recipients.map(uidOf),
			status: this.#parts.switches.outboundStatus,
			...line,
		});
		this.append(conversation, message, recipients, sender);
		return message;
	}

	/** Adds a line: the recipients' rows become unread, the sender's read (section 9, 6). */
	append(
		conversation: Conversation,
		message: Message,
		recipients: readonly User[],
		sender: User | null,
	): void {
		conversation.messages.push(message);
		if (sender !== null) rowFor(conversation, sender).status = "read";
		for (const recipient of recipients) rowFor(conversation, recipient).status = "unread";
		const told = sender === null ? recipients : [...recipients, sender];
		this.#parts.events.changed(told, conversation.id);
	}

	/** The conversation that chat lines between these people go to. */
	chatBetween(domain: string, members: readonly string[]): Conversation {
		const { conversations } = this.#parts;
		const parties: Parties = {
			domain,
			kind: members.length > 2 ? "group-chat" : "chat",
			smsNumber: "",
			remotes: [],
			members: [...members],
		};
		const id = parties.kind === "chat" ? portalSessionId(domain, members) : this.newSessionId();
		return conversations.between(parties) ?? conversations.create(id, parties);
	}

	/** The users who have, or get, a row of the conversation. */
	members(conversation: Conversation): User[] {
		const { company } = this.#parts;
		return conversation.members.flatMap((uid) => company.find(uid) ?? []);
	}

	/** 32 hex digits. */
	newSessionId(): string {
		return userId(this.#parts.random);
	}

	#take(
		sender: User,
		conversation: Conversation,
		parties: Parties,
		request: SendRequest,
		userAgent: string,
	): Acceptance {
		const { clock, effects, ledger, switches } = this.#parts;
		const message = this.#outgoing(sender, conversation, parties, request, userAgent);
		ledger.add({
			at: clock.now(),
			messageId: message.id,
			sessionId: conversation.id,
			sender: uidOf(sender),
			fromNumber: conversation.smsNumber,
			destinations: request.destinations,
			type: request.type,
			text: request.text,
			mediaBytes: request.media?.bytes.length ?? 0,
		});
		effects.later(() => {
			this.#deliver(sender, conversation, message);
			const later = switches.laterStatus;
			if (later !== null) {
				clock.after(later.afterMs, () => {
					message.status = later.status;
				});
			}
		});
		return { conversation, message };
	}

	#deliver(sender: User, conversation: Conversation, message: Message): void {
		const { events } = this.#parts;
		if (conversation.kind === "sms") {
			// Whoever shares the number sees what a colleague answered.
			const others = this.members(conversation).filter((member) => member !== sender);
			this.append(conversation, message, [], sender);
			for (const other of others) rowFor(conversation, other);
			events.outside(conversation, message, conversation.remotes);
			return;
		}
		const reached = this.members(conversation).filter(
			(member) => member !== sender && message.recipients.includes(uidOf(member)),
		);
		this.append(conversation, message, reached, sender);
		events.inside(conversation, message, reached);
	}

	#outgoing(
		sender: User,
		conversation: Conversation,
		parties: Parties,
		request: SendRequest,
		userAgent: string,
	): Message {
		const { switches } = this.#parts;
		const shared = {
			text: request.text,
			fromUid: uidOf(sender),
			fromAgent: userAgent,
			media: request.media,
			status: switches.outboundStatus,
		};
		if (conversation.kind === "sms") {
			const dialed = conversation.remotes.join(",");
			const group = conversation.remotes.length > 1 && request.type === "sms";
			return this.#message({
				...shared,
				type: group ? switches.groupSmsType : request.type,
				direction: "term",
				fromNumber: conversation.smsNumber,
				dialed,
				recipientNumber: dialed,
			});
		}
		const listedOnly = conversation.kind === "group-chat" && switches.groupDestination === "listedOnly";
		const reached = listedOnly ? parties.members : conversation.members;
		return this.#message({
			...shared,
			type: request.type,
			recipients: reached.filter((member) => member !== uidOf(sender)),
		});
	}

	#message(line: NewMessage): Message {
		const { clock, ids, switches } = this.#parts;
		const now = clock.now();
		this.#listed += 1;
		const lag = switches.replication;
		const late = lag !== null && this.#listed % lag.everyNth === 0 ? lag.delayMs : 0;
		return {
			id: ids.next(),
			at: now,
			direction: "",
			fromNumber: "",
			fromUid: "",
			fromAgent: "",
			attendee: null,
			dialed: "",
			recipients: [],
			recipientNumber: "",
			status: "",
			media: null,
			videoInstance: null,
			deletedAt: null,
			visibleFrom: now + late,
			copies: switches.messageCopies,
			...line,
		};
	}

	/** The session that a message goes to: the one in the path, or one that fits, or a new one. */
	#target(sender: User, sessionId: string | null, parties: Parties): Conversation {
		const { conversations, switches } = this.#parts;
		if (sessionId === null) {
			const known = switches.startSessionJoins ? conversations.between(parties) : undefined;
			return known ?? conversations.create(this.newSessionId(), parties);
		}
		const named = conversations.find(sender.domain, sessionId);
		if (named !== undefined) {
			if (!named.members.includes(uidOf(sender))) throw new Refusal(403, "Permission Denied");
			this.#addressing.checkFits(named, parties);
			return named;
		}
		if (!/^[A-Za-z0-9_]{32,}$/.test(sessionId)) {
			throw badRequest("messagesession is at least 32 letters, digits and underscores");
		}
		if (switches.clientSessionId === "kept") return conversations.create(sessionId, parties);
		return conversations.between(parties) ?? conversations.create(this.newSessionId(), parties);
	}
}
