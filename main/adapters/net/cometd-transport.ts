import { AppFailure, appError } from "../../../shared/errors.ts";
import type { Clock, HttpClient, HttpResponse } from "../../core/ports/runtime.ts";
import { type BayeuxReply, type Frames, readFrames } from "./bayeux-frames.ts";
import { type Envelope, type Exchange, LongPollingTransport, type Packet } from "./cometd-library.ts";

/** The server answered, but not with Bayeux: a status other than 200. */
export class StatusFailure extends AppFailure {
	readonly status: number;
	/** How long the server asks to be left alone (`Retry-After`), or 0. */
	readonly retryAfterMs: number;
	constructor(response: HttpResponse) {
		const { status } = response;
		const params = { status };
		// A line of text may be a sentence for a person; a page or a JSON body is none, and belongs into no log.
		const detail = /^\s*[<{[]/.test(response.text) ? undefined : response.text;
		if (status === 401 || status === 403) super(appError("auth.sessionExpired", { params, detail }));
		else if (status === 429 || status === 503) super(appError("http.overloaded", { params }));
		else super(appError("http.status", { params, detail }));
		this.status = status;
		const seconds = Number(response.headers["retry-after"] ?? 0);
		this.retryAfterMs = Number.isFinite(seconds) ? Math.min(600, Math.max(0, seconds)) * 1000 : 0;
	}
}

/** The error of a reply that the server's answer should have held and did not. */
export const noReply = "000::no reply";

export interface CometdTransportOptions {
	readonly http: HttpClient;
	readonly clock: Clock;
	/** Headers of each POST, asked for anew each time: a CSRF token may have been renewed. */
	readonly headers: () => Readonly<Record<string, string>>;
	/** Calls `go` when the next `/meta/connect` may leave. */
	readonly holdConnect: (go: () => void) => void;
	/** One answer was read. `process` lets the library act on its replies; it must be called. */
	readonly answered: (frames: Frames, process: () => void) => void;
}

/** Time for an answer beyond the time that the server may hold the request (cometd's `maxNetworkDelay`). */
export const networkDelayMs = 10_000;

interface SentMessage {
	readonly id: string;
	readonly channel: string;
	readonly subscription?: string;
}

/**
 * cometd's long polling over one account's HTTP client: its cookies, deadlines and proxies, bodies decoded whole.
 * Event messages go straight to `answered`; the library sees the replies to its own messages and nothing else.
 */
export class CometdTransport extends LongPollingTransport {
	readonly #options: CometdTransportOptions;
	readonly #underWay = new Set<AbortController>();
	#poll: AbortController | undefined;
	#released = false;

	constructor(options: CometdTransportOptions) {
		super();
		this.#options = options;
	}

	/** The advised hold of a poll, in ms. */
	get holdMs(): number {
		return this.advice.timeout;
	}

	override send(envelope: Envelope, metaConnect: boolean): void {
		const go = (): void => {
			if (!this.#released) super.send(envelope, metaConnect);
		};
		// Held before the library starts its own deadline: a slow reader is not a slow server.
		if (metaConnect) this.#options.holdConnect(go);
		else go();
	}

	override xhrSend(packet: Packet): Exchange {
		const sent = JSON.parse(packet.body) as readonly SentMessage[];
		const connect = sent[0]?.channel === "/meta/connect";
		const controller = new AbortController();
		const exchange = { readyState: 1, status: 0, abort: () => controller.abort() };
		this.#underWay.add(controller);
		if (connect) this.#poll = controller;
		const done = (act: () => void): void => {
			this.#underWay.delete(controller);
			if (this.#poll === controller) this.#poll = undefined;
			if (!this.#released) act();
		};
		this.#options.http
			.send({
				method: "POST",
				url: packet.url,
				headers: { ...this.#options.headers(), "content-type": "application/json;charset=UTF-8" },
				body: packet.body,
				timeoutMs: connect ? networkDelayMs + this.holdMs : networkDelayMs,
				signal: controller.signal,
			})
			.then(
				(response) => {
					exchange.status = response.status;
					if (response.status === 200)
						done(() => this.#answer(packet, sent, readFrames(response.text)));
					else done(() => packet.onError("status", new StatusFailure(response)));
				},
				(thrown: unknown) => done(() => packet.onError("failed", thrown)),
			);
		return exchange;
	}

	/** Gives up the `/meta/connect` that the server holds, which the library then sees fail. */
	abortPoll(): boolean {
		this.#poll?.abort();
		return this.#poll !== undefined;
	}

	/** Ends all exchanges; the library hears of none of them. */
	release(): void {
		this.#released = true;
		for (const controller of this.#underWay) controller.abort();
	}

	#answer(packet: Packet, sent: readonly SentMessage[], frames: Frames): void {
		const open = new Map(sent.map((message) => [message.id, message]));
		const replies: BayeuxReply[] = [];
		const rejected = new Map(frames.rejected);
		for (const reply of frames.replies) {
			if (open.get(reply.id)?.channel === reply.channel) {
				open.delete(reply.id);
				replies.push(reply);
			} else rejected.set("unsolicited", (rejected.get("unsolicited") ?? 0) + 1);
		}
		for (const { id, channel, subscription } of open.values()) {
			const where = subscription === undefined ? {} : { subscription };
			replies.push({ id, channel, successful: false, error: noReply, ...where });
		}
		this.#options.answered({ ...frames, replies, rejected }, () =>
			packet.onSuccess(replies.map(forLibrary)),
		);
	}
}

/**
 * A reply with what the library must not decide taken out: the pause between polls is kept by the session (so that a
 * wake can end it), and on a successful reply the library has no answer to "handshake" and would stop for good.
 */
function forLibrary(reply: BayeuxReply): BayeuxReply {
	const { advice, ...rest } = reply;
	const types =
		reply.channel === "/meta/handshake" && reply.successful
			? { supportedConnectionTypes: reply.supportedConnectionTypes ?? ["long-polling"] }
			: {};
	if (advice === undefined) return { ...rest, ...types };
	const { interval: _interval, reconnect, ...kept } = advice;
	const action =
		reconnect === undefined || (reply.successful && reconnect === "handshake") ? {} : { reconnect };
	return { ...rest, ...types, advice: { ...kept, ...action } };
}
