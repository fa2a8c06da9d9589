import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { Media } from "./chats.ts";
import type { Endpoint } from "./company.ts";
import { objectId } from "./ids.ts";
import type { EvovoiceSwitches } from "./switches.ts";

/** A message as the service keeps it; what the wire shows of it is `messageInfo`. */
export interface Message {
	readonly id: string;
	readonly endpoint: Endpoint;
	readonly at: number;
	/** When it shows in lists (switch `listLagMs`). */
	readonly listedAt: number;
	readonly direction: "Incoming" | "Outgoing";
	readonly otherAddress: string;
	/** Address of whoever wrote it. */
	readonly senderAddress: string;
	readonly senderName: string;
	readonly text: string;
	readonly sessionId: string | null;
	/** Never on the wire of `/messages` (sheet, 5.1). */
	readonly media: Media | null;
	isUnread: boolean;
}

/** Own endpoint and other address (sheet, 6). */
export interface Conversation {
	readonly id: string;
	readonly endpoint: Endpoint;
	readonly otherAddress: string;
}

export type NewMessage = Pick<
	Message,
	| "endpoint"
	| "direction"
	| "otherAddress"
	| "senderAddress"
	| "senderName"
	| "text"
	| "sessionId"
	| "media"
>;

/** All messages of all accounts, oldest first. */
export class Messages {
	readonly #clock: PracticeClock;
	readonly #random: PracticeRandom;
	readonly #switches: EvovoiceSwitches;
	readonly #conversations = new Map<string, Conversation>();
	readonly #byId = new Map<string, Conversation>();
	readonly #watchers = new Set<(message: Message) => void>();
	readonly #all: Message[] = [];

	constructor(clock: PracticeClock, random: PracticeRandom, switches: EvovoiceSwitches) {
		this.#clock = clock;
		this.#random = random;
		this.#switches = switches;
	}

	get all(): readonly Message[] {
		return this.#all;
	}

	/** Calls `run` for every message that is announced from now on; returns the way to stop it. */
	watch(run: (message: Message) => void): () => void {
		this.#watchers.add(run);
		return () => this.#watchers.delete(run);
	}

	/** Adds a message of now, or of `at`, which must not be before the last one. */
	add(message: NewMessage, at = this.#clock.now()): Message {
		const added: Message = {
			id: objectId(this.#random),
			...message,
			at,
			listedAt: at + this.#switches.listLagMs,
			isUnread: message.direction === "Incoming",
		};
		this.#all.push(added);
		this.conversationOf(added);
		return added;
	}

	/** Tells the watchers of a message; the ledger knows it by then. */
	announce(message: Message): void {
		for (const run of [...this.#watchers]) run(message);
	}

	/** Messages that lists show by now. */
	get listed(): Message[] {
		const now = this.#clock.now();
		return this.#all.filter(
			(message) =>
				message.listedAt <= now &&
				(message.sessionId === null || this.#switches.sessionMessagesListed),
		);
	}

	conversationOf({ endpoint, otherAddress }: Pick<Message, "endpoint" | "otherAddress">): Conversation {
		const key = `${endpoint.id}\n${otherAddress}`;
		const known = this.#conversations.get(key);
		if (known !== undefined) return known;
		const conversation: Conversation = { id: objectId(this.#random), endpoint, otherAddress };
		this.#conversations.set(key, conversation);
		this.#byId.set(conversation.id, conversation);
		return conversation;
	}

	/** The id that an answer shows: its own, or another each time (switch `conversationIds`). */
	shownId(conversation: Conversation): string {
		if (this.#switches.conversationIds !== "changing") return conversation.id;
		const id = objectId(this.#random);
		this.#byId.set(id, conversation);
		return id;
	}

	/** Whether `id` was ever shown for the conversation of this message. */
	isConversation(id: string, message: Message): boolean {
		return this.#byId.get(id) === this.conversationOf(message);
	}
}
