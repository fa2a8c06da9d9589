import { type Device, deviceResource, tserverSettings } from "../devices.ts";
import { textField } from "../../server/json.ts";
import { missingParameter, notFound, Refusal, statusCodes, unknownOperation } from "../refusal.ts";
import { type Call, type Handler, setDeviceState, success } from "../site.ts";
import { collection } from "./collections.ts";

/** The caller's device with the id in the path. */
function ownDevice({ site, agent, parameters }: Call): Device {
	const device = site.agents.devicesOf(agent).find((candidate) => candidate.id === parameters[0]);
	if (device === undefined) throw notFound(`Device '${parameters[0] ?? ""}'`);
	return device;
}

/** `GET /me/devices`. */
export const listDevices: Handler = ({ site, agent, query }) =>
	collection(
		query,
		"devices",
		site.agents.devicesOf(agent).map((device) => ({
			uri: `${site.apiUrl()}/devices/${device.id}`,
			resource: deviceResource(device, site.apiUrl()),
		})),
	);

/** `GET /me/devices/{id}`. */
export const getDevice: Handler = (call) => ({
	statusCode: 0,
	device: deviceResource(ownDevice(call), call.site.apiUrl()),
});

/** `GET /me/devices/{id}/settings/tserver` and the same under `/devices`. */
export const getTserverSettings: Handler = (call) => {
	switch (call.site.switches.tserverSettings) {
		case "available":
			return { statusCode: 0, settings: tserverSettings(ownDevice(call)), key: "name" };
		case "404":
			throw new Refusal(statusCodes.notFound, "Resource not found", 404);
		case "403":
			throw new Refusal(statusCodes.noPermission, "Insufficient permissions", 403);
	}
};

/** `POST /me/devices/{id}`: the operations that a device's `capabilities` name. */
export const operateDevice: Handler = (call) => {
	const device = ownDevice(call);
	const operation = textField(call.body, "operationName");
	switch (operation) {
		case undefined:
			throw missingParameter("operationName");
		case "DoNotDisturbOn":
		case "DoNotDisturbOff":
			device.doNotDisturb = operation === "DoNotDisturbOn";
			break;
		case "ForwardCallsOn": {
			const forwardTo = textField(call.body, "forwardTo");
			if (forwardTo === undefined) throw missingParameter("forwardTo");
			device.forwardTo = forwardTo;
			break;
		}
		case "ForwardCallsOff":
			device.forwardTo = null;
			break;
		default:
			throw unknownOperation(operation);
	}
	setDeviceState(call.site, call.agent, device, device.state);
	return success;
};
