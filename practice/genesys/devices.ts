import { deviceId, type PracticeRandom } from "../random.ts";
import { userState } from "./agent-states.ts";
import type { JsonObject } from "../server/json.ts";

/** What a test or the practice story says about a telephone. */
export interface DeviceSetup {
	readonly phoneNumber: string;
	readonly id?: string;
	/** Annex `[TServer] multimedia`; both must be right for IM (sheet, 7.1). */
	readonly multimedia?: boolean;
	/** Annex `[TServer] sip-signalling-chat`. */
	readonly sipSignallingChat?: string;
	/** False: the DN is not registered at the SIP Server. */
	readonly registered?: boolean;
	readonly type?: "ACDPosition" | "Extension";
}

/** A directory number on the switch. Fields may be changed by tests at any time. */
export interface Device {
	readonly id: string;
	readonly phoneNumber: string;
	readonly type: "ACDPosition" | "Extension";
	multimedia: boolean;
	sipSignallingChat: string;
	registered: boolean;
	/** operationName of the agent state, `Offline` when nobody is logged in on it. */
	state: string;
	doNotDisturb: boolean;
	forwardTo: string | null;
	/** Id of the user it belongs to now; null: free. */
	assignedTo: string | null;
	/** To whom EndContactCenterSession gives it back. */
	readonly defaultUser: string | null;
}

/** Makes a device; absent fields are those of a telephone that can do IM. */
export function createDevice(setup: DeviceSetup, defaultUser: string | null, random: PracticeRandom): Device {
	return {
		id: setup.id ?? deviceId(random),
		phoneNumber: setup.phoneNumber,
		type: setup.type ?? "ACDPosition",
		multimedia: setup.multimedia ?? true,
		sipSignallingChat: setup.sipSignallingChat ?? "none",
		registered: setup.registered ?? true,
		state: "Offline",
		doNotDisturb: false,
		forwardTo: null,
		assignedTo: defaultUser,
		defaultUser,
	};
}

/** Whether the DN's annex allows IM. */
export function canMessage(device: Device): boolean {
	return device.multimedia && device.sipSignallingChat === "none";
}

export function isLoggedIn(device: Device): boolean {
	return device.state !== "Offline";
}

/** The device resource of the sheet, 5.1 and 7.1: it has no `path` and no `uri`. */
export function deviceResource(device: Device, apiUrl: string): JsonObject {
	return {
		id: device.id,
		deviceState: device.registered ? "Active" : "Inactive",
		userState: userState(device.state),
		phoneNumber: device.phoneNumber,
		description: "",
		e164Number: "",
		telephonyNetwork: "Private",
		doNotDisturb: device.doNotDisturb ? "On" : "Off",
		...(device.forwardTo === null ? {} : { forwardTo: device.forwardTo }),
		voiceEnvironmentUri: `${apiUrl}/voice-environments/c7766b10-5a5c-4c0e-8f0f-3f2f7a6f2f10`,
		capabilities: [
			device.doNotDisturb ? "DoNotDisturbOff" : "DoNotDisturbOn",
			device.forwardTo === null ? "ForwardCallsOn" : "ForwardCallsOff",
		],
		channels: ["voice"],
		dynamicPhoneNumber: "",
	};
}

/** The DN's annex as `/settings/tserver` gives it (sheet, 5.3). */
export function tserverSettings(device: Device): JsonObject[] {
	return [
		{ name: "sip-cti-control", value: "talk,hold,beep,dtmf" },
		{ name: "multimedia", value: String(device.multimedia) },
		{ name: "sip-signalling-chat", value: device.sipSignallingChat },
	];
}
