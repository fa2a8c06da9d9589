import { canMessage, type Device, isLoggedIn } from "../devices.ts";
import type { ImSession, ImSide } from "../im-exchange.ts";
import { otherSide } from "../im-exchange.ts";
import { imSessionResource } from "../im-resource.ts";
import { isJsonObject, type JsonObject, textField } from "../../server/json.ts";
import { missingParameter, notFound, Refusal, statusCodes, unknownOperation } from "../refusal.ts";
import { type Call, type Handler, success } from "../site.ts";
import { requireRegistered } from "./channels.ts";

/** `GET /me/im-sessions`: without the sessions that are over. `statusCode` comes last, as in the sample. */
export const listImSessions: Handler = ({ site, agent, query }) => {
	const resources = site.exchange
		.sidesOf(site.party(agent))
		.map(({ session, side }) => imSessionResource(session, side, site.switches, site.apiUrl()));
	if (query.get("fields") === null)
		return { statusCode: 0, uris: resources.map((item) => item["uri"] ?? "") };
	return { imSessions: resources, statusCode: 0 };
};

/** `GET /me/im-sessions/{id}`. */
export const getImSession: Handler = (call) => {
	const { session, side } = ownSession(call);
	return {
		statusCode: 0,
		imSession: imSessionResource(session, side, call.site.switches, call.site.apiUrl()),
	};
};

/** `POST /me/im-sessions`: InitiateIMSession. The new id is only in the notification. */
export const operateImSessions: Handler = (call) => {
	const { site, agent, body } = call;
	const operation = textField(body, "operationName");
	if (operation === undefined) throw missingParameter("operationName");
	if (operation !== "InitiateIMSession") throw unknownOperation(operation);
	const destination = destinationNumber(body);
	const device = messagingDevice(call, textField(body, "devicePath"));
	const userData = body["userData"];
	if (userData !== undefined && !isJsonObject(userData)) {
		throw new Refusal(statusCodes.outOfRange, "Parameter 'userData' is not an object");
	}
	site.exchange.initiate(
		{ party: site.party(agent), phoneNumber: device.phoneNumber },
		destination,
		userData ?? {},
	);
	return success;
};

/** `POST /me/im-sessions/{id}`. */
export const operateImSession: Handler = (call) => {
	const operation = textField(call.body, "operationName");
	if (operation === undefined) throw missingParameter("operationName");
	const { session, side } = ownSession(call);
	switch (operation) {
		case "SendMessage":
			sendMessage(call, session, side);
			break;
		case "AttachUserData":
			call.site.exchange.setUserData(session, { ...session.userData, ...userDataOf(call.body) });
			break;
		case "UpdateUserData": {
			const kept = call.site.switches.updateReplacesUserData ? {} : session.userData;
			call.site.exchange.setUserData(session, { ...kept, ...userDataOf(call.body) });
			break;
		}
		case "DeleteUserData":
			deleteUserData(call, session);
			break;
		case "Complete":
			call.site.exchange.complete(session, side);
			break;
		case "Accept":
		case "Reject":
			acceptOrReject(call, session, side, operation);
			break;
		default:
			throw unknownOperation(operation);
	}
	return success;
};

function ownSession({ site, agent, parameters }: Call): { session: ImSession; side: ImSide } {
	return site.exchange.find(site.party(agent), parameters[0] ?? "");
}

function sendMessage(call: Call, session: ImSession, side: ImSide): void {
	const text = textField(call.body, "text");
	if (text === undefined) throw missingParameter("text");
	const destination = destinationNumber(call.body);
	const devicePath = textField(call.body, "devicePath");
	if (devicePath === undefined) throw missingParameter("devicePath");
	const device = messagingDevice(call, devicePath);
	if (device.phoneNumber !== side.phoneNumber) {
		throw new Refusal(statusCodes.invalidForState, "Device is not part of the session");
	}
	if (destination !== otherSide(session, side).phoneNumber) {
		throw new Refusal(statusCodes.invalidForState, "Destination is not part of the session");
	}
	call.site.exchange.send(session, side, text);
}

function deleteUserData(call: Call, session: ImSession): void {
	const key = textField(call.body, "key");
	if (key === undefined) throw missingParameter("key");
	if (!Object.hasOwn(session.userData, key)) throw notFound(`Key '${key}'`);
	const rest = Object.entries(session.userData).filter(([name]) => name !== key);
	call.site.exchange.setUserData(session, Object.fromEntries(rest));
}

/** Undocumented operations that exist only while the switch is on. */
function acceptOrReject(call: Call, session: ImSession, side: ImSide, operation: "Accept" | "Reject"): void {
	if (!call.site.switches.acceptReject) throw unknownOperation(operation);
	if (side.state !== "Alerting") {
		throw new Refusal(call.site.switches.invalidStateCode, "Invalid state");
	}
	if (operation === "Accept") call.site.exchange.answer(session);
	else call.site.exchange.complete(session, side);
}

function userDataOf(body: JsonObject): JsonObject {
	const userData = body["userData"];
	if (!isJsonObject(userData) || Object.keys(userData).length === 0) throw missingParameter("userData");
	return userData;
}

function destinationNumber(body: JsonObject): string {
	const destination = body["destination"];
	const number = isJsonObject(destination) ? textField(destination, "phoneNumber") : undefined;
	if (number === undefined) throw missingParameter("destination");
	return number;
}

/** The device to send from: the named one, or the only one that can do IM. */
function messagingDevice(call: Call, devicePath: string | undefined): Device {
	const { site, agent } = call;
	const devices = site.agents.devicesOf(agent);
	const device =
		devicePath === undefined
			? onlyCapable(call, devices)
			: devices.find((candidate) => `/devices/${candidate.id}` === devicePath);
	if (device === undefined) throw notFound(`Device '${devicePath ?? ""}'`);
	requireRegistered(site, agent, device);
	if (!canMessage(device)) throw incapable(call);
	if (!isLoggedIn(device))
		throw new Refusal(statusCodes.invalidForState, "Agent is not logged in on the device");
	if (site.switches.imRequiresReady && device.state !== "Ready") {
		throw new Refusal(statusCodes.invalidForState, "Agent is not ready");
	}
	return device;
}

function onlyCapable(call: Call, devices: readonly Device[]): Device {
	const [only, second] = devices.filter(canMessage);
	if (only === undefined) throw incapable(call);
	if (second !== undefined) throw missingParameter("devicePath");
	return only;
}

function incapable({ site }: Call): Refusal {
	return new Refusal(site.switches.incapableDeviceCode, "No suitable device for instant messaging");
}
