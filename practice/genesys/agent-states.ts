import type { JsonObject } from "../server/json.ts";

/** An agent state as `/settings/agent-states` lists it. */
export interface AgentStateSetting {
	readonly id: string;
	readonly operationName: string;
	readonly displayName: string;
	/** `Logout` for Offline, although a device then shows `LoggedOut`. */
	readonly state: "Ready" | "NotReady" | "Logout";
	readonly workMode?: "AfterCallWork" | "AuxWork";
	readonly reason?: string;
}

/** The states whose ids are the same on every site (sheet, 7.2), then this site's own reasons. */
export const agentStates: readonly AgentStateSetting[] = [
	{
		id: "9430250E-0A1B-421F-B372-F29E69366DED",
		operationName: "Ready",
		displayName: "Ready",
		state: "Ready",
	},
	{
		id: "900D55CC-2BB0-431F-8BF9-D3525B383BE6",
		operationName: "NotReady",
		displayName: "Not Ready",
		state: "NotReady",
	},
	{
		id: "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF",
		operationName: "AfterCallWork",
		displayName: "AfterCallWork",
		state: "NotReady",
		workMode: "AfterCallWork",
	},
	{
		id: "2B36138D-C564-4562-A8CB-3C32D564F296",
		operationName: "AuxWork",
		displayName: "AuxWork",
		state: "NotReady",
		workMode: "AuxWork",
	},
	{
		id: "0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB",
		operationName: "Offline",
		displayName: "Offline",
		state: "Logout",
	},
	{
		id: "5D1C5E4B-77A0-4C37-9C35-2B1E1F0C8A01",
		operationName: "Lunch",
		displayName: "Lunch",
		state: "NotReady",
		reason: "Lunch",
	},
	{
		id: "5D1C5E4B-77A0-4C37-9C35-2B1E1F0C8A02",
		operationName: "Training",
		displayName: "Training",
		state: "NotReady",
		reason: "Training",
	},
];

/** `GET /settings/agent-states`, without the reason, which real items do not show. */
export function agentStateResource(setting: AgentStateSetting): JsonObject {
	return {
		id: setting.id,
		operationName: setting.operationName,
		displayName: setting.displayName,
		state: setting.state,
		...(setting.workMode === undefined ? {} : { workMode: setting.workMode }),
	};
}

/** `userState` of a device, a channel or a contact in the state of this name. */
export function userState(operationName: string): JsonObject {
	if (operationName === "LoggedIn") {
		return { id: "", displayName: "Logged In", state: "LoggedIn" };
	}
	const setting = agentStates.find((candidate) => candidate.operationName === operationName);
	if (setting === undefined) throw new RangeError(`no agent state '${operationName}'`);
	return {
		id: setting.id,
		displayName: setting.displayName,
		state: setting.state === "Logout" ? "LoggedOut" : setting.state,
		...(setting.workMode === undefined ? {} : { workMode: setting.workMode }),
		...(setting.reason === undefined ? {} : { reason: setting.reason }),
	};
}
