import type { Media, Session } from "./chats.ts";
import type { Endpoint } from "./company.ts";
import { objectId } from "./ids.ts";
import type { Message } from "./messages.ts";
import type { Site } from "./site.ts";

/** What somebody outside hears; set at any time. */
export interface Listening {
	/** An agent wrote to this person. */
	received?: (message: Message) => void;
}

/** Somebody outside the company who writes to its endpoints. */
export class Person {
	readonly #site: Site;
	readonly address: string;
	/** Everything that agents wrote to this person, oldest first. */
	readonly received: Message[] = [];
	readonly listening: Listening = {};
	name: string;

	constructor(site: Site, address: string, name: string) {
		this.#site = site;
		this.address = address;
		this.name = name;
	}

	/** Does not want to be written to any more, or wants to again. */
	set optedOut(optedOut: boolean) {
		if (optedOut) this.#site.optedOut.add(this.address);
		else this.#site.optedOut.delete(this.address);
	}

	/** Writes to an endpoint. With media the text is often empty; lists then show an empty message (sheet, 5.1). */
	write(endpointId: string, text: string, media: Media | null = null): Message {
		return this.#add(this.#site.company.endpoint(endpointId), text, null, media);
	}

	/** Begins a chat session on an endpoint; these agents (user names) are in it. */
	startChat(endpointId: string, agents: readonly string[], channel = "Chat"): Chat {
		const { clock, random, sessions, company } = this.#site;
		const at = clock.now();
		const session: Session = {
			id: objectId(random),
			endpoint: company.endpoint(endpointId),
			channel,
			otherAddress: this.address,
			otherName: this.name,
			startedAt: at,
			members: new Set(agents),
			transcript: [],
			log: [{ at, message: "Session started" }],
			endedAt: null,
			changedAt: at,
			callState: "Connected",
			queueState: "Connected",
			holdReason: "None",
			consoleData: null,
		};
		sessions.add(session);
		return {
			session,
			write: (text, media = null) => {
				const message = this.#add(session.endpoint, text, session.id, media);
				session.transcript.push({ at: message.at, from: this.address, body: text, media });
				session.changedAt = message.at;
				return message;
			},
			end: () => {
				sessions.end(session, clock.now());
			},
		};
	}

	#add(endpoint: Endpoint, text: string, sessionId: string | null, media: Media | null): Message {
		const { messages } = this.#site;
		const message = messages.add({
			endpoint,
			direction: "Incoming",
			otherAddress: this.address,
			senderAddress: this.address,
			senderName: this.name,
			text,
			sessionId,
			media,
		});
		messages.announce(message);
		return message;
	}
}

/** A chat session as the visitor sees it. */
export interface Chat {
	readonly session: Session;
	write(text: string, media?: Media | null): Message;
	end(): void;
}

/** Everybody outside, by address. */
export class Outside {
	readonly #site: Site;
	readonly #people = new Map<string, Person>();

	constructor(site: Site) {
		this.#site = site;
		site.messages.watch((message) => {
			if (message.direction !== "Outgoing") return;
			const person = this.person(message.otherAddress);
			person.received.push(message);
			person.listening.received?.(message);
		});
	}

	/** The person with this address (a number, an e-mail address, a visitor's id); always the same one. */
	person(address: string, name = address): Person {
		const known = this.#people.get(address);
		if (known !== undefined) {
			if (name !== address) known.name = name;
			return known;
		}
		const person = new Person(this.#site, address, name);
		this.#people.set(address, person);
		return person;
	}
}
