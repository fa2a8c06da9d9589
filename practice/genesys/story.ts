import { between, pick, type PracticeRandom } from "../random.ts";
import type { Agent } from "./agents.ts";
import type { Colleague } from "./colleagues.ts";
import { type Dialogue, dialogues, isGoodbye, smallTalk, typed } from "./dialogues.ts";
import { Refusal } from "./refusal.ts";
import type { GenesysSimulator } from "./simulator.ts";

/** How lively practice is. */
export interface StoryOptions {
	readonly random: PracticeRandom;
	/** Milliseconds from the moment an agent can be reached until the first colleague writes. */
	readonly firstAfterMs: number;
	/** Milliseconds between the end of one conversation and the next colleague. */
	readonly pauseMs: number;
	/** Short outages and doubled messages now and then. */
	readonly disturbances: boolean;
}

const retryMs = 5_000;
const nudgeMs = 45_000;
const lingerMs = 8_000;
const outageMs = 4_000;

/**
 * What happens in practice mode to one agent:
 *
 *   away --reachable--> resting --firstAfter/pause--> talking --Completed--> resting
 *     ^                    |
 *     +---- unreachable ---+
 */
type State =
	| { readonly name: "away" }
	| { readonly name: "resting"; readonly cancel: () => void }
	| { readonly name: "talking"; readonly colleague: Colleague };

/** Lets colleagues write to one agent, one after the other, for as long as the simulator runs. */
export class Story {
	readonly #simulator: GenesysSimulator;
	readonly #agent: Agent;
	readonly #options: StoryOptions;
	#state: State = { name: "away" };
	#told = 0;

	constructor(simulator: GenesysSimulator, agent: Agent, options: StoryOptions) {
		this.#simulator = simulator;
		this.#agent = agent;
		this.#options = options;
		simulator.onReachableChange((changed) => {
			if (changed === agent) this.#look();
		});
		this.#look();
	}

	#look(): void {
		const reachable = this.#simulator.isReachable(this.#agent);
		if (reachable && this.#state.name === "away") this.#rest(this.#options.firstAfterMs);
		if (!reachable && this.#state.name === "resting") {
			this.#state.cancel();
			this.#state = { name: "away" };
		}
	}

	#rest(afterMs: number): void {
		const cancel = this.#simulator.clock.after(afterMs, () => {
			this.#begin();
		});
		this.#state = { name: "resting", cancel };
	}

	#begin(): void {
		if (!this.#simulator.isReachable(this.#agent)) {
			this.#state = { name: "away" };
			return;
		}
		const dialogue = dialogues[this.#told % dialogues.length];
		const number = this.#loggedInNumber();
		const colleague =
			dialogue === undefined ? null : this.#simulator.colleagues.find(dialogue.phoneNumber);
		if (dialogue === undefined || number === undefined || colleague === null) return;
		if (this.#isTalking(number)) {
			this.#rest(retryMs);
			return;
		}
		this.#perform(colleague, dialogue, this.#told);
		this.#state = { name: "talking", colleague };
		try {
			colleague.presence = "Ready";
			colleague.initiate(number);
			this.#told += 1;
		} catch (failure) {
			if (!(failure instanceof Refusal)) throw failure;
			// This colleague is talking to somebody: later.
			colleague.events = {};
			this.#rest(retryMs);
		}
	}

	/** Gives the colleague its part of the dialogue. */
	#perform(colleague: Colleague, dialogue: Dialogue, index: number): void {
		const { clock } = this.#simulator;
		const { random } = this.#options;
		let turn = 0;
		let typing = true;
		let leaving = false;
		let cancelNudge: () => void = () => undefined;
		const write = (texts: readonly string[]): void => {
			typing = true;
			colleague.type(typed(random, texts), () => {
				typing = false;
			});
		};
		const leave = (texts: readonly string[]): void => {
			leaving = true;
			colleague.type(typed(random, texts), () => {
				clock.after(lingerMs, () => {
					colleague.complete();
				});
			});
		};
		colleague.events = {
			started: () => {
				write(dialogue.opening);
				cancelNudge = clock.after(nudgeMs, () => {
					write([dialogue.nudge]);
				});
			},
			received: (_colleague, text) => {
				cancelNudge();
				// Two texts in a row get one answer.
				if (leaving || (typing && turn > 0)) return;
				const next = dialogue.turns[turn];
				turn += 1;
				if (this.#options.disturbances) this.#disturb(index, turn);
				if (next === undefined || isGoodbye(text)) leave(dialogue.farewell);
				else write(next);
			},
			ended: () => {
				cancelNudge();
				colleague.events = {};
				this.#simulator.switches.notificationCopies = 1;
				this.#state = { name: "away" };
				if (this.#simulator.isReachable(this.#agent)) this.#rest(this.#options.pauseMs);
			},
		};
	}

	/** In every second conversation the line drops for a moment, in every third a message comes twice. */
	#disturb(index: number, turn: number): void {
		const { clock, network, switches } = this.#simulator;
		if (turn !== 1) return;
		if (index % 2 === 1) {
			clock.after(500, () => {
				void network.cut();
				clock.after(outageMs, () => void network.restore());
			});
		}
		switches.notificationCopies = index % 3 === 2 ? 2 : 1;
	}

	#isTalking(phoneNumber: string): boolean {
		return this.#simulator.exchange.sessions.some(
			({ initiator, target }) =>
				initiator.phoneNumber === phoneNumber || target.phoneNumber === phoneNumber,
		);
	}

	#loggedInNumber(): string | undefined {
		return this.#simulator.agents.devicesOf(this.#agent).find((device) => device.state !== "Offline")
			?.phoneNumber;
	}
}

/** Colleagues who answer, each in an own way, when the agent writes first. */
export function makeLively(simulator: GenesysSimulator, random: PracticeRandom): void {
	for (const colleague of simulator.colleagues.all) {
		const { behaviour } = colleague;
		behaviour.answerAfterMs = between(random, 1_200, 4_000);
		// Whoever is at lunch or in a training does not look at the screen.
		if (colleague.presence === "Lunch" || colleague.presence === "Training") behaviour.answer = "never";
		if (colleague.presence === "AuxWork") behaviour.answer = "reject";
		if (colleague.presence === "AfterCallWork") behaviour.answer = "busy";
		behaviour.reply = (text) => {
			// In a story's dialogue the story has the word.
			if (colleague.events.received !== undefined) return [];
			return typed(random, smallTalk(random, text, colleague.received.length === 1));
		};
	}
}

/** Now and then somebody comes or goes, so that presence in the directory is alive. */
export function letPresenceDrift(simulator: GenesysSimulator, random: PracticeRandom): void {
	simulator.clock.after(between(random, 20_000, 40_000), () => {
		const idle = simulator.colleagues.all.filter((colleague) => colleague.session === null);
		if (idle.length > 0) {
			const colleague = pick(random, idle);
			if (colleague.behaviour.answer === "auto") {
				colleague.presence = colleague.presence === "Ready" ? "NotReady" : "Ready";
			}
		}
		letPresenceDrift(simulator, random);
	});
}
