import { isPlainUser } from "../company.ts";
import { ServiceFailure, unreadable } from "../failure.ts";
import type { Message } from "../messages.ts";
import { type Dto, listContract, plainContract } from "../wire/contract.ts";
import { isDay, readDate } from "../wire/dates.ts";
import { listResponse } from "./lists.ts";
import { messageInfo, messageInfoContract } from "./message-info.ts";
import { accountIdsOf, type Call, type Operation, type Route, userOf } from "./operation.ts";
import { sendMessage } from "./send.ts";

/** `GET /messages` (sheet, 5.3). */
const listMessages: Operation = {
	name: "ListMessages",
	access: "signedIn",
	response: listContract(messageInfoContract, "CeNIv4MU"),
	run: (call) => {
		const { site, parameters } = call;
		const conversations = parameters.list("conversationIds");
		const found = visibleMessages(call).filter(
			(message) =>
				conversations.length === 0 ||
				(site.switches.conversationIds !== "useless" &&
					conversations.some((id) => site.messages.isConversation(id, message))),
		);
		const after = afterFilter(call);
		const rows = ordered(
			found.filter(({ at }) => after(at)),
			call,
		).flatMap((message) =>
			Array.from({ length: site.switches.rowCopies }, () => messageInfo(site, message)),
		);
		const response = listResponse(call, rows);
		const shown = new Set((response["items"] as readonly Dto[]).map(({ id }) => id));
		for (const message of found) if (shown.has(message.id)) message.isUnread = false;
		return response;
	},
};

const conversationInfo = plainContract("ConversationInfo", "Voice.Api.Messaging", {
	id: "value",
	endpointId: "value",
	otherAddress: "value",
	mostRecentMessage: { one: messageInfoContract },
});

/** The response type of `ListConversations`, and its items for the portal's page. */
export const conversationsContract = plainContract("ListConversationsResponse", "Voice.Api.Messaging", {
	conversations: { list: conversationInfo },
});

/** `GET /conversations` (sheet, 6): not paged. */
const listConversations: Operation = {
	name: "ListConversations",
	access: "signedIn",
	response: conversationsContract,
	run: (call) => {
		const { site } = call;
		const latest = new Map<string, Message>();
		for (const message of visibleMessages(call))
			latest.set(site.messages.conversationOf(message).id, message);
		const after = afterFilter(call);
		const found = ordered(
			[...latest.values()].filter(({ at }) => after(at)),
			call,
		);
		return {
			conversations: found.map((message) => ({
				id: site.messages.shownId(site.messages.conversationOf(message)),
				endpointId: message.endpoint.id,
				otherAddress: message.otherAddress,
				mostRecentMessage: messageInfo(site, message),
			})),
		};
	},
};

/** Messages that the user may see and that fit the filters both lists have. */
function visibleMessages(call: Call): Message[] {
	const { site, parameters } = call;
	const user = userOf(call);
	const accounts = accountIdsOf(call);
	const endpoints = parameters.list("endpointIds");
	const customers = parameters.list("customerIds");
	const ownOnly = site.switches.userSees === "ownEndpoints" && isPlainUser(user);
	return site.messages.listed.filter(
		({ endpoint }) =>
			accounts.has(endpoint.accountId) &&
			(endpoints.length === 0 || endpoints.includes(endpoint.id)) &&
			(customers.length === 0 || customers.includes(endpoint.customerId ?? "")) &&
			(!ownOnly || user.ownEndpointIds.includes(endpoint.id)),
	);
}

/** `afterDate` as a filter; an unreadable one is a 400 (Q2). */
function afterFilter({ site, parameters }: Call): (at: number) => boolean {
	const text = parameters.text("afterDate");
	if (text === "") return () => true;
	const date = readDate(text);
	if (date === null || (site.switches.afterDateFormat === "dateOnly" && !isDay(text)))
		throw unreadable(`String '${text}' was not recognized as a valid DateTime.`);
	return site.switches.afterDateInclusive ? (at) => at >= date : (at) => at > date;
}

/** By the sort parameters, or as the switch says (Q3). */
function ordered(messages: readonly Message[], { site, parameters }: Call): Message[] {
	const field = parameters.text("sortField").toLowerCase();
	if (field !== "" && field !== "date")
		throw new ServiceFailure(400, "ArgumentException", `'${field}' is not a sortable field`);
	const asked = parameters.text("sortOrder").toLowerCase() === "descend" ? "descending" : "ascending";
	switch (field === "date" ? asked : site.switches.messageOrder) {
		case "ascending":
			return [...messages];
		case "descending":
			return [...messages].reverse();
		case "unsorted":
			// Ids are random, so this is any order, yet the same on every page.
			return [...messages].sort((left, right) => (left.id < right.id ? -1 : 1));
	}
}

/** Routes of the sheet, 5 and 6. Every verb but GET on `/messages` sends (5.2). */
export const messageRoutes: readonly Route[] = [
	{ method: "GET", path: "/messages", operation: listMessages },
	{ method: "ANY", path: "/messages", operation: sendMessage },
	{ method: "POST", path: "/sessions/{sessionId}/messages", operation: sendMessage },
	{ method: "GET", path: "/conversations", operation: listConversations },
];
