import type { PracticeClock } from "../clock.ts";
import type { Agent } from "./agents.ts";
import type { Journal } from "../server/journal.ts";
import type { JsonObject } from "../server/json.ts";
import type { GenesysSwitches } from "./switches.ts";

/** The topics of the sheet, 10.3, that the simulator publishes on. */
export const topics = {
	imSessions: "/v2/me/im-sessions",
	devices: "/v2/me/devices",
	channels: "/v2/me/channels",
	calls: "/v2/me/calls",
	services: "/notifications/services",
} as const;

/** Hands one event to the agent's CometD sessions that subscribed; returns how many there are. */
export type Deliver = (agent: Agent, topic: string, data: JsonObject) => number;

interface Held {
	readonly agent: Agent;
	readonly send: (() => void)[];
}

/** Dresses events as the server does and decides when they leave. */
export class Notifications {
	readonly #clock: PracticeClock;
	readonly #switches: GenesysSwitches;
	readonly #journal: Journal;
	readonly #deliver: Deliver;
	/** The request being handled now. */
	#collecting: Held | null = null;
	/** Requests whose notifications have not left yet, oldest first. */
	#held: Held[] = [];

	constructor(parts: {
		clock: PracticeClock;
		switches: GenesysSwitches;
		journal: Journal;
		deliver: Deliver;
	}) {
		this.#clock = parts.clock;
		this.#switches = parts.switches;
		this.#journal = parts.journal;
		this.#deliver = parts.deliver;
	}

	/** Publishes `data` (without metrics) to one agent. */
	publish(agent: Agent, topic: string, data: JsonObject): void {
		const dressed = this.#withMetrics(topic, data);
		const send = (): void => {
			for (let copy = 0; copy < this.#switches.notificationCopies; copy += 1)
				this.#send(agent, topic, dressed);
			if (this.#switches.unknownNotifications) this.#sendUnknown(agent, topic);
		};
		// One agent's events never overtake each other, whatever request each belongs to.
		const behind =
			this.#collecting?.agent === agent
				? this.#collecting
				: this.#held.findLast((candidate) => candidate.agent === agent);
		if (behind === undefined) send();
		else behind.send.push(send);
	}

	/**
	 * Runs a request of `agent` and keeps back what it causes for that agent, so that the caller can
	 * let it leave before or after the HTTP reply. Other agents are told at once.
	 */
	collect<T>(agent: Agent, run: () => T): { result: T; release: () => void; count: number } {
		const held: Held = { agent, send: [] };
		const release = (): void => {
			this.#release(held);
		};
		this.#collecting = held;
		this.#held.push(held);
		try {
			const result = run();
			return { result, count: held.send.length, release };
		} catch (failure) {
			throw new CollectedFailure(failure, held.send.length, release);
		} finally {
			this.#collecting = null;
		}
	}

	/** Publishes to one agent exactly what it is given: malformed, unknown or foreign events in tests. */
	inject(agent: Agent, topic: string, data: JsonObject): void {
		this.#send(agent, topic, data);
	}

	/** Lets go of everything of this agent up to and including `last`. */
	#release(last: Held): void {
		const upTo = this.#held.indexOf(last);
		if (upTo < 0) return;
		const ready = this.#held.filter((held, index) => index <= upTo && held.agent === last.agent);
		this.#held = this.#held.filter((held) => !ready.includes(held));
		for (const send of ready.flatMap((held) => held.send)) send();
	}

	#send(agent: Agent, topic: string, data: JsonObject): void {
		const sessions = this.#deliver(agent, topic, data);
		this.#journal.notification(topic, agent.userName, data, sessions);
	}

	#sendUnknown(agent: Agent, topic: string): void {
		this.#send(agent, topic, { messageType: "SomethingNewMessage", notificationType: "Unheard" });
		if (topic !== topics.imSessions) return;
		this.#send(agent, topic, {
			messageType: "IMSessionStateChangeMessage",
			notificationType: "StatusChange",
			imSession: {
				id: "UNKNOWN",
				path: "/im-sessions/UNKNOWN",
				state: "Dreaming",
				participants: [],
				capabilities: [],
			},
		});
	}

	#withMetrics(topic: string, data: JsonObject): JsonObject {
		if (topic === topics.imSessions && !this.#switches.metricsOnIm) return data;
		return {
			...data,
			metrics: {
				eventProcessing: {
					nodeProcessingTimeNanos: 116_977,
					serverGenerationTimestamp: this.#clock.now(),
					serverProcessingTimeTotalMs: -1,
				},
			},
		};
	}
}

/** Carries a refusal together with what was published before it (an `ErrorMessage` precedes its HTTP 500). */
export class CollectedFailure extends Error {
	readonly failure: unknown;
	readonly count: number;
	readonly release: () => void;
	constructor(failure: unknown, count: number, release: () => void) {
		super("request failed");
		this.name = "CollectedFailure";
		this.failure = failure;
		this.count = count;
		this.release = release;
	}
}
