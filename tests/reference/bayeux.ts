import type { Clock } from "../../main/core/ports/runtime.ts";
import type { ReferenceSwitches } from "./switches.ts";

/** One message of a Bayeux request. */
export interface BayeuxIn {
	readonly id?: string;
	readonly channel: string;
	readonly clientId?: string;
	readonly subscription?: string;
	readonly advice?: { readonly timeout?: number };
}

interface Session {
	readonly id: string;
	readonly subscriptions: Set<string>;
	readonly queue: object[];
	/** Answers the poll that is held. */
	release: (() => void) | null;
	/** Stops the clock that drops it. */
	stopExpiry: () => void;
}

/**
 * The push side: Bayeux 1.0 over long polling, on an injected clock. As CometD without its acknowledge extension: what
 * was put into an answer is gone, and a session whose client stays away is dropped with its queue.
 *
 *     handshake --> known <--poll answered-- polled
 *                     |  ---poll----------->   |
 *                     +--- maxInterval --------+--> unknown: 402, advice "handshake"
 */
export class BayeuxEndpoint {
	readonly #clock: Clock;
	readonly #switches: ReferenceSwitches;
	readonly #sessions = new Map<string, Session>();
	#made = 0;

	constructor(clock: Clock, switches: ReferenceSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	get sessions(): number {
		return this.#sessions.size;
	}

	/** Subscriptions to a channel, one a session. */
	subscribers(channel: string): number {
		return [...this.#sessions.values()].filter(({ subscriptions }) => subscriptions.has(channel)).length;
	}

	/** The frames of the answer; `gone` is aborted when the client hangs up. */
	async handle(messages: readonly BayeuxIn[], gone: AbortSignal): Promise<readonly object[]> {
		const frames: object[] = [];
		for (const message of messages) frames.push(...(await this.#answer(message, gone)));
		return frames;
	}

	/** Queues one frame for every session with this channel; returns how many took it. */
	publish(channel: string, data: unknown): number {
		let taken = 0;
		for (const session of this.#sessions.values()) {
			if (!session.subscriptions.has(channel)) continue;
			taken += 1;
			session.queue.push({ channel, data });
			session.release?.();
		}
		return taken;
	}

	/** All sessions become unknown, as after a restart; polls that are held are answered so. */
	forgetAll(): void {
		for (const session of [...this.#sessions.values()]) this.#drop(session);
	}

	async #answer(message: BayeuxIn, gone: AbortSignal): Promise<readonly object[]> {
		const { id, channel } = message;
		if (channel === "/meta/handshake") return [this.#handshake(id)];
		const session = this.#sessions.get(message.clientId ?? "");
		if (session === undefined) return [unknown(message)];
		switch (channel) {
			case "/meta/subscribe":
				if (message.subscription !== undefined) session.subscriptions.add(message.subscription);
				return [{ id, channel, successful: true, subscription: message.subscription }];
			case "/meta/unsubscribe":
				session.subscriptions.delete(message.subscription ?? "");
				return [{ id, channel, successful: true, subscription: message.subscription }];
			case "/meta/disconnect":
				this.#drop(session);
				return [{ id, channel, successful: true }];
			case "/meta/connect":
				return await this.#connect(session, message, gone);
			default:
				return [{ id, channel, successful: false, error: "403::publish_denied" }];
		}
	}

	#handshake(id: string | undefined): object {
		this.#made += 1;
		const session: Session = {
			id: `session${String(this.#made)}`,
			subscriptions: new Set(),
			queue: [],
			release: null,
			stopExpiry: () => undefined,
		};
		this.#sessions.set(session.id, session);
		this.#expireLater(session);
		return {
			id,
			channel: "/meta/handshake",
			successful: true,
			clientId: session.id,
			version: "1.0",
			minimumVersion: "1.0",
			supportedConnectionTypes: ["long-polling"],
			advice: this.#advice("retry"),
		};
	}

	async #connect(session: Session, message: BayeuxIn, gone: AbortSignal): Promise<readonly object[]> {
		session.stopExpiry();
		session.release?.();
		if (session.queue.length === 0 && message.advice?.timeout !== 0)
			await this.#hold(session, this.#switches.holdMs, gone);
		if (!this.#sessions.has(session.id)) return [unknown(message)];
		this.#expireLater(session);
		// The client hung up: what is queued stays until it comes again or the session is dropped.
		if (gone.aborted) return [];
		const { id, channel } = message;
		return [
			...session.queue.splice(0),
			{ id, channel, successful: true, clientId: session.id, advice: this.#advice("retry") },
		];
	}

	#hold(session: Session, holdMs: number, gone: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const release = (): void => {
				if (session.release === release) session.release = null;
				cancel();
				gone.removeEventListener("abort", release);
				resolve();
			};
			session.release = release;
			const cancel = this.#clock.after(holdMs, release);
			gone.addEventListener("abort", release, { once: true });
			if (gone.aborted) release();
		});
	}

	#expireLater(session: Session): void {
		session.stopExpiry();
		session.stopExpiry = this.#clock.after(this.#switches.maxIntervalMs, () => this.#drop(session));
	}

	#drop(session: Session): void {
		this.#sessions.delete(session.id);
		session.queue.length = 0;
		session.stopExpiry();
		session.release?.();
	}

	#advice(reconnect: "retry" | "handshake"): object {
		const { holdMs, intervalMs, maxIntervalMs } = this.#switches;
		return { reconnect, interval: intervalMs, timeout: holdMs, maxInterval: maxIntervalMs };
	}
}

function unknown({ id, channel, subscription }: BayeuxIn): object {
	return {
		id,
		channel,
		successful: false,
		error: "402::unknown_session",
		advice: { reconnect: "handshake", interval: 0 },
		...(subscription === undefined ? {} : { subscription }),
	};
}
