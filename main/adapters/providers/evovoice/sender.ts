import { type AppError, appError } from "../../../../shared/errors.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../../../core/ports/provider.ts";
import type { Clock, EpochMs, HttpResponse } from "../../../core/ports/runtime.ts";
import { answerOutcome, failureOutcome } from "../rest/send-outcome.ts";
import { asTime } from "../rest/times.ts";
import { errorIn, wordsOf } from "./answers.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import { isNumber } from "./conversation-key.ts";
import { type EvoRest, unlessRefused } from "./evo-rest.ts";
import type { EvoHistory } from "./history.ts";
import type { MessageReader } from "./message-reader.ts";
import type { News } from "./news.ts";
import type { SendsUnderWay } from "./sends-under-way.ts";
import { messageInfo } from "./wire.ts";
import { sendMessageContract } from "./xml-writer.ts";

export interface SenderParts {
	readonly clock: Clock;
	readonly rest: EvoRest;
	readonly book: ConversationBook;
	readonly reader: MessageReader;
	readonly chats: ChatDesk;
	readonly history: EvoHistory;
	readonly news: News;
	readonly sends: SendsUnderWay;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** The outcome is not clear: news of it may come soon. */
	readonly doubtful: () => void;
}

/** Sends texts (sheet, 5.2): into a live chat by its session, else by endpoint and address. Each once. */
export class Sender {
	readonly #parts: SenderParts;

	constructor(parts: SenderParts) {
		this.#parts = parts;
	}

	/** Never rejects. */
	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const { book, sends, news, tell, doubtful, clock } = this.#parts;
		const refused = notOffered(message);
		if (refused !== null) return rejected(refused, "never");
		const known = book.find(message.peer);
		if (known === null) return rejected(appError("peer.badAddress"), "byPerson");
		const land = sends.begin(known.key, message.text);
		const begun = clock.now();
		let outcome: SendOutcome = { kind: "unknown", error: appError("internal") };
		try {
			outcome = await this.#post(known, message.text, begun, signal);
		} catch (thrown) {
			outcome = failureOutcome(thrown);
		} finally {
			const remoteId = outcome.kind === "accepted" ? outcome.remoteId : null;
			if (remoteId !== null) news.own(remoteId);
			tell(land(remoteId));
		}
		if (outcome.kind === "unknown") doubtful();
		return outcome;
	}

	async #post(known: Known, text: string, begun: EpochMs, signal: AbortSignal): Promise<SendOutcome> {
		const { rest, chats } = this.#parts;
		// Only by its session can a visitor be reached: right after the start it is not known yet.
		if (known.chat?.live !== true && !isNumber(known.address) && !chats.off)
			await unlessRefused(chats.refresh(signal), []);
		const sessionId = known.chat?.live === true ? known.chat.sessionId : null;
		// Which id a text in a chat has from now on depends on it; what cannot be learnt now is learnt later.
		if (sessionId !== null) await chats.settleListed(known, signal).catch(() => undefined);
		const request =
			sessionId === null
				? rest.post(
						"/messages",
						sendMessageContract,
						{ endpointId: known.endpointId, toAddress: known.rawAddress, body: text },
						signal,
					)
				: rest.post(
						`/sessions/${encodeURIComponent(sessionId)}/messages`,
						sendMessageContract,
						{ body: text },
						signal,
					);
		const response = await rest.client.request(request);
		if (response.status >= 500) return this.#failed(known, text, begun, response, signal);
		const outcome = answerOutcome(rest.client, response, {
			accepted: (answer) => this.#accepted(known, text, answer),
			malformed: "unknown",
			refused: (answer) => refusal(answer),
		});
		const gone = sessionId !== null && outcome.kind === "rejected" && outcome.retry !== "automatic";
		if (!gone || !(await chats.ended(sessionId, signal))) return outcome;
		this.#parts.tell(this.#parts.book.threads([known]));
		const detail = outcome.error.detail;
		return rejected(appError("message.sessionEnded", { detail }), "byPerson");
	}

	/** Null: an answer without an id names no message; what became of the text is not known. */
	#accepted(known: Known, text: string, response: HttpResponse): SendOutcome | null {
		const { rest, reader, chats, clock } = this.#parts;
		const info = rest.client.parse(response, messageInfo);
		const at = asTime(info.date) ?? clock.now();
		reader.times.give(info.id, at);
		// The server knows the message by its own id too.
		this.#parts.news.own(info.id);
		const remoteId = known.chat?.live === true ? chats.ownId(known, info) : info.id;
		const worded = info.text !== null && info.text !== text ? { text: info.text } : {};
		return { kind: "accepted", remoteId, at, ...worded };
	}

	/**
	 * A 5xx says no, but not when it broke (5.2; rows 8 and 10): where the service itself gives a reason, the message is
	 * looked for, and the reason stands if it is not there; a proxy's 5xx says nothing.
	 */
	async #failed(
		known: Known,
		text: string,
		begun: EpochMs,
		response: HttpResponse,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { history, news } = this.#parts;
		const { status } = response;
		const error = appError("http.status", { params: { status }, detail: wordsOf(response) });
		if (errorIn(response) === null) return { kind: "unknown", error };
		try {
			const sent = await history.sentSince(known, text, begun, signal);
			const unknown = sent.filter(({ info }) => !news.has(info.id));
			const [found] = unknown;
			if (found === undefined) return rejected(refusedWords(response), "byPerson");
			if (unknown.length > 1) return { kind: "unknown", error };
			return { kind: "accepted", remoteId: found.info.id, at: found.at };
		} catch {
			return { kind: "unknown", error };
		}
	}
}

/** What this system cannot do at all (sheet, 5.2). */
function notOffered({ files, at, text }: OutgoingMessage): AppError | null {
	if (files.length > 0) return appError("attachment.notOffered");
	if (at !== null) return appError("schedule.notOffered");
	return text === "" ? appError("message.empty") : null;
}

/** Row 8: anything but a 2xx is not sent, in the server's own words. 429 is for the general rule: it asks for patience. */
function refusal(response: HttpResponse): SendOutcome | null {
	const { status } = response;
	if (status === 429 || status < 400) return null;
	return rejected(refusedWords(response), "byPerson");
}

function refusedWords(response: HttpResponse): AppError {
	const { status } = response;
	return appError("message.refused", { params: { status }, detail: wordsOf(response) });
}

function rejected(error: AppError, retry: "byPerson" | "never"): SendOutcome {
	return { kind: "rejected", error, retry };
}
