import { type LineId, asLineId } from "../../../../shared/ids.ts";
import type { AttachmentLimits, Line } from "../../../../shared/model.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import { plusNumber, wireNumber } from "./digits.ts";
import type { Identity } from "./identity.ts";
import type { SmsNumberRow } from "./wire.ts";

/** What may go along with an MMS; carriers take no more (section 7). */
export const mmsLimits: AttachmentLimits = {
	mostFiles: 1,
	mostBytes: 600_000,
	types: ["image/jpeg", "image/png", "image/gif"],
	shrinks: true,
	byAddressOnly: null,
};

/** What may go along with a chat line within the domain (section 7). */
export const chatLimits: AttachmentLimits = {
	mostFiles: 1,
	mostBytes: 5 * 1024 * 1024,
	types: [
		"image/jpeg",
		"image/png",
		"image/gif",
		"image/webp",
		"application/pdf",
		"text/plain",
		"audio/mpeg",
		"audio/wav",
		"video/mp4",
	],
	shrinks: true,
	byAddressOnly: null,
};

export function smsLineId(own: string): LineId {
	return asLineId(`sms:${wireNumber(own)}`);
}

export function extensionLineId(me: Identity): LineId {
	return asLineId(`ext:${me.uid.toLowerCase()}`);
}

/**
 * The numbers that the agent texts from, and the extension (sheet, 6.1). A number of a queue is there so that its
 * conversations can be answered, and is no line to begin one from. Devices are no lines: messages belong to the user
 * (6.2).
 */
export function linesOf(rows: readonly SmsNumberRow[], me: Identity, numbers: Numbers): readonly Line[] {
	const seen = new Set<string>();
	const sms = rows.flatMap((row): Line[] => {
		const digits = wireNumber(row.number);
		if (seen.has(digits) || row.application === "available") return [];
		seen.add(digits);
		const address = plusNumber(digits);
		const own = row.application !== "callqueue" || row.dest === me.user;
		const formatted = numbers.format(address, address);
		return [
			{
				id: smsLineId(digits),
				label: own || row.dest === null ? formatted : `${formatted} (${row.dest})`,
				address,
				active: true,
				loggedIn: null,
				canMessage: own,
				medium: "sms",
				recipients: row.mms && row.groupMms ? "group" : "one",
				attachments: row.mms ? mmsLimits : null,
			},
		];
	});
	return [
		...sms.sort((one, other) => Number(other.canMessage) - Number(one.canMessage)),
		extensionLine(me),
	];
}

/** The remembered one, else the first number, else the extension. */
export function suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
	const usable = lines.filter((line) => line.canMessage !== false);
	return (usable.find(({ id }) => id === remembered) ?? usable[0])?.id ?? null;
}

/** Its address is the uid: a new chat takes its domain from there. */
function extensionLine(me: Identity): Line {
	return {
		id: extensionLineId(me),
		label: me.user,
		address: me.uid,
		active: true,
		loggedIn: null,
		canMessage: true,
		medium: "chat",
		recipients: "group",
		attachments: chatLimits,
	};
}
