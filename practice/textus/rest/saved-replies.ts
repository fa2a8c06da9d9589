import { isJsonObject, type JsonObject, textField } from "../../server/json.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import { savedReplyResource } from "../resources/saved-reply.ts";
import { type SavedReplyFile, savedReplyKey } from "../saved-replies.ts";
import type { Call, Handler } from "../site.ts";
import { answerPage, withQuery } from "./pages.ts";

/** `GET /users/:user/saved_replies{?filter,q}` (sheet, 11). */
export const listSavedReplies: Handler = (call) => {
	const { site, user, query } = call;
	requireSelf(call);
	const filter = query.get("filter") ?? "all";
	if (filter !== "all" && filter !== "mine") throw invalid("Filter is invalid");
	const { savedReplySearch } = site.switches;
	const q = savedReplySearch === "query" ? "" : (query.get("q") ?? "");
	const words = savedReplySearch === "q" ? "" : (query.get("query") ?? "");
	return answerPage(
		call,
		"SavedReplyCollection",
		{
			address: withQuery(`/users/${user.id}/saved_replies`, {
				filter: query.get("filter") ?? "",
				q,
				query: words,
			}),
			items: site.savedReplies.visibleTo(user, filter, q === "" ? words : q),
			keyOf: savedReplyKey,
			descending: false,
		},
		(reply) => savedReplyResource(call, reply),
	);
};

/** `POST /users/:user/saved_replies`. */
export const createSavedReply: Handler = (call) => {
	requireSelf(call);
	const reply = call.site.savedReplies.add(call.user, fieldsOf(call));
	return { status: 201, value: savedReplyResource(call, reply) };
};

/** `PUT /saved_replies/:id`, by its owner. */
export const changeSavedReply: Handler = (call) => {
	const reply = call.site.savedReplies.find(call.parameters[0] ?? "");
	if (reply === null) throw notFound();
	if (reply.owner !== call.user) throw new Refusal(403, "You may not change this saved reply");
	Object.assign(reply, fieldsOf(call));
	return { status: 200, value: savedReplyResource(call, reply) };
};

function requireSelf({ user, parameters }: Call): void {
	if (parameters[0] !== user.id) throw new Refusal(403, "You may not see these saved replies");
}

function fieldsOf({ body, site }: Call): { title: string; content: string; files: SavedReplyFile[] } {
	const fields = body["saved_reply"];
	if (!isJsonObject(fields)) throw invalid("Saved reply can't be blank");
	const title = textField(fields, "title");
	const content = textField(fields, "content");
	if (title === undefined || content === undefined) throw invalid("Title and content can't be blank");
	const attachments = fields["attachments"] ?? [];
	if (!Array.isArray(attachments)) throw invalid("Attachments is invalid");
	const files = (attachments as readonly unknown[]).map((one) => {
		if (!isJsonObject(one)) throw invalid("Attachments is invalid");
		return fileOf(one, site.ids.next());
	});
	return { title, content, files };
}

/** A file that was uploaded before, by a way that is not documented. */
function fileOf(source: JsonObject, id: string): SavedReplyFile {
	const key = textField(source, "key");
	const contentType = textField(source, "contentType");
	if (key === undefined || contentType === undefined) throw invalid("Attachments key can't be blank");
	return {
		id,
		key,
		contentType,
		size: numberField(source, "size") ?? 0,
		width: numberField(source, "width"),
		height: numberField(source, "height"),
		originalFilename: textField(source, "originalFilename") ?? null,
		file: null,
	};
}

function numberField(source: JsonObject, key: string): number | null {
	const value = source[key];
	return typeof value === "number" ? value : null;
}
