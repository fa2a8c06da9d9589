import { defaultSwitches, type NetsapiensSwitches } from "../netsapiens/switches.ts";

type Name = keyof NetsapiensSwitches;

/** How answers are written and which rows they have. */
export const answerSwitches: readonly Name[] = [
	"booleans",
	"emptyList",
	"emptyValue",
	"listErrorsWith200",
	"messageCopies",
	"messageIds",
	"messageOrder",
	"numericStrings",
	"replication",
	"sessionOrder",
	"singleRowAsObject",
	"spaceAfterMediaKey",
	"start",
	"timeFormat",
	"timeNames",
	"timeZoneMinutes",
];

/** What writes do, and media. */
export const writingSwitches: readonly Name[] = [
	"chatDestination",
	"clientSessionId",
	"deleteScope",
	"effectDelayMs",
	"emptyMessageWithMedia",
	"groupDestination",
	"groupSmsReplies",
	"groupSmsType",
	"groupWithoutCapability",
	"laterStatus",
	"markRead",
	"mediaAuthentication",
	"mediaHost",
	"mediaTooLargeStatus",
	"mediaTypes",
	"mediaUrlLifetimeMs",
	"mostMediaBytes",
	"outboundStatus",
	"ownNumberInGroupMms",
	"plusInDestination",
	"startSession",
	"startSessionJoins",
	"tildeInWrites",
	"wrongFromNumberStatus",
];

/** The portal's socket. */
export const socketSwitches: readonly Name[] = ["socketChatEvent", "socketVersion"];

const others = new Set<string>([...answerSwitches, ...writingSwitches, ...socketSwitches]);

/** Signing in and the server itself: all the rest, so that a new switch is somebody's. */
export const serverSwitches: readonly string[] = Object.keys(defaultSwitches()).filter(
	(name) => !others.has(name),
);
