/**
 * Everything that the protocol sheet leaves open or warns of, as options that may be changed at any
 * moment of a run. "Q7" names row 7 of the sheet's section 12, "1.5(4)" a paragraph of section 1.5.
 */
export interface NetsapiensSwitches {
	// How JSON is written
	/**
	 * Numeric-looking strings come as JSON numbers (1.5(1), Q24). `lossless`: the vendor's own examples,
	 * whole numbers without leading zeros in the fields that were seen. `lossy`: any numeric string of
	 * any row, so that "007" comes as 7 and "1.50" as 1.5.
	 */
	numericStrings: "never" | "lossless" | "lossy";
	/** Keys end in `-timestamp` (examples) or `-datetime` (schema) (1.5(4)). */
	timeNames: "timestamp" | "datetime";
	/** `2023-10-05 17:35:15`, `…T17:35:15+00:00` or `…T17:35:15.00Z` (1.5(5)). */
	timeFormat: "space" | "offset" | "fraction";
	/** Minutes that times in the space format are ahead of UTC (Q16). */
	timeZoneMinutes: number;
	/** The media address stands under `"file-access-url "` (1.5(6)). */
	spaceAfterMediaKey: boolean;
	/** What stands for a value that is not there; `mixed` is as in the vendor's examples (1.5(3)). */
	emptyValue: "mixed" | "null" | "text" | "missing";
	/** A list of one row comes as that row alone (1.5(2)). */
	singleRowAsObject: boolean;
	/** A refused list read is the error object with HTTP 200 (1.5(2)). */
	listErrorsWith200: boolean;
	/** What a list without rows looks like (3.1). */
	emptyList: "array" | "null" | "object" | "404";
	/** How the capability flags of SMS numbers are written (6.1). */
	booleans: "boolean" | "yesNo" | "number" | "numberText";
	/** Form of message ids (2.2); `mixed` takes turns. */
	messageIds: "hex" | "integer" | "prefixed" | "uuid" | "mixed";

	// Lists
	/** Order of message rows (1.4, Q3); `newestPageOldestFirst` turns the page round, not the window. */
	messageOrder: "newestFirst" | "oldestFirst" | "newestPageOldestFirst" | "unsorted";
	/** Order of session rows (1.4, Q3). */
	sessionOrder: "newestFirst" | "oldestFirst" | "newestPageOldestFirst" | "unsorted";
	/** Meaning of `start` (1.4, Q3). */
	start: "zeroBased" | "oneBased" | "ignored";
	/** How often rows of messages that arrive from now on are listed (section 10, 9). */
	messageCopies: number;
	/** Every n-th message is listed only so much later than its session row tells of it (5.3); null: none. */
	replication: { everyNth: number; delayMs: number } | null;

	// Writing
	/** Milliseconds from a 202 until its effect is visible (section 9, 3). */
	effectDelayMs: { least: number; most: number };
	/** Answer to POST `U/messages` (3.3, Q4). */
	startSession: "200accepted" | "200message" | "202accepted" | "missing";
	/** POST `U/messages` goes on in a session with the same people; else it is a new one ("stranded", 3.3). */
	startSessionJoins: boolean;
	/** What becomes of an id that the client invents (3.4, Q5). */
	clientSessionId: "kept" | "replaced";
	/** `status` of what was sent (Q6). */
	outboundStatus: string;
	/** Another `status` after a while (Q6); null: it stays. */
	laterStatus: { status: string; afterMs: number } | null;
	/** HTTP status when `from-number` is not the user's (section 9, 5). */
	wrongFromNumberStatus: 400 | 403;
	/** `+` in a destination (Q12). */
	plusInDestination: "accepted" | "refused";
	/** `destination` of a chat (Q21). */
	chatDestination: "extension" | "uid" | "either";
	/** Whom a follow-up in a group chat reaches (Q20). */
	groupDestination: "allMembers" | "listedOnly";
	/** Several recipients from a number that cannot do group MMS (Q18). */
	groupWithoutCapability: "refused" | "split";
	/** Type under which a group text of `type:"sms"` is read back (Q19). */
	groupSmsType: "sms" | "mms";
	/** People in a group MMS answer to all or to the agent alone (Q19). */
	groupSmsReplies: "group" | "single";
	/** `messagesession-participants` of a group MMS names our own number too (2.1). */
	ownNumberInGroupMms: boolean;
	/** `message:""` with a medium (2.4). */
	emptyMessageWithMedia: "accepted" | "refused";
	/** Largest medium, bytes (Q10). */
	mostMediaBytes: number;
	/** HTTP status above it (Q10). */
	mediaTooLargeStatus: 400 | 413;
	/** MIME types that are taken (Q10); null: any. */
	mediaTypes: readonly string[] | null;
	/** PUT `messagesession-last-status` (3.7, Q7). */
	markRead: "works" | "refused" | "ignored";
	/** Whose rows DELETE removes (3.6, Q9). */
	deleteScope: "own" | "everyone";
	/** `~` in the path of a write (1.1, Q17). */
	tildeInWrites: boolean;

	// Media
	/** Host, and port if it is another, of media addresses (section 7, Q11); null: this server's own. */
	mediaHost: string | null;
	/** What a media address asks for (Q11). */
	mediaAuthentication: "signature" | "bearer";
	/** Milliseconds for which a media address works (Q11); null: for ever. */
	mediaUrlLifetimeMs: number | null;

	// Signing in
	/** Lifetime of an access token, seconds (4.1). */
	expiresInSeconds: number;
	/** Lifetime of a refresh token, milliseconds (Q14); null: for ever. */
	refreshLifetimeMs: number | null;
	/** A refresh gives a new refresh token and the old one is refused (4.1). */
	refreshRotates: boolean;
	/** HTTP status for a wrong name, password or code (Q13). */
	wrongPasswordStatus: 400 | 401 | 403 | 404;
	/** Its body (4.1): the error object or `{}`. */
	wrongPasswordBody: "error" | "emptyObject";
	/** A sign-in that answers 200 without `access_token` (4.1). */
	signInWithoutToken: boolean;
	/** `/v2/tokens` exists (4.2). */
	tokensRoute: boolean;
	/** `/oauth2/token/` exists (4.2). */
	legacyTokensRoute: boolean;
	/** `/v2/jwt` exists (4.3). */
	jwtRoute: boolean;
	/** Lifetime of a JWT, milliseconds (4.3). */
	jwtLifetimeMs: number;
	/** `/jwt` answers with `refresh` and takes it (4.3, Q14). */
	jwtRefresh: boolean;
	/** A token works only under the host name that gave it (4.2). */
	nodeBoundTokens: boolean;

	// The server
	/** 44.x lacks domain listing, startSession, single session, `/version`, `presence/list`, `users/list`. */
	generation: 44 | 45;
	/** `apiversion` (1.1, 4.1). */
	apiVersion: string;
	/** Answer for a route that is not there (1.2). */
	noRoute: "json" | "text" | "text200";
	/** Above so many requests in so many milliseconds the answer is 429 (1.2, Q15); null: no limit. */
	rateLimit: {
		requests: number;
		perMs: number;
		retryAfter: "seconds" | "date" | "absent";
		waitSeconds: number;
	} | null;
	/** Start of a `User-Agent` that the firewall turns away with 403 HTML (1.1, Q15); null: none. */
	bannedAgent: string | null;
	/** Device reads a minute above which the firewall turns everything away for a minute (1.1, Q15). */
	deviceReadsPerMinute: number | null;
	/** Engine.IO version of the portal's socket (5.2, Q2); null: there is none. */
	socketVersion: 3 | 4 | null;
	/** Name of the event for a change in a subscribed chat (Q1); null: there is none. */
	socketChatEvent: string | null;
}

/** The sheet's defaults: the vendor's examples where it has some, else what was observed. */
export function defaultSwitches(): NetsapiensSwitches {
	return {
		numericStrings: "lossless",
		timeNames: "timestamp",
		timeFormat: "space",
		timeZoneMinutes: 0,
		spaceAfterMediaKey: true,
		emptyValue: "mixed",
		singleRowAsObject: false,
		listErrorsWith200: false,
		emptyList: "array",
		booleans: "boolean",
		messageIds: "mixed",

		messageOrder: "newestFirst",
		sessionOrder: "unsorted",
		start: "zeroBased",
		messageCopies: 1,
		replication: null,

		effectDelayMs: { least: 200, most: 2_000 },
		startSession: "200accepted",
		startSessionJoins: true,
		clientSessionId: "kept",
		outboundStatus: "sending",
		laterStatus: null,
		wrongFromNumberStatus: 403,
		plusInDestination: "accepted",
		chatDestination: "extension",
		groupDestination: "allMembers",
		groupWithoutCapability: "refused",
		groupSmsType: "mms",
		groupSmsReplies: "group",
		ownNumberInGroupMms: true,
		emptyMessageWithMedia: "accepted",
		mostMediaBytes: 5_000_000,
		mediaTooLargeStatus: 413,
		mediaTypes: null,
		markRead: "works",
		deleteScope: "own",
		tildeInWrites: false,

		mediaHost: null,
		mediaAuthentication: "signature",
		mediaUrlLifetimeMs: null,

		expiresInSeconds: 3_600,
		refreshLifetimeMs: null,
		refreshRotates: true,
		wrongPasswordStatus: 401,
		wrongPasswordBody: "error",
		signInWithoutToken: false,
		tokensRoute: true,
		legacyTokensRoute: true,
		jwtRoute: true,
		jwtLifetimeMs: 86_400_000,
		jwtRefresh: true,
		nodeBoundTokens: false,

		generation: 45,
		apiVersion: "45.0.1",
		noRoute: "json",
		rateLimit: null,
		bannedAgent: null,
		deviceReadsPerMinute: null,
		socketVersion: null,
		socketChatEvent: "chat",
	};
}
