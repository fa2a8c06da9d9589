import { type ImSession, type ImSide, otherSide } from "./im-exchange.ts";
import type { JsonObject, JsonValue } from "../server/json.ts";
import type { GenesysSwitches } from "./switches.ts";

/** The imSession resource as one side sees it (sheet, 9.1): only the other party takes part. */
export function imSessionResource(
	session: ImSession,
	side: ImSide,
	switches: GenesysSwitches,
	apiUrl: string,
): JsonObject {
	const hasUserData = Object.keys(session.userData).length > 0;
	return {
		state: switches.leadingBlankInState ? ` ${side.state}` : side.state,
		...(hasUserData ? { userData: { ...session.userData } } : {}),
		id: switches.idDiffersFromPath ? side.alias : session.key,
		uri: `${apiUrl}${imSessionPath(session)}`,
		path: imSessionPath(session),
		participants: participants(session, side, switches.participants),
		capabilities: capabilities(side, hasUserData, switches),
	};
}

/** Relative to `/api/v2`, although operations go to `/api/v2/me` + path. */
export function imSessionPath(session: ImSession): string {
	return `/im-sessions/${session.key}`;
}

function participants(session: ImSession, side: ImSide, how: GenesysSwitches["participants"]): JsonValue[] {
	const other = otherSide(session, side).phoneNumber;
	switch (how) {
		case "full":
			return [participant(other)];
		case "digitsOnly":
			return [{ digits: other, e164Number: "" }];
		case "strings":
			return [other];
		case "withSelf":
			return [participant(side.phoneNumber), participant(other)];
	}
}

function participant(number: string): JsonObject {
	return { digits: number, e164Number: number, formattedPhoneNumber: number, phoneNumber: number };
}

/** The samples list Update and Delete only where there is something to change. */
function capabilities(side: ImSide, hasUserData: boolean, switches: GenesysSwitches): string[] {
	const data = hasUserData ? ["AttachUserData", "DeleteUserData", "UpdateUserData"] : ["AttachUserData"];
	switch (side.state) {
		case "Initiating":
			return ["Complete", ...data, ...(switches.sendBeforeTalking ? ["SendMessage"] : [])];
		case "Alerting":
			return ["Complete", ...(switches.acceptReject ? ["Accept", "Reject"] : [])];
		case "Talking":
			return ["Complete", ...data, "SendMessage"];
		case "Completed":
			return switches.completedKeepsCapabilities ? ["Complete", ...data, "SendMessage"] : [];
	}
}
