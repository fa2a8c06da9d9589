import type { NetsapiensSimulator } from "../../../practice/netsapiens/simulator.ts";
import { variationsOf } from "../kit/variations.ts";
import type { Variation } from "../kit/world.ts";

const limit = { requests: 30, perMs: 30_000, waitSeconds: 10 } as const;

/** Every switch of the simulator, with the values that are not its default. */
export function netsapiensVariations({ switches }: NetsapiensSimulator): readonly Variation[] {
	return variationsOf(switches, {
		numericStrings: ["never", "lossy"],
		timeNames: ["datetime"],
		timeFormat: ["offset", "fraction"],
		timeZoneMinutes: [-300, 120],
		spaceAfterMediaKey: [false],
		emptyValue: ["null", "text", "missing"],
		singleRowAsObject: [true],
		listErrorsWith200: [true],
		emptyList: ["null", "object", "404"],
		booleans: ["yesNo", "number", "numberText"],
		messageIds: ["hex", "integer", "prefixed", "uuid"],

		messageOrder: ["oldestFirst", "newestPageOldestFirst", "unsorted"],
		sessionOrder: ["newestFirst", "oldestFirst", "newestPageOldestFirst"],
		start: ["oneBased", "ignored"],
		messageCopies: [3],
		replication: [
			{ everyNth: 1, delayMs: 3000 },
			{ everyNth: 2, delayMs: 10_000 },
		],

		effectDelayMs: [
			{ least: 0, most: 0 },
			{ least: 5000, most: 9000 },
		],
		startSession: ["200message", "202accepted", "missing"],
		startSessionJoins: [false],
		clientSessionId: ["replaced"],
		outboundStatus: ["delivered", "", "something-new"],
		laterStatus: [{ status: "delivered", afterMs: 3000 }],
		wrongFromNumberStatus: [400],
		plusInDestination: ["refused"],
		chatDestination: ["uid", "either"],
		groupDestination: ["listedOnly"],
		groupWithoutCapability: ["split"],
		groupSmsType: ["sms"],
		groupSmsReplies: ["single"],
		ownNumberInGroupMms: [false],
		emptyMessageWithMedia: ["refused"],
		mostMediaBytes: [1000],
		mediaTooLargeStatus: [400],
		mediaTypes: [["image/png"]],
		markRead: ["refused", "ignored"],
		deleteScope: ["everyone"],
		tildeInWrites: [true],

		mediaHost: ["media.example.invalid"],
		mediaAuthentication: ["bearer"],
		mediaUrlLifetimeMs: [60_000],

		expiresInSeconds: [60, 1],
		refreshLifetimeMs: [3_600_000],
		refreshRotates: [false],
		wrongPasswordStatus: [400, 403, 404],
		wrongPasswordBody: ["emptyObject"],
		signInWithoutToken: [{ value: true, but: { signInFails: "http.malformed" } }],
		tokensRoute: [false],
		legacyTokensRoute: [false],
		jwtRoute: [false],
		jwtLifetimeMs: [60_000],
		jwtRefresh: [false],
		nodeBoundTokens: [true],

		generation: [{ value: 44, with: { apiVersion: "44.4.2" } }],
		apiVersion: ["44.3.0"],
		noRoute: ["text", "text200"],
		rateLimit: [
			{ ...limit, retryAfter: "seconds" },
			{ ...limit, retryAfter: "date" },
			{ ...limit, retryAfter: "absent" },
		],
		bannedAgent: ["curl"],
		deviceReadsPerMinute: [2],
		socketVersion: [3, 4],
		socketChatEvent: [null, "message"],
	});
}
