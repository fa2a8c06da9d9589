import * as v from "valibot";
import { AppFailure, type AppError, appError, toAppError } from "../../shared/errors.ts";
import { asClientMessageId, asLineId } from "../../shared/ids.ts";
import type { EpochMs, Line } from "../../shared/model.ts";
import type { BayeuxEvent, CometdClient } from "../../main/adapters/net/cometd-client.ts";
import { EventFeed, silence } from "../../main/adapters/providers/event-feed.ts";
import type {
	History,
	HistoryMessage,
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../main/core/ports/provider.ts";
import { TransportFailure } from "../../main/core/ports/runtime.ts";
import { Poller } from "./poller.ts";
import { type ReferenceRest, overloaded, read, retryAfterMs } from "./provider-rest.ts";
import { type WireMessage, headsAnswer, pageAnswer, sendAnswer, wireMessage } from "./wire.ts";

export interface ReferenceSessionParts {
	readonly context: ProviderContext;
	readonly rest: ReferenceRest;
	/** Null: news is asked for only. */
	readonly push: CometdClient | null;
	readonly pollMs: number | null;
	readonly history: boolean;
}

const line: Line = {
	id: asLineId("line"),
	label: "Reference line",
	address: "1000",
	active: true,
	loggedIn: null,
	canMessage: true,
};
const renewAgainAfterMs = 5000;

/**
 * One signed-in agent of the reference server.
 *
 *   connecting --subscribed--> online --lost--> reconnecting --subscribed--> online (a gap told before)
 *        +--------- token refused -----+-------------+--> renewed --> reconnecting, or signed out
 */
export class ReferenceSession implements ProviderSession {
	readonly history: History | null;
	readonly #parts: ReferenceSessionParts;
	readonly #feed = new EventFeed();
	readonly #poller: Poller | null;
	#online = false;
	#everOnline = false;
	#closed = false;
	#cancelRenewal: () => void = () => undefined;

	constructor(parts: ReferenceSessionParts) {
		this.#parts = parts;
		const { context, rest, pollMs } = parts;
		this.history = parts.history ? historyOf(rest) : null;
		this.#poller =
			pollMs === null
				? null
				: new Poller(rest, context.clock, pollMs, {
						messages: (messages) => this.#feed.push(messages.map((one) => eventOf(one, false))),
						answered: () => {
							if (parts.push === null) this.#cameOnline();
						},
						failed: (error) => {
							if (parts.push === null) this.#lost(context.clock.now() + pollMs, error);
						},
					});
	}

	async *events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		this.#poller?.start(signal);
		const { push } = this.#parts;
		const source = push === null ? silence(signal) : push.events(signal);
		yield* this.#feed.batches(source, (batch) => this.#read(batch), signal);
	}

	lines(): Promise<readonly Line[]> {
		return Promise.resolve([line]);
	}

	suggestLine(lines: readonly Line[]): Line["id"] | null {
		return lines[0]?.id ?? null;
	}

	useLine(): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		return Promise.resolve({ started: false, warnings: [] });
	}

	agentStates(): Promise<readonly []> {
		return Promise.resolve([]);
	}

	setAgentState(): Promise<void> {
		return Promise.reject(new AppFailure(appError("system.notYet")));
	}

	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const { rest } = this.#parts;
		if (!this.#online) return { kind: "notYet", reason: "offline" };
		const patience = rest.patienceMs();
		if (patience > 0) return busy(patience);
		const { peer, text, clientId } = message;
		try {
			const path = "/reference/messages";
			const body = { peer, text, key: clientId };
			const response = await rest.request({ method: "POST", path, body, signal });
			if (overloaded(response)) return busy(retryAfterMs(response));
			const { status } = response;
			const error = appError("http.status", { params: { status } });
			if (status >= 400 && status < 500) return { kind: "rejected", error, retry: "byPerson" };
			if (status >= 500) return { kind: "unknown", error };
			const { id, at } = read(response, sendAnswer);
			return { kind: "accepted", remoteId: id, at };
		} catch (thrown) {
			const error = toAppError(thrown);
			// What could not be sent again for want of a token was refused the first time.
			const expired = error.code === "auth.sessionExpired";
			if (expired) this.#signedOut(error);
			if (expired || (thrown instanceof TransportFailure && thrown.reached === "no"))
				return { kind: "rejected", error, retry: "automatic" };
			return { kind: "unknown", error };
		}
	}

	act(): Promise<void> {
		return Promise.reject(new AppFailure(appError("system.notYet")));
	}

	search(): Promise<{ readonly contacts: readonly []; readonly more: boolean }> {
		return Promise.resolve({ contacts: [], more: false });
	}

	watch(): void {
		// There is no directory.
	}

	check(): Promise<void> {
		return this.#poller?.now() ?? Promise.resolve();
	}

	wake(): void {
		this.#parts.push?.wake();
		void this.#poller?.now();
	}

	reconnect(): void {
		this.#parts.push?.reconnect();
		void this.#poller?.now();
	}

	/** Of push, where there is one: a server that answers requests, but pushes nothing, is not received from. */
	lastSign(): EpochMs | null {
		return this.#parts.push?.lastSign() ?? this.#parts.rest.lastSign();
	}

	quietMs(): number {
		return this.#parts.push?.quietMs() ?? this.#parts.pollMs ?? 0;
	}

	async close({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
		this.#stop();
		await this.#parts.push?.disconnect(deadlineMs).catch(() => undefined);
		this.#feed.end();
	}

	// ------------------------------------------------------------ inside

	#read(batch: readonly BayeuxEvent[]): void {
		const { clock, logger } = this.#parts.context;
		let connected = false;
		for (const event of batch) {
			switch (event.type) {
				case "connected":
					connected = true;
					break;
				case "gap":
					this.#feed.push([{ type: "gap", peer: null, from: event.since, to: clock.now() }]);
					break;
				case "messages":
					this.#feed.push(event.messages.flatMap(({ data }) => eventIn(data)));
					break;
				case "rejected":
					logger.warn("frames rejected", { reason: event.reason, count: event.count });
					break;
				case "status": {
					const { status } = event;
					// The same session lives on after a lost poll: no "connected" follows.
					if (status.state === "connected") connected ||= this.#everOnline;
					else if (status.state === "waiting") this.#lost(status.until, status.error);
					else if (status.state === "connecting") this.#lost(null, null);
					else if (status.state === "refused") this.#refused(status.error);
				}
			}
		}
		if (connected) this.#cameOnline();
	}

	#cameOnline(): void {
		if (this.#online || this.#closed) return;
		this.#online = true;
		this.#everOnline = true;
		this.#feed.push([
			{ type: "connection", state: "online", nextAttempt: null, problem: null },
			{ type: "sendable", peer: null },
		]);
	}

	#lost(nextAttempt: EpochMs | null, problem: AppError | null): void {
		this.#online = false;
		const state = this.#everOnline ? "reconnecting" : "connecting";
		if (!this.#closed) this.#feed.push([{ type: "connection", state, nextAttempt, problem }]);
	}

	/** The token does not hold any more: renewed once, then the push side begins anew. */
	#refused(error: AppError): void {
		const { context, push, rest } = this.#parts;
		if (error.code !== "auth.sessionExpired") {
			this.#lost(null, error);
			return;
		}
		this.#lost(null, null);
		rest.renew(rest.generation).then(
			() => push?.reconnect(),
			(thrown: unknown) => {
				const problem = toAppError(thrown);
				if (problem.code === "auth.sessionExpired") {
					this.#signedOut(problem);
					return;
				}
				this.#lost(context.clock.now() + renewAgainAfterMs, problem);
				this.#cancelRenewal = context.clock.after(renewAgainAfterMs, () => this.#refused(error));
			},
		);
	}

	#signedOut(error: AppError): void {
		if (this.#closed) return;
		this.#feed.push([{ type: "signedOut", error }]);
		this.#stop();
		this.#feed.end();
	}

	#stop(): void {
		this.#closed = true;
		this.#online = false;
		this.#cancelRenewal();
		this.#poller?.stop();
	}
}

function historyOf(rest: ReferenceRest): History {
	return {
		async heads(since, page, signal) {
			const query = new URLSearchParams();
			if (since !== null) query.set("since", since);
			if (page !== null) query.set("page", page);
			const answer = await rest.read(`/reference/heads?${query.toString()}`, headsAnswer, signal);
			return { ...answer, heads: answer.heads.map((head) => ({ ...head, name: null })) };
		},
		async page(peer, from, limit, signal) {
			const query = new URLSearchParams({ peer, limit: String(limit) });
			if (from !== null) query.set("from", from);
			const answer = await rest.read(`/reference/messages?${query.toString()}`, pageAnswer, signal);
			return { messages: answer.messages.map((one) => eventOf(one, true)), next: answer.next };
		},
	};
}

function busy(retryAfter: number): SendOutcome {
	const error = appError("http.overloaded", { params: { status: 429 } });
	return { kind: "rejected", error, retry: "automatic", retryAfterMs: retryAfter };
}

function eventIn(data: unknown): readonly ProviderEvent[] {
	const parsed = v.safeParse(wireMessage, data);
	return parsed.success ? [eventOf(parsed.output, false)] : [];
}

function eventOf(message: WireMessage, catchUp: boolean): HistoryMessage {
	const { id, peer, direction, text, at, key } = message;
	const common = { peer, text, remoteId: id, stretch: null, at };
	return direction === "in"
		? { type: "message", ...common, catchUp }
		: {
				type: "ownMessage",
				...common,
				clientId: key === null ? null : asClientMessageId(key),
				state: "sent",
			};
}
