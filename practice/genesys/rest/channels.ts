import { agentStates } from "../agent-states.ts";
import type { Agent } from "../agents.ts";
import { type Device, isLoggedIn } from "../devices.ts";
import { textField } from "../../server/json.ts";
import { topics } from "../notifications.ts";
import { missingParameter, notFound, Refusal, statusCodes, unknownOperation } from "../refusal.ts";
import { type Handler, setDeviceState, type Site, success } from "../site.ts";

/** `POST /me/channels/{channel}`: sets the agent state of one channel (sheet, 7.2). */
export const operateChannel: Handler = (call) => {
	const channel = call.parameters[0] ?? "";
	if (channel !== "voice" && !call.agent.channels.has(channel)) throw notFound(`Channel '${channel}'`);
	const operation = textField(call.body, "operationName");
	if (operation === undefined) throw missingParameter("operationName");
	if (channel === "voice") setAgentState(call.site, call.agent, operation);
	else if (!agentStates.some((state) => state.operationName === operation))
		throw unknownOperation(operation);
	return success;
};

/** Puts every logged-in telephone of the agent into the state. */
export function setAgentState(site: Site, agent: Agent, operation: string): void {
	if (!agentStates.some((state) => state.operationName === operation)) throw unknownOperation(operation);
	const devices = site.agents.devicesOf(agent).filter(isLoggedIn);
	if (devices.length === 0) throw new Refusal(statusCodes.invalidForState, "Agent is not logged in");
	for (const device of devices) {
		requireRegistered(site, agent, device);
		setDeviceState(site, agent, device, operation);
	}
	if (operation === "Offline") site.exchange.leave(site.party(agent));
}

/** Fails as a real node does: an `ErrorMessage` on the devices topic and HTTP 500 (sheet, 3 and 10.4). */
export function requireRegistered(site: Site, agent: Agent, device: Device): void {
	if (device.registered) return;
	site.notifications.publish(agent, topics.devices, {
		messageType: "ErrorMessage",
		devicePath: `/devices/${device.id}`,
		deviceUri: `${site.apiUrl()}/devices/${device.id}`,
	});
	throw new Refusal(statusCodes.internal, `Device '${device.phoneNumber}' is not registered.`, 500);
}
