import type { PracticeClock } from "../clock.ts";
import { type Company, elevenDigits, uidOf, type User } from "./company.ts";
import type { Conversation, Conversations, Media, Message } from "./conversations.ts";
import type { Exchange } from "./exchange.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** A text that somebody writes after a pause. */
export interface Line {
	readonly text: string;
	readonly afterMs: number;
	readonly media?: Media;
}

/** What reached a scripted person. */
export interface Received {
	readonly message: Message;
	readonly conversation: Conversation;
	/** Answers in the same conversation, at once. */
	answer(text: string, media?: Media): void;
}

export interface PeopleParts {
	readonly clock: PracticeClock;
	readonly switches: NetsapiensSwitches;
	readonly company: Company;
	readonly conversations: Conversations;
	readonly exchange: Exchange;
}

/** Somebody who is written to: keeps what came and answers as told. */
abstract class Person {
	readonly received: Received[] = [];
	/** Lines in answer to a text; each waits for its pause after the one before. */
	reply: (received: Received) => readonly Line[] = () => [];
	readonly #clock: PracticeClock;

	constructor(clock: PracticeClock) {
		this.#clock = clock;
	}

	/** For the simulator: a text reached this person. */
	take(received: Received): void {
		this.received.push(received);
		this.type(this.reply(received), ({ text, media }) => {
			received.answer(text, media);
		});
	}

	/** Lets `write` write the lines one after the other. */
	type(lines: readonly Line[], write: (line: Line) => void): void {
		const [line, ...rest] = lines;
		if (line === undefined) return;
		this.#clock.after(line.afterMs, () => {
			write(line);
			this.type(rest, write);
		});
	}

	/** Texts received, oldest first. */
	get texts(): string[] {
		return this.received.map(({ message }) => message.text);
	}
}

/** Somebody outside with a telephone. */
export class Customer extends Person {
	/** Eleven digits. */
	readonly number: string;
	readonly #parts: PeopleParts;

	constructor(number: string, parts: PeopleParts) {
		super(parts.clock);
		this.number = number;
		this.#parts = parts;
	}

	/** Texts one of the company's numbers, at once. */
	write(to: string, text: string, media?: Media): Message {
		return this.#receive({ to, text }, media);
	}

	/** Texts the company's number and other people in one group. */
	groupText(to: string, others: readonly string[], text: string, media?: Media): Message {
		return this.#receive({ to, others, text }, media);
	}

	/** What the answer to a received text does. */
	answer(conversation: Conversation, text: string, media?: Media): void {
		const others = conversation.remotes.filter((remote) => remote !== this.number);
		const alone = others.length === 0 || this.#parts.switches.groupSmsReplies === "single";
		if (!alone) this.groupText(conversation.smsNumber, others, text, media);
		else if (others.length === 0)
			this.#receive({ to: conversation.smsNumber, text, sessionId: conversation.id }, media);
		else this.write(conversation.smsNumber, text, media);
	}

	#receive(
		incoming: {
			readonly to: string;
			readonly text: string;
			readonly others?: readonly string[];
			readonly sessionId?: string;
		},
		media: Media | undefined,
	): Message {
		const { exchange } = this.#parts;
		return exchange.receive({
			from: this.number,
			...incoming,
			...(media === undefined ? {} : { media }),
		}).message;
	}
}

/** What a colleague's line may carry besides its text. */
export type ChatExtras = Partial<
	Pick<Message, "type" | "media" | "attendee" | "videoInstance" | "deletedAt">
>;

/** A user of the domain who works with the portal, not with this API. */
export class Colleague extends Person {
	readonly user: User;
	readonly #parts: PeopleParts;

	constructor(user: User, parts: PeopleParts) {
		super(parts.clock);
		this.user = user;
		this.#parts = parts;
	}

	/** Chats with one or several extensions; three people and more are a group. */
	chat(extensions: string | readonly string[], text: string, extras: ChatExtras = {}): Message {
		const named = typeof extensions === "string" ? [extensions] : extensions;
		const { domain } = this.user;
		const members = [uidOf(this.user), ...named.map((extension) => `${extension}@${domain}`)];
		return this.chatIn(this.#parts.exchange.chatBetween(domain, members), text, extras);
	}

	/** Chats in a conversation, by id or itself. */
	chatIn(conversation: Conversation | string, text: string, extras: ChatExtras = {}): Message {
		const { conversations, exchange } = this.#parts;
		const found =
			typeof conversation === "string"
				? conversations.find(this.user.domain, conversation)
				: conversation;
		if (found === undefined) throw new RangeError("no such conversation");
		const hasMedia = extras.media !== undefined && extras.media !== null;
		return exchange.say(this.user, found, { type: hasMedia ? "chat-media" : "chat", text, ...extras });
	}

	/** Answers a customer from a number that several share: the others see it as sent (sheet, 2.2). */
	textFrom(number: string, to: string, text: string): Message {
		const { conversations, exchange, company } = this.#parts;
		const own = company.number(number);
		const remote = elevenDigits(to);
		const conversation =
			own === undefined
				? undefined
				: conversations.between({
						domain: own.domain,
						kind: "sms",
						smsNumber: own.number,
						remotes: [remote],
						members: [],
					});
		if (conversation === undefined) throw new RangeError("no such conversation");
		return exchange.say(this.user, conversation, {
			type: "sms",
			text,
			direction: "term",
			fromNumber: conversation.smsNumber,
			dialed: remote,
			recipientNumber: remote,
		});
	}

	/** Opens the chat of a video meeting; its id contains `meeting` (sheet, 2.1). */
	startMeeting(extensions: readonly string[], text: string): Message {
		const { conversations, exchange } = this.#parts;
		const { domain } = this.user;
		const members = [uidOf(this.user), ...extensions.map((extension) => `${extension}@${domain}`)];
		const conversation = conversations.create(`meeting_${exchange.newSessionId()}`, {
			domain,
			kind: members.length > 2 ? "group-chat" : "chat",
			smsNumber: "",
			remotes: [],
			members,
		});
		return this.chatIn(conversation, text, { type: "chat-video", videoInstance: "1" });
	}
}

/** Scripted people, made when they are first named. */
export class People {
	readonly #customers = new Map<string, Customer>();
	readonly #colleagues = new Map<string, Colleague>();
	readonly #parts: PeopleParts;
	/** Called for each customer who is named for the first time. */
	onCustomer: (customer: Customer) => void = () => undefined;

	constructor(parts: PeopleParts) {
		this.#parts = parts;
	}

	/** The person outside with this number. */
	customer(number: string): Customer {
		const digits = elevenDigits(number);
		const known = this.#customers.get(digits);
		if (known !== undefined) return known;
		const customer = new Customer(digits, this.#parts);
		this.#customers.set(digits, customer);
		this.onCustomer(customer);
		return customer;
	}

	/** The colleague under this uid, who must be a user. */
	user(uid: string): Colleague {
		const known = this.#colleagues.get(uid) ?? new Colleague(this.#parts.company.user(uid), this.#parts);
		this.#colleagues.set(uid, known);
		return known;
	}

	/** For the exchange: a text left for these numbers. */
	deliverOutside(conversation: Conversation, message: Message, numbers: readonly string[]): void {
		for (const number of numbers) {
			const customer = this.customer(number);
			customer.take({
				message,
				conversation,
				answer: (text, media) => customer.answer(conversation, text, media),
			});
		}
	}

	/** For the exchange: a chat line reached these users. */
	deliverInside(conversation: Conversation, message: Message, users: readonly User[]): void {
		for (const user of users) {
			const colleague = this.user(uidOf(user));
			colleague.take({
				message,
				conversation,
				answer: (text, media) => {
					colleague.chatIn(conversation, text, media === undefined ? {} : { media });
				},
			});
		}
	}
}
