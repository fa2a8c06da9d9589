import type { JsonObject } from "../../server/json.ts";
import { iso } from "../identity.ts";
import {
	friendlyState,
	isRetryable,
	type Message,
	type MessageAttachment,
	type TimelineItem,
} from "../messages.ts";
import type { TextusSwitches } from "../switches.ts";
import { actionLink, related, resource, type Viewer, wholeCollection } from "./basics.ts";
import { userResource } from "./user.ts";

/** `Message` (sheet, 9.2). */
export function messageResource(viewer: Viewer, message: Message): JsonObject {
	const { switches } = viewer.site;
	const { sender, conversation } = message;
	const id = `/messages/${message.id}`;
	const retryable = isRetryable(message, switches.failedRetryable);
	return resource(viewer, "Message", id, {
		direction: direction(message, switches),
		body: message.body,
		formattedBody: `<div>${switches.formattedBody === "raw" ? message.body : escaped(message.body)}</div>`,
		displayTimestamp: iso(message.shownAt),
		timelinePosition: iso(message.position),
		deliveryState: message.state,
		conversation: `/conversations/${conversation.id}`,
		sender:
			sender === null
				? null
				: related(viewer, "link", `/users/${sender.id}`, () => userResource(viewer, sender)),
		attachments: attachmentCollection(viewer, message),
		friendlyStateDescription: switches.friendlyState === "text" ? friendlyState(message) : null,
		retryAllowed: retryable && switches.retryOffer !== "linkOnly",
		...actionLink(viewer, "retry", `${id}/retry`, retryable && switches.retryOffer !== "flagOnly"),
		latestEventAt: iso(message.latestEventAt),
		flags: message.flags,
		source: message.source,
		...(switches.channelMembers
			? {
					channel: conversation.channel,
					whatsAppTemplate: null,
					engagementScore: null,
					engagementTemperature: null,
				}
			: {}),
	});
}

/** The attachments of a message, always embedded (sheet, 9.2). */
export function attachmentCollection(viewer: Viewer, message: Message): JsonObject {
	return wholeCollection(
		viewer,
		`/messages/${message.id}/attachments`,
		message.attachments.map((attachment) => attachmentResource(viewer, attachment)),
	);
}

/** A message or an event of a type that no documentation names. */
export function timelineResource(viewer: Viewer, item: TimelineItem): JsonObject {
	if (item.kind === "message") return messageResource(viewer, item);
	return resource(viewer, viewer.site.switches.eventType ?? "Event", `/timeline_events/${item.id}`, {
		displayTimestamp: iso(item.position),
		timelinePosition: iso(item.position),
		user: item.user === null ? null : `/users/${item.user.id}`,
		description: item.what,
	});
}

function attachmentResource(viewer: Viewer, { id, contentType, file, url }: MessageAttachment): JsonObject {
	const { files } = viewer.site;
	return resource(viewer, "Attachment", `/attachments/${id}`, {
		url: file === null ? url : files.url(file),
		downloadUrl: file === null ? url : files.url(file, true),
		key: file?.key ?? null,
		contentType,
		size: file?.size ?? null,
		width: file?.width ?? null,
		height: file?.height ?? null,
		originalFilename: file?.originalFilename ?? null,
	});
}

function direction(message: Message, switches: TextusSwitches): string {
	const ending = switches.direction === "long" ? "going" : "";
	if (message.direction === "out") return `out${ending}`;
	return switches.direction === "long" ? "incoming" : "in";
}

function escaped(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}
