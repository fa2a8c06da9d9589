import type { EpochMs } from "../../../../shared/model.ts";
import { asNumber, asText } from "../rest/lossless-json.ts";
import { asTime } from "../rest/times.ts";
import {
	asResource,
	flagIn,
	lastSegment,
	linkIn,
	membersOf,
	type Related,
	relatedIn,
	type Resource,
	textIn,
} from "./resource.ts";

/** What this client reads of the API's resources: unknown members are left alone, unusual values come as "not told". */

/** One own account of the token (sheet, 3). */
export interface WireAccount {
	readonly slug: string;
	readonly name: string;
	/** As people write them, not E.164. */
	readonly numbers: readonly string[];
	/** 10DLC registration blocks sending; null: not told here. */
	readonly restricted: boolean | null;
}

export function readAccount(resource: Resource): WireAccount | null {
	const id = textIn(resource, "id");
	const slug = textIn(resource, "slug") ?? (id === null ? null : lastSegment(id));
	if (slug === null || slug === "" || slug.includes("/")) return null;
	const numbers = Array.isArray(resource["phoneNumbers"]) ? resource["phoneNumbers"] : [];
	return {
		slug,
		name: textIn(resource, "name") ?? slug,
		numbers: numbers.flatMap((number: unknown) => asText(number) ?? []),
		restricted: flagIn(resource, "messagingRestricted"),
	};
}

/** A list of conversations (sheet, 6). */
export interface WireFilter {
	readonly slug: string;
	readonly title: string;
	readonly unread: number | null;
	readonly total: number | null;
}

export function readFilter(resource: Resource): WireFilter | null {
	const slug = textIn(resource, "slug");
	if (slug === null || slug.includes("/")) return null;
	return {
		slug,
		title: textIn(resource, "title") ?? slug,
		unread: asNumber(resource["unreadCount"]),
		total: asNumber(resource["totalCount"]),
	};
}

export interface WireFile {
	/** `/attachments/…`; null: it has none. */
	readonly id: string | null;
	/** Absolute, perhaps signed: a secret. */
	readonly url: string | null;
	readonly type: string | null;
	readonly name: string | null;
	readonly bytes: number | null;
	readonly width: number | null;
	readonly height: number | null;
}

export function readFile(resource: Resource): WireFile {
	return {
		id: textIn(resource, "id"),
		url: linkIn(resource, "downloadUrl") ?? linkIn(resource, "url"),
		type: textIn(resource, "contentType"),
		name: textIn(resource, "originalFilename"),
		bytes: asNumber(resource["size"]),
		width: asNumber(resource["width"]),
		height: asNumber(resource["height"]),
	};
}

/** A message (sheet, 9.2). */
export interface WireMessage {
	readonly kind: "message";
	readonly id: string;
	readonly direction: "in" | "out";
	readonly text: string;
	/** Its place in the timeline; of the server's clock. */
	readonly at: EpochMs;
	readonly shownAt: EpochMs;
	readonly state: string | null;
	readonly conversation: string | null;
	readonly sender: Related | null;
	readonly files: readonly WireFile[];
	/** `friendlyStateDescription`. */
	readonly words: string | null;
	readonly retryAllowed: boolean;
	readonly retry: string | null;
	readonly eventAt: EpochMs | null;
	readonly flags: readonly string[];
	readonly source: string | null;
	readonly channel: string | null;
}

/** Something else in a timeline: of a type that no documentation names (row 7). */
export interface WireEvent {
	readonly kind: "event";
	readonly id: string;
	readonly at: EpochMs;
	readonly text: string;
}

export type TimelineItem = WireMessage | WireEvent;

const directions: Readonly<Record<string, WireMessage["direction"]>> = {
	in: "in",
	incoming: "in",
	out: "out",
	outgoing: "out",
};

/** Null: without an id or a time there is no place for it. */
export function readItem(resource: Resource): TimelineItem | null {
	const id = textIn(resource, "id");
	const shown = asTime(resource["displayTimestamp"]);
	const at = asTime(resource["timelinePosition"]) ?? shown;
	if (id === null || at === null) return null;
	const direction = directionOf(resource);
	if (direction === null) return { kind: "event", id, at, text: eventText(resource) };
	const flags = Array.isArray(resource["flags"]) ? resource["flags"] : [];
	return {
		kind: "message",
		id,
		direction,
		text: textIn(resource, "body") ?? "",
		at,
		shownAt: shown ?? at,
		state: textIn(resource, "deliveryState"),
		conversation: relatedIn(resource, "conversation")?.link ?? null,
		sender: relatedIn(resource, "sender"),
		files: membersOf(resource["attachments"]).filter(isFile).map(readFile),
		words: textIn(resource, "friendlyStateDescription"),
		retryAllowed: flagIn(resource, "retryAllowed") === true,
		retry: linkIn(resource, "retry"),
		eventAt: asTime(resource["latestEventAt"]),
		flags: flags.flatMap((flag: unknown) => asText(flag) ?? []),
		source: textIn(resource, "source"),
		channel: textIn(resource, "channel"),
	};
}

export function readMessage(value: unknown): WireMessage | null {
	const resource = asResource(value);
	const item = resource === null ? null : readItem(resource);
	return item?.kind === "message" ? item : null;
}

/** Both spellings (row 8); null: it is no message. */
function directionOf(resource: Resource): WireMessage["direction"] | null {
	const type = textIn(resource, "@type");
	const direction = textIn(resource, "direction") ?? "";
	if (type !== null && type !== "Message") return null;
	return Object.hasOwn(directions, direction) ? (directions[direction] ?? null) : null;
}

/** Unknown resources may stand in any list. */
function isFile(resource: Resource): boolean {
	return textIn(resource, "contentType") !== null || linkIn(resource, "url") !== null;
}

/** What an event says of itself, else its type in words: "ConversationEvent" is "Conversation event". */
function eventText(resource: Resource): string {
	for (const name of ["friendlyDescription", "description", "title", "body", "message"]) {
		const text = textIn(resource, name);
		if (text !== null) return text;
	}
	const words = (textIn(resource, "@type") ?? "Event").replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ");
	return words.slice(0, 1) + words.slice(1).toLowerCase();
}

/** Members of a conversation that hold the path of an action, or null (sheet, 2 and 8). */
export const conversationLinks = [
	"closeConversation",
	"reopenConversation",
	"readConversation",
	"unreadConversation",
	"starConversation",
	"unstarConversation",
	"blockConversation",
	"unblockConversation",
] as const;
export type ConversationLink = (typeof conversationLinks)[number];

/** A conversation (sheet, 7.1). */
export interface WireConversation {
	readonly id: string;
	/** Of its account. */
	readonly slug: string;
	/** Of the other side. */
	readonly number: string;
	/** The account's own number in it, E.164 and as people write it; null: not told in this place. */
	readonly ownNumber: string | null;
	readonly ownFormatted: string | null;
	readonly state: string;
	readonly blocked: boolean;
	readonly unsubscribed: boolean;
	/** Of this agent; null: not told in this place. */
	readonly info: {
		readonly read: boolean | null;
		readonly readTo: EpochMs | null;
		readonly starred: boolean | null;
	} | null;
	readonly assignedContact: Related | null;
	readonly associatedContacts: Related | null;
	readonly links: Readonly<Record<ConversationLink, string | null>>;
	readonly timeline: string;
	readonly assignContact: string | null;
	/** Null: nothing was said yet, or what was is no message. */
	readonly latest: WireMessage | null;
}

/** `slug`: of the account that was asked, where the resource does not say. */
export function readConversation(value: unknown, slug: string | null): WireConversation | null {
	const resource = asResource(value);
	const id = resource === null ? null : textIn(resource, "id");
	const number = resource === null ? null : textIn(resource, "phoneNumber");
	if (resource === null || id === null || number === null || number.includes(",")) return null;
	const account = relatedIn(resource, "account");
	const ownSlug = account?.link == null ? slug : lastSegment(account.link);
	if (ownSlug === null || ownSlug === "") return null;
	const info = relatedIn(resource, "requestingUserInfo")?.embedded ?? null;
	const links = conversationLinks.map((name) => [name, linkIn(resource, name)] as const);
	const state = textIn(resource, "currentState") ?? "open";
	return {
		id,
		slug: ownSlug,
		number,
		ownNumber: textIn(resource, "accountPhoneNumber"),
		ownFormatted: textIn(resource, "formattedAccountPhoneNumber"),
		state,
		blocked: flagIn(resource, "blocked") === true || state === "blocked",
		unsubscribed: flagIn(resource, "unsubscribed") === true,
		info:
			info === null
				? null
				: {
						read: flagIn(info, "read"),
						readTo: asTime(info["readToTimelinePosition"]),
						starred: flagIn(info, "starred"),
					},
		assignedContact: relatedIn(resource, "assignedContact"),
		associatedContacts: relatedIn(resource, "associatedContacts"),
		links: Object.fromEntries(links) as WireConversation["links"],
		timeline: linkIn(resource, "timeline") ?? `${id}/timeline`,
		assignContact: linkIn(resource, "assignContact"),
		latest: readMessage(resource["latestPreviewableItem"]),
	};
}

/** The owner of the token (sheet, 5). */
export interface WireUser {
	readonly id: string;
	readonly name: string | null;
	readonly email: string | null;
	/** Path of this user's saved replies. */
	readonly savedReplies: string;
}

export function readUser(value: unknown): WireUser | null {
	const resource = asResource(value);
	const id = resource === null ? null : textIn(resource, "id");
	if (resource === null || id === null || !id.startsWith("/users/")) return null;
	const whole = [textIn(resource, "firstName"), textIn(resource, "lastName")].filter(
		(part) => part !== null,
	);
	return {
		id,
		name: textIn(resource, "name") ?? (whole.length === 0 ? null : whole.join(" ")),
		email: textIn(resource, "email"),
		savedReplies: linkIn(resource, "savedReplies") ?? `${id}/saved_replies`,
	};
}
