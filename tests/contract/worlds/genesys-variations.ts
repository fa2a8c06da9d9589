import type { GenesysSwitches } from "../../../practice/genesys/switches.ts";
import { variationsOf } from "../kit/variations.ts";
import type { Variation } from "../kit/world.ts";

/** Every switch of the simulator, with the values that are not its default. */
export function genesysVariations(switches: GenesysSwitches): readonly Variation[] {
	return variationsOf(switches, {
		echo: [false],
		leadingBlankInState: [true],
		pushInitiatingAndAlerting: [false],
		autoAnswerMs: [400, { value: null, with: { acceptReject: true } }],
		acceptReject: [true],
		ringTimeoutMs: [20_000],
		notificationOrder: ["before", "after"],
		notificationLeadMs: [0, 20],
		idDiffersFromPath: [true],
		metricsOnIm: [false],
		participants: ["digitsOnly", "strings", "withSelf"],
		completedKeepsCapabilities: [false],
		notificationCopies: [{ value: 3, but: { copies: 3 } }],
		unknownNotifications: [true],
		imOnCallsTopic: [true],

		invalidStateCode: [3],
		completedSessionCode: [2],
		secondIncomingSession: [true],
		sendBeforeTalking: [true],
		messageLengthLimit: [160],
		completeFromBothSides: [true],
		imRequiresReady: [
			{ value: true, with: { stateAfterStart: "Ready" } },
			{ value: true, but: { sendFails: "genesys.invalidForState" } },
		],
		updateReplacesUserData: [true],
		unreachablePeer: ["completed", "asyncError", "silence"],
		busyPeer: ["reply", "asyncError", "silence"],
		sendFailsAsync: [{ value: true, but: { sendFails: "genesys.serverError", onlySending: true } }],
		asyncErrorTopic: ["/v2/me"],
		asyncErrorShape: ["imSessionPath", "bare"],
		incapableDeviceCode: [2],

		httpStatus: [{ 0: 200, 7: 200, 1: 500, 2: 500, 10: 500, 6: 500, 20: 403 }],
		wrongPasswordHttpStatus: [401],
		credentialEncoding: ["utf-8", "iso-8859-1"],
		csrf: [true],
		csrfOnCometd: [{ value: true, with: { csrf: true } }],
		csrfRefusal: [
			{ value: "html", with: { csrf: true } },
			{ value: "json", with: { csrf: true } },
		],
		balancerCookie: ["BIGip"],
		httpSessionIdleMs: [60_000],
		expiredSession: ["401", "403-handshake"],
		cometdKeepsHttpSession: [false],
		cometdExpiryEndsHttpSession: [true],
		rateLimit: [
			{ requestsPerSecond: 3, httpStatus: 429, retryAfterSeconds: 1 },
			{ requestsPerSecond: 3, httpStatus: 503 },
		],
		externalApiUrl: ["https://gws.example.invalid/api/v2"],
		version: ["8.6.000.10"],

		cometdCookieName: ["BAYEUX_HTTP_BROWSER"],
		cometdTimeoutMs: [50],
		cometdMaxIntervalMs: [10_000],
		cometdIntervalMs: [100],

		imFeature: [{ value: false, but: { signInFails: "genesys.featureMissing" } }],
		voiceFeature: [{ value: false, but: { noLine: "genesys.forbidden" } }],
		missingFeatureBody: [
			{ value: "html", with: { imFeature: false }, but: { signInFails: "genesys.featureMissing" } },
			{ value: "empty", with: { imFeature: false }, but: { signInFails: "genesys.featureMissing" } },
		],
		voiceService: [{ value: "Inactive", but: { noLine: "genesys.voiceInactive" } }],
		multimediaService: ["open"],
		startOutcome: [
			"voiceOnly",
			{ value: "voiceFails", but: { noLine: "genesys.serverError" } },
			{ value: "allFailed", but: { noLine: "genesys.serverError" } },
		],
		stateAfterStart: ["Ready", "LoggedIn"],
		deviceTakenCode: [18],
		tserverSettings: ["404", "403"],
		availability: ["subresources", "always", "never"],
	});
}
