import { isJsonObject, type JsonObject } from "../../server/json.ts";
import type { WebReply } from "../../server/web-front.ts";
import { uidOf } from "../company.ts";
import { type Conversation, lastAt, removeRow, type Row } from "../conversations.ts";
import { listReply, orderedPage } from "../lists.ts";
import { accepted, badRequest, noSuchUser, permissionDenied, recordNotFound } from "../refusal.ts";
import type { Call, Route, UserCall } from "../site.ts";

type Listed = { readonly conversation: Conversation; readonly row: Row };

function sessionsReply(call: Call, listed: readonly Listed[]): WebReply {
	const { site } = call;
	const newestFirst = [...listed].sort(
		(left, right) => lastAt(right.conversation) - lastAt(left.conversation),
	);
	const rows = orderedPage(newestFirst, site.switches.sessionOrder, call);
	return listReply(
		rows.map(({ conversation, row }) => site.wire.session(conversation, row)),
		site,
	);
}

/** The session in the path, with the user's row; 404 when the user has none. */
export function ownSession({ site, domain, user, parameters }: UserCall): Listed {
	const conversation = site.conversations.find(domain, parameters["session"] ?? "");
	const row = conversation?.rows.get(uidOf(user));
	if (conversation === undefined || row === undefined) throw recordNotFound();
	return { conversation, row };
}

/** PUT: participants, name, or read state (sheet, 3.5 and 3.7). */
function update(call: UserCall): WebReply {
	const { conversation, row } = ownSession(call);
	const { body, site } = call;
	if (!isJsonObject(body)) throw badRequest("a JSON object is expected");
	const changes = [
		body["participants"] === undefined ? null : changeParticipants(call, conversation, body),
		body["session-name"] === undefined ? null : rename(call, conversation, body),
		body["messagesession-last-status"] === undefined ? null : mark(call, row, body),
	].filter((change) => change !== null);
	if (changes.length === 0) throw badRequest("nothing to update");
	for (const change of changes) site.effects.later(change);
	return accepted();
}

function changeParticipants(call: UserCall, conversation: Conversation, body: JsonObject): () => void {
	const { domain, site, user } = call;
	if (conversation.kind === "sms") throw badRequest("participants of an SMS session cannot change");
	const text = body["participants"];
	if (typeof text !== "string" || text === "") throw badRequest("participants is a text of uids");
	const wanted = [...new Set(text.split(",").map((uid) => uid.trim()))];
	for (const uid of wanted) {
		if (!uid.includes("@")) throw badRequest("participants are uids, user@domain");
		if (site.company.find(uid)?.domain !== domain) throw noSuchUser(uid.split("@")[0] ?? uid, domain);
	}
	if (!wanted.includes(uidOf(user))) throw badRequest("participants include the user itself");
	return () => {
		const before = conversation.members;
		const added = wanted.filter((uid) => !before.includes(uid));
		const removed = before.filter((uid) => !wanted.includes(uid));
		conversation.members = wanted;
		if (wanted.length > 2) conversation.kind = "group-chat";
		// The last thing that somebody hears of a group is the own removal, through the row going away.
		for (const uid of removed) removeRow(conversation, uid);
		if (added.length > 0) {
			site.exchange.say(user, conversation, { type: "chat-participant-add", text: added.join(",") });
		}
		if (removed.length > 0) {
			site.exchange.say(user, conversation, {
				type: "chat-participant-remove",
				text: removed.join(","),
			});
		}
	};
}

function rename(call: UserCall, conversation: Conversation, body: JsonObject): () => void {
	const name = body["session-name"];
	if (conversation.kind === "sms") throw badRequest("an SMS session has no name");
	if (typeof name !== "string") throw badRequest("session-name is a text");
	return () => {
		conversation.name = name;
		call.site.exchange.say(call.user, conversation, { type: "chat-name-change", text: name });
	};
}

function mark({ site }: UserCall, row: Row, body: JsonObject): () => void {
	const status = body["messagesession-last-status"];
	if (site.switches.markRead === "refused") throw badRequest("messagesession-last-status is read-only");
	if (status !== "read" && status !== "unread") throw badRequest("messagesession-last-status");
	const works = site.switches.markRead === "works";
	return () => {
		if (works) row.status = status;
	};
}

function leave(call: UserCall): WebReply {
	const { conversation } = ownSession(call);
	const { site, user } = call;
	if (conversation.kind !== "group-chat") throw badRequest("only a group chat can be left");
	site.effects.later(() => {
		site.exchange.say(user, conversation, { type: "chat-participant-leave", text: uidOf(user) });
		conversation.members = conversation.members.filter((uid) => uid !== uidOf(user));
		removeRow(conversation, uidOf(user));
	});
	return accepted();
}

function remove(call: UserCall): WebReply {
	const { conversation } = ownSession(call);
	const { site, user } = call;
	site.effects.later(() => {
		const whose =
			site.switches.deleteScope === "everyone" ? [...conversation.rows.keys()] : [uidOf(user)];
		for (const uid of whose) removeRow(conversation, uid);
	});
	return accepted();
}

const base = "/domains/:domain/users/:user/messagesessions";

/** Operations 1, 3, 3b and 6 to 9 of the sheet's section 3. */
export const sessionRoutes: readonly Route[] = [
	{
		method: "GET",
		path: "/domains/:domain/messagesessions",
		needs: "domain",
		model: "messagesession",
		since45: true,
		list: true,
		handle: (call) => {
			if (call.caller.ownOnly) throw permissionDenied();
			return sessionsReply(call, call.site.conversations.rowsOfDomain(call.domain));
		},
	},
	{
		method: "GET",
		path: base,
		needs: "user",
		model: "messagesession",
		list: true,
		handle: (call) => sessionsReply(call, call.site.conversations.rowsOf(call.user)),
	},
	{
		method: "GET",
		path: `${base}/:session`,
		needs: "user",
		model: "messagesession",
		since45: true,
		list: true,
		handle: (call) => sessionsReply(call, [ownSession(call)]),
	},
	{ method: "PUT", path: `${base}/:session`, needs: "user", model: "messagesession", handle: update },
	{ method: "PUT", path: `${base}/:session/leave`, needs: "user", model: "messagesession", handle: leave },
	{ method: "DELETE", path: `${base}/:session`, needs: "user", model: "messagesession", handle: remove },
];
