import type { EvovoiceSimulator } from "../../../practice/evovoice/simulator.ts";
import { variationsOf } from "../kit/variations.ts";
import type { Variation } from "../kit/world.ts";

/** Every switch of the simulator, with the values that are not its default. */
export function evovoiceVariations({ switches, company }: EvovoiceSimulator): readonly Variation[] {
	/** An agent without any role but User's. */
	const plain = (): void => {
		for (const user of company.users) user.roles = ["User"];
	};
	return variationsOf(switches, {
		secureCookies: [false],
		anonymousCookies: [false],
		wrongPasswordMessage: ["Falscher Name oder falsches Kennwort"],
		validationCode: ["NotEmpty"],
		firstProvider: ["credentials"],
		signIn: [
			{ value: "redirect", but: { signInFails: "auth.browserNeeded" } },
			{ value: "loginPage", but: { signInFails: "auth.browserNeeded" } },
			{ value: "unknownBody", but: { signInFails: "auth.browserNeeded" } },
		],
		bearerTokenInReply: [true],
		statusSignedOut: ["null", "noContent", "empty"],
		signedOut: ["redirect", "loginPage"],
		sessionLifetimeMs: [{ temporary: 60_000, permanent: 60_000 }],
		slidingSessions: [true],

		refuseCurl: [true],
		rateLimit: [
			{ requests: 20, windowMs: 30_000, retryAfterSeconds: 30 },
			{ requests: 20, windowMs: 30_000 },
		],
		insistsOnXml: ["notAcceptable", "always"],
		xmlNulls: [{ value: "omitted", with: { insistsOnXml: "always" } }],
		responseTypeErrors: ["emptyObject", "responseStatus"],
		errorsAs200: [true],
		debugMode: [true],
		extraMembers: [true],

		dateFormat: [
			"isoSeconds",
			"isoOffset",
			"isoLocal",
			"isoSevenDigits",
			"milliseconds",
			"millisecondsOffset",
			"garbage",
		],
		afterDateFormat: ["dateOnly"],
		afterDateInclusive: [true],
		messageOrder: ["ascending", "unsorted"],
		mostCountPerPage: [3],
		simplifiedTotals: ["absent"],
		conversationIds: ["changing", "useless"],
		rowCopies: [2],
		listLagMs: [5000],
		sessionMessagesListed: [false],
		senderForm: ["name"],
		unread: ["always", "never"],
		unknownEnums: [true],

		plainUserMayList: [
			{ value: false, also: plain },
			{ value: true, also: plain },
		],
		userSees: ["ownEndpoints"],
		sendNeedsUserEndpoint: [true],

		badRecipient: ["accepted"],
		optedOut: [403],
		endedSession: ["accepted"],
		missingEndpoint: [400],
		emptyText: ["accepted"],
		longestText: [160],

		activeSessionsShape: ["sessions"],
		numberMember: ["address", "absent"],
		mediaHost: ["other"],
		earlyCutOff: ["refused"],
		archiveAfterDays: [1],
	});
}
