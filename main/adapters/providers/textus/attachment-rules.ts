import { appError, type AppError } from "../../../../shared/errors.ts";
import type { AttachmentLimits } from "../../../../shared/model.ts";
import { isLoopback } from "../../../../shared/server-address.ts";

/** "Under 525 KB": 525 000 bytes are refused already (row 14). */
const tooManyBytes = 525_000;

/** Sheet, 10.2; `text/rtf` and `text/x-vcard` are other names of the same. */
const types = [
	"image/png",
	"image/jpeg",
	"image/gif",
	"application/rtf",
	"text/rtf",
	"application/pdf",
	"text/calendar",
	"text/vcard",
	"text/x-vcard",
];

/** `uploads`: files of this computer can be put where everybody can fetch them. */
export function attachmentLimits(uploads: boolean): AttachmentLimits {
	return {
		mostFiles: 1,
		mostBytes: tooManyBytes - 1,
		types,
		shrinks: true,
		byAddressOnly: uploads ? null : appError("attachment.byAddressOnly"),
	};
}

export function typeRefusal(type: string): AppError | null {
	return types.includes(type.toLowerCase()) ? null : appError("attachment.type");
}

export function sizeRefusal(bytes: number): AppError | null {
	if (bytes === 0) return appError("attachment.empty");
	return bytes >= tooManyBytes ? appError("attachment.tooLarge") : null;
}

/**
 * Whether TextUs can fetch it: https and no address of this computer. Practice, whose server is here too, takes its own.
 * Nothing is fetched from a foreign address to look at its size: TextUs does that, and says so when it is too large.
 */
export function isPublicAddress(address: string, server: string): boolean {
	const url = URL.parse(address);
	if (url === null || url.username !== "" || url.password !== "" || url.hostname === "") return false;
	const here = isLoopback(URL.parse(server)?.hostname ?? "");
	if (isLoopback(url.hostname)) return here && /^https?:$/.test(url.protocol);
	return url.protocol === "https:";
}
