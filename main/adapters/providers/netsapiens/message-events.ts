import { createHash } from "node:crypto";
import { type AppError, appError } from "../../../../shared/errors.ts";
import type { HistoryMessage, RemoteFile } from "../../../core/ports/provider.ts";
import type { EpochMs } from "../../../core/ports/runtime.ts";
import type { OwnClaim } from "./own-texts.ts";
import { type Identity, sameUid } from "./identity.ts";
import type { Place } from "./places.ts";
import { formattedAddress, type Describing } from "./thread-facts.ts";
import type { MessageRow } from "./wire.ts";

/** A line of a session that can be told: it has an id and a time. */
export interface ReadMessage extends MessageRow {
	readonly id: string;
	readonly at: EpochMs;
	readonly sessionId: string;
}

/** What rows are read with. */
export interface Reading {
	readonly me: Identity;
	readonly describing: Describing;
}

const texts: ReadonlySet<string> = new Set(["chat", "sms", "mms", "chat-media"]);
/** Our own `User-Agent`, which the server keeps with each message (sheet, 1.1). */
const ownAgent = "Trunkline";
/** Where a file has no words of its own, senders write this (2.4). */
export const filler = "media";

/**
 * Rows without repetitions, oldest first. A row without an id gets one made of what it says, so that it is the same one
 * the next time; one without a time gets `elseAt`. `newestFirst`: which way round the list is.
 */
export function readable(
	rows: readonly MessageRow[],
	sessionId: string,
	elseAt: EpochMs,
	newestFirst: boolean,
): readonly ReadMessage[] {
	const byId = new Map<string, ReadMessage>();
	for (const row of rows) {
		const at = row.at ?? elseAt;
		const id = row.id ?? idMadeOf(row, sessionId);
		if (!byId.has(id)) byId.set(id, { ...row, id, at, sessionId });
	}
	const read = [...byId.values()];
	// Within a second the order of the list counts.
	if (newestFirst) read.reverse();
	return read.sort((one, other) => one.at - other.at);
}

/** Oldest first; the same second by id, so that it is the same order in every list. */
export function byTime(one: ReadMessage, other: ReadMessage): number {
	return one.at - other.at || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** From our side: this agent, or another one at the same number (2.2). */
export function isOwn({ fromUid, direction }: MessageRow, me: Identity): boolean {
	return direction === "term" || (fromUid !== null && sameUid(fromUid, me.uid));
}

/** This agent wrote it, here or elsewhere. */
export function isMine({ fromUid, direction }: MessageRow, me: Identity): boolean {
	return fromUid === null ? direction === "term" : sameUid(fromUid, me.uid);
}

/** What the agent's client says: null, it does not. */
export function fromHere({ fromAgent }: MessageRow): boolean | null {
	return fromAgent === null ? null : fromAgent.startsWith(ownAgent);
}

/** A line of the system, no message of anybody: unknown `chat-` types are such (2.3, row 26). */
export function isNotice({ type, deleted }: MessageRow): boolean {
	return deleted || (type.startsWith("chat-") && !texts.has(type));
}

/** A row as an event, at this time. `claim`: it is this text of ours. */
export function eventOf(
	row: ReadMessage,
	at: EpochMs,
	place: Place,
	reading: Reading,
	claim: OwnClaim | null,
	catchUp: boolean,
): HistoryMessage {
	const { me } = reading;
	const { key: peer } = place;
	const { id: remoteId } = row;
	if (isNotice(row)) return { type: "notice", peer, text: noticeText(row), remoteId, at };
	const files = filesOf(row);
	const common = { peer, remoteId, at, stretch: null, ...(files.length === 0 ? {} : { files }) };
	const text = claim?.text ?? shownText(row);
	if (!isOwn(row, me)) {
		const author = place.kind === "sms" || place.kind === "chat" ? null : authorOf(row, place, reading);
		return { type: "message", ...common, text, catchUp, ...(author === null ? {} : { author }) };
	}
	const sender = isMine(row, me) ? null : nameOf(row.fromUid ?? "", place, reading);
	return {
		type: "ownMessage",
		...common,
		text,
		...(claim === null ? {} : { clientId: claim.clientId }),
		...statusOf(row),
		...(sender === null ? {} : { sender }),
	};
}

/** What a status says (row 6): sent, until it says that it failed or was delivered. */
export function statusOf({ status }: Pick<MessageRow, "status">): {
	readonly state: "sent" | "delivered" | "failed";
	readonly problem?: AppError;
	readonly words?: string;
} {
	if (/fail|error|reject/i.test(status))
		return {
			state: "failed",
			problem: appError("message.deliveryFailed", { detail: status }),
			words: status,
		};
	// "Undelivered" contains the word and means the contrary.
	if (/deliver/i.test(status) && !/undeliver|non-?deliver|\bnot\b/i.test(status))
		return { state: "delivered", words: status };
	return status === "" || /^sending$/i.test(status) ? { state: "sent" } : { state: "sent", words: status };
}

function shownText(row: MessageRow): string {
	const wroteIt = row.media !== null && row.text === filler && fromHere(row) === true;
	return wroteIt ? "" : row.text;
}

/** "participant add: 1123@portal": the type's own words and the text. */
function noticeText({ type, text, deleted }: MessageRow): string {
	if (deleted) return "deleted";
	const words = type
		.replace(/^chat-/, "")
		.replace(/[-_()]+/g, " ")
		.trim();
	return text === "" ? words : `${words}: ${text}`;
}

function filesOf({ media }: MessageRow): readonly RemoteFile[] {
	if (media === null) return [];
	return [
		{ ref: media.url ?? "", type: media.type, name: null, bytes: media.bytes, width: null, height: null },
	];
}

function authorOf(row: MessageRow, place: Place, reading: Reading): string | null {
	const address = row.fromUid ?? row.fromNumber;
	return address === null ? null : nameOf(address, place, reading);
}

function nameOf(address: string, place: Place, { describing }: Reading): string {
	const written = address.includes("@") ? address : address.replace(/^(?=\d{9,15}$)/, "+");
	return describing.nameOf(address) ?? formattedAddress(written, place, describing);
}

function idMadeOf({ at, type, direction, text, fromUid, fromNumber }: MessageRow, sessionId: string): string {
	const parts = JSON.stringify([sessionId, at, type, direction, text, fromUid, fromNumber]);
	return `row-${createHash("sha256").update(parts).digest("hex").slice(0, 32)}`;
}
