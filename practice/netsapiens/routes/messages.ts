import type { WebReply } from "../../server/web-front.ts";
import { listReply, orderedPage, wireReply } from "../lists.ts";
import { accepted, NoRoute } from "../refusal.ts";
import { readSendRequest } from "../send-request.ts";
import type { Route, UserCall } from "../site.ts";
import { ownSession } from "./sessions.ts";

function read(call: UserCall): WebReply {
	const { site, user } = call;
	const { conversation, row } = ownSession(call);
	const now = site.clock.now();
	const newestFirst = conversation.messages
		.slice(row.since)
		.filter(({ visibleFrom }) => visibleFrom <= now)
		.reverse();
	const listed = newestFirst.flatMap((message) => Array.from({ length: message.copies }, () => message));
	const rows = orderedPage(listed, site.switches.messageOrder, call);
	return listReply(
		rows.map((message) => site.wire.message(conversation, message, user)),
		site,
	);
}

function send(call: UserCall, sessionId: string | null): ReturnType<UserCall["site"]["exchange"]["accept"]> {
	const { body, request, site, user } = call;
	const userAgent = request.headers["user-agent"] ?? "";
	return site.exchange.accept(user, sessionId, readSendRequest(body, site.switches), userAgent);
}

function sendInSession(call: UserCall): WebReply {
	send(call, call.parameters["session"] ?? "");
	return accepted();
}

function startSession(call: UserCall): WebReply {
	const { site, user } = call;
	const answer = site.switches.startSession;
	if (answer === "missing") throw new NoRoute();
	const [first] = send(call, null);
	if (answer === "200message" && first !== undefined) {
		return wireReply(site.wire.message(first.conversation, first.message, user));
	}
	return accepted(answer === "202accepted" ? 202 : 200);
}

const base = "/domains/:domain/users/:user";

/** Operations 2, 4 and 5 of the sheet's section 3. */
export const messageRoutes: readonly Route[] = [
	{
		method: "POST",
		path: `${base}/messages`,
		needs: "user",
		model: "message",
		since45: true,
		handle: startSession,
	},
	{
		method: "GET",
		path: `${base}/messagesessions/:session/messages`,
		needs: "user",
		model: "message",
		list: true,
		handle: read,
	},
	{
		method: "POST",
		path: `${base}/messagesessions/:session/messages`,
		needs: "user",
		model: "message",
		handle: sendInSession,
	},
];
