import { appError, toAppError, type AppError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Clock, Logger } from "../../../core/ports/runtime.ts";
import type { BayeuxEvent, BayeuxStatus, CometdClient } from "../../net/cometd-client.ts";
import type { ConnectedTime } from "./connected-time.ts";
import type { Rest } from "./rest.ts";

export type NotificationService = CometdClient;

/** What this client listens to; calls are not among it (row 21). */
export const topics = [
	"/v2/me/im-sessions",
	"/v2/me/devices",
	"/v2/me/channels",
	"/notifications/services",
] as const;
/** Without these a client still does its job. */
export const optionalTopics: readonly string[] = ["/v2/me/channels", "/notifications/services"];

const askAgainAfterMs = 10_000;
const unsupportedAgainAfterMs = 60_000;
/** Unreadable frames within this time are one hole. */
const sameHoleMs = 60_000;

export interface NotificationLinkParts {
	readonly service: NotificationService;
	readonly rest: Rest;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly connected: ConnectedTime;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** Reads everything again; `gap`: since when events may be missing. Never rejects. */
	readonly resume: (gap: EpochMs | null) => Promise<void>;
	readonly incoming: (channel: string, data: unknown) => void;
	/** Frames were dropped. */
	readonly unreadable: () => void;
	readonly signedOut: (error: AppError) => void;
}

/**
 * What the notification service says about itself, as the account's connection.
 *
 *   connecting --connected, state read--> online --lost--> reconnecting --connected, state read--> online
 *        |                                  |                   |
 *        +------------ refused -------------+-------------------+--> signed in again once --> reconnecting
 *                                                                      refused again -------> signed out
 */
export class NotificationLink {
	readonly #parts: NotificationLinkParts;
	readonly #firstConnected = Promise.withResolvers<undefined>();
	#online = false;
	#everOnline = false;
	/** The service is connected; the state may not be read yet. */
	#connected = false;
	#resuming = false;
	#resumeAgain = false;
	#gap: EpochMs | null = null;
	#refusals = 0;
	#generation = 0;
	#cancelAgain: (() => void) | null = null;
	/** Monotonic time at which frames were last found unreadable and told. */
	#hole: number | null = null;
	#closed = false;

	constructor(parts: NotificationLinkParts) {
		this.#parts = parts;
		this.#generation = parts.rest.generation();
	}

	/** Notifications come in, and what was missed before has been read. */
	online(): boolean {
		return this.#online;
	}

	/** Resolves once every subscription was confirmed for the first time. */
	firstConnected(): Promise<undefined> {
		return this.#firstConnected.promise;
	}

	/** A new handshake now, at somebody's wish. */
	reconnect(): void {
		this.#refusals = 0;
		this.#parts.service.reconnect();
	}

	close(): void {
		this.#closed = true;
		this.#lost();
		this.#cancelAgain?.();
	}

	/** One batch of the service. What follows from it is told through `tell`, in order. */
	read(batch: readonly BayeuxEvent[]): void {
		const { clock, incoming, logger, tell, unreadable } = this.#parts;
		// Known before the state is read: a gap follows "connected" in the same batch.
		for (const event of batch) if (event.type === "gap") this.#gap = event.since;
		let resume = false;
		for (const event of batch) {
			switch (event.type) {
				case "status":
					// The same session lives on after a lost poll: no "connected" event follows.
					resume ||= event.status.state === "connected" && this.#everOnline && !this.#online;
					this.#status(event.status);
					break;
				case "connected":
					resume = true;
					this.#onConnected(event.denied);
					break;
				case "gap":
					tell([{ type: "gap", peer: null, from: event.since, to: clock.now() }]);
					resume = true;
					break;
				case "messages":
					for (const { channel, data } of event.messages) incoming(channel, data);
					break;
				case "rejected":
					if (event.reason === "unsolicited") break;
					logger.warn("frames rejected", { reason: event.reason, count: event.count });
					tell([{ type: "problem", peer: null, error: appError("bayeux.malformed") }]);
					// An answer that was too large as a whole is lost with its connection: that gap is told.
					if (event.reason !== "size") this.#tellHole();
					unreadable();
			}
		}
		if (resume) this.#resume();
	}

	/** What could not be read may have been a text, and cannot be asked for again. */
	#tellHole(): void {
		const { clock, tell } = this.#parts;
		const now = clock.monotonic();
		if (this.#hole !== null && now - this.#hole < sameHoleMs) return;
		this.#hole = now;
		tell([{ type: "gap", peer: null, from: clock.now(), to: clock.now() }]);
	}

	#status(status: BayeuxStatus): void {
		switch (status.state) {
			case "connecting":
				this.#lost();
				this.#tellConnection(null, null);
				break;
			case "waiting":
				this.#lost();
				this.#tellConnection(status.until, status.error);
				break;
			case "connected":
				this.#connected = true;
				this.#parts.connected.set(true);
				break;
			case "refused":
				this.#lost();
				void this.#refused(status.error);
				break;
			case "closed":
				this.#lost();
		}
	}

	#onConnected(denied: readonly string[]): void {
		this.#refusals = 0;
		this.#generation = this.#parts.rest.generation();
		this.#connected = true;
		this.#parts.connected.set(true);
		this.#firstConnected.resolve(undefined);
		if (denied.length > 0) this.#parts.logger.warn("topics refused", { count: denied.length });
	}

	#lost(): void {
		this.#connected = false;
		this.#online = false;
		this.#parts.connected.set(false);
	}

	/** Reads the state, then says "online" and lets the outbox run. One at a time; asked for meanwhile: once more. */
	#resume(): void {
		if (this.#resuming) {
			this.#resumeAgain = true;
			return;
		}
		this.#resuming = true;
		const gap = this.#gap;
		this.#gap = null;
		void this.#parts.resume(gap).then(() => {
			this.#resuming = false;
			if (this.#resumeAgain) {
				this.#resumeAgain = false;
				this.#resume();
			} else if (this.#connected && !this.#closed && !this.#online) {
				this.#online = true;
				this.#everOnline = true;
				this.#parts.tell([
					{ type: "connection", state: "online", nextAttempt: null, problem: null },
					{ type: "sendable", peer: null },
				]);
			}
		});
	}

	/**
	 * HTTP 401 or 403, or a denied handshake: which one an expired session gives is not known, so each means "sign
	 * in again once"; a second in a row asks for the password (row 17).
	 */
	async #refused(error: AppError): Promise<void> {
		const { service, signedOut } = this.#parts;
		if (error.code === "bayeux.unsupported") {
			this.#again(unsupportedAgainAfterMs, error, () => service.reconnect());
			return;
		}
		this.#tellConnection(null, error);
		this.#refusals += 1;
		if (this.#refusals > 1) {
			signedOut(appError("auth.sessionExpired", { detail: error.detail }));
			return;
		}
		await this.#renew();
	}

	async #renew(): Promise<void> {
		const { rest, service } = this.#parts;
		try {
			if ((await rest.renew(this.#generation)) && !this.#closed) service.reconnect();
		} catch (thrown) {
			this.#again(askAgainAfterMs, toAppError(thrown), () => void this.#renew());
		}
	}

	#again(delayMs: number, error: AppError, run: () => void): void {
		if (this.#closed) return;
		this.#tellConnection(this.#parts.clock.now() + delayMs, error);
		this.#cancelAgain?.();
		this.#cancelAgain = this.#parts.clock.after(delayMs, () => {
			this.#cancelAgain = null;
			run();
		});
	}

	#tellConnection(nextAttempt: EpochMs | null, problem: AppError | null): void {
		if (this.#closed) return;
		this.#parts.tell([
			{
				type: "connection",
				state: this.#everOnline ? "reconnecting" : "connecting",
				nextAttempt,
				problem,
			},
		]);
	}
}
