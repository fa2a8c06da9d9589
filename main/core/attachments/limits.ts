import { type AppError, appError } from "../../../shared/errors.ts";
import type { Attachment, AttachmentLimits } from "../../../shared/model.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What may be attached in this conversation, or why nothing may. */
export function limitsOf({ thread }: ConversationRecord): AttachmentLimits | AppError {
	return thread?.attachments ?? appError("attachment.notOffered");
}

export function isRefusal(limits: AttachmentLimits | AppError): limits is AppError {
	return "code" in limits;
}

/** Why these files cannot go with one message; null: they can. Sizes that are not known count nothing. */
export function filesRefusal(files: readonly Attachment[], limits: AttachmentLimits): AppError | null {
	if (files.length > limits.mostFiles) return appError("attachment.tooMany");
	if (files.some(({ type }) => !limits.types.includes(type))) return appError("attachment.type");
	const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
	return bytes > limits.mostBytes ? appError("attachment.tooLarge") : null;
}
