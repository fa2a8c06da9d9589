import { type AppError, appError } from "../../../../shared/errors.ts";
import type { AttachmentLimits } from "../../../../shared/model.ts";
import type { OutgoingFile, OutgoingMessage, SendOutcome } from "../../../core/ports/provider.ts";
import type { Clock, HttpResponse, Random } from "../../../core/ports/runtime.ts";
import { asTime } from "../rest/times.ts";
import { answerOutcome, failureOutcome } from "../rest/send-outcome.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { decodeAnswer, objectIn, wordsOf } from "./answers.ts";
import type { Api, MessageSend } from "./api.ts";
import type { GroupIds } from "./group-ids.ts";
import { filler } from "./message-events.ts";
import type { OwnTexts } from "./own-texts.ts";
import { type Place, extensionOf, groupPlace, placeOfKey } from "./places.ts";
import type { SessionBook } from "./session-book.ts";
import { newSessionId } from "./session-ids.ts";
import { text } from "./wire.ts";

export interface SenderPorts {
	readonly api: Api;
	readonly book: SessionBook;
	readonly own: OwnTexts;
	readonly groups: GroupIds;
	readonly clock: Clock;
	readonly random: Random;
	readonly readOnly: boolean;
	readonly online: () => boolean;
	/** What may go along there; null: texts only. */
	readonly attachments: (place: Place) => AttachmentLimits | null;
	/** It may be on the server now: it is to be looked for. */
	readonly sent: (message: OutgoingMessage, place: Place) => void;
	/** The server did not take it: rows that may have been it are somebody else's. */
	readonly refused: (place: Place) => void;
}

type Bytes = Extract<OutgoingFile, { readonly kind: "bytes" }>;

/**
 * Sends one text (sheet, 3.9): into the session that its conversation used last, or into one with an id made here (row 4).
 * Posted once: there is no key that would tell the server that a second one is the same.
 */
export class Sender {
	readonly #ports: SenderPorts;
	/** Ids that were made here, by conversation: a second text goes into the same session. */
	readonly #made = new Map<string, string>();

	constructor(ports: SenderPorts) {
		this.#ports = ports;
	}

	/** Never rejects. */
	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const { online, readOnly, own } = this.#ports;
		if (readOnly) return refusal(appError("account.readOnly"), "never");
		if (message.at !== null) return refusal(appError("schedule.notOffered"), "never");
		const place = this.#place(message);
		if (place === null || place.kind === "other")
			return refusal(appError("peer.readOnlyMedium"), "never");
		const file = fileOf(message, this.#ports.attachments(place));
		if ("error" in file) return refusal(file.error, "byPerson");
		if (!online()) return { kind: "notYet", reason: "offline" };
		const body = bodyOf(message, place, file.bytes);
		const session = this.#sessionId(place);
		own.begin({
			clientId: message.clientId,
			place,
			newGroup: place.kind === "group" && !session.listed,
			text: message.text,
			wireText: body.message,
			mediaType: body["mime-type"] ?? null,
			at: this.#ports.clock.now(),
		});
		if (place.kind === "group" && !session.there) this.#ports.groups.expect(keyId(place), place.remotes);
		const outcome = await this.#post(session.id, body, signal);
		return this.#landed(message, place, outcome);
	}

	/** What core is told, and what follows here. */
	#landed(message: OutgoingMessage, place: Place, outcome: Posted): SendOutcome {
		const { own, sent, refused, groups } = this.#ports;
		const { clientId } = message;
		switch (outcome.kind) {
			case "accepted": {
				const found = own.accepted(clientId, outcome.remoteId ?? outcome.idOnly ?? null);
				if (found === null) sent(message, place);
				const remoteId = found?.id ?? outcome.remoteId;
				return { kind: "accepted", remoteId, at: found?.at ?? outcome.at };
			}
			case "unknown": {
				const found = own.doubtful(clientId);
				// It was seen on the server before the reply was lost.
				if (found !== null) return { kind: "accepted", remoteId: found.id, at: found.at };
				sent(message, place);
				return outcome;
			}
			case "rejected":
			case "notYet":
				own.drop(clientId);
				if (place.kind === "group") groups.unexpect(keyId(place));
				refused(place);
				return outcome;
		}
	}

	/** With who is there: by the server's rows, or by what core was told last. */
	#place({ peer, thread }: OutgoingMessage): Place | null {
		const place = this.#ports.book.place(peer) ?? placeOfKey(peer);
		if (place?.kind !== "group" || place.remotes.length > 0) return place;
		const members = thread?.facts.group?.members.map(({ address }) => address) ?? [];
		return members.length === 0 ? null : groupPlace(keyId(place), members);
	}

	/** `listed`: the server lists it under this conversation. `there`: it has it, perhaps as another one (row 5). */
	#sessionId(place: Place): {
		readonly id: string;
		readonly listed: boolean;
		readonly there: boolean;
	} {
		const { book, groups, random } = this.#ports;
		const [newest] = book.of(place.key);
		if (newest !== undefined) return { id: newest.row.id, listed: true, there: true };
		if (place.kind === "group") {
			const known = groups.serverIdOf(keyId(place));
			return { id: known ?? keyId(place), listed: false, there: known !== null };
		}
		const made = this.#made.get(place.key) ?? newSessionId(random);
		this.#made.set(place.key, made);
		return { id: made, listed: false, there: false };
	}

	async #post(id: string, body: MessageSend, signal: AbortSignal): Promise<Posted> {
		const { api } = this.#ports;
		try {
			const response = await api.rest.request({ ...api.sending(id, body), signal });
			if (!wantsNewSession(response)) return this.#outcome(response);
			// Not into this session: the server finds one (row 4). What answers 404 was not done.
			return this.#outcome(await api.rest.request({ ...api.sending(null, body), signal }));
		} catch (thrown) {
			return failureOutcome(thrown);
		}
	}

	/** Any 2xx is the server's yes (row 4), unless it says in JSON that it is none, or is a page of somebody else. */
	#outcome(response: HttpResponse): Posted {
		const { rest } = this.#ports.api;
		const outcome = answerOutcome(rest, response, {
			accepted: (good) => {
				decodeAnswer(good);
				return messageIn(good);
			},
			malformed: "unknown",
			refused: (bad) => inWords(bad.status, rest.words(bad)),
		});
		if (outcome.kind === "rejected" && outcome.error.code === "http.status")
			return inWords(Number(outcome.error.params?.["status"]), outcome.error.detail) ?? outcome;
		if (outcome.kind !== "accepted" || outcome.remoteId !== null) return outcome;
		const id = text(objectIn(response.text) ?? {}, "id");
		return id === null ? outcome : { ...outcome, idOnly: id };
	}
}

/** An outcome, with the message's id where the server gave no time with it. */
type Posted = SendOutcome & { readonly idOnly?: string };

/** 404: there is no such session, or no sending into one (3.4); nobody of that name is another matter. */
function wantsNewSession(response: HttpResponse): boolean {
	let status: number | null = response.status;
	let words = wordsOf(response);
	if (status >= 200 && status <= 299) {
		const refused = refusalIn(response);
		status = refused?.status ?? null;
		words = refused?.error.detail;
	}
	return status === 404 && !/does not exist/i.test(words ?? "");
}

function refusalIn(response: HttpResponse): RestFailure | null {
	try {
		decodeAnswer(response);
		return null;
	} catch (thrown) {
		return thrown instanceof RestFailure ? thrown : null;
	}
}

/** The message itself, where a server answers with it (3.3). */
function messageIn({ text: body }: HttpResponse): SendOutcome {
	const row = objectIn(body) ?? {};
	const at = asTime(text(row, "timestamp"));
	return { kind: "accepted", remoteId: at === null ? null : text(row, "id"), at };
}

/** The server's no in its own words (row 10); null: the general rules say what it means. */
function inWords(status: number, detail: string | undefined): SendOutcome | null {
	if (status === 413) return refusal(appError("attachment.tooLarge", { detail }), "byPerson");
	const refused = [400, 403, 404, 405, 409, 415, 422].includes(status);
	return refused ? refusal(appError("message.refused", { detail }), "byPerson") : null;
}

/** One medium per message (section 7), of the kinds and sizes that this conversation takes. */
function fileOf(
	{ files, text: typed }: OutgoingMessage,
	limits: AttachmentLimits | null,
): { readonly bytes: Bytes | null } | { readonly error: AppError } {
	const [file, ...more] = files;
	if (file === undefined) return typed === "" ? { error: appError("message.empty") } : { bytes: null };
	if (limits === null || file.kind === "address") return { error: appError("attachment.notOffered") };
	if (more.length > 0) return { error: appError("attachment.tooMany") };
	if (!limits.types.includes(file.type.toLowerCase())) return { error: appError("attachment.type") };
	if (file.bytes.length === 0) return { error: appError("attachment.empty") };
	return file.bytes.length > limits.mostBytes
		? { error: appError("attachment.tooLarge") }
		: { bytes: file };
}

/** The vendor's examples, field by field (3.4): digits only (row 12), bare extensions (rows 20 and 21). */
function bodyOf({ text: typed }: OutgoingMessage, place: Place, file: Bytes | null): MessageSend {
	const { own, remotes } = place;
	const to = own === null ? remotes.map(extensionOf) : remotes;
	const [only = ""] = to;
	const destination = place.kind === "groupSms" || place.kind === "group" ? to : only;
	const message = typed === "" ? filler : typed;
	const from = own === null ? {} : { "from-number": own };
	if (file === null) return { type: own === null ? "chat" : "sms", message, destination, ...from };
	return {
		type: own === null ? "chat-media" : "mms",
		message,
		destination,
		...from,
		data: Buffer.from(file.bytes).toString("base64"),
		"mime-type": file.type.toLowerCase(),
		size: file.bytes.length,
	};
}

function keyId({ key }: Place): string {
	return key.slice("group:".length);
}

function refusal(error: AppError, retry: "byPerson" | "never"): SendOutcome {
	return { kind: "rejected", error, retry };
}
