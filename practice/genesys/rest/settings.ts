import { agentStateResource, agentStates } from "../agent-states.ts";
import type { Handler } from "../site.ts";
import { collection } from "./collections.ts";

/** `GET /settings/agent-states`. */
export const listAgentStates: Handler = () => ({
	statusCode: 0,
	settings: agentStates.map(agentStateResource),
});

/** `GET /settings/general-settings`. */
export const generalSettings: Handler = () => ({
	settings: { countryCode: "US", countryDigits: "1", countryName: "United States" },
	statusCode: 0,
});

/** `GET /services`. */
export const listServices: Handler = ({ site, query }) => {
	const multimedia = site.switches.multimediaService === "open" ? "Active" : "Inactive";
	const services: readonly (readonly [id: string, name: string, type: string, state: string])[] = [
		["1a6c", "Provisioning", "Provisioning", "Active"],
		["2b7d", "SIP_Server", "Voice", site.switches.voiceService],
		["3c8e", "Interaction Server", "MultiMediaState", multimedia],
		["4d9f", "Universal Contact Server", "MultiMediaContent", multimedia],
	];
	return collection(
		query,
		"services",
		services.map(([id, name, type, state]) => {
			const uri = `${site.apiUrl()}/services/${id}`;
			return { uri, resource: { id, name, type, state, uri, path: `/services/${id}` } };
		}),
	);
};
