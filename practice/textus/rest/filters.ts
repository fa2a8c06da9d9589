import { isJsonObject, type JsonObject } from "../../server/json.ts";
import type { Account } from "../accounts.ts";
import { type Conversation, latestMessage, messagesOf } from "../conversations.ts";
import { iso } from "../identity.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import { link, pagedCollection, resource } from "../resources/basics.ts";
import { conversationResource } from "../resources/conversation.ts";
import type { Call, Handler } from "../site.ts";
import type { Folder, InferredAction } from "../switches.ts";
import { accountOf } from "./access.ts";
import { answerPage, withQuery } from "./pages.ts";

/** `GET /:account/conversation_filters` (sheet, 6). */
export const listFilters: Handler = (call) => {
	const account = accountOf(call);
	const address = `/${account.slug}/conversation_filters`;
	const items = call.site.switches.folders.map((folder) => filterResource(call, account, folder));
	const page = { items, total: items.length, first: address, self: address, next: null, previous: null };
	return { status: 200, value: pagedCollection(call, "ConversationFilterCollection", address, page) };
};

/** `GET /:account/conversation_filters/:filter/conversations{?q}`, newest message first (sheet, 7.1). */
export const listConversations: Handler = (call) => {
	const account = accountOf(call);
	const slug = call.parameters[1] ?? "";
	const q = call.query.get("q") ?? "";
	const found = conversationsIn(call, account, folderOf(call, slug)).filter((one) => mentions(one, q));
	const keyOf = (conversation: Conversation): string => activityKey(conversation);
	return answerPage(
		call,
		"ConversationCollection",
		{
			address: withQuery(`/${account.slug}/conversation_filters/${slug}/conversations`, { q }),
			items: found.sort((left, right) => (keyOf(left) > keyOf(right) ? -1 : 1)),
			keyOf,
			descending: true,
		},
		(conversation) => conversationResource(call, conversation, "item"),
	);
};

/** The batch forms (sheet, 8): accepted with 202, worked off a moment later. */
export const batch: Handler = (call) => {
	const account = accountOf(call);
	const folder = folderOf(call, call.parameters[1] ?? "");
	const work = batchWork(call);
	const chosen = chosenConversations(call, account, folder);
	const { clock, switches } = call.site;
	clock.after(switches.batchDelayMs, () => {
		for (const conversation of chosen) work(conversation);
	});
	return { status: 202 };
};

function batchWork({ site, user, parameters }: Call): (conversation: Conversation) => void {
	const { conversations, switches } = site;
	const [, , action = "", method = ""] = parameters;
	const permit = (inferred: InferredAction): void => {
		const status = switches.refusedActions[inferred];
		if (status !== undefined) throw new Refusal(status, "This action is not available");
	};
	switch (`${method} ${action}`) {
		case "PUT close":
			return (conversation) => conversations.close(conversation, user);
		case "PUT reopen":
			return (conversation) => conversations.reopen(conversation, user);
		case "PUT read":
			return (conversation) => conversations.setRead(conversation, user, true);
		case "DELETE read":
			permit("unread");
			return (conversation) => conversations.setRead(conversation, user, false);
		case "PUT star":
		case "DELETE star":
			permit("star");
			return (conversation) => conversations.setStarred(conversation, user, method === "PUT");
		case "DELETE assign":
			return (conversation) => {
				for (const assignee of [...conversation.assignees])
					conversations.unassign(conversation, assignee);
			};
		default:
			// Whom `PUT assign` names in its body is not documented.
			throw notFound();
	}
}

/** Those of the body, or those of the folder that nothing has happened to since `modified_before`. */
function chosenConversations(call: Call, account: Account, folder: Folder): Conversation[] {
	const listed = call.body["conversations"];
	const all = conversationsIn(call, account, folder);
	if (Array.isArray(listed)) {
		return all.filter(({ id }) => (listed as readonly unknown[]).includes(`/conversations/${id}`));
	}
	const before = Date.parse(call.query.get("modified_before") ?? "");
	if (listed !== undefined || isJsonObject(listed) || Number.isNaN(before))
		throw invalid("Conversations or modified_before must be given");
	return all.filter(({ modifiedAt }) => modifiedAt < before);
}

function filterResource(call: Call, account: Account, folder: Folder): JsonObject {
	const { site, user } = call;
	const id = `/${account.slug}/conversation_filters/${folder.slug}`;
	const inside = conversationsIn(call, account, folder);
	const suffix = `?modified_before=${iso(site.clock.now())}`;
	const batchLink = (action: string): string => link(call, `${id}/conversations/${action}${suffix}`);
	return resource(call, "ConversationFilter", id, {
		slug: folder.slug,
		title: folder.title,
		unreadCount: inside.filter((one) => !site.conversations.info(one, user).read).length,
		totalCount: inside.length,
		closeConversations: batchLink("close"),
		reopenConversations: batchLink("reopen"),
		starConversations: batchLink("star"),
		unstarConversations: batchLink("star"),
		readConversations: batchLink("read"),
		unreadConversations: batchLink("read"),
		assignConversations: batchLink("assign"),
		unassignConversations: batchLink("assign"),
	});
}

/** A listed folder; `all` and `search` can always be asked for. */
function folderOf({ site }: Call, slug: string): Folder {
	const folder = site.switches.folders.find((one) => one.slug === slug);
	if (folder !== undefined) return folder;
	if (slug === "all" || slug === "search") return { slug, title: slug, holds: "everything" };
	throw notFound();
}

function conversationsIn({ site, user }: Call, account: Account, { holds }: Folder): Conversation[] {
	const own = site.conversations.all.filter((one) => one.account === account);
	switch (holds) {
		case "everything":
			return own;
		case "mine":
			return own.filter(({ assignees }) => assignees.has(user));
		case "open":
			return own.filter(({ state, blocked }) => state === "open" && !blocked);
		case "closed":
			return own.filter(({ state }) => state === "closed");
		case "starred":
			return own.filter((one) => site.conversations.info(one, user).starred);
		case "scheduled":
			return own.filter((one) =>
				messagesOf(one).some(({ state, sender }) => state === "scheduled" && sender === user),
			);
	}
}

/** `q` is part of the number or of a text. */
function mentions(conversation: Conversation, q: string): boolean {
	if (q === "") return true;
	const digits = q.replaceAll(/[^\d]/g, "");
	if (digits.length === q.replaceAll(/[\s()+-]/g, "").length && conversation.number.includes(digits))
		return true;
	const wanted = q.toLowerCase();
	return messagesOf(conversation).some(({ body }) => body.toLowerCase().includes(wanted));
}

function activityKey(conversation: Conversation): string {
	const at = latestMessage(conversation)?.position ?? conversation.createdAt;
	return `${iso(at)}|${conversation.id}`;
}
