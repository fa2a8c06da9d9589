import { userState } from "../agent-states.ts";
import { type Device, isLoggedIn } from "../devices.ts";
import { type JsonObject, textField } from "../../server/json.ts";
import { topics } from "../notifications.ts";
import { missingParameter, notFound, Refusal, statusCodes, unknownOperation } from "../refusal.ts";
import { type Call, type Handler, setDeviceState, success } from "../site.ts";
import { requireRegistered } from "./channels.ts";

const interactionServerClosed = "Interaction server connection is not opened";

/** `StartContactCenterSession`: logs the agent in on a telephone and on channels (sheet, section 6). */
export const startSession: Handler = (call) => {
	const { site, agent, body } = call;
	if (!site.switches.voiceFeature) throw unknownOperation("StartContactCenterSession");
	const channels = body["channels"];
	if (!Array.isArray(channels)) throw missingParameter("channels");
	const wanted = channels.map(String);
	if (wanted.length === 0) throw missingParameter("channels");
	const outcomes = wanted.map((channel): Outcome => {
		try {
			if (channel === "voice") logInVoice(call);
			else logInMultimedia(call, channel);
			return { channel, refusal: null };
		} catch (failure) {
			if (failure instanceof Refusal) return { channel, refusal: failure };
			throw failure;
		}
	});
	if (agent.channels.size > 0) {
		site.notifications.publish(agent, topics.channels, {
			messageType: "ChannelStateChangeMessageV2",
			channels: [...agent.channels].map((channel) => ({ channel, userState: userState("NotReady") })),
		});
	}
	return answer(outcomes);
};

/** `EndContactCenterSession`: logs out, gives devices back, ends the HTTP session. */
export const endSession: Handler = ({ site, agent, session }) => {
	if (!site.switches.voiceFeature) throw unknownOperation("EndContactCenterSession");
	site.exchange.leave(site.party(agent));
	for (const device of site.agents.devicesOf(agent)) {
		if (isLoggedIn(device)) setDeviceState(site, agent, device, "Offline");
		device.assignedTo = device.defaultUser;
	}
	for (const device of site.agents.place(agent.place)?.devices ?? [])
		device.assignedTo = device.defaultUser;
	agent.channels.clear();
	site.httpSessions.end(session);
	return success;
};

interface Outcome {
	readonly channel: string;
	readonly refusal: Refusal | null;
}

function answer(outcomes: readonly Outcome[]): JsonObject {
	const failed = outcomes.filter((outcome) => outcome.refusal !== null);
	const first = failed[0]?.refusal ?? null;
	if (first === null) return success;
	if (failed.length === outcomes.length) throw first;
	return {
		statusCode: statusCodes.partial,
		failed: failed.map(({ channel, refusal }) => ({
			statusCode: refusal?.statusCode ?? statusCodes.internal,
			statusMessage: refusal?.message ?? "",
			// A real node names the medium server's channel, whatever was asked for.
			channel: channel === "voice" ? "voice" : "multimedia",
		})),
		succeeded: outcomes
			.filter((outcome) => outcome.refusal === null)
			.map(({ channel }) => ({ statusCode: 0, channel })),
	};
}

function logInMultimedia({ site, agent }: Call, channel: string): void {
	const outcome = site.switches.startOutcome;
	const open = site.switches.multimediaService === "open" || outcome === "voiceFails";
	if (!open || outcome === "voiceOnly" || outcome === "allFailed") {
		throw new Refusal(statusCodes.internal, interactionServerClosed);
	}
	agent.channels.add(channel);
}

function logInVoice(call: Call): void {
	const { site, agent, body } = call;
	if (site.switches.startOutcome === "voiceFails" || site.switches.startOutcome === "allFailed") {
		throw new Refusal(statusCodes.internal, "Agent login was refused by the switch");
	}
	if (site.switches.voiceService === "Inactive") {
		throw new Refusal(statusCodes.internal, "Voice service is not active");
	}
	const loginCode = textField(body, "loginCode");
	if (loginCode !== undefined && !agent.loginCodes.includes(loginCode)) {
		throw notFound(`Agent login '${loginCode}'`);
	}
	const devices = placeDevices(call);
	const taken = devices.find((device) => device.assignedTo !== null && device.assignedTo !== agent.id);
	if (taken !== undefined) {
		throw new Refusal(
			site.switches.deviceTakenCode,
			`Device '${taken.phoneNumber}' is assigned to another user`,
		);
	}
	const device = chooseDevice(devices, textField(body, "devicePath"));
	requireRegistered(site, agent, device);
	for (const each of devices) each.assignedTo = agent.id;
	// Logging in twice changes nothing, but the state is pushed again.
	setDeviceState(site, agent, device, isLoggedIn(device) ? device.state : site.switches.stateAfterStart);
}

function placeDevices({ site, agent, body }: Call): Device[] {
	const name = textField(body, "place") ?? agent.place;
	const place = site.agents.place(name);
	if (place === undefined) throw notFound(`Place '${name}'`);
	return place.devices;
}

/** One device, or the only ACDPosition among several, or the one that `devicePath` names. */
function chooseDevice(devices: readonly Device[], devicePath: string | undefined): Device {
	if (devicePath !== undefined) {
		const named = devices.find((device) => `/devices/${device.id}` === devicePath);
		if (named === undefined) throw notFound(`Device '${devicePath}'`);
		return named;
	}
	const positions =
		devices.length === 1 ? devices : devices.filter((device) => device.type === "ACDPosition");
	const [only, second] = positions;
	if (only === undefined || second !== undefined) {
		throw new Refusal(statusCodes.invalidForState, "Place does not have exactly one ACD position");
	}
	return only;
}
