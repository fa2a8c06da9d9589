import { type JsonObject, textField } from "../../server/json.ts";
import { type Conversation, latestPosition } from "../conversations.ts";
import { iso } from "../identity.ts";
import type { TimelineItem } from "../messages.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import { resource, wholeCollection } from "../resources/basics.ts";
import { associatedContacts, conversationResource, userInfoResource } from "../resources/conversation.ts";
import { timelineResource } from "../resources/message.ts";
import { userResource } from "../resources/user.ts";
import type { Call, Handler, Outcome } from "../site.ts";
import type { InferredAction } from "../switches.ts";
import { accountOf, contactOf, conversationOf } from "./access.ts";
import { answerPage } from "./pages.ts";

/** `GET /conversations/:id`. */
export const showConversation: Handler = (call) => shown(call, conversationOf(call));

/** `GET /:account/conversations/:phone_number`: the newest with the number. */
export const findConversation: Handler = (call) => {
	const { site, parameters } = call;
	const conversation = site.conversations.latest(accountOf(call), parameters[1] ?? "");
	if (conversation !== null) return shown(call, conversation);
	if (site.switches.missingConversation === 204) return { status: 204 };
	throw new Refusal(site.switches.missingConversation, "Not Found");
};

/** `GET /contacts/:contact/conversations`. */
export const conversationsOfContact: Handler = (call) => {
	const contact = contactOf(call);
	const numbers = contact.phones.map(({ number }) => number);
	const keyOf = (one: Conversation): string => `${iso(latestPosition(one))}|${one.id}`;
	return answerPage(
		call,
		"ConversationCollection",
		{
			address: `/contacts/${contact.id}/conversations`,
			items: call.site.conversations.all
				.filter((one) => one.account === contact.account && numbers.includes(one.number))
				.sort((left, right) => (keyOf(left) > keyOf(right) ? -1 : 1)),
			keyOf,
			descending: true,
		},
		(conversation) => conversationResource(call, conversation, "withAccount"),
	);
};

/** `GET /conversations/:id/timeline`, newest first (sheet, 9.1). */
export const showTimeline: Handler = (call) => {
	const { eventType, scheduledShown } = call.site.switches;
	const conversation = conversationOf(call);
	const id = `/conversations/${conversation.id}/timeline`;
	const keyOf = (item: TimelineItem): string => `${iso(item.position)}|${item.id}`;
	const items = conversation.items.filter((item) =>
		item.kind === "event" ? eventType !== null : scheduledShown || item.state !== "scheduled",
	);
	return answerPage(
		call,
		"Timeline",
		{
			address: id,
			items: items.sort((left, right) => (keyOf(left) > keyOf(right) ? -1 : 1)),
			keyOf,
			descending: true,
		},
		(item) => timelineResource(call, item),
		{ latestPosition: iso(latestPosition(conversation)) },
	);
};

/** Resources that belong to one conversation. */
export const showPart: Handler = (call) => {
	const conversation = conversationOf(call);
	const id = `/conversations/${conversation.id}`;
	const part = call.parameters[1] ?? "";
	return { status: 200, value: partOf(call, conversation, id, part) };
};

function partOf(call: Call, conversation: Conversation, id: string, part: string): JsonObject {
	const users = (of: Iterable<typeof call.user>): JsonObject =>
		wholeCollection(
			call,
			`${id}/${part}`,
			[...of].map((user) => userResource(call, user)),
		);
	switch (part) {
		case "user_info":
			return userInfoResource(call, conversation);
		case "associated_contacts":
			return associatedContacts(call, conversation);
		case "participants":
			return users(
				new Set(
					conversation.items.flatMap((item) =>
						item.kind === "message" && item.sender !== null ? [item.sender] : [],
					),
				),
			);
		case "assignments":
			return users(conversation.assignees);
		case "stats":
			// What the statistics hold is not documented.
			return resource(call, "ConversationStats", `${id}/stats`, {});
		default:
			throw notFound();
	}
}

/** `PUT` and `DELETE /conversations/:id/:action` (sheet, 8). */
export const act: Handler = (call) => {
	const conversation = conversationOf(call);
	const { conversations, optOuts, switches } = call.site;
	const [, action = "", method = ""] = call.parameters;
	const inferred = (name: InferredAction): void => {
		const status = switches.refusedActions[name];
		if (status !== undefined) throw new Refusal(status, "This action is not available");
	};
	switch (`${method} ${action}`) {
		case "PUT read":
			conversations.setRead(conversation, call.user, true);
			break;
		case "DELETE read":
			inferred("unread");
			conversations.setRead(conversation, call.user, false);
			break;
		case "PUT close":
			inferred("close");
			conversations.close(conversation, call.user);
			break;
		case "PUT reopen":
			inferred("reopen");
			conversations.reopen(conversation, call.user);
			break;
		case "PUT star":
		case "DELETE star":
			inferred("star");
			conversations.setStarred(conversation, call.user, method === "PUT");
			break;
		case "PUT block":
		case "DELETE block":
			conversations.setBlocked(conversation, call.user, method === "PUT");
			break;
		case "PUT subscribe":
			inferred("subscribe");
			optOuts.remove(conversation.account, conversation.number);
			break;
		case "DELETE subscribe":
			inferred("subscribe");
			optOuts.add(conversation.account, conversation.number, call.user);
			break;
		case "PUT assign_contact":
			assignContact(call, conversation);
			break;
		default:
			throw new Refusal(405, "Method Not Allowed");
	}
	return { status: 200, value: conversationResource(call, conversation, "item") };
};

function assignContact(call: Call, conversation: Conversation): void {
	const path = textField(call.body, "assigned_contact") ?? "";
	if (!path.startsWith("/contacts/")) throw invalid("Assigned contact is invalid");
	const contact = contactOf(call, path.slice("/contacts/".length));
	if (contact.account !== conversation.account) throw invalid("Assigned contact is of another account");
	call.site.conversations.setContact(conversation, contact);
}

function shown(call: Call, conversation: Conversation): Outcome {
	return { status: 200, value: conversationResource(call, conversation, "alone") };
}
