import type { TimerGroup } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { Agent, AgentRegistry } from "./agents.ts";
import type { AgentParty } from "./agent-party.ts";
import { type Device, deviceResource } from "./devices.ts";
import type { Directory } from "./directory.ts";
import type { HttpSession, HttpSessions } from "./http-sessions.ts";
import type { ImExchange } from "./im-exchange.ts";
import type { JsonObject } from "../server/json.ts";
import { type Notifications, topics } from "./notifications.ts";
import type { GenesysSwitches } from "./switches.ts";

/** One contact centre: everything that a request may touch. */
export interface Site {
	readonly switches: GenesysSwitches;
	readonly clock: TimerGroup;
	readonly random: PracticeRandom;
	readonly agents: AgentRegistry;
	readonly directory: Directory;
	readonly exchange: ImExchange;
	readonly notifications: Notifications;
	readonly httpSessions: HttpSessions;
	/** Prefix of every `uri`, ends in `/api/v2`. */
	apiUrl(): string;
	/** The agent's end of its IM sessions. */
	party(agent: Agent): AgentParty;
	/** A telephone was logged in or out. */
	presenceChanged(agent: Agent): void;
}

/** An authenticated request, as its handler sees it. */
export interface Call {
	readonly site: Site;
	readonly agent: Agent;
	readonly session: HttpSession;
	readonly query: URLSearchParams;
	/** `{}` for GET. */
	readonly body: JsonObject;
	/** The variable segments of the path, in order. */
	readonly parameters: readonly string[];
}

/** Answers a request; throws a Refusal for anything but success. */
export type Handler = (call: Call) => JsonObject;

export const success: JsonObject = { statusCode: 0 };

/** Puts a device into another state and pushes it. `state` is an operationName, `Offline` logs out. */
export function setDeviceState(site: Site, agent: Agent, device: Device, state: string): void {
	device.state = state;
	site.notifications.publish(agent, topics.devices, {
		messageType: "DeviceStateChangeMessage",
		devices: [deviceResource(device, site.apiUrl())],
	});
	site.presenceChanged(agent);
}
