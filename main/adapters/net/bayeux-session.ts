import { type AppError, AppFailure, appError } from "../../../shared/errors.ts";
import { type Clock, TransportFailure } from "../../core/ports/runtime.ts";
import { CometD, type FailureInfo, type LibraryMessage } from "./cometd-library.ts";
import {
	CometdTransport,
	type CometdTransportOptions,
	StatusFailure,
	networkDelayMs,
	noReply,
} from "./cometd-transport.ts";

/** Something that was asked of the server and did not succeed. */
export interface SessionFailure {
	readonly error: AppError;
	/**
	 * What helps: the same again (the session may live), a new handshake, or nothing that this client can do by
	 * itself (credentials refused, or the server asks to stay away).
	 */
	readonly remedy: "retry" | "handshake" | "refused";
	/** An answer may have been lost on the way, with events in it. */
	readonly lossy: boolean;
	/** The server asks to be left alone for so long. */
	readonly retryAfterMs: number;
}

export interface SessionOptions extends CometdTransportOptions {
	/** The Bayeux endpoint in full. */
	readonly url: string;
	readonly appendMessageTypeToURL: boolean;
	readonly subscriptions: readonly string[];
	/** Subscriptions that the server may refuse without harm. */
	readonly optional: ReadonlySet<string>;
	/** Handshake done and every subscription answered. */
	readonly established: (clientId: string, denied: readonly string[]) => void;
	/** A `/meta/connect` came back in order. */
	readonly polled: () => void;
	/** `again` repeats what failed; without it the session is over for the library. */
	readonly failed: (failure: SessionFailure, again: () => void) => void;
}

/** After so many refusals of `/meta/connect` that name no reason to shake hands again, that is tried nevertheless. */
const refusalsBeforeHandshake = 3;

/**
 * One Bayeux session, from handshake to loss, on one instance of the library. The library numbers and shapes the
 * messages, holds the client id and the advice, and asks for the next `/meta/connect`; when things fail it asks here.
 *
 *     handshake --ok--> subscribe --all answered--> established: connect, connect, ...
 *         |                 |                            |
 *         +-----------------+-------- failed(remedy) ----+
 */
export class BayeuxSession {
	readonly #options: SessionOptions;
	readonly #cometd: ClockedCometd;
	readonly #transport: CometdTransport;
	readonly #subscribed = new Map<string, unknown>();
	readonly #denied: string[] = [];
	#clientId: string | undefined;
	#refusals = 0;
	#over = false;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#transport = new CometdTransport(options);
		this.#cometd = new ClockedCometd(options.clock, (message, info, proceed) =>
			this.#onFailure(message, info, proceed),
		);
		this.#cometd.unregisterTransports();
		this.#cometd.registerTransport("long-polling", this.#transport);
		this.#cometd.configure({
			url: options.url,
			appendMessageTypeToURL: options.appendMessageTypeToURL,
			// The request's own deadline is the one that counts; the library's is a second net.
			maxNetworkDelay: networkDelayMs + 1000,
			logLevel: "warn",
		});
		this.#cometd.addListener("/meta/connect", (message) => {
			if (message.successful !== true || this.#over) return;
			this.#refusals = 0;
			options.polled();
		});
	}

	handshake(): void {
		this.#cometd.handshake((message) => {
			// A handshake that failed arrives at #onFailure.
			if (message.successful !== true || this.#over) return;
			if (message.clientId === undefined) {
				this.#fail({
					error: appError("bayeux.malformed"),
					remedy: "handshake",
					lossy: false,
					retryAfterMs: 0,
				});
				return;
			}
			this.#clientId = message.clientId;
			this.#subscribe(this.#options.subscriptions);
		});
	}

	/** How long the server may hold a poll, in ms. */
	get holdMs(): number {
		return this.#transport.holdMs;
	}

	/** Gives up the poll under way, which then counts as failed; false if there is none. */
	abortPoll(): boolean {
		return !this.#over && this.#transport.abortPoll();
	}

	/** Ends the session without a word to the server. */
	drop(): void {
		this.#over = true;
		this.#cometd.cancelTimers();
		this.#transport.release();
	}

	/** Unsubscribes and says goodbye; resolves when the server has answered or has failed to. */
	async leave(): Promise<void> {
		if (this.#over || this.#clientId === undefined) return;
		await new Promise<void>((resolve) => {
			this.#cometd.batch(() => {
				for (const subscription of this.#subscribed.values()) this.#cometd.unsubscribe(subscription);
			});
			this.#cometd.disconnect(() => resolve());
		});
	}

	#subscribe(channels: readonly string[]): void {
		const clientId = this.#clientId;
		if (clientId === undefined) return;
		let open = channels.length;
		const lost: string[] = [];
		let failure: SessionFailure | undefined;
		const answered = (channel: string, message: LibraryMessage): void => {
			open--;
			if (message.successful !== true) {
				const problem = failureOf(message, "subscribe");
				this.#subscribed.delete(channel);
				if (
					problem.remedy === "refused" &&
					message.failure === undefined &&
					this.#options.optional.has(channel)
				) {
					this.#denied.push(channel);
				} else {
					lost.push(channel);
					failure = graver(failure, problem);
				}
			}
			if (open > 0 || this.#over) return;
			if (failure === undefined) this.#options.established(clientId, this.#denied);
			else if (failure.remedy === "retry") this.#options.failed(failure, () => this.#subscribe(lost));
			else this.#fail(failure);
		};
		// In one request: the first event may follow at once, and none is to be missed in between.
		this.#cometd.batch(() => {
			for (const channel of channels) {
				const subscription = this.#cometd.subscribe(channel, ignore, (message) =>
					answered(channel, message),
				);
				this.#subscribed.set(channel, subscription);
			}
		});
		if (channels.length === 0) this.#options.established(clientId, []);
	}

	#onFailure(message: LibraryMessage, info: FailureInfo, proceed: (info: FailureInfo) => void): void {
		if (this.#over) return;
		if (info.cause === "negotiation") {
			this.#fail({
				error: appError("bayeux.unsupported"),
				remedy: "refused",
				lossy: false,
				retryAfterMs: 0,
			});
			return;
		}
		const shaking = message.channel === "/meta/handshake";
		let failure = failureOf(message, shaking ? "handshake" : "connect");
		if (!shaking && message.failure === undefined && ++this.#refusals >= refusalsBeforeHandshake) {
			failure = { ...failure, remedy: failure.remedy === "retry" ? "handshake" : failure.remedy };
		}
		if (failure.remedy !== "retry") {
			this.#fail(failure);
			return;
		}
		// The library would add its own wait, without jitter; the next connect is held back by the reader of `failed`.
		info.action = "retry";
		info.delay = 0;
		this.#options.failed(failure, () => proceed(info));
	}

	#fail(failure: SessionFailure): void {
		if (this.#over) return;
		this.drop();
		this.#options.failed(failure, ignore);
	}
}

/** The library on the injected clock, asking us what to do about failures. */
class ClockedCometd extends CometD {
	readonly #clock: Clock;
	readonly #decide: (
		message: LibraryMessage,
		info: FailureInfo,
		proceed: (info: FailureInfo) => void,
	) => void;
	readonly #timers = new Set<() => void>();

	constructor(clock: Clock, decide: ClockedCometd["onTransportFailure"]) {
		super();
		this.#clock = clock;
		this.#decide = decide;
	}

	override onTransportFailure(
		message: LibraryMessage,
		info: FailureInfo,
		proceed: (info: FailureInfo) => void,
	): void {
		this.#decide(message, info, proceed);
	}

	override setTimeout(run: () => void, delayMs: number): () => void {
		let live = true;
		const once = (): void => {
			this.#timers.delete(cancel);
			if (live) run();
			live = false;
		};
		const stop = delayMs > 0 ? this.#clock.after(delayMs, once) : ignore;
		const cancel = (): void => {
			live = false;
			this.#timers.delete(cancel);
			stop();
		};
		this.#timers.add(cancel);
		// "At once, but not in this call": a timer would cost a millisecond on each poll.
		if (delayMs <= 0) queueMicrotask(once);
		return cancel;
	}

	override clearTimeout(id: unknown): void {
		if (typeof id === "function") (id as () => void)();
	}

	cancelTimers(): void {
		for (const cancel of [...this.#timers]) cancel();
	}
}

function ignore(): void {
	// Nothing to do.
}

function graver(one: SessionFailure | undefined, other: SessionFailure): SessionFailure {
	if (one === undefined) return other;
	const rank = { retry: 0, handshake: 1, refused: 2 } as const;
	return rank[other.remedy] > rank[one.remedy] ? other : one;
}

/** What an unsuccessful reply, or none at all, means. Errors are `code:arguments:text` (Bayeux 1.0, section 3.14). */
function failureOf(message: LibraryMessage, phase: "handshake" | "connect" | "subscribe"): SessionFailure {
	const again = phase === "handshake" ? "handshake" : "retry";
	if (message.failure !== undefined) return noAnswer(message.failure, again);
	if (message.error === noReply) {
		return { error: appError("bayeux.malformed"), remedy: again, lossy: true, retryAfterMs: 0 };
	}
	const answer = {
		error: appError("bayeux.refused", { detail: message.error }),
		lossy: false,
		retryAfterMs: 0,
	};
	const code = message.error?.slice(0, 3);
	const advised = message.advice?.reconnect;
	if (phase === "handshake") {
		const denied = advised === "none" || code === "401" || code === "403";
		return { ...answer, remedy: denied ? "refused" : "handshake" };
	}
	// 402 is CometD's code for an unknown client; Faye uses 401 for it, and advises.
	if (advised === "handshake" || code === "402") return { ...answer, remedy: "handshake" };
	if (advised === "none" || code === "401" || code === "403") return { ...answer, remedy: "refused" };
	return { ...answer, remedy: "retry" };
}

function noAnswer(
	failure: NonNullable<LibraryMessage["failure"]>,
	again: "retry" | "handshake",
): SessionFailure {
	const thrown = failure.exception;
	if (thrown instanceof StatusFailure) {
		const refused = thrown.status === 401 || thrown.status === 403;
		return {
			error: thrown.error,
			remedy: refused ? "refused" : again,
			lossy: true,
			retryAfterMs: thrown.retryAfterMs,
		};
	}
	if (thrown instanceof TransportFailure) {
		return { error: thrown.error, remedy: again, lossy: thrown.reached === "maybe", retryAfterMs: 0 };
	}
	const error = thrown instanceof AppFailure ? thrown.error : appError("network.timeout");
	return { error, remedy: again, lossy: true, retryAfterMs: 0 };
}
