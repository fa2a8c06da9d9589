import type { DateFormat } from "./wire/dates.ts";

/**
 * Everything that the protocol sheet leaves open, as options that may be changed at any moment
 * of a run. "Q7" names row 7 of the sheet's section 12, "3.1" trap 1 of its section 3. The defaults are
 * what the sheet calls likeliest.
 */
export interface EvovoiceSwitches {
	// Sign-in and sessions
	/** Cookies carry `secure` (2.2), also over http on loopback (Q24). */
	secureCookies: boolean;
	/** Calls without a session get a `ss-id` and `ss-pid` that prove nothing (2.2). */
	anonymousCookies: boolean;
	/** The words for a wrong user name or password, which a server may change (2.6). */
	wrongPasswordMessage: string;
	/** Top error code for an empty user name or password (Q25). */
	validationCode: "ValidationException" | "NotEmpty";
	/** The first registered provider, which `WWW-Authenticate` names (2.6). */
	firstProvider: "basic" | "credentials";
	/** How `POST /auth/credentials` goes on; anything but `credentials` needs a browser (Q17). */
	signIn: "credentials" | "redirect" | "loginPage" | "unknownBody";
	/** The sign-in reply carries `bearerToken` and `refreshToken` (Q16). */
	bearerTokenInReply: boolean;
	/** What `/auth/status` says to somebody who is not signed in: a flag, `null`, 204, or 200 without a body (Q15). */
	statusSignedOut: "flag" | "null" | "noContent" | "empty";
	/** What an API call gets without a session (Q14). HTML clients are always redirected (1.1). */
	signedOut: "401" | "redirect" | "loginPage";
	/** Milliseconds until a session ends: `ss-opt=temp` and `ss-opt=perm` (2.2, Q13). */
	sessionLifetimeMs: { temporary: number; permanent: number };
	/** Every use begins the lifetime anew (Q13). */
	slidingSessions: boolean;

	// HTTP, formats, errors
	/** A user agent that is empty or curl's is refused with 403 (1, 11). */
	refuseCurl: boolean;
	/** Above so many requests in a window: 429 (Q19); null: no limit. */
	rateLimit: { requests: number; windowMs: number; retryAfterSeconds?: number } | null;
	/** The server speaks XML only: 406 for anything else, or XML whatever is asked for. */
	insistsOnXml: "no" | "notAcceptable" | "always";
	/** Null members in XML: `i:nil` or omitted (9). */
	xmlNulls: "nil" | "omitted";
	/** Body of an error of an operation with a response type of its own (3.1). */
	responseTypeErrors: "emptyLists" | "emptyObject" | "responseStatus";
	/** Errors come with status 200, as under JSONP (1.1, 3.3). */
	errorsAs200: boolean;
	/** Errors carry a stack trace, as in debug mode (3). */
	debugMode: boolean;
	/** Every JSON object carries a member nobody has described (Q22). */
	extraMembers: boolean;

	// Lists
	/** Form of every date (Q1). */
	dateFormat: DateFormat;
	/** `dateOnly`: an `afterDate` that is not `YYYY-MM-DD` is a 400 (Q2). */
	afterDateFormat: "any" | "dateOnly";
	/** `afterDate` itself belongs to the answer (Q2). */
	afterDateInclusive: boolean;
	/** Order of `GET /messages` without `sortField` (Q3). */
	messageOrder: "ascending" | "descending" | "unsorted";
	/** Larger pages are cut to so many (Q20); null: any size. */
	mostCountPerPage: number | null;
	/** Without totals `totalCount` and `totalPages` are 0, or not there (4). */
	simplifiedTotals: "zero" | "absent";
	/** What a conversation's id is good for: always the same, another in each answer, or a filter that finds nothing (Q4). */
	conversationIds: "stable" | "changing" | "useless";
	/** How often each row of a list of messages comes; 2 doubles them. */
	rowCopies: number;
	/** An accepted message shows in lists only after so many milliseconds (Q10). */
	listLagMs: number;
	/** Messages of chat sessions are part of `/messages` and `/conversations` (5.4). */
	sessionMessagesListed: boolean;
	/** What `sender` of an agent's message is (5.1). */
	senderForm: "address" | "name";
	/** `isUnread`: as long as nobody listed it, for ever, or never (Q5). */
	unread: "untilListed" | "always" | "never";
	/** Directions, channels and types of endpoints that nobody knows yet: one row of each list has them (Q23). */
	unknownEnums: boolean;

	// Rights
	/** Somebody with the role User alone may list endpoints and customers (Q7). */
	plainUserMayList: boolean;
	/** Which messages somebody with the role User alone sees (5.3). */
	userSees: "account" | "ownEndpoints";
	/** Sending needs a User endpoint with the name of the signed-in user (2.5). */
	sendNeedsUserEndpoint: boolean;

	// Sending (Q8): the HTTP status of the refusal, or `accepted`
	/** A `toAddress` that is no number and no address. */
	badRecipient: SendOutcome;
	/** Somebody who does not want to be written to. */
	optedOut: SendOutcome;
	/** A chat session that is over. */
	endedSession: SendOutcome;
	/** An endpoint, or a session, that does not exist or is in another account. */
	missingEndpoint: SendOutcome;
	/** No text at all (5.2). */
	emptyText: SendOutcome;
	/** Longest accepted text in UTF-16 units, above it 400 (Q11); null: any. */
	longestText: number | null;

	// Sessions, endpoints
	/** Shape of `/sessions/active` (Q22). */
	activeSessionsShape: "array" | "sessions";
	/** Which member of an endpoint is its number (7.2). */
	numberMember: "phoneNumber" | "address" | "absent";
	/** Where `mediaUri` of a transcript points (Q12). */
	mediaHost: "own" | "other";
	/** A `historicalCutOffDate` more than six months back is moved, or refused with 400 (5.4). */
	earlyCutOff: "moved" | "refused";
	/** Days after which a session is in the archive (7.1). */
	archiveAfterDays: number;
}

/** An HTTP status of at least 400, or `accepted` for a server that takes the message all the same. */
export type SendOutcome = number | "accepted";

const dayMs = 86_400_000;

/** The sheet's defaults. */
export function defaultSwitches(): EvovoiceSwitches {
	return {
		secureCookies: true,
		anonymousCookies: true,
		wrongPasswordMessage: "Invalid Username or Password",
		validationCode: "ValidationException",
		firstProvider: "basic",
		signIn: "credentials",
		bearerTokenInReply: false,
		statusSignedOut: "flag",
		signedOut: "401",
		sessionLifetimeMs: { temporary: 14 * dayMs, permanent: 28 * dayMs },
		slidingSessions: false,

		refuseCurl: false,
		rateLimit: null,
		insistsOnXml: "no",
		xmlNulls: "nil",
		responseTypeErrors: "emptyLists",
		errorsAs200: false,
		debugMode: false,
		extraMembers: false,

		dateFormat: "isoMilliseconds",
		afterDateFormat: "any",
		afterDateInclusive: false,
		messageOrder: "descending",
		mostCountPerPage: null,
		simplifiedTotals: "zero",
		conversationIds: "stable",
		rowCopies: 1,
		listLagMs: 0,
		sessionMessagesListed: true,
		senderForm: "address",
		unread: "untilListed",
		unknownEnums: false,

		plainUserMayList: false,
		userSees: "account",
		sendNeedsUserEndpoint: false,

		badRecipient: 400,
		optedOut: 400,
		endedSession: 400,
		missingEndpoint: 404,
		emptyText: 400,
		longestText: null,

		activeSessionsShape: "array",
		numberMember: "phoneNumber",
		mediaHost: "own",
		earlyCutOff: "moved",
		archiveAfterDays: 15,
	};
}
