import { appError, type AppError } from "../../../../shared/errors.ts";
import type { OutgoingFile } from "../../../core/ports/provider.ts";
import { isPublicAddress, sizeRefusal, typeRefusal } from "./attachment-rules.ts";

/** A file as a request names it (sheet, 10.1). */
export interface SentFile {
	readonly media_url: string;
	readonly content_type: string;
}

/** What is wrong with the files of a text, before anything leaves; null: nothing. */
export function filesRefusal(
	files: readonly OutgoingFile[],
	{ server, uploads }: { readonly server: string; readonly uploads: boolean },
): AppError | null {
	const [file] = files;
	if (file === undefined) return null;
	if (files.length > 1) return appError("attachment.tooMany");
	const refused = typeRefusal(file.type);
	if (refused !== null) return refused;
	if (file.kind === "bytes")
		return uploads ? sizeRefusal(file.bytes.length) : appError("attachment.byAddressOnly");
	return isPublicAddress(file.address, server) ? null : appError("attachment.badAddress");
}

/** Request members are snake_case although those of answers are not (sheet, 10.1). */
export function messageBody(message: {
	readonly to: string | readonly string[];
	readonly text: string;
	readonly savedReply: string | null;
	readonly file: SentFile | null;
}): Readonly<Record<string, unknown>> {
	const { to, text, savedReply, file } = message;
	return {
		to,
		// Fields of the system's own are left as they are: it fills them (row 16).
		body: text,
		...(savedReply === null ? {} : { saved_reply: savedReply }),
		...(file === null ? {} : { attachments: [file] }),
	};
}
