import type { PracticeClock } from "../clock.ts";
import type { Agent } from "./agents.ts";
import type { ImExchange, ImParty, ImSession, ImSide } from "./im-exchange.ts";
import { imSessionPath, imSessionResource } from "./im-resource.ts";
import type { JsonObject } from "../server/json.ts";
import { type Notifications, topics } from "./notifications.ts";
import type { GenesysSwitches } from "./switches.ts";

/** An agent's end of its sessions: everything that happens there becomes a notification. */
export class AgentParty implements ImParty {
	readonly agent: Agent;
	readonly #switches: GenesysSwitches;
	readonly #clock: PracticeClock;
	readonly #notifications: Notifications;
	readonly #exchange: () => ImExchange;
	readonly #apiUrl: () => string;

	constructor(
		agent: Agent,
		parts: {
			switches: GenesysSwitches;
			clock: PracticeClock;
			notifications: Notifications;
			exchange: () => ImExchange;
			apiUrl: () => string;
		},
	) {
		this.agent = agent;
		this.#switches = parts.switches;
		this.#clock = parts.clock;
		this.#notifications = parts.notifications;
		this.#exchange = parts.exchange;
		this.#apiUrl = parts.apiUrl;
	}

	get name(): string {
		return `${this.agent.firstName} ${this.agent.lastName}`;
	}

	changed(session: ImSession, side: ImSide, what: "StatusChange" | "AttachedDataChanged"): void {
		const early = side.state === "Initiating" || side.state === "Alerting";
		if (early && what === "StatusChange" && !this.#switches.pushInitiatingAndAlerting) return;
		const imSession = imSessionResource(session, side, this.#switches, this.#apiUrl());
		this.#publish({ messageType: "IMSessionStateChangeMessage", notificationType: what, imSession });
		if (this.#switches.imOnCallsTopic && what === "StatusChange") this.#publishAsCall(side, imSession);
	}

	alerted(session: ImSession, side: ImSide): void {
		const delayMs = this.#switches.autoAnswerMs;
		if (delayMs === null) return;
		const answer = (): void => {
			if (side.state === "Alerting") this.#exchange().answer(session);
		};
		if (delayMs === 0) answer();
		else this.#clock.after(delayMs, answer);
	}

	message(session: ImSession, _side: ImSide, text: string, own: boolean): void {
		if (own && !this.#switches.echo) return;
		this.#publish({
			messageType: "IMLogUpdateMessage",
			notificationType: "NewMessage",
			imSessionPath: imSessionPath(session),
			message: text,
		});
	}

	failed(reason: string, sessionKey: string): void {
		const shape = this.#switches.asyncErrorShape;
		this.#notifications.publish(this.agent, this.#switches.asyncErrorTopic, {
			messageType: "ErrorMessage",
			...(shape === "imSessionPath" ? { imSessionPath: `/im-sessions/${sessionKey}` } : {}),
			...(shape === "bare" ? {} : { errorMessage: reason }),
		});
	}

	#publish(data: JsonObject): void {
		this.#notifications.publish(this.agent, topics.imSessions, data);
	}

	/** The session seen as a call, with the same id (question 21). */
	#publishAsCall(side: ImSide, imSession: JsonObject): void {
		const callStates = {
			Initiating: "Dialing",
			Alerting: "Ringing",
			Talking: "Established",
			Completed: "Released",
		};
		this.#notifications.publish(this.agent, topics.calls, {
			messageType: "CallStateChangeMessage",
			notificationType: "StatusChange",
			call: { ...imSession, state: callStates[side.state], capabilities: [] },
			phoneNumber: side.phoneNumber,
			extensions: {},
		});
	}
}
