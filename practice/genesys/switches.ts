/**
 * Everything that the protocol sheet leaves open, as options that may be changed at any moment
 * of a run. "Q7" names row 7 of the sheet's section 17. The defaults are the sheet's.
 */
export interface GenesysSwitches {
	// Messages and notifications
	/** The sender gets its own text back as `IMLogUpdateMessage` (Q1). */
	echo: boolean;
	/** The state is sent as `" Talking"`, as in most samples of the documentation. */
	leadingBlankInState: boolean;
	/** `Initiating` and `Alerting` are pushed (Q3). */
	pushInitiatingAndAlerting: boolean;
	/** An alerting agent is connected after so many milliseconds; null: never (Q2). */
	autoAnswerMs: number | null;
	/** `Accept` and `Reject` exist as capabilities and operations of an alerting session (Q2). */
	acceptReject: boolean;
	/** An unanswered session ends after so many milliseconds; null: it rings for ever (Q3). */
	ringTimeoutMs: number | null;
	/** Whether an agent's own notification comes before or after the HTTP reply that caused it. */
	notificationOrder: "before" | "after" | "random";
	/** Milliseconds of real time between the two. */
	notificationLeadMs: number;
	/** `imSession.id` differs from the last segment of `imSession.path`. */
	idDiffersFromPath: boolean;
	/** `metrics` is part of IM notifications (Q11); other topics always carry it. */
	metricsOnIm: boolean;
	/** How `participants` are written (Q7). */
	participants: "full" | "digitsOnly" | "strings" | "withSelf";
	/** A session that is over still lists its capabilities, as in the documentation. */
	completedKeepsCapabilities: boolean;
	/** Every notification is sent so many times (Q9). */
	notificationCopies: number;
	/** Each notification is followed by one with an unknown `messageType` and one with an unknown state (Q27). */
	unknownNotifications: boolean;
	/** IM sessions also appear as calls on `/v2/me/calls` (Q21). */
	imOnCallsTopic: boolean;

	// Rules of a session
	/** statusCode of the answer whose message is `Invalid state` (Q4). */
	invalidStateCode: number;
	/** statusCode for an operation on a session that is over (Q22). */
	completedSessionCode: number;
	/** A peer may open a second session to an agent who is in one (Q5). */
	secondIncomingSession: boolean;
	/** SendMessage is accepted before `Talking` (Q6). */
	sendBeforeTalking: boolean;
	/** Longest accepted text in UTF-16 units, above it statusCode 10; null: any (Q8). */
	messageLengthLimit: number | null;
	/** A session ends for a side only when that side sends `Complete` (Q22). */
	completeFromBothSides: boolean;
	/** IM operations are refused unless the device is Ready (Q23). */
	imRequiresReady: boolean;
	/** UpdateUserData replaces all pairs in place of merging (Q26). */
	updateReplacesUserData: boolean;
	/** How an unknown, unregistered or logged-out destination shows (Q20). */
	unreachablePeer: FailedDestination;
	/** How a destination shows that is in another session. */
	busyPeer: FailedDestination;
	/** SendMessage answers 0 and an `ErrorMessage` follows (Q20). */
	sendFailsAsync: boolean;
	/** Topic of an asynchronous IM error (Q20). */
	asyncErrorTopic: string;
	/** Keys of an asynchronous IM error (Q20). */
	asyncErrorShape: "imSessionPath" | "errorMessage" | "bare";
	/** statusCode when the agent's own device lacks the IM options of its DN. */
	incapableDeviceCode: 2 | 4;

	// HTTP
	/** HTTP status for a statusCode (Q4); 500 where none is named. */
	httpStatus: Record<number, number>;
	/** HTTP status when a user name or password is wrong. */
	wrongPasswordHttpStatus: number;
	/** How the password in a Basic header must be encoded; "either" takes both. */
	credentialEncoding: "utf-8" | "iso-8859-1" | "either";
	/** CSRF tokens are handed out and asked for (sheet, 2.1). */
	csrf: boolean;
	/** CSRF tokens are asked for on the CometD endpoint too (Q19). */
	csrfOnCometd: boolean;
	/** Form of the CSRF refusal. */
	csrfRefusal: "text" | "json" | "html";
	/** Another cookie that a load balancer demands on every request after the first; null: none. */
	balancerCookie: string | null;
	/** Milliseconds after which an unused HTTP session is gone. */
	httpSessionIdleMs: number;
	/** What a client sees when its HTTP session is gone (Q17). */
	expiredSession: "401" | "403" | "403-handshake";
	/** A CometD request counts as use of the HTTP session (Q18). */
	cometdKeepsHttpSession: boolean;
	/** An expired CometD session ends the HTTP session. */
	cometdExpiryEndsHttpSession: boolean;
	/** Above so many REST requests a second the given status is the answer; null: no limit (Q25). */
	rateLimit: { requestsPerSecond: number; httpStatus: 429 | 503; retryAfterSeconds?: number } | null;
	/** Prefix of every `uri`, such as `https://gws.example.invalid/api/v2`; null: the own origin (Q28). */
	externalApiUrl: string | null;
	/** Version that `/diagnostics/version` tells. */
	version: string;

	// CometD
	/** Name of CometD's own cookie (Q16). */
	cometdCookieName: string;
	/** Milliseconds for which `/meta/connect` is held (Q16). */
	cometdTimeoutMs: number;
	/** Milliseconds without `/meta/connect` after which a CometD session is dropped (Q16). */
	cometdMaxIntervalMs: number;
	/** Pause between two connects that the advice asks for, milliseconds (Q16). */
	cometdIntervalMs: number;

	// Contact centre
	/** Feature `api-voice-instant-messaging`. */
	imFeature: boolean;
	/** Feature `api-voice`. */
	voiceFeature: boolean;
	/** Body of the 404 for a feature that is off. */
	missingFeatureBody: "json" | "html" | "empty";
	/** State of the Voice service. */
	voiceService: "Active" | "Inactive";
	/** Interaction Server, which any channel but `voice` needs. */
	multimediaService: "open" | "closed";
	/** Answer to StartContactCenterSession; "normal" follows the channels asked for (Q12). */
	startOutcome: "normal" | "voiceOnly" | "voiceFails" | "allFailed";
	/** Device state after StartContactCenterSession. */
	stateAfterStart: "Ready" | "NotReady" | "LoggedIn";
	/** statusCode when a device of the place belongs to another user. */
	deviceTakenCode: number;
	/** `/devices/{id}/settings/tserver` (Q13). */
	tserverSettings: "available" | "404" | "403";
	/** Which query makes contacts carry `availability` (Q14). */
	availability: "fields" | "subresources" | "always" | "never";
}

/**
 * `reply`: the HTTP answer is an error. `completed`: accepted, then `Completed`.
 * `asyncError`: accepted, then an `ErrorMessage`. `silence`: accepted, then nothing.
 */
export type FailedDestination = "reply" | "completed" | "asyncError" | "silence";

/** The sheet's defaults (section 12). */
export function defaultSwitches(): GenesysSwitches {
	return {
		echo: true,
		leadingBlankInState: false,
		pushInitiatingAndAlerting: true,
		autoAnswerMs: 0,
		acceptReject: false,
		ringTimeoutMs: null,
		notificationOrder: "random",
		notificationLeadMs: 5,
		idDiffersFromPath: false,
		metricsOnIm: true,
		participants: "full",
		completedKeepsCapabilities: true,
		notificationCopies: 1,
		unknownNotifications: false,
		imOnCallsTopic: false,

		invalidStateCode: 2,
		completedSessionCode: 6,
		secondIncomingSession: false,
		sendBeforeTalking: false,
		messageLengthLimit: null,
		completeFromBothSides: false,
		imRequiresReady: false,
		updateReplacesUserData: false,
		unreachablePeer: "reply",
		busyPeer: "completed",
		sendFailsAsync: false,
		asyncErrorTopic: "/v2/me/im-sessions",
		asyncErrorShape: "errorMessage",
		incapableDeviceCode: 4,

		httpStatus: { 0: 200, 7: 200, 1: 400, 2: 400, 10: 400, 6: 404, 20: 403 },
		wrongPasswordHttpStatus: 403,
		credentialEncoding: "either",
		csrf: false,
		csrfOnCometd: false,
		csrfRefusal: "text",
		balancerCookie: null,
		httpSessionIdleMs: 1_800_000,
		expiredSession: "403",
		cometdKeepsHttpSession: true,
		cometdExpiryEndsHttpSession: false,
		rateLimit: null,
		externalApiUrl: null,
		version: "8.5.202.96",

		cometdCookieName: "BAYEUX_BROWSER",
		cometdTimeoutMs: 30_000,
		cometdMaxIntervalMs: 10_000,
		cometdIntervalMs: 0,

		imFeature: true,
		voiceFeature: true,
		missingFeatureBody: "json",
		voiceService: "Active",
		multimediaService: "closed",
		startOutcome: "normal",
		stateAfterStart: "NotReady",
		deviceTakenCode: 19,
		tserverSettings: "available",
		availability: "fields",
	};
}
