import { type JsonObject, textField } from "../../server/json.ts";
import { notFound } from "../refusal.ts";
import type { Call, Handler, Site } from "../site.ts";
import { collection } from "./collections.ts";

interface Feature {
	readonly id: string;
	readonly displayName: string;
	readonly description: string;
}

/** Features that the contact centre has at this moment. */
function features(site: Site): Feature[] {
	const all: Feature[] = [];
	if (site.switches.voiceFeature) {
		all.push({ id: "api-voice", displayName: "API Voice", description: "API for Voice" });
	}
	if (site.switches.imFeature) {
		all.push({
			id: "api-voice-instant-messaging",
			displayName: "API Voice Instant Messaging",
			description: "API for Internal Agent-to-Agent Chat",
		});
	}
	return all;
}

/** Every feature as `/me?subresources=features` shows it. */
export function featureResources(site: Site): JsonObject[] {
	return features(site).map((feature) => ({
		...feature,
		autoAssignOnContactCenterCreate: true,
		uri: `${site.apiUrl()}/features/${feature.id}`,
		path: `/features/${feature.id}`,
	}));
}

/** `GET /features`. */
export const listFeatures: Handler = ({ site, query }) =>
	collection(
		query,
		"features",
		featureResources(site).map((resource) => ({ uri: textField(resource, "uri") ?? "", resource })),
	);

/** `GET /features/{id}`. */
export const getFeature: Handler = ({ site, parameters }: Call) => {
	const feature = featureResources(site).find((candidate) => candidate["id"] === parameters[0]);
	if (feature === undefined) throw notFound("Feature");
	return { statusCode: 0, feature };
};
