import type { PracticeRandom } from "../random.ts";
import { type Dialogue, dialogues, isGoodbye, practiceLines, smallTalk, typingTime } from "./dialogues.ts";
import type { Message } from "./messages.ts";
import type { Chat, Person } from "./outside.ts";
import { wheelPicture } from "./picture.ts";
import type { EvovoiceSimulator } from "./simulator.ts";

/** How lively practice is. */
export interface EvovoiceStoryOptions {
	readonly random: PracticeRandom;
	/** Milliseconds until the first customer writes. */
	readonly firstAfterMs: number;
	/** Milliseconds from one customer's first text to the next customer's. */
	readonly pauseMs: number;
	/** Short outages and doubled rows now and then. */
	readonly disturbances: boolean;
}

/** A story that is being told. */
export interface EvovoiceStory {
	/** Nobody writes any more, not even in answer. */
	stop(): void;
}

const nudgeMs = 90_000;
const lingerMs = 10_000;
const outageMs = 4_000;
const doubledMs = 30_000;
const pauseWhileTalkingMs = 5_000;

/** Lets customers write to the company for as long as the simulator runs; the lines they write to are added where missing. */
export function startEvovoiceStory(
	simulator: EvovoiceSimulator,
	options: EvovoiceStoryOptions,
): EvovoiceStory {
	return new Story(simulator, options);
}

/** An errand that goes on: the customer waits, or types. */
interface Errand {
	readonly dialogue: Dialogue;
	readonly index: number;
	readonly person: Person;
	/** The chat session, for those who came by the website. */
	readonly chat: Chat | null;
	turn: number;
	isTyping: boolean;
	isLeaving: boolean;
	cancelNudge: () => void;
}

/**
 *   resting --firstAfter/pause--> next customer writes --> resting
 *
 * An errand is opening, one turn an answer, farewell; several may go on at once.
 */
class Story implements EvovoiceStory {
	readonly #simulator: EvovoiceSimulator;
	readonly #options: EvovoiceStoryOptions;
	readonly #errands = new Map<string, Errand>();
	readonly #stopWatching: () => void;
	#told = 0;
	#isStopped = false;

	constructor(simulator: EvovoiceSimulator, options: EvovoiceStoryOptions) {
		this.#simulator = simulator;
		this.#options = options;
		const { company } = simulator;
		const known = company.endpoints.map(({ displayName }) => displayName);
		for (const [index, name] of Object.values(practiceLines).entries())
			if (!known.includes(name))
				company.addEndpoint({
					displayName: name,
					...(name === practiceLines.chat
						? { type: "Team", address: "chat@spokes.example.invalid" }
						: { address: `+1555020${String(index)}` }),
				});
		this.#stopWatching = simulator.messages.watch((message) => {
			if (message.direction === "Outgoing") this.#hear(message);
		});
		this.#after(options.firstAfterMs, () => {
			this.#next();
		});
	}

	stop(): void {
		this.#isStopped = true;
		this.#stopWatching();
	}

	#after(delayMs: number, run: () => void): () => void {
		return this.#simulator.clock.after(delayMs, () => {
			if (!this.#isStopped) run();
		});
	}

	/** The next customer comes, unless that one is still here. */
	#next(): void {
		const dialogue = dialogues[this.#told % dialogues.length];
		if (dialogue === undefined) return;
		const isBusy = this.#errands.has(dialogue.address);
		if (!isBusy) {
			this.#begin(dialogue, this.#told);
			this.#told += 1;
		}
		this.#after(isBusy ? pauseWhileTalkingMs : this.#options.pauseMs, () => {
			this.#next();
		});
	}

	#begin(dialogue: Dialogue, index: number): void {
		const { outside, users } = this.#simulator;
		const person = outside.person(dialogue.address, dialogue.name);
		const agents = users.map(({ emailAddress }) => emailAddress);
		const chat = dialogue.isChat === true ? person.startChat(dialogue.line, agents) : null;
		const errand: Errand = {
			dialogue,
			index,
			person,
			chat,
			turn: 0,
			isTyping: false,
			isLeaving: false,
			cancelNudge: () => undefined,
		};
		this.#errands.set(dialogue.address, errand);
		const [first = "", ...others] = dialogue.opening;
		this.#write(errand, first);
		this.#type(errand, others, () => undefined);
		errand.cancelNudge = this.#after(nudgeMs, () => {
			this.#write(errand, dialogue.nudge);
		});
	}

	/** An agent wrote: the errand goes on, or there is a little talk. */
	#hear(message: Message): void {
		const errand = this.#errands.get(message.otherAddress);
		if (errand === undefined) {
			this.#chatter(message);
			return;
		}
		errand.cancelNudge();
		// Two texts in a row get one answer.
		if (errand.isTyping || errand.isLeaving) return;
		const { dialogue, turn } = errand;
		const texts = dialogue.turns[turn];
		errand.turn += 1;
		if (this.#options.disturbances && turn === 0) this.#disturb(errand.index);
		if (texts !== undefined && !isGoodbye(message.text)) {
			this.#type(errand, texts, () => undefined, dialogue.pictureWithTurn === turn);
			return;
		}
		errand.isLeaving = true;
		this.#type(errand, dialogue.farewell, () => {
			this.#after(lingerMs, () => {
				errand.chat?.end();
				this.#errands.delete(dialogue.address);
			});
		});
	}

	/** Somebody without an errand answers the agent who wrote first. Ended chats are silent. */
	#chatter(message: Message): void {
		const person = this.#simulator.outside.person(message.otherAddress);
		if (message.sessionId !== null) return;
		const isFirst = person.received.length <= 1;
		const text = smallTalk(this.#options.random, message.text, isFirst);
		this.#after(typingTime(this.#options.random, text), () => {
			person.write(message.endpoint.id, text);
		});
	}

	/** Writes texts one after the other with human pauses, the last one with the picture. */
	#type(errand: Errand, texts: readonly string[], done: () => void, withPicture = false): void {
		const [text, ...others] = texts;
		errand.isTyping = text !== undefined;
		if (text === undefined) {
			done();
			return;
		}
		this.#after(typingTime(this.#options.random, text), () => {
			this.#write(errand, text, withPicture && others.length === 0);
			this.#type(errand, others, done, withPicture);
		});
	}

	#write({ chat, person, dialogue }: Errand, text: string, withPicture = false): void {
		const media = withPicture ? wheelPicture() : null;
		if (chat === null) person.write(dialogue.line, text, media);
		else chat.write(text, media);
	}

	/** With every second customer the line drops for a moment, with every third rows come twice for a while. */
	#disturb(index: number): void {
		const { clock, network, switches } = this.#simulator;
		if (index % 2 === 1) {
			this.#after(500, () => {
				void network.cut();
				// Restored even if the story is stopped meanwhile.
				clock.after(outageMs, () => void network.restore());
			});
		}
		if (index % 3 === 2) {
			switches.rowCopies = 2;
			clock.after(doubledMs, () => {
				switches.rowCopies = 1;
			});
		}
	}
}
