import type { PracticeClock } from "../clock.ts";
import type { AccountRegistry } from "./accounts.ts";
import type { Conversation, Conversations } from "./conversations.ts";
import type { Files, FileSetup } from "./files.ts";
import type { Ids } from "./identity.ts";
import type { Ledger } from "./ledger.ts";
import type { Message } from "./messages.ts";
import { isNumber } from "./numbers.ts";
import type { OptOuts } from "./opt-outs.ts";

interface CustomersParts {
	readonly ids: Ids;
	readonly clock: PracticeClock;
	readonly accounts: AccountRegistry;
	readonly conversations: Conversations;
	readonly optOuts: OptOuts;
	readonly files: Files;
	readonly ledger: Ledger;
}

const optOutWords = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]);
const optInWords = new Set(["START", "UNSTOP"]);

/** Somebody outside with a mobile phone, who does what a script says. */
export class Customer {
	readonly number: string;
	/** What the customer writes with. */
	channel: Conversation["channel"] = "sms";
	/** Called for every message that reached the phone. */
	onReceived: ((message: Message) => void) | null = null;
	readonly #parts: CustomersParts;
	readonly #received: Message[] = [];

	constructor(number: string, parts: CustomersParts) {
		this.number = number;
		this.#parts = parts;
	}

	/** Messages that reached the phone, oldest first. */
	get received(): readonly Message[] {
		return this.#received;
	}

	/**
	 * Writes to an account. Words such as STOP and START opt out and in, as carriers have it.
	 * `text` may be empty with an attachment.
	 */
	write(slug: string, text: string, attachment?: FileSetup): Message {
		const { ids, clock, accounts, conversations, files, ledger } = this.#parts;
		const account = accounts.get(slug);
		const conversation = conversations.receiving(account, this.number, this.channel);
		const position = conversations.position(conversation);
		const message: Message = {
			kind: "message",
			id: ids.next(),
			conversation,
			direction: "in",
			body: text,
			position,
			shownAt: position,
			state: "received",
			reason: null,
			latestEventAt: clock.now(),
			sender: null,
			attachments:
				attachment === undefined
					? []
					: [
							{
								id: ids.next(),
								contentType: attachment.contentType,
								file: files.add(attachment),
								url: null,
							},
						],
			flags: [],
			source: "textus",
			attempts: 0,
			final: true,
			replaced: false,
		};
		conversations.addMessage(message);
		ledger.addReceived({
			at: clock.now(),
			id: `/messages/${message.id}`,
			account: slug,
			from: this.number,
			body: text,
		});
		const word = text.trim().toUpperCase();
		if (optOutWords.has(word)) this.optOut(slug);
		if (optInWords.has(word)) this.optIn(slug);
		return message;
	}

	/** Opts out of one account, or of every one that there is a conversation with. */
	optOut(slug?: string): void {
		for (const account of this.#accountsOf(slug)) this.#parts.optOuts.add(account, this.number, null);
	}

	/** Takes `optOut` back. */
	optIn(slug?: string): void {
		for (const account of this.#accountsOf(slug)) this.#parts.optOuts.remove(account, this.number);
	}

	/** The newest conversation with an account. */
	conversationWith(slug: string): Conversation | null {
		return this.#parts.conversations.latest(this.#parts.accounts.get(slug), this.number);
	}

	/** A message reached the phone. */
	take(message: Message): void {
		this.#received.push(message);
		this.onReceived?.(message);
	}

	#accountsOf(slug: string | undefined): ReturnType<AccountRegistry["get"]>[] {
		if (slug !== undefined) return [this.#parts.accounts.get(slug)];
		const own = this.#parts.conversations.all.filter(({ number }) => number === this.number);
		return [...new Set(own.map(({ account }) => account))];
	}
}

/** All customers, made when they are first asked for. */
export class Customers {
	readonly #parts: CustomersParts;
	readonly #customers = new Map<string, Customer>();
	#new: ((customer: Customer) => void) | null = null;

	constructor(parts: CustomersParts) {
		this.#parts = parts;
	}

	/** Calls `run` for every customer there is and for each that comes. */
	whenNew(run: (customer: Customer) => void): void {
		this.#new = run;
		for (const customer of this.#customers.values()) run(customer);
	}

	/** The person with this number, E.164. */
	customer(number: string): Customer {
		if (!isNumber(number)) throw new RangeError(`no E.164 number: ${number}`);
		const known = this.#customers.get(number);
		if (known !== undefined) return known;
		const customer = new Customer(number, this.#parts);
		this.#customers.set(number, customer);
		this.#new?.(customer);
		return customer;
	}
}
