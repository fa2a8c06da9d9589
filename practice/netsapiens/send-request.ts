import { isJsonObject, type JsonObject } from "../server/json.ts";
import type { Media } from "./conversations.ts";
import { badRequest, Refusal } from "./refusal.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** A MessageSend body that makes sense by itself (sheet, 2.4). */
export interface SendRequest {
	readonly type: string;
	readonly text: string;
	readonly destinations: readonly string[];
	/** Destination was an array, even of one. */
	readonly severalAllowed: boolean;
	/** Null for chat. */
	readonly fromNumber: string | null;
	readonly media: Media | null;
}

const textTypes = new Set(["sms", "mms"]);
const mediaTypes = new Set(["chat-media", "mms"]);

/** Whether messages of this type leave the domain. */
export function goesOutside(type: string): boolean {
	return textTypes.has(type);
}

/** Reads and checks a body; throws a refusal with 400 (or 413) when it is not right (section 9, 5). */
export function readSendRequest(body: unknown, switches: NetsapiensSwitches): SendRequest {
	if (!isJsonObject(body)) throw badRequest("a JSON object is expected");
	const type = body["type"];
	if (typeof type !== "string" || type === "") throw badRequest("type is required");
	if (!goesOutside(type) && type !== "chat" && !type.startsWith("chat-")) {
		throw badRequest(`type ${type} is not known`);
	}
	const media = readMedia(body, type, switches);
	const text = body["message"];
	const mayBeEmpty = media !== null && switches.emptyMessageWithMedia === "accepted";
	if (typeof text !== "string" || (text === "" && !mayBeEmpty)) throw badRequest("message is required");
	const destination = body["destination"];
	const destinations: unknown[] = Array.isArray(destination) ? destination : [destination];
	if (destinations.length === 0 || !destinations.every(isFilled)) {
		throw badRequest("destination is required");
	}
	return {
		type,
		text,
		destinations,
		severalAllowed: Array.isArray(destination),
		fromNumber: goesOutside(type) ? readFromNumber(body) : null,
		media,
	};
}

function readFromNumber(body: JsonObject): string {
	const from = body["from-number"];
	if (!isFilled(from)) throw badRequest("from-number is required");
	return from;
}

function readMedia(body: JsonObject, type: string, switches: NetsapiensSwitches): Media | null {
	const data = body["data"] ?? null;
	if (data === null) {
		if (type === "chat-media") throw badRequest("data is required");
		return null;
	}
	if (!mediaTypes.has(type)) throw badRequest(`data does not go with type ${type}`);
	const mimeType = body["mime-type"];
	if (!isFilled(mimeType)) throw badRequest("mime-type is required");
	// A `data:` prefix has characters that base64 does not have.
	if (typeof data !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(data) || data.length % 4 !== 0) {
		throw badRequest("data is not base64");
	}
	const bytes = Buffer.from(data, "base64");
	// One client sends the size as a string and gets away with it (sheet, 2.4).
	if (Number(body["size"]) !== bytes.length) throw badRequest("size is not the size of the decoded data");
	if (bytes.length > switches.mostMediaBytes) {
		throw new Refusal(switches.mediaTooLargeStatus, "Message failed to send because file is too large!");
	}
	if (switches.mediaTypes !== null && !switches.mediaTypes.includes(mimeType)) {
		throw badRequest("Message failed to send because file type is not supported by carrier!");
	}
	return { mimeType, bytes };
}

function isFilled(value: unknown): value is string {
	return typeof value === "string" && value !== "";
}
