import type { JsonObject, JsonValue } from "../../server/json.ts";
import { type Conversation, latestMessage, messagesOf } from "../conversations.ts";
import { iso } from "../identity.ts";
import { formatted } from "../numbers.ts";
import type { InferredAction } from "../switches.ts";
import { accountReference } from "./account.ts";
import { actionLink, link, related, resource, type Viewer, wholeCollection } from "./basics.ts";
import { contactItem } from "./contact.ts";
import { messageResource } from "./message.ts";

/** Where a conversation is shown; the form differs (sheet, 7.1 and 7.2). */
export type ConversationForm = "item" | "alone" | "withAccount";

/** `Conversation` (sheet, 7.1). */
export function conversationResource(
	viewer: Viewer,
	conversation: Conversation,
	form: ConversationForm,
): JsonObject {
	const { switches, optOuts } = viewer.site;
	const { account, number, ownNumber } = conversation;
	const id = `/conversations/${conversation.id}`;
	const alone = form === "alone";
	const latest = latestMessage(conversation);
	return resource(viewer, form === "withAccount" ? "ConversationWithAccount" : "Conversation", id, {
		slug: conversation.id,
		currentState: conversation.blocked ? "blocked" : conversation.state,
		account: related(
			viewer,
			form === "withAccount" ? "embedded" : "link",
			`/accounts/${account.slug}`,
			() => accountReference(viewer, account),
		),
		requestingUserInfo: related(viewer, alone ? "link" : "embedded", `${id}/user_info`, () =>
			userInfoResource(viewer, conversation),
		),
		phoneNumber: number,
		formattedPhoneNumber: formatted(number),
		...(alone || switches.ownNumberInLists
			? { accountPhoneNumber: ownNumber, formattedAccountPhoneNumber: formatted(ownNumber) }
			: {}),
		assignedContact: assignedContact(viewer, conversation),
		associatedContacts: related(viewer, alone ? "embedded" : "link", `${id}/associated_contacts`, () =>
			associatedContacts(viewer, conversation),
		),
		participants: `${id}/participants`,
		assignments: `${id}/assignments`,
		...actions(viewer, conversation),
		timeline: link(viewer, `${id}/timeline`),
		unanswered: latest?.direction === "in",
		unsubscribed: optOuts.find(account, number) !== null,
		blocked: conversation.blocked,
		stats: `${id}/stats`,
		assignContact: link(viewer, `${id}/assign_contact`),
		latestPreviewableItem: latest === null ? null : messageResource(viewer, latest),
		...(form === "withAccount" ? { nextScheduledMessage: nextScheduled(viewer, conversation) } : {}),
	});
}

/** What the user sees of it (sheet, 7.1). */
export function userInfoResource(viewer: Viewer, conversation: Conversation): JsonObject {
	const { user, site } = viewer;
	const { read, readTo, starred } = site.conversations.info(conversation, user);
	return resource(viewer, "ConversationUserInfo", `/conversations/${conversation.id}/user_info`, {
		read,
		readToTimelinePosition: readTo === null ? null : iso(readTo),
		starred,
		assigned: conversation.assignees.has(user),
	});
}

/** The contact cards that have the number. */
export function associatedContacts(viewer: Viewer, conversation: Conversation): JsonObject {
	const { account, number } = conversation;
	return wholeCollection(
		viewer,
		`/conversations/${conversation.id}/associated_contacts`,
		viewer.site.contacts.withNumber(account, number).map((contact) => contactItem(viewer, contact)),
	);
}

function assignedContact(viewer: Viewer, { assignedContact: contact }: Conversation): JsonValue {
	if (contact === null) return null;
	return related(viewer, "embedded", `/contacts/${contact.id}`, () => contactItem(viewer, contact));
}

function actions(viewer: Viewer, conversation: Conversation): Readonly<Record<string, string | null>> {
	const { optOuts, switches } = viewer.site;
	const id = `/conversations/${conversation.id}`;
	const closed = conversation.state === "closed";
	const optedOut = optOuts.find(conversation.account, conversation.number) !== null;
	const inferred = (action: InferredAction, now: boolean): boolean =>
		now && !switches.hiddenActions.includes(action);
	return {
		...actionLink(viewer, "reopenConversation", `${id}/reopen`, inferred("reopen", closed)),
		...actionLink(viewer, "closeConversation", `${id}/close`, inferred("close", !closed)),
		...actionLink(viewer, "readConversation", `${id}/read`, true),
		...actionLink(viewer, "unreadConversation", `${id}/read`, inferred("unread", true)),
		...actionLink(viewer, "starConversation", `${id}/star`, inferred("star", true)),
		...actionLink(viewer, "unstarConversation", `${id}/star`, inferred("star", true)),
		...actionLink(viewer, "blockConversation", `${id}/block`, !conversation.blocked),
		...actionLink(viewer, "unblockConversation", `${id}/block`, conversation.blocked),
		...actionLink(viewer, "subscribeConversation", `${id}/subscribe`, inferred("subscribe", optedOut)),
		...actionLink(viewer, "unsubscribeConversation", `${id}/subscribe`, inferred("subscribe", !optedOut)),
	};
}

function nextScheduled(viewer: Viewer, conversation: Conversation): JsonValue {
	const [next] = messagesOf(conversation)
		.filter(({ state }) => state === "scheduled")
		.sort((left, right) => left.shownAt - right.shownAt);
	return next === undefined ? null : messageResource(viewer, next);
}
