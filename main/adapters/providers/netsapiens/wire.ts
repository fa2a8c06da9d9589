import type { EpochMs } from "../../../core/ports/runtime.ts";
import { asList, asNumber, asText } from "../rest/lossless-json.ts";
import { asTime } from "../rest/times.ts";

/** Rows as ns-api writes them, every trap of the sheet's 1.5 taken. Nothing here throws on odd input. */

/** A JSON object whose keys were trimmed (1.5(6)). */
export type WireRow = Readonly<Record<string, unknown>>;

/** One conversation as this user has it (2.1). */
export interface SessionRow {
	readonly id: string;
	/** A uid, a number, or several with commas; null: not told. */
	readonly remote: string | null;
	/** Our own number; null: within the domain. */
	readonly smsNumber: string | null;
	readonly lastAt: EpochMs | null;
	readonly lastMessage: string | null;
	readonly lastSender: string | null;
	readonly lastType: string | null;
	/** Null: neither of the two words. */
	readonly status: "read" | "unread" | null;
	readonly muted: boolean;
	readonly type: string;
	readonly name: string | null;
	readonly participants: readonly string[];
	/** Queue fields in the server's words (row 23). */
	readonly queue: readonly { readonly label: string; readonly text: string }[];
}

export interface MessageMedia {
	readonly type: string | null;
	readonly bytes: number | null;
	/** Signed: a secret (section 7). */
	readonly url: string | null;
}

/** One line of a conversation (2.2). */
export interface MessageRow {
	/** Null: a row without one. */
	readonly id: string | null;
	readonly at: EpochMs | null;
	readonly type: string;
	readonly direction: string;
	readonly text: string;
	readonly fromNumber: string | null;
	readonly fromUid: string | null;
	readonly fromAgent: string | null;
	readonly status: string;
	readonly media: MessageMedia | null;
	readonly deleted: boolean;
}

export interface SmsNumberRow {
	readonly number: string;
	readonly application: string;
	readonly dest: string | null;
	readonly mms: boolean;
	readonly groupMms: boolean;
}

/** What is kept of a device: never a password (6.2). */
export interface DeviceRow {
	readonly device: string;
	readonly registered: boolean;
	readonly agent: string | null;
	readonly model: string | null;
}

/** Somebody in an address book, the domain's list of users or its presence list (6.3, 6.4). */
export interface PersonRow {
	readonly uid: string | null;
	readonly user: string | null;
	readonly domain: string | null;
	readonly name: string | null;
	readonly company: string | null;
	readonly department: string | null;
	readonly numbers: readonly { readonly label: string; readonly number: string }[];
	readonly presence: string | null;
	readonly statusMessage: string | null;
}

/** Rows of a list that can be read, whichever way it came (1.5(2), 3.1). */
export function rowsOf<T>(value: unknown, read: (row: WireRow) => T | null): readonly T[] {
	return asList(value).flatMap((row) => {
		const one = isRow(row) ? read(row) : null;
		return one === null ? [] : [one];
	});
}

export function isRow(value: unknown): value is WireRow {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Null: without an id that can stand in a path nothing can be asked about it. */
export function sessionRow(row: WireRow): SessionRow | null {
	const id = text(row, "messagesession-id", "session_id");
	if (id === null || !isSegment(id)) return null;
	const status = text(row, "messagesession-last-status", "last_status")?.toLowerCase();
	return {
		id,
		remote: text(row, "messagesession-remote", "remote"),
		smsNumber: text(row, "messagesession-sms-number", "smsani"),
		lastAt: time(row, "messagesession-last-datetime", "messagesession-last-timestamp", "last_timestamp"),
		lastMessage: anyText(row["messagesession-last-message"] ?? row["last_mesg"]),
		lastSender: text(row, "messagesession-last-sender", "last_sender"),
		lastType: text(row, "messagesession-last-type", "last_mesg_type"),
		status: status === "read" || status === "unread" ? status : null,
		muted: isYes(row["messagesession-muted"] ?? row["muted"]),
		type: text(row, "messagesession-type", "session_type") ?? "",
		name: text(row, "messagesession-name", "session_name"),
		participants: listed(text(row, "messagesession-participants")),
		queue: queueNotes(row),
	};
}

/** Null: it says nothing. */
export function messageRow(row: WireRow): MessageRow | null {
	const type = text(row, "type") ?? "";
	const url = text(row, "file-access-url", "remotepath");
	const mediaType = text(row, "media-type", "media_type");
	const body = anyText(row["text"]) ?? "";
	if (type === "" && body === "" && url === null && mediaType === null) return null;
	return {
		id: text(row, "id"),
		at: time(row, "timestamp"),
		type,
		direction: text(row, "direction") ?? "",
		text: body,
		fromNumber: text(row, "from-number", "from_num"),
		fromUid: text(row, "from-user-id", "from_uid"),
		fromAgent: text(row, "from-user-agent"),
		status: text(row, "status") ?? "",
		media:
			url === null && mediaType === null
				? null
				: { type: mediaType?.toLowerCase() ?? null, bytes: size(row["media-size"]), url },
		deleted: text(row, "deleted-datetime", "deleted-timestamp") !== null,
	};
}

/** Null: not a number. */
export function smsNumberRow(row: WireRow): SmsNumberRow | null {
	const number = text(row, "number");
	if (number === null) return null;
	return {
		number,
		application: text(row, "application") ?? "",
		dest: text(row, "dest"),
		mms: isYes(row["mms-capable"]),
		groupMms: isYes(row["group-mms-capable"]),
	};
}

export function deviceRow(row: WireRow): DeviceRow | null {
	const device = text(row, "device");
	if (device === null) return null;
	return {
		device,
		registered: text(row, "device-sip-registration-state") === "registered",
		agent: text(row, "device-sip-registration-user-agent"),
		model: text(row, "device-models-model"),
	};
}

export function personRow(row: WireRow): PersonRow {
	const words = [text(row, "name-first-name"), text(row, "name-middle-name"), text(row, "name-last-name")];
	const name = words.filter((word) => word !== null).join(" ");
	const company = text(row, "company");
	return {
		uid: text(row, "uid"),
		user: text(row, "user"),
		domain: text(row, "domain"),
		name: name === "" ? company : name,
		company,
		department: text(row, "department"),
		numbers: (["work", "cell", "home", "fax"] as const).flatMap((label) => {
			const number = text(row, `phonenumber-${label}`);
			return number === null ? [] : [{ label, number }];
		}),
		presence: text(row, "user-presence-status"),
		statusMessage: text(row, "status-message"),
	};
}

/** It can be one part of a path, and leads nowhere else. */
export function isSegment(name: string): boolean {
	return /^[^\s/\\?#%\p{Cc}]{1,256}$/u.test(name) && !/^\.+$/.test(name);
}

/** The parts of a comma list. */
export function listed(list: string | null): readonly string[] {
	return (list ?? "").split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

/** The first of these fields that says something. */
export function text(row: WireRow, ...names: readonly string[]): string | null {
	for (const name of names) {
		const found = asText(row[name])?.trim();
		if (found !== undefined && found !== "") return found;
	}
	return null;
}

function time(row: WireRow, ...names: readonly string[]): EpochMs | null {
	return asTime(text(row, ...names));
}

/** A body of any JSON type (1.5(1)), as it would be read; null: none. */
function anyText(value: unknown): string | null {
	if (typeof value === "object" && value !== null) return JSON.stringify(value);
	return asText(value);
}

/** Flags come as booleans, words or digits (6.1). */
function isYes(value: unknown): boolean {
	return /^(?:yes|true|1)$/i.test(asText(value)?.trim() ?? "");
}

function size(value: unknown): number | null {
	const bytes = asNumber(value);
	return bytes !== null && bytes > 0 ? bytes : null;
}

function queueNotes(row: WireRow): SessionRow["queue"] {
	const fields = [
		["Queue", "messagesession-queue-termination"],
		["Queue status", "messagesession-queue-status"],
	] as const;
	return fields.flatMap(([label, name]) => {
		const found = text(row, name);
		return found === null ? [] : [{ label, text: found }];
	});
}
