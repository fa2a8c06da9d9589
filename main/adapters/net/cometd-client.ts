import { backoffDelay } from "../../core/accounts/backoff.ts";
import { type Clock, type EpochMs, pause } from "../../core/ports/runtime.ts";
import { adviceOrder } from "./advice-order.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { BayeuxEvent, BayeuxStatus, CometdClient, CometdClientOptions } from "./bayeux-events.ts";
import type { Frames, RejectReason } from "./bayeux-frames.ts";
import { BayeuxSession, type SessionFailure } from "./bayeux-session.ts";
import { PollPace } from "./poll-pace.ts";

export type {
	BayeuxEvent,
	BayeuxMessage,
	BayeuxStatus,
	CometdClient,
	CometdClientOptions,
	RejectReason,
} from "./bayeux-events.ts";

/** At most one handshake in this time, whoever asks for it. */
export const handshakeSpacingMs = 5000;
export function createCometdClient(options: CometdClientOptions): CometdClient {
	return new Connection(options);
}

/**
 *     idle --first next()--> connecting <------ wake, time ------ waiting
 *                             |  ^   |                               ^
 *                 established |  |   +-- failed: same again / new ---+
 *                             v  | lost                              |
 *                          connected --------------------------------+
 *     any --401, 403, denied, advice "none"--> refused --reconnect()--> connecting
 *     any --disconnect(), signal, loop left--> closed
 */
class Connection implements CometdClient {
	readonly #options: CometdClientOptions;
	readonly #clock: Clock;
	readonly #queue: BatchQueue<BayeuxEvent>;
	/** Waits under way: each is the deed to be done when it ends. */
	readonly #waits = new Map<() => void, () => void>();
	#status: BayeuxStatus | undefined;
	#started = false;
	#session: BayeuxSession | undefined;
	/** The session's subscriptions are confirmed. */
	#established = false;
	#everEstablished = false;
	#lastHandshake: number | undefined;
	#lastSign: EpochMs | null = null;
	/** Events since then may be lost; undefined while none can be. */
	#lossSince: EpochMs | undefined;
	#attempt = 0;
	readonly #pace: PollPace;
	/** The poll was given up by `wake`: its failure costs no wait. */
	#woken = false;
	/** Messages that came before the session's subscriptions were confirmed. */
	#early: BayeuxEvent[] = [];
	/** Events of the answer being read. */
	#collecting: BayeuxEvent[] | undefined;

	constructor(options: CometdClientOptions) {
		this.#options = options;
		this.#clock = options.clock;
		this.#queue = new BatchQueue(() => this.#pace.release());
		this.#pace = new PollPace({
			clock: this.#clock,
			later: (delayMs, deed) => this.#later(delayMs, deed),
			// Not before what was handed out is taken care of, and what came early is handed out.
			wanted: () => this.#queue.idle && this.#early.length === 0,
		});
	}

	events(signal: AbortSignal): AsyncIterable<readonly BayeuxEvent[]> {
		if (this.#started) throw new Error("The events of a connection are read once");
		this.#started = true;
		const abort = (): void => {
			this.#close();
			this.#queue.clear();
		};
		let begun = false;
		return {
			[Symbol.asyncIterator]: () => ({
				next: () => {
					if (!begun) {
						begun = true;
						signal.addEventListener("abort", abort, { once: true });
						if (signal.aborted) abort();
						else this.#shakeHands();
					}
					return this.#queue.next();
				},
				return: () => {
					signal.removeEventListener("abort", abort);
					abort();
					return Promise.resolve({ done: true, value: undefined });
				},
			}),
		};
	}

	wake(): void {
		const waits = [...this.#waits];
		for (const [deed, cancel] of waits) {
			this.#waits.delete(deed);
			cancel();
		}
		for (const [deed] of waits) deed();
		if (waits.length > 0) return;
		this.#woken = true;
		this.#woken = this.#session?.abortPoll() ?? false;
	}

	reconnect(): void {
		if (!this.#started || this.#closed) return;
		this.#forgetSession();
		this.#attempt = 0;
		this.#shakeHands();
	}

	lastSign(): EpochMs | null {
		return this.#lastSign;
	}

	quietMs(): number {
		return this.#pace.interval + (this.#session?.holdMs ?? 0);
	}

	async disconnect(deadlineMs: number): Promise<void> {
		if (this.#closed) return;
		this.#cancelWaits();
		const over = new AbortController();
		const farewell = this.#session?.leave() ?? Promise.resolve();
		await Promise.race([farewell, pause(this.#clock, deadlineMs, over.signal)]);
		over.abort();
		this.#close();
	}

	get #closed(): boolean {
		return this.#status?.state === "closed";
	}

	/** Starts a session, as soon as the last handshake is long enough ago. */
	#shakeHands(): void {
		if (this.#closed) return;
		const now = this.#clock.monotonic();
		const tooEarly =
			this.#lastHandshake === undefined ? 0 : this.#lastHandshake + handshakeSpacingMs - now;
		this.#setStatus({ state: "connecting" });
		if (tooEarly > 0) {
			this.#later(tooEarly, () => this.#shakeHands());
			return;
		}
		this.#lastHandshake = now;
		this.#pace.reset();
		const session = new BayeuxSession({
			http: this.#options.http,
			clock: this.#clock,
			url: this.#options.url,
			appendMessageTypeToURL: this.#options.appendMessageTypeToURL ?? true,
			headers: this.#options.headers ?? (() => ({})),
			subscriptions: this.#options.subscriptions,
			optional: new Set(this.#options.optionalSubscriptions),
			holdConnect: (go) => this.#pace.hold(go),
			answered: (frames, process) => this.#answered(frames, process),
			established: (clientId, denied) => this.#onEstablished(clientId, denied),
			polled: () => this.#onPolled(),
			failed: (failure, again) => this.#onFailed(failure, again),
		});
		this.#session = session;
		this.#options.log?.debug("bayeux.handshake", { attempt: this.#attempt });
		session.handshake();
	}

	#answered(frames: Frames, process: () => void): void {
		const session = this.#session;
		const batch: BayeuxEvent[] = [];
		this.#collecting = batch;
		this.#pace.read(frames);
		process();
		const order = this.#session === session ? adviceOrder(frames) : undefined;
		if (order !== undefined && session !== undefined) {
			session.drop();
			this.#onFailed(order, () => undefined);
		}
		if (frames.messages.length > 0) this.#deliver({ type: "messages", messages: frames.messages });
		for (const [reason, count] of frames.rejected) this.#reject(reason, count);
		if (frames.messages.length > 0 || frames.replies.some((reply) => reply.successful)) {
			this.#lastSign = this.#clock.now();
		}
		this.#collecting = undefined;
		this.#queue.push(batch);
	}

	#deliver(event: BayeuxEvent): void {
		if (this.#established || this.#session === undefined) this.#emit(event);
		else this.#early.push(event);
	}

	#reject(reason: RejectReason, count: number): void {
		this.#options.log?.warn("bayeux.rejected", { reason, count });
		this.#emit({ type: "rejected", reason, count });
	}

	#onEstablished(clientId: string, denied: readonly string[]): void {
		const first = !this.#everEstablished;
		this.#established = true;
		this.#everEstablished = true;
		this.#attempt = 0;
		this.#setStatus({ state: "connected" });
		this.#emit({ type: "connected", clientId, first, denied });
		this.#emitGap();
		for (const event of this.#early.splice(0)) this.#emit(event);
		this.#options.log?.info("bayeux.connected", { first, denied: denied.length });
		this.#pace.release();
	}

	#onPolled(): void {
		this.#woken = false;
		this.#pace.polled();
		if (!this.#established) return;
		this.#attempt = 0;
		this.#setStatus({ state: "connected" });
		this.#emitGap();
	}

	#onFailed(failure: SessionFailure, again: () => void): void {
		const { error, remedy } = failure;
		if (failure.lossy) this.#noteLoss();
		if (error.code === "network.tooLarge") this.#reject("size", 1);
		// A server that has forgotten an established session is up: it is asked again as soon as it allows.
		const forgotten = this.#established && remedy === "handshake" && error.code === "bayeux.refused";
		if (remedy !== "retry") this.#forgetSession();
		if (remedy === "refused") {
			this.#options.log?.warn("bayeux.refused", { error });
			this.#setStatus({ state: "refused", error });
			return;
		}
		const woken = this.#woken;
		this.#woken = false;
		const delay = woken ? 0 : Math.max(this.#nextDelay(remedy, forgotten), failure.retryAfterMs);
		const go = remedy === "retry" ? again : (): void => this.#shakeHands();
		this.#options.log?.info("bayeux.lost", { error, attempt: this.#attempt, delay: Math.round(delay) });
		if (delay <= 0) {
			this.#setStatus({ state: "connecting" });
			go();
			return;
		}
		this.#setStatus({
			state: "waiting",
			attempt: this.#attempt,
			until: this.#clock.now() + delay,
			error,
		});
		this.#later(delay, () => {
			this.#setStatus({ state: "connecting" });
			go();
		});
	}

	/** Counts the attempt; waits are spread out at random, and handshakes kept apart besides. */
	#nextDelay(remedy: "retry" | "handshake", forgotten: boolean): number {
		this.#attempt++;
		const wait = forgotten ? this.#pace.interval : backoffDelay(this.#attempt, this.#options.random);
		if (remedy === "retry") return wait;
		const passed = this.#clock.monotonic() - (this.#lastHandshake ?? 0);
		return Math.max(wait, handshakeSpacingMs - passed);
	}

	#noteLoss(): void {
		if (this.#everEstablished) this.#lossSince ??= this.#lastSign ?? this.#clock.now();
	}

	#emitGap(): void {
		if (this.#lossSince === undefined) return;
		this.#emit({ type: "gap", since: this.#lossSince });
		this.#lossSince = undefined;
	}

	#forgetSession(): void {
		this.#noteLoss();
		this.#cancelWaits();
		this.#session?.drop();
		this.#session = undefined;
		this.#established = false;
		this.#pace.drop();
		this.#woken = false;
	}

	#later(delayMs: number, deed: () => void): void {
		const cancel = this.#clock.after(delayMs, () => {
			this.#waits.delete(deed);
			deed();
		});
		this.#waits.set(deed, cancel);
	}

	#cancelWaits(): void {
		for (const cancel of this.#waits.values()) cancel();
		this.#waits.clear();
	}

	#setStatus(status: BayeuxStatus): void {
		const same =
			this.#status?.state === status.state &&
			(status.state === "connecting" || status.state === "connected");
		if (same || this.#closed) return;
		this.#status = status;
		this.#emit({ type: "status", status });
	}

	#emit(event: BayeuxEvent): void {
		if (this.#collecting === undefined) this.#queue.push([event]);
		else this.#collecting.push(event);
	}

	#close(): void {
		if (this.#closed) return;
		this.#forgetSession();
		this.#queue.push(this.#early.splice(0));
		this.#setStatus({ state: "closed" });
		this.#queue.end();
	}
}
