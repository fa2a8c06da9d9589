import { appError } from "../../../../shared/errors.ts";
import type { GroupFacts, Line, ThreadAction, ThreadFacts } from "../../../../shared/model.ts";
import { plainThread } from "../../../../shared/threads.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import type { Thread } from "../../../core/ports/provider.ts";
import { plusNumber } from "./digits.ts";
import { splitUid } from "./identity.ts";
import { chatLimits, smsLineId } from "./lines.ts";
import type { Place } from "./places.ts";

/** What a thread is described with. */
export interface Describing {
	readonly numbers: Numbers;
	readonly lines: readonly Line[];
	/** By uid or digits; null: nobody knows. */
	readonly nameOf: (address: string) => string | null;
	/** An API key that may only read. */
	readonly readOnly: boolean;
	/** Domain of the agent: extensions there are written without it. */
	readonly domain: string;
}

/** What the server's rows say of a place, beyond who is there. */
export interface RowFacts {
	readonly title: string | null;
	readonly muted: boolean;
	readonly notes: ThreadFacts["notes"];
	/** It is on the server: it can be deleted there, and a group left. */
	readonly there: boolean;
}

/** A conversation as core is told of it. */
export function describe(
	place: Place,
	row: RowFacts,
	by: Describing,
): Thread & { readonly name: string | null } {
	const addresses = place.remotes.map(addressOf);
	const formatted = addresses.map((address) => formattedAddress(address, place, by));
	const title = place.kind === "group" ? row.title : null;
	const facts: ThreadFacts = {
		...plainThread(mediumOf[place.kind]),
		line: lineOf(place, by),
		group: groupOf(place, title, by),
		mutedThere: row.muted,
		refusal: refusalOf(place, by),
		actions: row.there && !by.readOnly ? actionsOf[place.kind] : [],
		attachments: attachmentsOf(place, by.lines),
		notes: row.notes,
	};
	return {
		peer: place.key,
		address: addresses.join(", ") || (title ?? place.key),
		formatted: formatted.join(", ") || (title ?? place.key),
		name: nameOf(place, title, by),
		facts,
	};
}

/** How people call an address: a number in their way of writing, an extension without the domain that is theirs too. */
export function formattedAddress(
	address: string,
	{ own }: Pick<Place, "own">,
	{ numbers, domain }: Pick<Describing, "numbers" | "domain">,
): string {
	const uid = splitUid(address);
	if (uid !== null) return uid.domain.toLowerCase() === domain.toLowerCase() ? uid.user : address;
	return numbers.format(address, own === null ? null : plusNumber(own));
}

const mediumOf = {
	sms: "sms",
	groupSms: "groupSms",
	chat: "chat",
	group: "groupChat",
	other: "other",
} as const;

/** DELETE may be for this agent only or for all: the window asks before (row 9). */
const actionsOf: Readonly<Record<Place["kind"], readonly ThreadAction[]>> = {
	sms: ["delete"],
	groupSms: ["delete"],
	chat: ["delete"],
	group: ["leave", "delete"],
	other: [],
};

function addressOf(remote: string): string {
	return remote.includes("@") ? remote : plusNumber(remote);
}

function lineOf(place: Place, { lines, numbers }: Describing): ThreadFacts["line"] {
	if (place.own === null) {
		const extension = lines.find(({ medium }) => medium === "chat");
		return extension === undefined ? null : { id: extension.id, label: extension.label };
	}
	const id = smsLineId(place.own);
	const address = plusNumber(place.own);
	return { id, label: lines.find((line) => line.id === id)?.label ?? numbers.format(address, address) };
}

function groupOf(place: Place, title: string | null, by: Describing): GroupFacts | null {
	if (place.kind !== "group" && place.kind !== "groupSms") return null;
	return {
		title,
		members: place.remotes.map((remote) => ({ address: addressOf(remote), name: by.nameOf(remote) })),
		// Not possible for telephone numbers: another set of them is another conversation (3.5).
		changeable: place.kind === "group" && !by.readOnly,
		separate: false,
	};
}

function refusalOf(place: Place, { readOnly, lines }: Describing): ThreadFacts["refusal"] {
	if (place.kind === "other") return appError("peer.readOnlyMedium");
	if (readOnly) return appError("account.readOnly");
	if (place.kind !== "groupSms") return null;
	// A number whose carrier has no groups can be written to by one, and cannot answer all (row 18).
	const id = smsLineId(place.own);
	const line = lines.find((one) => one.id === id);
	return line === undefined || line.recipients === "group"
		? null
		: appError("peer.tooMany", { params: { count: 1 } });
}

/** What may go along in a conversation; null: texts only. */
export function attachmentsOf(place: Place, lines: readonly Line[]): ThreadFacts["attachments"] {
	if (place.own === null) return place.kind === "other" ? null : chatLimits;
	const id = smsLineId(place.own);
	return lines.find((line) => line.id === id)?.attachments ?? null;
}

function nameOf({ kind, remotes }: Place, title: string | null, by: Describing): string | null {
	const [only] = remotes;
	if (kind === "group") return title;
	return (kind === "sms" || kind === "chat") && only !== undefined ? by.nameOf(only) : null;
}
