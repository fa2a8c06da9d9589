import * as v from "valibot";
import { asList, asNumber, asText } from "../rest/lossless-json.ts";

/** What the answers hold (sheet, 2 to 7), as tolerant as the sheet asks: unknown members are ignored, null is absent. */

/** Any scalar as text; null: absent, or no scalar. */
const text = v.pipe(v.optional(v.unknown(), null), v.transform(asText));
const count = v.pipe(v.optional(v.unknown(), null), v.transform(asNumber));
/** XML has "true" and "false" as text; null: not told. */
const flag = v.pipe(
	v.optional(v.unknown(), null),
	v.transform((value): boolean | null => {
		const words = asText(value)?.toLowerCase();
		return words === "true" ? true : words === "false" ? false : null;
	}),
);
const texts = v.pipe(
	v.optional(v.unknown(), null),
	v.transform((value): readonly string[] => asList(value).flatMap((item) => asText(item) ?? [])),
);

/** Rows that fit; one that does not costs no other. */
function rows<T>(row: v.GenericSchema<unknown, T>) {
	return v.pipe(
		v.optional(v.unknown(), null),
		v.transform((value): readonly T[] =>
			asList(value).flatMap((item) => {
				const parsed = v.safeParse(row, item);
				return parsed.success ? [parsed.output] : [];
			}),
		),
	);
}

const someText = v.pipe(
	v.unknown(),
	v.transform(asText),
	v.check((value) => value !== null, "missing"),
	v.transform((value) => value ?? ""),
);

export const messageInfo = v.object({
	id: someText,
	accountId: text,
	endpointId: text,
	endpointDisplayName: text,
	date: text,
	direction: text,
	otherAddress: text,
	sender: text,
	text,
	isUnread: flag,
});
export type MessageInfo = v.InferOutput<typeof messageInfo>;

const conversationInfo = v.object({
	id: text,
	endpointId: someText,
	otherAddress: someText,
	mostRecentMessage: v.fallback(v.nullish(messageInfo, null), null),
});
export type ConversationInfo = v.InferOutput<typeof conversationInfo>;

const sessionInfo = v.object({
	id: someText,
	channel: text,
	ended: flag,
	direction: text,
	endpointId: text,
	endpointName: text,
	accountId: text,
	fromAddress: text,
	fromName: text,
	toAddress: text,
	dateCreated: text,
	dateLastModified: text,
});
export type SessionInfo = v.InferOutput<typeof sessionInfo>;
export const oneSession = sessionInfo;

const endpointInfo = v.object({
	id: someText,
	type: text,
	displayName: text,
	phoneNumber: text,
	address: text,
	disableSms: flag,
});
export type EndpointInfo = v.InferOutput<typeof endpointInfo>;

const contact = v.object({
	displayName: text,
	address: someText,
	type: text,
	customerName: text,
	canChat: flag,
});
export type ContactInfo = v.InferOutput<typeof contact>;

const transcriptLine = v.object({
	date: text,
	from: text,
	body: text,
	mediaUri: text,
	mediaContentType: text,
});
export type TranscriptLine = v.InferOutput<typeof transcriptLine>;

/** `ListResponse<T>` (sheet, 4). Null: not told. */
function listResponse<T>(row: v.GenericSchema<unknown, T>) {
	return v.object({ items: rows(row), totalPages: count, hasMorePages: flag });
}

export const messageList = listResponse(messageInfo);
export const endpointList = listResponse(endpointInfo);
export const conversationList = v.object({ conversations: rows(conversationInfo) });
export const contactList = v.object({ contacts: rows(contact) });
export const transcript = v.object({ messages: rows(transcriptLine) });

/** An array, or one within `sessions` (row 22); a paged list too. */
export const sessionList = v.pipe(
	v.union([v.array(v.unknown()), v.looseObject({})]),
	v.transform((value): unknown => {
		if (Array.isArray(value)) return value;
		return "sessions" in value ? value["sessions"] : "items" in value ? value["items"] : [];
	}),
	rows(sessionInfo),
);

/** Row 15: anybody whose `isAuthenticated` is not true is signed out. */
export const userInfo = v.object({
	id: text,
	isAuthenticated: flag,
	firstName: text,
	lastName: text,
	name: text,
	emailAddress: text,
	roles: texts,
	accountIds: texts,
	accountNames: texts,
});
export type UserInfo = v.InferOutput<typeof userInfo>;

/** `bearerToken` and `refreshToken` are not even read (row 16). */
export const authenticateResponse = v.object({
	userId: text,
	sessionId: text,
	userName: text,
	displayName: text,
});

export const appConfig = v.object({ agentState: text, agentStateReason: text });
