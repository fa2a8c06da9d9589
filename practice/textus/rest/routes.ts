import type { Handler } from "../site.ts";
import { listAccounts, showAccount } from "./accounts.ts";
import {
	changeContact,
	contactsOfGroup,
	createContact,
	filterContacts,
	listContactPhones,
	listContacts,
	listGroups,
	showContact,
	showContactPart,
} from "./contacts.ts";
import {
	act,
	conversationsOfContact,
	findConversation,
	showConversation,
	showPart,
	showTimeline,
} from "./conversations.ts";
import { batch, listConversations, listFilters } from "./filters.ts";
import { listAttachments, retry, schedule, send, sendFromNumber, showMessage } from "./messages.ts";
import { createOptOut, listOptOuts, removeOptOut, showOptOut } from "./opt-outs.ts";
import { changeSavedReply, createSavedReply, listSavedReplies } from "./saved-replies.ts";
import { listMemberships, showProfile, showUser } from "./users.ts";

interface Route {
	readonly method: "GET" | "POST" | "PUT" | "DELETE";
	/** `{}` is one variable segment. */
	readonly path: string;
	readonly handler: Handler;
}

/** Paths with a name of their own come before those that begin with the slug of an account. */
const routes: readonly Route[] = [
	{ method: "GET", path: "/profile", handler: showProfile },
	{ method: "GET", path: "/users/{}", handler: showUser },
	{ method: "GET", path: "/users/{}/memberships", handler: listMemberships },
	{ method: "GET", path: "/users/{}/saved_replies", handler: listSavedReplies },
	{ method: "POST", path: "/users/{}/saved_replies", handler: createSavedReply },
	{ method: "PUT", path: "/saved_replies/{}", handler: changeSavedReply },
	{ method: "GET", path: "/accounts", handler: listAccounts },
	{ method: "GET", path: "/accounts/{}", handler: showAccount },
	{ method: "GET", path: "/conversations/{}", handler: showConversation },
	{ method: "GET", path: "/conversations/{}/timeline", handler: showTimeline },
	{ method: "GET", path: "/conversations/{}/{}", handler: showPart },
	{ method: "PUT", path: "/conversations/{}/{}", handler: act },
	{ method: "DELETE", path: "/conversations/{}/{}", handler: act },
	{ method: "POST", path: "/messages", handler: sendFromNumber },
	{ method: "GET", path: "/messages/{}", handler: showMessage },
	{ method: "GET", path: "/messages/{}/attachments", handler: listAttachments },
	{ method: "POST", path: "/messages/{}/retry", handler: retry },
	{ method: "GET", path: "/contacts/{}", handler: showContact },
	{ method: "PUT", path: "/contacts/{}", handler: changeContact },
	{ method: "GET", path: "/contacts/{}/conversations", handler: conversationsOfContact },
	{ method: "GET", path: "/contacts/{}/{}", handler: showContactPart },
	{ method: "GET", path: "/groups/{}/contacts", handler: contactsOfGroup },
	{ method: "GET", path: "/{}/conversation_filters", handler: listFilters },
	{ method: "GET", path: "/{}/conversation_filters/{}/conversations", handler: listConversations },
	{ method: "PUT", path: "/{}/conversation_filters/{}/conversations/{}", handler: batch },
	{ method: "DELETE", path: "/{}/conversation_filters/{}/conversations/{}", handler: batch },
	{ method: "GET", path: "/{}/conversations/{}", handler: findConversation },
	{ method: "POST", path: "/{}/messages", handler: send },
	{ method: "POST", path: "/{}/messages/schedule", handler: schedule },
	{ method: "GET", path: "/{}/contacts", handler: listContacts },
	{ method: "POST", path: "/{}/contacts", handler: createContact },
	{ method: "GET", path: "/{}/contact_filters/{}/contacts", handler: filterContacts },
	{ method: "GET", path: "/{}/contact_phones", handler: listContactPhones },
	{ method: "GET", path: "/{}/group_filters/{}/groups", handler: listGroups },
	{ method: "GET", path: "/{}/opt_outs", handler: listOptOuts },
	{ method: "GET", path: "/{}/opt_outs/{}", handler: showOptOut },
	{ method: "PUT", path: "/{}/opt_outs/{}", handler: createOptOut },
	{ method: "DELETE", path: "/{}/opt_outs/{}", handler: removeOptOut },
];

export interface Found {
	readonly handler: Handler;
	/** The variable segments, decoded, and then the method. */
	readonly parameters: readonly string[];
}

/** What a request leads to; `method`: the path exists with another method. */
export function findRoute(method: string, path: string): Found | "path" | "method" {
	const segments = path.split("/").slice(1);
	let known = false;
	for (const route of routes) {
		const parameters = parametersOf(route.path, segments);
		if (parameters === null) continue;
		known = true;
		if (route.method === method) return { handler: route.handler, parameters: [...parameters, method] };
	}
	return known ? "method" : "path";
}

function parametersOf(pattern: string, segments: readonly string[]): string[] | null {
	const wanted = pattern.split("/").slice(1);
	if (wanted.length !== segments.length) return null;
	const parameters: string[] = [];
	for (const [index, segment] of segments.entries()) {
		if (wanted[index] === "{}") {
			const decoded = decode(segment);
			if (decoded === null) return null;
			parameters.push(decoded);
		} else if (wanted[index] !== segment) return null;
	}
	return parameters;
}

function decode(segment: string): string | null {
	try {
		return decodeURIComponent(segment);
	} catch {
		return null;
	}
}
