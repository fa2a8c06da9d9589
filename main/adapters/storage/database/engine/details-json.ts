import type { AppError } from "../../../../../shared/errors.ts";
import { asAttachmentId } from "../../../../../shared/ids.ts";
import type { Attachment, MessageDetails } from "../../../../../shared/model.ts";

/** What a message has besides its text, and what is known of a file, as JSON. */

/** Nothing that the model does not name. */
export function plainDetails(details: MessageDetails): MessageDetails {
	return {
		attachments: details.attachments.map(plainAttachment),
		sender: details.sender,
		deliveryWords: details.deliveryWords,
		scheduledAt: details.scheduledAt,
		savedReply: details.savedReply,
	};
}

export function plainAttachment(attachment: Attachment): Attachment {
	const { id, type, name, bytes, width, height, state, problem } = attachment;
	return { id, type, name, bytes, width, height, state, problem };
}

/** What can be read of it; null: there is none, or nothing of it can be read. */
export function detailsOf(json: string | null): MessageDetails | null {
	const value = objectOf(json);
	if (value === null || !Array.isArray(value["attachments"])) return null;
	return {
		attachments: (value["attachments"] as readonly unknown[]).flatMap((one) => attachmentOf(one) ?? []),
		sender: textOf(value["sender"]),
		deliveryWords: textOf(value["deliveryWords"]),
		scheduledAt: numberOf(value["scheduledAt"]),
		savedReply: textOf(value["savedReply"]),
	};
}

/** Of a file's own row. What is damaged is said anew from what else the row says: its bytes must not be lost. */
export function attachmentOfRow(row: {
	readonly id: string;
	readonly attachment: string;
	readonly ref: string | null;
	readonly here: boolean;
}): Attachment {
	const read = attachmentOf(objectOf(row.attachment));
	if (read?.id === row.id) return read;
	return {
		id: asAttachmentId(row.id),
		type: "application/octet-stream",
		name: null,
		bytes: null,
		width: null,
		height: null,
		state: row.here ? "file" : row.ref === null ? "gone" : "there",
		problem: null,
	};
}

const states: readonly unknown[] = ["there", "here", "file", "gone"] satisfies Attachment["state"][];

function attachmentOf(value: unknown): Attachment | null {
	if (typeof value !== "object" || value === null) return null;
	const { id, type, name, bytes, width, height, state, problem } = value as Readonly<
		Record<keyof Attachment, unknown>
	>;
	if (typeof id !== "string" || !states.includes(state)) return null;
	return {
		id: asAttachmentId(id),
		type: textOf(type) ?? "application/octet-stream",
		name: textOf(name),
		bytes: numberOf(bytes),
		width: numberOf(width),
		height: numberOf(height),
		state: state as Attachment["state"],
		problem: isProblem(problem) ? problem : null,
	};
}

function objectOf(json: string | null): Readonly<Record<string, unknown>> | null {
	try {
		const value = JSON.parse(json ?? "null") as unknown;
		return typeof value === "object" ? (value as Readonly<Record<string, unknown>> | null) : null;
	} catch {
		return null;
	}
}

function textOf(value: unknown): string | null {
	return typeof value === "string" ? value : null;
}

function numberOf(value: unknown): number | null {
	return typeof value === "number" ? value : null;
}

function isProblem(value: unknown): value is AppError {
	return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}
