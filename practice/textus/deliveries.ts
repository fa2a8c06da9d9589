import type { PracticeClock } from "../clock.ts";
import type { Message } from "./messages.ts";
import type { TextusSwitches } from "./switches.ts";

/** What becomes of a message to a number. */
export type Fate =
	| "delivered"
	| "failed_transient"
	| "unknown"
	| "failed"
	/** `failed_transient` first, delivered when it is tried again. */
	| "retrySucceeds"
	/** Stays `dispatched`. */
	| "stuck"
	/** A state that no documentation names. */
	| "unheardOf";

/** Numbers whose fate is certain. */
export const reservedNumbers = {
	failedTransient: "+13035550181",
	unknown: "+13035550182",
	failed: "+13035550183",
	retrySucceeds: "+13035550184",
	stuck: "+13035550185",
	unheardOf: "+13035550186",
} as const;

interface DeliveriesParts {
	readonly clock: PracticeClock;
	readonly switches: TextusSwitches;
	/** A message reached the customer's telephone. */
	readonly delivered: (message: Message) => void;
}

/**
 * The way of a message (sheet, 9.3), one step after the other on the simulator's clock:
 *
 *   created --> queued --> dispatched --> delivered | failed_transient | unknown | failed
 *                  ^                            |
 *                  +----------- retry ----------+
 */
export class Deliveries {
	readonly #parts: DeliveriesParts;
	readonly #fates = new Map<string, Fate>([
		[reservedNumbers.failedTransient, "failed_transient"],
		[reservedNumbers.unknown, "unknown"],
		[reservedNumbers.failed, "failed"],
		[reservedNumbers.retrySucceeds, "retrySucceeds"],
		[reservedNumbers.stuck, "stuck"],
		[reservedNumbers.unheardOf, "unheardOf"],
	]);

	constructor(parts: DeliveriesParts) {
		this.#parts = parts;
	}

	fateOf(number: string): Fate {
		return this.#fates.get(number) ?? "delivered";
	}

	/** What happens to messages to the number from now on. */
	setFate(number: string, fate: Fate): void {
		this.#fates.set(number, fate);
	}

	/** Sends a message on its way; `failure`: it does not get far, for this reason. */
	start(message: Message, failure: string | null = null): void {
		const { firstState } = this.#parts.switches;
		message.attempts += 1;
		message.reason = null;
		const way = ["created", "queued", "dispatched", ...this.#endOf(message)];
		const rest =
			failure === null ? way.slice(Math.max(0, way.indexOf(firstState))) : ["queued", "failed"];
		const [first = firstState, ...later] = rest;
		this.#reach(message, first);
		this.#walk(message, later, failure);
	}

	#endOf(message: Message): string[] {
		const fate = this.fateOf(message.conversation.number);
		if (fate === "stuck") return [];
		if (fate === "unheardOf") return ["held_by_carrier"];
		if (fate === "retrySucceeds") return [message.attempts === 1 ? "failed_transient" : "delivered"];
		return [fate];
	}

	#walk(message: Message, states: readonly string[], failure: string | null): void {
		const { clock, switches } = this.#parts;
		const [next, ...later] = states;
		if (next === undefined) return;
		clock.after(switches.stateStepMs, () => {
			if (next === "failed" && failure !== null) {
				message.reason = failure;
				message.final = true;
			}
			this.#reach(message, next);
			this.#walk(message, later, failure);
		});
	}

	#reach(message: Message, state: string): void {
		message.state = state;
		message.latestEventAt = this.#parts.clock.now();
		if (state === "delivered") this.#parts.delivered(message);
	}
}

const mostTimerMs = 2_147_483_647;

/** As `clock.after`, also for times further away than a timer of the computer can be set to. */
export function afterLong(clock: PracticeClock, delayMs: number, run: () => void): void {
	if (delayMs <= mostTimerMs) clock.after(Math.max(0, delayMs), run);
	else
		clock.after(mostTimerMs, () => {
			afterLong(clock, delayMs - mostTimerMs, run);
		});
}
