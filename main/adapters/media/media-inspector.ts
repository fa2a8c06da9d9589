import { appError } from "../../../shared/errors.ts";
import type {
	FileReason,
	InspectedMedia,
	MediaInspector,
	MediaVerdict,
	SafeFileName,
} from "../../core/ports/media.ts";
import { inspectMedia } from "./inspect-media.ts";
import { safeFileName } from "./safe-file-name.ts";

/** Looks at files by their bytes alone. */
export const mediaInspector: MediaInspector = {
	inspect: (bytes, claimedType) => verdictOn(inspectMedia(bytes, claimedType)),
};

function verdictOn(found: InspectedMedia): MediaVerdict {
	if (found.kind === "file") return { type: found.type, picture: null, problem: problemOf(found.why) };
	const { type, width, height } = found;
	return { type, picture: { width, height }, problem: null };
}

function problemOf(why: FileReason): MediaVerdict["problem"] {
	switch (why) {
		case "notAnImage":
			return null;
		case "notThatImage":
		case "damaged":
			return appError("attachment.unreadable");
		case "tooLarge":
		case "tooManyPixels":
		case "tooManyFrames":
			return appError("attachment.unsafe");
	}
}

/** The name and the extension of `safeFileName`, apart: save dialogs take them so. */
export const safeName: SafeFileName = (suggested, type) => {
	const whole = safeFileName(suggested, type);
	const dot = whole.lastIndexOf(".");
	return dot <= 0
		? { name: whole, extension: "bin" }
		: { name: whole.slice(0, dot), extension: whole.slice(dot + 1) };
};
