import { userState } from "../agent-states.ts";
import { deviceResource } from "../devices.ts";
import { type JsonObject, type JsonValue, textField } from "../../server/json.ts";
import { missingParameter } from "../refusal.ts";
import { type Call, type Handler, success } from "../site.ts";
import { setAgentState } from "./channels.ts";
import { endSession, startSession } from "./contact-center-session.ts";
import { featureResources } from "./features.ts";

/** `GET /me`, the request that signs a client in. */
export const getMe: Handler = (call) => {
	const { site, agent } = call;
	const wanted = call.query.get("subresources")?.split(",") ?? [];
	const embedded = Object.entries(subresources(call)).filter(
		([name, value]) => value !== null && (wanted.includes("*") || wanted.includes(name)),
	);
	return {
		statusCode: 0,
		user: {
			id: agent.id,
			userName: agent.userName,
			firstName: agent.firstName,
			lastName: agent.lastName,
			emailAddress: "",
			roles: ["ROLE_AGENT"],
			enabled: true,
			changePasswordOnFirstLogin: agent.mustChangePassword,
			...Object.fromEntries(embedded),
			contactCenterId: "6d742c5f-12c1-4f0e-9d8b-0e5f1c7a2b34",
			uri: `${site.apiUrl()}/users/${agent.id}`,
			path: `/users/${agent.id}`,
		},
	};
};

/** `POST /me`: session, or agent state of all channels. */
export const operateMe: Handler = (call) => {
	const operation = textField(call.body, "operationName");
	switch (operation) {
		case undefined:
			throw missingParameter("operationName");
		case "StartContactCenterSession":
			return startSession(call);
		case "EndContactCenterSession":
			return endSession(call);
		default:
			setAgentState(call.site, call.agent, operation);
			return success;
	}
};

/** What can be embedded; null for what has nothing to report and is therefore left out (sheet, 5.1). */
function subresources({ site, agent }: Call): Record<string, JsonValue> {
	const channels = [...agent.channels].map((channel) => ({ channel, userState: userState("NotReady") }));
	return {
		devices: site.agents.devicesOf(agent).map((device) => deviceResource(device, site.apiUrl())),
		features: featureResources(site),
		settings: userSettings(),
		skills: agent.skills.map((name) => ({ name, level: 1 })),
		calls: site.agents.isLoggedIn(agent) ? [] : null,
		channels: channels.length > 0 ? channels : null,
		channelStates: channels.length > 0 ? channels : null,
	};
}

function userSettings(): JsonObject {
	return {
		tasks: {
			"InteractionWorkspace.IM.canUse": "grant",
			"InteractionWorkspace.IM.canMakeIM": "grant",
			"InteractionWorkspace.IM.canReleaseIM": "grant",
			"InteractionWorkspace.IM.canUnactivateChannel": "grant",
		},
		"interaction-workspace": {
			"system.cometd.timeout": "60000",
			"spellchecker.current-dictionary": "en",
			"alert.timeout": "10",
		},
	};
}
