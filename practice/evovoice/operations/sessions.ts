import type { Session } from "../chats.ts";
import { notFound, ServiceFailure, unreadable } from "../failure.ts";
import type { Site } from "../site.ts";
import { type Dto, listContract, plainContract } from "../wire/contract.ts";
import { isDay, readDate, writeDate } from "../wire/dates.ts";
import { breadcrumbContract, customerMembers, entityInfo, entityMembers } from "./entity.ts";
import { listResponse, withUnknownRow } from "./lists.ts";
import { accountIdsOf, type Call, type Operation, type Route, userOf } from "./operation.ts";

const dayMs = 86_400_000;

const logContract = plainContract("SessionLogEntry", "Voice.Api.Sessions", {
	date: "value",
	message: "value",
});

/** `SessionInfo` (sheet, 7.1); it has more members than anybody has written down. */
const sessionInfoContract = plainContract(
	"SessionInfo",
	"Voice.Api.Sessions",
	{
		dialState: "value",
		callState: "value",
		queueState: "value",
		accountId: "value",
		accountName: "value",
		customerId: "value",
		customerName: "value",
		customerBreadcrumb: { list: breadcrumbContract },
		endpointId: "value",
		endpointName: "value",
		dateCompleted: "value",
		destination: "value",
		toAddress: "value",
		fromAddress: "value",
		fromName: "value",
		channel: "value",
		ended: "value",
		outcome: "value",
		consoleData: "value",
		holdReason: "value",
		direction: "value",
		wasMissed: "value",
		log: { list: logContract },
	},
	entityMembers,
);

function sessionInfo(site: Site, session: Session, withLog: boolean): Dto {
	const { endpoint } = session;
	const ended = session.endedAt !== null;
	return {
		...entityInfo(site, session.id, session.startedAt, session.changedAt),
		dialState: ended ? "None" : "Active",
		callState: session.callState,
		queueState: session.queueState,
		accountId: endpoint.accountId,
		accountName: site.company.accounts.find(({ id }) => id === endpoint.accountId)?.name,
		...customerMembers(site.company, endpoint.customerId),
		endpointId: endpoint.id,
		endpointName: endpoint.displayName,
		dateCompleted: session.endedAt === null ? null : writeDate(session.endedAt, site.switches.dateFormat),
		toAddress: endpoint.address,
		fromAddress: session.otherAddress,
		fromName: session.otherName,
		channel: session.channel,
		ended,
		outcome: ended ? "Completed" : null,
		consoleData: session.consoleData,
		holdReason: session.holdReason,
		direction: "Incoming",
		wasMissed: false,
		log: withLog
			? session.log.map(({ at, message }) => ({
					date: writeDate(at, site.switches.dateFormat),
					message,
				}))
			: [],
	};
}

const listSessions: Operation = {
	name: "ListSessions",
	access: "signedIn",
	response: listContract(sessionInfoContract, "BWxtuWQa"),
	run: (call) => {
		const { site, parameters } = call;
		const accounts = accountIdsOf(call);
		const archive = parameters.flag("searchArchive");
		const archivedBefore = site.clock.now() - site.switches.archiveAfterDays * dayMs;
		const from = day(call, "startDate") ?? Number.NEGATIVE_INFINITY;
		const until = (day(call, "endDate") ?? Number.POSITIVE_INFINITY) + dayMs;
		const endpoints = parameters.list("endpointIds");
		const customers = parameters.list("customerIds");
		const found = site.sessions.all.filter(
			(session) =>
				accounts.has(session.endpoint.accountId) &&
				session.startedAt < archivedBefore === archive &&
				session.startedAt >= from &&
				session.startedAt < until &&
				(endpoints.length === 0 || endpoints.includes(session.endpoint.id)) &&
				(customers.length === 0 || customers.includes(session.endpoint.customerId ?? "")) &&
				session.otherAddress.includes(parameters.text("from")) &&
				session.endpoint.address.includes(parameters.text("to")),
		);
		const rows = [...found].reverse().map((session) => sessionInfo(site, session, true));
		return listResponse(call, withUnknownRow(call, rows, "channel", "Hologram"));
	},
};

function day({ parameters }: Call, name: string): number | null {
	const text = parameters.text(name);
	if (text === "") return null;
	if (!isDay(text)) throw unreadable(`String '${text}' was not recognized as a valid DateTime.`);
	return readDate(text);
}

/** The session of the path; its log is emptied here (sheet, 7.1). */
const getSession: Operation = {
	name: "GetSession",
	access: "signedIn",
	response: sessionInfoContract,
	run: (call) => sessionInfo(call.site, sessionOf(call), false),
};

function sessionOf(call: Call): Session {
	const session = call.site.sessions.find(call.parameters.text("sessionId"));
	const accounts = call.site.company.accountsOf(userOf(call));
	if (session === undefined || !accounts.some(({ id }) => id === session.endpoint.accountId))
		throw notFound("Session");
	return session;
}

const mySessions: Operation = {
	name: "GetMySessions",
	access: ["User"],
	response: plainContract("GetMySessionsResponse", "Voice.Api.Sessions", {
		sessions: { list: sessionInfoContract },
	}),
	run: (call) => {
		const { emailAddress } = userOf(call);
		const mine = call.site.sessions.all.filter(({ members }) => members.has(emailAddress));
		const rows = [...mine].reverse().map((session) => sessionInfo(call.site, session, false));
		return { sessions: [...withUnknownRow(call, rows, "channel", "Hologram")] };
	},
};

const activeSessionsContract = plainContract("GetActiveSessionsResponse", "Voice.Api.Sessions", {
	sessions: { list: sessionInfoContract },
});

/** `/sessions/active`: the user needs a User endpoint of the same name (sheet, 2.5). */
const activeSessions: Operation = {
	name: "GetActiveSessions",
	access: ["User"],
	response: (switches) =>
		switches.activeSessionsShape === "array" ? sessionInfoContract : activeSessionsContract,
	run: (call) => {
		const user = userOf(call);
		if (call.site.company.userEndpoint(user) === undefined) throw notFound("Phone user");
		const sessions = call.site.sessions
			.activeOf(user.emailAddress)
			.map((session) => sessionInfo(call.site, session, false));
		return call.site.switches.activeSessionsShape === "array" ? sessions : { sessions };
	},
};

/** `/calls/active`: calls of an account, never chats. */
const activeCalls: Operation = {
	name: "GetActiveCalls",
	access: "signedIn",
	response: sessionInfoContract,
	run: (call) => {
		const asked = call.parameters.text("accountId");
		const accounts = asked === "" ? accountIdsOf(call) : new Set([asked]);
		const own = call.site.company.accountsOf(userOf(call)).map(({ id }) => id);
		return call.site.sessions.all
			.filter(
				({ endpoint, channel, endedAt }) =>
					channel === "Voice" &&
					endedAt === null &&
					accounts.has(endpoint.accountId) &&
					own.includes(endpoint.accountId),
			)
			.map((session) => sessionInfo(call.site, session, false));
	},
};

const patchSession: Operation = {
	name: "UpdateSession",
	access: "signedIn",
	request: plainContract("UpdateSession", "Voice.Api.Sessions", {
		sessionId: "value",
		consoleData: "value",
		callState: "value",
		holdReason: "value",
		queueState: "value",
	}),
	response: sessionInfoContract,
	run: (call) => {
		const session = sessionOf(call);
		for (const member of ["consoleData", "callState", "holdReason", "queueState"] as const) {
			const value = call.parameters.text(member);
			if (value !== "") session[member] = value;
		}
		session.changedAt = call.site.clock.now();
		return sessionInfo(call.site, session, false);
	},
};

const deleteSession: Operation = {
	name: "DeleteSession",
	access: "signedIn",
	response: sessionInfoContract,
	run: (call) => {
		call.site.sessions.end(sessionOf(call), call.site.clock.now());
		return undefined;
	},
};

const transcriptLine = plainContract("ChatTranscriptMessage", "Voice.Api.Sessions", {
	date: "value",
	from: "value",
	body: "value",
	mediaUri: "value",
	mediaContentType: "value",
});

/** The chat's text and the only place that shows media (sheet, 5.4). */
const transcript: Operation = {
	name: "GetChatTranscript",
	access: ["User"],
	response: plainContract("GetChatTranscriptResponse", "Voice.Api.Sessions", {
		messages: { list: transcriptLine },
	}),
	run: (call) => {
		const { site } = call;
		const session = sessionOf(call);
		const earlier = call.parameters.flag("includeHistorical")
			? site.sessions.all.filter(
					(other) =>
						other !== session &&
						other.endpoint === session.endpoint &&
						other.otherAddress === session.otherAddress &&
						other.startedAt <= session.startedAt,
				)
			: [];
		const cutOff = cutOffOf(call);
		const lines = [...earlier.flatMap((other) => other.transcript.filter(({ at }) => at >= cutOff))];
		return {
			messages: [...lines, ...session.transcript].map(({ at, from, body, media }) => ({
				date: writeDate(at, site.switches.dateFormat),
				from,
				body,
				mediaUri: media === null ? null : call.mediaOrigin + site.media.path(media),
				mediaContentType: media?.contentType,
			})),
		};
	},
};

/** `historicalCutOffDate`, at most six months back (sheet, 5.4). */
function cutOffOf({ site, parameters }: Call): number {
	const earliest = new Date(site.clock.now());
	earliest.setUTCMonth(earliest.getUTCMonth() - 6);
	const text = parameters.text("historicalCutOffDate");
	if (text === "") return earliest.getTime();
	const asked = readDate(text);
	if (asked === null) throw unreadable(`String '${text}' was not recognized as a valid DateTime.`);
	if (asked >= earliest.getTime()) return asked;
	if (site.switches.earlyCutOff === "refused")
		throw new ServiceFailure(400, "ArgumentException", "The cut-off date is at most 6 months back");
	return earliest.getTime();
}

/** Routes of the sheet, 5.4 and 7.1. */
export const sessionRoutes: readonly Route[] = [
	{ method: "GET", path: "/sessions", operation: listSessions },
	{ method: "GET", path: "/sessions/my", operation: mySessions },
	{ method: "GET", path: "/sessions/active", operation: activeSessions },
	{ method: "GET", path: "/calls/active", operation: activeCalls },
	{ method: "GET", path: "/sessions/{sessionId}", operation: getSession },
	{ method: "PATCH", path: "/sessions/{sessionId}", operation: patchSession },
	{ method: "DELETE", path: "/sessions/{sessionId}", operation: deleteSession },
	{ method: "GET", path: "/sessions/{sessionId}/transcript", operation: transcript },
];
