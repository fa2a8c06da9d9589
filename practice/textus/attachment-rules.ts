import type { Files } from "./files.ts";
import type { TextusSwitches } from "./switches.ts";

/** An attachment of a message to send (sheet, 10.1). */
export interface AttachmentRequest {
	readonly url: string;
	readonly contentType: string;
}

/** Types that may be attached, with the other names they go by (sheet, 10.2). */
const contentTypes = new Set([
	"image/png",
	"image/jpeg",
	"image/gif",
	"application/rtf",
	"text/rtf",
	"application/pdf",
	"text/calendar",
	"text/vcard",
	"text/x-vcard",
]);

/**
 * What is wrong with an attachment, in words; null: nothing. The simulator fetches nothing, so
 * it knows sizes only of files that it serves itself.
 */
export function attachmentProblem(
	{ url, contentType }: AttachmentRequest,
	{ files, switches, isOwn }: { files: Files; switches: TextusSwitches; isOwn: (url: string) => boolean },
): string | null {
	if (!contentTypes.has(contentType)) return "Attachments content type is not supported";
	const own = isOwn(url);
	if (!own && URL.parse(url)?.protocol !== "https:")
		return "Attachments media url must be a public https URL";
	const file = files.at(url);
	if (own && file === null) return "Attachments media url could not be fetched";
	if (own && file !== null && file.size >= switches.attachmentLimitBytes)
		return "Attachments must be smaller than 525 KB";
	return null;
}
