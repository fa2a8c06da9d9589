/**
 * Everything that the protocol sheet leaves open, as options that may be changed at any moment
 * of a run. "Q7" names row 7 of the sheet's section 18, "9.2" its section 9.2. The defaults are
 * what the sheet documents or holds for most likely.
 */
export interface TextusSwitches {
	// Requests and refusals
	/** What a missing or unknown token gets; "200": success with an error as body (Q2). */
	badToken: 401 | 403 | 200;
	/** What an account gets that the user is no member of (13). */
	foreignAccountStatus: 403 | 404;
	/** Form of every error body (Q1). */
	errorBody: ErrorBodyForm;
	/** `Content-Type` of every JSON reply (1). */
	responseContentType: string;
	/** A wrong `Accept` gets 406, a wrong `Content-Type` of a body 415 (13). */
	strictHeaders: boolean;
	/** Requests of one token in one window (2.2). */
	rateLimit: { requests: number; windowMs: number };
	/** `X-RateLimit-*` on every reply (2.2). */
	rateLimitHeaders: boolean;
	/** `Retry-After` on 429 (2.2). */
	retryAfter: boolean;

	// Resources
	/** Related resources as links or embedded; `asDocumented`: as the samples of each call show (2). */
	related: "asDocumented" | "links" | "embedded" | "mixed";
	/** How an action shows that is not available now (2). */
	unavailableLink: "null" | "absent";
	/** Put before every link to follow: `view`, `timeline`, `retry` and actions; null: host-relative (2). */
	linkPrefix: string | null;
	/** Members nobody knows in every resource (2). */
	unknownMembers: boolean;
	/** A resource of an unknown `@type` at the head of every collection (2). */
	unknownTypes: boolean;

	// Collections
	/** Members of one page (Q6). */
	pageSize: number;
	/** Milliseconds for which a cursor works; null: for ever (Q6). */
	cursorLifetimeMs: number | null;
	/** What a cursor gets that is unknown or too old (Q6). */
	badCursorStatus: 400 | 404 | 410 | 422;
	/** A collection that fits one page still has a `view` (2.1). */
	viewOnSinglePage: boolean;
	/** A page repeats its last member, and the last one of the page before (2.1). */
	duplicates: boolean;

	// Conversations
	/** The folders that are listed (Q5); `all` and `search` can be asked for even if they are not. */
	folders: readonly Folder[];
	/** Inferred actions that the server does not have, and what it answers (Q4). */
	refusedActions: Partial<Record<InferredAction, 404 | 405 | 501>>;
	/** Actions whose link is not offered although they work (Q4). */
	hiddenActions: readonly InferredAction[];
	/** What the number without a conversation gets (7.2). */
	missingConversation: 404 | 204 | 422;
	/** `accountPhoneNumber` in lists too, not only of one conversation (7.1, Q22). */
	ownNumberInLists: boolean;
	/** Milliseconds until a 202 has been worked off (8, Q9). */
	batchDelayMs: number;
	/** What a customer's message does to a conversation closed for more than a week (Q23). */
	lateReply: "newConversation" | "reopens" | "staysClosed";

	// Timeline
	/** `@type` of what is no message in a timeline; null: only messages (Q7). */
	eventType: string | null;
	/** Spelling of `direction` (Q8). */
	direction: "short" | "long";
	/** Markup in `formattedBody` is escaped, or as the writer wrote it (9.2). */
	formattedBody: "escaped" | "raw";
	/** `friendlyStateDescription` has its text or is null (9.2). */
	friendlyState: "text" | "null";
	/** `channel`, `whatsAppTemplate` and the like are members of a message (9.2). */
	channelMembers: boolean;
	/** `GET /messages/:id` (Q20). */
	messageById: 404 | 200;

	// Sending
	/** Answer to one recipient given as text (Q9). */
	singleReply: SendReply;
	/** Answer to an array of one (Q9). */
	arrayOfOneReply: SendReply;
	/** Answer to one recipient with a saved reply; the documentation says "No body" (Q9). */
	savedReplyReply: SendReply;
	/** Several recipients of whom one cannot be sent to (Q9). */
	partialFailure: "skipped" | "failed" | "refused";
	/** State of a fresh message (10.1). */
	firstState: "created" | "queued" | "dispatched" | "delivered";
	/** Milliseconds between two delivery states (9.3). */
	stateStepMs: number;
	/** A message that is `failed` may be retried (Q11). */
	failedRetryable: boolean;
	/** What of `retryAllowed` and `retry` a message shows that may be retried (Q11). */
	retryOffer: "both" | "flagOnly" | "linkOnly";
	/** A retry goes on with the message or makes a new one (Q12). */
	retryIdentity: "reuse" | "new";
	/** When a bad attachment is noticed: 422 at once, `failed` later, never (10.2). */
	attachmentCheck: "atOnce" | "later" | "never";
	/** An attachment of so many bytes is too large (Q14). */
	attachmentLimitBytes: number;
	/** What goes around the slug of a custom field in a body (Q16). */
	customFieldToken: readonly [open: string, close: string];
	/** A custom field without a value (Q16). */
	missingCustomField: "empty" | "kept" | "refused";
	/** A saved reply brings its attachments along (Q17). */
	savedReplyAttaches: boolean;
	/** Sending to somebody who opted out: this status, or 201 and then `failed` (Q18). */
	optedOutSend: RefusedSend;
	/** Sending to a blocked number (Q18). */
	blockedSend: RefusedSend;
	/** Sending from an account that is `messagingRestricted` (10.5). */
	restrictedSend: RefusedSend;
	/** Sending text into a WhatsApp conversation (Q24). */
	whatsAppSend: RefusedSend | "accepted";
	/** Longest body in UTF-16 units, 422 above it; null: any (Q19). */
	bodyLimit: number | null;
	/** What the server makes of a body before it is sent (10.3). */
	textChange: "none" | "trimmed" | "straightQuotes" | "shortLinks";
	/** Which number of an account with several a new conversation uses (Q22). */
	ownNumber: "first" | "last";
	/** A scheduled message is in the timeline before it leaves (10.4). */
	scheduledShown: boolean;

	// Attachments
	/** Milliseconds for which the address of an attachment works; null: for ever (Q15). */
	attachmentLifetimeMs: number | null;
	/** What an address gets after that (Q15). */
	expiredAttachmentStatus: 403 | 404;
	/** Attachments are on the API's own host, or on another one as with TextUs (9.2). */
	attachmentHost: "same" | "other";

	// Saved replies, contacts, opt-outs
	/** The query parameter that searches saved replies (11). */
	savedReplySearch: "q" | "query" | "both";
	/** Status of a new contact (12.1). */
	contactCreated: 200 | 201;
	/** What PUT does to phones and data that it does not name (Q25). */
	contactPut: "replaces" | "merges";
	/** What a number gets that has not opted out (12.2). */
	missingOptOut: 404 | 204;
	/** `DELETE` of an opt-out (Q26). */
	optOutRemoval: "missing" | "works";
}

/** Bodies that an error may have (sheet, 13). */
export type ErrorBodyForm =
	/** `hydra:title`, `hydra:description`. */
	| "hydra"
	| "empty"
	| "html"
	/** `{"error": text}` */
	| "error"
	/** `{"errors": [text]}` */
	| "errors"
	/** `{"errors": [{"message": text}]}` */
	| "errorObjects"
	/** `{"errors": {"base": [text]}}` */
	| "errorMap"
	/** `{"violations": [{"message": text}]}` */
	| "violations";

/** Actions on a conversation whose verbs are inferred (Q4). */
export type InferredAction = "unread" | "close" | "reopen" | "star" | "subscribe";

/** A folder: a slug and a title of the account's choice, and what is in it. */
export interface Folder {
	readonly slug: string;
	readonly title: string;
	readonly holds: "everything" | "mine" | "open" | "closed" | "starred" | "scheduled";
}

/** `message`: 201 with the message. `empty`: 201 without a body. `accepted`: 202 without a body. */
export type SendReply = "message" | "empty" | "accepted";

/** A status at once, or accepted and then `failed`. */
export type RefusedSend = 403 | 409 | 422 | "failed";

/** The sheet's defaults. */
export function defaultSwitches(): TextusSwitches {
	return {
		badToken: 401,
		foreignAccountStatus: 403,
		errorBody: "hydra",
		responseContentType: "application/vnd.textus+jsonld; charset=utf-8",
		strictHeaders: true,
		rateLimit: { requests: 1_000, windowMs: 300_000 },
		rateLimitHeaders: true,
		retryAfter: true,

		related: "asDocumented",
		unavailableLink: "null",
		linkPrefix: null,
		unknownMembers: false,
		unknownTypes: false,

		pageSize: 25,
		cursorLifetimeMs: null,
		badCursorStatus: 400,
		viewOnSinglePage: true,
		duplicates: false,

		folders: [
			{ slug: "all", title: "All Conversations", holds: "everything" },
			{ slug: "you", title: "Assigned to me", holds: "mine" },
			{ slug: "active", title: "Open", holds: "open" },
		],
		refusedActions: {},
		hiddenActions: [],
		missingConversation: 404,
		ownNumberInLists: true,
		batchDelayMs: 300,
		lateReply: "newConversation",

		eventType: "ConversationEvent",
		direction: "short",
		formattedBody: "escaped",
		friendlyState: "text",
		channelMembers: true,
		messageById: 404,

		singleReply: "message",
		arrayOfOneReply: "message",
		savedReplyReply: "empty",
		partialFailure: "skipped",
		firstState: "queued",
		stateStepMs: 400,
		failedRetryable: false,
		retryOffer: "both",
		retryIdentity: "reuse",
		attachmentCheck: "atOnce",
		attachmentLimitBytes: 525_000,
		customFieldToken: ["{{", "}}"],
		missingCustomField: "empty",
		savedReplyAttaches: false,
		optedOutSend: 422,
		blockedSend: 422,
		restrictedSend: 403,
		whatsAppSend: 422,
		bodyLimit: null,
		textChange: "none",
		ownNumber: "first",
		scheduledShown: true,

		attachmentLifetimeMs: 900_000,
		expiredAttachmentStatus: 403,
		attachmentHost: "same",

		savedReplySearch: "both",
		contactCreated: 200,
		contactPut: "replaces",
		missingOptOut: 404,
		optOutRemoval: "missing",
	};
}
