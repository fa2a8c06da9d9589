import type { TextusSwitches } from "../../../practice/textus/switches.ts";
import { variationsOf } from "../kit/variations.ts";
import type { Variation } from "../kit/world.ts";

/** Every switch of the simulator, with the values that are not its default. */
export function textusVariations(switches: TextusSwitches, origin: string): readonly Variation[] {
	return variationsOf(switches, {
		badToken: [403, 200],
		foreignAccountStatus: [404],
		errorBody: ["empty", "html", "error", "errors", "errorObjects", "errorMap", "violations"],
		responseContentType: ["application/json", "text/plain"],
		strictHeaders: [false],
		rateLimit: [{ requests: 45, windowMs: 60_000 }],
		rateLimitHeaders: [false],
		retryAfter: [
			{
				value: false,
				with: { rateLimit: { requests: 20, windowMs: 30_000 }, rateLimitHeaders: false },
			},
		],

		related: ["links", "embedded", "mixed"],
		unavailableLink: ["absent"],
		linkPrefix: [
			{ value: origin, as: "the own origin" },
			{ value: "http://elsewhere.example.invalid", but: { unreadable: "network.foreignRedirect" } },
			{ value: "//elsewhere.example.invalid", but: { unreadable: "network.foreignRedirect" } },
		],
		unknownMembers: [true],
		unknownTypes: [true],

		pageSize: [1, 3],
		cursorLifetimeMs: [{ value: 1000, with: { pageSize: 2 } }],
		badCursorStatus: [
			{ value: 404, with: { pageSize: 2, cursorLifetimeMs: 1000 } },
			{ value: 410, with: { pageSize: 2, cursorLifetimeMs: 1000 } },
			{ value: 422, with: { pageSize: 2, cursorLifetimeMs: 1000 } },
		],
		viewOnSinglePage: [false],
		duplicates: [true, { value: true, with: { pageSize: 2 } }],

		folders: [
			[{ slug: "open", title: "Open", holds: "open" }],
			[
				{ slug: "sales-and-more", title: "Sales & <b>more</b>", holds: "everything" },
				{ slug: "closed", title: "Done", holds: "closed" },
			],
		],
		refusedActions: [{ unread: 404, close: 405, reopen: 405, star: 501, subscribe: 501 }],
		hiddenActions: [["unread", "close", "reopen", "star", "subscribe"]],
		missingConversation: [204, 422],
		ownNumberInLists: [false],
		batchDelayMs: [10_000],
		lateReply: ["reopens", "staysClosed"],

		eventType: [null, "SomethingNew"],
		direction: ["long"],
		formattedBody: ["raw"],
		friendlyState: ["null"],
		channelMembers: [false],
		messageById: [200],

		singleReply: ["empty", "accepted"],
		arrayOfOneReply: ["empty", "accepted"],
		savedReplyReply: ["message", "accepted"],
		partialFailure: ["failed", "refused"],
		firstState: ["created", "dispatched", "delivered"],
		stateStepMs: [0, 20_000],
		failedRetryable: [true],
		retryOffer: ["flagOnly", "linkOnly"],
		retryIdentity: ["new"],
		attachmentCheck: ["later", "never"],
		attachmentLimitBytes: [1000],
		customFieldToken: [["%", "%"]],
		missingCustomField: ["kept", "refused"],
		savedReplyAttaches: [true],
		optedOutSend: [403, 409, "failed"],
		blockedSend: [403, 409, "failed"],
		restrictedSend: [409, 422, "failed"],
		whatsAppSend: [403, 409, "failed", "accepted"],
		bodyLimit: [160],
		textChange: ["trimmed", "straightQuotes", "shortLinks"],
		ownNumber: ["last"],
		scheduledShown: [false],

		attachmentLifetimeMs: [null, 1000],
		expiredAttachmentStatus: [404],
		attachmentHost: ["other"],

		savedReplySearch: ["q", "query"],
		contactCreated: [201],
		contactPut: ["merges"],
		missingOptOut: [204],
		optOutRemoval: ["works"],
	});
}
