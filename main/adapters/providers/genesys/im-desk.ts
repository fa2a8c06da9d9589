import { AppFailure, appError, type AppError } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../../../core/ports/provider.ts";
import type { Clock, Logger } from "../../../core/ports/runtime.ts";
import type { ConnectedTime } from "./connected-time.ts";
import type { DeviceBook } from "./device-book.ts";
import { GenesysRefusal } from "./envelope.ts";
import type { ImOperations } from "./im-operations.ts";
import { plainNumber } from "./phone-number.ts";
import { callError, calling, judge, OverloadCount, rejected } from "./send-outcomes.ts";
import { canSend, type BookSession } from "./book-session.ts";
import type { SessionBook } from "./session-book.ts";
import { TextDesk } from "./text-desk.ts";

/** A call that nothing is heard of is given up after this (row 3). */
export const noAnswerAfterMs = 60_000;
const retryListAfterMs = 15_000;
const completeHeardAfterMs = 10_000;

export interface ImDeskParts {
	readonly book: SessionBook;
	readonly im: ImOperations;
	readonly devices: DeviceBook;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly connected: ConnectedTime;
	/** Whether notifications come in now and the sessions are known. */
	readonly online: () => boolean;
	/** The back-off's pause, in milliseconds. */
	readonly holdBackMs: () => number;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** Reads the session list and reconciles the book with it. */
	readonly readSessions: (signal?: AbortSignal) => Promise<void>;
}

/**
 * Calls and endings, and which of them or of the texts (text-desk.ts) a message needs. One call at a time for
 * all (the server's rule).
 */
export class ImDesk {
	readonly #parts: ImDeskParts;
	readonly #overloads = new OverloadCount();
	readonly #texts: TextDesk;
	/** What an asynchronous error said about the call to a peer whose reply was still out. */
	readonly #lateErrors = new Map<string, AppError>();
	/** Peers that were told "busy": they may try again when the session is free. */
	readonly #turnedAway = new Set<string>();
	readonly #timers = new Map<string, () => void>();
	#closed = false;

	constructor(parts: ImDeskParts) {
		this.#parts = parts;
		this.#texts = new TextDesk({ ...parts, overloads: this.#overloads });
	}

	/** See ProviderSession.send. */
	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const { book, devices } = this.#parts;
		const { peer, text } = message;
		if (text === "") return rejected(appError("message.empty"), "never");
		if (plainNumber(peer) === "") return rejected(appError("peer.badAddress"), "never");
		const line = devices.chosen;
		if (line === null) return { kind: "notYet", reason: "noLine" };
		if (devices.device(line) === null) return { kind: "notYet", reason: "line" };
		if (devices.loggedOut(line)) return { kind: "notYet", reason: "loggedOut" };
		if (!this.#parts.online()) return { kind: "notYet", reason: "offline" };
		const session = book.withPeer(peer);
		if (session === null) return this.#call(message, line, signal);
		return canSend(session) ? this.#texts.post(session, message, line, signal) : calling;
	}

	/** Accept, reject or end. Rejects with AppFailure. */
	async act(peer: string, action: "accept" | "reject" | "end", signal: AbortSignal): Promise<void> {
		const { book, im, tell } = this.#parts;
		const session = book.withPeer(peer);
		if (session === null) {
			const events = action === "accept" ? null : book.abandon(peer);
			if (events === null) throw new AppFailure(appError("genesys.notFound"));
			tell(events);
			return;
		}
		if (action === "accept") {
			// Where the server offers it, by the name it gives; otherwise opening the window is all there is (row 2).
			const operation = session.capabilities.find((name) => /^(?:accept|answer)$/i.test(name));
			if (operation !== undefined && session.phase === "alerting")
				await im.named(session.key, operation, signal);
			tell(book.accept(book.get(session.key) ?? session));
			return;
		}
		const operation = session.capabilities.find((name) => /^(?:reject|decline)$/i.test(name));
		const rejects = action === "reject" && session.phase === "alerting";
		await this.#close(session, rejects ? "rejected" : "ended", rejects ? operation : undefined, signal);
	}

	/** What follows from what the book has just learned. */
	afterNews(): void {
		const { book } = this.#parts;
		for (const key of book.takeAbandoned()) {
			const session = book.get(key);
			if (session !== null) void this.#close(session, "ended", undefined).catch(() => undefined);
		}
		for (const [peer, cancel] of this.#timers) {
			if (!peer.startsWith("call ") || book.placedTo(peer.slice(5)) !== null) continue;
			cancel();
			this.#timers.delete(peer);
		}
		if (book.sessions().length === 0 && book.placed().length === 0) this.#wakeTurnedAway(null);
	}

	/** An `ErrorMessage` on any topic (row 20). `requestsOut`: requests about devices whose reply is still out. */
	failure(key: string | null, devicePath: string | null, words: string | null, requestsOut: number): void {
		const { book, connected, tell, logger } = this.#parts;
		const error = appError("genesys.serverError", { detail: words ?? undefined });
		logger.warn("asynchronous error", { known: key !== null && book.get(key) !== null });
		const session = key === null ? null : book.get(key);
		const placed = book.placed().find((call) => !call.abandoned);
		const waiting = book.sessions().find((candidate) => candidate.ledger.waiting(connected.now()) > 0);
		if (session !== null) this.#texts.fail(session, error);
		else if (key === null && devicePath !== null && requestsOut > 0)
			logger.debug("left to the reply of the request that is out");
		else if (placed !== undefined) {
			const unreachable = appError("peer.unreachable", {
				params: { peer: placed.peer },
				detail: words ?? undefined,
			});
			if (!placed.accepted) this.#lateErrors.set(placed.peer, unreachable);
			tell(book.dropPlaced(placed.peer, unreachable));
			this.#wakeTurnedAway(placed.peer);
		} else if (waiting !== undefined) this.#texts.fail(waiting, error);
		else if (words !== null) tell([{ type: "problem", peer: null, error }]);
	}

	close(): void {
		this.#closed = true;
		for (const cancel of this.#timers.values()) cancel();
		this.#timers.clear();
	}

	// ------------------------------------------------------------ calling

	async #call(message: OutgoingMessage, line: LineId, signal: AbortSignal): Promise<SendOutcome> {
		const { book, im, clock, tell } = this.#parts;
		const { peer } = message;
		const busy = book.busyWith(peer);
		if (busy !== null) {
			this.#turnedAway.add(peer);
			return { kind: "notYet", reason: "busy", busyPeer: busy };
		}
		if (book.placedTo(peer) !== null) return calling;
		this.#lateErrors.delete(peer);
		tell(book.place(peer, clock.now()));
		this.#giveUpAfter(peer, noAnswerAfterMs);
		try {
			await im.initiate(peer, line, signal);
		} catch (thrown) {
			return this.#callFailed(thrown, message, line, signal);
		}
		tell(book.callAccepted(peer));
		// The notification may have come before the reply: then the text can go at once.
		const session = book.withPeer(peer);
		if (session !== null)
			return canSend(session) ? this.#texts.post(session, message, line, signal) : calling;
		const late = this.#takeLateError(peer);
		return late === null ? calling : rejected(late, "byPerson");
	}

	async #callFailed(
		thrown: unknown,
		message: OutgoingMessage,
		line: LineId,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { book, devices, tell, holdBackMs } = this.#parts;
		const { peer, clientId, text } = message;
		const verdict = judge(thrown, {
			attempts: this.#overloads.count(clientId, thrown),
			holdBackMs: holdBackMs(),
			length: text.length,
		});
		if (verdict.kind === "unknown") {
			// It may ring now. The text itself has not left; a notification or the list will tell.
			tell(book.callAccepted(peer));
			return calling;
		}
		tell(book.dropPlaced(peer, null));
		this.#wakeTurnedAway(peer);
		if (thrown instanceof GenesysRefusal && thrown.invalidState) {
			await this.#parts.readSessions(signal).catch(() => undefined);
			const session = book.withPeer(peer);
			if (session !== null)
				return canSend(session) ? this.#texts.post(session, message, line, signal) : calling;
			const busyPeer = book.busyWith(peer);
			if (busyPeer !== null) {
				this.#turnedAway.add(peer);
				return { kind: "notYet", reason: "busy", busyPeer };
			}
			return rejected(appError("genesys.sessionBusy", { detail: thrown.error.detail }), "byPerson");
		}
		if (
			thrown instanceof GenesysRefusal &&
			(thrown.kind === "refused" || thrown.error.code === "genesys.serverError")
		) {
			const device = devices.lines().find((candidate) => candidate.id === line)?.label ?? "";
			return rejected(callError(thrown, peer, device), "byPerson");
		}
		return verdict.kind === "notDone" ? verdict.outcome : rejected(verdict.refusal.error, "byPerson");
	}

	/** After so long without a word the list is read; a call that is not in it has come to nothing. */
	#giveUpAfter(peer: string, delayMs: number): void {
		this.#after(`call ${peer}`, delayMs, async () => {
			const { book, tell, readSessions } = this.#parts;
			if (book.placedTo(peer) === null) return;
			try {
				await readSessions();
			} catch {
				if (book.placedTo(peer) !== null) this.#giveUpAfter(peer, retryListAfterMs);
				return;
			}
			if (book.placedTo(peer) === null) return;
			tell(book.dropPlaced(peer, appError("genesys.noAnswer")));
			this.#wakeTurnedAway(peer);
		});
	}

	// ------------------------------------------------------------ endings

	async #close(
		session: BookSession,
		why: "ended" | "rejected",
		operation: string | undefined,
		signal?: AbortSignal,
	): Promise<void> {
		const { book, im, tell, readSessions } = this.#parts;
		const events = book.closing(session, why);
		if (events === null) return;
		tell(events);
		try {
			if (operation === undefined) await im.complete(session.key, signal);
			else await im.named(session.key, operation, signal);
		} catch (thrown) {
			if (thrown instanceof GenesysRefusal && (thrown.statusCode === 6 || thrown.invalidState)) {
				// Already ended (row 22).
				tell(book.gone(session));
				this.afterNews();
				return;
			}
			tell(book.stillOpen(session));
			throw thrown;
		}
		// Without the push that should follow, the list tells.
		this.#after(`close ${session.key}`, completeHeardAfterMs, async () => {
			if (book.get(session.key) !== null) await readSessions();
		});
	}

	// ------------------------------------------------------------ inside

	#takeLateError(peer: string): AppError | null {
		const error = this.#lateErrors.get(peer) ?? null;
		this.#lateErrors.delete(peer);
		return error;
	}

	/** The session is free again. Not for `except`, whose own failure freed it: it would try at once, for ever. */
	#wakeTurnedAway(except: string | null): void {
		const peers = [...this.#turnedAway].filter((peer) => peer !== except);
		for (const peer of peers) this.#turnedAway.delete(peer);
		this.#parts.tell(peers.map((peer) => ({ type: "sendable", peer })));
	}

	#after(name: string, delayMs: number, run: () => Promise<void>): void {
		this.#timers.get(name)?.();
		if (this.#closed) return;
		const cancel = this.#parts.clock.after(delayMs, () => {
			this.#timers.delete(name);
			if (!this.#closed) void run().catch(() => undefined);
		});
		this.#timers.set(name, cancel);
	}
}
