import { between, pick, type PracticeRandom } from "../random.ts";
import {
	type Dialogue,
	dialogues,
	groupDialogue,
	officeTalk,
	smallTalk,
	texted,
	textingTime,
} from "./dialogues.ts";
import type { Conversation } from "./conversations.ts";
import type { Customer, Line } from "./people.ts";
import { billingNumber, deskNumber, practiceAgent, practiceDomain } from "./practice-names.ts";
import type { NetsapiensSimulator } from "./simulator.ts";

/** How lively practice is. */
export interface NetsapiensStoryOptions {
	readonly random: PracticeRandom;
	/** Milliseconds from the agent's first look at the sessions until the first customer texts. */
	readonly firstAfterMs: number;
	/** Milliseconds between two customers. */
	readonly pauseMs: number;
	/** Short outages and doubled rows now and then. */
	readonly disturbances: boolean;
}

const nudgeMs = 60_000;
const outageMs = 4_000;

/** What a customer of the story is up to; without one there is only small talk. */
interface Part {
	readonly dialogue: Dialogue;
	readonly index: number;
	turn: number;
	cancelNudge: () => void;
}

/** Lets customers and colleagues of the practice company write, for as long as the simulator runs. */
class Story {
	readonly #simulator: NetsapiensSimulator;
	readonly #options: NetsapiensStoryOptions;
	readonly #parts = new Map<string, Part>();
	#told = 0;
	#group: Conversation | null = null;
	#groupTurn = 0;
	/** The agent's line that has been answered, by one of them. */
	#groupAnswered = "";

	constructor(simulator: NetsapiensSimulator, options: NetsapiensStoryOptions) {
		this.#simulator = simulator;
		this.#options = options;
		const { customers, company } = simulator;
		customers.onCustomer = (customer) => {
			this.#makeLively(customer);
		};
		for (const user of company.users) {
			const uid = `${user.user}@${user.domain}`;
			// The agent speaks for itself.
			if (uid === practiceAgent) continue;
			const colleague = customers.user(uid);
			colleague.reply = ({ conversation, message }) => {
				if (conversation === this.#group) return this.#groupAnswer(user.user, message.id);
				return texted(options.random, officeTalk(options.random, message.text));
			};
		}
	}

	/** The first customer texts so long after now; the others follow. */
	begin(): void {
		const { clock } = this.#simulator;
		clock.after(this.#options.firstAfterMs, () => {
			this.#next();
		});
		this.#presenceDrifts();
	}

	#next(): void {
		const index = this.#told;
		this.#told += 1;
		// After the first customer and then once a round, the colleagues have the word.
		const round = dialogues.length + 1;
		if (index % round === 1) this.#colleaguesTalk();
		else this.#customerTexts(index % round === 0 ? 0 : (index % round) - 1, index);
		this.#simulator.clock.after(this.#options.pauseMs, () => {
			this.#next();
		});
	}

	#customerTexts(number: number, index: number): void {
		const dialogue = dialogues[number];
		if (dialogue === undefined) return;
		const { customers, clock } = this.#simulator;
		const customer = customers.customer(dialogue.number);
		// Still in the conversation of the last round: no second one on top.
		if (this.#parts.has(customer.number)) return;
		const to = dialogue.to === "desk" ? deskNumber : billingNumber;
		const part: Part = {
			dialogue,
			index,
			turn: 0,
			cancelNudge: clock.after(nudgeMs, () => {
				customer.write(to, dialogue.nudge);
			}),
		};
		this.#parts.set(customer.number, part);
		// The first line is written when it is time for it; only what follows has to be typed.
		const lines = texted(this.#options.random, dialogue.opening).map((line, position) =>
			position === 0 ? { ...line, afterMs: 0 } : line,
		);
		customer.type(lines, (line) => {
			customer.write(to, line.text, line.media);
		});
	}

	/** A customer answers by its part of a dialogue, or with small talk when it has none. */
	#makeLively(customer: Customer): void {
		const { random } = this.#options;
		customer.reply = ({ message }) => {
			const part = this.#parts.get(customer.number);
			if (part === undefined) {
				return texted(random, smallTalk(random, message.text, customer.received.length === 1));
			}
			part.cancelNudge();
			const said = part.dialogue.turns[part.turn];
			part.turn += 1;
			if (part.turn === 1) this.#disturb(part.index);
			else this.#simulator.switches.messageCopies = 1;
			if (said !== undefined) return texted(random, said);
			this.#parts.delete(customer.number);
			return texted(random, part.dialogue.farewell);
		};
	}

	#colleaguesTalk(): void {
		const { clock, customers, exchange } = this.#simulator;
		const { random } = this.#options;
		const members = [
			practiceAgent,
			...groupDialogue.opening.map(({ from }) => `${from}@${practiceDomain}`),
		];
		const group = exchange.chatBetween(practiceDomain, [...new Set(members)]);
		group.name = groupDialogue.name;
		this.#group = group;
		let after = 0;
		for (const { from, text } of groupDialogue.opening) {
			clock.after(after, () => customers.user(`${from}@${practiceDomain}`).chatIn(group, text));
			after += textingTime(random, text);
		}
	}

	/** The colleague whose turn it is answers the group; the others read. */
	#groupAnswer(extension: string, messageId: string): Line[] {
		const { random } = this.#options;
		if (this.#groupAnswered === messageId) return [];
		const turn = groupDialogue.turns[this.#groupTurn % groupDialogue.turns.length];
		if (turn?.from !== extension) return [];
		this.#groupTurn += 1;
		this.#groupAnswered = messageId;
		return texted(random, [turn.text]);
	}

	/** In every third conversation the line drops for a moment, in every third a row is doubled. */
	#disturb(index: number): void {
		if (!this.#options.disturbances) return;
		const { clock, network, switches } = this.#simulator;
		if (index % 3 === 2) {
			clock.after(500, () => {
				void network.cut();
				clock.after(outageMs, () => void network.restore());
			});
		}
		switches.messageCopies = index % 3 === 0 ? 2 : 1;
	}

	/** Now and then somebody comes or goes. */
	#presenceDrifts(): void {
		const { random } = this.#options;
		const { clock, company } = this.#simulator;
		clock.after(between(random, 20_000, 40_000), () => {
			const others = company.users.filter(({ user, domain }) => `${user}@${domain}` !== practiceAgent);
			pick(random, others).presence = pick(random, ["open", "open", "inuse", "inactive"]);
			this.#presenceDrifts();
		});
	}
}

/** Starts the story of the practice company: it begins when the agent's client first reads its sessions. */
export function startNetsapiensStory(simulator: NetsapiensSimulator, options: NetsapiensStoryOptions): void {
	const story = new Story(simulator, options);
	void simulator.journal
		.waitFor(
			(entry) =>
				entry.kind === "request" &&
				entry.user === practiceAgent &&
				entry.path.endsWith("/messagesessions"),
		)
		.then(() => {
			story.begin();
		});
}
