import { isJsonObject, type JsonObject, textField } from "../../server/json.ts";
import type { Account } from "../accounts.ts";
import type { AttachmentRequest } from "../attachment-rules.ts";
import { invalid, notFound } from "../refusal.ts";
import { attachmentCollection, messageResource } from "../resources/message.ts";
import type { SavedReply } from "../saved-replies.ts";
import type { SendRequest } from "../sending.ts";
import type { Call, Handler, Outcome } from "../site.ts";
import type { SendReply } from "../switches.ts";
import { accountOf, messageOf } from "./access.ts";

/** `POST /:account/messages` (sheet, 10.1). */
export const send: Handler = (call) => sendFrom(call, accountOf(call), null);

/** `POST /messages`: the account follows from `from` or from a user's `email` (sheet, 10.4). */
export const sendFromNumber: Handler = (call) => {
	const from = textField(call.body, "from");
	const email = textField(call.body, "email");
	if (from !== undefined) {
		const account = call.site.accounts.byNumber(from);
		if (account === null) throw invalid("From is not a number of an account");
		return sendFrom(call, accountOf(call, account.slug), from);
	}
	const user = call.site.users.all.find((candidate) => candidate.email === email);
	const account = user?.memberships[0]?.account;
	if (account === undefined) throw invalid("From or email must be given");
	return sendFrom(call, accountOf(call, account.slug), null);
};

/** `POST /:account/messages/schedule` (sheet, 10.4). */
export const schedule: Handler = (call) => {
	const account = accountOf(call);
	const { body, site } = call;
	const from = textField(body, "from");
	if (from === undefined || !account.phoneNumbers.includes(from))
		throw invalid("From is not a number of the account");
	const at = Date.parse(textField(body, "scheduled_at") ?? "");
	if (Number.isNaN(at)) throw invalid("Scheduled at is invalid");
	if (at <= site.clock.now()) throw invalid("Scheduled at must be in the future");
	const to = textField(body, "to");
	if (to === undefined) throw invalid("To can't be blank");
	const message = site.sending.one({ ...requestOf(call, account, from), to, scheduledAt: at });
	return { status: 201, value: messageResource(call, message) };
};

/** `POST /messages/:message/retry`: 202 without a body (sheet, 10.4). */
export const retry: Handler = (call) => {
	call.site.sending.retry(messageOf(call));
	return { status: 202 };
};

/** `GET /messages/:id`, which is not documented (Q20). */
export const showMessage: Handler = (call) => {
	if (call.site.switches.messageById === 404) throw notFound();
	return { status: 200, value: messageResource(call, messageOf(call)) };
};

/** `GET /messages/:id/attachments`. */
export const listAttachments: Handler = (call) => ({
	status: 200,
	value: attachmentCollection(call, messageOf(call)),
});

function sendFrom(call: Call, account: Account, from: string | null): Outcome {
	const { site } = call;
	const request = requestOf(call, account, from);
	const to = call.body["to"];
	if (typeof to === "string") {
		return replyTo(call, { ...request, to }, site.switches.singleReply);
	}
	if (!Array.isArray(to) || to.length === 0) throw invalid("To can't be blank");
	const numbers = to as readonly unknown[];
	if (!numbers.every((number) => typeof number === "string")) throw invalid("To is invalid");
	const [only, second] = numbers;
	if (only !== undefined && second === undefined) {
		return replyTo(call, { ...request, to: only }, site.switches.arrayOfOneReply);
	}
	site.sending.several(request, numbers);
	return { status: 202 };
}

function replyTo(call: Call, request: SendRequest, usual: SendReply): Outcome {
	const { sending, switches } = call.site;
	const message = sending.one(request);
	const reply = request.savedReply === null ? usual : switches.savedReplyReply;
	switch (reply) {
		case "message":
			return { status: 201, value: messageResource(call, message) };
		case "empty":
			return { status: 201 };
		case "accepted":
			return { status: 202 };
	}
}

function requestOf(call: Call, account: Account, from: string | null): Omit<SendRequest, "to"> {
	const { body, user } = call;
	const text = body["body"] ?? "";
	if (typeof text !== "string") throw invalid("Body is invalid");
	return {
		account,
		user,
		from,
		body: text,
		savedReply: savedReplyOf(call),
		attachment: attachmentOf(body),
		scheduledAt: null,
	};
}

function savedReplyOf({ body, site, user }: Call): SavedReply | null {
	const path = body["saved_reply"];
	if (path === undefined || path === null) return null;
	const prefix = "/saved_replies/";
	const reply =
		typeof path === "string" && path.startsWith(prefix)
			? site.savedReplies.find(path.slice(prefix.length))
			: null;
	if (reply === null || !(reply.owner === user || reply.shared)) throw invalid("Saved reply is invalid");
	return reply;
}

/** At most one (sheet, 10.2). */
function attachmentOf(body: JsonObject): AttachmentRequest | null {
	const attachments = body["attachments"];
	if (attachments === undefined) return null;
	if (!Array.isArray(attachments)) throw invalid("Attachments is invalid");
	const [only, second] = attachments as readonly unknown[];
	if (second !== undefined) throw invalid("Attachments is too long (maximum is 1)");
	if (only === undefined) return null;
	const url = isJsonObject(only) ? textField(only, "media_url") : undefined;
	const contentType = isJsonObject(only) ? textField(only, "content_type") : undefined;
	if (url === undefined) throw invalid("Attachments media url can't be blank");
	if (contentType === undefined) throw invalid("Attachments content type can't be blank");
	return { url, contentType };
}
