import type { JsonObject } from "../../server/json.ts";
import type { SavedReply } from "../saved-replies.ts";
import { resource, type Viewer, wholeCollection } from "./basics.ts";

/** `SavedReply` (sheet, 11). */
export function savedReplyResource(viewer: Viewer, reply: SavedReply): JsonObject {
	const { files } = viewer.site;
	const id = `/saved_replies/${reply.id}`;
	return resource(viewer, "SavedReply", id, {
		title: reply.title,
		content: reply.content,
		shared: reply.shared,
		user: `/users/${reply.owner.id}`,
		attachments: wholeCollection(
			viewer,
			`${id}/attachments`,
			reply.files.map((one) =>
				resource(viewer, "SavedReplyAttachment", `/attachments/${one.id}`, {
					url: one.file === null ? null : files.url(one.file),
					downloadUrl: one.file === null ? null : files.url(one.file, true),
					key: one.key,
					contentType: one.contentType,
					size: one.size,
					width: one.width,
					height: one.height,
					originalFilename: one.originalFilename,
				}),
			),
		),
	});
}
